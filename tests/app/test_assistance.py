"""Help for drivers: who does no more than hold the throttle goes round, on the road."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from racer.app.window.circuit_source import DEFAULT
from racer.app.window.input.assistance import Help, assisted
from racer.core.circuits.track import Surface
from racer.core.physics.car import CarState, Controls, step
from racer.core.tuning import TICK_HZ
from racer.play.view import Pose
from tests.app.fakes import GREEN_TICKS, FakeSeat

if TYPE_CHECKING:
    from racer.app.window.circuit_source import CircuitSource
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.play.view import CarView

THROTTLE = Controls(throttle=1.0)
ALL = Help(steers=True, brakes=True)


@pytest.fixture
def track(all_circuits: CircuitSource) -> Track:
    track = all_circuits.track(DEFAULT)
    assert track is not None
    return track


@pytest.fixture
def line(all_circuits: CircuitSource, track: Track) -> RacingLine:
    return all_circuits.line(track)


@pytest.fixture
def view(all_circuits: CircuitSource) -> CarView:
    seat = FakeSeat(all_circuits, cars=3)
    seat.start()
    seat.step(GREEN_TICKS + 60)
    view = seat.view()
    assert view is not None
    assert view.my_car is not None
    return view.my_car


def seen(view: CarView, car: CarState, way_m: float) -> CarView:
    """Return a car as the window sees it."""
    pose = Pose(car.x, car.y, car.heading)
    return replace(view, pose=pose, speed_ms=car.speed, way_m=way_m, car=0)


def test_who_only_holds_the_throttle_goes_round_on_the_road(
    view: CarView, track: Track, line: RacingLine
) -> None:
    slot = track.grid[0]
    car = CarState(x=slot.x, y=slot.y, heading=slot.heading)
    off, ticks, way, place = 0, 48 * TICK_HZ, 0.0, track.project(car.x, car.y)
    for _ in range(ticks):
        asked = assisted(THROTTLE, ALL, seen(view, car, place.s_m), track, line)
        car = step(car, asked, track, place.index)
        place = track.project(car.x, car.y, place.index)
        off += track.surface(car.x, car.y, place.index) not in {Surface.ASPHALT, Surface.KERB}
        way += car.speed / TICK_HZ
    assert way > 1.1 * track.length_m
    assert off < 0.01 * ticks


def test_nothing_is_done_to_who_wants_no_help_or_has_the_handbrake_on(
    view: CarView, track: Track, line: RacingLine
) -> None:
    fast = replace(view, speed_ms=50.0)
    assert assisted(THROTTLE, Help(), fast, track, line) == THROTTLE
    sliding = replace(THROTTLE, handbrake=True)
    assert assisted(sliding, ALL, fast, track, line) == sliding
    turned = replace(fast, pose=replace(fast.pose, heading=fast.pose.heading + 3.1))
    assert assisted(THROTTLE, ALL, turned, track, line) == THROTTLE
