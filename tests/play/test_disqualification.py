"""Who is seen to lie by most who race is put out: by their words, and never by less."""

from __future__ import annotations

import pytest

from net import Dot, Exclude, Folded, NodeId, Submit, short
from racer.core.judging.verdict import Contradiction
from racer.core.physics.contact import Hit
from racer.core.tuning import HIT_SAME_TICKS
from racer.play.cars.steward import Steward
from racer.play.cars.witness import Disbelief
from racer.play.limits import (
    STATES_PROVE,
    STATES_PROVE_NS,
    WITNESS_AGAIN_NS,
    WITNESSED_NS,
)
from racer.play.reports import ResultsSeen
from racer.play.review.debts import Owed
from racer.play.review.dues import debt_of
from racer.play.review.evidence import Misruling
from racer.play.room.facts import Facts
from racer.play.room.folding import fold_room
from racer.play.room.messages import (
    Claim,
    Disqualification,
    LapTime,
    Lease,
    Lie,
    LobbyEntry,
    Offence,
    ResultRow,
    Results,
    Seat,
    Witnessed,
    decode_fact,
)
from racer.play.room.polls import disqualification_due
from racer.play.room.room import Room
from racer.play.room.room_state import RoomState
from racer.play.show.reporter import Reporter
from tests.play.rooms import (
    ADA,
    BEN,
    CLEO,
    GREEN_NS,
    Log,
    convict,
    operation,
    racing,
    steward_of,
)

EIGHT = tuple(bytes([k]) * 16 for k in range(1, 9))
LIAR = EIGHT[-1]
NO_LIES = {Misruling.PASSED_OVER, Misruling.REPEATED, *(each.misruling for each in Owed)}
SECOND = 1_000_000_000
NOW = GREEN_NS + 30 * SECOND


def out_by(log: Log, witnesses: tuple[NodeId, ...], node: NodeId = LIAR) -> Disqualification:
    dots = tuple(Dot(each, 1, 1) for each in witnesses)
    return Disqualification(log.race_id, node, Lie.LAP, dots)


def told(log: Log, witnesses: tuple[NodeId, ...], race_us: int = NOW // 1000) -> Facts:
    """Return facts by which these bear witness against the liar."""
    facts = Facts()
    facts.cars.follow(log.room.race)
    for each in witnesses:
        facts.add(operation(each, 1, Witnessed(log.race_id, LIAR, Lie.LAP), race_us))
    return facts


# --- what is decreed ----------------------------------------------------------------------------


def test_five_of_eight_put_one_out_and_its_car_and_laps_are_none_of_the_race() -> None:
    log = racing(*EIGHT)
    race = log.room.race
    assert race is not None
    facts = Facts()
    facts.cars.follow(race)
    for lap in (1, 2):
        facts.add(operation(LIAR, lap, LapTime(log.race_id, lap, 20_000 * lap, 20_000)))
        facts.add(operation(ADA, lap, LapTime(log.race_id, lap, 30_000 * lap, 30_000)))
    ways = dict.fromkeys(race.cars, 1.0)
    assert facts.cars.table(race, 100.0, ways)[0].car == 8
    assert log.append(out_by(log, EIGHT[:5])) is not None
    facts.cars.follow(race)
    assert 8 not in race.cars
    ways = dict.fromkeys(race.cars, 1.0)
    assert [row.car for row in facts.cars.table(race, 100.0, ways)] == list(range(1, 8))
    assert LIAR not in log.room.seats
    assert (log.room.removed, race.disqualified) == ({LIAR: EIGHT[:5]}, {LIAR: Offence.LAP})
    assert log.append(Seat(LIAR, 9)) is None, "and it comes back in no other car"


@pytest.mark.parametrize(
    "witnesses",
    [
        EIGHT[:4],
        (*EIGHT[:4], LIAR),
        (*EIGHT[:4], EIGHT[0]),
        (*EIGHT[:4], bytes([77]) * 16),
    ],
    ids=["half", "and itself", "one twice", "who does not race"],
)
def test_fewer_than_most_who_race_put_nobody_out(witnesses: tuple[NodeId, ...]) -> None:
    log = racing(*EIGHT)
    assert log.append(out_by(log, witnesses)) is None
    assert LIAR in log.room.seats


def test_two_that_collude_below_a_third_unseat_nobody_and_one_alone_in_three_neither() -> None:
    seven = racing(*EIGHT[:7])
    assert seven.append(out_by(seven, EIGHT[5:7], ADA)) is None
    three = racing(ADA, BEN, CLEO)
    assert three.append(out_by(three, (CLEO,), ADA)) is None
    assert three.append(out_by(three, (BEN, CLEO), ADA)) is not None
    two = racing(ADA, BEN)
    assert two.append(out_by(two, (BEN,), ADA)) is None


def test_nobody_is_put_out_of_a_race_that_is_over_or_another_one() -> None:
    log = racing(ADA, BEN, CLEO)
    other = Disqualification(bytes(8), ADA, Lie.LAP, (Dot(BEN, 1, 1), Dot(CLEO, 1, 1)))
    assert log.append(other) is None
    rows = tuple(ResultRow(node, n, 0, None, None) for n, node in enumerate((ADA, BEN, CLEO), 1))
    log.append(Results(log.race_id, rows, 1))
    assert log.append(out_by(log, (BEN, CLEO), ADA)) is None


def test_who_drives_for_who_is_away_judges_and_who_is_away_does_not() -> None:
    log = racing(ADA, BEN, CLEO, LIAR)
    race = log.room.race
    assert race is not None
    assert race.witnesses_needed == 3
    log.append(Lease(log.race_id, 1, 1, BEN))
    assert race.judges == {BEN, CLEO, LIAR}
    assert log.append(out_by(log, (BEN, CLEO))) is not None
    assert race.driver_of(1) == BEN


def test_who_comes_late_holds_the_same_by_a_checkpoint() -> None:
    log = racing(*EIGHT)
    log.append(Lease(log.race_id, 8, 1, BEN))
    log.append(out_by(log, EIGHT[:5]))
    fold = fold_room(b"", log.decrees, [])
    state = RoomState(ADA, "ada")

    state.on_event(Folded(0, fold))
    late, race = state.room, log.room.race
    assert late.race is not None
    assert race is not None
    assert late.race.is_same_as(race)
    assert late.race.cars == race.cars
    assert late.race.disqualified == {LIAR: Offence.LAP}
    assert list(late.removed) == [LIAR]
    assert fold_room(fold, [], []) == fold


# --- who said two things in one place -------------------------------------------------------------


def test_who_is_convicted_is_put_out_of_the_race_that_is_on_and_of_no_other() -> None:
    log = racing(ADA, BEN, LIAR)
    race = log.room.race
    assert race is not None
    log.append(Lease(log.race_id, 3, 1, BEN))
    log.append(convict(bytes([77]) * 16))
    assert (race.disqualified, len(race.cars)) == ({}, 3), "who does not race"
    log.append(convict(LIAR))
    assert race.disqualified == {LIAR: Offence.EQUIVOCATION}
    assert (list(race.cars), race.leases, race.stood_at(LIAR)) == ([1, 2], {}, 3)
    rows = (ResultRow(ADA, 1, 0, None, None), ResultRow(BEN, 2, 0, None, None))
    log.append(Results(log.race_id, rows, 1))
    log.append(convict(BEN))
    assert BEN not in race.disqualified, "its results stand"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["convicted first", "lied first"])
def test_who_lies_and_is_convicted_too_is_put_out_once_and_for_what_came_first(
    order: tuple[int, int],
) -> None:
    log = racing(*EIGHT)
    both = (convict(LIAR), out_by(log, EIGHT[:5]))
    log.extend(both[k] for k in order)
    log.append(convict(LIAR, life=2))
    race = log.room.race
    assert race is not None
    offence = (Offence.EQUIVOCATION, Offence.LAP)[order[0]]
    assert (race.disqualified, len(race.cars)) == ({LIAR: offence}, 7)
    begun = Room.begin_from(log.room.fold(()))
    assert begun.race == race


def test_a_race_keeps_its_last_car_whoever_drove_it() -> None:
    log = racing(ADA, BEN)
    log.extend((convict(BEN), convict(ADA)))
    race = log.room.race
    assert race is not None
    assert (list(race.cars), race.disqualified) == ([1], {BEN: Offence.EQUIVOCATION})


def test_who_comes_late_is_told_with_the_results_who_was_put_out_and_why() -> None:
    log = racing(ADA, BEN, CLEO, LIAR)
    said = [operation(LIAR, 1, LobbyEntry("liar", bot=False, car=0), 1)]
    early = fold_room(b"", log.decrees, said)
    before = len(log.decrees)
    log.append(convict(LIAR))
    log.append(out_by(log, (ADA, BEN), CLEO))
    rows = (ResultRow(ADA, 1, 0, None, None), ResultRow(BEN, 2, 0, None, None))
    log.append(Results(log.race_id, rows, 1))
    state = RoomState(ADA, "ada")
    state.on_event(Folded(0, fold_room(early, log.decrees[before:], [])))
    news = Reporter().news(state.room, state.facts, state.roster, None, 0)
    (seen,) = (each for each in news if isinstance(each, ResultsSeen))
    told = [(each.name, each.number, each.why) for each in seen.disqualified]
    assert told == [("liar", 4, "equivocation"), (short(CLEO), 3, "lap")]
    assert [row.node for row in seen.table] == [ADA, BEN]
    assert seen.disqualified[0].text == (
        "liar was put out of the race: it told us different things, or runs twice"
    )


# --- when it is due -----------------------------------------------------------------------------


def test_it_is_due_when_most_said_so_of_late() -> None:
    log = racing(*EIGHT)
    race = log.room.race
    assert disqualification_due(race, told(log, EIGHT[:4]), NOW) is None
    facts = told(log, EIGHT[:5])
    assert disqualification_due(race, facts, NOW) == out_by(log, EIGHT[:5])
    assert disqualification_due(race, facts, NOW + WITNESSED_NS) is None
    for node in EIGHT[3:5]:
        facts.add(operation(node, 2, Witnessed(log.race_id, LIAR, Lie.CLAIM), NOW // 1000))
    due = disqualification_due(race, facts, NOW)
    assert due is not None
    assert due.lie is Lie.LAP, "as most of them say"


# --- what one says ------------------------------------------------------------------------------


def saying(
    steward: Steward, room: Room, *told: Disbelief | Misruling, at_ns: int = NOW
) -> list[Witnessed]:
    """Return what Ada says of these."""
    refused = [each for each in told if isinstance(each, Disbelief)]
    found = [(LIAR, each) for each in told if isinstance(each, Misruling)]
    commands = steward.on_tick(refused, found, room, at_ns)
    facts = [decode_fact(each.body) for each in commands if isinstance(each, Submit)]
    return [fact for fact in facts if isinstance(fact, Witnessed)]


def judge(node: NodeId = ADA) -> tuple[Steward, Log]:
    return steward_of(node), racing(ADA, BEN, CLEO, LIAR)


def test_a_lap_that_was_none_is_told_at_once_and_again_when_it_goes_on() -> None:
    steward, log = judge()
    lap = Disbelief(LIAR, LapTime(log.race_id, 1, 1, 1), Contradiction.FUTURE)
    assert saying(steward, log.room, lap, lap) == [Witnessed(log.race_id, LIAR, Lie.LAP)]
    assert saying(steward, log.room, lap, at_ns=NOW + WITNESS_AGAIN_NS - 1) == []
    assert saying(steward, log.room, lap, at_ns=NOW + WITNESS_AGAIN_NS) != []


@pytest.mark.parametrize("why", list(Misruling))
def test_a_false_decree_is_a_lie_but_for_one_that_may_have_been_true(why: Misruling) -> None:
    steward, log = judge()
    said = [each.lie for each in saying(steward, log.room, why)]
    assert said == ([] if why in NO_LIES else [Lie.RULING])


def test_states_prove_a_lie_when_several_within_seconds_cannot_be() -> None:
    steward, log = judge()
    leap = Disbelief(LIAR, None, Contradiction.LEAPT)
    lap = Disbelief(LIAR, LapTime(log.race_id, 1, 1, 1), Contradiction.LEAPT)
    claim = Disbelief(LIAR, Claim(log.race_id, 0, 0, 1), Contradiction.LEAPT)
    for k in range(9):
        seldom_ns = NOW + k * STATES_PROVE_NS // (STATES_PROVE - 1)
        assert saying(steward, log.room, leap, lap, claim, at_ns=seldom_ns) == []
    later = NOW + 60 * SECOND
    said = [saying(steward, log.room, leap, at_ns=later + k) for k in range(STATES_PROVE)]
    assert [len(each) for each in said] == [0] * (STATES_PROVE - 1) + [1]


def test_one_hit_is_told_in_many_states_and_is_one() -> None:
    steward, log = judge()

    def told_at(tick: int) -> list[Witnessed]:
        hit = Disbelief(LIAR, Hit(1, tick, 8.0, 0.0, 0.0), Contradiction.ELSEWHERE)
        return saying(steward, log.room, hit)

    assert not any(told_at(100 + k % HIT_SAME_TICKS) for k in range(50))
    assert not told_at(101 + HIT_SAME_TICKS)
    assert [each.lie for each in told_at(102 + 2 * HIT_SAME_TICKS)] == [Lie.HIT]


def test_who_does_not_race_says_nothing_and_of_who_does_not_race_nothing_is_said() -> None:
    watcher, log = judge(bytes([99]) * 16)
    lap = Disbelief(LIAR, LapTime(log.race_id, 1, 1, 1), Contradiction.FUTURE)
    assert saying(watcher, log.room, lap) == []
    driver, _ = judge()
    log.append(out_by(log, (ADA, BEN, CLEO)))
    assert saying(driver, log.room, lap) == []


# --- whom one keeps out -------------------------------------------------------------------------


def test_who_lies_is_kept_out_before_it_is_decreed_and_nobody_by_itself() -> None:
    steward, log = judge()
    facts = told(log, (ADA, BEN, CLEO))
    assert steward.shut_out(log.room, facts, set(), NOW) == [Exclude(frozenset({LIAR}))]
    assert steward.shut_out(log.room, facts, set(), NOW + 1) == []
    liar, _ = judge(LIAR)
    assert liar.shut_out(log.room, facts, {LIAR}, NOW) == []


def test_who_should_decree_it_and_does_not_is_kept_out_until_it_is_decreed() -> None:
    steward, log = judge()
    facts = told(log, (ADA, BEN, CLEO))
    steward.shut_out(log.room, facts, set(), NOW)
    assert debt_of(log.room, facts, lambda _: None, NOW) is not None
    assert steward.shut_out(log.room, facts, {BEN}, NOW) == [Exclude(frozenset({BEN, LIAR}))]
    log.append(out_by(log, (ADA, BEN, CLEO)))
    assert debt_of(log.room, facts, lambda _: None, NOW) is None
    assert steward.shut_out(log.room, facts, set(), NOW) == [Exclude(frozenset({LIAR}))]


def test_of_whom_one_shuts_out_one_does_not_say_that_its_car_was_not_seen() -> None:
    log, facts = racing(ADA, BEN), Facts()
    steward = steward_of(ADA)
    here = {ADA: 0, BEN: 0}
    assert steward.heard_since(here) == here
    for race_ns in (NOW, NOW + 1):
        steward.shut_out(log.room, facts, {BEN}, race_ns)
    steward.shut_out(log.room, facts, set(), NOW + 2)
    assert steward.heard_since(here) == {ADA: 0, BEN: NOW + 1}
    assert steward.heard_since({BEN: NOW + 9}) == {BEN: NOW + 9}, "it went, and came later"
