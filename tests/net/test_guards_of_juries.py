"""Whom a follower believes, of whom it takes what, and whom it holds for what (ADR 49, 50)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from net.cluster.judging.jury import Leader, Ruled
from net.cluster.log import DecreeLog
from net.ids import Dot
from net.limits import (
    EPOCH_KEPT_MAX,
    EPOCH_LEAP_MAX,
    EPOCH_MAX,
    PEERS_MAX,
    SECOND,
)
from net.node.counters import Implausible
from net.node.lineage.mandate import fault_of, lags_behind_most, may_follow, named_by_most
from net.node.outgoing.quota import Quota
from net.node.peers import Peers
from net.security.signet import Signet
from net.sim.crypto import stand_in_signet
from net.wire.decrees import AddMember, Order, RemoveMember
from net.wire.messages import Append, Ballot, Fetch, Fetched, ForkCall, Prepare
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
    consensus,
    elected,
    handed_over,
    log_of,
    rules,
    sent,
    status_of,
    vote_for,
    voter,
)
from tests.net.test_guards_of_lineages import peer_of, reconfiguration
from tests.net.test_jury import following, take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.ids import Member
    from net.node.lineage.consensus import Consensus
    from net.wire.decrees import Decree, DecreeBody

ROOM = (A, B, C)


class Clerk:
    """A program that takes all, and notes which decrees it was asked about, and after which."""

    def __init__(self) -> None:
        self.asked: list[list[DecreeBody]] = []

    def judge(self, ahead: Sequence[Decree], _by: Leader, _waited_ns: int, _now_ns: int) -> Ruled:
        self.asked.append([each.what for each in ahead])
        return Ruled.FITS


def with_clerk() -> tuple[Consensus, Clerk]:
    follower, clerk = consensus(B, log_of(), A, C), Clerk()
    follower._peers.jury.judge = clerk.judge
    follower.on_message(A.node, elected(A, 2, A, B), OWN, NOW)
    return follower, clerk


# --- what is judged -----------------------------------------------------------------------------


def test_places_are_judged_of_who_leads_now_and_not_of_who_led_before() -> None:
    follower, clerk = with_clerk()
    place, before = Order(Dot(A.node, 1, 1)), Order(Dot(A.node, 1, 2))
    theirs = log_of(ROOM, before)
    theirs.append(2, place)
    take(follower, append_of(theirs, A, 2, 1, 1))
    assert follower.log.head == 3
    assert clerk.asked == [[before, place]]


def test_what_does_not_follow_our_log_or_is_below_our_promise_is_judged_by_nobody() -> None:
    follower, clerk = with_clerk()
    elsewhere = log_of(ROOM, *rules(3))
    take(follower, append_of(elsewhere, A, 2, 3, 1))
    take(follower, replace(append_of(log_of(ROOM, *rules(1)), A, 2, 1, 1), lineage=OTHER))
    follower.voter.promise(9, C)
    take(follower, append_of(log_of(ROOM, *rules(1)), A, 2, 1, 1))
    assert clerk.asked == []


def test_what_the_program_does_not_know_yet_goes_before_what_is_judged() -> None:
    follower, clerk = with_clerk()
    first, second = rules(2)
    take(follower, append_of(log_of(ROOM, first), A, 2, 1, 1))
    take(follower, append_of(log_of(ROOM, first, second), A, 2, 2, 1))
    assert clerk.asked == [[first], [first, second]]


def test_who_is_named_by_another_is_not_held_for_what_that_one_sends() -> None:
    follower, _, append = following(Ruled.REFUSED)
    follower.on_message(C.node, append, OWN, NOW)
    assert follower._peers.jury.distrusted == set()
    take(follower, append)
    assert follower._peers.jury.distrusted == {A.node}


# --- what becomes of it -------------------------------------------------------------------------


def test_who_is_followed_and_decrees_what_is_refused_leads_no_more() -> None:
    follower, opinion, append = following(Ruled.FITS)
    take(follower, replace(append, entries=append.entries[:1]))
    assert follower.coordinator == A
    opinion.ruled = Ruled.REFUSED
    take(follower, append)
    assert follower.coordinator is None


def test_who_decreed_what_is_refused_stays_distrusted_until_most_have_taken_it() -> None:
    follower, _, append = following(Ruled.REFUSED)
    take(follower, append)
    follower.on_tick(OWN, NOW)
    assert follower._peers.jury.distrusted == {A.node}


def test_who_is_distrusted_is_still_told_what_it_asks_for() -> None:
    """It may hold decrees that others made, and ask for those that it lacks."""
    follower, _, append = following(Ruled.REFUSED)
    take(follower, append)
    (told,) = sent(follower.on_message(A.node, Fetch(LINEAGE, 2, 0), OWN, NOW))
    assert isinstance(told, Fetched)


def test_what_waits_has_waited_since_it_first_did() -> None:
    follower, opinion, append = following(Ruled.WAITS)
    take(follower, append)
    for later in (7, 9):
        follower.on_tick(OWN, NOW + later)
        assert opinion.asked[-1][2] == later


# --- who is shut out ----------------------------------------------------------------------------


def test_who_is_convicted_or_excluded_goes_out_and_comes_in_no_more() -> None:
    for shut_out in ("convicted", "excluded"):
        changing, leadership, log = reconfiguration(peer_of(B), peer_of(C), peer_of(D))
        leadership.on_status(D, log.head, None, log.commit, NOW)
        assert changing.next_decree(leadership, True, 0, NOW) == AddMember(D)
        for node, due in ((D.node, None), (B.node, RemoveMember(B))):
            if shut_out == "convicted":
                changing._peers.convicted = {node}
            else:
                changing._peers.jury.excluded = frozenset({node})
            decreed = changing.next_decree(leadership, True, 0, NOW)
            assert decreed == due, shut_out


# --- who leads ----------------------------------------------------------------------------------


def telling(**of: tuple[Member, Member | None]) -> Peers:
    """Return peers, each of which says that somebody coordinates."""
    peers = Peers()
    for member, coordinator in of.values():
        peer = peer_of(member)
        peer.status = status_of(log_of((A, B, C, D)), coordinator)
        peers.put(peer)
    return peers


def test_along_with_a_fork_one_follows_who_called_for_it_and_nobody_else() -> None:
    own, call = voter(B), ForkCall(LINEAGE, OTHER, C)
    for coordinator, follows in ((C, True), (D, False)):
        append = Append(OTHER, 3, coordinator, 0, bytes(16), (), 0, 0)
        assert may_follow(own, append, call, [B], Peers()) is follows


def test_who_has_no_vote_follows_whom_most_name() -> None:
    learner = voter(E, log_of((A, B, C, D)))
    peers = telling(a=(A, A), b=(B, A), c=(C, C))
    for coordinator, follows in ((A, True), (C, False), (D, False)):
        append = Append(LINEAGE, 3, coordinator, 0, bytes(16), (), 0, 0)
        assert may_follow(learner, append, None, [A, B, C], peers) is follows


def test_what_members_of_another_lineage_say_names_nobody() -> None:
    own, peers = voter(D, log_of((A, B, C, D))), telling(a=(A, A), b=(B, A), c=(C, A))
    append = Append(LINEAGE, 3, A, 0, bytes(16), (), 0, 0)
    assert may_follow(own, append, None, [A, B, C, D], peers)
    for member in (B, C):
        peer = peers.get(member.node)
        assert peer is not None
        assert peer.status is not None
        elsewhere = replace(peer.status.precedence, lineage=OTHER)
        peer.status = replace(peer.status, precedence=elsewhere)
    assert not may_follow(own, append, None, [A, B, C, D], peers)


def test_who_is_named_by_most_leads_and_says_so_itself() -> None:
    own = voter(D, log_of((A, B, C, D)))
    assert named_by_most(own, telling(a=(A, A), b=(B, A), c=(C, C))) == A
    assert named_by_most(own, telling(a=(A, A), b=(B, B), c=(C, C))) is None
    assert named_by_most(own, telling(a=(A, None), b=(B, A), c=(C, A))) is None, "it does not"


def test_half_that_are_ahead_are_not_most() -> None:
    peers = telling(a=(A, A), b=(B, A), c=(C, A))
    behind = DecreeLog()
    behind.append(1, log_of((A, B, C, D)).entry(0).what)
    peer = peers.get(A.node)
    assert peer is not None
    assert peer.status is not None
    peer.status = replace(peer.status, commit=9)
    assert not lags_behind_most(behind, peers)


# --- votes and hand-overs -----------------------------------------------------------------------


def test_a_member_votes_once_in_an_epoch_and_goes_back_to_none() -> None:
    own = voter(B, log_of((A, B, C, D)))
    assert own.take_vote(vote_for(A, 8, C))
    assert own.take_vote(vote_for(A, 8, C)), "it may come again"
    assert not own.take_vote(vote_for(D, 8, C))
    assert not own.take_vote(vote_for(D, 7, C))
    assert own.take_vote(vote_for(D, 9, C))
    assert not own.take_vote(vote_for(D, 9 + 2 * EPOCH_LEAP_MAX, A))


def test_an_epoch_that_nobody_can_go_on_from_is_plausible_to_nobody() -> None:
    own = voter(B)
    own.promised = own._given = EPOCH_KEPT_MAX + EPOCH_LEAP_MAX
    assert own.may_be_honest(own.promised)
    assert not own.may_be_honest(own.promised + 1)
    part = Fetched(LINEAGE, 7, 1, log_of(ROOM, *rules(1), epoch=EPOCH_MAX).batch(1), 2)
    assert fault_of(voter(B), part) is Implausible.EPOCH


def test_a_hand_over_is_shown_by_whom_it_names_and_signed_by_who_leads() -> None:
    own = voter(B)
    own.follow(7, A, NOW)
    to_c = handed_over(A, 7, C)
    assert fault_of(own, Prepare(LINEAGE, 8, C, to_c)) is None
    assert fault_of(own, Prepare(LINEAGE, 8, D, to_c)) is Implausible.HAND_OVER
    assert own.may_succeed(to_c, C)
    assert not own.may_succeed(replace(to_c, signature=bytes(64)), C)


def test_what_is_signed_counts_as_what_it_was_signed_for_by_whom_and_where() -> None:
    own, other = stand_in_signet(B.node), stand_in_signet(C.node)
    vote = vote_for(A, 8, C)
    assert own.holds(vote)
    assert not own.holds(replace(vote, signature=bytes(64)))
    assert not own.holds(other.vote(LINEAGE, 8, A, D)), "in another's name"
    handed = handed_over(C, 8, C)
    assert own.holds(handed)
    assert not own.holds(Ballot(LINEAGE, 8, C, C, handed.key, handed.signature))
    elsewhere = Signet(own._key, own._sign, own._verify, b"another room", own._node_of)
    assert not elsewhere.holds(vote)


# --- quotas -------------------------------------------------------------------------------------


def test_a_quota_saves_up_no_more_than_its_burst_and_lends_nothing() -> None:
    quota = Quota(burst=5, per_s=1)
    assert quota.may_take(A.node, 3, 0)
    assert not quota.may_take(A.node, 3, 0)
    assert quota.may_take(A.node, 2, 0), "what was refused was not taken"
    assert not quota.may_take(A.node, 6, 100 * SECOND)
    assert quota.may_take(A.node, 5, 100 * SECOND)


def test_quotas_are_kept_of_so_many() -> None:
    quota = Quota(1, 1)
    for k in range(PEERS_MAX + 9):
        quota.may_take(k.to_bytes(16, "big"), 1, 0)
    assert len(quota._buckets) == PEERS_MAX


def test_what_was_taken_on_credit_is_paid_before_more_is_taken() -> None:
    quota = Quota(burst=2, per_s=1)
    quota.charge(A.node, 5, 0)
    assert not quota.may_take(A.node, 0, 2 * SECOND)
    assert quota.may_take(A.node, 0, 3 * SECOND)
    assert not quota.may_take(A.node, 1, 3 * SECOND)
