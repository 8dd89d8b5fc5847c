"""What a coordinator refuses to count and a follower to take: one guard a test."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from net.cluster.log_adoption import kept_log
from net.cluster.replication import Leadership, follow_append
from net.ids import Member
from net.limits import DECREE_BODY_BYTES_MAX, NEVER, PROPOSALS_PENDING_MAX, STEP_DOWN_NS
from net.node.lineage.consensus import Consensus
from net.node.lineage.lineage_readout import LineageLost
from net.node.program import Committed
from net.wire.decrees import AddMember, FoundLineage, RemoveMember, Rule, Yield
from net.wire.messages import Append, Appended
from tests.net.guarded import (
    LINEAGE,
    NOW,
    OTHER,
    OWN,
    A,
    B,
    C,
    D,
    E,
    append_of,
    appended,
    consensus,
    elected,
    leader,
    log_of,
    opened,
    rules,
    sent,
    status_of,
    voter,
)

# --- the coordinator ---------------------------------------------------------------------------


def test_half_of_the_members_and_all_learners_commit_nothing() -> None:
    own, leadership = leader(log_of((A, B, C, D)))
    leadership.on_tick([B, C, D, E], NOW)
    leadership.on_appended(B.node, appended(own, B), NOW)
    leadership.on_appended(E.node, appended(own, E), NOW)
    assert own.log.commit == 1
    leadership.on_appended(C.node, appended(own, C), NOW)
    assert own.log.commit == own.log.head


def test_decrees_of_an_earlier_epoch_count_only_with_one_of_the_coordinators_own() -> None:
    own, leadership = leader(log_of((A, B, C), *rules(2)))
    old = own.log.head - 1
    leadership.on_appended(B.node, Appended(LINEAGE, 5, B, True, old, 0), NOW)
    assert own.log.commit == 1
    assert not leadership.is_open
    leadership.on_appended(B.node, appended(own, B), NOW)
    assert own.log.commit == own.log.head


@pytest.mark.parametrize(
    ("sender", "reply"),
    [
        (B, Appended(LINEAGE, 4, B, True, 2, 0)),
        (B, Appended(LINEAGE, 5, B, True, 3, 0)),
        (B, Appended(LINEAGE, 5, C, True, 2, 0)),
        (B, Appended(OTHER, 5, B, True, 2, 0)),
        (B, Appended(LINEAGE, 5, B, False, 2, 0)),
    ],
    ids=["to an earlier epoch", "beyond the head", "for another", "in another lineage", "no match"],
)
def test_an_answer_counts_for_what_it_is_alone(sender: Member, reply: Appended) -> None:
    own, leadership = leader()
    leadership.on_appended(sender.node, reply, NOW)
    assert own.log.commit == 1
    assert leadership.matched(B) == leadership.matched(C) == 0


def test_a_higher_epoch_deposes_and_so_does_being_no_member_or_being_unheard() -> None:
    own, leadership = opened()
    assert [leadership.deposed(at) for at in (NOW, NOW + STEP_DOWN_NS + 1)] == [False, True]
    own.promise(6, B)
    assert leadership.deposed(NOW)
    own, leadership = opened()
    own.log.append(5, RemoveMember(A))
    assert leadership.deposed(NOW)


def test_a_majority_that_answers_keeps_a_coordinator() -> None:
    _, leadership = opened()
    later = NOW + STEP_DOWN_NS + 1
    leadership.on_status(B, 0, None, 0, later)
    assert not leadership.deposed(later)


def test_nothing_is_open_before_the_opening_counts_nor_settled_before_all_does() -> None:
    own, leadership = leader()
    assert (leadership.is_open, leadership.is_settled) == (False, False)
    leadership.on_appended(B.node, appended(own, B), NOW)
    leadership.propose([Rule(b"one")], NOW)
    assert (leadership.is_open, leadership.is_settled) == (True, False)


def test_a_follower_of_which_nothing_is_known_holds_nothing() -> None:
    _, leadership = leader(log_of((A, B, C), *rules(3)))
    assert leadership.matched(B) == leadership.matched(C) == 0


def test_what_waits_to_count_is_bounded() -> None:
    own, leadership = opened()
    leadership.propose(rules(2 * PROPOSALS_PENDING_MAX), NOW)
    assert own.log.head - own.log.commit == PROPOSALS_PENDING_MAX


# --- heartbeats that answer --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("epoch", "coordinator", "wrong_hash", "counts"),
    [(9, A, False, True), (9, A, True, False), (8, A, False, False), (9, C, False, False)],
    ids=["as it should be", "of another log", "of an earlier epoch", "of another's follower"],
)
def test_a_heartbeat_counts_where_it_proves_the_log_in_this_epoch(
    epoch: int, coordinator: Member, *, wrong_hash: bool, counts: bool
) -> None:
    member = consensus(A, None, B, C)
    for epoch_ in (8, 9):
        _elect(member, epoch_)
    assert member.leadership is not None
    member.leadership.on_status(C, 0, None, 0, NEVER)
    log = member.log
    instead = {"head_hash": bytes(8)} if wrong_hash else {}
    peer = member._peers.get(B.node)
    assert peer is not None
    peer.status = status_of(log, coordinator, epoch, **instead)
    member.on_heartbeat(peer, NOW)
    assert (log.commit == log.head) is counts


def _elect(member: Consensus, epoch: int) -> None:
    """Let A coordinate in an epoch."""
    own = member.voter
    own.promise(epoch, A)
    member._leadership = Leadership(own, NOW)


# --- the follower ------------------------------------------------------------------------------


def test_a_follower_takes_nothing_from_below_its_promise_and_says_so() -> None:
    own = voter(C, promised=6)
    told = follow_append(own, A.node, append_of(log_of((A, B, C), *rules(1)), A, 5, 1, 1), NOW)
    assert sent(told) == [Appended(LINEAGE, 6, C, False, 1, 0)]
    assert own.log.head == 1
    assert own.coordinator is None


def test_a_follower_takes_nothing_from_another_than_it_has_promised_the_epoch_to() -> None:
    own = voter(C)
    own.promise(6, B)
    append = append_of(log_of((A, B, C), *rules(1)), A, 6, 1, 1)
    assert follow_append(own, A.node, append, NOW) == []
    assert own.log.head == 1


def test_a_coordinator_speaks_for_itself_alone() -> None:
    own = voter(C)
    append = append_of(log_of((A, B, C), *rules(1)), A, 6, 1, 1)
    assert follow_append(own, B.node, append, NOW) == []
    assert own.log.head == 1


def test_a_follower_commits_no_further_than_its_log_is_matched() -> None:
    own = voter(C, log_of((A, B, C), *rules(3)))
    theirs = log_of((A, B, C), *rules(1))
    follow_append(own, A.node, append_of(theirs, A, 6, 1, 4), NOW)
    assert own.log.commit == 2
    assert own.log.head == 4


def test_a_follower_whose_log_differs_commits_nothing_and_says_where_it_stands() -> None:
    own = voter(C, log_of((A, B, C), *rules(3)))
    theirs = log_of((A, B, C), Rule(b"another"), Rule(b"behind it"), epoch=4)
    told = follow_append(own, A.node, append_of(theirs, A, 6, 2, 3), NOW)
    assert sent(told) == [Appended(LINEAGE, 6, C, False, 1, 0)]
    assert own.log.commit == 1


def test_a_late_append_drops_nothing_of_what_came_since() -> None:
    theirs = log_of((A, B, C), *rules(3), epoch=5)
    own = voter(C)
    late = append_of(theirs, A, 5, 1, 1)
    early = Append(LINEAGE, 5, A, 1, late.previous, late.entries[:1], 1, 0)
    follow_append(own, A.node, late, NOW)
    told = follow_append(own, A.node, early, NOW)
    assert sent(told) == [Appended(LINEAGE, 5, C, True, 4, 0)]
    assert own.log.head == 4


def test_a_coordinator_goes_when_it_follows_another() -> None:
    member = consensus(A, None, B, C)
    _elect(member, 8)
    theirs = log_of((A, B, C), *rules(1), epoch=9)
    member.on_message(B.node, elected(B, 9, B, C), OWN, NOW)
    member.on_message(B.node, append_of(theirs, B, 9, 1, 1), OWN, NOW)
    assert not member.coordinates
    assert member.coordinator == B


def test_a_coordinator_of_another_lineage_is_followed_by_nobody_who_was_not_called() -> None:
    member = consensus(C, None, A, B)
    theirs = log_of((A, B, C), *rules(1), epoch=9)
    member.on_message(A.node, elected(A, 9, A, B), OWN, NOW)
    assert member.on_message(A.node, append_of(theirs, A, 9, 1, 1, OTHER), OWN, NOW) == []
    assert member.coordinator is None
    assert member.log.head == 1


def test_nothing_is_decided_in_a_lineage_that_ends() -> None:
    member = consensus(A, log_of((A,)))
    _elect(member, 8)
    assert member.decides
    member.log.append(8, Yield(OTHER))
    assert member.log.commit < member.log.head
    member.log.commit_to(member.log.head)
    assert not member.decides


# --- the log -----------------------------------------------------------------------------------


def test_decrees_that_are_no_chain_are_refused_whole() -> None:
    log, theirs = log_of(), log_of((A, B, C), *rules(3))
    one, _, three = theirs.entries(1, 4)
    previous = log.head_hash
    assert not log.store(1, previous, [one, three])
    assert not log.store(1, bytes(16), [one])
    assert not log.store(2, theirs.hash_at(2) or b"", [theirs.entry(2)])
    assert log.head == 1


def test_what_is_dropped_from_a_log_takes_its_members_its_fork_and_its_end_along() -> None:
    for what in (AddMember(D), FoundLineage(OTHER, LINEAGE, 1, (A, B)), Yield(OTHER)):
        log = log_of((A, B, C), what)
        before = log_of((A, B, C), Rule(b"instead"), epoch=7)
        assert log.store(1, before.hash_at(1) or b"", before.entries(1, 2))
        assert log.members == (A, B, C)
        assert log.lineage == LINEAGE
        assert log.yields_to is None


def test_a_change_of_members_holds_at_once_and_is_settled_when_it_counts() -> None:
    log = log_of((A, B, C), AddMember(D))
    assert log.members == (A, B, C, D)
    assert not log.members_settled
    log.commit_to(2)
    assert log.members_settled


def test_a_prefix_has_the_members_that_were_then() -> None:
    log = log_of((A, B, C), AddMember(D))
    log.commit_to(2)
    assert log.prefix(1).members == (A, B, C)


def test_a_decrees_hash_tells_its_epoch_its_content_and_all_before_it() -> None:
    hashes = {
        made.head_hash
        for made in (
            log_of((A, B, C), *rules(2)),
            log_of((A, B, C), *rules(2), epoch=2),
            log_of((A, B), *rules(2)),
            log_of((A, B, C), Rule(b"0"), Rule(b"2")),
        )
    }
    assert len(hashes) == 4


def test_an_append_is_one_datagram_of_large_decrees_too() -> None:
    log = log_of((A, B, C), *(Rule(bytes(DECREE_BODY_BYTES_MAX)) for _ in range(3)))
    assert [len(log.batch(index)) for index in (0, 1, 2, 3)] == [1, 1, 1, 1]


def test_a_log_takes_so_many_decrees_and_no_more() -> None:
    log, theirs = log_of(), log_of((A, B, C), *rules(3))
    with patch("net.cluster.log.DECREES_MAX", 3):
        assert not log.store(1, log.head_hash, theirs.entries(1, 4))
        assert log.store(1, log.head_hash, theirs.entries(1, 3))


def test_histories_agree_no_further_than_ours_counts() -> None:
    log = log_of((A, B, C), *rules(4))
    assert log.agrees_up_to(log.milestones()) == 0
    log.commit_to(4)
    assert 0 < log.agrees_up_to(log.milestones()) < 4


def test_what_a_journal_holds_behind_a_stray_decree_counts_no_more() -> None:
    log, other = log_of((A, B, C), *rules(3)), log_of((A, B), *rules(3))
    kept = [log.entry(0), log.entry(1), other.entry(2), log.entry(2)]
    assert kept_log(kept).head == 2
    assert kept_log([log.entry(1)]).head == 0


# --- what is told ------------------------------------------------------------------------------


def test_a_program_is_told_what_counts_and_no_more() -> None:
    member = consensus(C, log_of((A, B, C), *rules(2)), A, B)
    log = member.log
    member.on_message(A.node, elected(A, 9, A, B), OWN, NOW)
    told = member.on_message(A.node, append_of(log, A, 9, 3, 1), OWN, NOW)
    assert [each.decree.index for each in told if isinstance(each, Committed)] == []
    told = member.on_message(A.node, append_of(log, A, 9, 1, 2), OWN, NOW)
    assert [each.decree.index for each in told if isinstance(each, Committed)] == [1]


def test_a_member_goes_when_its_removal_or_the_lineages_end_counts_and_not_before() -> None:
    for what in (RemoveMember(C), Yield(OTHER)):
        member = consensus(C, None, A, B)
        theirs = log_of((A, B, C), what, epoch=9)
        member.on_message(A.node, elected(A, 9, A, B), OWN, NOW)
        told = member.on_message(A.node, append_of(theirs, A, 9, 1, 1), OWN, NOW)
        assert not any(isinstance(each, LineageLost) for each in told)
        told = member.on_message(A.node, append_of(theirs, A, 9, 1, 2), OWN, NOW)
        assert any(isinstance(each, LineageLost) for each in told)
