"""A life without a lineage: it listens, learns the best one it hears of, or founds its own."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, final

from net.cluster.actions import Send
from net.cluster.log import DecreeLog, majority
from net.cluster.snapshot import Learned, Learner, SnapshotCounters, Source
from net.ids import LINEAGE_BYTES, NO_LINEAGE, LineageId, Member, NodeId
from net.limits import (
    FORKS_MAX,
    FOUND_TURN_NS,
    FOUND_WAIT_NS,
    NEVER,
    PEERS_MAX,
    STUCK_NS,
    TICK_NS,
    YOUTH_MAX,
)
from net.node.counters import Implausible
from net.node.lineage.approach import Approach, Entry
from net.node.lineage.log_keeping import note_kept
from net.node.lineage.patience import Patience
from net.node.lineage.revival import Revival
from net.node.lineage.vetting import claims
from net.node.peers import Peer, Peers
from net.node.program import (
    Awaited,
    Revived,
    Waiting,
    WaitReason,
)
from net.state_table import StateTable
from net.wire.decrees import FoundLineage
from net.wire.messages import Block, Manifest, Precedence, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from net.node.program import Write


class Place(Enum):
    """Where a node stands between one lineage and the next."""

    LISTENING = "listening"
    KNOCKING = "knocking"
    LEARNING = "learning a history"
    ENTERED = "in a lineage"
    SYNCED = "synced"
    GONE = "gone"


class PlaceEvent(Enum):
    """What moves it."""

    LISTED = "somebody is listed, and does not answer"
    UNLISTED = "all who are listed answer"
    SIGHTED = "a lineage in sight"
    VANISHED = "out of sight, or STUCK_NS are over"
    STRANGE = "it lacks our history, and is idle"
    LEARNED = "its snapshot is here"
    FOUNDED = "our turn to found one, and we may"
    SYNCED = "a member, operations as a peer has them"
    LOST = "lost it, incarnation + 1"
    LEFT = "lost it, and we leave"


_P, _E = Place, PlaceEvent
PLACE: Final = StateTable(
    _P.LISTENING,
    {
        (_P.LISTENING, _E.LISTED): _P.KNOCKING,
        (_P.LISTENING, _E.SIGHTED): _P.LEARNING,
        (_P.LISTENING, _E.FOUNDED): _P.ENTERED,
        (_P.KNOCKING, _E.UNLISTED): _P.LISTENING,
        (_P.KNOCKING, _E.SIGHTED): _P.LEARNING,
        (_P.KNOCKING, _E.FOUNDED): _P.ENTERED,
        (_P.LEARNING, _E.SIGHTED): _P.LEARNING,  # the one that we were sent to
        (_P.LEARNING, _E.VANISHED): _P.LISTENING,
        (_P.LEARNING, _E.STRANGE): _P.LISTENING,
        (_P.LEARNING, _E.LEARNED): _P.ENTERED,
        (_P.ENTERED, _E.SYNCED): _P.SYNCED,
        (_P.ENTERED, _E.LOST): _P.LISTENING,
        (_P.ENTERED, _E.LEFT): _P.GONE,
        (_P.SYNCED, _E.LOST): _P.LISTENING,
        (_P.SYNCED, _E.LEFT): _P.GONE,
    },
)


@final
class Joining:
    """Looks for a lineage for one life of this node."""

    def __init__(
        self,
        me: Member,
        into: LineageId | None,
        history: DecreeLog,
        approach: Approach,
        peers: Peers,
        rng: Random,
        counters: SnapshotCounters,
        now_ns: int,
        revival: Revival | None = None,
    ) -> None:
        """Begin to listen. `revival`: this is a process that has just started."""
        self._revival = revival
        self._awaited: tuple[NodeId, ...] = ()  # as told last
        self._me = me
        self._into = into
        self._history = history  # all committed: of the last life, or of the last process
        self._strange: set[LineageId] = set()  # idle ones that know nothing of our history
        self._approach = approach
        self._peers = peers
        self._rng = rng
        self._counters = counters
        self._since_ns = now_ns
        self._place = PLACE.initial
        self._learner: Learner | None = None  # while we learn
        self._patience = Patience(now_ns)  # with those from whom we learn
        self._quiet_until_ns = NEVER

    @property
    def place(self) -> Place:
        """Whether we listen, knock or learn."""
        return self._place

    @property
    def history(self) -> DecreeLog:
        """What we hold from before, all committed."""
        return self._history

    def status(self) -> Status:
        """Return what our heartbeats say of us: no lineage, and how long a history we hold."""
        log = self._history
        nowhere = Precedence(1, 1, 255, PEERS_MAX, YOUTH_MAX, NO_LINEAGE)
        return Status(
            nowhere, log.head_epoch, None, False, False, 0, log.head, log.head_hash[:8], 0
        )

    def on_kept(self, writes: Sequence[Write]) -> None:
        """Note that these of the life before are on disk."""
        note_kept(self._history, writes)

    def on_pause(self, quiet_until_ns: int) -> None:
        """Ask nobody again and found nothing until then: an answer may be here, and unread."""
        self._quiet_until_ns = quiet_until_ns

    def on_tick(self, now_ns: int) -> list[Send]:
        """Ask for the best lineage in sight, if there is one.

        Not at once: what a life says before its peers have heard of it is lost.
        """
        if self._revival is not None:
            self._revival.on_tick(now_ns)
        if now_ns - self._since_ns < TICK_NS:
            return []
        if self._learner is not None and now_ns < self._quiet_until_ns:
            return []
        lineage = self._best_lineage()
        learner = self._learner
        waited_ns = self._patience.look(now_ns)
        if learner is not None and (lineage is None or waited_ns > STUCK_NS):
            if lineage is not None:
                self._doubt(learner.lineage, now_ns)
                lineage = self._best_lineage()
            self._stop_learning(PlaceEvent.VANISHED)
            learner = None
        if lineage is None:
            self._look_at_listed(now_ns)
            return []
        if learner is None or (lineage != learner.lineage and lineage == self._into):
            self._place = PLACE.after(self._place, PlaceEvent.SIGHTED)
            learner = self._learner = Learner(lineage, self._history, self._rng, self._counters)
            self._patience = Patience(now_ns)
        return learner.on_tick(self._snapshot_sources(learner.lineage), now_ns)

    def on_manifest(self, sender: NodeId, manifest: Manifest, now_ns: int) -> list[Send]:
        if self._learner is None:
            return []
        sources = self._snapshot_sources(self._learner.lineage)
        return self._learner.on_manifest(sender, manifest, sources, now_ns)

    def on_block(self, sender: NodeId, block: Block, now_ns: int) -> Learned | None:
        learned = None if self._learner is None else self._learner.on_block(sender, block, now_ns)
        if learned is None or not self._is_foreign_lineage(learned.log):
            return learned
        self._strange.add(learned.log.lineage)
        self._stop_learning(PlaceEvent.STRANGE)
        return None

    def _stop_learning(self, event: PlaceEvent) -> None:
        self._place = PLACE.after(self._place, event)
        self._learner = None

    def _look_at_listed(self, now_ns: int) -> None:
        """Move between listening and knocking, by whether somebody is listed and mute."""
        knocks = self._approach.unanswered(self._peers, now_ns) is not None
        match self._place:
            case Place.LISTENING if knocks:
                self._place = PLACE.after(self._place, PlaceEvent.LISTED)
            case Place.KNOCKING if not knocks:
                self._place = PLACE.after(self._place, PlaceEvent.UNLISTED)
            case _:
                pass

    def waiting(self, now_ns: int) -> Waiting:
        """Return what we wait for."""
        if self._place is Place.LEARNING:
            return Waiting(WaitReason.LEARNING)
        if (other := self._approach.elsewhere(now_ns)) is not None:
            return Waiting(WaitReason.INCOMPATIBLE, other.node, other.address)
        shut = self._approach.door(now_ns) or self._approach.turned_away(now_ns)
        if shut is not None and not self._peers.living():
            return shut
        listing = self._approach.unanswered(self._peers, now_ns)
        if listing is not None:
            why = self._approach.unanswered_why(now_ns)
            return Waiting(why, listing.node, listing.address)
        living = self._peers.living()
        if (inside := self._is_inside()) is not None:
            return Waiting(WaitReason.LEADERLESS, inside.node)
        return (
            Waiting(WaitReason.GATHERING, living[0].node) if living else Waiting(WaitReason.NOBODY)
        )

    @property
    def _own_entry(self) -> Entry:
        """What we may do: who was in the room, and holds what it was, may found it again."""
        entry = self._approach.entry
        was_in = self._revival is not None and self._history.head > 0 and self._revival.counts
        return Entry.FOUND if was_in and entry.may_lead else entry

    def _is_inside(self) -> Peer | None:
        """Return a peer that is in a lineage which we would enter, or has not yet told; or None."""
        nowhere = {NO_LINEAGE, *filter(self._stays_out, self._strange)}
        living = [peer for peer in self._peers.living() if not self._peers.doubts(peer.node)]
        return next((p for p in living if p.status is None or p.lineage not in nowhere), None)

    def should_found(self, now_ns: int) -> bool:
        """Whether we may, have listened long enough, and it is our turn among who listens too.

        Machines started together hear each other first: who holds the longest history founds, or
        the lowest id; the others learn.
        """
        entry = self._own_entry
        if not entry.may_found or self._place not in {Place.LISTENING, Place.KNOCKING}:
            return False
        if now_ns < self._quiet_until_ns:
            return False
        waited = now_ns - self._since_ns
        is_there = self._is_inside() is not None  # and nobody leads there just now
        approach = self._approach
        if entry is Entry.EITHER and (approach.elsewhere(now_ns) or approach.door(now_ns)):
            return False
        is_stranger = entry is Entry.EITHER and self._history.head == 0  # no part of the room yet
        if is_stranger and (is_there or self._place is Place.KNOCKING):
            return False
        if is_there:
            return waited > STUCK_NS  # it will have one
        mine = (-self._history.head_epoch, -self._history.head, self._me.node)
        before = sum(peer.lives and _founding_key(peer) < mine for peer in self._peers)
        turn_ns = before * FOUND_TURN_NS
        if self._revival is None:
            return waited > FOUND_WAIT_NS + turn_ns
        return self._revival.may_found(turn_ns, now_ns)

    def take_news(self, now_ns: int) -> list[Awaited]:
        """Return for whom we wait, where that is news."""
        awaited: tuple[NodeId, ...] = ()
        if self._revival is not None and self._place is not Place.LEARNING:
            awaited = self._revival.awaited(now_ns)
        if awaited == self._awaited:
            return []
        self._awaited = awaited
        return [Awaited(awaited)] if awaited else []

    def revived(self) -> list[Revived]:
        """Return what to tell when we found a lineage of a room that we were in before."""
        revival = self._revival
        if revival is None or not self._history.head:
            return []
        return [Revived(revival.counts, revival.counts and revival.is_sure(), revival.missing())]

    def given_up(self, log: DecreeLog) -> list[Revived]:
        """Return what to tell when we enter a lineage that our history is too old to count in."""
        revival = self._revival
        if revival is None or revival.counts or self._history.origin == log.origin:
            return []
        return self.revived()

    def found(self) -> DecreeLog:
        """Return the log of a lineage of which we are the only member, but for its opening.

        It goes on with our history, if we have one that counts: the room has lost all its members.
        """
        counts = self._revival is None or self._revival.counts
        log, lineage = self._history if counts else DecreeLog(), self._rng.randbytes(LINEAGE_BYTES)
        forks = 0 if log.found is None else min(log.found.forks + 1, FORKS_MAX)
        log.append(log.head_epoch, FoundLineage(lineage, log.lineage, forks, (self._me,)))
        return log

    def _is_foreign_lineage(self, log: DecreeLog) -> bool:
        """Whether a lineage began without our history, and has no race that would be lost.

        Then a newcomer opened the room anew while all who had been in it were down. We go on from
        our history, and the merge decides: where that has sent us, we stay. And where most who were
        in our room are there, it has decided already: they had come with what counted of ours.
        """
        if self._history.head == 0 or self._history.origin == log.origin:
            return False
        if log.lineage == self._into or not self._own_entry.may_found:
            return False
        if self._revival is not None and not self._revival.counts:
            return False  # nor would we go on from our history
        if self._is_ours_there(log.lineage):
            return False
        peers = self._peers.in_lineage(log.lineage)
        return all(peer.status is None or peer.status.precedence.idle for peer in peers)

    def _is_ours_there(self, lineage: LineageId) -> bool:
        """Whether most who were in our room are in a lineage."""
        ours = {member.node for member in self._history.members}
        there = sum(peer.node in ours for peer in self._peers.in_lineage(lineage))
        return there >= majority(len(ours))

    def _stays_out(self, lineage: LineageId) -> bool:
        """Whether a lineage has turned out to be foreign, and is so yet."""
        return lineage in self._strange and not self._is_ours_there(lineage)

    def _best_lineage(self) -> LineageId | None:
        """Return the lineage that most who live are in; of those alike, the best."""
        found = [
            claim
            for claim in claims(self._peers)
            if claim.lineage == self._into or not self._stays_out(claim.lineage)
        ]
        if any(claim.lineage == self._into for claim in found):
            return self._into
        best = max(found, key=lambda claim: len(claim.by), default=None)
        return None if best is None else best.lineage

    def _doubt(self, lineage: LineageId, now_ns: int) -> None:
        """Nobody could show us this lineage: believe none of those who say that they are in it."""
        self._peers.disbelieve(Implausible.LINEAGE)
        for peer in self._peers.in_lineage(lineage):
            self._peers.doubt(peer.node, now_ns)

    def _snapshot_sources(self, lineage: LineageId) -> list[Source]:
        found: list[Source] = []
        for peer in self._peers.in_lineage(lineage):
            if peer.status is not None and peer.status.commit > 0:
                coordinates = peer.status.coordinator == peer.member
                found.append(Source(peer.node, peer.status.commit, coordinates))
        return found


def _founding_key(peer: Peer) -> tuple[int, int, NodeId]:
    """Return a key by which those who listen take their turns to found."""
    status = peer.status
    return (0, 0, peer.node) if status is None else (-status.epoch, -status.head, peer.node)
