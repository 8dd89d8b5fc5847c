"""What a node knows of its peers: who lives, and where each says it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final, TypeVar, final

import msgspec

from net.cluster.failure_detector import Health
from net.cluster.judging.jury import Commits, Jury
from net.ids import NO_LINEAGE, LineageId, Member, NodeId
from net.limits import DOUBT_LEAVES_NS, DOUBT_NS, NEVER
from net.node.counters import Implausible, LineageCounters
from net.node.program import PeerState
from net.wire.decrees import Convict
from net.wire.messages import Append, Message, Status, Summary
from net.wire.versions import OURS, Versions

if TYPE_CHECKING:
    from net.cluster.log import DecreeLog
    from net.cluster.voter import Voter
    from net.wire.decrees import DecreeBody

Said = TypeVar("Said", bound=Message)

NO_TRIP: Final = -NEVER
"""As a round trip: longer than any."""


class BeatRecord(msgspec.Struct):
    """What heartbeats have gone to and fro between a peer and us."""

    serial: int = 0  # of the account that told of its log and its operations
    known: int = 0  # serial of our account that it says it knows
    sent_us: int = 0  # newest `sent_us` of its heartbeats
    heard_ns: int = NEVER  # when that came
    echo_ns: int = NEVER  # sending time, by our clock, of our newest beat that it has heard
    trip_ns: int = NO_TRIP  # the quickest round trip since it was last looked at
    told_ns: int = NEVER  # when we last sent it a heartbeat …
    turn: int = 0  # … and how many we had sent to anybody then
    introduced_ns: int = NEVER  # when we last told it of others

    def take_trip(self) -> int:
        """Return the quickest round trip since this was last asked."""
        trip_ns, self.trip_ns = self.trip_ns, NO_TRIP
        return trip_ns


class PeerNotes(msgspec.Struct):
    """What is noted of a peer to be shown, and acted on by nobody."""

    doubts: tuple[tuple[NodeId, int], ...] = ()  # whom it does not hear, for how long [ms]
    sent_bytes: int = 0  # of frames for it …
    received_bytes: int = 0  # … and by it


@final
class Peer(msgspec.Struct):
    """One other node of the room, in its present life."""

    node: NodeId
    incarnation: int
    name: str
    health: Health
    status: Status | None = None
    versions: Versions = OURS  # what it speaks
    vector_hash: bytes = b""
    operations: int = 0  # how many it holds
    beats: BeatRecord = msgspec.field(default_factory=BeatRecord)
    standing_ns: int = NEVER  # when a beat last said that its account holds
    compared_ns: int = NEVER  # when we last sent it our vector clock
    relayed_ns: int = NEVER  # when we last passed on states to it
    strayed_ns: int | None = None  # since when its beats name another lineage than ours
    notes: PeerNotes = msgspec.field(default_factory=PeerNotes)

    def take(self, summary: Summary, serial: int) -> None:
        """Note what it tells of itself under a new serial."""
        self.vector_hash, self.operations = summary.vector_hash, summary.operations
        self.status, self.beats.serial = summary.status, serial

    @property
    def member(self) -> Member:
        return Member(self.node, self.incarnation)

    @property
    def lives(self) -> bool:
        return self.health is Health.ALIVE or self.health is Health.SUSPECT

    @property
    def lineage(self) -> LineageId:
        return NO_LINEAGE if self.status is None else self.status.precedence.lineage


@final
class Peers:
    """The table of peers, always gone through in order of node ids."""

    def __init__(self, ours: Versions = OURS) -> None:
        self.ours = ours  # what we speak ourselves
        self.convicted: Collection[NodeId] = ()  # of having said two things in one place
        self.counters = LineageCounters()
        self._doubted: dict[NodeId, tuple[int, int]] = {}  # until when, and how often
        self._now_ns = NEVER
        self.jury = Jury(ours.highest, self._note_overreach)
        self._peers: dict[NodeId, Peer] = {}

    def __iter__(self) -> Iterator[Peer]:
        return iter(list(self._peers.values()))

    def __contains__(self, node: NodeId) -> bool:
        return node in self._peers

    def __len__(self) -> int:
        return len(self._peers)

    def get(self, node: NodeId) -> Peer | None:
        return self._peers.get(node)

    def put(self, peer: Peer) -> None:
        is_new = peer.node not in self._peers
        self._peers[peer.node] = peer
        if is_new:  # seldom, and the table is gone through some times a tick
            self._peers = dict(sorted(self._peers.items()))

    def shuts_out(self, node: NodeId) -> bool:
        """Whether a node is no member here, whoever it is."""
        return node in self.jury.excluded or node in self.convicted

    def disbelieve(self, why: Implausible) -> None:
        """Count that something was not believed that a peer said of lineages."""
        self.counters.disbelieved[why] += 1

    def _note_overreach(self, what: DecreeBody) -> None:
        is_proof = isinstance(what, Convict)
        self.disbelieve(Implausible.PROOF if is_proof else Implausible.VERSION)

    def doubt(self, node: NodeId, now_ns: int) -> None:
        """Believe nothing that a node says of lineages, for a while, and longer each time."""
        until_ns, times = self._doubted.get(node, (0, 0))
        if now_ns - until_ns > DOUBT_LEAVES_NS:
            times = 0
        self._doubted[node] = now_ns + (DOUBT_NS << min(times, 8)), times + 1
        self._now_ns = now_ns

    def doubts(self, node: NodeId) -> bool:
        """Whether we believe nothing just now of what a node says of lineages."""
        return self._now_ns < self._doubted.get(node, (NEVER, 0))[0]

    def on_tick(self, now_ns: int) -> None:
        """Let time pass, for doubts."""
        self._now_ns = now_ns

    def drop(self, node: NodeId) -> None:
        self._doubted.pop(node, None)
        self._peers.pop(node, None)

    def living(self) -> list[Peer]:
        return [peer for peer in self._peers.values() if peer.lives]

    def living_nodes(self) -> list[NodeId]:
        return [peer.node for peer in self._peers.values() if peer.lives]

    def version_with(self, node: NodeId) -> int:
        """Return which version frames between a peer and us are of."""
        peer = self._peers.get(node)
        highest = self.ours.highest
        return highest if peer is None else min(highest, peer.versions.highest)

    def life(self, member: Member) -> Peer | None:
        """Return the peer that leads this very life and lives, if there is one."""
        peer = self._peers.get(member.node)
        if peer is None or peer.incarnation != member.incarnation or not peer.lives:
            return None
        return peer

    def admit(
        self, sender: NodeId, message: Said, voter: Voter, told: int, now_ns: int
    ) -> Said | Append | None:
        """Return what our jury leaves of what a peer says of the log; None: nothing."""
        if self.jury.shuns(sender, message):
            return None
        if not isinstance(message, Append) or message.coordinator.node != sender:
            return message
        return self.jury.examine(voter, told, self._commits_in(voter.log.lineage), message, now_ns)

    def take_held(self, log: DecreeLog) -> tuple[NodeId, Append] | None:
        """Return an append that our jury looks at again."""
        return self.jury.take_held(log, self._commits_in(log.lineage))

    def _commits_in(self, lineage: LineageId) -> Commits:
        """Return what tells how many decrees of a lineage a life says that it knows to count."""

        def commits(member: Member) -> int:
            peer = self.life(member)
            if peer is None or peer.status is None or peer.lineage != lineage:
                return 0
            return peer.status.commit

        return commits

    def in_lineage(self, lineage: LineageId) -> list[Peer]:
        return [peer for peer in self if peer.lives and peer.lineage == lineage]

    def tell_of_another(self, lineage: LineageId) -> bool:
        """Whether anybody who lives says that it is in another one. Whom we doubt is left out."""
        apart = {NO_LINEAGE, lineage}
        return any(p.lives and p.lineage not in apart and not self.doubts(p.node) for p in self)

    def coordinated(self) -> list[Peer]:
        """Return living members of lineages that have a coordinator, best lineage first.

        Whom we doubt is left out.
        """
        found = [
            (peer.status.precedence, peer.node, peer)
            for peer in self
            if peer.lives
            and peer.status is not None
            and _has_coordinator(peer.status)
            and not self.doubts(peer.node)
        ]
        return [peer for _, _, peer in sorted(found, key=lambda entry: entry[:2])]


def state_of(health: Health) -> PeerState:
    """Return what the program is told of a peer's health."""
    match health:
        case Health.ALIVE:
            return PeerState.ALIVE
        case Health.SUSPECT:
            return PeerState.SUSPECT
        case Health.LEFT:
            return PeerState.LEFT
        case _:
            return PeerState.DOWN


def _has_coordinator(status: Status) -> bool:
    return (
        status.member
        and status.coordinator is not None
        and status.precedence.lineage != NO_LINEAGE
        and status.precedence.forks < YIELDING
    )


YIELDING = 255
"""`Precedence.forks` of a lineage that is about to end: nobody may join or yield to it."""
