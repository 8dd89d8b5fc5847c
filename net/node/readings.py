"""What may be read of a node: by the program on it (`NodeView`), and by who checks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from net.counters import Counts
from net.ids import NO_LINEAGE
from net.node.lineage.rapport import Rapport
from net.node.lineage.standing import read_out
from net.node.program import PeerState
from net.readout import Lag, Readout

if TYPE_CHECKING:
    from net.cluster.causal.operations import OperationStore
    from net.cluster.loop_monitor import LoopMonitor
    from net.cluster.race_clock import RaceClock
    from net.ids import Address, Digest, Dot, LineageId, NodeId
    from net.node.checkpoints import Checkpoints
    from net.node.command_checks import CommandChecks
    from net.node.frame_reader import FrameReader
    from net.node.lineage.consensus import Consensus
    from net.node.lineage.lifecycle import Lifecycle
    from net.node.liveness import Liveness
    from net.node.outgoing.outbox import Outbox
    from net.node.peers import Peer, Peers
    from net.node.replica import Replica
    from net.node.session_layer import SessionLayer
    from net.wire.versions import Versions


class NodeReadings:
    """The parts of a node, as far as they are read. Reading changes nothing."""

    me: NodeId
    _transport: SessionLayer
    _peers: Peers
    _frames: FrameReader
    _loop: LoopMonitor
    _clock: RaceClock
    _replica: Replica
    _checkpoints: Checkpoints
    _lifecycle: Lifecycle
    _liveness: Liveness
    _outbox: Outbox
    _checks: CommandChecks

    # --- what the program may read (NodeView) -------------------------------------------------

    @property
    def incarnation(self) -> int:
        return self._lifecycle.me.incarnation

    @property
    def decides(self) -> bool:
        consensus = self._lifecycle.consensus
        return self._lifecycle.decides and consensus is not None and not consensus.log.is_full

    @property
    def synced(self) -> bool:
        return self._lifecycle.synced

    @property
    def given(self) -> int:
        return self._lifecycle.storage.given

    @property
    def kept(self) -> int:
        storage = self._lifecycle.storage
        return storage.written if storage.keeps else storage.given

    def race_ns(self, now_ns: int) -> int:
        return self._clock.race_ns(now_ns)

    def state_of(self, node: NodeId) -> PeerState:
        if node == self.me:
            return PeerState.ALIVE
        return self._liveness.state_of(node)

    def commit_of(self, node: NodeId) -> int:
        if node == self.me:
            return self._lifecycle.commit
        peer = self._peers.get(node)
        if peer is None or peer.status is None or peer.lineage != self._lifecycle.lineage:
            return 0
        return peer.status.commit

    def holds(self, dot: Dot) -> bool:
        return self._replica.holds(dot)

    def progress(self, digest: Digest) -> float | None:
        return self._checkpoints.contents.progress(digest)

    def rtt_ms(self, node: NodeId) -> float | None:
        return self._clock.rtt_ms(node)

    def loss(self, node: NodeId) -> float | None:
        return self._clock.loss(node)

    def lag(self, now_ns: int) -> Lag | None:
        is_filled = self._outbox.congestion.is_filled(now_ns)
        if self._loop.is_overloaded or (is_filled and self._loop.is_starved):
            return Lag.MACHINE  # a full network's trips look the same to who is kept waiting
        return Lag.NETWORK if is_filled else None

    def readout(self, now_ns: int) -> Readout:
        parts = (self._lifecycle, self._peers, self._replica.operations, self._clock, self._loop)
        return read_out(*parts, now_ns)

    @property
    def versions(self) -> Versions:
        """What we say that we speak."""
        return self._transport.versions

    @property
    def lineage(self) -> LineageId | None:
        """In which lineage we are; None: in none."""
        return self._lifecycle.lineage

    def counters(self) -> Counts:
        folded = self._checkpoints.counters, self._checkpoints.contents.counters
        said = self._peers.counters, *self._replica.counters
        parts = (*said, *folded, self._lifecycle.counters)
        return Counts.of(
            self._transport.counters, self._frames.counters, self._checks.counters, *parts
        )

    # --- what discovery may read ----------------------------------------------------------------

    @property
    def has_company(self) -> bool:
        """Whether we talk to anybody."""
        return bool(self._peers.living_nodes())

    def reaches(self, alias: NodeId) -> bool:
        """Tell whether we talk to a node that is advertised."""
        return self._transport.node_of(alias) in self._peers.living_nodes()

    def reaches_at(self, address: Address) -> bool:
        """Tell whether we talk to somebody at an address."""
        return self._transport.node_at(address) in self._peers.living_nodes()

    def rapport_with(
        self, whom: NodeId | Address, addresses: Sequence[Address], now_ns: int
    ) -> Rapport:
        """Return how far we have come with a node, or with whoever is at an address.

        Args:
            whom: a node by its advert or by itself, or where a person says that one is.
            addresses: where it may be.
        """
        node = self._transport.node_at(whom) if isinstance(whom, tuple) else whom
        met = None if node is None else self._peers.get(self._transport.node_of(node))
        if met is not None and met.lives:
            return self._distance_of(met) if met.node == whom else Rapport.REACHED
        found = self._lifecycle.rapport_at(addresses, now_ns)
        return found if met is None or found is Rapport.EXPLAINED else Rapport.MUTE

    def apart(self) -> list[tuple[NodeId, Address]]:
        """Return whom we talk to straight, and are in no room with; and where."""
        return [
            (peer.node, address)
            for peer in self._peers.living()
            if self._distance_of(peer) is not Rapport.REACHED
            and (address := self._transport.address_of(peer.node)) is not None
            and self._transport.next_hop(peer.node) == peer.node
        ]

    def _distance_of(self, peer: Peer) -> Rapport:
        """Return whether we are in one room with a living peer; where none is, nobody is apart."""
        if peer.status is None or peer.lineage == NO_LINEAGE or self._peers.doubts(peer.node):
            return Rapport.REACHED
        if not self._lifecycle.synced or peer.lineage != self._lifecycle.lineage:
            return Rapport.APART
        return Rapport.REACHED if peer.status.member else Rapport.OUTSIDE

    # --- what a checker of running nodes may look at ---------------------------------------------

    @property
    def consensus(self) -> Consensus | None:
        """Our part in a lineage; None while we have none."""
        return self._lifecycle.consensus

    @property
    def operations(self) -> OperationStore:
        """What we hold of everybody's operations."""
        return self._replica.operations
