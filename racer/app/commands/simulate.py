"""`racer simulate`: whole races, the substrate alone, or members' words in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from net import UsageError
from racer.app.race_settings import with_options
from racer.app.simulation.contest_sweep import sweep_contest, trace_contest
from racer.app.simulation.simulate import SweepSpec, sweep, trace
from racer.app.timeline.explored import MEMBERS, explore
from racer.app.timeline.simulated import Drawing, draw_seed
from racer.core.rules.race_setup import RaceSetup

if TYPE_CHECKING:
    import argparse


def run_simulation(parsed: argparse.Namespace) -> int:
    """Do what was asked. Returns the exit status.

    Raises:
        UsageError: that cannot be.
    """
    if parsed.trace is not None and len(parsed.seeds) != 1:
        raise UsageError("a trace tells one seed: give --seeds N")
    if parsed.contest:
        return _run_contest(parsed)
    if parsed.explore:
        return _run_explore(parsed)
    course = SweepSpec(
        with_options(RaceSetup(parsed.track, parsed.laps or 1), vars(parsed)),
        nodes=parsed.nodes,
        laps=parsed.laps,
        loss_max=parsed.loss,
        faults_max=parsed.faults,
        air=parsed.air,
    )
    if parsed.trace is not None:
        return trace(parsed.seeds[0], course, messages=parsed.trace == "messages")
    if parsed.timeline is not None:
        return _draw_seed(parsed, course)
    return sweep(parsed.seeds, course, parsed.jobs, as_json=parsed.json, logs=parsed.logs)


def _run_contest(parsed: argparse.Namespace) -> int:
    if parsed.trace is not None:
        return trace_contest(parsed.seeds[0], messages=parsed.trace == "messages", air=parsed.air)
    return sweep_contest(parsed.seeds, parsed.jobs, as_json=parsed.json, air=parsed.air)


def _run_explore(parsed: argparse.Namespace) -> int:
    members = parsed.nodes or MEMBERS
    return explore(parsed.seeds, members, parsed.timeline, force=parsed.force)


def _draw_seed(parsed: argparse.Namespace, course: SweepSpec) -> int:
    if len(parsed.seeds) != 1:
        raise UsageError("a drawing shows one seed: give --seeds N")
    drawing = Drawing(parsed.timeline, parsed.from_s, parsed.to_s, parsed.messages, parsed.force)
    return draw_seed(parsed.seeds[0], course, drawing)
