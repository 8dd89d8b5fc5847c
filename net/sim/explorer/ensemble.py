"""A few members of one lineage, each the real machines, between whom any step may happen.

Time is each machine's own and leaps as a step says, so whatever deadlines allow may come in any
order. Nothing that was sent is ever gone: it may arrive at once, late, twice, or never.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, assert_never, final

from net.cluster.actions import Send
from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.cluster.snapshot import SnapshotServer
from net.cluster.storage import Storage
from net.errors import InvariantError
from net.ids import NO_LINEAGE, Digest, Dot, Member
from net.limits import MILLISECOND, SECOND, TICK_NS
from net.node.lineage.consensus import Consensus, ConsensusOutcome, OwnState
from net.node.lineage.lineage_readout import LineageLost
from net.node.peers import Peer, Peers
from net.node.program import Committed, CoordinatorChanged, SaveDecree
from net.sim.checks.invariants import Violation
from net.sim.crypto import stand_in_signet
from net.sim.explorer.safety import Safety
from net.sim.explorer.steps import (
    AskHeir,
    Beat,
    Decide,
    Deliver,
    Envelope,
    Judge,
    Kill,
    Learn,
    Restart,
    Step,
    Tick,
)
from net.wire.decrees import FoundLineage, Rule
from net.wire.messages import Block, BlockRequest, Manifest, ManifestRequest, Status

LINEAGE: Final = b"lineage1"
_OWN: Final = OwnState(idle=True, leaving=False, fit=True)
_NOWHERE: Final = Status(
    DecreeLog().precedence(idle=True, age_ns=None), 0, None, False, False, 0, 0, bytes(8), 0
)


@dataclass(frozen=True)
class _OnTime:
    """A loop that keeps time."""

    score: float = 0.0
    timeout_scale: float = 1.0
    is_overloaded: bool = False


@final
class _CountingRandom(Random):
    """Draws that are the same in each run, and small to copy."""

    def __init__(self, name: str, drawn: int = 0) -> None:
        super().__init__(0)
        self.name, self.drawn = name, drawn

    def random(self) -> float:
        return self.getrandbits(53) / 2**53

    def getrandbits(self, k: int) -> int:
        self.drawn += 1
        seed = f"{self.name} {self.drawn}".encode()
        return int.from_bytes(hashlib.blake2b(seed, digest_size=16).digest(), "big") >> (128 - k)

    def __reduce__(self) -> tuple[type[_CountingRandom], tuple[str, int]]:
        return (_CountingRandom, (self.name, self.drawn))


@dataclass(slots=True)
class Actor:
    """One life of one node, as `net.node.node.Node` leads it, with an oracle for who lives."""

    me: Member
    now_ns: int = SECOND
    process: int = 1
    peers: Peers = field(default_factory=Peers)
    consensus: Consensus | None = None
    told: int = 0  # decrees
    runs: bool = True


@final
class Ensemble:
    """Machines 0 to count - 1; the first coordinates, and all hold the same.

    Raises:
        Violation: of any step: what must not be.
    """

    def __init__(self, count: int) -> None:
        members = tuple(Member(bytes([n + 1]) * 16, 1) for n in range(count))
        self.lives = [Actor(member) for member in members]
        self.sent: dict[Envelope, None] = {}  # all that ever was, in order
        self.fresh: dict[Envelope, None] = {}  # what of it has not arrived yet
        self.safety = Safety()
        self._numbers = {member.node: number for number, member in enumerate(members)}
        self._decided = 0
        for number, life in enumerate(self.lives):
            log = DecreeLog()
            log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, members))
            log.commit_to(1)
            self._enter_lineage(number, log)
            self._report_outcomes(
                number, life.consensus.begin(life.now_ns) if life.consensus else []
            )
        self._settle_first()

    # --- to look at -------------------------------------------------------------------------

    @property
    def leaders(self) -> list[int]:
        """Who coordinates, or believes so."""
        return [
            n for n, life in enumerate(self.lives) if life.consensus and life.consensus.coordinates
        ]

    def between(self, sender: int, to: int) -> list[Envelope]:
        """What of one machine's words the other has not heard yet, oldest first."""
        return [each for each in self.fresh if (each.sender, each.to) == (sender, to)]

    # --- steps ------------------------------------------------------------------------------

    def apply(self, step: Step) -> bool:
        """Let something happen. Returns whether it could.

        Raises:
            Violation: what must not be is.
        """
        number = _machine_of(step)
        life = self.lives[number]
        if isinstance(step, Restart):
            return not life.runs and self._start_again(number)
        if not life.runs:
            return False
        life.now_ns += step.by_ns if isinstance(step, Tick) else MILLISECOND
        try:
            outcomes = self._outcomes_of(step, number, life)
            if outcomes is None:
                return False
            self._report_outcomes(number, outcomes)
        except InvariantError as error:
            raise Violation(f"invariant 41: machine {number}: {error}") from None
        return True

    def _outcomes_of(
        self, step: Step, number: int, life: Actor
    ) -> Sequence[ConsensusOutcome] | None:
        """Return what comes of a step; None where it cannot happen now."""
        consensus = life.consensus
        match step:
            case Deliver(envelope=envelope):
                return self._hand_message(envelope, life)
            case Tick():
                return [] if consensus is None else consensus.on_tick(_OWN, life.now_ns)
            case Beat(sender=sender):
                return self._pass_heartbeat(self.lives[sender], life)
            case Judge(of=of):
                peer = life.peers.get(self.lives[of].me.node)
                if peer is None or of == number:
                    return None
                peer.health = Health.DOWN
                return []
            case Decide(size=size):
                if consensus is None or not consensus.decides:
                    return None
                self._decided += 1
                body = b"%d" % self._decided
                return consensus.propose([Rule(body.ljust(size))], life.now_ns)
            case AskHeir():
                return None if consensus is None else list(consensus.hand_over())
            case Kill():
                life.runs, life.consensus = False, None
                return []
            case Learn(source=source):
                return self._learn_history(number, life, self.lives[source])
            case Restart():
                return None
            case _:
                assert_never(step)

    def _hand_message(self, envelope: Envelope, life: Actor) -> Sequence[ConsensusOutcome] | None:
        if envelope not in self.sent:
            return None
        self.fresh.pop(envelope, None)
        peer = life.peers.get(envelope.life.node)
        if envelope.process != life.process or peer is None or peer.member != envelope.life:
            return None
        if life.consensus is None:
            return []
        return life.consensus.on_message(peer.node, envelope.message, _OWN, life.now_ns)

    def _pass_heartbeat(self, sender: Actor, life: Actor) -> Sequence[ConsensusOutcome] | None:
        if not sender.runs or sender is life:
            return None
        peer = life.peers.get(sender.me.node)
        if peer is None or peer.incarnation < sender.me.incarnation:
            peer = Peer(sender.me.node, sender.me.incarnation, "", Health.ALIVE)
            life.peers.put(peer)
        peer.health = Health.ALIVE
        peer.status = _NOWHERE if sender.consensus is None else sender.consensus.status(_OWN)
        peer.standing_ns = peer.beats.echo_ns = life.now_ns
        consensus = life.consensus
        if consensus is None:
            return []
        strayed = peer.lineage != consensus.log.lineage
        peer.strayed_ns = (peer.strayed_ns or life.now_ns) if strayed else None
        return consensus.on_heartbeat(peer, life.now_ns)

    def _learn_history(
        self, number: int, life: Actor, source: Actor
    ) -> Sequence[ConsensusOutcome] | None:
        if life.consensus is not None or source.consensus is None:
            return None
        log = source.consensus.log
        self._enter_lineage(number, log.prefix(log.commit))
        consensus = self.lives[number].consensus
        return [] if consensus is None else consensus.begin(life.now_ns)

    def _start_again(self, number: int) -> bool:
        before = self.lives[number]
        me = Member(before.me.node, before.me.incarnation + 1)
        self.lives[number] = Actor(me, before.now_ns + SECOND, before.process + 1)
        return True

    def _enter_lineage(self, number: int, log: DecreeLog) -> None:
        life = self.lives[number]
        rng = _CountingRandom(f"{number} {life.me.incarnation}")
        life.told = 0
        life.consensus = Consensus(
            life.me,
            log,
            life.peers,
            _OnTime(),
            Storage(_is_here, _is_here),
            stand_in_signet(life.me.node),
            rng,
            life.now_ns,
        )
        self.safety.on_enter(life.me, life.consensus)

    # --- what comes of it -------------------------------------------------------------------

    def _report_outcomes(self, number: int, outcomes: Sequence[ConsensusOutcome]) -> None:
        life = self.lives[number]
        entered = life.consensus
        kept: list[SaveDecree] = []  # disks are at once here
        for outcome in outcomes:
            match outcome:
                case Send(to=to, message=ManifestRequest() | BlockRequest() as message):
                    self._show_history(number, self.lives[self._numbers[to]], message)
                case Send(to=to, message=message):
                    receiver = self._numbers[to]
                    process = self.lives[receiver].process
                    envelope = Envelope(number, life.me, receiver, process, message)  # type: ignore[arg-type]
                    self.sent[envelope] = self.fresh[envelope] = None
                case Committed(decree=decree):
                    self.safety.on_told(life.me, life.told, decree)
                    life.told += 1
                case SaveDecree():
                    kept.append(outcome)
                case CoordinatorChanged():
                    pass
                case LineageLost():
                    life.consensus = None
                    life.me = Member(life.me.node, life.me.incarnation + 1)
                case _:
                    assert_never(outcome)
        if entered is not None:
            self.safety.look_at(entered)
        if life.consensus is not None and kept:
            self._report_outcomes(number, life.consensus.on_kept(kept, life.now_ns))
        if life.consensus is not None and (more := life.consensus.go_on(_OWN, life.now_ns)):
            self._report_outcomes(number, more)

    def _show_history(
        self, number: int, source: Actor, asked: ManifestRequest | BlockRequest
    ) -> None:
        """Let another show its history, at once: it is fetched as snapshots are."""
        life = self.lives[number]
        peer = life.peers.get(source.me.node)
        if source.consensus is None or life.consensus is None or peer is None:
            return
        log, server = source.consensus.log, SnapshotServer()
        match asked:
            case ManifestRequest():
                answers = server.on_manifest_request(log, life.me.node, asked)
            case BlockRequest():
                answers = server.on_block_request(log, life.me.node, asked)
            case _:
                assert_never(asked)
        for answer in answers:
            if isinstance(answer.message, Manifest | Block):
                shown = life.consensus.on_shown(peer, answer.message, life.now_ns)
                self._report_outcomes(number, shown)

    def _settle_first(self) -> None:
        """Let the first stand for election, and all hear all."""
        count = range(len(self.lives))
        steps: list[Step] = [Beat(a, b) for a in count for b in count if a != b]
        steps.append(Tick(0, TICK_NS))
        for _ in range(4):
            for step in steps:
                self.apply(step)
            while self.fresh:
                self.apply(Deliver(next(iter(self.fresh))))
        self.sent.clear()
        self.fresh.clear()


def _is_here(_: Dot | Digest) -> bool:
    return True


def _machine_of(step: Step) -> int:
    """Return the machine at which a step happens."""
    match step:
        case Deliver(envelope=envelope):
            return envelope.to
        case Beat(to=to):
            return to
        case _:
            return step.machine
