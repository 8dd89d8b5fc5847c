import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from racer.core.circuits.track import Track
from racer.core.physics.car import CarState, Controls, step
from racer.core.physics.slipstream import WAKE_LENGTH_M, slipstream

CAR = CarState(x=0.0, y=0.0, heading=0.0, vx=50.0)


def ahead(by_m: float, beside_m: float = 0.0, vx: float = 50.0) -> CarState:
    return replace(CAR, x=by_m, y=beside_m, vx=vx)


def test_the_wake_is_deeper_the_nearer_one_follows_and_fades_out() -> None:
    depths = [slipstream(CAR, [ahead(by)]) for by in (5.0, 12.0, 20.0, 28.0, WAKE_LENGTH_M + 1.0)]
    assert depths == sorted(depths, reverse=True)
    assert (depths[0], depths[-1]) == (1.0, 0.0)


def test_there_is_no_wake_beside_in_front_or_of_an_oncoming_or_slow_car() -> None:
    assert slipstream(CAR, [ahead(8.0, 2.5)]) == 0.0
    assert slipstream(CAR, [ahead(-8.0)]) == 0.0
    assert slipstream(CAR, [ahead(8.0, vx=-50.0)]) == 0.0
    assert slipstream(CAR, [ahead(8.0, vx=5.0)]) == 0.0


def test_a_row_of_cars_tows_no_more_than_the_nearest() -> None:
    assert slipstream(CAR, [ahead(12.0), ahead(18.0)]) == slipstream(CAR, [ahead(12.0)])


def test_who_is_towed_is_faster(ring: Track) -> None:
    x, y = ring.point_at(0.0)
    car = CarState(x=x, y=y, heading=ring.heading_at(0.0), vx=50.0)
    alone, towed = (step(car, Controls(throttle=1.0), ring, 0, slipstream=d) for d in (0.0, 1.0))
    assert towed.speed > alone.speed + 0.01


@given(
    x=st.floats(-40, 40),
    y=st.floats(-40, 40),
    way=st.floats(-math.pi, math.pi),
    speed=st.floats(0, 80),
)
def test_the_depth_is_a_share_and_the_same_seen_from_any_direction(
    x: float, y: float, way: float, speed: float
) -> None:
    other = replace(CAR, x=x, y=y, vx=speed * math.cos(way), vy=speed * math.sin(way))
    depth = slipstream(CAR, [other])
    assert 0.0 <= depth <= 1.0
    mirrored = replace(other, y=-y, vy=-other.vy)
    assert abs(slipstream(CAR, [mirrored]) - depth) < 1e-9
