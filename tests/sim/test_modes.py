"""Whole races of the other modes among nodes in virtual time, with a crash and loss."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from net.sim import Conditions, World
from racer.app.simulation.bullring import NAME
from racer.app.simulation.bullring_track import bullring
from racer.core.rules.grid_order import GridOrder
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.reports import FinishSeen, PhaseEntered, ResultsSeen
from racer.play.room.messages import Setup
from racer.play.session import Player, Session

if TYPE_CHECKING:
    from random import Random

    from net import NodeId
    from net.sim import Machine

pytestmark = pytest.mark.sim

SECOND = 1_000_000_000
LONG_NS = 180 * SECOND


def race(
    mode: Mode, nodes: int, *, crash_ns: int = 0, grid: GridOrder = GridOrder.DRAW
) -> list[list[object]]:
    """Return what each node reported of a race; the first one's process is killed for good."""
    track, line = bullring()
    told: list[list[object]] = [[] for _ in range(nodes)]

    def sink(machine: Machine, what: object, now_ns: int) -> None:
        told[machine.number].append(what)

    def make(number: int, me: NodeId, rng: Random) -> Session:
        player = Player(
            race="simulation",
            name=f"p{number}",
            bot=True,
            setup=Setup(RaceSetup(NAME, 2, None, mode, grid), nodes),
            skill=1.0 - 0.3 * number,
        )
        return Session(player, me, {NAME: track}, {NAME: line}, rng)

    world = World(5, sink, Conditions(loss=0.1))
    for number in range(nodes):
        world.add(partial(make, number), number * SECOND // 20)
    if crash_ns:
        world.at(crash_ns, lambda: world.bar(world.machines[0]))
    last = told[-1]
    world.run(LONG_NS, lambda: any(is_final(report) for report in last))
    world.run(world.now_ns + SECOND)
    return told


def is_final(report: object) -> bool:
    return isinstance(report, ResultsSeen) and report.official and not report.qualifying


def official(told: list[object]) -> ResultsSeen:
    return next(r for r in told if isinstance(r, ResultsSeen) and is_final(r))


def test_an_elimination_ends_with_one_winner_though_the_fastest_driver_crashes() -> None:
    told = race(Mode.ELIMINATION, 3, crash_ns=12 * SECOND)
    results = [official(reports) for reports in told[1:]]
    assert len({each.digest for each in results}) == 1
    table = results[0].table
    assert len(table) == 3
    assert [row.ms is not None for row in table] == [True, False, False]
    outs = [row.out_lap for row in table]
    assert outs[0] is None
    assert None not in outs[1:]
    assert sorted(outs[1:], key=lambda lap: -(lap or 0)) == outs[1:]
    finishes = [report for report in told[1] if isinstance(report, FinishSeen)]
    assert [(finish.node, finish.ms) for finish in finishes] == [(table[0].node, table[0].ms)]


def test_a_trial_is_won_by_the_best_lap() -> None:
    told = race(Mode.TRIAL, 3)
    results = [official(reports) for reports in told]
    assert len({each.digest for each in results}) == 1
    best = [row.best_ms or 0 for row in results[0].table]
    assert 0 not in best
    assert best == sorted(best)


def test_bots_qualify_and_then_race_though_one_is_killed_in_the_qualifying() -> None:
    """It drives too early for a lap that counts: it stands at the back, and its car is raced."""
    told = race(Mode.RACE, 3, crash_ns=9 * SECOND, grid=GridOrder.QUALIFYING)
    for reports in told[1:]:
        phases = [(r.phase, r.qualifying) for r in reports if isinstance(r, PhaseEntered)]
        driven = [each for each in phases if each[0] == "racing"]
        assert driven == [("racing", True), ("racing", False)]
    qualified = [
        next(r for r in reports if isinstance(r, ResultsSeen) and r.qualifying and r.official)
        for reports in told[1:]
    ]
    assert qualified[0] == qualified[1]
    best = [row.best_ms for row in qualified[0].table if row.best_ms is not None]
    assert best == sorted(best)
    results = [official(reports) for reports in told[1:]]
    assert len({each.digest for each in results}) == 1
