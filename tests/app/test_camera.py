"""The camera shows the road ahead of the car; between two ticks the cars glide."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from racer.app.motion import velocity
from racer.app.window.circuit_source import DEFAULT, CircuitSource
from racer.app.window.scenes.demo import Demo
from racer.app.window.world.camera import UNITS_PER_M_MAX, UNITS_PER_M_MIN, Camera, Sight
from racer.app.window.world.playback import BEYOND, TICK_NS, Playback, between
from racer.app.window.world.sight_ahead import road_ahead, sight_m
from racer.core.drivers.speed_profile import limits_of
from racer.core.tuning import CARS, CarTunables
from racer.play.view import CarView, Pose

DT = 1 / 60
SIZES = [(1040.0, 720.0), (1040.0, 960.0), (1680.0, 720.0), (900.0, 720.0)]  # 16:9, 4:3, 21:9


@pytest.fixture(scope="module")
def car() -> CarView:
    circuits = CircuitSource()
    track = circuits.track(DEFAULT)
    assert track is not None
    return Demo(track, circuits.line(track), 1).cars()[0]


def plain_step(speed: float, spec: CarTunables) -> float:
    """Return how far a car goes on dry asphalt until its brakes have stopped it."""
    limits, way = limits_of(spec), 0.0
    while speed > 0.0:
        way += speed * 0.002
        speed -= 0.002 * limits.loss(max(speed, 0.1), 0.0, 1.0)
    return way


@pytest.mark.parametrize("spec", CARS, ids=[spec.key for spec in CARS])
def test_no_car_needs_more_road_to_stop_than_the_camera_shows(spec: CarTunables) -> None:
    for speed in (10.0, 30.0, 45.0, 57.0, 66.0):
        assert plain_step(speed, spec) < sight_m(speed) < 1.6 * plain_step(speed, spec) + 30.0


def sees(sight: Sight, size: tuple[float, float], place: tuple[float, float]) -> bool:
    half = [side / 2.0 / sight.units_per_m + 1e-6 for side in size]
    return abs(place[0] - sight.x) <= half[0] and abs(place[1] - sight.y) <= half[1]


def test_the_camera_stands_near_and_over_a_car_at_rest() -> None:
    sight = Camera().frame((10.0, -4.0), [], SIZES[0], DT)
    assert (sight.x, sight.y, sight.units_per_m) == (10.0, -4.0, UNITS_PER_M_MAX)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("course", [k * math.tau / 16 for k in range(16)])
def test_at_top_speed_all_the_road_that_a_stop_takes_is_seen_whatever_the_course(
    course: float, size: tuple[float, float]
) -> None:
    camera, speed = Camera(), 0.0
    x = y = 0.0
    for _ in range(900):
        speed = min(66.0, speed + 9.0 * DT)
        x, y = x + speed * math.cos(course) * DT, y + speed * math.sin(course) * DT
        far = [sight_m(speed) * k / 10 for k in range(1, 11)]
        ahead = [(x + way * math.cos(course), y + way * math.sin(course)) for way in far]
        sight = camera.frame((x, y), ahead, size, DT)
        assert sees(sight, size, (x, y))
        assert sees(sight, size, ahead[-1])


@pytest.mark.parametrize("name", ["harbour-ring", "eagle-pass", "crossley-eight"])
def test_over_a_lap_the_road_ahead_is_seen_and_the_scale_never_jumps(name: str) -> None:
    circuits = CircuitSource()
    track = circuits.track(name)
    assert track is not None
    line = circuits.line(track)
    camera, size, way, sights = Camera(), SIZES[0], 0.0, []
    while way < track.length_m:
        speed = line.profiles[0].speed[track.index_at(way)]
        way += speed * DT
        at = track.point_at(way, line.lateral_m[track.index_at(way)])
        ahead = road_ahead(track, way, sight_m(speed))
        sights.append(camera.frame(at, ahead, size, DT))
        assert sees(sights[-1], size, at)
        assert all(sees(sights[-1], size, place) for place in ahead)
    scales = [sight.units_per_m for sight in sights]
    steps = [abs(math.log(b / a)) for a, b in pairwise(scales)]
    assert max(steps) < 0.02, "in one frame it changes by less than one eye can tell"
    assert min(scales) > UNITS_PER_M_MIN, "no need was left unmet"


def test_a_car_that_is_put_elsewhere_takes_the_camera_with_it_at_once() -> None:
    camera = Camera()
    for k in range(60):
        camera.frame((k * 0.6, 0.0), [(k * 0.6 + 60.0, 0.0)], SIZES[0], DT)
    sight = camera.frame((300.0, 100.0), [], SIZES[0], DT)
    assert (sight.x, sight.y, sight.units_per_m) == (300.0, 100.0, UNITS_PER_M_MAX)


def test_a_car_glides_between_its_poses_and_turns_the_short_way(car: CarView) -> None:
    moved = replace(car, before=Pose(0.0, 0.0, 3.1), pose=Pose(1.0, 2.0, -3.1))
    x, y, heading = between(moved, 0.5)
    assert (x, y) == (0.5, 1.0)
    assert abs(heading) == pytest.approx(3.1416, abs=1e-3)


def test_a_rescued_car_does_not_glide_across_the_infield(car: CarView) -> None:
    moved = replace(car, before=Pose(0.0, 0.0, 0.0), pose=Pose(90.0, 0.0, 1.0))
    assert between(moved, 0.3) == (90.0, 0.0, 1.0)
    assert velocity(moved.before, moved.pose) == (0.0, 0.0)


def test_jitter_of_the_network_is_not_seen() -> None:
    playback = Playback()
    local = 5_000_000_000
    shown = []
    for tick in range(400):
        late = 4_000_000 if tick % 7 == 0 else 0  # every seventh view comes 4 ms late
        view_ns = tick * TICK_NS
        part = playback.part(view_ns, local + view_ns + late)
        shown.append(view_ns + (part - 0.5) * TICK_NS - (view_ns + late))
    settled = shown[100:]
    assert max(settled) - min(settled) < 1_500_000, "less than a tenth of a tick"


def test_a_view_that_never_comes_stops_the_picture_soon() -> None:
    playback = Playback()
    playback.part(0, 0)
    assert playback.part(0, 10_000_000_000) == BEYOND
