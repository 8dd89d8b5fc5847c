"""What a coordinator may still do when it has promised to follow another."""

from __future__ import annotations

from random import Random

from net.cluster.actions import Send
from net.cluster.log import DecreeLog
from net.cluster.replication import Leadership, follow_append
from net.cluster.voter import Voter
from net.ids import NO_LINEAGE, Member
from net.limits import HEARTBEAT_NS, MAJORITY_LOST_NS, TICK_NS
from net.node.lineage.consensus import Consensus, OwnState
from net.node.peers import Peers
from net.sim.crypto import stand_in_signet
from net.wire.decrees import FoundLineage, Rule
from net.wire.messages import Append, Appended, ForkAnswer, ForkCall, Prepare
from tests.net.disks import good_disk, keep, no_disk
from tests.net.guarded import elected, promise_to
from tests.net.healths import ON_TIME

A, B, C = (Member(bytes([n]) * 16, 1) for n in (1, 2, 3))
LINEAGE = b"lineage1"
OWN = OwnState(idle=True, leaving=False, fit=True)


def opened() -> tuple[Voter, Leadership]:
    """Return a leadership of A over three, whose opening is committed."""
    log = DecreeLog()
    log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, (A, B, C)))
    voter = Voter(A, ON_TIME, good_disk(), stand_in_signet(A.node), log, promised=5, promised_to=A)
    leadership = Leadership(voter, 0)
    leadership.on_tick([B, C], 0)
    keep(log)
    leadership.on_appended(B.node, Appended(LINEAGE, 5, B, True, log.head, log.head), 0)
    assert leadership.is_settled
    return voter, leadership


def test_who_promised_another_decrees_nothing_more() -> None:
    """Seed 2812: the candidate had counted the promise, and came to lead without the decree."""
    voter, leadership = opened()
    head = voter.log.head
    voter.promise(6, B)
    assert leadership.propose([Rule(b"too late")], 0) == []
    assert voter.log.head == head


def test_what_is_held_after_the_promise_commits_nothing() -> None:
    voter, leadership = opened()
    leadership.propose([Rule(b"on its way")], 0)
    keep(voter.log)
    commit = voter.log.commit
    voter.promise(6, B)
    leadership.on_appended(C.node, Appended(LINEAGE, 5, C, True, voter.log.head, voter.log.head), 0)
    assert voter.log.commit == commit


def test_who_is_deposed_by_hearsay_follows_whoever_won_that_epoch() -> None:
    """It took the epoch for promised to itself, was deaf to the winner, and stood against it."""
    voter, leadership = opened()
    leadership.on_appended(C.node, Appended(LINEAGE, 9, C, False, 0, 0), 0)
    assert leadership.deposed(0)
    head = voter.log.head
    append = Append(LINEAGE, 9, B, head, voter.log.head_hash, (), head, 0)
    told = follow_append(voter, B.node, append, 0)
    assert told == [Send(B.node, Appended(LINEAGE, 9, A, True, head, head))]
    assert voter.coordinator == B


def test_who_answered_a_call_and_then_presides_alone_goes_along_with_it_no_more() -> None:
    """Seed 8817: it went over to an earlier epoch, in the lineage that it had just founded."""
    log = DecreeLog()
    log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, (A, B, C)))
    log.commit_to(1)
    consensus = Consensus(
        A, log, Peers(), ON_TIME, no_disk(), stand_in_signet(A.node), Random(1), 0
    )
    consensus.on_tick(OWN, 0)
    called = b"lineage2"
    told = consensus.on_message(B.node, ForkCall(LINEAGE, called, B), OWN, 0)
    assert any(isinstance(what, Send) and isinstance(what.message, ForkAnswer) for what in told)
    for now_ns in range(0, 2 * MAJORITY_LOST_NS, TICK_NS):
        consensus.on_tick(OWN, now_ns)
    assert consensus.coordinates
    previous = log.hash_at(1)
    assert previous is not None
    stray = Append(called, 2, B, 1, previous, (), 1, 0)
    consensus.on_message(B.node, stray, OWN, 2 * MAJORITY_LOST_NS)
    assert consensus.coordinates
    assert consensus.coordinator == A


def test_who_goes_along_with_a_fork_has_no_vote_any_more_where_it_comes_from() -> None:
    """Found by the explorer: its promises there were forgotten, and it gave one below them."""
    log = DecreeLog()
    log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, (A, B, C)))
    log.commit_to(1)
    consensus = Consensus(
        C, log, Peers(), ON_TIME, no_disk(), stand_in_signet(C.node), Random(1), 0
    )
    consensus.on_tick(OWN, 0)
    high = promise_to(A, 13, C)
    assert Send(A.node, high) in consensus.on_message(A.node, Prepare(LINEAGE, 13, A, None), OWN, 0)
    called = b"lineage2"
    consensus.on_message(B.node, ForkCall(LINEAGE, called, B), OWN, 0)
    unknown = Append(called, 5, B, 3, bytes(16), (), 1, 0)
    told = consensus.on_message(B.node, unknown, OWN, 0)
    assert Send(B.node, Appended(called, 5, C, False, 1, 0)) in told
    below = consensus.on_message(A.node, Prepare(LINEAGE, 12, A, None), OWN, 0)
    assert not any(isinstance(what, Send) for what in below)
    consensus.on_message(A.node, elected(A, 13, A, C), OWN, 0)
    old = consensus.on_message(A.node, Append(LINEAGE, 13, A, 1, log.head_hash, (), 1, 0), OWN, 0)
    assert not any(isinstance(what, Send) for what in old)
    assert consensus.coordinator == B


def test_a_decree_without_answer_is_sent_again_after_a_tick_and_then_at_the_pace_of_beats() -> None:
    voter, leadership = opened()
    head = voter.log.head
    leadership.propose([Rule(b"a word")], 0)
    sent = [
        now_ns // TICK_NS
        for now_ns in range(TICK_NS, 10 * TICK_NS, TICK_NS)
        for send in leadership.on_tick([B, C], now_ns)
        if send.to == B.node and isinstance(send.message, Append) and send.message.index == head
    ]
    pace = -(-HEARTBEAT_NS // TICK_NS)
    assert sent[:3] == [1, 1 + pace, 1 + 2 * pace]
    keep(voter.log)
    held = Appended(LINEAGE, 5, B, True, voter.log.head, voter.log.head)
    leadership.on_appended(B.node, held, 9 * TICK_NS)
    assert voter.log.commit == voter.log.head
