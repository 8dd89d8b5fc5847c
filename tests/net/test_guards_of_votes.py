"""What a candidate and a voter refuse to count: one guard a test."""

from __future__ import annotations

from random import Random

import pytest

from net.cluster.election import Election, Won
from net.cluster.log_adoption import LogAdoption, answer_fetch
from net.errors import InvariantError
from net.ids import Member
from net.limits import PAUSE_QUIET_NS
from net.wire.decrees import FoundLineage, RemoveMember
from net.wire.messages import Fetch, Fetched, HandOver, Prepare, Promise, Refusal
from tests.net.guarded import (
    LINEAGE,
    NOW,
    OTHER,
    OWN,
    A,
    B,
    C,
    D,
    append_of,
    candidate,
    consensus,
    elected,
    handed_over,
    log_of,
    promise_to,
    rules,
    sent,
    voter,
)


def prepare(epoch: int, by: Member = A, transfer: HandOver | None = None) -> Prepare:
    return Prepare(LINEAGE, epoch, by, transfer)


# --- promising ---------------------------------------------------------------------------------


def test_no_epoch_below_the_promise_is_promised() -> None:
    own = voter(C, promised=5)
    election = Election(own, Random(1))
    assert sent(election.on_prepare(B.node, prepare(4, B), NOW)) == [Refusal(LINEAGE, 5)]
    assert own.promised == 5


def test_who_is_no_member_promises_nothing() -> None:
    election = Election(voter(D), Random(1))
    assert election.on_prepare(A.node, prepare(2), NOW) == []


def test_a_candidate_of_another_lineage_is_promised_nothing() -> None:
    election = Election(voter(C), Random(1))
    assert election.on_prepare(A.node, Prepare(OTHER, 2, A, None), NOW) == []


def test_a_candidate_speaks_for_itself_alone() -> None:
    election = Election(voter(C), Random(1))
    assert election.on_prepare(B.node, prepare(2), NOW) == []


def test_a_voter_follows_nobody_below_its_promise_nor_another_in_its_epoch() -> None:
    own = voter(C)
    own.promise(5, B)
    with pytest.raises(InvariantError, match="epoch 4 would count after epoch 5"):
        own.follow(4, A, NOW)
    with pytest.raises(InvariantError, match="promised to another"):
        own.follow(5, A, NOW)


# --- standing ----------------------------------------------------------------------------------


def test_who_is_no_member_or_has_just_paused_does_not_stand() -> None:
    stranger, paused = voter(D), voter(A)
    paused.quiet_until_ns = NOW + PAUSE_QUIET_NS
    for own in (stranger, paused):
        election = Election(own, Random(1))
        assert election.on_tick(True, 0, NOW) == []
        assert election.on_tick(True, 0, NOW + 1) == []
    assert Election(stranger, Random(1)).on_hand_over(handed_over(A, 1, D), NOW) == []


def test_a_candidate_stands_above_every_epoch_that_it_has_seen() -> None:
    election = Election(voter(A), Random(1))
    election.on_epoch(9)
    assert sent(election.on_tick(True, 0, NOW)) == [prepare(10)] * 2


# --- counting promises -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "promise"),
    [
        (B, promise_to(A, 3, B, 1, 1)),
        (C, promise_to(A, 2, B, 1, 1)),
        (B, promise_to(A, 2, B, 1, 1, OTHER)),
    ],
    ids=["of another epoch", "in another's name", "in another lineage"],
)
def test_a_promise_counts_for_its_own_alone(sender: Member, promise: Promise) -> None:
    assert candidate().on_promise(sender.node, promise, NOW) == []


def test_half_of_the_members_elect_nobody() -> None:
    election = candidate(log_of((A, B, C, D)))
    assert election.on_promise(B.node, promise_to(A, 2, B, 1, 1), NOW) == []
    assert election.on_promise(C.node, promise_to(A, 2, C, 1, 1), NOW) == [Won()]


def test_the_best_log_is_that_of_the_highest_epoch_and_not_the_longest() -> None:
    longer = promise_to(A, 4, B, 2, 9)
    election = Election(voter(A, log_of((A, B, C), *rules(1), epoch=3), promised=3), Random(1))
    election.on_tick(True, 0, NOW)
    assert election.on_promise(B.node, longer, NOW) == [Won()]
    shorter = promise_to(A, 2, B, 2, 2)
    election = candidate(log_of((A, B, C), *rules(3)))
    assert election.on_promise(B.node, shorter, NOW) != [Won()]


def test_who_learns_from_the_best_log_that_it_is_no_member_does_not_win() -> None:
    members = (A, B, C, D)
    election = candidate(log_of(members))
    theirs = log_of(members, RemoveMember(A))
    election.on_promise(C.node, promise_to(A, 2, C, 1, 1), NOW)
    asked = sent(election.on_promise(B.node, promise_to(A, 2, B, 1, 2), NOW))
    assert asked == [Fetch(LINEAGE, 2, 1)]
    fetched = Fetched(LINEAGE, 2, 1, theirs.batch(1), 2)
    assert Won() not in election.on_fetched(B.node, fetched, NOW)


# --- adopting ----------------------------------------------------------------------------------


def test_the_best_log_is_taken_from_its_holder_in_this_round_whole_and_in_order() -> None:
    theirs = log_of((A, B, C), *rules(4))
    log = log_of()
    adoption = LogAdoption(log, B.node, LINEAGE, 2)
    adoption.on_tick(NOW)
    whole, part, rest = theirs.entries(1, 5), theirs.entries(1, 3), theirs.entries(3, 5)
    first = Fetched(LINEAGE, 2, 1, part, 5)
    for sender, stray in (
        (C, Fetched(LINEAGE, 2, 1, whole, 5)),
        (B, Fetched(LINEAGE, 3, 1, whole, 5)),
        (B, Fetched(LINEAGE, 2, 3, rest, 5)),
    ):
        assert adoption.on_fetched(sender.node, stray, NOW) == (False, [])
    assert log.head == 1
    adopted, asked = adoption.on_fetched(B.node, first, NOW)
    assert not adopted
    assert sent(asked) == [Fetch(LINEAGE, 2, 3)]
    assert adoption.on_fetched(B.node, Fetched(LINEAGE, 2, 3, rest, 5), NOW)[0] is True
    assert log.entries(0, 5) == theirs.entries(0, 5)


def test_a_log_that_does_not_follow_ours_is_not_adopted() -> None:
    log = log_of()
    adoption = LogAdoption(log, B.node, LINEAGE, 2)
    stray = log_of((A, B), *rules(2)).entries(1, 3)
    assert adoption.on_fetched(B.node, Fetched(LINEAGE, 2, 1, stray, 3), NOW) == (False, [])


def test_a_log_is_read_out_for_its_own_lineage_alone() -> None:
    log = log_of((A, B, C), *rules(2))
    assert answer_fetch(log, B.node, Fetch(OTHER, 2, 1)) == []
    assert sent(answer_fetch(log, B.node, Fetch(LINEAGE, 2, 1)))
    assert answer_fetch(log, B.node, Fetch(LINEAGE, 2, 9)) == []


# --- handing over ------------------------------------------------------------------------------


def test_a_member_stands_at_the_word_of_its_own_coordinator_in_its_epoch_alone() -> None:
    member = consensus(C, None, A, B)
    member.on_message(A.node, elected(A, 7, A, B), OWN, NOW)
    member.on_message(A.node, append_of(log_of(), A, 7, 1, 1), OWN, NOW)
    for sender, word in (
        (B, handed_over(B, 7, C)),
        (A, handed_over(A, 6, C)),
        (A, handed_over(A, 7, C, OTHER)),
        (A, handed_over(A, 7, B)),
    ):
        assert sent(member.on_message(sender.node, word, OWN, NOW)) == []
    handed = handed_over(A, 7, C)
    asked = sent(member.on_message(A.node, handed, OWN, NOW))
    assert asked == [prepare(8, C, handed)] * 2


def test_a_member_stays_where_it_founded_nothing() -> None:
    """A `FoundLineage` that does not follow our log founds nothing for us."""
    member = consensus(C, None, A, B)
    theirs = log_of((A, B), FoundLineage(OTHER, LINEAGE, 1, (A, B)))
    member.on_message(A.node, append_of(theirs, A, 9, 1, 1, OTHER), OWN, NOW)
    assert member.log.lineage == LINEAGE
    assert member.coordinator is None
