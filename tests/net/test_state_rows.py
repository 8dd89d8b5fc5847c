"""No row of a table stands for show: a machine that meets everything goes every way of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any, TypeAlias

import pytest

from net.cluster.actions import Send
from net.cluster.election import ELECTION, Election
from net.cluster.failure_detector import HEALTH, FailureDetector, Health
from net.cluster.fork import FORK, Forking
from net.cluster.log import DecreeLog
from net.cluster.snapshot import SnapshotServer
from net.cluster.voter import Voter
from net.ids import NO_LINEAGE, LineageId, Member, NodeId
from net.limits import (
    CANDIDACY_NS,
    FORGET_DOWN_NS,
    HEARTBEAT_NS,
    LISTED_NS,
    REKEY_NS,
    SECOND,
    STAGGER_NS,
)
from net.node.lineage.approach import Entry
from net.node.lineage.joining import PLACE
from net.node.lineage.lifecycle import IncarnationRaised, Lifecycle
from net.node.lineage.lineage_readout import MEMBERSHIP, LineageReadout
from net.node.lineage.succession import Succession
from net.node.peers import Peer, Peers
from net.sim.crypto import stand_in_signet
from net.state_table import StateTable
from net.transport.session_states import SESSION
from net.wire.decrees import AddMember, DecreeBody, FoundLineage, RemoveMember, Yield
from net.wire.messages import (
    Append,
    BlockRequest,
    Fetch,
    Fetched,
    ForkAnswer,
    ForkCall,
    ManifestRequest,
    Prepare,
    Refusal,
    Status,
)
from tests.net.disks import no_disk
from tests.net.guarded import handed_over, promise_to
from tests.net.healths import ON_TIME
from tests.net.wires import End, Wires, joined

A, B, C = (Member(bytes([n]) * 16, 1) for n in (1, 2, 3))
LINEAGE = b"lineage1"
JUMPS_NS = (1_000_000, HEARTBEAT_NS, STAGGER_NS, CANDIDACY_NS + 1)

Rows: TypeAlias = set[tuple[Any, Any]]


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Rows:
    """The rows that machines have moved by."""
    rows: Rows = set()
    after: Callable[[StateTable[Any, Any], Any, Any], Any] = StateTable.after

    def note(table: StateTable[Any, Any], state: Any, event: Any) -> Any:
        rows.add((state, event))
        return after(table, state, event)

    monkeypatch.setattr(StateTable, "after", note)
    return rows


def missing(table: StateTable[Any, Any], taken: Rows) -> list[str]:
    rows = table.transitions.keys() - taken
    return sorted(f"{event.name} in {state.name}" for state, event in rows)


def log_of(*whats: DecreeBody, lineage: LineageId = LINEAGE, epoch: int = 1) -> DecreeLog:
    """Return a log of A, B and C whose founding is committed, and these decrees behind it."""
    log = DecreeLog()
    log.append(1, FoundLineage(lineage, NO_LINEAGE, 0, (A, B, C)))
    log.commit_to(1)
    for what in whats:
        log.append(epoch, what)
    return log


BETTER = (log_of(RemoveMember(C), epoch=2), log_of(RemoveMember(A), epoch=2))


def answers(sends: Iterable[object], rng: Random) -> list[tuple[NodeId, Fetched]]:
    """Return what those with a better log answer to what was asked of them."""
    log = rng.choice(BETTER)
    parts: list[tuple[NodeId, Fetched]] = []
    for send in sends:
        match send:
            case Send(to=to, message=Fetch(lineage=lineage, epoch=epoch, index=index)):
                entries = log.entries(index, log.head)
                parts.append((to, Fetched(lineage, epoch, index, entries, log.head)))
            case _:
                pass
    return parts


def meet_an_election(rng: Random) -> None:
    """Let one member go through a while in which anything may come."""
    voter = Voter(A, ON_TIME, no_disk(), stand_in_signet(A.node), log_of(), promised=1, epoch=1)
    election, now_ns, parts = Election(voter, rng), SECOND, list[tuple[NodeId, Fetched]]()
    for _ in range(40):
        now_ns += rng.choice(JUMPS_NS)
        epoch = max(voter.promised + rng.randrange(-1, 2), 0)
        match rng.randrange(8):
            case 0:
                told = election.on_hand_over(handed_over(B, 1, A), now_ns)
            case 1:
                handed = handed_over(A, 1, B) if rng.random() < 0.5 else None
                prepare = Prepare(LINEAGE, epoch, B, handed)
                told = election.on_prepare(B.node, prepare, now_ns)
            case 2 | 3:
                head_epoch = rng.choice((1, 2))
                promiser = rng.choice((B, C))
                promise = promise_to(A, voter.promised, promiser, head_epoch, head_epoch)
                told = election.on_promise(promiser.node, promise, now_ns)
            case 4:
                told = election.on_refusal(rng.choice((B, C)).node, Refusal(LINEAGE, epoch), now_ns)
            case 5 if parts:
                source, part = parts.pop()
                told = election.on_fetched(source, part, now_ns)
            case _:
                told = election.on_tick(rng.random() < 0.7, rng.randrange(2), now_ns)
        parts.extend(answers(told, rng))


def test_a_member_that_meets_everything_goes_every_way_of_an_election(taken: Rows) -> None:
    for seed in range(500):
        meet_an_election(Random(seed))
    assert missing(ELECTION, taken) == []


def meet_a_fork(rng: Random) -> None:
    voter = Voter(A, ON_TIME, no_disk(), stand_in_signet(A.node), log_of(), promised=1, epoch=1)
    forking, now_ns, parts = Forking(voter, rng), SECOND, list[tuple[NodeId, Fetched]]()
    called = b""
    for _ in range(40):
        now_ns += rng.choice(JUMPS_NS)
        match rng.randrange(4):
            case 0:
                head = rng.choice((1, 2))
                answer = ForkAnswer(LINEAGE, called, B, head, head)
                told = forking.on_fork_answer(B.node, answer, now_ns)
            case 1 if parts:
                source, part = parts.pop()
                told = forking.on_fetched(source, part, now_ns)
            case _:
                told = forking.on_tick(rng.random() < 0.9, (A, B), now_ns)
        calls = [each.message for each in told if isinstance(each, Send)]
        called = next((call.lineage for call in calls if isinstance(call, ForkCall)), called)
        parts.extend(answers(told, rng))


def test_a_member_that_meets_everything_goes_every_way_of_a_fork(taken: Rows) -> None:
    for seed in range(500):
        meet_a_fork(Random(seed))
    assert missing(FORK, taken) == []


def test_of_who_comes_and_goes_everything_is_thought(taken: Rows) -> None:
    rng, now_ns = Random(1), 0
    detector = FailureDetector(A.node, ON_TIME)
    for _ in range(5000):
        now_ns += rng.choice((*JUMPS_NS, SECOND, FORGET_DOWN_NS // 2))
        member = rng.choice((B, C))
        match rng.randrange(6):
            case 0:
                detector.on_left(member.node, 1)
            case 1 | 2:
                detector.on_heard(member.node, 1, now_ns)
            case _:
                detector.on_tick(now_ns)
    assert missing(HEALTH, taken) == []


# --- lineages -------------------------------------------------------------------------------------


def standing(log: DecreeLog, coordinator: Member | None, idle: bool) -> Status:
    """Return what the heartbeats of B say."""
    head_hash = log.head_hash[:8]
    return Status(
        log.precedence(idle, 0),
        1,
        coordinator,
        True,
        True,
        log.commit,
        log.head,
        head_hash,
        log.head,
    )


def test_one_life_in_a_lineage_becomes_all_that_it_can(taken: Rows) -> None:
    for seed in range(200):
        rng = Random(seed)
        log = log_of() if rng.random() < 0.7 else log_of(RemoveMember(A))
        peer = Peer(B.node, 1, "", Health.ALIVE, standing(log, B, idle=True))
        peers = Peers()
        peers.put(peer)
        voter = Voter(A, ON_TIME, no_disk(), stand_in_signet(A.node), log)
        readout = LineageReadout(voter, Succession(voter, peers))
        for now_ns in range(0, SECOND, HEARTBEAT_NS):
            match rng.randrange(12):
                case 0:
                    readout.lose()
                case 1:
                    log.append(1, rng.choice((Yield(b"lineage2"), RemoveMember(A), AddMember(A))))
                case _:
                    log.commit_to(log.head)
            readout.read(rng.random() < 0.9, now_ns)
    assert missing(MEMBERSHIP, taken) == []


class Passage:
    """A node that meets one peer, which is in one lineage, in another, or in none."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.now_ns = SECOND
        self.me = A
        self.peer = Peer(B.node, 1, "", Health.ALIVE)
        self.peers = Peers()
        self.peers.put(self.peer)
        entry = self.rng.choice((Entry.FOUND, Entry.EITHER))
        storage = no_disk()
        self.life = Lifecycle(
            A, entry, self.peers, ON_TIME, storage, stand_in_signet(A.node), self.rng, self.now_ns
        )
        self.server = SnapshotServer()
        self.log = log_of(lineage=b"lineage2")

    def step(self) -> None:
        self.now_ns += self.rng.choice((*JUMPS_NS, SECOND))
        match self.rng.randrange(12):
            case 0:
                self.log = log_of(lineage=self.rng.choice((b"lineage2", b"lineage3")))
            case 1:
                self.peer.status = None
            case 2 | 3 | 4:
                coordinator = self.rng.choice((B, B, None))
                self.peer.status = standing(self.log, coordinator, self.rng.random() < 0.5)
            case 5:
                self.life.leave()
            case 9:
                seen_ns = self.now_ns - self.rng.choice((0, LISTED_NS - HEARTBEAT_NS))
                self.life.on_listed(C.node, ("10.0.0.3", 7000), seen_ns)
            case 6 | 7:
                self.append(self.rng.choice((AddMember, AddMember, RemoveMember))(self.me))
            case 8 if self.rng.random() < 0.3:
                self.append(Yield(b"lineage3"))
            case _:
                pass
        self.perform(self.life.on_tick(self.rng.random() < 0.5, 0, self.now_ns))
        self.perform(self.life.go_on(self.now_ns))

    def append(self, what: DecreeBody) -> None:
        index, previous = self.log.head, self.log.head_hash
        decree = self.log.append(1, what)
        self.log.commit_to(self.log.head)
        append = Append(self.log.lineage, 1, B, index, previous, (decree,), self.log.head, 0)
        self.perform(self.life.on_log_message(self.peer, append, self.now_ns))

    def perform(self, outcomes: Iterable[object]) -> None:
        for outcome in outcomes:
            match outcome:
                case IncarnationRaised(member=member):
                    self.me = member
                case Send(message=ManifestRequest() as request):
                    self.answer(self.server.on_manifest_request(self.log, self.me.node, request))
                case Send(message=BlockRequest() as request):
                    self.answer(self.server.on_block_request(self.log, self.me.node, request))
                case _:
                    pass

    def answer(self, sends: Iterable[Send]) -> None:
        for send in sends:
            message: Any = send.message
            self.perform(self.life.on_history_message(self.peer, message, self.now_ns))


def test_a_node_that_meets_everything_goes_every_way_between_lineages(taken: Rows) -> None:
    for seed in range(300):
        passage = Passage(seed)
        for _ in range(80):
            passage.step()
    assert missing(PLACE, taken) == []


def test_sessions_over_wires_that_lose_most_go_every_way(taken: Rows) -> None:
    for seed in range(12):
        wires = Wires(seed, loss=0.6)
        one, two = wires.plug(1), wires.plug(2)
        for _ in range(4):
            wires.dial(one, two)
            wires.dial(two, one)
            wires.run(4 * SECOND)
        wires.loss = 1.0
        wires.run(FORGET_DOWN_NS + SECOND)
    wires, one, two = joined()
    wires.run(REKEY_NS, lambda: _both_speak(wires, one, two))
    assert missing(SESSION, taken) == []


def _both_speak(wires: Wires, one: End, two: End) -> None:
    wires.send(one, two, b"on")
    wires.send(two, one, b"on")
