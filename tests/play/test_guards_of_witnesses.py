"""What a node takes of the cars of others, and what it notes of it, condition by condition."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from net import Dot, Member
from racer.app.simulation.bullring_track import bullring
from racer.core.judging.verdict import Contradiction, Plausibility
from racer.core.recordings.car_codec import pack_car
from racer.core.tuning import TICK_HZ, tick_ms
from racer.play.cars.driven_cars import DrivenCars
from racer.play.cars.local_race import StateSeen
from racer.play.cars.remote_cars import RemoteCars
from racer.play.cars.witness import CarFact, Disbelief, Witness
from racer.play.limits import (
    CATCH_UP_TICKS_MAX,
    CLOCK_SHARED_MS,
    DRIVEN_MS,
    FALSE_FACTS_MAX,
    HANDS_KNOWN_TICKS,
    JUDGED_AGAIN_MS,
    JUDGED_AT_ONCE,
    JUDGED_MS,
    NOTED_FACTS_MAX,
    TRAILS_MAX,
    UNJUDGED_MAX,
    UNWATCHED_MS,
)
from racer.play.review.reviewer import Reviewer
from racer.play.room.facts import Facts
from racer.play.room.messages import Claim, LapTime, Lease
from tests.core.test_guards_of_judging import frame_at, hit_at, moved
from tests.core.test_judging import raced
from tests.play.field import local_race_of, tick_ns
from tests.play.rooms import ADA, BEN, CLEO, operation, racing, steward_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racer.core.judging.verdict import Verdict, Watch
    from racer.core.recordings.car_codec import CarFrame
    from racer.play.cars.local_race import LocalRace
    from racer.play.cars.witness import _Unjudged

RACE, TERM = bytes(8), b"term"
BENS = (1, Member(BEN, 1))
LONG_AGO = {BEN: -100_000}


def witness(*frames: CarFrame) -> Witness:
    """Return who saw these states of Ben's car."""
    made = Witness(raced().track)
    for frame in frames:
        made.see(BENS, TERM, frame)
    return made


def whys(refused: Iterable[object]) -> list[object]:
    return [getattr(each, "why", None) for each in refused]


# --- states -------------------------------------------------------------------------------------


def test_a_leap_is_noted_and_who_leapt_touches_nobody_for_a_while() -> None:
    seen = witness()
    assert seen.see(BENS, TERM, frame_at(300))
    assert not seen.see(BENS, TERM, moved(frame_at(303), 60.0))
    assert not seen.see(BENS, TERM, moved(frame_at(306), 60.0)), "it goes on from there, doubted"
    assert [(each.author, each.why) for each in seen.judge({}, 0)] == [(BEN, Contradiction.LEAPT)]
    assert seen.judge({}, 1) == [], "once"


def test_trails_are_kept_of_so_many_hands() -> None:
    seen = witness()
    for number in range(1, TRAILS_MAX + 9):
        seen.see((number, Member(BEN, 1)), TERM, frame_at(300))
    assert len(seen._trails) == TRAILS_MAX


def who_saw_both(metres: float, *, bens: int, cleos: int) -> Witness:
    """Return who saw Ben's car since a tick, so far from Cleo's, which it saw since another."""
    seen = witness(*(moved(frame_at(tick), metres) for tick in sorted({bens, 300})))
    for tick in sorted({cleos, 300}):
        seen.see((2, Member(CLEO, 1)), TERM, frame_at(tick))
    for _ in range(3):
        seen.see_hit((1, BEN), (2, CLEO), hit_at(300))
    return seen


LONG = 300 - HANDS_KNOWN_TICKS


def test_a_hit_between_two_others_that_were_apart_is_noted_once() -> None:
    seen = who_saw_both(40.0, bens=LONG, cleos=LONG)
    noted = [(each.author, each.why) for each in seen.judge({}, 0)]
    assert noted == [(BEN, Contradiction.ELSEWHERE)]
    assert who_saw_both(4.0, bens=LONG, cleos=LONG).judge({}, 0) == []


@pytest.mark.parametrize(("bens", "cleos"), [(LONG + 1, LONG), (LONG, LONG + 1)])
def test_no_hit_is_a_lie_just_after_hands_have_changed(bens: int, cleos: int) -> None:
    """Two groups came together: who hit it saw the car where somebody else drove it."""
    assert who_saw_both(40.0, bens=bens, cleos=cleos).judge({}, 0) == []


def test_who_misses_decrees_calls_no_hit_a_lie_nor_just_after() -> None:
    """Its own car, too, may be driven by somebody else elsewhere: there it was hit."""
    at_ms, known_ms = tick_ms(300), tick_ms(HANDS_KNOWN_TICKS)
    for missed_ms, refused in (
        (at_ms - 20, 0),
        (at_ms - known_ms + 20, 0),
        (at_ms - known_ms - 20, 1),
    ):
        seen = witness()
        for looked_ms in range(missed_ms, at_ms, 200):
            seen.judge({}, looked_ms, is_informed=looked_ms > missed_ms)
        both = who_saw_both(40.0, bens=LONG, cleos=LONG)
        seen._seen_through = both._seen_through
        assert len(seen.judge({}, at_ms)) == refused


def test_who_stood_still_itself_calls_no_hit_of_its_cars_a_lie() -> None:
    """Its car was where it had stopped; others had it go on for a fifth of a second."""
    at_ms, most_ms = tick_ms(300), tick_ms(CATCH_UP_TICKS_MAX)
    for stood_ms, refused in ((most_ms + 20, 0), (most_ms - 20, 1)):
        seen = witness()
        seen.judge({}, at_ms - stood_ms)
        seen._seen_through = who_saw_both(40.0, bens=LONG, cleos=LONG)._seen_through
        assert len(seen.judge({}, at_ms)) == refused


# --- who looks ----------------------------------------------------------------------------------


def test_who_slept_has_seen_nobody_drive_meanwhile_and_nobody_not() -> None:
    seen = witness(*raced().frames[0][: 10 * TICK_HZ])
    now_ms = tick_ms(10 * TICK_HZ) - UNWATCHED_MS
    awake = [seen.is_awake]
    seen.judge({}, now_ms - DRIVEN_MS)
    awake.append(seen.is_awake)
    for ago_ms in range(DRIVEN_MS, -1, -100):
        seen.judge({}, now_ms - ago_ms)
    awake.append(seen.is_awake)
    assert seen.drives_on(1, BEN)
    assert not seen.drives_on(1, CLEO)
    assert not seen.drives_on(2, BEN)
    seen.judge({}, now_ms + UNWATCHED_MS + 1)
    assert [*awake, seen.is_awake] == [False, False, True, False]
    assert not seen.drives_on(1, BEN)


def test_who_slept_refuses_nothing_for_not_having_seen_it() -> None:
    claim = Claim(RACE, 0, 0, 60_000)
    for looked_ms, refused in ((60_000, []), (50_000, [Contradiction.UNSEEN])):
        seen = witness()
        for now_ms in range(looked_ms, 60_001, UNWATCHED_MS):
            seen.judge(LONG_AGO, now_ms)
        seen.hear(Member(BEN, 1), 1, claim)
        assert whys(seen.judge(LONG_AGO, 60_000)) == refused


# --- what is told -------------------------------------------------------------------------------


def flooded(seen: Witness, *, at_ms: int, now_ms: int) -> list[Disbelief]:
    """Have Ben tell more at a time than may wait; return what is refused."""
    for looked_ms in (0, now_ms - 1):
        seen.judge({}, looked_ms)
    for k in range(UNJUDGED_MAX + 9):
        seen.hear(Member(BEN, 1), 1, Claim(RACE, 0, k, at_ms))
    return seen.judge({}, now_ms)


def test_what_is_too_much_to_wait_is_refused_and_no_lie() -> None:
    refused = flooded(witness(), at_ms=1000, now_ms=1000)
    assert [each.fact for each in refused] == [
        Claim(RACE, 0, k, 1000) for k in range(UNJUDGED_MAX, UNJUDGED_MAX + 9)
    ]
    assert set(whys(refused)) == {Contradiction.FLOODED}
    assert steward_of(ADA)._lie_of(refused[0], 0) is None


def test_what_is_long_past_is_judged_once_however_much_waits() -> None:
    """A merge brings what was told in minutes."""
    seen = witness()
    assert flooded(seen, at_ms=1000, now_ms=1000 + JUDGED_MS) == []
    seen.hear(Member(BEN, 1), 1, Claim(RACE, 255, 0, 1000))
    assert whys(seen.judge({}, 1001 + JUDGED_MS)) == [Contradiction.NOWHERE]


def test_who_floods_costs_nobody_else_a_fact() -> None:
    seen = witness()
    flooded(seen, at_ms=1000, now_ms=1000)
    seen.hear(Member(CLEO, 1), 2, Claim(RACE, 0, 0, 1000))
    seen.hear(Member(CLEO, 1), 2, Claim(RACE, 255, 0, 1000))
    assert whys(seen.judge({}, 1001)) == [Contradiction.NOWHERE], "Cleo's, and not that of hers"


def test_all_that_waits_has_its_turn_and_none_waits_for_ever() -> None:
    seen, looked = witness(), Counter[CarFact]()
    verdict_on = seen._verdict_on

    def count(each: _Unjudged, watch: Watch) -> Verdict:
        looked[each.fact] += 1
        return verdict_on(each, watch)

    seen._verdict_on = count  # type: ignore[method-assign]
    flooded(seen, at_ms=1000, now_ms=1000)
    for tick in range(1, UNJUDGED_MAX // JUDGED_AT_ONCE + 1):
        before = looked.total()
        seen.judge({}, 1000 + tick * JUDGED_AGAIN_MS)
        assert looked.total() - before == JUDGED_AT_ONCE
    assert sum(times == 2 for times in looked.values()) == UNJUDGED_MAX
    for tick in range(UNJUDGED_MAX // JUDGED_AT_ONCE):
        assert seen.judge({}, 1000 + JUDGED_MS + tick) == []
    assert seen._unjudged == {}


def test_of_whom_too_much_is_refused_nothing_counts_in_that_race() -> None:
    facts, claims = Facts(), [Claim(RACE, 0, k, 1000) for k in range(FALSE_FACTS_MAX + 1)]
    for claim in claims[1:]:
        facts.cars.refuse(BEN, claim)
        assert facts.cars.is_refused(BEN, claim)
    assert facts.cars.is_refused(BEN, claims[0])
    assert not facts.cars.is_refused(CLEO, claims[0])


@pytest.mark.parametrize(("drives", "why"), [(True, []), (False, [Contradiction.AWAY])])
def test_who_gets_its_car_back_was_not_to_be_seen_in_it_meanwhile(
    drives: bool, why: list[Contradiction]
) -> None:
    """A touch told just as it took the wheel: for six seconds its car was driven by another."""
    seen = witness()
    for tick in (60, 120):
        seen.see((1, Member(BEN, 1)), TERM, frame_at(tick))
    for tick in range(180, 480, 30):
        seen.see((1, Member(CLEO, 1)), TERM, frame_at(tick))
    for ms in range(0, 8_000, 100):
        seen.judge({}, ms)
    seen.hear(Member(BEN, 1), 1, Claim(RACE, 0, 0, 8_000), drives=drives)
    assert whys(seen.judge({BEN: 0}, 8_100)) == why


def test_nobody_lies_whose_lap_before_ended_twice() -> None:
    """Held for dead as it crossed the line, and it was told late that another drove its car there.

    What counts of the next lap is no less than since the first end: see `timed_lap`.
    """
    seen = witness()
    seen.hear(Member(BEN, 1), 1, LapTime(RACE, 1, 60_000, 60_000))
    seen.hear(Member(CLEO, 1), 1, LapTime(RACE, 1, 62_000, 62_000, BEN, 1))
    seen.hear(Member(BEN, 1), 1, LapTime(RACE, 2, 120_000, 120_000 - 62_000))
    assert seen.judge({}, 120_000) == []


def test_a_new_life_answers_for_what_the_one_before_it_did() -> None:
    seen = witness(frame_at(300), moved(frame_at(303), 60.0))
    seen.judge({}, 0)
    seen.hear(Member(BEN, 2), 1, LapTime(RACE, 1, tick_ms(900), tick_ms(900)))
    assert whys(seen.judge({}, tick_ms(900))) == [Contradiction.LEAPT]


def test_what_is_borne_out_is_known_for_certain() -> None:
    lap = next(fact for fact in raced().laps if (fact.car, fact.lap) == (0, 1))
    seen = witness(*raced().frames[0])
    told = LapTime(RACE, 1, lap.race_ms, lap.lap_ms)
    seen.hear(Member(BEN, 1), 1, told)
    assert not seen.has_seen(BEN, told)
    assert seen.judge(LONG_AGO, lap.race_ms) == []
    assert seen.has_seen(BEN, told)
    assert not seen.has_seen(CLEO, told)


def test_of_what_one_author_tells_so_much_is_noted() -> None:
    seen, reviewer, race = witness(), Reviewer(), racing(ADA, BEN).room.race
    assert race is not None
    seen.judge({}, 0)
    seen._verdict_on = lambda *_: Plausibility.SEEN  # type: ignore[method-assign]
    claims = [Claim(race.id, 0, k, 1000) for k in range(NOTED_FACTS_MAX + 9)]
    for k, claim in enumerate(claims):
        reviewer.hear(BEN, claim, race, k)
        seen.hear(BENS[1], 1, claim)
    assert seen.judge({}, 1000) == []
    assert len(seen._borne_out[BEN]) == len(reviewer._heard_ns[BEN]) == NOTED_FACTS_MAX
    reviewer.hear(CLEO, claims[-1], race, 7)
    assert reviewer._heard_ns[CLEO] == {claims[-1]: 7}


def test_by_whose_clock_something_was_told_is_settled_when_it_comes() -> None:
    seen = witness()
    seen.hear(Member(BEN, 1), 1, LapTime(RACE, 1, 90_000, 90_000))
    assert seen.judge({BEN: 60_000}, 60_000) == []
    later_ms = 60_000 + CLOCK_SHARED_MS
    assert seen.judge({BEN: 60_000}, later_ms) == [], "it has been here for long by now"


# --- the cars of others -------------------------------------------------------------------------


def test_who_leapt_is_shown_and_touches_nobody() -> None:
    cars = RemoteCars(raced().track)
    for doubted in (False, True):
        cars.on_frame(2, frame_at(300), 300, doubted=doubted)
        cars.advance(300 + doubted, None)
        assert (2 in cars.solid(300), 2 in cars) == (not doubted, True)


def adas_race(*leases: Lease) -> LocalRace:
    """Return a race of Ada and Ben as Ada lives it."""
    log = racing(ADA, BEN)
    for lease in leases:
        log.append(replace_race(lease, log.race_id))
    assert log.room.race is not None
    return local_race_of(log.room.race, *bullring(), ADA)


def replace_race(lease: Lease, race: bytes) -> Lease:
    return Lease(race, lease.car, lease.lease, lease.driver, lease.place)


@pytest.mark.parametrize("gate", [0, 250])
def test_no_car_is_taken_over_at_a_gate_that_is_not_there(gate: int) -> None:
    progress = replace(frame_at(300).progress, gate=gate)
    place = pack_car(replace(frame_at(300), progress=progress))
    race = adas_race(Lease(bytes(8), 2, 1, ADA, place))
    assert (race._decreed_frame(2) is None) == (gate == 250)


def test_a_state_counts_by_who_drives_that_car_under_what_it_was_told_by() -> None:
    race = adas_race()
    race.on_tick(race._driver.decide(frame_at(0).car, frame_at(0).progress, (), 0), tick_ns(300))
    term = race.race.term_of(2)
    payload = term[:4] + pack_car(frame_at(300))
    strange = bytes(4) + pack_car(frame_at(300))
    for state in (
        StateSeen(1, payload, CLEO, 0),
        StateSeen(1, payload, BEN, 1),
        StateSeen(1, strange, BEN, 0),
    ):
        assert race.on_state(BEN, state)
        assert race.others.get(2) is None, state
    assert race.on_state(BEN, StateSeen(1, payload, BEN, 0))
    assert race.others.get(2) is not None


def test_nobody_believes_its_own_states_from_a_life_before() -> None:
    race = adas_race(Lease(bytes(8), 2, 1, ADA))
    payload = race.race.term_of(2)[:4] + pack_car(frame_at(0))
    assert race.on_state(BEN, StateSeen(1, payload, ADA, 1))
    assert race.others.get(2) is None


# --- what counts --------------------------------------------------------------------------------


def driving() -> tuple[DrivenCars, Facts, bytes]:
    track, line = bullring()
    log, facts = racing(ADA, BEN), Facts()
    cars = DrivenCars(ADA, True, 0.5, facts, {"dockyard": track}, {"dockyard": line}, Random(1))
    cars._sync_local_race(log.room)
    facts.cars.follow(log.room.race)
    return cars, facts, log.race_id


def test_a_lie_of_this_race_counts_no_more_and_nobody_judges_itself() -> None:
    cars, facts, race = driving()
    lie = LapTime(race, 1, 1, 1)
    for node, fact in ((BEN, lie), (ADA, lie), (BEN, LapTime(b"another!", 1, 1, 1))):
        cars.on_fact(Dot(node, 1, 1), fact)
    refused = cars.refuse_lies({}, tick_ns(300), is_informed=True)
    assert [(each.author, each.fact) for each in refused] == [(BEN, lie)]
    assert facts.cars.is_refused(BEN, lie)


def test_what_was_told_of_a_race_before_it_began_here_is_judged_as_it_begins() -> None:
    track, line = bullring()
    log, facts = racing(ADA, BEN), Facts()
    told: list[LapTime | Claim] = [
        LapTime(log.race_id, 1, 60_000, 60_000),
        LapTime(log.race_id, 2, 2_000, 1_000),
        Claim(log.race_id, len(track.pickups), 0, 1000),
    ]
    for n, fact in enumerate((*told, LapTime(b"another!", 1, 1, 1)), start=1):
        facts.add(operation(BEN, n, fact))
        facts.add(operation(ADA, n, fact))
    cars = DrivenCars(ADA, True, 0.5, facts, {"dockyard": track}, {"dockyard": line}, Random(1))
    cars._sync_local_race(log.room)
    facts.cars.follow(log.room.race)
    assert cars.refuse_lies({}, tick_ns(-240), is_informed=True) == [], (
        "who has just come may go by another clock"
    )
    refused = cars.refuse_lies({}, tick_ns(1), is_informed=True)
    assert [(each.author, each.fact) for each in refused] == [(BEN, told[1]), (BEN, told[2])]
    cars._sync_local_race(log.room)
    assert cars.refuse_lies({}, tick_ns(2), is_informed=True) == [], "once"


def test_what_was_before_anybody_looked_is_judged_by_clock_and_rules_alone() -> None:
    """Who comes late sees a car that was put back where it cannot have driven since."""
    claim, began_ms = Claim(RACE, 0, 0, 3_000), 3_100
    seen = witness()
    seen.hear(BENS[1], 1, claim)
    seen.hear(BENS[1], 1, Claim(RACE, 0, 0, began_ms))
    place = raced().track.pickups[0]
    far = frame_at(began_ms * TICK_HZ // 1000 + 1)
    far = replace(far, car=replace(far.car, x=place.x + 200.0, y=place.y, vx=0.0, vy=0.0))
    seen.see(BENS, TERM, far)
    refused = seen.judge({}, began_ms)
    assert [(each.fact, each.why) for each in refused] == [
        (Claim(RACE, 0, 0, began_ms), Contradiction.ELSEWHERE)
    ]
    assert seen._unjudged == {}


def test_an_honest_claim_by_a_clock_that_leapt_is_not_refused_as_unseen() -> None:
    """After a split a driver's clock lies six seconds ahead."""
    seen, now_ms = Witness(raced().track), 60_000
    for ms in range(now_ms - 5000, now_ms + 1, 100):
        seen.judge({}, ms)
    seen.hear(Member(BEN, 1), 1, Claim(bytes(8), 0, 0, now_ms + 6000))
    assert seen.judge({BEN: now_ms}, now_ms + 1) == []
