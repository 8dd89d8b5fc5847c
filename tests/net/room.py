"""A room of Consensus machines on a seeded network, without sessions, streams and operations."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from random import Random

from net.cluster.actions import Send
from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.cluster.snapshot import SnapshotCounters, SnapshotServer
from net.ids import NO_LINEAGE, LineageId, Member, NodeId
from net.limits import DOWN_NS, HEARTBEAT_NS, MILLISECOND, NEVER, TICK_NS
from net.node.lineage.approach import Approach, Entry
from net.node.lineage.consensus import Consensus, ConsensusOutcome, OwnState
from net.node.lineage.joining import Joining
from net.node.lineage.lineage_readout import LineageLost
from net.node.peers import Peer, Peers
from net.node.program import Committed, CoordinatorChanged, SaveDecree
from net.sim.crypto import stand_in_signet
from net.wire.decrees import Decree, Rule
from net.wire.messages import Block, BlockRequest, LogMessage, Manifest, ManifestRequest, Status
from tests.net.disks import good_disk
from tests.net.healths import ON_TIME


@dataclass
class Life:
    """One life of one node, as Node would lead it, with an oracle for a failure detector."""

    me: Member
    peers: Peers
    joining: Joining | None
    consensus: Consensus | None = None
    idle: bool = True
    committed: list[Decree] = field(default_factory=list)
    server: SnapshotServer = field(default_factory=SnapshotServer)

    @property
    def own(self) -> OwnState:
        return OwnState(self.idle, leaving=False, fit=True)


@dataclass(frozen=True)
class Beat:
    incarnation: int
    sent_ns: int
    echo_ns: int
    status: Status


class Room:
    """Runs lives in virtual time; loses, delays and partitions what they say."""

    def __init__(self, count: int, seed: int, loss: float = 0.0) -> None:
        self.rng = Random(seed)
        self.loss = loss
        self.now = 1_000_000_000
        self.lives: dict[NodeId, Life] = {}
        self.incarnations: dict[NodeId, int] = {}
        self.nodes = [bytes([n + 1]) * 16 for n in range(count)]
        self.cut: set[frozenset[NodeId]] = set()
        self.queue: list[tuple[int, int, NodeId, NodeId, object]] = []
        self._n = 0
        self.leaderships: dict[tuple[LineageId, int], set[NodeId]] = {}
        self.histories: dict[LineageId, dict[int, Decree]] = {}
        self._ticks: dict[NodeId, int] = {}
        self._beats: dict[NodeId, int] = {}
        for node in self.nodes:
            self.start(node)

    def _joining(self, me: Member, into: LineageId | None, peers: Peers) -> Joining:
        rng = Random(self.rng.random())
        approach = Approach(Entry.EITHER)
        counters = SnapshotCounters()
        return Joining(me, into, DecreeLog(), approach, peers, rng, counters, self.now)

    def start(self, node: NodeId) -> None:
        incarnation = self.incarnations.get(node, 0) + 1
        self.incarnations[node] = incarnation
        me = Member(node, incarnation)
        peers = Peers()
        joining = self._joining(me, None, peers)
        self.lives[node] = Life(me, peers, joining)
        self._ticks[node] = self.now + self.rng.randrange(TICK_NS)
        self._beats[node] = self.now

    def kill(self, node: NodeId) -> None:
        del self.lives[node]

    def partition(self, *groups: list[NodeId]) -> None:
        self.cut = {
            frozenset((a, b))
            for one in groups
            for two in groups
            if one is not two
            for a in one
            for b in two
        }

    def heal(self) -> None:
        self.cut = set()

    def run(self, ms: int) -> None:
        until = self.now + ms * MILLISECOND
        while True:
            tick = min((self._ticks[n], n) for n in self.lives) if self.lives else (until, b"")
            if self.queue and self.queue[0][0] <= min(tick[0], until):
                at, _, sender, to, what = heapq.heappop(self.queue)
                self.now = max(self.now, at)
                self._deliver(sender, to, what)
            elif tick[0] < until:
                self.now = max(self.now, tick[0])
                self._ticks[tick[1]] = self.now + TICK_NS
                self._tick(self.lives[tick[1]])
            else:
                self.now = until
                return

    def run_until(self, condition: object, ms: int) -> None:
        assert callable(condition)
        for _ in range(ms // 20):
            if condition():
                return
            self.run(20)
        assert condition(), f"not within {ms} ms"

    def propose(self, text: bytes) -> bool:
        for node in sorted(self.lives):
            consensus = self.lives[node].consensus
            if consensus is not None and consensus.decides:
                self._perform(self.lives[node], consensus.propose([Rule(text)], self.now))
                return True
        return False

    def coordinators(self) -> list[NodeId]:
        return [n for n in sorted(self.lives) if (c := self.lives[n].consensus) and c.coordinates]

    def united(self) -> bool:
        """Everybody lives in one lineage as a member and has committed the same log."""
        logs = [life.consensus.log for life in self.lives.values() if life.consensus is not None]
        if len(logs) != len(self.lives):
            return False
        first = logs[0]
        members = {life.me for life in self.lives.values()}
        return all(
            log.lineage == first.lineage
            and log.commit == first.commit == log.head
            and set(log.members) == members
            for log in logs
        )

    # --- inside -------------------------------------------------------------------------------

    def _send(self, sender: NodeId, to: NodeId, what: object) -> None:
        if frozenset((sender, to)) in self.cut or self.rng.random() < self.loss:
            return
        self._n += 1
        at = self.now + self.rng.randrange(100_000, 3 * MILLISECOND)
        heapq.heappush(self.queue, (at, self._n, sender, to, what))

    def _tick(self, life: Life) -> None:
        for peer in life.peers:
            if peer.health is Health.ALIVE and self.now - peer.standing_ns > DOWN_NS:
                peer.health = Health.DOWN
        if life.consensus is not None:
            self._perform(life, life.consensus.on_tick(life.own, self.now))
        elif life.joining is not None:
            self._perform(life, list(life.joining.on_tick(self.now)))
            if life.joining.should_found(self.now):
                log = life.joining.found()
                life.joining = None
                epoch = 1 + self.rng.randrange(1000)
                life.consensus = Consensus.founding(
                    life.me,
                    log,
                    epoch,
                    life.peers,
                    ON_TIME,
                    good_disk(),
                    stand_in_signet(life.me.node),
                    Random(self.rng.random()),
                    self.now,
                )
                life.committed = []
        if self.now >= self._beats[life.me.node]:
            self._beats[life.me.node] = self.now + HEARTBEAT_NS
            self._beat(life)

    def _beat(self, life: Life) -> None:
        if life.consensus is not None:
            status = life.consensus.status(life.own)
        else:
            assert life.joining is not None
            status = life.joining.status()
        for node in self.nodes:
            if node != life.me.node:
                peer = life.peers.get(node)
                echo = peer.beats.sent_us * 1000 if peer is not None else 0
                beat = Beat(life.me.incarnation, self.now, echo, status)
                self._send(life.me.node, node, beat)

    def _deliver(self, sender: NodeId, to: NodeId, what: object) -> None:
        life = self.lives.get(to)
        if life is None:
            return
        if isinstance(what, Beat):
            self._heard(life, sender, what)
            return
        if sender not in life.peers:
            return
        match what:
            case ManifestRequest() if life.consensus is not None:
                sends = life.server.on_manifest_request(life.consensus.log, sender, what)
                self._perform(life, list(sends))
            case BlockRequest() if life.consensus is not None:
                sends = life.server.on_block_request(life.consensus.log, sender, what)
                self._perform(life, list(sends))
            case Manifest() if life.joining is not None:
                self._perform(life, list(life.joining.on_manifest(sender, what, self.now)))
            case Block() if life.joining is not None:
                learned = life.joining.on_block(sender, what, self.now)
                if learned is not None:
                    life.joining = None
                    life.committed = []
                    life.consensus = Consensus(
                        life.me,
                        learned.log,
                        life.peers,
                        ON_TIME,
                        good_disk(),
                        stand_in_signet(life.me.node),
                        Random(self.rng.random()),
                        self.now,
                    )
                    self._perform(life, life.consensus.on_tick(life.own, self.now))
            case Manifest() | Block() if life.consensus is not None:
                peer = life.peers.get(sender)
                assert peer is not None
                self._perform(life, [*life.consensus.on_shown(peer, what, self.now)])
            case Manifest() | Block() | ManifestRequest() | BlockRequest():
                pass
            case _ if life.consensus is not None:
                message: LogMessage = what  # type: ignore[assignment]
                self._perform(life, life.consensus.on_message(sender, message, life.own, self.now))
            case _:
                pass

    def _heard(self, life: Life, sender: NodeId, beat: Beat) -> None:
        peer = life.peers.get(sender)
        if peer is None or peer.incarnation < beat.incarnation:
            peer = Peer(sender, beat.incarnation, "", Health.ALIVE)
            life.peers.put(peer)
        if peer.incarnation > beat.incarnation or beat.sent_ns // 1000 <= peer.beats.sent_us:
            return
        peer.health = Health.ALIVE
        peer.beats.sent_us, peer.status, peer.standing_ns = (
            beat.sent_ns // 1000,
            beat.status,
            self.now,
        )
        peer.beats.echo_ns = max(peer.beats.echo_ns, beat.echo_ns or NEVER)
        if life.consensus is not None:
            strayed = peer.lineage != life.consensus.log.lineage
            peer.strayed_ns = (peer.strayed_ns or self.now) if strayed else None
            self._perform(life, life.consensus.on_heartbeat(peer, self.now))

    def _perform(self, life: Life, outcomes: list[ConsensusOutcome] | list[Send]) -> None:
        kept: list[SaveDecree] = []
        for outcome in outcomes:
            match outcome:
                case Send(to=to, message=message):
                    self._send(life.me.node, to, message)
                case SaveDecree():
                    kept.append(outcome)
                case Committed(decree=decree):
                    self._committed(life, decree)
                case CoordinatorChanged(lineage=lineage, node=node, epoch=epoch):
                    if node is not None:
                        leadership = self.leaderships.setdefault((lineage, epoch), set())
                        leadership.add(node)
                        assert len(leadership) == 1, "two coordinators of one epoch"
                case LineageLost(into=into):
                    node = life.me.node
                    self.incarnations[node] += 1
                    life.me = Member(node, self.incarnations[node])
                    life.consensus = None
                    life.joining = self._joining(life.me, into, life.peers)
        if life.consensus is not None and kept:
            self._perform(life, life.consensus.on_kept(kept, self.now))
        if life.consensus is not None and (more := life.consensus.go_on(life.own, self.now)):
            self._perform(life, more)

    def _committed(self, life: Life, decree: Decree) -> None:
        assert decree.index == len(life.committed), "decrees come in order, each once"
        life.committed.append(decree)
        assert life.consensus is not None
        lineage = life.consensus.log.lineage
        if lineage != NO_LINEAGE:
            told = self.histories.setdefault(lineage, {}).setdefault(decree.index, decree)
            assert told == decree, "two members committed different decrees at one index"
