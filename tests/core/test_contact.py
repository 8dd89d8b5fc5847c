import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.core.car import CarState
from racer.core.contact import corners, resolve_contacts
from racer.core.track import Track


def at(track: Track, s_m: float, lateral_m: float, **fields: float) -> CarState:
    x, y = track.point_at(s_m, lateral_m)
    return CarState(x=x, y=y, heading=track.heading_at(s_m), **fields)  # type: ignore[arg-type]


def test_a_rear_end_hit_costs_both_and_together_keeps_the_momentum(ring: Track) -> None:
    behind = at(ring, 20.0, 0.0, vx=30.0)
    ahead = at(ring, 24.0, 0.0, vx=20.0)
    one, [hit] = resolve_contacts(behind, [ahead], ring, 8)
    two, _ = resolve_contacts(ahead, [behind], ring, 8)
    assert hit.other == 0
    assert hit.speed == pytest.approx(10.0, abs=0.1)
    assert one.vx + two.vx == pytest.approx(50.0, abs=0.01)
    assert one.vx < two.vx
    assert two.x - one.x == pytest.approx(4.2, abs=0.02)


def test_cars_that_do_not_overlap_do_not_touch(ring: Track) -> None:
    car = at(ring, 20.0, 0.0, vx=30.0)
    assert resolve_contacts(car, [at(ring, 20.0, 2.0)], ring, 8) == (car, ())
    assert resolve_contacts(car, [at(ring, 25.0, 0.0)], ring, 8) == (car, ())


def test_a_barrier_throws_back_a_little_and_slows(ring: Track) -> None:
    wall = ring.centre[8].left_wall_m
    car = at(ring, 20.0, wall - 0.9, vx=30.0, vy=8.0)
    after, [hit] = resolve_contacts(car, (), ring, 8)
    assert hit.other is None
    assert hit.speed > 5.0
    assert after.vy < 5.0
    assert after.yaw_rate < 0.0, "the nose turns away from it"
    assert after.vx < 30.0
    assert all(ring.project(x, y, 8).lateral_m < wall + 0.01 for x, y in corners(after))


@settings(max_examples=150, deadline=None)
@given(
    part=st.floats(0, 1),
    lateral=st.floats(-12, 12),
    heading=st.floats(-math.pi, math.pi),
    vx=st.floats(-60, 60),
    vy=st.floats(-60, 60),
    yaw=st.floats(-5, 5),
)
def test_a_barrier_never_adds_energy_and_holds_every_corner(
    ring: Track, part: float, lateral: float, heading: float, vx: float, vy: float, yaw: float
) -> None:
    car = at(ring, part * ring.length_m, lateral, vx=vx, vy=vy, yaw_rate=yaw)
    car = replace(car, heading=heading)
    hint = ring.index_at(part * ring.length_m)
    after, contacts = resolve_contacts(car, (), ring, hint)
    assert after.speed**2 + 2.9 * after.yaw_rate**2 <= car.speed**2 + 2.9 * yaw**2 + 1e-6
    if not contacts:
        assert after == car
    place = ring.project(after.x, after.y, hint)
    left, right = ring.walls_at(place)
    assert -right + 0.9 < place.lateral_m < left - 0.9


def test_nobody_is_pushed_through_a_barrier_by_a_pile_of_cars(ring: Track) -> None:
    wall = ring.centre[8].left_wall_m
    car = at(ring, 20.0, wall - 1.0)
    pile = [at(ring, 20.0, wall - 1.2 - k / 4, vy=40.0) for k in range(10)]
    for _ in range(20):
        car, _ = resolve_contacts(car, pile, ring, 8)
        assert ring.project(car.x, car.y, 8).lateral_m < wall - 0.9
