"""The camera leads the car; between two ticks the cars glide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from racer.app.window.circuit_source import DEFAULT, CircuitSource
from racer.app.window.scenes.demo import Demo
from racer.app.window.world.camera import LEAD_ALONG_MAX_M, Camera
from racer.app.window.world.playback import BEYOND, TICK_NS, Playback, between, velocity
from racer.play.view import CarView, Pose

DT = 1 / 60


@pytest.fixture(scope="module")
def car() -> CarView:
    circuits = CircuitSource()
    track = circuits.track(DEFAULT)
    assert track is not None
    return Demo(track, circuits.line(track), 1).cars()[0]


def test_the_camera_stands_over_a_car_at_rest() -> None:
    sight = Camera().follow(10.0, -4.0, 0.0, 0.0, DT)
    assert (sight.x, sight.y) == (10.0, -4.0)


def test_the_camera_looks_ahead_along_the_velocity_but_keeps_the_car_in_the_picture() -> None:
    camera = Camera()
    y = 0.0
    sight = camera.follow(0.0, y, 0.0, 57.0, DT)
    for _ in range(300):
        y += 57.0 * DT
        sight = camera.follow(0.0, y, 0.0, 57.0, DT)
    assert sight.y - y == pytest.approx(LEAD_ALONG_MAX_M, rel=0.01)
    assert sight.x == pytest.approx(0.0)


def test_a_car_that_is_put_elsewhere_takes_the_camera_with_it_at_once() -> None:
    camera = Camera()
    for _ in range(60):
        camera.follow(0.0, 0.0, 40.0, 0.0, DT)
    sight = camera.follow(300.0, 100.0, 0.0, 0.0, DT)
    assert (sight.x, sight.y) == (300.0, 100.0)


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
