"""Who is put out by whose word, condition by condition: in the room, its facts and its polls."""

from __future__ import annotations

from net import Dot, Order
from racer.core.judging.verdict import Contradiction
from racer.play.cars.witness import Disbelief
from racer.play.limits import (
    REMOVED_MAX,
    STATES_PROVE,
    VOTES_KEPT,
)
from racer.play.room.facts import Facts
from racer.play.room.messages import (
    Claim,
    EndWish,
    Grid,
    LapTime,
    Lease,
    Lie,
    LobbyOpened,
    Removal,
    RemovalVote,
    ResultRow,
    Results,
    Said,
    StartWish,
    Witnessed,
)
from racer.play.room.polls import disqualification_due, removal_polls
from racer.play.room.referee import Referee
from racer.play.room.room_state import RoomState
from racer.play.room.votes import Vote, Votes
from tests.play.rooms import ADA, BEN, CLEO, DAN, SETUP, Log, operation, racing
from tests.play.test_disqualification import (
    EIGHT,
    LIAR,
    NOW,
    judge,
    out_by,
    saying,
    told,
)
from tests.play.test_polls import ALL_HERE, ENTERED, PEOPLE, lobby
from tests.play.whistle import facts_of

LENGTHS = {"dockyard": 1000.0}


def over(log: Log) -> None:
    """Let the race of a log be closed, as it stands."""
    race = log.room.race
    assert race is not None
    rows = tuple(ResultRow(node, number, 0, None, None) for number, node in race.cars.items())
    log.append(Results(race.id, rows, 1))


def another_race(log: Log) -> None:
    over(log)
    log.append(LobbyOpened())
    numbers = tuple(sorted(log.room.seats.values()))
    log.append(Grid(numbers, NOW // 1000))


# --- the room -----------------------------------------------------------------------------------


def test_who_is_to_go_has_no_part_in_it_and_goes_once() -> None:
    log = lobby(*PEOPLE, DAN)
    assert log.append(Removal(DAN, (Dot(DAN, 1, 1), Dot(ADA, 1, 1)))) is None
    assert log.append(Removal(DAN, (Dot(ADA, 1, 1), Dot(BEN, 1, 1)))) is not None
    assert log.append(Removal(DAN, (Dot(CLEO, 1, 1), Dot(BEN, 1, 1)))) is None
    assert log.room.removed == {DAN: (ADA, BEN)}


def test_who_drives_all_cars_puts_nobody_out_alone() -> None:
    log = racing(ADA, BEN, CLEO)
    for number in (1, 2):
        log.append(Lease(log.race_id, number, 1, CLEO))
    race = log.room.race
    assert race is not None
    assert race.judges == {CLEO}
    assert log.append(out_by(log, (CLEO,), ADA)) is None


def test_races_of_one_name_with_other_cars_are_two() -> None:
    one, other = racing(ADA, BEN).room.race, racing(ADA, BEN).room.race
    assert one is not None
    assert other is not None
    assert one.is_same_as(other)
    other._grid = {1: ADA, 2: CLEO}
    assert not one.is_same_as(other)


def test_a_room_remembers_so_many_of_whom_it_heard_that_they_are_convicted() -> None:
    state = RoomState(ADA, "ada")
    for k in range(REMOVED_MAX + 9):
        state.convict(k.to_bytes(16, "big"))
    assert len(state.convicted) == REMOVED_MAX


# --- facts --------------------------------------------------------------------------------------


def test_what_is_refused_counts_nowhere_here_and_is_folded_like_everywhere() -> None:
    log = racing(ADA, BEN)
    lap, claim = LapTime(log.race_id, 1, 20_000, 20_000), Claim(log.race_id, 1, 0, 5_000)
    here, there = Facts(), Facts()
    for facts in (here, there):
        facts.cars.follow(log.room.race)
        facts.add(operation(BEN, 1, lap))
        facts.add(operation(BEN, 2, claim))
    here.cars.refuse(BEN, lap)
    here.cars.refuse(BEN, claim)
    assert (here.cars.laps_of(log.race_id, BEN), here.cars.claims(log.race_id)) == ([], [])
    assert [each.lap for each in there.cars.laps_of(log.race_id, BEN)] == [1]
    assert here.fold(log.room) == there.fold(log.room)
    another_race(log)
    here.cars.follow(log.room.race)
    assert not here.cars.is_refused(BEN, lap), "nobody asks for it any more"


def test_of_two_votes_the_later_counts_whichever_came_first() -> None:
    early, late = (
        Vote(0, Dot(ADA, 1, n), RemovalVote(CLEO, on=on)) for n, on in ((1, True), (2, False))
    )
    for order in ((early, late), (late, early)):
        assert Votes(order).on("remove", CLEO)[ADA] == late


def test_a_checkpoint_keeps_so_many_votes() -> None:
    votes = Votes(
        Vote(k, Dot(k.to_bytes(16, "big"), 1, 1), StartWish(bytes(8)))
        for k in range(1, VOTES_KEPT + 9)
    )
    assert len(votes.kept({bytes(8)})) == VOTES_KEPT


# --- polls --------------------------------------------------------------------------------------


def test_nobody_votes_on_who_is_out_already() -> None:
    log = lobby(*PEOPLE)
    facts = facts_of(*ENTERED, (ADA, RemovalVote(DAN, on=True)))
    assert list(removal_polls(log.room, facts, ALL_HERE.here_ns, 0)) == [DAN]
    log.append(Removal(DAN, (Dot(ADA, 1, 1), Dot(BEN, 1, 1))))
    assert removal_polls(log.room, facts, ALL_HERE.here_ns, 0) == {}


def test_who_does_not_race_and_who_is_accused_make_no_disqualification_due() -> None:
    log = racing(*EIGHT)
    race = log.room.race
    for more in (bytes([77]) * 16, LIAR):
        assert disqualification_due(race, told(log, (*EIGHT[:4], more)), NOW) is None
    assert disqualification_due(race, told(log, EIGHT[:5]), NOW) is not None
    over(log)
    assert disqualification_due(race, told(log, EIGHT[:5]), NOW) is None


def test_the_lie_that_most_name_is_the_one_that_is_decreed() -> None:
    log = racing(*EIGHT)
    facts = Facts()
    for node, lie in zip(
        EIGHT, (Lie.CLAIM, Lie.CLAIM, Lie.CLAIM, Lie.LEAP, Lie.RULING), strict=False
    ):
        facts.add(operation(node, 1, Witnessed(log.race_id, LIAR, lie), NOW // 1000))
    due = disqualification_due(log.room.race, facts, NOW)
    assert due is not None
    assert due.lie is Lie.CLAIM


# --- who leads ----------------------------------------------------------------------------------


def due_of(log: Log, facts: Facts, race_ns: int, *lines: Dot) -> list[object]:
    referee = Referee(SETUP, LENGTHS.get)
    return [*referee.due(log.room, facts, ALL_HERE, {}, race_ns, lines)]


def test_who_was_removed_gets_no_place_for_a_line() -> None:
    log = lobby(*PEOPLE)
    facts = facts_of(*ENTERED[:3], (CLEO, Said("hello")))
    line = Dot(CLEO, 1, 2)
    assert Order(line) in due_of(log, facts, 0, line)
    log.append(Removal(CLEO, (Dot(ADA, 1, 9), Dot(BEN, 1, 9))))
    assert Order(line) not in due_of(log, facts, 0, line)


def test_a_liar_is_put_out_before_anything_else_is_decreed_of_the_race() -> None:
    log = racing(*EIGHT)
    facts = told(log, EIGHT[:5])
    for node in EIGHT:
        facts.add(operation(node, 9, EndWish(log.race_id)))
    (first,) = due_of(log, facts, NOW)
    assert log.append(first) == out_by(log, EIGHT[:5])  # type: ignore[arg-type]


# --- who bears witness --------------------------------------------------------------------------


def test_a_claim_of_who_was_elsewhere_is_a_lie() -> None:
    steward, log = judge()
    claim = Disbelief(LIAR, Claim(log.race_id, 0, 0, 1), Contradiction.ELSEWHERE)
    assert [each.lie for each in saying(steward, log.room, claim)] == [Lie.CLAIM]


def test_leaps_of_the_race_before_prove_nothing_in_this_one_and_none_after_the_results() -> None:
    steward, log = judge()
    leap = Disbelief(LIAR, None, Contradiction.LEAPT)
    for k in range(STATES_PROVE - 1):
        assert saying(steward, log.room, leap, at_ns=NOW + k) == []
    over(log)
    lap = Disbelief(LIAR, LapTime(log.race_id, 1, 1, 1), Contradiction.FUTURE)
    assert saying(steward, log.room, lap, at_ns=NOW + 8) == []
    log.append(LobbyOpened())
    log.append(Grid((1, 2, 3, 4), NOW // 1000))
    assert saying(steward, log.room, leap, at_ns=NOW + 9) == []
