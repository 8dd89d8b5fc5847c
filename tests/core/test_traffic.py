"""What a driver makes of the cars around, told by offsets from the line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from racer.core.circuits.track import Track
from racer.core.drivers.corners import Corner
from racer.core.drivers.line import RacingLine
from racer.core.drivers.traffic import (
    BESIDE_M,
    CLEAR_M,
    DEFEND_OFFSET_M,
    MISS_M,
    Neighbour,
    Racecraft,
    Stance,
    Traffic,
    neighbours,
)
from racer.core.physics.car import CarState

WAY_M = 155.0  # where we are: the line is in the middle of the road
CORNER = Corner(30, 60, 1)
US = Stance(
    offset_m=0.0,
    speed=40.0,
    wanted=40.0,
    braking=14.0,
    corner=CORNER,
    brake_s=4.0,
    apex_s=6.0,
    bold=0.5,
)


@pytest.fixture
def craft(ring: Track, ring_line: RacingLine) -> Racecraft:
    return Racecraft(ring, ring_line)


def ahead(gap_m: float, offset_m: float = 0.0, speed: float = 40.0) -> Neighbour:
    return Neighbour(gap_m, offset_m, speed, WAY_M + gap_m)


def lane_of(traffic: Traffic) -> float:
    assert traffic.offset_m is not None
    return traffic.offset_m


def test_cars_are_seen_by_their_offset_from_the_line_the_nearest_first(
    ring: Track, ring_line: RacingLine
) -> None:
    def on_line(s_m: float, aside_m: float) -> CarState:
        index = ring.index_at(s_m)
        x, y = ring.point_at(index * ring.spacing_m, ring_line.lateral_m[index] + aside_m)
        return CarState(x=x, y=y, heading=ring.heading_at(s_m))

    car = on_line(10.0, 0.0)
    others = [on_line(40.0, 2.0), on_line(20.0, -1.0), on_line(300.0, 0.0)]
    near = neighbours(ring, ring_line, car, ring.project(car.x, car.y), others)
    assert [round(other.ahead_m) for other in near] == [10, 30]
    assert [other.offset_m for other in near] == pytest.approx([-1.0, 2.0], abs=0.1)


def test_an_empty_road_asks_for_nothing(craft: Racecraft) -> None:
    assert craft.decide(US, []) == Traffic(None, None)


def test_a_slower_car_is_passed_with_room_to_spare(craft: Racecraft) -> None:
    traffic = craft.decide(US, [ahead(12.0, speed=34.0)])
    assert abs(lane_of(traffic)) == pytest.approx(CLEAR_M)


def test_one_pulls_out_to_where_nobody_is(craft: Racecraft) -> None:
    rival = ahead(12.0, speed=34.0)
    for side in (1.0, -1.0):
        third = ahead(16.0, offset_m=side * CLEAR_M, speed=34.0)
        assert lane_of(craft.decide(US, [rival, third])) == pytest.approx(-side * CLEAR_M)


def test_no_pass_is_begun_that_cannot_end_before_the_corner(craft: Racecraft) -> None:
    late = replace(US, brake_s=-0.2, apex_s=0.7)
    traffic = craft.decide(late, [ahead(10.0, speed=38.0)])
    assert traffic.offset_m is None
    assert traffic.speed is not None


def test_a_stranded_car_is_passed_at_any_place(craft: Racecraft) -> None:
    late = replace(US, speed=30.0, wanted=30.0, brake_s=-0.2, apex_s=0.7)
    assert craft.decide(late, [ahead(14.0, speed=0.0)]).offset_m is not None


def test_the_nearer_a_car_in_the_way_the_slower_it_is_followed(craft: Racecraft) -> None:
    speeds = [craft.decide(US, [ahead(gap, speed=20.0)]).speed for gap in (40.0, 20.0, 10.0, 5.0)]
    assert None not in speeds
    assert speeds == sorted((speed for speed in speeds if speed is not None), reverse=True)
    assert speeds[-1] is not None
    assert speeds[-1] < 20.0


def test_on_a_straight_one_stays_in_the_wake_of_an_equal(craft: Racecraft) -> None:
    assert lane_of(craft.decide(US, [ahead(20.0, offset_m=1.2)])) == pytest.approx(1.2)
    close = replace(US, brake_s=0.5, apex_s=2.0)
    assert craft.decide(close, [ahead(20.0, offset_m=1.2)]).offset_m is None


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_car_beside_gets_its_room(craft: Racecraft, side: float) -> None:
    beside = ahead(1.0, offset_m=side * 2.0)
    lane = lane_of(craft.decide(US, [beside]))
    assert abs(lane - beside.offset_m) >= CLEAR_M
    assert lane * side < 0.0


def test_between_two_cars_one_stays_in_the_middle(craft: Racecraft) -> None:
    both = [ahead(0.5, offset_m=2.4, speed=1.0), ahead(-0.5, offset_m=-2.0, speed=1.0)]
    assert lane_of(craft.decide(US, both)) == pytest.approx(0.2)


def test_a_faster_car_behind_is_kept_off_the_inside_once_a_corner(craft: Racecraft) -> None:
    near_corner = replace(US, brake_s=1.5, apex_s=3.0)
    attacker = ahead(-10.0, speed=43.0)
    lane = lane_of(craft.decide(near_corner, [attacker]))
    assert lane == CORNER.inside * DEFEND_OFFSET_M
    in_corner = replace(US, brake_s=-0.5, apex_s=1.0)
    assert craft.decide(in_corner, [attacker]).offset_m == lane  # it holds its lane …
    other = Racecraft(craft._track, craft._line)
    assert other.decide(in_corner, [attacker]).offset_m is None  # … and begins none that late


def test_nobody_defends_against_who_is_beside_already(craft: Racecraft) -> None:
    near_corner = replace(US, brake_s=1.5, apex_s=3.0)
    beside = ahead(-BESIDE_M + 1.0, offset_m=MISS_M, speed=43.0)
    lane = lane_of(craft.decide(near_corner, [beside]))
    assert lane <= MISS_M - CLEAR_M
