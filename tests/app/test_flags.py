"""Flags tell a driver what to act on first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.base.box import Box
from racer.app.window.hud.layout import Layout
from racer.app.window.hud.reckoning.flags import BEGUN_NS, ShownFlag, flag_for
from racer.app.window.hud.warnings import draw_flag
from racer.app.window.world.camera import Sight
from racer.app.window.world.marshals.duty import (
    BEGUN_S,
    BESIDE_M,
    LETS_M,
    LOOKS_EVERY,
    WARNS_M,
    WAVED_S,
    Flag,
    Marshals,
)
from racer.app.window.world.marshals.figures import MarshalFigures
from racer.app.window.world.viewport import Viewport
from racer.core.rules.modes import Mode
from racer.core.tuning import TICK_HZ
from tests.app.fakes import GREEN_TICKS, FakeSeat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.play.view import CarView, RaceView

LENGTH_M = 1000.0
WAVED_TICKS = round(WAVED_S * TICK_HZ) + LOOKS_EVERY
BEGUN_TICKS = round(BEGUN_S * TICK_HZ) + LOOKS_EVERY


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


@pytest.fixture
def marshals(all_circuits: CircuitSource) -> Marshals:
    track = all_circuits.track("harbour-ring")
    assert track is not None
    return Marshals(track)


def waved(marshals: Marshals, cars: Sequence[CarView], ticks: int) -> dict[Flag, list[float]]:
    """Return where each flag is shown [m] after these cars were seen for so long."""
    for _ in range(ticks):
        marshals.tick(cars)
        marshals.pass_time(1.0 / TICK_HZ)
    shown: dict[Flag, list[float]] = {flag: [] for flag in Flag}
    for post, flag in zip(marshals.posts, marshals.flags, strict=True):
        if flag is not None:
            shown[flag].append(post.way_m)
    return shown


def test_marshals_wave_green_at_the_start_and_chequers_at_the_line_when_somebody_has_won(
    view: RaceView, marshals: Marshals
) -> None:
    cars = tuple(replace(car, lap=1) for car in view.cars)
    posts = len(marshals.posts)
    assert len(waved(marshals, cars, LOOKS_EVERY)[Flag.GREEN]) == posts
    assert not any(waved(marshals, cars, WAVED_TICKS).values())
    won = (replace(cars[0], finished_ms=60_000, ghost=True), *cars[1:])
    assert waved(marshals, won, LOOKS_EVERY)[Flag.CHEQUERED] == [marshals.posts[0].way_m]


def test_marshals_before_a_stranded_car_wave_yellow_and_none_at_the_start_of_a_race(
    view: RaceView, marshals: Marshals
) -> None:
    stranded = with_other(view, speed_ms=0.5, way_m=620.0).cars
    assert not waved(marshals, stranded, LOOKS_EVERY)[Flag.YELLOW], "all have yet to get away"
    ways = waved(marshals, stranded, BEGUN_TICKS + LOOKS_EVERY)[Flag.YELLOW]
    assert ways
    assert all(620.0 - WARNS_M <= way <= 620.0 + BESIDE_M for way in ways)


def test_marshals_ahead_of_who_is_lapped_wave_blue(view: RaceView, marshals: Marshals) -> None:
    lapped = with_other(view, lap=3, way_m=480.0).cars
    ways = waved(marshals, lapped, WAVED_TICKS)[Flag.BLUE]
    assert ways
    assert all(500.0 <= way <= 500.0 + LETS_M for way in ways)


@pytest.mark.parametrize("flag", [None, *Flag])
def test_a_marshal_is_drawn_with_whatever_flag(
    canvas: Canvas, marshals: Marshals, flag: Flag | None
) -> None:
    post, viewport = marshals.posts[0], Viewport()
    marshals.flags[0] = flag
    viewport.look(canvas.surface, Sight(post.place.x, post.place.y, 10.0), 1.0)
    still, waving = MarshalFigures(marshals).draw(viewport, 0.1)
    sprites = still if flag is None else waving
    assert sprites
    assert pygame.mask.from_surface(sprites[0][0]).count() > (60 if flag is None else 250)


@pytest.mark.parametrize("flag", Flag)
def test_every_flag_is_drawn_where_there_is_room(canvas: Canvas, flag: Flag) -> None:
    before = canvas.surface.copy()
    layout = Layout(Box(0.0, 0.0, canvas.width, canvas.height))
    draw_flag(canvas, ShownFlag(flag, "Kim stands 120 m ahead"), 10**9, layout)
    assert canvas.surface.get_at((640, 30)) != before.get_at((640, 30))
