from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net import Decree, Dot, Order, Rule
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import MILLISECOND
from racer.play.room.messages import (
    Grant,
    Grid,
    LobbyOpened,
    RaceId,
    ResultRow,
    Results,
    Ruling,
    Seat,
    Setup,
    Unseat,
    decode_ruling,
    encode,
)
from racer.play.room.room import RESPAWN_MS, Race, Room
from racer.play.view import Phase
from tests.play.rooms import ADA, BEN, CLEO, GREEN_NS, SETUP, Log, racing


def row(ms: int | None = 60_000) -> ResultRow:
    return ResultRow(ADA, 1, 2, ms, 30_000)


def grant(race: RaceId, generation: int, race_ms: int, pickup: int = 0) -> Grant:
    return Grant(race, pickup, generation, ADA, race_ms)


def all_of(room: Room) -> object:
    """Everything a room shows, as one comparable value."""
    return (
        room.setup,
        dict(room.seats),
        room.race,
        room.in_race,
        room.round,
        room.lobby,
        list(room.chat),
        [room.phase(ns) for ns in (0, GREEN_NS, 10**15)],
    )


# --- seats ------------------------------------------------------------------------------------


def test_a_seat_is_given_once_and_a_number_to_one() -> None:
    log = Log()
    assert log.append(Seat(ADA, 3)) == Seat(ADA, 3)
    assert log.append(Seat(ADA, 4)) is None
    assert log.append(Seat(BEN, 3)) is None
    assert log.room.seats == {ADA: 3}


def test_a_number_given_back_may_be_given_again() -> None:
    log = Log()
    log.extend([Seat(ADA, 1), Unseat(ADA)])
    assert log.append(Unseat(ADA)) is None
    assert log.append(Seat(BEN, 1)) == Seat(BEN, 1)
    assert log.room.seats == {BEN: 1}


def test_the_least_free_number_is_found_up_to_the_last() -> None:
    log = Log()
    log.extend([Seat(ADA, 1), Seat(BEN, 3)])
    assert log.room.free_number(set(), 16) == 2
    assert log.room.free_number({2}, 16) == 4
    assert log.room.free_number({2}, 3) is None


# --- the grid ---------------------------------------------------------------------------------


def test_a_race_begins_with_those_on_the_grid_front_first() -> None:
    log = Log()
    log.extend([SETUP, Seat(ADA, 1), Seat(BEN, 2), Seat(CLEO, 3)])
    log.append(Grid((3, 1), GREEN_NS // 1000))
    race = log.room.race
    assert race is not None
    assert list(race.cars.items()) == [(3, CLEO), (1, ADA)]
    assert (race.setup, race.green_ns) == (SETUP.race, GREEN_NS)
    assert race.number_of(CLEO) == 3
    assert race.number_of(BEN) is None


def test_a_grid_of_numbers_that_nobody_has_is_none() -> None:
    log = Log()
    log.extend([SETUP, Seat(ADA, 1)])
    assert log.append(Grid((1, 2), GREEN_NS // 1000)) is None
    assert log.room.race is None
    assert log.room.phase(0) is Phase.LOBBY


def test_no_race_begins_before_the_setup_or_during_another() -> None:
    log = Log()
    log.append(Seat(ADA, 1))
    assert log.append(Grid((1,), 0)) is None
    log = racing(ADA, BEN)
    before = log.race_id
    assert log.append(Grid((1,), 0)) is None
    assert log.race_id == before


def test_a_setup_or_seat_of_later_does_not_change_the_race_that_is_on() -> None:
    log = racing(ADA, BEN)
    log.extend([Setup(RaceSetup("harbour-ring", 9), 0), Unseat(ADA), Seat(CLEO, 1)])
    race = log.room.race
    assert race is not None
    assert (race.setup, race.cars) == (RaceSetup("dockyard", 2), {1: ADA, 2: BEN})


def test_races_have_different_names_even_on_equal_grids() -> None:
    log = racing(ADA, BEN)
    first = log.race_id
    log.extend([Results(first, (row(),)), LobbyOpened(), Grid((1, 2), GREEN_NS // 1000)])
    assert log.race_id != first


# --- phases -----------------------------------------------------------------------------------


def test_the_phases_follow_each_other() -> None:
    log = racing(ADA, BEN)
    room = log.room
    assert room.phase(GREEN_NS - 1) is Phase.COUNTDOWN
    assert room.phase(GREEN_NS) is Phase.RACING
    log.append(Results(log.race_id, (row(),)))
    assert room.phase(GREEN_NS) is Phase.FINISHED
    log.append(LobbyOpened())
    assert room.phase(GREEN_NS) is Phase.LOBBY
    assert room.round == 1


def test_the_lobby_does_not_open_before_the_results() -> None:
    log = Log()
    assert log.append(LobbyOpened()) is None
    log = racing(ADA)
    assert log.append(LobbyOpened()) is None
    assert (log.room.in_race, log.room.round) == (True, 0)


def test_the_lobby_opens_once_a_race() -> None:
    log = racing(ADA)
    log.extend([Results(log.race_id, (row(),)), LobbyOpened()])
    assert log.append(LobbyOpened()) is None
    assert log.room.round == 1


def test_every_lobby_has_a_name_of_its_own_whatever_its_room() -> None:
    names: list[bytes] = []
    for salt in (b"monday", b"tuesday"):
        log = Log(salt)
        log.extend([SETUP, Seat(ADA, 1), SETUP])
        names.append(log.room.lobby)
        log.append(Grid((1,), 0))
        assert log.room.lobby == names[-1]
        log.extend([Results(log.race_id, (row(),)), LobbyOpened()])
        names.append(log.room.lobby)
    assert len(set(names)) == 4


def test_race_time_is_counted_from_the_green_light() -> None:
    race = racing(ADA).room.race
    assert race is not None
    assert race.race_ms(GREEN_NS + 1500 * MILLISECOND) == 1500
    assert race.race_ms(GREEN_NS - MILLISECOND) == -1


# --- results ----------------------------------------------------------------------------------


def test_results_come_once_and_only_of_the_race_that_is_on() -> None:
    log = racing(ADA, BEN)
    assert log.append(Results(b"no other", (row(),))) is None
    official = Results(log.race_id, (row(),))
    assert log.append(official) == official
    assert log.append(Results(log.race_id, (row(1),))) is None
    race = log.room.race
    assert race is not None
    assert race.results == official
    assert race.results_index == len(log.decrees) - 2


def test_digests_are_equal_where_the_tables_are() -> None:
    digests: list[str] = []
    for ms in (60_000, 60_000, 60_001):
        log = racing(ADA, BEN)
        assert log.room.race is not None
        assert log.room.race.digest == ""
        log.append(Results(log.race_id, (row(ms),)))
        digests.append(log.room.race.digest)
    assert digests[0] == digests[1] != digests[2]
    assert len(bytes.fromhex(digests[0])) == 8


# --- grants -----------------------------------------------------------------------------------


def race_of(log: Log) -> Race:
    assert log.room.race is not None
    return log.room.race


def test_an_appearance_is_granted_once() -> None:
    log = racing(ADA, BEN)
    race = race_of(log)
    assert log.append(grant(race.id, 0, 5_000)) is not None
    assert log.append(Grant(race.id, 0, 0, BEN, 4_000)) is None
    assert log.append(Grant(race.id, 0, 0, BEN, 99_000)) is None
    assert [g.node for g in race.grants[0]] == [ADA]
    assert race.generation(0) == 1


def test_a_canister_is_granted_again_only_after_it_is_back() -> None:
    log = racing(ADA, BEN)
    race = race_of(log)
    log.append(grant(race.id, 0, 5_000))
    assert race.returns_ms(0) == 5_000 + RESPAWN_MS
    assert log.append(grant(race.id, 1, 5_000 + RESPAWN_MS - 1)) is None
    assert log.append(grant(race.id, 2, 5_000 + RESPAWN_MS)) is None
    assert log.append(grant(race.id, 1, 5_000 + RESPAWN_MS)) is not None
    assert (race.generation(0), race.generation(1)) == (2, 0)


def test_nothing_is_granted_in_another_race_or_after_the_results() -> None:
    log = racing(ADA)
    race = race_of(log)
    assert log.append(grant(b"no other", 0, 5_000)) is None
    log.append(Results(race.id, (row(),)))
    assert log.append(grant(race.id, 0, 5_000)) is None
    assert race.grants == {}


# --- chat -------------------------------------------------------------------------------------


def test_a_line_is_ordered_once_where_it_was_first() -> None:
    log = Log()
    first, second = Dot(ADA, 1, 1), Dot(BEN, 1, 1)
    log.extend([Order(first), Order(second), Order(first)])
    assert log.room.chat == [first, second]
    assert log.room.is_ordered(second)
    assert not log.room.is_ordered(Dot(ADA, 1, 2))


# --- any log ----------------------------------------------------------------------------------

IDS = st.sampled_from([b"no other", b"12345678"])
NODES = st.sampled_from([ADA, BEN, CLEO])
NUMBERS = st.integers(1, 3)
RULINGS: st.SearchStrategy[Ruling] = st.one_of(
    st.just(SETUP),
    st.builds(Seat, NODES, NUMBERS),
    st.builds(Unseat, NODES),
    st.builds(Grid, st.lists(NUMBERS, min_size=1, max_size=3).map(tuple), st.integers(0, 99)),
    st.builds(Grant, IDS, st.integers(0, 1), st.integers(0, 2), NODES, st.integers(0, 30_000)),
    st.builds(Results, IDS, st.just((row(),))),
    st.just(LobbyOpened()),
)


def followed(rulings: list[Ruling]) -> Log:
    """Return a log of these, those that name a race naming mostly the one that is on."""
    log = Log()
    for ruling in rulings:
        race = log.room.race
        if isinstance(ruling, Grant) and race is not None and ruling.race == b"12345678":
            fit = Grant(race.id, ruling.pickup, ruling.generation, ruling.node, ruling.race_ms)
            log.append(fit)
        elif isinstance(ruling, Results) and race is not None and ruling.race == b"12345678":
            log.append(Results(race.id, ruling.rows))
        else:
            log.append(ruling)
    return log


@given(rulings=st.lists(RULINGS, max_size=40))
def test_equal_logs_give_equal_rooms_and_what_does_not_count_changes_nothing(
    rulings: list[Ruling],
) -> None:
    log = followed(rulings)
    again, only_counting = Room(), Room()
    for decree in log.decrees:
        before = repr(all_of(again))
        if again.apply(decree) is None:
            assert repr(all_of(again)) == before
        else:
            only_counting.apply(decree)
    assert all_of(again) == all_of(log.room)
    assert all_of(only_counting) == all_of(log.room)


@given(rulings=st.lists(RULINGS, max_size=40))
def test_no_log_seats_two_on_a_number_or_grants_a_canister_while_it_is_gone(
    rulings: list[Ruling],
) -> None:
    room = followed(rulings).room
    assert len(set(room.seats.values())) == len(room.seats)
    for grants in [] if room.race is None else room.race.grants.values():
        assert [g.generation for g in grants] == list(range(len(grants)))
        times = [g.race_ms for g in grants]
        assert all(later - sooner >= RESPAWN_MS for sooner, later in pairwise(times))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        encode(Seat(ADA, 0)),
        encode(Seat(ADA, 25)),
        encode(Seat(b"short", 1)),
        encode(Grid((), 0)),
        encode(Grid(tuple([1] * 25), 0)),
        encode(Setup(RaceSetup("dockyard", 0), 2)),
        encode(Setup(RaceSetup("dockyard", 100), 2)),
        encode(Setup(RaceSetup("dockyard", 2), 25)),
        encode(Results(b"12345678", ())),
        encode(LobbyOpened()) + b"x",
        b"\x91" * 5000,
    ],
)
def test_a_body_that_is_no_ruling_changes_nothing(body: bytes) -> None:
    log = racing(ADA)
    before = repr(all_of(log.room))
    assert log.append(Rule(body)) is None
    assert repr(all_of(log.room)) == before


@given(body=st.binary(max_size=64))
def test_any_bytes_are_a_ruling_or_nothing(body: bytes) -> None:
    ruling = decode_ruling(body)
    assert ruling is None or decode_ruling(encode(ruling)) == ruling
    Room().apply(Decree(1, 0, bytes(16), Rule(body)))
