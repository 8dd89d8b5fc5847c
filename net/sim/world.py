"""Machines in virtual time: each runs a real node with a program, a disk and a clock of its own."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Final, TypeAlias, assert_never, final

from net.ids import Address, NodeId
from net.limits import MILLISECOND, SECOND, TICK_NS
from net.node.host import Host
from net.node.node import Node
from net.node.program import (
    Action,
    Command,
    Event,
    NodeView,
    Program,
    Report,
    SaveIncarnation,
    SaveOperation,
    SavePeer,
    Stopped,
)
from net.security.identity import Identity
from net.security.room import Room
from net.sim.crypto import Pretence
from net.sim.faults import Crash, Cut, Fault, Pause, Script
from net.sim.invariants import Invariants
from net.sim.network import Conditions, Network
from net.transport.actions import Transmit
from net.transport.transport import Transport
from net.wire.messages import Operation

BUFFER_DATAGRAMS: Final = 1000  # a socket's receive buffer; full, it keeps the oldest
SIGHTING_NS: Final = 250 * MILLISECOND  # how late mDNS may tell of a start
SIGHTING_AGAIN_NS: Final = 5 * SECOND

MakeProgram: TypeAlias = Callable[[NodeId, Random], Program]
Sink: TypeAlias = Callable[["Machine", object, int], None]


@dataclass(slots=True)
class Disk:
    """What a machine keeps over a crash."""

    incarnation: int = 0
    operations: list[Operation] = field(default_factory=list)
    peers: dict[NodeId, Address] = field(default_factory=dict)


@final
class Machine:
    """A computer of the LAN; `host` is None while nothing runs on it."""

    def __init__(self, number: int, identity: Identity, make: MakeProgram, rng: Random) -> None:
        self.number = number
        self.identity = identity
        self.make = make
        self.disk = Disk()
        self.host: Host | None = None
        self.program: Program | None = None
        self.starts = 0
        self.stopped = False  # it left on purpose
        self.paused_until_ns = 0
        self.skew_ppm = rng.randint(-200, 200)
        self.offset_ns = rng.randrange(SECOND, 10**6 * SECOND)
        self.buffer: deque[tuple[bytes, Address]] = deque()

    @property
    def address(self) -> Address:
        return (f"10.0.0.{self.number + 1}", 7000)

    @property
    def life(self) -> tuple[int, int]:
        return (self.number, self.starts)

    def clock_ns(self, now_ns: int) -> int:
        """Return what this machine's clock shows."""
        return self.offset_ns + now_ns + now_ns * self.skew_ppm // 1_000_000


@final
class _Watched:
    """Shows the checker every event before the program gets it."""

    def __init__(self, program: Program, machine: Machine, invariants: Invariants) -> None:
        self._program = program
        self._life = machine.life
        self._invariants = invariants

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        self._invariants.on_event(self._life, event)
        return self._program.on_event(event, node, now_ns)

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        return self._program.on_tick(node, now_ns)


@final
class World:
    """Runs machines, one event at a time. All that is random comes from `seed`.

    Args:
        sink: gets every report of every program, with the virtual time.
    """

    def __init__(self, seed: int, sink: Sink, conditions: Conditions | None = None) -> None:
        self.now_ns = 0
        self.sent_bytes = 0
        self.machines: list[Machine] = []
        self.invariants = Invariants()
        self._rng = Random(f"world {seed}")
        self._room = Room("simulation")
        self.network = Network(conditions or Conditions(), Random(f"network {seed}"))
        self._sink = sink
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._order = 0
        self._trace = hashlib.blake2b(digest_size=16)

    @property
    def trace(self) -> str:
        """Hash of all that happened so far, in order."""
        return self._trace.hexdigest()

    # --- building -----------------------------------------------------------------------------

    def add(self, make: MakeProgram, start_ns: int) -> Machine:
        """Add a machine whose process starts at a time."""
        primitives = Pretence(Random(self._rng.random()))
        identity = Identity.from_seed(self._rng.randbytes(32), primitives)
        machine = Machine(len(self.machines), identity, make, Random(self._rng.random()))
        self.machines.append(machine)
        self.at(start_ns, lambda: self.start(machine))
        return machine

    def play(self, script: Script) -> None:
        """Let a script's faults happen."""
        self.network.conditions = script.conditions
        for at_ns, fault in script.faults:
            self.at(at_ns, lambda fault=fault: self.inflict(fault))  # type: ignore[misc]

    def at(self, when_ns: int, what: Callable[[], None]) -> None:
        """Do something at a time."""
        self._order += 1
        heappush(self._queue, (when_ns, self._order, what))

    # --- running ------------------------------------------------------------------------------

    def run(self, until_ns: int, done: Callable[[], bool] = lambda: False) -> None:
        """Run until a time, or until `done` says so; it is asked ten times a second.

        Raises:
            Violation: an invariant broke.
        """
        asked_ns = self.now_ns
        while self._queue and self._queue[0][0] <= until_ns:
            self.now_ns, _, what = heappop(self._queue)
            what()
            if self.now_ns - asked_ns >= SECOND // 10:
                asked_ns = self.now_ns
                if done():
                    return
        self.now_ns = until_ns

    # --- faults -------------------------------------------------------------------------------

    def inflict(self, fault: Fault) -> None:
        self._note(f"fault {fault}")
        match fault:
            case Crash(machine=number, down_ns=down_ns):
                machine = self.machines[number]
                if machine.host is not None:
                    self.crash(machine)
                    self.at(self.now_ns + down_ns, lambda: self.start(machine))
            case Pause(machine=number, for_ns=for_ns):
                self.machines[number].paused_until_ns = self.now_ns + for_ns
            case Cut():
                links = self._links(fault)
                self.network.cut(links)
                self.at(self.now_ns + fault.for_ns, lambda: self.network.heal(links))
            case _:
                assert_never(fault)

    def crash(self, machine: Machine) -> None:
        """Kill a machine's process. Its disk stays."""
        machine.host = machine.program = None
        machine.buffer.clear()

    def start(self, machine: Machine) -> None:
        """Start a machine's process, with what is on its disk."""
        if machine.host is not None or machine.stopped:
            return
        machine.starts += 1
        machine.paused_until_ns = 0
        rng = Random(self._rng.random())
        primitives = Pretence(Random(self._rng.random()))
        now_ns = machine.clock_ns(self.now_ns)
        identity, disk = machine.identity, machine.disk
        incarnation = disk.incarnation + 1
        name = f"machine {machine.number}"
        transport = Transport(identity, primitives, self._room, incarnation, name, rng, now_ns)
        node = Node(identity, incarnation, transport, primitives, rng, now_ns)
        machine.program = machine.make(identity.node_id, Random(self._rng.random()))
        watched = _Watched(machine.program, machine, self.invariants)
        machine.host = Host(node, watched)
        self._perform(
            machine,
            machine.host.start(
                [disk.peers[peer] for peer in sorted(disk.peers)], list(disk.operations), now_ns
            ),
        )
        self._announce(machine)
        self.at(self.now_ns + self._rng.randrange(TICK_NS), self._ticker(machine))

    # --- inside -------------------------------------------------------------------------------

    def _ticker(self, machine: Machine) -> Callable[[], None]:
        life = machine.life

        def tick() -> None:
            if machine.host is None or machine.life != life:
                return
            if machine.paused_until_ns > self.now_ns:
                self.at(machine.paused_until_ns, tick)
                return
            self.at(self.now_ns + TICK_NS, tick)
            now_ns = machine.clock_ns(self.now_ns)
            while machine.buffer and machine.host is not None:
                data, address = machine.buffer.popleft()
                self._perform(machine, machine.host.on_datagram(data, address, now_ns))
            if machine.host is not None:
                self._perform(machine, machine.host.on_tick(now_ns))

        return tick

    def _arrive(self, machine: Machine, data: bytes, sender: Machine) -> None:
        if machine.host is None:
            if sender.host is not None and not self.network.is_cut(machine.number, sender.number):
                now_ns = sender.clock_ns(self.now_ns)
                self._perform(sender, sender.host.on_refused(machine.address, now_ns))
        elif machine.paused_until_ns > self.now_ns:
            if len(machine.buffer) < BUFFER_DATAGRAMS:
                machine.buffer.append((data, sender.address))
        else:
            now_ns = machine.clock_ns(self.now_ns)
            self._perform(machine, machine.host.on_datagram(data, sender.address, now_ns))

    def _perform(self, machine: Machine, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Transmit(address=address, data=data):
                    self._transmit(machine, address, data)
                case SaveIncarnation(incarnation=incarnation):
                    machine.disk.incarnation = incarnation
                case SaveOperation(operation=operation):
                    machine.disk.operations.append(operation)
                case SavePeer(node=node, address=address):
                    machine.disk.peers[node] = address
                case Report(what=what):
                    self._note(f"{machine.number} {what}")
                    self._sink(machine, what, self.now_ns)
                case Stopped():
                    machine.stopped = True
                    self._note(f"{machine.number} left")
                    self.crash(machine)
                case _:
                    assert_never(action)

    def _transmit(self, sender: Machine, address: Address, data: bytes) -> None:
        receiver = next((m for m in self.machines if m.address == address), None)
        if receiver is None:
            return
        self.sent_bytes += len(data)
        for delay_ns in self.network.arrivals(sender.number, receiver.number):
            arrives_ns = self.now_ns + delay_ns
            self.at(arrives_ns, lambda: self._arrive(receiver, data, sender))

    def _announce(self, machine: Machine) -> None:
        """Let mDNS tell all running machines of each other, now and then, across open links."""
        life = machine.life

        def announce() -> None:
            if machine.host is None or machine.life != life:
                return
            for other in self.machines:
                delay_ns = self._rng.randrange(20 * MILLISECOND, SIGHTING_NS)
                self.at(self.now_ns + delay_ns, self._sighter(machine, other))
                self.at(self.now_ns + delay_ns, self._sighter(other, machine))
            self.at(self.now_ns + SIGHTING_AGAIN_NS, announce)

        announce()

    def _sighter(self, seen: Machine, by: Machine) -> Callable[[], None]:
        def sight() -> None:
            if seen is by or seen.host is None or by.host is None:
                return
            if by.paused_until_ns > self.now_ns or self.network.is_cut(seen.number, by.number):
                return
            now_ns = by.clock_ns(self.now_ns)
            actions = by.host.on_sighting(seen.identity.node_id, seen.address, now_ns)
            self._perform(by, actions)

        return sight

    def _links(self, cut: Cut) -> list[tuple[int, int]]:
        others = [m.number for m in self.machines if m.number not in cut.side]
        links = [(a, b) for a in cut.side for b in others]
        return links if cut.one_way else [*links, *((b, a) for a, b in links)]

    def _note(self, what: str) -> None:
        self._trace.update(f"{self.now_ns} {what}\n".encode())
