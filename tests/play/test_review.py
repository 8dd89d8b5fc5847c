"""What a follower refuses of what a coordinator decrees, and what it does not hold against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from net import Decree, Dot, NodeId, Order, Rule, Ruled
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import (
    CHAT_APART_MAX,
    CHAT_PLACED_NS,
    COUNTDOWN_NS,
    PASSED_OVER_NS,
    PLACES_SEEN_EPOCH,
    PLACES_SEEN_MAX,
    RESULTS_SETTLE_NS,
    REVIEW_CLOCK_NS,
    REVIEW_WAIT_NS,
)
from racer.play.review.evidence import Evidence, Misruling
from racer.play.review.reviewer import Reviewer
from racer.play.room.facts import Facts
from racer.play.room.messages import (
    Claim,
    Disqualification,
    Fact,
    Grant,
    Grid,
    LapTime,
    Lease,
    Lie,
    LobbyEntry,
    Removal,
    RemovalVote,
    ResultRow,
    Results,
    Return,
    Ruling,
    Said,
    Seat,
    Unseat,
    Witnessed,
    encode,
)
from tests.play.rooms import ADA, BEN, CLEO, DAN, GREEN_NS, SETUP, Log, convict, operation, racing

SECOND = 1_000_000_000
ANSWER = 30 * SECOND  # after the green light: all is driven, and nobody has closed it


@dataclass
class Follower:
    """Ben, in a race of two laps that Ada coordinates, whose cars all were seen to be driven."""

    log: Log = field(default_factory=lambda: racing(ADA, BEN, CLEO))
    facts: Facts = field(default_factory=Facts)
    reviewer: Reviewer = field(default_factory=Reviewer)
    race_ns: int = GREEN_NS + ANSWER
    drives_on: Callable[[int], bool] = lambda _number: True
    knows: Callable[[NodeId, LapTime | Claim], bool] = lambda _author, _fact: True
    here: frozenset[NodeId] = frozenset()
    since_ns: int = 0  # they are
    now_ns: int | None = None  # by its own clock; None: as the race clock has it
    convicted: tuple[NodeId, ...] = ()
    epoch: int = 1  # in which who coordinates does
    was_here: Callable[[NodeId, int], bool | None] = lambda _node, _at_ns: None
    said: int = 0

    def hear(self, author: NodeId, fact: Fact, at_ns: int = 0) -> None:
        self.said += 1
        self.facts.add(operation(author, self.said, fact, at_ns // 1000))
        if isinstance(fact, LapTime | Claim):
            self.reviewer.hear(author, fact, self.log.room.race, self.race_ns)

    def judge(self, *rulings: Ruling | Order, waited_ns: int = 0) -> Ruled:
        room = self.log.room
        self.facts.cars.follow(room.race)
        evidence = Evidence(
            self.facts,
            self.drives_on,
            self.knows,
            lambda _: 100.0,
            ADA,
            self.epoch,
            self.race_ns,
            dict.fromkeys(self.here, self.since_ns),
            self.facts.lines.__contains__,
            self.race_ns if self.now_ns is None else self.now_ns,
            self.convicted,
            self.was_here,
        )
        ahead = [
            Decree(1, 99 + k, bytes(16), each if isinstance(each, Order) else Rule(encode(each)))
            for k, each in enumerate(rulings)
        ]
        return self.reviewer.review(ahead, room, evidence, waited_ns)

    def refuses(self, *rulings: Ruling | Order) -> Misruling | None:
        """Return what it holds against a decree, with as much patience as it has."""
        verdict = self.judge(*rulings, waited_ns=REVIEW_WAIT_NS)
        found = self.reviewer.take_found()
        assert [by for by, _ in found] == [ADA] * len(found)
        assert (verdict is Ruled.REFUSED) == bool(found)
        return found[-1][1] if found else None

    @property
    def race_id(self) -> bytes:
        return self.log.race_id


def finished(setup: RaceSetup | None = None) -> tuple[Follower, Results]:
    """Return a race that all have driven, and its true results."""
    here = Follower(racing(ADA, BEN, CLEO, setup=setup))
    rows = []
    for number, (node, ms) in enumerate(((ADA, 20_000), (BEN, 18_000), (CLEO, 19_000)), start=1):
        for lap in (1, 2):
            here.hear(node, LapTime(here.race_id, lap, ms * lap // 2, ms // 2))
        rows.append(ResultRow(node, number, 2, ms, ms // 2))
    here.race_ns += RESULTS_SETTLE_NS
    return here, Results(here.race_id, (rows[1], rows[2], rows[0]), here.race_ns // 1000)


def with_row(results: Results, place: int, **changes: object) -> Results:
    rows = list(results.rows)
    values = {name: getattr(rows[place], name) for name in ResultRow.__struct_fields__}
    rows[place] = ResultRow(**{**values, **changes})
    return Results(results.race, tuple(rows), results.closed_us)


def test_true_results_fit() -> None:
    here, results = finished()
    assert here.refuses(results) is None


def test_the_best_lap_of_who_is_out_may_be_one_that_does_not_count() -> None:
    """As in an elimination: whoever comes last at a lap is out with the laps of before it."""
    here, results = finished(RaceSetup("dockyard", 2, mode=Mode.ELIMINATION))
    out = with_row(results, 2, laps=1, ms=None, best_ms=9_000, out_lap=1)
    here.hear(ADA, LapTime(here.race_id, 2, 19_000, 9_000))
    assert here.refuses(out) is not Misruling.UNFOUNDED


def test_invented_results_wait_for_what_they_rest_on_and_are_refused_without_it() -> None:
    here, results = finished()
    invented = with_row(results, 2, ms=1, best_ms=1)
    assert here.judge(invented) is Ruled.WAITS
    assert here.refuses(invented) is Misruling.UNFOUNDED
    here.hear(ADA, LapTime(here.race_id, 1, 1, 1))
    told = with_row(results, 2, laps=1, ms=None, best_ms=1)
    assert here.refuses(told) is not Misruling.UNFOUNDED


def under_the_flag() -> tuple[Follower, Results]:
    """Return a race that Ben has won, after which Ada ended her first lap, and drove on."""
    here = Follower()
    told = {BEN: (8_000, 15_000), CLEO: (9_500, 19_000), ADA: (16_000, 24_000)}
    for node, ends in told.items():
        for lap, (from_ms, ms) in enumerate(pairwise((0, *ends)), start=1):
            here.hear(node, LapTime(here.race_id, lap, ms, ms - from_ms))
    rows = [(BEN, 2, 2, 15_000, 7_000), (CLEO, 3, 2, 19_000, 9_500), (ADA, 1, 1, 16_000, 8_000)]
    return here, Results(here.race_id, tuple(ResultRow(*row) for row in rows))


def test_who_crosses_the_line_after_the_winner_has_finished_and_drives_on_for_nothing() -> None:
    here, results = under_the_flag()
    here.race_ns += PASSED_OVER_NS
    here.hear(CLEO, LapTime(b"no race!", 1, 1, 1))
    assert here.refuses(results) is None, "her second lap is passed over, as it must be"
    unfinished = with_row(results, 1, laps=1, ms=None)
    assert here.refuses(unfinished) is Misruling.PASSED_OVER, "the flag was not out yet"


def test_who_did_not_cross_the_line_under_the_flag_has_not_finished() -> None:
    here, results = under_the_flag()
    early, late = with_row(results, 1, laps=1, ms=9_500), with_row(results, 2, laps=2, ms=24_000)
    assert here.refuses(early) is Misruling.UNFOUNDED, "before the winner"
    assert here.refuses(late) is Misruling.UNFOUNDED, "by a lap after the flag"
    assert here.refuses(with_row(results, 0, ms=8_000)) is Misruling.UNFOUNDED, "not its last lap"


def test_another_order_of_the_same_rows_is_refused() -> None:
    here, results = finished()
    turned = Results(results.race, results.rows[::-1], results.closed_us)
    assert here.refuses(turned) is Misruling.OUT_OF_ORDER


def test_results_of_other_cars_than_race_are_refused() -> None:
    here, results = finished()
    assert here.refuses(Results(results.race, results.rows[:2])) is Misruling.OTHER_CARS
    assert here.refuses(with_row(results, 0, node=DAN)) is Misruling.OTHER_CARS


def test_laps_that_a_coordinator_may_lack_are_not_held_against_it_but_long_known_ones_are() -> None:
    here, results = finished()
    ben, *others = with_row(results, 0, laps=1, ms=None).rows
    without = Results(results.race, (*others, ben), results.closed_us)
    assert here.refuses(without) is None
    here.race_ns += PASSED_OVER_NS
    here.hear(CLEO, LapTime(b"no race!", 1, 1, 1))
    assert here.refuses(without) is Misruling.PASSED_OVER


def test_a_race_is_not_over_while_cars_are_driven_and_time_is_left() -> None:
    here = Follower(race_ns=GREEN_NS + 5 * SECOND)
    rows = tuple(ResultRow(node, n, 0, None, None) for n, node in enumerate((ADA, BEN, CLEO), 1))
    results = Results(here.race_id, rows)
    assert here.refuses(results) is Misruling.TOO_SOON
    here.drives_on = lambda _number: False
    assert here.refuses(results) is None, "nobody drives: it may be abandoned"


def test_a_canister_goes_to_who_claimed_it() -> None:
    here = Follower()
    grant = Grant(here.race_id, 1, 0, CLEO, 5000)
    assert here.judge(grant) is Ruled.WAITS
    assert here.refuses(grant) is Misruling.UNFOUNDED
    here.hear(CLEO, Claim(here.race_id, 1, 0, 5000))
    assert here.judge(grant) is Ruled.FITS


def test_a_canister_goes_to_no_claim_of_its_grantors_own_that_its_car_contradicts() -> None:
    here = Follower()
    for node in (ADA, CLEO):
        claim = Claim(here.race_id, 1, 0, 5000)
        here.hear(node, claim)
        here.facts.cars.refuse(node, claim)
    assert here.refuses(Grant(here.race_id, 1, 0, ADA, 5000)) is Misruling.CONTRADICTED
    assert here.refuses(Grant(here.race_id, 1, 0, CLEO, 5000)) is None, "another's lie"


def test_a_claim_is_not_passed_over_for_long() -> None:
    here = Follower()
    here.hear(BEN, Claim(here.race_id, 1, 0, 4000))
    here.hear(ADA, Claim(here.race_id, 1, 0, 5000))
    grant = Grant(here.race_id, 1, 0, ADA, 5000)
    assert here.refuses(grant) is None
    here.race_ns += PASSED_OVER_NS
    assert here.refuses(grant) is Misruling.PASSED_OVER


def test_a_car_is_taken_from_nobody_who_is_seen_to_drive_it() -> None:
    here = Follower()
    lease = Lease(here.race_id, 3, 1, ADA)
    assert here.judge(lease) is Ruled.WAITS, "its driver may be gone this moment"
    assert here.refuses(lease) is Misruling.PRESENT
    here.drives_on = lambda number: number != 3
    assert here.refuses(lease) is None


def test_a_car_goes_back_to_its_owner_who_asks() -> None:
    here = Follower()
    back = (Lease(here.race_id, 3, 1, ADA), Lease(here.race_id, 3, 2, CLEO))
    assert here.refuses(*back) is Misruling.PRESENT
    here.hear(CLEO, Return(here.race_id, 1))
    assert here.refuses(*back) is None


def test_nobody_is_put_out_but_by_votes_of_others_that_were_cast() -> None:
    here = Follower()
    for node in (ADA, BEN, CLEO):
        here.hear(node, LobbyEntry("x", bot=False))
    votes = [Dot(node, 1, n) for n, node in enumerate((BEN, ADA), start=4)]
    removal = Removal(CLEO, tuple(votes))
    assert here.judge(removal) is Ruled.WAITS
    here.hear(BEN, RemovalVote(CLEO, on=True))
    assert here.refuses(removal) is Misruling.UNFOUNDED
    here.hear(ADA, RemovalVote(CLEO, on=True))
    assert here.refuses(removal) is None
    assert here.refuses(Removal(CLEO, (votes[1],))) is Misruling.UNFOUNDED, "alone"
    here.log.append(removal)
    assert here.refuses(Lease(here.race_id, 3, 1, ADA)) is None, "who is out drives no more"


def test_a_coordinator_makes_no_removal_of_a_minority_nor_of_a_hosts_word_that_was_not_given() -> (
    None
):
    eve = bytes([5]) * 16
    people = (ADA, BEN, CLEO, DAN, eve)
    here = Follower(racing(*people), here=frozenset(people))
    for node in people:
        here.hear(node, LobbyEntry("x", bot=False))
    votes = [Dot(node, 1, n) for n, node in enumerate((ADA, BEN), start=6)]
    for node in (ADA, BEN):
        here.hear(node, RemovalVote(DAN, on=True))
    assert here.judge(Removal(DAN, tuple(votes))) is Ruled.WAITS, "somebody may just have gone"
    assert here.refuses(Removal(DAN, tuple(votes))) is Misruling.UNFOUNDED, "it takes three of five"
    here.here -= {eve}
    assert here.refuses(Removal(DAN, tuple(votes))) is None, "Dan may come and go"
    here.log.room.host = CLEO
    word = Dot(CLEO, 1, 9)
    assert here.refuses(Removal(DAN, (word,))) is Misruling.UNFOUNDED
    assert here.refuses(Removal(DAN, (word, votes[0]))) is Misruling.UNFOUNDED
    here.said = 8
    here.hear(CLEO, RemovalVote(DAN, on=True))
    assert here.refuses(Removal(DAN, (word,))) is None


def test_numbers_go_to_who_entered_and_no_light_is_far() -> None:
    here = Follower()
    assert here.refuses(Seat(DAN, 4)) is Misruling.UNFOUNDED
    here.hear(DAN, LobbyEntry("dan", bot=True))
    assert here.refuses(Seat(DAN, 4)) is None
    here.log = Log()
    here.log.extend([SETUP, Seat(ADA, 1), Seat(BEN, 2)])
    latest_us = (here.race_ns + COUNTDOWN_NS + REVIEW_CLOCK_NS) // 1000
    assert here.refuses(Grid((1, 2), latest_us)) is None
    assert here.judge(Grid((1, 2), latest_us + 1)) is Ruled.WAITS, "our clock may be another's yet"
    assert here.refuses(Grid((1, 2), latest_us + 1)) is Misruling.FUTURE


@pytest.mark.parametrize("change", ["closed", "gone"])
def test_what_changes_nothing_is_nobodys_concern(change: str) -> None:
    here, results = finished()
    if change == "closed":
        here.log.append(results)
    race = here.race_id if change == "closed" else bytes(8)
    assert here.refuses(Results(race, results.rows[::-1])) is None
    assert here.refuses(Grant(race, 1, 0, ADA, 5000)) is None
    assert here.refuses(Lease(race, 3, 1, ADA)) is None


def test_nobody_is_put_out_of_a_race_by_what_nobody_said() -> None:
    follower = Follower()
    race = follower.log.race_id
    put_out = Disqualification(race, CLEO, Lie.LAP, (Dot(ADA, 1, 1), Dot(BEN, 1, 2)))
    assert follower.judge(put_out) is Ruled.WAITS, "for it may be on its way"
    assert follower.refuses(put_out) is Misruling.UNFOUNDED
    follower.hear(ADA, Witnessed(race, CLEO, Lie.LAP))
    assert follower.refuses(put_out) is Misruling.UNFOUNDED
    follower.hear(BEN, Witnessed(race, CLEO, Lie.LAP))
    assert follower.refuses(put_out) is None


def test_what_rests_on_words_of_who_is_convicted_is_refused_and_no_lie() -> None:
    follower = Follower()
    put_out = Disqualification(
        follower.log.race_id, BEN, Lie.LAP, (Dot(ADA, 1, 1), Dot(CLEO, 1, 2))
    )
    follower.convicted = (DAN,)
    assert follower.refuses(put_out) is Misruling.UNFOUNDED, "who does not race has no part in it"
    follower.convicted = (CLEO,)
    assert follower.judge(put_out) is Ruled.WAITS
    assert follower.refuses(put_out) is Misruling.PASSED_OVER
    follower.log.append(convict(CLEO))
    assert follower.refuses(put_out) is Misruling.UNFOUNDED, "all know it by the decrees"


def test_nobody_loses_a_number_while_a_race_is_on() -> None:
    here = Follower()
    assert here.refuses(Unseat(CLEO)) is Misruling.RACING
    assert here.refuses(Unseat(DAN)) is None, "he has none"


def test_a_place_goes_to_what_was_said_by_who_is_here() -> None:
    here = Follower(here=frozenset({ADA, BEN}))
    place = Order(Dot(ADA, 1, 1))
    assert here.judge(place) is Ruled.WAITS, "it may be on its way"
    assert here.refuses(place) is Misruling.UNFOUNDED
    here.hear(ADA, Said("hello"))
    assert here.refuses(place) is None
    assert here.refuses(Order(Dot(CLEO, 1, 9))) is None, "she is gone, and her line with her"


def places_given(here: Follower, author: NodeId, epoch: int, count: int) -> int:
    """Return how many of so many places pass at once."""
    seen = here.reviewer.places
    first = here.said
    here.said += count
    return sum(seen.take(author, first + k, epoch, here.race_ns) for k in range(count))


def test_who_leads_gives_no_author_more_places_than_anybody_gets() -> None:
    here = Follower()
    assert places_given(here, ADA, 1, 200) == PLACES_SEEN_MAX
    assert places_given(here, BEN, 1, 20) == 20, "each has a share"
    here.race_ns += 3 * CHAT_PLACED_NS
    assert places_given(here, ADA, 1, 20) == 3
    assert places_given(here, ADA, 2, 200) == PLACES_SEEN_EPOCH, "who comes next gives a burst"
    here.reviewer.places.forget(here.race_ns)
    assert places_given(here, ADA, 2, 200) == PLACES_SEEN_MAX


def test_what_an_author_may_have_said_apart_from_who_leads_is_no_flood() -> None:
    here = Follower()
    here.reviewer.places.forget(here.race_ns)
    here.race_ns += 150 * CHAT_PLACED_NS
    assert places_given(here, ADA, 1, 400) == PLACES_SEEN_MAX + 150, "who was silent"
    assert places_given(here, BEN, 1, 50) == 50
    here.race_ns += 200 * CHAT_PLACED_NS
    here.reviewer.places.forget(here.race_ns)
    assert places_given(here, BEN, 1, 900) == PLACES_SEEN_MAX + 350, "all is told anew"
    here.race_ns += 3600 * CHAT_PLACED_NS
    assert places_given(here, BEN, 1, 900) == PLACES_SEEN_MAX + CHAT_APART_MAX


def test_a_place_too_many_is_refused_once_waited_for_and_one_that_comes_again_is_counted_once() -> (
    None
):
    here = Follower()
    assert places_given(here, ADA, 1, 50) == 50
    here.said = 0
    assert places_given(here, ADA, 1, 50) == 50, "as they come again"
    assert places_given(here, ADA, 1, 46) == 46
    assert here.judge(Order(Dot(ADA, 1, 7))) is Ruled.WAITS, "others may have taken it"
    here.race_ns += 2 * CHAT_PLACED_NS
    assert here.refuses(Order(Dot(ADA, 1, 7))) is Misruling.FLOODING, "waiting earns it nothing"


def test_who_repeats_what_one_before_it_decreed_is_followed_no_more_and_no_liar() -> None:
    """A driver was gone when its coordinator leased its car; that one died, and it is back."""
    here = Follower(here=frozenset((ADA, BEN, CLEO)), epoch=2)
    assert here.refuses(Lease(here.race_id, 3, 1, BEN)) is Misruling.REPEATED
    here.drives_on = lambda number: number != 3
    assert here.refuses(Lease(here.race_id, 3, 1, BEN)) is None
