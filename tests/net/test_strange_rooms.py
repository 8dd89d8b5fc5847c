"""Which rooms a node that holds a history stays out of, as it comes back."""

from __future__ import annotations

from random import Random

from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.cluster.snapshot import SnapshotCounters
from net.ids import NO_LINEAGE, LineageId, Member
from net.limits import STUCK_NS
from net.node.lineage.approach import Approach, Entry
from net.node.lineage.joining import Joining
from net.node.peers import Peer, Peers
from net.wire.decrees import FoundLineage
from net.wire.messages import Status

A, B, C, D = (Member(bytes([n]) * 16, 1) for n in range(1, 5))
OURS, OTHER = LineageId(bytes([7]) * 8), LineageId(bytes([8]) * 8)


def room_of(lineage: LineageId, *members: Member) -> DecreeLog:
    log = DecreeLog()
    log.append(1, FoundLineage(lineage, NO_LINEAGE, 0, members))
    log.commit_to(1)
    return log


def member_of(log: DecreeLog, member: Member) -> Peer:
    status = Status(
        log.precedence(idle=True, age_ns=0), 1, D, True, True, 1, log.head, log.head_hash[:8], 1
    )
    return Peer(member.node, member.incarnation, "", Health.ALIVE, status)


def joining(history: DecreeLog, *peers: Peer) -> Joining:
    table = Peers()
    for peer in peers:
        table.put(peer)
    approach, counters = Approach(Entry.FOUND), SnapshotCounters()
    return Joining(A, None, history, approach, table, Random(1), counters, 0)


def test_who_comes_back_last_goes_where_most_of_its_room_have_gone() -> None:
    history, theirs = room_of(OURS, A, B, C), room_of(OTHER, D, B, C)
    assert joining(history, member_of(theirs, B))._is_foreign_lineage(theirs), "one of three"
    assert joining(history, member_of(theirs, D))._is_foreign_lineage(theirs), "no one of them"
    most = joining(history, member_of(theirs, B), member_of(theirs, C))
    assert not most._is_foreign_lineage(theirs)


def test_a_room_is_strange_until_most_of_ours_are_in_it() -> None:
    history, theirs = room_of(OURS, A, B, C), room_of(OTHER, D, B, C)
    late = member_of(theirs, C)
    late.health = Health.DOWN
    life = joining(history, member_of(theirs, B), member_of(theirs, D), late)
    life._strange.add(OTHER)
    assert life._best_lineage() is None
    assert life.should_found(STUCK_NS)
    late.health = Health.ALIVE
    assert life._best_lineage() == OTHER
    assert not life.should_found(STUCK_NS)
