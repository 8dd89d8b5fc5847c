"""A life without a lineage: it listens, learns the best one it hears of, or founds its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net.cluster.actions import Send
from net.cluster.log import DecreeLog
from net.cluster.snapshot import Learned, Learner, Source
from net.ids import LINEAGE_BYTES, NO_LINEAGE, LineageId, Member, NodeId
from net.limits import FOUND_TURN_NS, FOUND_WAIT_NS, STUCK_NS
from net.node.peers import Peers
from net.wire.messages import Block, Found, Manifest

if TYPE_CHECKING:
    from random import Random


@final
class Joining:
    """Looks for a lineage for one life of this node."""

    def __init__(
        self, me: Member, into: LineageId | None, peers: Peers, rng: Random, now_ns: int
    ) -> None:
        self._me = me
        self._into = into
        self._peers = peers
        self._rng = rng
        self._since_ns = now_ns
        self._learner: Learner | None = None
        self._learning_ns = now_ns

    def on_tick(self, now_ns: int) -> list[Send]:
        """Ask for the best lineage in sight, if there is one."""
        lineage = self._best()
        learner = self._learner
        if learner is not None and (lineage is None or now_ns - self._learning_ns > STUCK_NS):
            learner = self._learner = None
        if lineage is None:
            return []
        if learner is None or (lineage != learner.lineage and lineage == self._into):
            learner = self._learner = Learner(lineage, self._rng)
            self._learning_ns = now_ns
        return learner.on_tick(self._sources(learner.lineage), now_ns)

    def on_manifest(self, sender: NodeId, manifest: Manifest, now_ns: int) -> list[Send]:
        if self._learner is None:
            return []
        sources = self._sources(self._learner.lineage)
        return self._learner.on_manifest(sender, manifest, sources, now_ns)

    def on_block(self, sender: NodeId, block: Block, now_ns: int) -> Learned | None:
        return None if self._learner is None else self._learner.on_block(sender, block, now_ns)

    def should_found(self, now_ns: int) -> bool:
        """Whether we listened long enough, and it is our turn among those who listen too.

        Machines started together hear each other first: the lowest id founds, the others learn.
        """
        if self._learner is not None:
            return False
        waited = now_ns - self._since_ns
        if any(peer.lives and peer.lineage != NO_LINEAGE for peer in self._peers):
            return waited > STUCK_NS  # theirs has no coordinator just now; it will have one
        before = sum(peer.lives and peer.node < self._me.node for peer in self._peers)
        return waited > FOUND_WAIT_NS + before * FOUND_TURN_NS

    def found(self) -> DecreeLog:
        """Return the log of a fresh lineage of which we are the only member, but for its epoch."""
        log = DecreeLog()
        lineage = self._rng.randbytes(LINEAGE_BYTES)
        log.append(0, Found(lineage, NO_LINEAGE, 0, (self._me,)))
        return log

    def _best(self) -> LineageId | None:
        lineages = [peer.lineage for peer in self._peers.coordinated()]
        if self._into in lineages:
            return self._into
        return lineages[0] if lineages else None

    def _sources(self, lineage: LineageId) -> list[Source]:
        found: list[Source] = []
        for peer in self._peers.in_lineage(lineage):
            if peer.standing is not None and peer.standing.commit > 0:
                presides = peer.standing.coordinator == peer.member
                found.append(Source(peer.node, peer.standing.commit, presides))
        return found
