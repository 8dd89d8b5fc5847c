from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net import Member, NodeId, Operation, Order
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import SPEED_MAX
from racer.play.limits import CHAT_CHARS_MAX, CHAT_PERIOD_US
from racer.play.room.facts import Facts
from racer.play.room.messages import (
    Choice,
    Claim,
    Fact,
    LapTime,
    LobbyEntry,
    Ready,
    RemovalVote,
    Said,
    StartWish,
    decode_fact,
    encode,
)
from racer.play.room.room import Race
from tests.play.rooms import ADA, BEN, CLEO, Log, operation

RACE = b"the race"
LOBBY = b"thelobby"
LENGTH_M = 1000.0
LEAST_MS = int(1000 * LENGTH_M / SPEED_MAX)


def lap(number: int, race_ms: int, lap_ms: int, race: bytes = RACE) -> LapTime:
    return LapTime(race, number, race_ms, lap_ms)


def told(*operations: Operation) -> Facts:
    facts = Facts()
    for each in operations:
        facts.add(each)
    return facts


# --- one fact ---------------------------------------------------------------------------------


def test_an_entry_of_a_later_life_replaces_the_earlier_one_in_any_order() -> None:
    first = operation(ADA, 9, LobbyEntry("ada", True))
    second = operation(ADA, 1, LobbyEntry("ada the second", False), life=2)
    assert told(first, second).entry_of(ADA) == LobbyEntry("ada the second", False)
    assert told(second, first).entry_of(ADA) == LobbyEntry("ada the second", False)


def test_entrants_are_named_by_id_and_only_once() -> None:
    facts = told(
        *(operation(n, k, LobbyEntry("x", True)) for k in (1, 2) for n in (CLEO, ADA, BEN))
    )
    assert facts.entrants() == [ADA, BEN, CLEO]


def test_a_lap_told_twice_counts_at_its_lesser_time() -> None:
    slow, quick = operation(ADA, 1, lap(1, 40_000, 40_000)), operation(ADA, 2, lap(1, 30_000, 9))
    assert told(slow, quick).cars.laps_of(RACE, ADA) == [lap(1, 30_000, 30_000)]
    assert told(quick, slow).cars.laps_of(RACE, ADA) == [lap(1, 30_000, 30_000)]


def test_laps_count_up_to_the_first_that_is_missing() -> None:
    facts = told(*(operation(ADA, n, lap(n, n * 30_000, 30_000)) for n in (4, 2, 1)))
    assert [each.lap for each in facts.cars.laps_of(RACE, ADA)] == [1, 2]
    facts.add(operation(ADA, 3, lap(3, 90_000, 30_000)))
    assert [each.lap for each in facts.cars.laps_of(RACE, ADA)] == [1, 2, 3, 4]


def test_what_is_told_of_a_car_is_told_with_the_life_that_tells_it() -> None:
    """By what the car did in that life, its end of a lap is judged: see `judge_lap`."""
    facts = told(operation(ADA, 1, lap(1, 30_000, 30_000), life=2))
    assert list(facts.cars.told_of_cars(RACE)) == [(Member(ADA, 2), lap(1, 30_000, 30_000))]


def test_laps_of_another_car_or_race_do_not_count() -> None:
    facts = told(operation(ADA, 1, lap(1, 30_000, 30_000, b"no other")))
    assert facts.cars.laps_of(RACE, ADA) == []
    assert facts.cars.laps_of(b"no other", BEN) == []


# --- bodies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x93",
        b"\xc1",
        encode(lap(1, 1, 1))[:-1],
        encode(lap(1, 1, 1)) + b"\x00",
        encode(LapTime(b"short", 1, 1, 1)),
        encode(LapTime(RACE, 0, 1, 1)),
        encode(LapTime(RACE, 100, 1, 1)),
        encode(LapTime(RACE, 1, -1, 1)),
        encode(LapTime(RACE, 1, 2**41, 1)),
        encode(Claim(RACE, 256, 0, 0)),
        encode(Claim(RACE, 0, 2**16 + 1, 0)),
        encode(StartWish(b"short")),
        encode(Choice(LOBBY, RaceSetup("../etc/passwd", 1))),
        encode(Choice(LOBBY, RaceSetup("dockyard\n", 1))),
        encode(Choice(LOBBY, RaceSetup("dockyard", 0))),
        encode(Said("")),
        encode(Said("\u200b\u202e \x07")),
        encode(Said("x" * (CHAT_CHARS_MAX + 1))),
        encode(LobbyEntry("x" * 10_000, True)),
        b"\x91" * 5000,
    ],
)
def test_a_body_that_is_no_fact_changes_nothing(body: bytes) -> None:
    facts = Facts()
    assert facts.add(operation(ADA, 1, body)) is None
    assert not facts.lines
    assert facts.entrants() == []
    assert facts.votes.kept({LOBBY}) == ()


@given(body=st.binary(max_size=64))
def test_any_bytes_are_a_fact_or_nothing(body: bytes) -> None:
    fact = decode_fact(body)
    assert fact is None or decode_fact(encode(fact)) == fact


def test_text_of_others_is_cleaned() -> None:
    facts = told(
        operation(ADA, 1, LobbyEntry("\x1b[31mada\u202e", False)),
        operation(BEN, 1, LobbyEntry("\u200b", False)),
        operation(ADA, 2, Said("hello\n\x00there\u202e")),
    )
    assert facts.entry_of(ADA) == LobbyEntry("[31mada", False)
    assert facts.entry_of(BEN) == LobbyEntry("nameless", False)
    assert [line.text for line in facts.lines.values()] == ["hello there"]


# --- the set ----------------------------------------------------------------------------------

LOBBIES = st.sampled_from([LOBBY, b"no other"])
TIMES = st.integers(0, 10 * CHAT_PERIOD_US)
SETUPS = st.builds(RaceSetup, st.sampled_from(["dockyard", "harbour-ring"]), st.integers(1, 5))
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(LobbyEntry, st.text("abc", min_size=1, max_size=3), st.booleans()),
    st.builds(Said, st.text("abc", min_size=1, max_size=3)),
    st.builds(Said, st.text("abc", min_size=1, max_size=3)),
    st.builds(StartWish, LOBBIES),
    st.builds(Ready, LOBBIES, st.booleans()),
    st.builds(RemovalVote, st.sampled_from([BEN, CLEO]), st.booleans()),
    st.builds(Choice, LOBBIES, SETUPS, st.sampled_from([(), ("laps",), ("track", "mode")])),
    st.builds(LapTime, st.just(RACE), st.integers(1, 3), st.integers(1, 99_999), st.just(20_000)),
    st.builds(Claim, st.just(RACE), st.integers(0, 2), st.integers(0, 2), st.integers(0, 9_999)),
)
LIVES = st.lists(
    st.tuples(st.sampled_from([ADA, BEN, CLEO]), st.integers(1, 2), FACTS, TIMES), max_size=40
)


def race_over(laps: int, cars: dict[int, NodeId]) -> Race:
    return Race(RACE, RaceSetup("dockyard", laps), cars, 0)


def answers(facts: Facts) -> object:
    cars = {1: ADA, 2: BEN, 3: CLEO}
    return (
        {dot: line.text for dot, line in sorted(facts.lines.items())},
        [facts.entry_of(node) for node in facts.entrants()],
        facts.votes.kept({LOBBY, b"no other", RACE}),
        [facts.cars.laps_of(RACE, node) for node in cars.values()],
        sorted((c.node, encode(c.claim)) for c in facts.cars.claims(RACE)),
        facts.cars.table(race_over(3, cars), LENGTH_M, {}),
    )


@given(said=LIVES, seed=st.integers(0, 2**16))
def test_equal_sets_give_equal_answers_whatever_the_order_of_arrival(
    said: list[tuple[NodeId, int, Fact, int]], seed: int
) -> None:
    """Any order that keeps what the node keeps: the operations of one life come in theirs."""
    lives: dict[tuple[NodeId, int], list[Operation]] = {}
    for node, life, fact, race_us in said:
        written = lives.setdefault((node, life), [])
        written.append(operation(node, len(written) + 1, fact, race_us, life))
    written_first = [each for life in lives.values() for each in life]
    rng, shuffled = Random(seed), []
    queues = [list(reversed(life)) for life in lives.values()]
    while any(queues):
        shuffled.append(rng.choice([queue for queue in queues if queue]).pop())
    assert answers(told(*shuffled)) == answers(told(*written_first))


# --- table ------------------------------------------------------------------------------------


def table_of(*laps: LapTime, total: int = 2) -> tuple[int, int | None, int | None]:
    facts = told(*(operation(ADA, n, each) for n, each in enumerate(laps, start=1)))
    (row,) = facts.cars.table(race_over(total, {1: ADA}), LENGTH_M, {1: 0.0})
    return (row.laps, row.ms, row.best_ms)


def test_a_run_of_laps_is_a_finish() -> None:
    assert table_of(lap(1, 31_000, 31_000), lap(2, 61_000, 30_000)) == (2, 61_000, 30_000)


def test_a_lap_faster_than_any_car_is_none_and_so_is_all_after_it() -> None:
    assert table_of(lap(1, LEAST_MS - 1, LEAST_MS)) == (0, None, None)
    assert table_of(lap(1, 30_000, LEAST_MS - 1)) == (0, None, None)
    assert table_of(lap(1, LEAST_MS, LEAST_MS), total=1) == (1, LEAST_MS, LEAST_MS)
    assert table_of(lap(1, 30_000, 30_000), lap(2, 30_001, 20_000)) == (1, None, 30_000)
    assert table_of(lap(1, 10, 10), lap(2, 60_000, 60_000)) == (0, None, None)


def test_laps_of_those_who_do_not_race_are_not_in_the_table() -> None:
    facts = told(operation(BEN, 1, lap(1, 30_000, 30_000)))
    rows = facts.cars.table(race_over(1, {1: ADA}), LENGTH_M, {1: 5.0})
    assert [(row.car, row.laps) for row in rows] == [(1, 0)]


# --- lines without a place ---------------------------------------------------------------------


def test_lines_without_a_place_are_named_as_delivered_and_again_in_another_room() -> None:
    lines = [operation(node, 1, Said(f"by {node[0]}")) for node in (CLEO, ADA, BEN)]
    facts, log = told(*lines), Log()
    assert facts.chat.unplaced(log.room) == [line.dot for line in lines]
    log.append(Order(lines[1].dot))
    facts.add(operation(ADA, 2, Said("more")))
    assert [dot.n for dot in facts.chat.unplaced(log.room)] == [1, 1, 2]
    log.extend(Order(dot) for dot in facts.chat.unplaced(log.room))
    assert facts.chat.unplaced(log.room) == []
    assert len(facts.chat.unplaced(Log().room)) == 4
