"""Choices made faster than the network answers."""

from __future__ import annotations

from dataclasses import replace

from racer.app.window.circuit_source import CircuitSource
from racer.app.window.scenes.pending_choice import CONFIRM_WITHIN_NS, PendingChoice
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.view import Choose, RaceView
from tests.app.fakes import FakeSeat

START = RaceSetup("harbour-ring", 3, b"rings" * 3 + b"!")


def lobby(circuits: CircuitSource) -> RaceView:
    view = FakeSeat(circuits).view()
    assert view is not None
    return replace(view, setup=START)


def test_a_second_press_builds_on_the_first(all_circuits: CircuitSource) -> None:
    """Two quick presses counted as one, and laps took the new circuit back: seen on a busy CI."""
    view, pending = lobby(all_circuits), PendingChoice()
    pending.choose(replace(START, track="dockyard", content=None))
    hoped = pending.over(view)
    assert (hoped.setup.track, hoped.circuit) == ("dockyard", None)
    chosen = pending.choose(replace(hoped.setup, mode=Mode.TRIAL))
    assert chosen == Choose(RaceSetup("dockyard", 3, None, Mode.TRIAL))


def test_a_choice_that_stands_gives_way_to_those_of_others(all_circuits: CircuitSource) -> None:
    view, pending = lobby(all_circuits), PendingChoice()
    pending.choose(replace(START, laps=7, content=None))
    stands = replace(START, laps=7)
    pending.on_view(replace(view, setup=stands), 1)
    others = replace(view, setup=replace(START, laps=5))
    assert pending.over(others) is others


def test_a_choice_that_does_not_come_true_is_shown_no_longer(all_circuits: CircuitSource) -> None:
    view, pending = lobby(all_circuits), PendingChoice()
    pending.choose(replace(START, laps=7))
    pending.on_view(view, 1)
    assert pending.over(view).setup.laps == 7
    pending.on_view(view, 1 + CONFIRM_WITHIN_NS)
    assert pending.over(view) is view
