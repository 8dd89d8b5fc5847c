"""Lease of an absent owner's car: by decree, by number, and back again."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from net import Rule, StateReceived, Submit, Synced
from racer.core.circuits.track import PickupKind, PlacedPickup
from racer.core.own_car import LapDone, Touched, grid_frame
from racer.core.physics.car import Controls
from racer.core.recordings.car_codec import pack_car, unpack_car
from racer.core.rules.laps import race_distance_m
from racer.core.tuning import TICK_HZ
from racer.play.cars.driven_cars import DrivenCars
from racer.play.cars.local_race import LocalRace, StateSeen
from racer.play.limits import ABSENT_NS, LEASED_FROM_NS, RETURN_WAIT_NS, SECOND
from racer.play.room.facts import Facts
from racer.play.room.messages import Claim, Fact, Grid, LapTime, Lease, LobbyEntry, Return, encode
from racer.play.room.referee import Attendance
from tests.play.field import local_race_of, tick_ns
from tests.play.rooms import ADA, BEN, CLEO, DAN, GREEN_NS, Log, racing
from tests.play.whistle import due, facts_of, here, race_of

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

NOW_NS = GREEN_NS + 20 * SECOND


def absent(*nodes: bytes, of: tuple[bytes, ...] = (ADA, BEN, CLEO)) -> Attendance:
    """Return a presence where some drivers are gone for long enough, and the others here."""
    gone = dict.fromkeys(nodes, NOW_NS - ABSENT_NS)
    return Attendance({node: 0 for node in of if node not in nodes}, gone)


# --- the referee ------------------------------------------------------------------------------


def test_an_absent_drivers_car_goes_to_who_drives_the_fewest_after_a_moment() -> None:
    log = racing(ADA, BEN, CLEO)
    race = race_of(log)
    just_gone = Attendance({BEN: 0, CLEO: 0, DAN: 0}, {ADA: NOW_NS - ABSENT_NS + 1})
    assert due(log, Facts(), just_gone, NOW_NS) == []
    presence = absent(ADA, of=(ADA, BEN, CLEO, DAN))
    entered = facts_of((DAN, LobbyEntry("dan", True)))
    assert due(log, entered, presence, NOW_NS) == [Lease(race.id, 1, 1, DAN)]
    only_watches = due(log, Facts(), presence, NOW_NS)
    assert only_watches == [Lease(race.id, 1, 1, BEN)]


def test_nobody_gets_a_car_in_the_first_seconds_after_the_green_light() -> None:
    log = racing(ADA, BEN)
    race = race_of(log)
    from_ns = GREEN_NS + LEASED_FROM_NS
    gone = Attendance({BEN: 0}, {ADA: 0})
    assert due(log, Facts(), gone, from_ns - 1) == []
    assert due(log, Facts(), gone, from_ns) == [Lease(race.id, 1, 1, BEN)]
    log.append(Lease(race.id, 1, 1, BEN))
    back = facts_of((ADA, Return(race.id, 1)))
    assert due(log, back, here(ADA, BEN), GREEN_NS) == [Lease(race.id, 1, 2, ADA)], "but its owner"


def test_two_absent_drivers_cars_go_to_two() -> None:
    log = racing(ADA, BEN, CLEO, DAN)
    controls = due(log, Facts(), absent(ADA, BEN, of=(ADA, BEN, CLEO, DAN)), NOW_NS)
    assert {c.driver for c in controls if isinstance(c, Lease)} == {CLEO, DAN}


def test_who_left_on_purpose_or_has_finished_needs_nobody() -> None:
    log = racing(ADA, BEN)
    race = race_of(log)
    left = Attendance({BEN: 0}, {ADA: NOW_NS - 2 * ABSENT_NS}, frozenset((ADA,)))
    assert due(log, Facts(), left, NOW_NS) == []
    done = facts_of(*((ADA, LapTime(race.id, k, 30_000 * k, 30_000)) for k in (1, 2)))
    assert due(log, done, absent(ADA, of=(ADA, BEN)), NOW_NS) == []


def test_a_car_whose_substitute_is_gone_too_goes_on_to_the_next() -> None:
    log = racing(ADA, BEN, CLEO)
    race = race_of(log)
    log.append(Lease(race.id, 1, 1, BEN))
    controls = due(log, Facts(), absent(ADA, BEN), NOW_NS)
    assert Lease(race.id, 1, 2, CLEO) in controls


def test_an_owner_that_is_back_and_asks_gets_its_car() -> None:
    log = racing(ADA, BEN)
    race = race_of(log)
    log.append(Lease(race.id, 1, 1, BEN))
    assert due(log, Facts(), here(ADA, BEN), NOW_NS) == []
    asked = facts_of((ADA, Return(race.id, 1)))
    assert due(log, asked, here(ADA, BEN), NOW_NS) == [Lease(race.id, 1, 2, ADA)]
    assert due(log, asked, absent(ADA, of=(ADA, BEN)), NOW_NS) == []
    log.append(Lease(race.id, 1, 2, ADA))
    assert due(log, asked, here(ADA, BEN), NOW_NS) == []


def test_nobody_gets_a_car_by_asking_for_anothers() -> None:
    log = racing(ADA, BEN)
    race = race_of(log)
    log.append(Lease(race.id, 1, 1, BEN))
    asked = facts_of((CLEO, Return(race.id, 1)))
    assert due(log, asked, here(ADA, BEN, CLEO), NOW_NS) == []


# --- the room ---------------------------------------------------------------------------------


def test_leases_count_by_one_and_name_who_drove_by_each() -> None:
    log = racing(ADA, BEN)
    race = race_of(log)
    assert (race.lease_of(1), race.driver_of(1)) == (0, ADA)
    assert log.append(Lease(race.id, 1, 2, BEN)) is None
    assert log.append(Lease(race.id, 9, 1, BEN)) is None
    assert log.append(Lease(b"another!", 1, 1, BEN)) is None
    assert log.append(Lease(race.id, 1, 1, BEN)) is not None
    assert log.append(Lease(race.id, 1, 1, CLEO)) is None
    assert log.append(Lease(race.id, 1, 2, ADA)) is not None
    assert (race.lease_of(1), race.driver_of(1)) == (2, ADA)
    assert race.may_drive(BEN, ADA, 1)
    assert not race.may_drive(BEN, ADA, 2)
    assert not race.may_drive(CLEO, ADA, 1)
    assert not race.may_drive(BEN, ADA, 0)
    assert race.may_drive(BEN, BEN, 0)


# --- the facts --------------------------------------------------------------------------------


@pytest.mark.parametrize("told_first", [True, False])
def test_a_lap_of_anothers_car_counts_by_its_lease_alone(told_first: bool) -> None:
    log = racing(ADA, BEN, CLEO)
    race = race_of(log)
    told: list[tuple[bytes, Fact]] = [
        (BEN, LapTime(race.id, 1, 31_000, 31_000, ADA, 1)),
        (CLEO, LapTime(race.id, 1, 20_000, 20_000, ADA, 1)),
        (BEN, Claim(race.id, 0, 0, 12_000, ADA, 1)),
        (CLEO, Claim(race.id, 1, 0, 11_000, ADA, 1)),
    ]
    facts = facts_of(*told) if told_first else Facts()
    facts.cars.follow(race)
    assert facts.cars.laps_of(race.id, ADA) == []
    log.append(Lease(race.id, 1, 1, BEN))
    facts = facts if told_first else facts_of(*told)
    facts.cars.follow(race)
    assert [lap.race_ms for lap in facts.cars.laps_of(race.id, ADA)] == [31_000]
    assert [(c.node, c.claim.pickup) for c in facts.cars.claims(race.id)] == [(ADA, 0)]


def test_of_two_drivers_tales_of_one_lap_the_earlier_counts() -> None:
    log = racing(ADA, BEN)
    race = race_of(log)
    log.append(Lease(race.id, 1, 1, BEN))
    mine, held = LapTime(race.id, 1, 30_000, 30_000), LapTime(race.id, 1, 31_000, 31_000, ADA, 1)
    facts = facts_of((BEN, held), (ADA, mine))
    facts.cars.follow(race)
    assert facts.cars.laps_of(race.id, ADA) == [mine]


# --- the local race ---------------------------------------------------------------------------


class Pair:
    """One race as two nodes live it, and what one streams to the other."""

    def __init__(self, track: Track, line: RacingLine) -> None:
        self.log = racing(ADA, BEN, laps=3)
        self.races = {
            node: local_race_of(race_of(self.log), track, line, node, bot=True)
            for node in (ADA, BEN)
        }
        for local_race in self.races.values():
            local_race.take_car(None, [], tick_ns(0))
        self.events: list[tuple[bytes, object]] = []

    def run(self, first: int, last: int, *nodes: bytes) -> None:
        """Step those nodes, each of which hears the others."""
        for tick in range(first, last):
            for node in nodes:
                self._step(self.races[node], node, tick)

    def _step(self, local_race: LocalRace, node: bytes, tick: int) -> None:
        for number in local_race.wanted_leases():
            local_race.take_leased_car(number, [], tick_ns(tick))
        local_race.let_go()
        held = local_race.on_leased_cars(tick_ns(tick))
        self.events += [(leased_car.owner, event) for leased_car, event in held]
        self.events += [(node, event) for event in local_race.on_tick(Controls(), tick_ns(tick))]
        for other, receiver in self.races.items():
            if other == node:
                continue
            state = local_race.state()
            if state is not None:
                lease = local_race.race.lease_of(1 if node == ADA else 2)
                receiver.on_state(node, StateSeen(1, state, node, lease))
            for leased_car, payload in local_race.leased_states():
                receiver.on_state(leased_car.owner, StateSeen(1, payload, node, leased_car.lease))


@pytest.fixture
def pair(kart: Track, kart_line: RacingLine) -> Pair:
    """Return two nodes on the short circuit, its canisters where bots drive."""
    places = zip(kart_line.x[30::30], kart_line.y[30::30], strict=True)
    pickups = tuple(PlacedPickup(PickupKind.CANISTER, x, y) for x, y in places)
    return Pair(replace(kart, pickups=pickups), kart_line)


def test_a_substitute_drives_on_from_where_the_replica_has_the_car(pair: Pair) -> None:
    pair.run(1, 600, ADA, BEN)
    ada = pair.races[ADA].own_car
    assert ada is not None
    where = race_distance_m(ada.frame.progress, pair.races[ADA].track)
    pair.run(600, 690, BEN)  # Ada is gone
    pair.log.append(Lease(race_of(pair.log).id, 1, 1, BEN))
    pair.run(690, 691, BEN)
    (leased_car,) = pair.races[BEN].leased_cars.values()
    before, after = ada.frame.car, leased_car.own_car.frame.car
    assert ((before.x - after.x) ** 2 + (before.y - after.y) ** 2) ** 0.5 < 15.0
    pair.run(691, 1400, BEN)
    assert race_distance_m(leased_car.own_car.frame.progress, pair.races[BEN].track) > where + 100.0
    assert any(owner == ADA and isinstance(event, LapDone) for owner, event in pair.events)


def test_states_by_an_older_lease_move_nothing(pair: Pair) -> None:
    pair.run(1, 300, ADA, BEN)
    local_race, race = pair.races[BEN], race_of(pair.log)
    late = pair.races[ADA].state()
    assert late is not None
    pair.log.append(Lease(race.id, 1, 1, CLEO))
    remote = local_race.others.get(1)
    assert remote is not None
    seen = remote.frame
    pair.run(300, 360, ADA, BEN)  # Ada has not heard of it and drives on
    assert remote.frame == seen
    local_race.on_state(ADA, StateSeen(1, late, CLEO, 1))
    assert not remote.fresh, "it was told under no lease"
    local_race.on_state(ADA, StateSeen(1, race.term_of(1)[:4] + late[4:], CLEO, 1))
    assert remote.fresh


def test_the_owner_that_gets_its_car_back_goes_on_from_the_substitutes_state(pair: Pair) -> None:
    race = race_of(pair.log)
    pair.run(1, 600, ADA, BEN)
    pair.log.append(Lease(race.id, 1, 1, BEN))
    pair.run(600, 900, ADA, BEN)
    ada, ben = pair.races[ADA], pair.races[BEN]
    assert ada.state() is None
    leased_car = ben.leased_cars[1]
    pair.log.append(Lease(race.id, 1, 2, ADA))
    held = StateSeen(1, race.term_of(1, 1)[:4] + pack_car(leased_car.frame), BEN, 1)
    assert ada.take_car(held, [], tick_ns(900))
    pair.run(900, 930, ADA, BEN)
    assert ben.leased_cars == {}
    back = ada.own_car
    assert back is not None
    assert back.frame.progress.lap == leased_car.frame.progress.lap
    remote = ben.others.get(1)
    assert remote is not None
    assert remote.frame.tick >= 925


def test_an_owner_that_did_not_hear_the_substitute_goes_on_from_where_the_decree_has_the_car(
    pair: Pair,
) -> None:
    """Seeds 881 and 1548: the links between both were cut, and all others saw the car leap."""
    race = race_of(pair.log)
    pair.run(1, 600, ADA, BEN)
    pair.log.append(Lease(race.id, 1, 1, BEN))
    pair.run(600, 900, ADA, BEN)
    ada, ben = pair.races[ADA], pair.races[BEN]
    seen = ben.place_of(1)
    assert seen is not None
    pair.log.append(Lease(race.id, 1, 2, ADA, seen))
    old = StateSeen(1, race.term_of(1, 1)[:4] + pack_car(grid_frame(ada.track, 0)), BEN, 1)
    assert ada.take_car(old, [], tick_ns(900))
    back = ada.own_car
    assert back is not None
    there = ben.leased_cars[1].frame
    assert (back.frame.car.x, back.frame.car.y) == (there.car.x, there.car.y)
    assert back.frame.progress == there.progress


def test_a_place_that_is_no_car_counts_as_none(pair: Pair) -> None:
    race = race_of(pair.log)
    pair.run(1, 300, ADA, BEN)
    pair.log.append(Lease(race.id, 1, 1, BEN, b"no car"))
    pair.run(300, 301, BEN)
    assert 1 in pair.races[BEN].leased_cars


@pytest.mark.parametrize("gate", [200, 255])
def test_a_place_at_a_gate_that_is_not_there_counts_as_none(pair: Pair, gate: int) -> None:
    """A coordinator that means harm would stop whom it names the driver."""
    race, ben = race_of(pair.log), pair.races[BEN]
    pair.run(1, 300, ADA, BEN)
    start = grid_frame(ben.track, 0)
    place = replace(start, tick=400, progress=replace(start.progress, gate=gate))
    pair.log.append(Lease(race.id, 1, 1, BEN, pack_car(place)))
    pair.run(300, 302, BEN)
    assert ben.leased_cars[1].frame.progress.gate < len(ben.track.gates)


def test_a_lease_that_the_other_side_of_a_split_numbered_alike_is_another_one(pair: Pair) -> None:
    """Seeds 17 and 84: the owner drove on from its own side's place, and leapt for all others."""
    race = race_of(pair.log)
    pair.run(1, 290, ADA, BEN)
    pair.log.append(Lease(race.id, 1, 1, BEN))
    pair.log.append(Lease(race.id, 1, 2, ADA))
    pair.run(290, 291, ADA, BEN)
    assert pair.races[ADA].take_car(None, [], tick_ns(291))
    pair.run(291, 300, ADA, BEN)
    other = racing(ADA, BEN, laps=3)
    other.append(Lease(race.id, 1, 1, BEN))
    other.append(Rule(b"said in between"))
    other.append(Lease(race.id, 1, 2, ADA))
    ada, ben = pair.races[ADA], pair.races[BEN]
    late = ada.state()
    assert late is not None
    for local_race in (ada, ben):
        local_race.follow(race_of(other))
    assert (ada.race.id, ada.race.lease_of(1)) == (race.id, 2)
    before = ben.others.get(1)
    assert before is not None
    seen = before.frame
    ben.on_state(ADA, StateSeen(1, late, ADA, 2))
    assert before.frame == seen, "it was told under the other lease"
    ada.let_go()
    assert ada.state() is None
    assert ada.take_car(None, [], tick_ns(300))
    assert ada.own_car is not None
    assert ada.own_car.frame.car.x == pytest.approx(seen.car.x, abs=5.0), (
        "nobody told: where it left"
    )


def test_a_canister_granted_to_a_car_is_taken_by_who_drives_it(pair: Pair) -> None:
    pair.run(1, 300, ADA, BEN)
    pair.log.append(Lease(race_of(pair.log).id, 1, 1, BEN))
    pair.run(300, 1500, BEN)
    touched = [e for owner, e in pair.events if owner == ADA and isinstance(e, Touched)]
    assert touched
    assert (
        pair.races[BEN].claim(touched[0].pickup, 60_000, pair.races[BEN].leased_cars[1]) is not None
    )


# --- asking for one's car -----------------------------------------------------------------------


class Returning:
    """Ada's node, back in a race in which Ben drives her car by lease 1."""

    def __init__(self, track: Track, line: RacingLine) -> None:
        self.log = racing(ADA, BEN, laps=3)
        self.race = race_of(self.log)
        tracks, lines = {"dockyard": track}, {"dockyard": line}
        self.driving = DrivenCars(ADA, True, 0.8, Facts(), tracks, lines, Random(1))
        self.frame = pack_car(grid_frame(track, 0))

    def hear(self, tick: int) -> None:
        frame = replace(unpack_car(self.frame), tick=tick, away=True)
        payload = self.race.term_of(1)[:4] + pack_car(frame)
        self.driving.on_state(StateReceived(ADA, BEN, 1, 1, tick, payload))

    def asks(self, tick: int) -> bool:
        commands = self.driving.on_tick(self.log.room, Synced((), 1), Controls(), tick_ns(tick))
        return Submit(encode(Return(self.race.id, 1))) in commands


@pytest.fixture
def returning(kart: Track, kart_line: RacingLine) -> Returning:
    returning = Returning(kart, kart_line)
    returning.log.append(Lease(returning.race.id, 1, 1, BEN))
    return returning


def test_who_is_back_asks_for_its_car_when_it_sees_it_and_once(returning: Returning) -> None:
    """It would go on from where it saw it last, and that may be long ago."""
    returning.hear(500)
    assert not returning.asks(600)
    returning.hear(601)
    assert returning.asks(602)
    assert not returning.asks(603)


def test_who_never_hears_its_substitute_asks_all_the_same(returning: Returning) -> None:
    assert not returning.asks(600)
    assert not returning.asks(600 + TICK_HZ * RETURN_WAIT_NS // SECOND - 1)
    assert returning.asks(600 + TICK_HZ * RETURN_WAIT_NS // SECOND + 1)


def test_who_is_back_waits_for_the_race_clock_to_come_to_where_it_left_its_car(
    kart: Track, kart_line: RacingLine
) -> None:
    """For a moment it may follow the clock of a room that another one opened meanwhile."""
    log = racing(ADA, BEN, laps=3)
    driving = DrivenCars(
        ADA, True, 0.8, Facts(), {"dockyard": kart}, {"dockyard": kart_line}, Random(1)
    )
    left = replace(grid_frame(kart, 0), tick=900)
    payload = race_of(log).term_of(1)[:4] + pack_car(left)
    driving.on_state(StateReceived(ADA, ADA, 1, 0, 900, payload))
    for tick, drives in ((-60, False), (0, False), (800, False), (900, True)):
        driving.on_tick(log.room, Synced((), 1), Controls(), tick_ns(tick))
        assert driving.local_race is not None
        assert (driving.local_race.own_car is not None) is drives


@pytest.mark.parametrize("others", [(2,), (2, 1)])
def test_a_race_of_the_same_id_with_other_cars_is_another_race(
    kart: Track, kart_line: RacingLine, others: tuple[int, ...]
) -> None:
    """What one side of a split never committed may count on the other."""
    ada = Returning(kart, kart_line)
    ada.asks(1)
    mine = ada.driving.local_race
    assert mine is not None
    assert mine.own_car is not None
    other = Log()
    other.extend(decree.what for decree in ada.log.decrees[:3] if isinstance(decree.what, Rule))
    other.append(Grid(others, GREEN_NS // 1000))
    assert race_of(other).id == ada.race.id
    ada.driving.on_tick(other.room, None, Controls(), tick_ns(2))
    assert ada.driving.local_race is not mine
    ada.driving.on_tick(other.room, Synced((), 1), Controls(), tick_ns(3))


# --- one's own car, while one writes --------------------------------------------------------------


def test_a_car_whose_driver_writes_drives_itself_from_the_green_light_on(
    kart: Track, kart_line: RacingLine
) -> None:
    log = racing(ADA, BEN, laps=3)
    driving = DrivenCars(
        ADA, False, 0.8, Facts(), {"dockyard": kart}, {"dockyard": kart_line}, Random(1)
    )
    driving.autopilot = True

    def drive(first: int, last: int) -> float:
        for tick in range(first, last):
            driving.on_tick(log.room, Synced((), 1), Controls(), tick_ns(tick))
        return driving.distances()[1]

    start = drive(-60, 0)
    own_car = driving.local_race.own_car if driving.local_race is not None else None
    assert own_car is not None
    assert not own_car.held, "it waits for the light"
    under_way = drive(0, 600)
    assert under_way - start > 60.0
    driving.autopilot = False
    drive(600, 900)
    rolled = driving.distances()[1]
    assert drive(900, 960) - rolled < 5.0, "who holds nothing rolls out"
