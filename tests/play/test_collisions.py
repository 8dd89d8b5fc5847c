"""Touches that two owners see differently."""

import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.core.circuits.track import Track
from racer.core.own_car import OwnCar
from racer.core.physics.car import CarState, Controls, quantise
from racer.core.physics.collisions import Collisions, is_credible
from racer.core.physics.contact import Contact, Hit
from racer.core.recordings.car_codec import CarFrame, pack_car, unpack_car
from racer.core.rules.laps import start_progress
from racer.core.tuning import HIT_LEAST, HIT_SAME_TICKS, HIT_TOLD_TICKS
from racer.play.cars.remote_cars import RemoteCars

ONE, TWO = 3, 7


def contact(vx: float, vy: float = 0.0) -> Contact:
    return Contact(0.0, 0.0, math.hypot(vx, vy), 0, (vx, vy, 0.1))


def test_a_hit_is_told_for_a_quarter_second_and_no_leaning_is() -> None:
    collisions = Collisions()
    assert collisions.on_contacts([contact(HIT_LEAST / 2)], [TWO], 99) is None
    told = collisions.on_contacts([contact(5.0)], [TWO], 100)
    assert told is not None
    assert (told.other, told.tick, told.vx) == (TWO, 100, 5.0)
    assert collisions.on_contacts([contact(0.2)], [TWO], 101) == told
    assert collisions.on_contacts([], [], 100 + HIT_TOLD_TICKS) == told
    assert collisions.on_contacts([], [], 101 + HIT_TOLD_TICKS) is None


def test_who_saw_nothing_takes_all_and_takes_it_once() -> None:
    collisions = Collisions()
    hit = Hit(TWO, 100, 5.0, 0.0, 0.0)
    assert collisions.on_told(ONE, hit, 102) == 1.0
    assert collisions.on_told(ONE, hit, 103) == 0.0


def test_who_saw_as_much_takes_nothing_and_who_saw_less_takes_the_rest() -> None:
    saw_more, saw_less = Collisions(), Collisions()
    saw_more.on_contacts([contact(6.0)], [ONE], 101)
    saw_less.on_contacts([contact(2.0)], [ONE], 98)
    hit = Hit(TWO, 100, 5.0, 0.0, 0.0)
    assert saw_more.on_told(ONE, hit, 102) == 0.0
    assert math.isclose(saw_less.on_told(ONE, hit, 102), 0.6)


def test_a_touch_with_another_car_or_long_ago_is_another_touch() -> None:
    collisions = Collisions()
    collisions.on_contacts([contact(6.0)], [ONE + 1], 100)
    collisions.on_contacts([contact(6.0)], [ONE], 100 - HIT_SAME_TICKS - 1)
    assert collisions.on_told(ONE, Hit(TWO, 100, 5.0, 0.0, 0.0), 102) == 1.0


def test_a_hit_from_long_ago_or_far_ahead_is_not_taken() -> None:
    hit = Hit(TWO, 100, 5.0, 0.0, 0.0)
    assert Collisions().on_told(ONE, hit, 101 + HIT_SAME_TICKS) == 0.0
    assert Collisions().on_told(ONE, hit, 60) == 0.0


def test_nobody_is_pushed_from_afar_or_harder_than_the_speeds_allow() -> None:
    ours = CarState(x=0.0, y=0.0, heading=0.0, vx=20.0)
    theirs = replace(ours, x=-4.0, vx=25.0)  # it had 30 before
    hit = Hit(TWO, 100, 5.0, 0.0, 0.0)
    assert is_credible(hit, theirs, ours)
    assert not is_credible(hit, replace(theirs, x=-40.0), ours)
    assert not is_credible(Hit(TWO, 100, 40.0, 0.0, 0.0), theirs, ours)


def own_car_at(track: Track, x: float, vx: float, tick: int) -> OwnCar:
    x0, y0 = track.point_at(x)
    car = quantise(CarState(x=x0, y=y0, heading=track.heading_at(x), vx=vx))
    frame = CarFrame(tick=tick, car=car, progress=start_progress(car, track))
    return OwnCar(track, 9, frame, 0)


def test_a_hit_that_one_owner_sees_moves_both_cars_the_same(ring: Track) -> None:
    behind, ahead = own_car_at(ring, 20.0, 30.0, 100), own_car_at(ring, 24.1, 20.0, 100)
    before = behind.frame.car.vx + ahead.frame.car.vx
    behind.step(Controls(), [ahead.frame.car], [TWO])
    ahead.step(Controls(), [])  # its owner does not see the other there
    assert behind.frame.car.vx < 26.0
    frame = unpack_car(pack_car(behind.frame))
    assert frame.hit is not None
    ahead.take_hit(ONE, frame.hit, frame.car)
    after = ahead.frame.car
    assert after.vx > 24.0
    assert abs(behind.frame.car.vx + after.vx - before) < 0.2, "but for a tick of coasting"
    ahead.take_hit(ONE, frame.hit, frame.car)
    assert ahead.frame.car == after


def test_a_hit_that_both_owners_see_is_not_added(ring: Track) -> None:
    behind, ahead = own_car_at(ring, 20.0, 30.0, 100), own_car_at(ring, 24.1, 20.0, 100)
    behind_then, ahead_then = (
        replace(c, x=c.x + c.vx / 60) for c in (behind.frame.car, ahead.frame.car)
    )
    behind.step(Controls(), [ahead_then], [TWO])
    ahead.step(Controls(), [behind_then], [ONE])
    one, two = behind.frame, ahead.frame
    assert one.hit is not None
    assert two.hit is not None
    ahead.take_hit(ONE, one.hit, one.car)
    behind.take_hit(TWO, two.hit, two.car)
    assert (behind.frame.car, ahead.frame.car) == (one.car, two.car)


def collide(track: Track, delay: int, loss: float) -> tuple[CarState, CarState]:
    """Let one car run into another. Each owner sees the other's states so many ticks late."""
    rng = Random(1)
    cars = {ONE: own_car_at(track, 20.0, 35.0, 0), TWO: own_car_at(track, 30.0, 20.0, 0)}
    others = {number: RemoteCars(track) for number in cars}
    flying: list[tuple[int, int, bytes]] = []
    for tick in range(1, 100):
        for number, own_car in cars.items():
            for _, sender, data in [f for f in flying if f[0] <= tick and f[1] != number]:
                frame = unpack_car(data)
                others[number].on_frame(sender, frame, own_car.tick)
                if frame.hit is not None:
                    own_car.take_hit(sender, frame.hit, frame.car)
            others[number].advance(tick, own_car.frame.car)
            solid = others[number].solid(tick)
            own_car.step(Controls(throttle=0.3), list(solid.values()), tuple(solid))
            for hit in own_car.given:
                others[number].push(number, hit)
        flying = [f for f in flying if f[0] > tick]
        for number, own_car in cars.items():
            if rng.random() >= loss:
                flying.append((tick + delay, number, pack_car(own_car.frame)))
    return cars[ONE].frame.car, cars[TWO].frame.car


@pytest.mark.parametrize(("delay", "loss"), [(4, 0.0), (8, 0.2), (12, 0.0)])
def test_a_collision_ends_the_same_however_late_the_owners_hear_of_each_other(
    ring: Track, delay: int, loss: float
) -> None:
    one, two = collide(ring, 1, 0.0)
    assert 20.0 < one.speed < two.speed < 35.0
    late_one, late_two = collide(ring, delay, loss)
    assert late_one.speed == pytest.approx(one.speed, abs=0.5)
    assert late_two.speed == pytest.approx(two.speed, abs=0.5)


def test_who_takes_a_hit_answers_it(ring: Track) -> None:
    behind, ahead = own_car_at(ring, 20.0, 30.0, 100), own_car_at(ring, 24.1, 20.0, 100)
    behind.step(Controls(), [ahead.frame.car], [TWO])
    ahead.step(Controls(), [])
    told = behind.frame.hit
    assert told is not None
    ahead.take_hit(ONE, told, behind.frame.car)
    ahead.step(Controls(), [])
    answer = ahead.frame.hit
    assert answer is not None
    assert (answer.other, answer.vx) == (ONE, -told.vx)
    before = behind.frame
    behind.take_hit(TWO, answer, ahead.frame.car)
    assert behind.frame == before


def test_a_ghost_takes_no_hit(ring: Track) -> None:
    own_car = own_car_at(ring, 24.1, 20.0, 100)
    own_car.come_back(100)
    before = own_car.frame
    theirs = own_car_at(ring, 20.0, 20.0, 100).frame.car
    own_car.take_hit(ONE, Hit(TWO, 100, 5.0, 0.0, 0.0), theirs)
    assert own_car.frame == before


@settings(max_examples=50)
@given(
    collisions=st.lists(
        st.builds(
            Hit,
            other=st.just(TWO),
            tick=st.integers(90, 120),
            vx=st.floats(-60, 60),
            vy=st.floats(-60, 60),
            turn=st.floats(-7, 7),
        ),
        max_size=12,
    )
)
def test_whatever_hits_are_told_nobody_leaves_the_barriers(
    kart: Track, collisions: list[Hit]
) -> None:
    own_car = own_car_at(kart, 30.0, 20.0, 100)
    for hit in collisions:
        own_car.take_hit(ONE, hit, replace(own_car.frame.car, vx=-hit.vx, vy=-hit.vy))
        own_car.step(Controls(throttle=1.0), [])
        car = own_car.frame.car
        place = kart.project(car.x, car.y, kart.index_at(own_car.frame.progress.s_m))
        left, right = kart.walls_at(place)
        assert -right + 0.5 < place.lateral_m < left - 0.5
