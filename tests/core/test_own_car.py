from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from racer.core.circuits.track import PickupKind
from racer.core.drivers.driver import Driver
from racer.core.own_car import LapDone, OwnCar, OwnCarEvent, Touched, grid_frame, resumed_frame
from racer.core.physics.car import CarState, Controls
from racer.core.physics.contact import Hit, resolve_contacts
from racer.core.recordings.car_codec import CarFrame, pack_car, unpack_car
from racer.core.rules.laps import Progress, race_distance_m
from racer.core.tuning import (
    BOOST_TICKS_CANISTER,
    BOOST_TICKS_MAX,
    RESCUE_GHOST_TICKS,
    RESCUE_TICKS,
    STUCK_TICKS,
    TICK_HZ,
)

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

FULL = Controls(throttle=1.0)


class Drive:
    """A car with a bot at its wheel, alone on the track."""

    def __init__(self, track: Track, line: RacingLine, laps: int) -> None:
        self.own_car = OwnCar(track, laps, grid_frame(track, 0), 0)
        self.events: list[OwnCarEvent] = []
        self._driver = Driver(track, line, 0.8, Random(1))

    def step(self, ticks: int = 1) -> None:
        for _ in range(ticks):
            frame = self.own_car.frame
            controls = self._driver.decide(frame.car, frame.progress, (), frame.tick)
            self.events.extend(self.own_car.step(controls, ()))

    def finish(self) -> None:
        while not self.own_car.finished:
            self.step()
            assert self.own_car.tick < 60 * TICK_HZ

    @property
    def laps(self) -> list[LapDone]:
        return [event for event in self.events if isinstance(event, LapDone)]


@pytest.fixture
def drive(kart: Track, kart_line: RacingLine) -> Drive:
    return Drive(kart, kart_line, 2)


# --- laps -------------------------------------------------------------------------------------


def test_each_lap_is_told_once_and_the_first_counts_from_the_green_light(drive: Drive) -> None:
    drive.finish()
    first, second = drive.laps
    assert (first.lap, second.lap) == (1, 2)
    assert first.lap_ms == first.race_ms
    assert second.lap_ms == second.race_ms - first.race_ms
    tick_ms = 1000 / TICK_HZ
    assert (
        (drive.own_car.tick - 1) * tick_ms - 1 <= second.race_ms <= drive.own_car.tick * tick_ms + 1
    )


def test_a_finished_car_drives_on_as_a_ghost_and_completes_nothing_more(drive: Drive) -> None:
    drive.finish()
    drive.events.clear()
    drive.step(20 * TICK_HZ)
    assert drive.events == []
    frame = drive.own_car.frame
    assert frame.finished
    assert frame.ghost
    assert frame.progress.laps_done == 2
    assert unpack_car(pack_car(frame)) == frame


def test_what_peers_get_is_what_the_next_tick_starts_from(drive: Drive) -> None:
    for _ in range(10 * TICK_HZ):
        drive.step()
        assert unpack_car(pack_car(drive.own_car.frame)) == drive.own_car.frame


def test_two_who_step_the_same_car_get_the_same_car(kart: Track, drive: Drive) -> None:
    drive.step(5 * TICK_HZ)
    copy = OwnCar(kart, 2, unpack_car(pack_car(drive.own_car.frame)), 0)
    for _ in range(TICK_HZ):
        controls = Controls(throttle=0.7, steer=0.3)
        drive.own_car.step(controls, ())
        copy.step(controls, ())
    assert copy.frame == drive.own_car.frame


def test_grid_slots_are_apart_and_every_number_has_one(kart: Track) -> None:
    frames = [grid_frame(kart, slot) for slot in range(len(kart.grid))]
    for number, frame in enumerate(frames):
        others = [other.car for other in frames[:number]]
        assert resolve_contacts(frame.car, others, kart, 0)[1] == ()
        assert race_distance_m(frame.progress, kart) < 0.0
    assert grid_frame(kart, len(kart.grid)) == frames[0]


# --- pick-ups ---------------------------------------------------------------------------------


def test_a_lap_over_a_canister_is_told_with_the_moment_of_touch(kart: Track) -> None:
    x, y = kart.pickups[0].x, kart.pickups[0].y
    place = kart.project(x, y)
    heading = kart.heading_at(place.s_m)
    start_x, start_y = kart.point_at(place.s_m - 6.0, place.lateral_m)
    car = CarState(x=start_x, y=start_y, heading=heading)
    frame = CarFrame(tick=100, car=car, progress=Progress(1, 1, place.s_m - 6.0))
    own_car, events = OwnCar(kart, 2, frame, 0), list[OwnCarEvent]()
    while not events:
        events = own_car.step(FULL, ())
        assert own_car.tick < 300
    (touch,) = events
    assert isinstance(touch, Touched)
    assert touch.pickup == 0
    assert (
        1000 * (own_car.tick - 1) / TICK_HZ - 1
        <= touch.race_ms
        <= 1000 * own_car.tick / TICK_HZ + 1
    )


def test_a_canister_fills_the_tank_up_to_its_brim(drive: Drive) -> None:
    drive.own_car.take_pickup(PickupKind.CANISTER)
    assert drive.own_car.frame.car.boost_ticks == BOOST_TICKS_CANISTER
    for _ in range(5):
        drive.own_car.take_pickup(PickupKind.CANISTER)
    assert drive.own_car.frame.car.boost_ticks == BOOST_TICKS_MAX


# --- others -----------------------------------------------------------------------------------


def beside(frame: CarFrame, ahead_m: float) -> CarState:
    """Return a car standing so far ahead of one on the grid."""
    car = frame.car
    ahead_x, ahead_y = ahead_m * math.cos(car.heading), ahead_m * math.sin(car.heading)
    return replace(car, x=car.x + ahead_x, y=car.y + ahead_y)


def run_into(kart: Track, own_car: OwnCar) -> float:
    """Drive full throttle where a car stands 6 m ahead; returns how far we came."""
    start, wall = own_car.frame.car, beside(own_car.frame, 6.0)
    for _ in range(2 * TICK_HZ):
        own_car.step(FULL, [wall])
    car = own_car.frame.car
    return float(((car.x - start.x) ** 2 + (car.y - start.y) ** 2) ** 0.5)


def test_a_car_in_the_way_is_hit_but_not_by_a_ghost(kart: Track) -> None:
    solid = OwnCar(kart, 2, grid_frame(kart, 0), 0)
    ghost = OwnCar(kart, 2, grid_frame(kart, 0), 0)
    ghost.ghost_until = 10 * TICK_HZ
    assert run_into(kart, solid) < 6.0 < run_into(kart, ghost)
    assert not solid.frame.ghost
    assert ghost.frame.ghost


# --- rescue -----------------------------------------------------------------------------------


def test_a_rescued_car_stands_then_is_a_ghost_then_a_car(drive: Drive, kart: Track) -> None:
    drive.step(5 * TICK_HZ)
    own_car = drive.own_car
    way = race_distance_m(own_car.frame.progress, kart)
    own_car.rescue()
    at, tick = own_car.frame.car, own_car.tick
    assert at.speed == 0.0
    assert race_distance_m(own_car.frame.progress, kart) <= way
    kinds: list[tuple[bool, bool]] = []
    for _ in range(RESCUE_TICKS + RESCUE_GHOST_TICKS + 2):
        own_car.step(FULL, ())
        kinds.append((own_car.frame.respawning, own_car.frame.ghost))
        if own_car.frame.respawning:
            assert (own_car.frame.car.x, own_car.frame.car.y) == pytest.approx(
                (at.x, at.y), abs=0.002
            )
    assert kinds[0] == (True, True)
    assert kinds[RESCUE_TICKS - 1] == (False, True)
    assert kinds[-1] == (False, False)
    assert own_car.tick == tick + len(kinds)


def test_a_rescue_during_a_rescue_or_after_the_finish_does_nothing(drive: Drive) -> None:
    drive.step(5 * TICK_HZ)
    drive.own_car.rescue()
    drive.own_car.step(FULL, ())
    until, frame = drive.own_car.ghost_until, drive.own_car.frame
    drive.own_car.rescue()
    assert (drive.own_car.ghost_until, drive.own_car.frame) == (until, frame)
    drive.finish()
    frame = drive.own_car.frame
    drive.own_car.rescue()
    assert drive.own_car.frame == frame


def test_a_car_without_progress_is_stuck_until_it_is_rescued(kart: Track) -> None:
    own_car = OwnCar(kart, 2, grid_frame(kart, 0), 0)
    stuck: list[bool] = []
    for _ in range(STUCK_TICKS + 1):
        own_car.step(Controls(), ())
        stuck.append(own_car.is_stuck)
    assert stuck.index(True) == STUCK_TICKS
    own_car.rescue()
    assert not own_car.is_stuck


def test_time_that_passes_without_the_car_is_not_being_stuck(drive: Drive) -> None:
    drive.step(5 * TICK_HZ)
    car, tick = drive.own_car.frame.car, drive.own_car.tick
    drive.own_car.skip_to(tick + 2 * STUCK_TICKS)
    assert drive.own_car.frame.car == car
    assert drive.own_car.tick == tick + 2 * STUCK_TICKS
    assert not drive.own_car.is_stuck


# --- coming back ------------------------------------------------------------------------------


def test_who_comes_back_stands_where_the_car_was_with_its_laps_and_tank(
    kart: Track, drive: Drive
) -> None:
    drive.own_car.take_pickup(PickupKind.CANISTER)
    while not drive.laps:
        drive.step()
    before = drive.own_car.frame
    assert before.car.speed > 5.0
    frame = resumed_frame(kart, before, 1, 0)
    assert (frame.car.x, frame.car.y, frame.car.heading) == (
        before.car.x,
        before.car.y,
        before.car.heading,
    )
    assert frame.car.speed == 0.0
    assert frame.car.boost_ticks == before.car.boost_ticks
    assert frame.progress == before.progress
    assert unpack_car(pack_car(frame)) == frame


def test_a_lap_that_is_newer_than_the_frame_is_kept(kart: Track, drive: Drive) -> None:
    drive.step(11 * TICK_HZ)
    before = drive.own_car.frame
    assert before.progress.laps_done == 0
    frame = resumed_frame(kart, before, 1, 0)
    assert frame.progress.laps_done == 1
    assert race_distance_m(frame.progress, kart) == pytest.approx(kart.length_m, abs=1.0)
    at = kart.project(frame.car.x, frame.car.y).s_m
    assert math.remainder(at, kart.length_m) == pytest.approx(0.0, abs=1.0)


def test_without_a_frame_the_facts_alone_place_the_car(kart: Track) -> None:
    assert resumed_frame(kart, None, 0, 3) == grid_frame(kart, 3)
    frame = resumed_frame(kart, None, 1, 3)
    assert frame.progress.laps_done == 1
    assert frame.car.speed == 0.0
    assert unpack_car(pack_car(frame)) == frame


def test_a_resumed_car_finishes_its_laps_and_counts_them_from_the_last(
    kart: Track, kart_line: RacingLine
) -> None:
    drive = Drive(kart, kart_line, 2)
    frame = resumed_frame(kart, None, 1, 0)
    drive.own_car = OwnCar(kart, 2, frame, 12_000)
    drive.own_car.skip_to(20 * TICK_HZ)
    drive.finish()
    (lap,) = drive.laps
    assert lap.lap == 2
    assert lap.lap_ms == lap.race_ms - 12_000
    assert lap.race_ms > 20_000


def test_after_a_gap_a_car_tells_no_touch_from_before_it(kart: Track) -> None:
    """The node that took over a car which had just been hit could not encode it, and ended."""
    hit = Hit(2, 99, 3.0, 0.0, 0.0)
    frame = replace(grid_frame(kart, 0), tick=100, hit=hit)
    own_car = OwnCar(kart, 3, frame, 0)
    own_car.come_back(300)
    assert unpack_car(pack_car(own_car.frame)).tick == 300
