"""What a driver is told: the line to follow, being stuck, being put back; which car is whose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.base.box import Box
from racer.app.window.hud.key_hints import DrivingKeys, draw_key_panel
from racer.app.window.hud.layout import Layout
from racer.app.window.hud.stuck_hint import StuckHint
from racer.app.window.world.camera import Sight
from racer.app.window.world.cars.bodies import PATTERNS, car_picture
from racer.app.window.world.painter import WorldPainter
from racer.app.window.world.racing_line import Advice, advice
from racer.core.tuning import CARS, GRID_MAX
from racer.play.view import Phase, RaceView
from tests.app.fakes import MINE, FakeSeat

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource

KEYS = DrivingKeys(rescue="R", throttle="Up or W")
SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def view(all_circuits: CircuitSource) -> RaceView:
    handle = FakeSeat(all_circuits, cars=4)
    handle.start()
    handle.step(500)
    view = handle.view()
    assert view is not None
    assert view.phase is Phase.RACING
    return view


def later(view: RaceView, seconds: float, **mine: object) -> RaceView:
    cars = tuple(
        replace(car, **mine) if car.number == MINE else car  # type: ignore[arg-type]
        for car in view.cars
    )
    return replace(view, now_ns=view.now_ns + round(seconds * SECOND), cars=cars)


def test_who_stands_is_told_when_help_comes_and_who_was_helped_when_it_goes_on(
    view: RaceView,
) -> None:
    hint = StuckHint()
    hint.on_view(replace(view, phase=Phase.COUNTDOWN), KEYS)
    assert view.my_car is not None
    hint.on_view(later(view, 0.0, way_m=view.my_car.way_m + 20.0), KEYS)
    view = later(view, 0.0, way_m=view.my_car.way_m + 20.0)
    hint.on_view(later(view, 1.0), KEYS)
    assert hint.words == ""
    hint.on_view(later(view, 2.5), KEYS)
    assert "by itself in 3 s" in hint.words
    hint.on_view(later(view, 3.0, ghost=True, speed_ms=0.0), KEYS)
    assert hint.words == "back on the road in 1.2 s"
    hint.on_view(later(view, 3.5, ghost=True, speed_ms=0.0), replace(KEYS, line="L"))
    assert hint.words == "back on the road in 0.7 s;  L shows the racing line"
    hint.on_view(later(view, 4.3, ghost=True, speed_ms=0.0), KEYS)
    assert hint.words == ""


def test_who_has_not_gone_since_the_green_light_is_told_how(view: RaceView) -> None:
    hint = StuckHint()
    hint.on_view(replace(view, phase=Phase.COUNTDOWN), KEYS)
    told = []
    for second in range(5):
        hint.on_view(later(view, second), KEYS)
        told.append(hint.words)
    assert told == ["", "", "", "go: hold Up or W", "go: hold Up or W"]
    assert not hint.under_way
    assert view.my_car is not None
    hint.on_view(later(view, 5.0, way_m=view.my_car.way_m + 20.0), KEYS)
    assert hint.words == ""
    assert hint.under_way


def test_the_aid_brakes_where_the_line_does_and_earlier_for_who_is_too_fast() -> None:
    assert advice(30.0, 30.0, 3.0, 20.0) is Advice.DRIVE
    assert advice(30.0, 30.0, 0.0, 20.0) is Advice.HOLD
    assert advice(30.0, 30.0, -8.0, 20.0) is Advice.BRAKE
    assert advice(45.0, 20.0, 0.0, 20.0) is Advice.BRAKE


def test_the_aid_is_drawn_before_our_car(canvas: Canvas, all_circuits: CircuitSource) -> None:
    handle = FakeSeat(all_circuits, cars=4)
    handle.start()
    handle.step(500)
    view = handle.view()
    assert view is not None
    car = view.my_car
    assert car is not None
    track = all_circuits.track(view.setup.track)
    assert track is not None
    world = WorldPainter(all_circuits, track, 1.0)
    pictures = []
    for aid in (None, all_circuits.line(track)):
        world.draw(canvas, Sight(car.pose.x, car.pose.y), view.cars, (), 1.0, 0.0, aid=aid)
        pictures.append(pygame.image.tobytes(canvas.surface, "RGB"))
    assert pictures[0] != pictures[1]


def test_cars_differ_in_grey_by_body_and_by_pattern(canvas: Canvas) -> None:
    shapes = {
        pygame.image.tobytes(pygame.mask.from_surface(car_picture(0, kind)).to_surface(), "RGB")
        for kind in range(len(CARS))
    }
    assert len(shapes) == len(CARS)
    greys = {
        pygame.image.tobytes(pygame.transform.grayscale(car_picture(number)), "RGBA")
        for number in range(GRID_MAX)
    }
    assert len(greys) == GRID_MAX
    assert len(PATTERNS) * 2 == GRID_MAX


def test_keys_are_told_in_more_rows_where_there_is_little_room(canvas: Canvas) -> None:
    keys = tuple((f"Key {k}", "is for something") for k in range(8))
    heights = []
    for width in (1280.0, 640.0, 460.0):
        layout = Layout(Box(0.0, 0.0, width, 720.0))
        draw_key_panel(canvas, keys, layout)
        (box,) = layout.boxes
        heights.append(box.height)
    assert heights == sorted(set(heights))
