"""Choices made faster than the network answers."""

from __future__ import annotations

from dataclasses import replace

from racer.app.window.circuit_source import CircuitSource
from racer.app.window.scenes.pending_choice import PATIENCE_NS, PendingChoice
from racer.play.view import Choose, RaceView
from tests.app.fakes import FakeSeat


def lobby(circuits: CircuitSource) -> RaceView:
    view = FakeSeat(circuits).view()
    assert view is not None
    return replace(view, track="harbour-ring", laps=3)


def test_a_second_press_builds_on_the_first(all_circuits: CircuitSource) -> None:
    """Two quick presses counted as one, and laps took the new circuit back: seen on a busy CI."""
    view, wish = lobby(all_circuits), PendingChoice()
    assert wish.choose(view, Choose("dockyard")) == Choose("dockyard", 3, "race", "turn", False)
    assert wish.choose(view, Choose(form="trial")) == Choose("dockyard", 3, "trial", "turn", False)
    assert wish.choose(view, Choose(laps=2)) == Choose("dockyard", 2, "trial", "turn", False)


def test_a_choice_that_stands_gives_way_to_those_of_others(all_circuits: CircuitSource) -> None:
    view, wish = lobby(all_circuits), PendingChoice()
    wish.choose(view, Choose(laps=7))
    wish.on_view(replace(view, laps=7), 1)
    assert wish.over(replace(view, laps=5)).laps == 5


def test_a_choice_that_does_not_come_true_is_shown_no_longer(all_circuits: CircuitSource) -> None:
    view, wish = lobby(all_circuits), PendingChoice()
    wish.choose(view, Choose(laps=7))
    wish.on_view(view, 1)
    assert wish.over(view).laps == 7
    wish.on_view(view, 1 + PATIENCE_NS)
    assert wish.over(view).laps == 3
