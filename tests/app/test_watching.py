"""Who drives no car is told what is to be seen, and chooses it; the director picks fights."""

from __future__ import annotations

from dataclasses import replace

import pygame
import pytest

from racer.app.window.base.box import Box
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.palette import SOFT
from racer.app.window.circuit_source import DEFAULT, CircuitSource
from racer.app.window.hud.columns import INNER
from racer.app.window.input.actions import Action
from racer.app.window.input.devices import Devices
from racer.app.window.input.inputs import Pressed
from racer.app.window.scenes.watching.director import BETTER, LONG_S, SHOT_S, Director
from racer.app.window.scenes.watching.watching import Watching
from racer.core.circuits.track import Track
from racer.play.view import CarView, Phase, RaceView
from tests.app.fakes import GREEN_TICKS, FakeSeat

LENGTH_M = 1000.0


@pytest.fixture
def seat(all_circuits: CircuitSource) -> FakeSeat:
    seat = FakeSeat(all_circuits, cars=6)
    seat.start()
    seat.step(GREEN_TICKS + 60)
    return seat


@pytest.fixture
def track(all_circuits: CircuitSource) -> Track:
    track = all_circuits.track(DEFAULT)
    assert track is not None
    return track


def spectator(seat: FakeSeat) -> RaceView:
    view = seat.view()
    assert view is not None
    return replace(view, cars=tuple(replace(car, mine=False) for car in view.cars), watches=True)


def placed(cars: tuple[CarView, ...], *ways: float) -> list[CarView]:
    """Return cars in order of places, so far along their second lap."""
    shown = zip(cars, ways, strict=False)
    return [
        replace(car, place=k, lap=2, way_m=way, ghost=False, sliding=False, finished_ms=None)
        for k, (car, way) in enumerate(shown, start=1)
    ]


def test_the_director_shows_a_fight_and_not_a_lonely_leader(seat: FakeSeat) -> None:
    cars = placed(spectator(seat).cars, 900.0, 600.0, 595.0, 100.0)
    shown = Director().pick(cars, 5, LENGTH_M, 0.0)
    assert shown is not None
    assert shown.place in {2, 3}


def test_a_shot_is_held_and_then_gives_way_to_a_better_one(seat: FakeSeat) -> None:
    director, cars = Director(), spectator(seat).cars
    first = placed(cars, 900.0, 600.0, 595.0, 100.0)
    then = placed(cars, 900.0, 895.0, 300.0, 100.0)
    assert director.pick(first, 5, LENGTH_M, 0.0) is not None
    held = director.pick(then, 5, LENGTH_M, SHOT_S / 2.0)
    assert held is not None
    assert held.number == first[1].number
    late = director.pick(then, 5, LENGTH_M, LONG_S + 1.0)
    assert late is not None
    assert late.place == 1
    assert BETTER > 1.0


def test_the_winner_is_seen_at_the_line(seat: FakeSeat) -> None:
    cars = placed(spectator(seat).cars, 900.0, 600.0, 595.0, 100.0)
    shown = Director().pick(cars, 2, LENGTH_M, 0.0)
    assert shown is not None
    assert shown.place == 1


def test_arrows_go_from_car_to_car_in_order_of_places(seat: FakeSeat, track: Track) -> None:
    watching, view = Watching(Devices()), spectator(seat)
    watching.car(view, track, 0.0)
    assert watching.on_input(Pressed(Action.RIGHT), view)
    first = watching.car(view, track, 0.1)
    watching.on_input(Pressed(Action.RIGHT), view)
    second = watching.car(view, track, 0.2)
    assert first is not None
    assert second is not None
    assert second.place == first.place % 6 + 1
    watching.on_input(Pressed(Action.LEFT), view)
    assert watching.car(view, track, 0.3) == first


def test_who_drives_keeps_the_arrows_until_the_own_race_is_run(
    seat: FakeSeat, track: Track
) -> None:
    view = seat.view()
    assert view is not None
    watching = Watching(Devices())
    assert not watching.on_input(Pressed(Action.RIGHT), view)
    assert watching.car(view, track, 0.0) == view.my_car
    cars = tuple(replace(car, finished_ms=9 if car.mine else None) for car in view.cars)
    done = replace(view, cars=cars)
    assert watching.car(done, track, 0.0) == done.my_car, "until somebody chooses"
    assert watching.on_input(Pressed(Action.RIGHT), done)
    assert watching.car(done, track, 0.0) != done.my_car


def test_nothing_is_chosen_in_a_lobby(seat: FakeSeat) -> None:
    view = replace(spectator(seat), phase=Phase.LOBBY)
    assert not Watching(Devices()).on_input(Pressed(Action.RIGHT), view)


@pytest.mark.parametrize("what", [Action.UP, Action.WHOLE_MAP, Action.CAR_BEHIND])
def test_what_one_sees_is_told(canvas: Canvas, seat: FakeSeat, track: Track, what: Action) -> None:
    watching, view = Watching(Devices()), spectator(seat)
    watching.on_input(Pressed(what), view)
    watching.car(view, track, 0.0)
    told = watching.heading(canvas, view)
    assert told is not None
    before = canvas.surface.copy()
    told.paint(canvas, Box(1056.0, 12.0, INNER, told.height))
    changed = pygame.mask.from_threshold(canvas.surface, (0, 0, 0), (1, 1, 1, 255), before)
    assert changed.count() < canvas.surface.width * canvas.surface.height, "something is told"
    changed.invert()
    rects = changed.get_bounding_rects()
    assert rects[0].unionall(rects[1:]).left >= 1056, "beside the world: it hides no car"


def test_what_is_told_of_a_car_needs_no_more_room_when_something_happens(
    canvas: Canvas, seat: FakeSeat, track: Track
) -> None:
    watching, view = Watching(Devices()), spectator(seat)
    watching.car(view, track, 0.0)
    quiet = watching.heading(canvas, view, ("", SOFT))
    busy = watching.heading(canvas, view, ("Kim gets a canister", SOFT))
    assert quiet is not None
    assert busy is not None
    assert quiet.height == busy.height
    assert quiet.key != busy.key


def test_an_own_finish_is_told_until_one_looks_at_somebody_else(
    seat: FakeSeat, track: Track
) -> None:
    view = seat.view()
    assert view is not None
    cars = tuple(replace(car, finished_ms=9 if car.mine else None) for car in view.cars)
    watching, done = Watching(Devices()), replace(view, cars=cars)
    watching.car(done, track, 0.0)
    assert watching.sees_own
    watching.on_input(Pressed(Action.RIGHT), done)
    assert not watching.sees_own
