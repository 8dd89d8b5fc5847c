"""Reads out how this node and its peers stand, for whoever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from net.limits import MILLISECOND, SECOND
from net.readout import PeerReadout, Readout
from net.wire.messages import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable

    from net.cluster.causal.operations import OperationStore
    from net.cluster.local_health import LocalHealth
    from net.cluster.race_clock import RaceClock
    from net.ids import NodeId
    from net.node.lineage.lifecycle import Lifecycle
    from net.node.peers import Peer, Peers

AGE_NS_MAX: Final = 3600 * SECOND  # older is as good as never


def read_out(
    lifecycle: Lifecycle,
    peers: Peers,
    operations: OperationStore,
    clock: RaceClock,
    health: LocalHealth,
    now_ns: int,
) -> Readout:
    """Return how a node stands now."""
    consensus = lifecycle.consensus
    voter = None if consensus is None else consensus.voter
    log = None if voter is None else voter.log
    return Readout(
        me=lifecycle.me.node,
        incarnation=lifecycle.me.incarnation,
        place=lifecycle.place.value,
        lineage=lifecycle.lineage,
        coordinator=lifecycle.coordinator,
        epoch=0 if voter is None else voter.epoch,
        promised=0 if voter is None else voter.promised,
        election="" if consensus is None else consensus.election.value,
        is_member=voter is not None and voter.is_member,
        members=() if log is None else tuple(member.node for member in log.members),
        begins=0 if log is None else log.folded,
        commit=0 if log is None else log.commit,
        head=0 if log is None else log.head,
        kept=None if voter is None else voter.kept,
        clock=_by_node(operations.clock.entries()),
        operations=len(operations),
        timeout_scale=max(1.0, health.score),
        peers=tuple(_read_out_peer(peer, peers, operations, clock, now_ns) for peer in peers),
    )


def _by_node(entries: Iterable[Cause]) -> tuple[tuple[NodeId, int], ...]:
    """Return how many operations of each node there are, over all its lives."""
    counts: dict[NodeId, int] = {}
    for entry in entries:
        counts[entry.node] = counts.get(entry.node, 0) + entry.n
    return tuple(sorted(counts.items()))


def _read_out_peer(
    peer: Peer, peers: Peers, operations: OperationStore, clock: RaceClock, now_ns: int
) -> PeerReadout:
    status, beats = peer.status, peer.beats
    age_ns = now_ns - beats.heard_ns
    coordinator = None if status is None else status.coordinator
    return PeerReadout(
        node=peer.node,
        name=peer.name,
        incarnation=peer.incarnation,
        health=peer.health.value,
        heard_ms=age_ns // MILLISECOND if 0 <= age_ns < AGE_NS_MAX else None,
        rtt_ms=clock.rtt_ms(peer.node),
        loss=clock.loss(peer.node),
        sent_bytes=peer.notes.sent_bytes,
        received_bytes=peer.notes.received_bytes,
        version=peers.version_with(peer.node),
        lineage=peer.lineage,
        follows=None if coordinator is None else coordinator.node,
        epoch=0 if status is None else status.epoch,
        commit=0 if status is None else status.commit,
        head=0 if status is None else status.head,
        kept=None if status is None else status.kept,
        is_member=status is not None and status.member,
        is_fit=status is not None and status.fit,
        operations=peer.operations,
        is_equal=peer.vector_hash == operations.vector_hash(),
        doubts=peer.notes.doubts,
    )
