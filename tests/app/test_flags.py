"""Flags tell a driver what to act on first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from racer.app.window.base.box import Box
from racer.app.window.hud.layout import Layout
from racer.app.window.hud.reckoning.flags import BEGUN_NS, Flag, ShownFlag, flag_for
from racer.app.window.hud.warnings import draw_flag
from racer.core.rules.modes import Mode
from tests.app.fakes import GREEN_TICKS, FakeSeat

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.play.view import CarView, RaceView

LENGTH_M = 1000.0


@pytest.fixture
def view(all_circuits: CircuitSource) -> RaceView:
    """A race that is well on: we are at 500 m of lap 2, and all others far from us and fast."""
    seat = FakeSeat(all_circuits, cars=4)
    seat.start()
    seat.step(GREEN_TICKS + 60)
    view = seat.view()
    assert view is not None
    assert view.green_ns is not None
    cars = tuple(
        replace(car, way_m=500.0 if car.mine else 900.0, lap=2, speed_ms=40.0, ghost=False)
        for car in view.cars
    )
    return replace(view, cars=cars, now_ns=view.green_ns + BEGUN_NS + 1)


def with_other(view: RaceView, **changed: object) -> RaceView:
    other = next(car for car in view.cars if not car.mine)
    new: CarView = replace(other, **changed)  # type: ignore[arg-type]
    return replace(view, cars=tuple(new if car is other else car for car in view.cars))


def shown(view: RaceView) -> Flag | None:
    flag = flag_for(view, LENGTH_M)
    return None if flag is None else flag.flag


def test_green_is_shown_at_the_start_and_nothing_on_a_free_road(view: RaceView) -> None:
    assert shown(view) is None
    assert view.green_ns is not None
    assert shown(replace(view, now_ns=view.green_ns + 1)) is Flag.GREEN


def test_yellow_says_who_stands_how_far_ahead(view: RaceView) -> None:
    stranded = with_other(view, speed_ms=0.5, way_m=620.0)
    flag = flag_for(stranded, LENGTH_M)
    assert flag is not None
    assert flag.flag is Flag.YELLOW
    assert "120 m" in flag.words
    assert shown(with_other(view, speed_ms=0.5, way_m=400.0)) is None, "it is behind us"
    assert shown(with_other(view, speed_ms=0.5, way_m=620.0, ghost=True)) is None
    assert shown(with_other(view, speed_ms=0.5, way_m=620.0, finished_ms=9)) is Flag.CHEQUERED


def test_blue_is_for_who_is_lapped_and_not_for_who_fights(view: RaceView) -> None:
    assert shown(with_other(view, lap=3, way_m=480.0)) is Flag.BLUE
    assert shown(with_other(view, lap=2, way_m=480.0)) is None
    assert shown(with_other(view, lap=3, way_m=300.0)) is None, "it is not near yet"


def test_chequered_tells_who_has_won_and_a_trial_has_no_flags_but_green(view: RaceView) -> None:
    won = with_other(view, finished_ms=60_000)
    assert shown(won) is Flag.CHEQUERED
    alone = replace(won, setup=replace(won.setup, mode=Mode.TRIAL))
    assert shown(alone) is None


@pytest.mark.parametrize("flag", Flag)
def test_every_flag_is_drawn_where_there_is_room(canvas: Canvas, flag: Flag) -> None:
    before = canvas.surface.copy()
    layout = Layout(Box(0.0, 0.0, canvas.width, canvas.height))
    draw_flag(canvas, ShownFlag(flag, "Kim stands 120 m ahead"), 10**9, layout)
    assert canvas.surface.get_at((640, 30)) != before.get_at((640, 30))
