import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.core.circuits.track import Track
from racer.core.physics.car import CarState
from racer.core.rules.laps import Progress, advance, race_distance_m, start_progress
from racer.core.rules.rescue import WRONG_WAY_TICKS, rescue, wrong_way_ticks


def car_at(track: Track, s_m: float, lateral_m: float = 0.0) -> CarState:
    x, y = track.point_at(s_m, lateral_m)
    return CarState(x=x, y=y, heading=track.heading_at(s_m))


def carried(track: Track, progress: Progress, way: list[float]) -> tuple[Progress, int]:
    """Carry a car along the centre line through some ways, a metre a tick; count the crossings."""
    crossings = 0
    for start, end in pairwise(way):
        steps = max(1, round(abs(end - start)))
        for k in range(steps):
            before = car_at(track, start + (end - start) * k / steps)
            after = car_at(track, start + (end - start) * (k + 1) / steps)
            progress, fraction = advance(progress, track, before, after)
            crossings += fraction is not None
    return progress, crossings


def on_grid(track: Track) -> Progress:
    slot = track.grid[0]
    return start_progress(CarState(x=slot.x, y=slot.y, heading=slot.heading), track)


def test_the_first_crossing_begins_lap_one_and_the_next_completes_it(kart: Track) -> None:
    progress = on_grid(kart)
    assert (progress.lap, progress.gate, progress.laps_done) == (0, 0, 0)
    progress, crossings = carried(kart, progress, [-5.0, 5.0])
    assert (progress.lap, crossings, progress.laps_done) == (1, 1, 0)
    progress, crossings = carried(kart, progress, [5.0, kart.length_m + 5.0])
    assert (progress.lap, crossings, progress.laps_done) == (2, 1, 1)


def test_reversing_over_the_line_does_not_count(kart: Track) -> None:
    progress, _ = carried(kart, on_grid(kart), [-5.0, 5.0])
    progress, crossings = carried(kart, progress, [5.0, -5.0, 5.0, -20.0, 20.0])
    assert crossings == 0
    assert (progress.lap, progress.gate) == (1, 1)


def test_a_lap_driven_backwards_does_not_count(kart: Track) -> None:
    progress, _ = carried(kart, on_grid(kart), [-5.0, 5.0])
    progress, crossings = carried(kart, progress, [5.0, 5.0 - 2.0 * kart.length_m])
    assert (progress.lap, progress.gate, crossings) == (1, 1, 0)
    assert race_distance_m(progress, kart) < 0.5 * kart.length_m


def test_a_lap_with_a_gate_left_out_does_not_count(kart: Track) -> None:
    progress, _ = carried(kart, on_grid(kart), [-5.0, 5.0])
    gate = kart.gates[3] * kart.spacing_m
    progress, _ = carried(kart, progress, [5.0, gate - 3.0])
    jumped, _ = advance(progress, kart, car_at(kart, gate - 3.0), car_at(kart, gate + 30.0, 0.0))
    jumped = replace(jumped, gate=3)  # as if it had gone round the gate
    after, crossings = carried(kart, jumped, [gate + 30.0, kart.length_m + 5.0])
    assert (after.lap, after.gate, crossings) == (1, 3, 0)
    assert race_distance_m(after, kart) <= gate


def test_the_crossing_is_told_within_the_tick(kart: Track) -> None:
    before, after = car_at(kart, -0.25), car_at(kart, 0.75)
    _, fraction = advance(on_grid(kart), kart, before, after)
    assert fraction == pytest.approx(0.25, abs=0.01)


def test_the_way_raced_grows_by_what_is_driven(ring: Track) -> None:
    progress = on_grid(ring)
    assert race_distance_m(progress, ring) == pytest.approx(-4.0, abs=0.3)
    for lap in range(2):
        for part in range(1, 11):
            start, end = (part - 1) / 10 * ring.length_m, part / 10 * ring.length_m
            progress, _ = carried(ring, progress, [start - 2.0, end - 2.0])
            way = race_distance_m(progress, ring)
            assert way == pytest.approx(lap * ring.length_m + end - 2.0, abs=0.6)


def test_no_two_cars_are_put_back_into_each_other(ring: Track) -> None:
    lost = car_at(ring, 100.0, 3.0)
    progress = Progress(1, 2, 100.0)
    put: list[CarState] = []
    for _ in range(6):
        put.append(rescue(lost, progress, ring, put))
    for k, car in enumerate(put):
        for other in put[:k]:
            assert math.hypot(car.x - other.x, car.y - other.y) > 5.0


def test_the_wrong_way_is_told_after_a_second_and_forgotten_as_slowly(ring: Track) -> None:
    right, progress = car_at(ring, 100.0), Progress(1, 2, 100.0)
    wrong = replace(right, heading=right.heading + math.radians(125.0))
    count = 0
    for _ in range(WRONG_WAY_TICKS):
        count = wrong_way_ticks(count, wrong, progress, ring)
    assert count == WRONG_WAY_TICKS
    for _ in range(600):
        count = wrong_way_ticks(count, wrong, progress, ring)
    assert count == 2 * WRONG_WAY_TICKS
    for _ in range(WRONG_WAY_TICKS):
        count = wrong_way_ticks(count, right, progress, ring)
    assert count == WRONG_WAY_TICKS
    sideways = replace(right, heading=right.heading + math.radians(115.0))
    assert wrong_way_ticks(0, sideways, progress, ring) == 0


@settings(max_examples=30)
@given(part=st.floats(0.01, 0.99), lateral=st.floats(-4, 4))
def test_a_rescued_car_stands_on_the_track_facing_the_right_way(
    ring: Track, part: float, lateral: float
) -> None:
    s_m = part * ring.length_m
    gate = next((k for k, i in enumerate(ring.gates) if i * ring.spacing_m > s_m), 0)
    lost = replace(car_at(ring, s_m, lateral), vx=9.0, heading=3.0, boost_ticks=60)
    progress = Progress(2, gate, round(s_m * 4) / 4)
    car = rescue(lost, progress, ring)
    place = ring.project(car.x, car.y)
    point = ring.centre[place.index]
    assert -point.right_m + 0.9 < place.lateral_m < point.left_m - 0.9
    assert abs(place.lateral_m) > 1.0, "the others pass"
    assert math.remainder(place.s_m - progress.s_m, ring.length_m) < 0.0
    assert abs(math.remainder(car.heading - ring.heading_at(s_m), math.tau)) < 0.05
    assert (car.speed, car.boost_ticks) == (0.0, 60)
