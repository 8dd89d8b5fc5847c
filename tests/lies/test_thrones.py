"""Lies of a member about who coordinates, in which epoch, and what it holds; and what they cost."""

from __future__ import annotations

from random import Random

import msgspec
import pytest

from net.cluster.election import Election, Won
from net.cluster.log import DecreeLog
from net.cluster.log_adoption import kept_log
from net.ids import NO_LINEAGE
from net.limits import CANDIDACY_NS, EPOCH_LEAP_MAX, EPOCH_MAX, HEED_NS, STAGGER_NS, TICK_NS
from net.node.lineage.consensus import Consensus
from net.node.lineage.lineage_readout import LineageLost
from net.wire.decrees import Decree, FoundLineage, Noop, RemoveMember
from net.wire.messages import (
    Append,
    Appended,
    Ballot,
    Elected,
    Fetched,
    HandOver,
    Prepare,
    Promise,
    Refusal,
)
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
    leader,
    log_of,
    promise_to,
    rules,
    sent,
    vote_for,
    voter,
)

LIAR = D  # of a room of four: A coordinates, B and C are honest too
ROOM = (A, B, C, LIAR)


def follower() -> Consensus:
    """Return B, that follows A in epoch 7."""
    member = consensus(B, log_of(ROOM), A, C, LIAR)
    member.on_message(A.node, elected(A, 7, A, B, C), OWN, NOW)
    member.on_message(A.node, append_of(log_of(ROOM), A, 7, 1, 1), OWN, NOW)
    assert member.coordinator == A
    return member


# --- the office -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "handed",
    [
        None,
        handed_over(LIAR, 7, LIAR),
        handed_over(A, 6, LIAR),
        handed_over(A, 7, LIAR, OTHER),
        handed_over(A, 7, C),
        msgspec.structs.replace(handed_over(LIAR, 7, LIAR), coordinator=A),
    ],
    ids=["none", "its own", "of an epoch before", "of elsewhere", "to another", "forged"],
)
def test_nobody_is_promised_to_whom_the_coordinator_did_not_hand_over(
    handed: HandOver | None,
) -> None:
    member = follower()
    stands = Prepare(LINEAGE, 8, LIAR, handed)
    answers = sent(member.on_message(LIAR.node, stands, OWN, NOW))
    assert answers in ([], [Refusal(LINEAGE, 7)])
    assert member.coordinator == A


def test_who_was_decreed_out_is_promised_nothing_though_it_holds_a_hand_over() -> None:
    member = follower()
    theirs = log_of(ROOM, RemoveMember(LIAR), epoch=7)
    member.on_message(A.node, append_of(theirs, A, 7, 1, 2), OWN, NOW)
    stands = Prepare(LINEAGE, 8, LIAR, handed_over(A, 7, LIAR))
    assert sent(member.on_message(LIAR.node, stands, OWN, NOW)) == []
    handed = Prepare(LINEAGE, 8, C, handed_over(A, 7, C))
    promised = sent(member.on_message(C.node, handed, OWN, NOW))
    assert [type(message) for message in promised] == [Promise]


@pytest.mark.parametrize(
    "votes",
    [
        (),
        (vote_for(LIAR, 8, LIAR),),
        (vote_for(LIAR, 8, LIAR), vote_for(LIAR, 8, C)),
        (vote_for(LIAR, 8, LIAR), *(vote_for(LIAR, 8, C),) * 3),
        (vote_for(LIAR, 8, LIAR), vote_for(C, 8, C), vote_for(LIAR, 7, B)),
        tuple(msgspec.structs.replace(vote_for(LIAR, 8, LIAR), voter=each) for each in ROOM),
    ],
    ids=["none", "its own", "half", "one thrice", "others", "forged"],
)
def test_nobody_coordinates_by_its_own_word(votes: tuple[Ballot, ...]) -> None:
    member = follower()
    if votes:
        member.on_message(LIAR.node, Elected(votes), OWN, NOW)
    usurped = log_of(ROOM, *rules(1), epoch=8)
    assert sent(member.on_message(LIAR.node, append_of(usurped, LIAR, 8, 1, 2), OWN, NOW)) == []
    assert (member.coordinator, member.log.head) == (A, 1)


def test_no_word_of_a_base_far_ahead_drives_a_member_out() -> None:
    member = follower()
    ahead = Append(LINEAGE, 7, A, 900, bytes(16), (), 900, 900)
    told = member.on_message(A.node, ahead, OWN, NOW)
    assert not any(isinstance(each, LineageLost) for each in told)


# --- words that one comes too late ------------------------------------------------------------


def test_one_member_unseats_a_coordinator_once_in_a_while_and_a_stranger_never() -> None:
    own, leadership = leader(log_of((A, B, C)))
    leadership.on_appended(D.node, Appended(LINEAGE, 9, D, False, 0, 0), NOW)
    assert not leadership.deposed(NOW)
    leadership.on_appended(C.node, Appended(LINEAGE, 9, C, False, 0, 0), NOW)
    assert leadership.deposed(NOW)
    own.promise(10, A)
    again = type(leadership)(own, NOW)
    again.on_appended(C.node, Appended(LINEAGE, 12, C, False, 0, 0), NOW + HEED_NS - 1)
    assert not again.deposed(NOW)


def test_one_member_that_refuses_every_round_holds_up_one() -> None:
    election = Election(voter(A, log_of(ROOM)), Random(1))
    now_ns, won = NOW, False
    for _ in range(4):
        (epoch, *_) = [
            message.epoch
            for message in sent(election.on_tick(True, 0, now_ns))
            if isinstance(message, Prepare)
        ]
        election.on_refusal(LIAR.node, Refusal(LINEAGE, epoch + 5), now_ns)
        for honest in (B, C):
            won = won or Won() in election.on_promise(
                honest.node, promise_to(A, epoch, honest), now_ns
            )
        now_ns += CANDIDACY_NS + STAGGER_NS
        if won:
            break
    assert now_ns <= NOW + 2 * (CANDIDACY_NS + STAGGER_NS)


def test_who_claims_a_better_log_and_does_not_give_it_holds_up_one_round() -> None:
    election = candidate(log_of(ROOM))
    for each in (B, LIAR):
        election.on_promise(each.node, promise_to(A, 2, each, 1, 2 if each == LIAR else 1), NOW)
    assert election.asks(LIAR.node)
    later = NOW + CANDIDACY_NS + 1
    election.on_tick(True, 0, later)
    (again, *_) = sent(election.on_tick(True, 0, later + STAGGER_NS))
    assert isinstance(again, Prepare)
    now_ns = later + STAGGER_NS
    election.on_promise(LIAR.node, promise_to(A, again.epoch, LIAR, 1, 2), now_ns)
    election.on_promise(B.node, promise_to(A, again.epoch, B), now_ns)
    won = election.on_promise(C.node, promise_to(A, again.epoch, C), now_ns)
    assert won == [Won()]


# --- epochs -----------------------------------------------------------------------------------


def test_no_promise_claims_a_log_from_the_epoch_that_it_promises() -> None:
    election = candidate(log_of(ROOM))
    election.on_promise(LIAR.node, promise_to(A, 2, LIAR, 2, 9), NOW)
    election.on_promise(B.node, promise_to(A, 2, B), NOW)
    assert election.on_promise(C.node, promise_to(A, 2, C), NOW) == [Won()]


def test_what_members_make_of_any_epoch_that_they_believe_can_be_read() -> None:
    own = voter(A)
    for _ in range(4):
        own.promised = own._given = EPOCH_MAX - 2 * EPOCH_LEAP_MAX
        assert own.may_be_honest(own.promised + EPOCH_LEAP_MAX)
        assert not own.may_be_honest(EPOCH_MAX - EPOCH_LEAP_MAX + 1)


def test_a_journal_with_an_absurd_epoch_goes_on_from_what_was_before() -> None:
    log = DecreeLog()
    log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, (A, B)))
    log.append(1, Noop())
    log.append(EPOCH_MAX, Noop())
    kept = kept_log(log.entries(0, 3))
    assert (kept.head, kept.head_epoch) == (2, 1)
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(
            msgspec.msgpack.encode(Decree(2**53, 0, bytes(16), Noop())), type=Decree
        )


def test_nobody_is_told_an_entry_of_an_epoch_above_its_coordinators() -> None:
    member = follower()
    theirs = log_of(ROOM, *rules(1), epoch=9)
    assert sent(member.on_message(A.node, append_of(theirs, A, 7, 1, 2), OWN, NOW + TICK_NS)) == []
    assert member.log.head == 1
    part = Fetched(LINEAGE, 7, 1, log_of(ROOM, *rules(1), epoch=EPOCH_MAX).batch(1), 2)
    member.on_message(LIAR.node, part, OWN, NOW)
    assert member.log.head == 1
