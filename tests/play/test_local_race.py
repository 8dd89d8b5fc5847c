from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from racer.core.drivers.driver import Driver
from racer.core.own_car import Jumped, LapDone, OwnCar, OwnCarEvent, grid_frame
from racer.core.physics.car import Controls
from racer.core.recordings.car_codec import TICK_MAX, pack_car, unpack_car
from racer.core.rules.laps import Progress, race_distance_m
from racer.core.tuning import (
    BOOST_TICKS_CANISTER,
    JUMP_HELD_TICKS,
    JUMP_THROTTLE,
    JUMP_TICKS,
    RESCUE_GHOST_TICKS,
    TICK_HZ,
    tick_ms,
)
from racer.play.cars.local_race import LocalRace, StateSeen, read_state
from racer.play.limits import CATCH_UP_TICKS_MAX
from racer.play.room.messages import Grant, LapTime
from racer.play.room.room import RESPAWN_MS, Race
from tests.play.field import Field, apart, local_race_of, tick_ns
from tests.play.rooms import ADA, BEN, CLEO, GREEN_NS, Log, racing

if TYPE_CHECKING:
    from net import NodeId
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

FULL = Controls(throttle=1.0)


class Paddock:
    """Makes local races of one log's race."""

    def __init__(self, track: Track, line: RacingLine, log: Log) -> None:
        self.log = log
        self.track = track
        self.line = line

    @property
    def race(self) -> Race:
        assert self.log.room.race is not None
        return self.log.room.race

    def local_race(self, node: NodeId = ADA, *, bot: bool = True) -> LocalRace:
        return local_race_of(self.race, self.track, self.line, node, bot=bot)

    def started(self, node: NodeId = ADA, *, bot: bool = True) -> LocalRace:
        local_race = self.local_race(node, bot=bot)
        assert not local_race.take_car(None, [], tick_ns(0))
        return local_race


@pytest.fixture
def paddock(kart: Track, kart_line: RacingLine) -> Paddock:
    return Paddock(kart, kart_line, racing(ADA, BEN, laps=3))


def own_car_of(local_race: LocalRace) -> OwnCar:
    assert local_race.own_car is not None
    return local_race.own_car


def drive(local_race: LocalRace, first: int, last: int) -> list[LapDone]:
    laps: list[LapDone] = []
    for tick in range(first, last + 1):
        events = local_race.on_tick(Controls(), tick_ns(tick))
        laps.extend(event for event in events if isinstance(event, LapDone))
    return laps


def drive_a_lap(local_race: LocalRace) -> LapDone:
    while not (laps := drive(local_race, local_race.tick + 1, local_race.tick + 1)):
        assert local_race.tick < 40 * TICK_HZ
    return laps[0]


def seen(local_race: LocalRace) -> StateSeen:
    state = local_race.state()
    assert state is not None
    return StateSeen(1, state)


def on_the_grid(paddock: Paddock) -> LocalRace:
    local_race = paddock.local_race(bot=False)
    assert not local_race.take_car(None, [], GREEN_NS - 4_000_000_000)
    return local_race


def wait_for_green(local_race: LocalRace, controls: Controls, until_ns: int) -> list[OwnCarEvent]:
    """Let the last seconds before a moment pass."""
    events: list[OwnCarEvent] = []
    for ms in range(4_000, 0, -16):
        events.extend(local_race.on_tick(controls, until_ns - ms * 1_000_000))
    return events


# --- countdown --------------------------------------------------------------------------------


def test_nobody_moves_before_the_green_light_however_the_pedal_is_pressed(
    paddock: Paddock, kart: Track
) -> None:
    local_race = on_the_grid(paddock)
    assert wait_for_green(local_race, FULL, GREEN_NS) == [Jumped()]
    assert local_race.tick == 0
    assert own_car_of(local_race).frame == grid_frame(kart, 0)


def test_who_jumps_the_start_is_held_for_a_second_after_it(paddock: Paddock) -> None:
    local_race = on_the_grid(paddock)
    assert wait_for_green(local_race, FULL, GREEN_NS) == [Jumped()]
    local_race.on_tick(FULL, tick_ns(JUMP_HELD_TICKS))
    assert own_car_of(local_race).frame.car.speed == 0.0
    local_race.on_tick(FULL, tick_ns(JUMP_HELD_TICKS + 10))
    assert own_car_of(local_race).frame.car.speed > 0.5


def test_who_lets_go_in_time_or_hardly_touches_the_pedal_goes_with_the_green_light(
    paddock: Paddock,
) -> None:
    local_race = on_the_grid(paddock)
    assert wait_for_green(local_race, FULL, tick_ns(-JUMP_TICKS - 1)) == []
    assert wait_for_green(local_race, Controls(throttle=JUMP_THROTTLE), GREEN_NS) == []
    local_race.on_tick(FULL, tick_ns(10))
    assert own_car_of(local_race).frame.car.speed > 0.5


def test_a_bot_may_jump_the_start_too(paddock: Paddock) -> None:
    drivers = (Driver(paddock.track, paddock.line, 0.0, Random(seed)) for seed in range(99))
    rash = next(driver for driver in drivers if driver.jumps_start)
    race = paddock.local_race().race
    local_race = LocalRace(race, paddock.track, ADA, rash, bot=True)
    assert not local_race.take_car(None, [], GREEN_NS - 4_000_000_000)
    assert wait_for_green(local_race, Controls(), GREEN_NS) == [Jumped()]


def test_each_stands_on_its_own_slot_in_the_order_of_the_grid(paddock: Paddock) -> None:
    cars = [own_car_of(paddock.started(node)).frame.car for node in (ADA, BEN)]
    assert cars == [grid_frame(paddock.track, slot).car for slot in (0, 1)]


def test_tick_zero_begins_at_the_green_light(paddock: Paddock) -> None:
    local_race = paddock.local_race()
    assert local_race.tick_at(GREEN_NS) == 0
    assert local_race.tick_at(GREEN_NS - 1) == -1
    assert local_race.tick_at(GREEN_NS + 1_000_000_000) == TICK_HZ


def test_a_race_clock_beyond_all_sense_stops_nobody(paddock: Paddock) -> None:
    """A member that means harm may tell any; a state has four bytes for its tick."""
    local_race = paddock.local_race()
    assert local_race.take_car(None, [], 10**18)
    local_race.on_tick(FULL, 10**18)
    state = local_race.state()
    assert state is not None
    assert unpack_car(state[4:]).tick == TICK_MAX


# --- ticks ------------------------------------------------------------------------------------


def test_a_late_frame_of_the_shell_costs_the_car_nothing(paddock: Paddock) -> None:
    smooth, jerky = paddock.started(), paddock.started()
    drive(smooth, 1, 60)
    for tick in range(10, 61, 10):
        jerky.on_tick(Controls(), tick_ns(tick))
    assert own_car_of(jerky).frame == own_car_of(smooth).frame


def test_a_long_pause_of_ours_is_not_driven_through_at_once(paddock: Paddock) -> None:
    local_race = paddock.started()
    drive(local_race, 1, 120)
    car = own_car_of(local_race).frame.car
    local_race.on_tick(Controls(), tick_ns(120 + CATCH_UP_TICKS_MAX + 300))
    assert own_car_of(local_race).tick == 120 + CATCH_UP_TICKS_MAX + 300
    assert apart(own_car_of(local_race).frame.car, car) < 1.0


def test_who_does_not_race_watches(paddock: Paddock) -> None:
    local_race = paddock.local_race(CLEO)
    assert local_race.number is None
    racer = paddock.started(ADA)
    drive(racer, 1, 60)
    local_race.on_tick(FULL, tick_ns(61))
    local_race.on_state(ADA, seen(racer))
    assert local_race.on_tick(FULL, tick_ns(62)) == []
    assert local_race.state() is None
    assert list(local_race.progress()) == [1]


# --- states -----------------------------------------------------------------------------------


def test_a_state_of_another_race_or_of_no_car_is_none(paddock: Paddock) -> None:
    race = paddock.race.id
    payload = seen(paddock.started(BEN)).payload
    frame = read_state(payload, race)
    assert frame is not None
    assert frame.tick == 0
    for bad in (
        b"",
        race,
        b"nope" + payload[4:],
        payload[:-1],
        payload + b"\x00",
        payload[:4] + b"\xff" * (len(payload) - 4),
    ):
        assert read_state(bad, race) is None


def test_only_the_cars_of_others_in_the_race_are_taken(paddock: Paddock) -> None:
    local_race = paddock.started(ADA)
    state = seen(paddock.started(BEN))
    local_race.on_state(ADA, state)
    local_race.on_state(CLEO, state)
    assert local_race.others.items() == []
    local_race.on_state(BEN, state)
    assert [number for number, _ in local_race.others.items()] == [2]


def test_progress_and_distance_are_known_of_all_that_were_seen(
    kart: Track, kart_line: RacingLine
) -> None:
    field = Field(kart, kart_line, [ADA, BEN], delay=1)
    for _ in range(6 * TICK_HZ):
        field.step()
    local_race = field.races[ADA]
    distances = local_race.distances()
    assert sorted(distances) == [1, 2]
    frame = own_car_of(field.races[BEN]).frame
    assert distances[1] > 20.0
    assert distances[2] == pytest.approx(race_distance_m(frame.progress, kart), abs=5.0)


# --- canisters --------------------------------------------------------------------------------


def test_an_appearance_is_claimed_once_and_not_before_it_is_back(paddock: Paddock) -> None:
    local_race = paddock.started()
    assert local_race.claim(0, 5_000) == 0
    assert local_race.claim(0, 5_016) is None
    assert local_race.claim(1, 5_016) == 0
    paddock.log.append(Grant(paddock.race.id, 0, 0, BEN, 5_000))
    assert local_race.claim(0, 5_000 + RESPAWN_MS - 1) is None
    assert local_race.claim(0, 5_000 + RESPAWN_MS) == 1


def test_a_grant_to_us_fills_the_tank_once_and_one_to_another_never(paddock: Paddock) -> None:
    local_race = paddock.started()
    paddock.log.append(Grant(paddock.race.id, 0, 0, ADA, 5_000))
    paddock.log.append(Grant(paddock.race.id, 1, 0, BEN, 5_000))
    for _ in range(3):
        local_race.collect()
    assert own_car_of(local_race).frame.car.boost_ticks == BOOST_TICKS_CANISTER


def test_a_grant_of_what_the_circuit_does_not_have_fills_no_tank(paddock: Paddock) -> None:
    """The coordinator grants whatever is claimed first: it need not have the circuit."""
    local_race = paddock.started()
    paddock.log.append(Grant(paddock.race.id, len(paddock.track.pickups), 0, ADA, 5_000))
    local_race.collect()
    assert own_car_of(local_race).frame.car.boost_ticks == 0


def test_the_same_grant_in_another_lineage_is_not_given_again(paddock: Paddock) -> None:
    local_race = paddock.started()
    grant = Grant(paddock.race.id, 0, 0, ADA, 5_000)
    paddock.log.append(grant)
    local_race.collect()
    again = racing(ADA, BEN, laps=3)
    assert again.race_id == paddock.race.id
    again.append(grant)
    assert again.room.race is not None
    assert again.room.race is not None
    local_race.follow(again.room.race)
    local_race.collect()
    assert own_car_of(local_race).frame.car.boost_ticks == BOOST_TICKS_CANISTER


# --- coming back ------------------------------------------------------------------------------


def test_who_comes_back_sits_in_the_same_car_at_the_same_place_of_the_same_lap(
    paddock: Paddock,
) -> None:
    first = paddock.started(BEN)
    lap = drive_a_lap(first)
    drive(first, first.tick + 1, first.tick + 90)
    left, state = own_car_of(first).frame, seen(first)
    second = paddock.local_race(BEN)
    facts = [LapTime(paddock.race.id, 1, lap.race_ms, lap.lap_ms)]
    now = first.tick + 75
    assert second.take_car(state, facts, tick_ns(now))
    back = own_car_of(second).frame
    assert second.number == 2
    assert back.tick == now
    assert back.progress == left.progress
    assert apart(back.car, left.car) == 0.0
    assert back.car.speed == 0.0
    assert back.ghost
    drive(second, now + 1, now + RESCUE_GHOST_TICKS - 2)
    assert own_car_of(second).frame.ghost
    drive(second, second.tick + 1, second.tick + 3)
    assert not own_car_of(second).frame.ghost
    assert drive_a_lap(second).lap == 2


def test_lap_times_go_on_from_the_last_lap_of_the_former_life(paddock: Paddock) -> None:
    first = paddock.started()
    lap = drive_a_lap(first)
    second = paddock.local_race()
    facts = [LapTime(paddock.race.id, 1, lap.race_ms, lap.lap_ms)]
    assert second.take_car(seen(first), facts, tick_ns(first.tick + 60))
    following = drive_a_lap(second)
    assert following.lap_ms == following.race_ms - lap.race_ms


def test_grants_of_the_former_life_are_not_given_again_but_later_ones_are(
    paddock: Paddock,
) -> None:
    first = paddock.started()
    paddock.log.append(Grant(paddock.race.id, 0, 0, ADA, 1_000))
    first.collect()
    state = seen(first)
    second = paddock.local_race()
    assert second.take_car(state, [], tick_ns(120))
    second.collect()
    assert own_car_of(second).frame.car.boost_ticks == BOOST_TICKS_CANISTER
    paddock.log.append(Grant(paddock.race.id, 1, 0, ADA, 3_000))
    second.collect()
    assert own_car_of(second).frame.car.boost_ticks == 2 * BOOST_TICKS_CANISTER


def test_a_lap_that_the_car_shows_and_no_fact_tells_is_told_on_return(paddock: Paddock) -> None:
    """Its driver fell between crossing the line and being heard."""
    first = paddock.started()
    lap = drive_a_lap(first)
    second = paddock.local_race()
    assert second.take_car(seen(first), [], tick_ns(first.tick + 60))
    told = drive(second, first.tick + 61, first.tick + 62)
    assert [event.lap for event in told] == [1]
    assert lap.race_ms <= told[0].race_ms <= lap.race_ms + 2 * tick_ms(1)
    assert told[0].lap_ms == told[0].race_ms
    following = drive_a_lap(second)
    assert following.lap == 2
    assert following.lap_ms == following.race_ms - told[0].race_ms


def test_nothing_is_told_twice_on_return(paddock: Paddock) -> None:
    first = paddock.started()
    lap = drive_a_lap(first)
    second = paddock.local_race()
    facts = [LapTime(paddock.race.id, 1, lap.race_ms, lap.lap_ms)]
    assert second.take_car(seen(first), facts, tick_ns(first.tick + 60))
    assert drive(second, first.tick + 61, first.tick + 70) == []


def test_a_former_state_that_cannot_be_is_not_believed(paddock: Paddock, kart: Track) -> None:
    frame = replace(grid_frame(kart, 0), progress=Progress(2, len(kart.gates), 0.0))
    state = StateSeen(1, paddock.race.id[:4] + pack_car(frame))
    local_race = paddock.local_race()
    assert local_race.take_car(state, [], tick_ns(600))
    assert own_car_of(local_race).frame.progress.laps_done == 0
    drive(local_race, 601, 620)


def test_one_who_comes_late_to_the_grid_starts_from_it(paddock: Paddock, kart: Track) -> None:
    local_race = paddock.local_race(BEN)
    assert local_race.take_car(None, [], tick_ns(5 * TICK_HZ))
    frame = own_car_of(local_race).frame
    assert (frame.tick, frame.progress.laps_done) == (5 * TICK_HZ, 0)
    assert apart(frame.car, grid_frame(kart, 1).car) == 0.0


def test_a_finished_car_that_comes_back_is_finished(paddock: Paddock, kart: Track) -> None:
    race = paddock.race.id
    facts = [LapTime(race, n, n * 20_000, 20_000) for n in (1, 2, 3)]
    local_race = paddock.local_race()
    assert local_race.take_car(None, facts, tick_ns(70 * TICK_HZ))
    assert own_car_of(local_race).finished
    assert drive(local_race, 70 * TICK_HZ + 1, 75 * TICK_HZ) == []
    assert own_car_of(local_race).frame.ghost


@pytest.mark.parametrize("people", [frozenset(), frozenset({2})])
def test_the_band_slows_a_bot_that_ran_away_from_all_people(
    paddock: Paddock, people: frozenset[int]
) -> None:
    """Ben's car stands on the grid, while our bot drives for eight seconds."""
    ways = []
    for band in (True, False):
        paddock.race.setup = replace(paddock.race.setup, rubber_band=band)
        local_race = local_race_of(paddock.race, paddock.track, paddock.line, ADA, people=people)
        local_race.take_car(None, [], tick_ns(0))
        local_race.others.on_frame(2, grid_frame(paddock.track, 1), 0)
        for tick in range(1, 8 * TICK_HZ):
            local_race.on_tick(FULL, tick_ns(tick))
        ways.append(race_distance_m(own_car_of(local_race).frame.progress, paddock.track))
    banded_m, free_m = ways
    assert banded_m < free_m - 1.0 if people else banded_m == free_m
