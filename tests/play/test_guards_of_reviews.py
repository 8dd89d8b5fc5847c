"""What a follower refuses of what a coordinator decrees, condition by condition."""

from __future__ import annotations

from dataclasses import replace

import pytest

from net import Dot
from racer.core.rules.grid_order import GridOrder
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import ENTRIES_KEPT, PASSED_OVER_NS
from racer.play.review.evidence import Misruling
from racer.play.room.car_facts import Claimed
from racer.play.room.messages import (
    Claim,
    Disqualification,
    EndWish,
    Grant,
    Grid,
    LapTime,
    Lie,
    LobbyEntry,
    LobbyOpened,
    RaceId,
    Removal,
    RemovalVote,
    ResultRow,
    Results,
    Seat,
    Setup,
    StartWish,
    Witnessed,
)
from racer.play.room.room import RESPAWN_MS
from tests.play.rooms import ADA, BEN, CLEO, DAN, GREEN_NS, Log, racing
from tests.play.test_review import SECOND, Follower, finished, under_the_flag, with_row
from tests.play.test_review_of_lobbies import TEXT, after_a_race

ALIEN = LapTime(b"no race!", 1, 1, 1)


# --- canisters ----------------------------------------------------------------------------------


def test_a_canister_is_granted_at_the_moment_that_was_claimed() -> None:
    here = Follower()
    here.hear(CLEO, Claim(here.race_id, 1, 0, 5000))
    assert here.refuses(Grant(here.race_id, 1, 0, CLEO, 4999)) is Misruling.UNFOUNDED
    assert here.refuses(Grant(here.race_id, 1, 0, CLEO, 5000)) is None


@pytest.mark.parametrize("fault", ["later", "unknown", "too early", "no driver's", "refused"])
def test_a_claim_that_counts_for_nothing_is_passed_over_by_nobody(fault: str) -> None:
    here = Follower()
    granted_ms, at_ms, by, generation = 5000, 4000, BEN, 0
    match fault:
        case "later":
            at_ms = 5001
        case "unknown":
            here.knows = lambda author, _fact: author != BEN
        case "too early":
            here.log.append(Grant(here.race_id, 1, 0, CLEO, 1000))
            generation, granted_ms, at_ms = 1, 1000 + RESPAWN_MS, 999 + RESPAWN_MS
        case "no driver's":
            by = DAN
        case _:
            here.facts.cars.refuse(BEN, Claim(here.race_id, 1, 0, at_ms))
    here.hear(by, Claim(here.race_id, 1, generation, at_ms))
    here.hear(ADA, Claim(here.race_id, 1, generation, granted_ms))
    here.race_ns += PASSED_OVER_NS
    assert here.refuses(Grant(here.race_id, 1, generation, ADA, granted_ms)) is None


def test_however_many_claims_there_are_they_are_gone_through_once_for_a_grant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, asked = Follower(), 0
    claims = here.facts.cars.claims

    def counted(race: RaceId) -> list[Claimed]:
        nonlocal asked
        asked += 1
        return claims(race)

    for ms in range(4000, 4100):
        here.hear(CLEO, Claim(here.race_id, 1, 0, ms))
    monkeypatch.setattr(here.facts.cars, "claims", counted)
    assert here.refuses(Grant(here.race_id, 1, 0, CLEO, 4000)) is None
    assert asked == 1


def test_what_all_have_long_known_is_long_known_though_it_comes_again() -> None:
    """And though others tell of races that are none, before it and after."""
    here = Follower()
    here.hear(CLEO, ALIEN)
    here.hear(BEN, Claim(here.race_id, 1, 0, 4000))
    here.hear(ADA, Claim(here.race_id, 1, 0, 5000))
    here.race_ns += PASSED_OVER_NS
    here.hear(BEN, Claim(here.race_id, 1, 0, 4000))
    here.hear(CLEO, ALIEN)
    assert here.refuses(Grant(here.race_id, 1, 0, ADA, 5000)) is Misruling.PASSED_OVER
    assert list(here.reviewer._heard_ns) == [BEN, ADA], "nobody fills it up"


def test_facts_of_a_race_that_is_over_are_remembered_no_longer() -> None:
    here = Follower()
    here.hear(BEN, Claim(here.race_id, 1, 0, 4000))
    rows = tuple(ResultRow(node, n, 0, None, None) for n, node in enumerate((ADA, BEN, CLEO), 1))
    here.log.extend((Results(here.race_id, rows, 1), LobbyOpened(), Grid((1, 2), 1)))
    here.hear(CLEO, Claim(here.race_id, 1, 0, 4000))
    assert list(here.reviewer._heard_ns) == [CLEO]


# --- results ------------------------------------------------------------------------------------


def test_a_row_rests_on_laps_of_its_own_and_on_no_more_than_were_told() -> None:
    here, results = finished()
    assert here.refuses(with_row(results, 0, best_ms=1)) is Misruling.UNFOUNDED
    short = Follower(racing(ADA, BEN, CLEO, laps=3))
    short.hear(ADA, LapTime(short.race_id, 1, 10_000, 10_000))
    rows = tuple(ResultRow(node, n, 0, None, None) for n, node in enumerate((ADA, BEN, CLEO), 1))
    none = Results(short.race_id, rows, results.closed_us)
    assert short.refuses(with_row(none, 0, laps=2)) is Misruling.UNFOUNDED


def test_who_leads_is_held_for_the_laps_of_its_own_that_its_car_contradicts() -> None:
    for liar, refused in ((ADA, Misruling.CONTRADICTED), (CLEO, None)):
        here, results = finished()
        (lap,) = (each for each in here.facts.cars.told_laps(here.race_id, liar) if each.lap == 2)
        here.facts.cars.refuse(liar, lap)
        here.drives_on = lambda _number: False
        assert here.refuses(results) is refused


def test_nobody_finishes_where_nobody_has_driven_all_laps() -> None:
    here, results = under_the_flag()
    rows = [
        ResultRow(row.node, row.number, 1, ms, None)
        for row, ms in zip(results.rows, (8_000, None, None), strict=True)
    ]
    assert here.refuses(replace_rows(results, *rows)) is Misruling.UNFOUNDED


def replace_rows(results: Results, *rows: ResultRow) -> Results:
    return Results(results.race, rows, results.closed_us)


def test_an_elimination_is_won_at_the_end_of_a_lap_of_the_winners() -> None:
    log = Log()
    log.append(Setup(RaceSetup("dockyard", 2, mode=Mode.ELIMINATION), 2))
    log.extend((Seat(ADA, 1), Seat(BEN, 2), Grid((1, 2), GREEN_NS // 1000)))
    here = Follower(log)
    for node, ms in ((ADA, 9_000), (BEN, 10_000)):
        here.hear(node, LapTime(here.race_id, 1, ms, ms))
    won = ResultRow(ADA, 1, 1, 9_000, 9_000)
    out = ResultRow(BEN, 2, 0, None, None, 1)
    assert here.refuses(Results(here.race_id, (won, out))) is not Misruling.UNFOUNDED
    false = ResultRow(ADA, 1, 1, 8_000, 9_000)
    assert here.refuses(Results(here.race_id, (false, out))) is Misruling.UNFOUNDED


def test_a_race_that_somebody_wants_to_end_may_end_at_any_time() -> None:
    here = Follower(race_ns=GREEN_NS + 5 * SECOND)
    rows = tuple(ResultRow(node, n, 0, None, None) for n, node in enumerate((ADA, BEN, CLEO), 1))
    results = Results(here.race_id, rows)
    assert here.refuses(results) is Misruling.TOO_SOON
    here.hear(BEN, EndWish(here.race_id))
    assert here.refuses(results) is None


# --- who is put out -----------------------------------------------------------------------------


def voted_out(*voters: bytes) -> tuple[Follower, list[Dot]]:
    """Return Ben in a room of people, and the votes to remove Cleo that he has heard."""
    people = (ADA, BEN, CLEO, DAN)
    here = Follower(racing(*people), here=frozenset(people))
    for node in people:
        here.hear(node, LobbyEntry("x", bot=False))
    votes: list[Dot] = []
    for node in voters:
        here.hear(node, RemovalVote(CLEO, on=True))
        votes.append(Dot(node, 1, here.said))
    return here, votes


def test_ones_own_vote_removes_nobody() -> None:
    here, votes = voted_out(ADA, CLEO)
    assert here.refuses(Removal(CLEO, tuple(votes))) is Misruling.UNFOUNDED


def test_a_vote_may_be_newer_here_than_it_was_and_never_older() -> None:
    here, votes = voted_out(ADA, BEN)
    newer = Dot(ADA, 1, here.said + 1)
    assert here.refuses(Removal(CLEO, (newer, votes[1]))) is Misruling.UNFOUNDED
    here.hear(ADA, RemovalVote(CLEO, on=True))
    assert here.refuses(Removal(CLEO, tuple(votes))) is None


def test_a_host_alone_removes_and_not_with_too_few_others() -> None:
    eve, fay = (bytes([k]) * 16 for k in (5, 6))
    here, (by_ada, by_ben) = voted_out(ADA, BEN)
    here.log.room.host = ADA
    here.log.room.seats.update({eve: 5, fay: 6})
    here.here |= {eve, fay}
    for node in (eve, fay):
        here.hear(node, LobbyEntry("x", bot=False))
    assert here.refuses(Removal(CLEO, (by_ada,))) is None
    assert here.refuses(Removal(CLEO, (by_ada, by_ben))) is Misruling.UNFOUNDED


def test_a_witness_said_so_by_then() -> None:
    here = Follower()
    for node in (ADA, BEN):
        here.hear(node, Witnessed(here.race_id, CLEO, Lie.LAP))
    said = (Dot(ADA, 1, 1), Dot(BEN, 1, 2))
    later = (Dot(ADA, 1, 1), Dot(BEN, 1, 3))
    for dots, refused in ((said, None), (later, Misruling.UNFOUNDED)):
        put_out = Disqualification(here.race_id, CLEO, Lie.LAP, dots)
        assert here.refuses(put_out) is refused


def test_who_is_convicted_excuses_nothing_in_a_lobby() -> None:
    here = after_a_race(ADA, BEN)
    here.convicted = (BEN,)
    assert here.refuses(Seat(DAN, 4)) is Misruling.UNFOUNDED


# --- lobbies ------------------------------------------------------------------------------------


def test_the_text_of_a_circuit_changes_by_votes_alone_too() -> None:
    here = after_a_race(ADA, BEN)
    now = here.log.room.setup
    assert now is not None
    changed = replace(now, race=replace(now.race, content=TEXT))
    assert here.refuses(changed) is Misruling.UNFOUNDED


def test_people_who_asked_in_another_lobby_did_not_ask_in_this_one() -> None:
    here = after_a_race(ADA, BEN)
    here.hear(BEN, StartWish(bytes(8)))
    grid = Grid((1, 2), here.race_ns // 1000)
    assert here.refuses(grid) is Misruling.UNFOUNDED


def test_the_first_race_and_the_one_behind_its_qualifying_begin_unasked() -> None:
    log = Log()
    log.append(Setup(RaceSetup("dockyard", 2, grid=GridOrder.QUALIFYING), 2))
    log.extend((Seat(ADA, 1), Seat(BEN, 2)))
    here = Follower(log)
    for node in (ADA, BEN):
        here.hear(node, LobbyEntry("somebody", bot=False))
    trial = Grid((1, 2), here.race_ns // 1000, (), qualifying=True)
    assert here.refuses(trial) is None
    log.append(trial)
    rows = (ResultRow(BEN, 2, 0, None, None), ResultRow(ADA, 1, 0, None, None))
    log.extend((Results(log.race_id, rows, here.race_ns // 1000), LobbyOpened()))
    race = Grid((2, 1), here.race_ns // 1000)
    assert here.refuses(race) is None
    log.append(race)
    log.extend((Results(log.race_id, rows, here.race_ns // 1000), LobbyOpened()))
    assert here.refuses(Grid((2, 1), here.race_ns // 1000)) is Misruling.UNFOUNDED


# --- chat ---------------------------------------------------------------------------------------


def test_places_are_counted_of_so_many_authors() -> None:
    places = Follower().reviewer.places
    for k in range(ENTRIES_KEPT + 9):
        assert places.take(k.to_bytes(16, "big"), k, 1, SECOND)
    assert len(places._shares) == ENTRIES_KEPT
