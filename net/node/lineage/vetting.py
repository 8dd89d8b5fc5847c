"""Is a lineage what is said of it? A room gives way to none that it has not looked at (ADR 49)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from net.cluster.actions import Send
from net.cluster.log import DecreeLog, majority
from net.cluster.snapshot import Learner, SnapshotCounters, Source
from net.ids import LineageId
from net.limits import PEERS_MAX, VET_NS
from net.node.counters import Implausible
from net.node.lineage.patience import Patience
from net.node.peers import Peer, Peers
from net.wire.messages import Block, Manifest, Precedence

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class LineageClaim:
    """What is said of a lineage, by whoever coordinates it, else by those who say least."""

    lineage: LineageId
    precedence: Precedence
    by: tuple[Peer, ...]  # living members, as they say


def claims(peers: Peers) -> list[LineageClaim]:
    """Return what peers say of lineages that somebody coordinates, the best first."""
    named: dict[LineageId, list[Peer]] = {}
    for peer in peers.coordinated():
        named.setdefault(peer.lineage, []).append(peer)
    found = [LineageClaim(lineage, _told_of(by), tuple(by)) for lineage, by in named.items()]
    return sorted(found, key=lambda claim: claim.precedence)


def _told_of(by: list[Peer]) -> Precedence:
    statuses = [(peer, peer.status) for peer in by if peer.status is not None]
    told = Counter(status.coordinator for _, status in statuses)
    coordinator = max(told, key=lambda member: (told[member], member))
    own = [status.precedence for peer, status in statuses if peer.member == coordinator]
    return own[0] if own else max(status.precedence for _, status in statuses)


@final
class Vetting:
    """Fetches the history of a lineage that claims to be better, and holds the claim against it.

    What nobody can show within VET_NS is not believed, and for a while nothing else that those
    say of lineages who claimed it. For how long we stood still ourselves is not held against them.
    """

    def __init__(self, peers: Peers, rng: Random) -> None:
        self._peers = peers
        self._rng = rng
        self._claim: LineageClaim | None = None
        self._learner: Learner | None = None
        self._patience = Patience(0)
        self._shown: DecreeLog | None = None

    def on_tick(
        self, claim: LineageClaim | None, own: DecreeLog, now_ns: int, *, quiet: bool = False
    ) -> list[Send]:
        """Look at the best claim.

        Args:
            claim: it, if it is better than ours.
            own: our log.
            quiet: of what we asked for the answer may be here, and unread.
        """
        if claim is None:
            self._claim = self._learner = self._shown = None
            return []
        if quiet and self._claim is not None and self._claim.lineage == claim.lineage:
            return []
        waited_ns = self._patience.look(now_ns)
        if (
            self._claim is None
            or self._claim.lineage != claim.lineage
            or (waited_ns > VET_NS and _is_outdated(self._shown, claim))
        ):
            self._begin(claim, own, now_ns)
            waited_ns = 0
        self._claim = claim
        if self._shown is not None:
            if (fault := self._fault_in(claim, self._shown)) is not None:
                self._refuse(claim, fault, now_ns)
            return []
        if waited_ns > VET_NS:
            self._refuse(claim, Implausible.LINEAGE, now_ns)
            return []
        assert self._learner is not None
        return self._learner.on_tick(_sources(claim), now_ns)

    def _begin(self, claim: LineageClaim, own: DecreeLog, now_ns: int) -> None:
        self._patience, self._shown = Patience(now_ns), None
        history = own.prefix(own.commit)
        self._learner = Learner(claim.lineage, history, self._rng, SnapshotCounters())

    def on_manifest(self, peer: Peer, manifest: Manifest, now_ns: int) -> list[Send]:
        if self._learner is None or self._claim is None:
            return []
        return self._learner.on_manifest(peer.node, manifest, _sources(self._claim), now_ns)

    def on_block(self, peer: Peer, block: Block, now_ns: int) -> None:
        if self._learner is None:
            return
        learned = self._learner.on_block(peer.node, block, now_ns)
        if learned is not None:
            self._shown, self._learner = learned.log, None

    def is_proved(self, claim: LineageClaim, own: DecreeLog, idle: bool) -> bool:
        """Tell whether we may give way to it.

        Its history is as claimed, and most of its members are here and say that they are in it. A
        race is not given up for a room that began without ours and has fewer who live.
        """
        log = self._shown
        if log is None or self._claim is None or self._claim.lineage != claim.lineage:
            return False
        if not _has_most_here(log, claim):
            return False
        ours = sum(self._peers.life(member) is not None for member in own.members) + 1
        return idle or log.origin == own.origin or len(claim.by) >= ours

    def _fault_in(self, claim: LineageClaim, log: DecreeLog) -> Implausible | None:
        """Return what of a claim its history does not bear out."""
        found, told = log.found, claim.precedence
        if found is None or log.is_over:
            return Implausible.LINEAGE
        honest = (int(not log.had_company), found.forks, PEERS_MAX - len(found.members))
        # It may have had company since, and only that.
        better = told.solitary < honest[0] and len(claim.by) < 2
        same = (told.forks, told.absent) == honest[1:]
        return None if same and not better else Implausible.LINEAGE

    def _refuse(self, claim: LineageClaim, why: Implausible, now_ns: int) -> None:
        self._peers.disbelieve(why)
        for peer in claim.by:
            self._peers.doubt(peer.node, now_ns)
        self._claim = self._learner = self._shown = None


def _has_most_here(log: DecreeLog, claim: LineageClaim) -> bool:
    """Whether most of whom a history names last say themselves that they are in it."""
    here = {peer.member for peer in claim.by}
    return sum(member in here for member in log.members) >= majority(len(log.members))


def _is_outdated(shown: DecreeLog | None, claim: LineageClaim) -> bool:
    """Whether a history names who is not here, and has grown since: it may name others now."""
    if shown is None:
        return False
    grown = any(source.commit > shown.head for source in _sources(claim))
    return grown and not _has_most_here(shown, claim)


def _sources(claim: LineageClaim) -> list[Source]:
    return [
        Source(peer.node, peer.status.commit, peer.status.coordinator == peer.member)
        for peer in claim.by
        if peer.status is not None and peer.status.commit > 0
    ]
