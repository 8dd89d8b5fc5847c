"""What who coordinates may decree to its own advantage, and no follower takes."""

from __future__ import annotations

import pytest

from net import Dot
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import PASSED_OVER_NS, STALE_NS, VOTE_NS
from racer.play.review.evidence import Misruling
from racer.play.room.messages import (
    Claim,
    Disqualification,
    EndWish,
    Grant,
    Grid,
    LapTime,
    Lease,
    Lie,
    LobbyEntry,
    Ready,
    Removal,
    RemovalVote,
    ResultRow,
    Results,
)
from tests.play.rooms import ADA, BEN, CLEO, DAN, GREEN_NS, racing
from tests.play.test_review import SECOND, Follower, finished, with_row
from tests.play.test_review_of_lobbies import after_a_race

EVE, FAY, GUS = (bytes([k]) * 16 for k in (5, 6, 7))


# --- results --------------------------------------------------------------------------------------


def turned(results: Results) -> Results:
    return Results(results.race, results.rows[::-1], results.closed_us)


def test_a_rival_that_finished_is_not_put_out_by_a_row() -> None:
    here, results = finished()
    out = with_row(results, 0, laps=0, ms=None, best_ms=None, out_lap=1)
    assert here.refuses(out) is Misruling.UNFOUNDED


def test_a_rival_that_finished_has_its_time() -> None:
    here, results = finished()
    unfinished = turned(with_row(with_row(results, 0, ms=None), 1, ms=None))
    assert here.refuses(unfinished) is Misruling.UNFOUNDED


def test_rows_stand_in_the_order_of_their_own_times_though_not_all_are_ours() -> None:
    here, results = finished()
    assert here.refuses(turned(with_row(results, 0, best_ms=None))) is Misruling.OUT_OF_ORDER


def test_rows_of_a_time_trial_stand_by_their_best_laps() -> None:
    here, results = finished(RaceSetup("dockyard", 2, mode=Mode.TRIAL))
    assert here.refuses(results) is None
    assert here.refuses(turned(results)) is Misruling.OUT_OF_ORDER


def test_results_are_not_closed_in_a_hundred_years() -> None:
    """The lobby opens some seconds after they are: nobody would ever have come out of them."""
    here, results = finished()
    late = Results(results.race, results.rows, 2**52)
    assert here.refuses(late) is Misruling.FUTURE


def test_a_race_does_not_close_because_a_watcher_or_a_bot_had_enough() -> None:
    here = Follower(race_ns=GREEN_NS + 5 * SECOND)
    rows = tuple(ResultRow(node, n, 0, None, None) for n, node in enumerate((ADA, BEN, CLEO), 1))
    none = Results(here.race_id, rows)
    here.hear(DAN, EndWish(here.race_id))
    here.hear(CLEO, LobbyEntry("x", bot=True))
    here.hear(CLEO, EndWish(here.race_id))
    assert here.refuses(none) is Misruling.TOO_SOON
    here.hear(BEN, LobbyEntry("x", bot=False))
    here.hear(BEN, EndWish(here.race_id))
    assert here.refuses(none) is None


# --- grids and canisters --------------------------------------------------------------------------


@pytest.mark.parametrize("ago_ns", [STALE_NS + SECOND, None])
def test_no_race_has_been_over_before_it_began(ago_ns: int | None) -> None:
    here = after_a_race(ADA, BEN, CLEO)
    for node in (ADA, BEN, CLEO):
        here.hear(node, Ready(here.log.room.lobby, on=True))
    here.race_ns = 10 * STALE_NS
    green_us = 0 if ago_ns is None else (here.race_ns - ago_ns) // 1000
    assert here.refuses(Grid((2, 3, 1), green_us)) is Misruling.STALE
    assert here.refuses(Grid((2, 3, 1), (here.race_ns - SECOND) // 1000)) is None


def test_no_canister_goes_to_who_does_not_race() -> None:
    here = Follower()
    here.hear(DAN, Claim(here.race_id, 1, 0, 5000))
    assert here.refuses(Grant(here.race_id, 1, 0, DAN, 5000)) is Misruling.UNFOUNDED


def test_no_canister_goes_to_a_touch_of_tomorrow() -> None:
    """It comes back some time after that: so none would ever have been there again."""
    here = Follower()
    here.hear(CLEO, Claim(here.race_id, 1, 0, 2**31))
    assert here.refuses(Grant(here.race_id, 1, 0, CLEO, 2**31)) is Misruling.FUTURE


# --- votes and witnesses --------------------------------------------------------------------------


def people() -> Follower:
    here = Follower(racing(ADA, BEN, CLEO), here=frozenset((ADA, BEN, CLEO)))
    for node in (ADA, BEN, CLEO):
        here.hear(node, LobbyEntry("x", bot=False))
    return here


def removal_by(here: Follower, *voters: bytes, on: bool = True) -> Removal:
    votes = []
    for node in voters:
        here.hear(node, RemovalVote(CLEO, on=on))
        votes.append(Dot(node, 1, here.said))
    return Removal(CLEO, tuple(votes))


def test_nobody_is_removed_by_votes_that_were_taken_back_long_ago() -> None:
    here = people()
    removal = removal_by(here, ADA, BEN, on=False)
    here.race_ns = PASSED_OVER_NS - SECOND
    assert here.refuses(removal) is None, "who coordinates may not know yet"
    here.race_ns = PASSED_OVER_NS
    assert here.refuses(removal) is Misruling.UNFOUNDED


def test_nobody_is_removed_by_votes_that_have_lapsed() -> None:
    here = people()
    removal = removal_by(here, ADA, BEN)
    assert here.refuses(removal) is None
    here.race_ns += VOTE_NS + PASSED_OVER_NS
    assert here.refuses(removal) is Misruling.UNFOUNDED


def test_nobody_is_removed_by_who_only_watches_or_is_a_bot() -> None:
    here = people()
    assert here.refuses(removal_by(here, DAN, EVE)) is Misruling.UNFOUNDED, "keys cost nothing"
    for bot in (DAN, EVE):
        here.hear(bot, LobbyEntry("x", bot=True))
    assert here.refuses(removal_by(here, DAN, EVE)) is Misruling.UNFOUNDED


def test_who_does_not_race_judges_nobody_by_a_car_that_it_was_lent() -> None:
    """Two of five drivers are gone, and their cars are lent to two keys of who coordinates."""
    log = racing(ADA, BEN, CLEO, DAN, EVE)
    log.append(Lease(log.race_id, 4, 1, FAY))
    log.append(Lease(log.race_id, 5, 1, GUS))
    dots = tuple(Dot(node, 1, 1) for node in (ADA, FAY, GUS))
    assert log.append(Disqualification(log.race_id, BEN, Lie.LAP, dots)) is None


def test_who_was_removed_puts_nobody_out_of_the_race() -> None:
    log = racing(ADA, BEN, CLEO, DAN, EVE)
    log.append(Removal(DAN, (Dot(ADA, 1, 1), Dot(CLEO, 1, 1), Dot(EVE, 1, 1))))
    dots = tuple(Dot(node, 1, 2) for node in (ADA, CLEO, DAN))
    assert log.append(Disqualification(log.race_id, BEN, Lie.LAP, dots)) is None


def test_a_lap_that_is_not_driven_yet_hides_no_finish() -> None:
    here, results = finished()
    here.hear(BEN, LapTime(here.race_id, 3, 27_000, 9_000))
    assert here.refuses(results) is None
