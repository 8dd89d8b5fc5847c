import math
import random
from dataclasses import replace

import pytest

from racer.app.circuits.library import circuit_text
from racer.core.circuits.track import Surface, Track
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.driver import Driver
from racer.core.drivers.line import RacingLine, racing_line
from racer.core.heat import Heat
from racer.core.physics.car import CarState
from racer.core.rules.laps import Progress, start_progress
from racer.core.tuning import HALF_TREAD_M


def laps_s(heat: Heat, car: int) -> list[float]:
    return [fact.lap_ms / 1000 for fact in sorted(heat.facts) if fact.car == car]


def test_the_line_stays_on_road_and_kerbs_and_is_as_smooth_as_they_allow(
    ring: Track, ring_line: RacingLine
) -> None:
    for index, lateral in enumerate(ring_line.lateral_m):
        for wheel in (lateral - HALF_TREAD_M - 0.5, lateral + HALF_TREAD_M + 0.5):
            assert ring.surface_at(index, wheel) in {Surface.ASPHALT, Surface.KERB}
    on_kerbs = [
        index
        for index, lateral in enumerate(ring_line.lateral_m)
        if not -ring.centre[index].right_m < lateral - HALF_TREAD_M
        or not lateral + HALF_TREAD_M < ring.centre[index].left_m
    ]
    assert len(on_kerbs) > 20
    sharpest = max(abs(point.curvature) for point in ring.centre)
    assert max(abs(bend) for bend in ring_line.curvature) < sharpest


@pytest.mark.sim
@pytest.mark.parametrize(
    ("circuit", "line", "least_s", "most_s"),
    [("ring", "ring_line", 25.0, 40.0), ("kart", "kart_line", 10.0, 15.0)],
)
def test_a_skilled_bot_laps_cleanly_in_the_time_the_circuit_is_made_for(
    request: pytest.FixtureRequest, circuit: str, line: str, least_s: float, most_s: float
) -> None:
    track = request.getfixturevalue(circuit)
    heat = Heat(track, request.getfixturevalue(line), [1.0], random.Random(1))
    while heat.entries[0].progress.laps_done < 2:
        heat.step()
        car = heat.entries[0].car
        assert track.surface(car.x, car.y, track.index_at(heat.entries[0].progress.s_m)) in {
            Surface.ASPHALT,
            Surface.KERB,
        }
        assert heat.entries[0].contacts == ()
        assert heat.tick < 6000
    assert least_s < laps_s(heat, 0)[1] < most_s


def test_a_wet_kerb_is_left_alone() -> None:
    wet = parse_track(circuit_text("dockyard") + "weather rain\n")
    for point, lateral in zip(wet.centre, racing_line(wet).lateral_m, strict=True):
        assert HALF_TREAD_M - point.right_m < lateral < point.left_m - HALF_TREAD_M


@pytest.mark.sim
def test_less_skill_is_slower(kart: Track, kart_line: RacingLine) -> None:
    times = []
    for skill in (0.0, 0.5, 1.0):
        heat = Heat(kart, kart_line, [skill], random.Random(1), laps=2)
        heat.run(4000)
        times.append(laps_s(heat, 0)[1])
    assert times == sorted(times, reverse=True)
    assert times[0] > 1.1 * times[2]


@pytest.mark.sim
@pytest.mark.parametrize(
    ("circuit", "line"),
    [pytest.param("ring", "ring_line", marks=pytest.mark.long), ("kart", "kart_line")],
)
def test_six_bots_finish_their_laps_and_nobody_is_stuck(
    request: pytest.FixtureRequest, circuit: str, line: str
) -> None:
    track = request.getfixturevalue(circuit)
    skills = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5]
    heat = Heat(track, request.getfixturevalue(line), skills, random.Random(3), laps=2)
    table = heat.run(10_000)
    assert [row.laps for row in table] == [2] * 6
    assert [entry.rescues for entry in heat.entries] == [0] * 6
    assert sorted(row.place for row in table) == [1, 2, 3, 4, 5, 6]


def test_the_same_seed_gives_the_same_race(kart: Track, kart_line: RacingLine) -> None:
    def race() -> list[CarState]:
        heat = Heat(kart, kart_line, [0.9, 0.8, 0.7], random.Random(5), laps=1)
        heat.run(300)
        return [entry.car for entry in heat.entries]

    assert race() == race()


@pytest.mark.parametrize("turned", [0.6, 1.6, math.pi, -1.6])
def test_a_bot_frees_itself_wherever_it_faces(
    ring: Track, ring_line: RacingLine, turned: float
) -> None:
    heat = Heat(ring, ring_line, [0.8], random.Random(1))
    entry = heat.entries[0]
    x, y = ring.point_at(300.0, 11.0)
    car = replace(entry.car, x=x, y=y, heading=ring.heading_at(300.0) + turned)
    gate = next(k for k, i in enumerate(ring.gates) if i * ring.spacing_m > 300.0)
    entry.own_car.frame = replace(entry.own_car.frame, car=car, progress=Progress(1, gate, 300.0))
    for _ in range(15 * 60):
        heat.step()
    place = ring.project(entry.car.x, entry.car.y)
    assert 380.0 < place.s_m < 900.0
    assert entry.car.speed > 8.0


def test_a_standing_car_on_the_line_is_passed_without_a_hit(
    ring: Track, ring_line: RacingLine
) -> None:
    index = ring.index_at(120.0)
    standing = CarState(x=ring_line.x[index], y=ring_line.y[index], heading=ring.heading_at(120.0))
    heat = Heat(ring, ring_line, [0.9, 0.9], random.Random(1))
    own_car = heat.entries[1].own_car
    for _ in range(12 * 60):
        own_car.frame = replace(own_car.frame, car=standing)
        own_car.skip_to(own_car.tick)
        heat.step()
        assert heat.entries[0].contacts == ()
    assert ring.project(heat.entries[0].car.x, heat.entries[0].car.y).s_m > 160.0


def test_a_driver_always_gives_controls_in_range(kart: Track, kart_line: RacingLine) -> None:
    rng = random.Random(2)
    driver = Driver(kart, kart_line, 0.7, rng)
    for tick in range(400):
        x, y = kart.point_at(rng.uniform(0, kart.length_m), rng.uniform(-5, 5))
        car = CarState(
            x=x, y=y, heading=rng.uniform(-3, 3), vx=rng.uniform(-50, 50), vy=rng.uniform(-50, 50)
        )
        others = [replace(car, x=x + rng.uniform(-9, 9)) for _ in range(3)]
        controls = driver.decide(car, start_progress(car, kart), others, tick)
        assert 0.0 <= controls.throttle <= 1.0
        assert 0.0 <= controls.brake <= 1.0
        assert -1.0 <= controls.steer <= 1.0
