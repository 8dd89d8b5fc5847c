"""Hits are seen and felt by their force: sparks, debris, a shaking picture, a trembling pad."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from racer.app.motion import HARD_MS, HIT_MS, Impact, Impacts
from racer.app.window.scenes.demo import Demo
from racer.app.window.scenes.feel import Feel
from racer.app.window.scenes.shake import REACH_M, Shake
from racer.app.window.world.effects import Effects
from racer.core.tuning import TICK_S
from racer.play.view import Pose
from tests.app.conftest import paint_world
from tests.app.fakes import FakeSeat

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.world.painter import WorldPainter
    from racer.core.circuits.track import Track
    from racer.play.view import CarView, RaceView


@pytest.fixture(scope="module")
def seat(all_circuits: CircuitSource) -> FakeSeat:
    seat = FakeSeat(all_circuits, cars=4)
    seat.start()
    seat.step(260)
    return seat


@pytest.fixture(scope="module")
def track(seat: FakeSeat) -> Track:
    return seat.demo.heat.track


@pytest.fixture(scope="module")
def painted(screen: Screen, all_circuits: CircuitSource, track: Track) -> WorldPainter:
    return paint_world(all_circuits, track, 1.0)


@pytest.fixture
def world(painted: WorldPainter) -> WorldPainter:
    """A world that remembers no car of another test."""
    painted.tick(())
    return painted


def placed(car: CarView, track: Track, way_m: float, lateral_m: float, speed_ms: float) -> CarView:
    """Return a car that drives along at a place of the lap."""
    (x, y), heading = track.point_at(way_m, lateral_m), track.heading_at(way_m)
    dx, dy = (speed_ms * TICK_S * each for each in (math.cos(heading), math.sin(heading)))
    before, pose = Pose(x - dx, y - dy, heading), Pose(x, y, heading)
    return replace(car, pose=pose, before=before, speed_ms=speed_ms, way_m=way_m, sliding=False)


def view_with(seat: FakeSeat, car: CarView) -> RaceView:
    view = seat.view()
    assert view is not None
    return replace(view, cars=(car,))


def own_car(seat: FakeSeat) -> CarView:
    view = seat.view()
    assert view is not None
    car = view.my_car
    assert car is not None
    return car


def test_a_shake_grows_with_the_force_and_dies_away() -> None:
    def reach(force: float) -> float:
        shake = Shake()
        shake.hit(force)
        return max(math.hypot(*shake.offset(1 / 60)) for _ in range(12))

    assert 0.0 < reach(0.4) < 0.5 * reach(1.0) < REACH_M
    shake = Shake()
    shake.hit(1.0)
    assert [shake.offset(1 / 60) for _ in range(60)][-1] == (0.0, 0.0)


def test_rough_ground_makes_the_picture_tremble_by_speed() -> None:
    shake = Shake()
    shake.roll(rough=True, speed_ms=40.0)
    assert 0.02 < max(math.hypot(*shake.offset(1 / 60)) for _ in range(30)) < 0.15
    shake.roll(rough=False, speed_ms=40.0)
    assert shake.offset(1 / 60) == (0.0, 0.0)


def test_a_hit_throws_sparks_and_debris_by_its_force(
    screen: Screen, track: Track, seat: FakeSeat
) -> None:
    def puffs(shove_ms: float) -> dict[str, int]:
        effects = Effects()
        car = replace(own_car(seat), boosting=False)
        effects.tick((placed(car, track, 100.0, 0.0, 30.0),), track, lambda *_: None)
        slower = placed(car, track, 100.5, 0.0, 30.0 - shove_ms)
        hits = effects.tick((slower,), track, lambda *_: None)
        assert len(hits) == (shove_ms > HIT_MS)
        return effects.count()

    assert puffs(1.0).get("spark", 0) == 0
    light, hard = puffs(3.0), puffs(12.0)
    assert 0 < light["spark"] < hard["spark"]
    assert light.get("shard", 0) == 0 < hard["shard"]


def test_a_car_that_grinds_along_a_barrier_throws_sparks(
    screen: Screen, track: Track, seat: FakeSeat
) -> None:
    effects = Effects()
    wall = track.centre[track.index_at(100.0)].left_wall_m
    for tick in range(20):
        car = placed(own_car(seat), track, 100.0 + 0.4 * tick, wall - 1.0, 24.0)
        effects.tick((car,), track, lambda *_: None)
    assert effects.count()["spark"] > 5


def test_what_is_far_leaves_marks_and_takes_no_place_in_the_air(
    screen: Screen, track: Track, seat: FakeSeat
) -> None:
    def left_by_a_slide_and_a_hit(*, near: bool) -> tuple[int, dict[str, int]]:
        effects, marks = Effects(), []
        for tick in range(40):
            speed = 18.0 if tick == 30 else 30.0
            car = placed(own_car(seat), track, 100.0 + 0.5 * tick, 0.0, speed)
            sliding = replace(car, sliding=True, boosting=False)
            effects.tick(
                (sliding,), track, lambda x, y, _: marks.append((x, y)), lambda _x, _y: near
            )
        return len(marks), effects.count()

    marks, puffs = left_by_a_slide_and_a_hit(near=True)
    assert puffs["smoke"] > 10
    assert puffs["spark"] > 0
    assert left_by_a_slide_and_a_hit(near=False) == (marks, {})
    assert marks >= 80


def test_the_air_of_a_wake_is_seen_beside_our_car(
    screen: Screen, track: Track, seat: FakeSeat
) -> None:
    car = placed(own_car(seat), track, 100.0, 0.0, 45.0)
    free, towed = Effects(), Effects()
    for _ in range(20):
        free.stream_along(car, 0.0)
        towed.stream_along(car, 0.9)
    assert free.count() == {}
    assert towed.count()["air"] >= 20


def test_the_pad_tells_a_hit_that_fades_and_the_ground(
    world: WorldPainter, track: Track, seat: FakeSeat
) -> None:
    feel = Feel()
    car = replace(own_car(seat), ghost=False)
    feel.on_tick(view_with(seat, placed(car, track, 100.0, 0.0, 30.0)), world)
    assert feel.rumble == (0.0, 0.0)
    feel.on_tick(view_with(seat, placed(car, track, 100.5, 0.0, 20.0)), world)
    struck = feel.rumble
    assert min(struck) > 0.5
    feel.on_tick(view_with(seat, placed(car, track, 100.8, 0.0, 20.0)), world)
    assert 0.0 < feel.rumble[0] < struck[0]
    beyond = track.centre[track.index_at(100.0)].left_m + track.kerb_width_m + 2.0
    for _ in range(60):
        feel.on_tick(view_with(seat, placed(car, track, 100.0, beyond, 20.0)), world)
    coarse, fine = feel.rumble
    assert coarse > 0.1 > fine


def test_who_only_watches_feels_nothing(world: WorldPainter, seat: FakeSeat) -> None:
    feel = Feel()
    feel.on_tick(view_with(seat, replace(own_car(seat), mine=False)), world)
    assert feel.rumble == (0.0, 0.0)
    assert feel.shake.offset(1 / 60) == (0.0, 0.0)


def test_the_force_of_a_hit_is_its_shove_and_has_a_bound() -> None:
    def force(shove_ms: float) -> float:
        return Impact(0, True, 0.0, 0.0, (30.0, 0.0), (-shove_ms, 0.0)).force

    assert 0.0 < force(HIT_MS) < force(6.0) < force(HARD_MS) == force(2.0 * HARD_MS) == 1.0


def test_ordinary_driving_is_no_hit(all_circuits: CircuitSource) -> None:
    track = all_circuits.track("harbour-ring")
    assert track is not None
    demo = Demo(track, all_circuits.line(track), 1)
    impacts = Impacts()
    for _ in range(900):
        demo.step()
        assert impacts.on_cars(demo.cars()) == []
