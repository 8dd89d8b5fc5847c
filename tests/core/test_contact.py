import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.core.circuits.track import Track
from racer.core.physics.car import CarState, Controls, quantise, step
from racer.core.physics.contact import Hit, apply_hit, corners, on_one_level, resolve_contacts


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


@settings(max_examples=150)
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


@settings(max_examples=40)
@given(
    lateral=st.floats(-9, 9),
    heading=st.floats(-math.pi, math.pi),
    shoves=st.lists(
        st.tuples(st.floats(-4, 4), st.floats(-4, 4), st.floats(-80, 80), st.floats(-80, 80)),
        min_size=1,
        max_size=20,
    ),
)
def test_whoever_shoves_nobody_leaves_the_barriers(
    kart: Track, lateral: float, heading: float, shoves: list[tuple[float, float, float, float]]
) -> None:
    car = replace(at(kart, 60.0, lateral), heading=heading)
    hint = kart.index_at(60.0)
    for dx, dy, vx, vy in shoves:
        shover = replace(car, x=car.x + dx, y=car.y + dy, vx=vx, vy=vy)
        car = step(car, Controls(), kart, hint)
        car = quantise(resolve_contacts(car, [shover], kart, hint)[0])
        place = kart.project(car.x, car.y, hint)
        left, right = kart.walls_at(place)
        assert -right + 0.5 < place.lateral_m < left - 0.5
        assert math.hypot(car.vx, car.vy) < 200.0
        hint = place.index


def test_what_a_touch_gives_the_other_is_what_the_other_takes_itself(ring: Track) -> None:
    one = replace(at(ring, 20.0, 0.0, vx=30.0, vy=1.0), heading=0.1)
    two = at(ring, 23.9, 0.7, vx=22.0)
    _, [seen] = resolve_contacts(one, [two], ring, 8)
    after, _ = resolve_contacts(two, [one], ring, 8)
    given = (after.vx - two.vx, after.vy - two.vy, after.yaw_rate - two.yaw_rate)
    assert given == pytest.approx(seen.given, abs=1e-9)
    told = apply_hit(two, Hit(1, 0, *seen.given))
    assert (told.vx, told.vy) == pytest.approx((after.vx, after.vy))


def test_cars_on_a_bridge_and_below_do_not_meet(ring: Track) -> None:
    high = tuple(replace(p, level=1 if 100 <= i < 120 else 0) for i, p in enumerate(ring.centre))
    bridged = replace(ring, centre=high)
    on, below = 110 * ring.spacing_m, 300 * ring.spacing_m
    assert not on_one_level(bridged, on, below)
    assert on_one_level(bridged, 99 * ring.spacing_m, 101 * ring.spacing_m), "on the ramp"
    assert on_one_level(ring, on, below)
