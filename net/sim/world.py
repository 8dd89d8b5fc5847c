"""Machines in virtual time: each runs a real node with a program, a disk and a clock of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never, final

from net.errors import InvariantError
from net.limits import PAUSE_NS, RESUME_S, SECOND, TICK_NS
from net.node.host import Host
from net.node.lineage.approach import Entry
from net.node.node import Node
from net.node.program import (
    Action,
    Command,
    Event,
    Folding,
    PeerChanged,
    PeerState,
    Report,
    SaveIncarnation,
    SaveOperation,
    Stopped,
    ToDisk,
)
from net.security.identity import Identity
from net.security.room_secret import RoomSecret
from net.sim.carriage import Carriage
from net.sim.checks.detection import Detection
from net.sim.checks.inspection import coordinates
from net.sim.checks.invariants import Invariants
from net.sim.checks.watched import WatchedProgram, WatchedTransport
from net.sim.crypto import StandInCrypto
from net.sim.disk import LIFE_NS
from net.sim.disk_traffic import DiskTraffic
from net.sim.event_queue import EventQueue
from net.sim.faults import (
    AccessPointRestart,
    Blackout,
    Clog,
    Crash,
    Cut,
    Fault,
    FullDisk,
    Isolation,
    Leap,
    Pause,
    Script,
    Sever,
    Slow,
    SlowDisk,
    aimed,
)
from net.sim.machine import Fuse, Launch, Machine, MakeCrypto, MakeProgram
from net.sim.narration import Narrator, line, tell_datagram, tell_event
from net.sim.network import Conditions, Network
from net.sim.network_faults import befall
from net.sim.virtual_mdns import ADVERT_BYTES, VirtualMdns
from net.transport.actions import Transmit
from net.transport.local_keys import LocalKeys
from net.transport.transport import Transport
from net.wire.codec import CODEC, Codec

if TYPE_CHECKING:
    from net.ids import Address, NodeId

INSPECTION_NS: Final = SECOND // 10
FUSE_NS: Final = SECOND
BROKEN: Final = 41  # the invariant that a node breaks that finds itself broken

Sink: TypeAlias = Callable[[Machine, object, int], None]
Step: TypeAlias = Callable[[Host], list[Action]]


@final
class World:
    """Runs machines, one event at a time. All that is random comes from `seed`.

    Args:
        sink: gets every report of every program, with the virtual time.
        narrator: gets the run as lines for people.
        blind: invariants that are not checked.
        folding: of all programs.
    """

    def __init__(
        self,
        seed: int,
        sink: Sink,
        conditions: Conditions | None = None,
        narrator: Narrator | None = None,
        blind: frozenset[int] = frozenset(),
        folding: Folding | None = None,
    ) -> None:
        self.machines: list[Machine] = []
        self.invariants = Invariants(blind)
        self.detection = Detection(self.invariants)
        self._rng = Random(f"world {seed}")
        self.room = RoomSecret("simulation")
        self.network = Network(conditions or Conditions(), Random(f"network {seed}"))
        self._events = EventQueue()
        self.carriage = Carriage(self.network, self._events, self._receive_datagram)
        speak, sight = self.carriage.multicast, self.sight
        self._sightings = VirtualMdns(self.machines, self.network, self.at, speak, sight, self._rng)
        self._sink = sink
        self._narrator = narrator
        self._folding = folding
        self._disk_traffic = DiskTraffic(self)
        self._by_address: dict[Address, Machine] = {}
        self._trace = hashlib.blake2b(digest_size=16)

    @property
    def now_ns(self) -> int:
        return self._events.now_ns

    @property
    def next_ns(self) -> int | None:
        """When the next thing happens; None: nothing will."""
        return self._events.next_ns

    @property
    def trace(self) -> str:
        """Hash of all that happened so far, in order."""
        return self._trace.hexdigest()

    # --- building -----------------------------------------------------------------------------

    def add(
        self,
        make: MakeProgram,
        start_ns: int,
        entry: Entry = Entry.EITHER,
        codec: Codec = CODEC,
        crypto: MakeCrypto = StandInCrypto,
    ) -> Machine:
        """Add a machine whose process starts at a time; `crypto` makes what each one uses."""
        primitives = crypto(Random(self._rng.random()), None)
        identity = Identity.from_seed(self._rng.randbytes(32), primitives)
        rng = Random(self._rng.random())
        machine = Machine(len(self.machines), identity, Launch(make, entry, codec, crypto), rng)
        self.machines.append(machine)
        self._by_address[machine.address] = machine
        self.invariants.durability.disks[identity.node_id] = machine.disk
        self.at(start_ns, lambda: self.start(machine))
        return machine

    def play(self, script: Script) -> None:
        """Let a script's faults happen."""
        self.network.conditions = script.conditions
        for at_ns, fault in script.faults:
            self.at(at_ns, lambda fault=fault: self.inflict(fault))  # type: ignore[misc]

    def at(self, when_ns: int, what: Callable[[], None]) -> None:
        """Do something at a time."""
        self._events.at(when_ns, what)

    # --- running ------------------------------------------------------------------------------

    def run(self, until_ns: int, done: Callable[[], bool] = lambda: False) -> None:
        """Run until a time, or until `done` says so; it is asked ten times a second.

        Raises:
            Violation: an invariant broke.
        """
        asked_ns = self.now_ns
        while self._events.run_next(until_ns):
            if self.now_ns - asked_ns >= INSPECTION_NS:
                asked_ns = self.now_ns
                self._inspect_machines()
                if done():
                    return

    def tell(self, who: object, what: str) -> None:
        """Write a line of the trace for people."""
        if self._narrator is not None:
            self._narrator.write(line(self.now_ns, who, what))

    def command(self, machine: Machine, commands: list[Command]) -> None:
        """Have the node of a machine do this now, as if its program had said so."""
        now_ns = machine.clock_ns(self.now_ns)
        self.take_step(machine, lambda host: host.run(commands, now_ns))

    # --- faults -------------------------------------------------------------------------------

    def inflict(self, fault: Fault) -> None:
        coordinating = (m.number for m in self.machines if m.host and coordinates(m.host.node))
        fault = aimed(fault, next(coordinating, 0))
        self._add_to_trace(f"fault {fault}")
        self.tell("!", str(fault))
        match fault:
            case Crash(machine=number):
                self._arm_crash(self.machines[number], fault)
            case Blackout(down_ns=each, ahead_s=ahead_s):
                self.invariants.durability.on_blackout(self.machines, self.now_ns)
                for machine, down_ns in zip(self.machines, each, strict=False):
                    self._arm_crash(machine, Crash(machine.number, down_ns))
                for machine in self.machines:
                    ahead = ahead_s[machine.number] if machine.number < len(ahead_s) else 0
                    machine.clock.wall.reboot(ahead, self.now_ns)
                if max(ahead_s, default=0) > RESUME_S:
                    self.invariants.durability.waive()  # so old, by its clock, one founds anew
            case Pause(machine=number, for_ns=for_ns):
                self.pause(self.machines[number], self.now_ns + for_ns)
            case Slow(machine=number, by_ns=by_ns, for_ns=for_ns):
                machine = self.machines[number]
                machine.loop.late_ns, machine.loop.late_until_ns = by_ns, self.now_ns + for_ns
            case Leap(machine=number, by_ns=by_ns):
                machine = self.machines[number]
                machine.clock.leap(by_ns)
                self.invariants.clock_leapt = True
                machine.times.resumed_ns = self.now_ns  # it takes it for a pause
            case FullDisk(machine=number, for_ns=for_ns):
                self.machines[number].disk.full_until_ns = self.now_ns + for_ns
                self.invariants.durability.waive()
            case SlowDisk(machine=number, by_ns=by_ns, for_ns=for_ns):
                disk = self.machines[number].disk
                disk.slow = (by_ns, self.now_ns + for_ns)
            case Cut() | Sever() | Clog() | AccessPointRestart() | Isolation():
                befall(self.network, fault, len(self.machines), self.at, self.now_ns)
            case _:
                assert_never(fault)

    def pause(self, machine: Machine, until_ns: int) -> None:
        """Stop a machine's process until then."""
        machine.loop.paused_until_ns = max(machine.loop.paused_until_ns, until_ns)

    def crash(self, machine: Machine) -> None:
        """Kill a machine's process. Its disk stays."""
        machine.host = machine.program = machine.fuse = None
        machine.disk.lose_power(self.now_ns)
        machine.clock.wall.note_use(self.now_ns)
        machine.times.died_ns = self.now_ns
        machine.buffer.clear()
        self.tell(machine.number, "dies")

    def bar(self, machine: Machine) -> None:
        """Kill a machine's process, and let none start there until it is mended."""
        machine.barred = True
        if machine.host is not None:
            self.crash(machine)

    def mend(self, machines: Iterable[int]) -> None:
        """Let these run, and hear each other well, from now on; leave all else as bad as it is."""
        numbers = sorted(machines)
        self.tell("!", f"mended: {','.join(map(str, numbers))}")
        self.network.mend(numbers)
        self.detection.on_mended(numbers, self.now_ns)
        for number in numbers:
            machine = self.machines[number]
            machine.disk.full_until_ns, machine.disk.slow = 0, (0, 0)
            machine.barred, machine.fuse = False, None
            machine.loop.late_until_ns = min(machine.loop.late_until_ns, self.now_ns)
            if machine.host is None:
                self.start(machine)
            elif machine.loop.paused_until_ns > self.now_ns:
                machine.loop.paused_until_ns = self.now_ns
                self.at(self.now_ns, self._make_ticker(machine))

    def start(self, machine: Machine) -> None:
        """Start a machine's process, with what is on its disk."""
        if machine.host is not None or machine.stopped or machine.barred:
            return
        if machine.times.starts_ns is not None:
            return  # it is about to
        incarnation = machine.next_incarnation(self.now_ns)
        if machine.disk.takes(self.now_ns):
            self._start_life(machine, incarnation)
            return
        # Its number is the time, and could not be noted: that time must be over first.
        begins_ns = machine.times.starts_ns = (incarnation + 1) * LIFE_NS
        self.at(begins_ns, lambda: self._start_life(machine, incarnation))

    # --- inside -------------------------------------------------------------------------------

    def _start_life(self, machine: Machine, incarnation: int) -> None:
        machine.times.starts_ns = None
        if machine.stopped or machine.barred:
            return
        machine.starts += 1
        machine.times.started_ns = self.now_ns
        machine.loop.paused_until_ns = 0
        rng = Random(self._rng.random())
        told = f"({machine.number}, {incarnation}) sealed twice under one nonce"
        primitives = machine.launch.crypto(
            Random(self._rng.random()), lambda: self.invariants.violated(9, told)
        )
        now_ns = machine.clock_ns(self.now_ns)
        identity, disk = machine.identity, machine.disk
        self.tell(machine.number, f"starts   as life {incarnation}")
        name = f"machine {machine.number}"
        codec = machine.launch.codec
        keys = LocalKeys.of_room(identity, primitives, self.room, codec.versions())
        transport = Transport(keys, incarnation, name, rng, now_ns)
        watched = WatchedTransport(transport, machine, self.invariants)
        entry, folding = machine.launch.entry, self._folding
        node = Node(identity, incarnation, watched, primitives, rng, now_ns, entry, codec, folding)
        machine.program = machine.launch.make(identity.node_id, Random(self._rng.random()))
        program = WatchedProgram(machine.program, machine, self.invariants, self._observe_event)
        self.invariants.on_start(machine.life, disk.operations, disk.checkpoint)
        machine.host = Host(node, program)
        addresses = [disk.peers[peer] for peer in sorted(disk.peers)]
        kept = disk.kept(aged=machine.clock.wall.has_aged(self.now_ns))
        self.take_step(machine, lambda host: host.start(addresses, kept, now_ns))
        self._sightings.announce(machine, self.now_ns)
        self.at(self.now_ns + self._rng.randrange(TICK_NS), self._make_ticker(machine))

    @property
    def _numbers(self) -> dict[NodeId, int]:
        return {machine.identity.node_id: machine.number for machine in self.machines}

    def _arm_crash(self, machine: Machine, crash: Crash) -> None:
        if machine.host is None or machine.fuse is not None:
            return
        life = machine.life

        def kill() -> None:
            if machine.host is None or machine.life != life:
                return
            self.crash(machine)
            if crash.journal_lost:
                machine.disk.damage()
                self.invariants.durability.waive()
            self.at(self.now_ns + crash.down_ns, lambda: self.start(machine))

        if crash.after is None:
            kill()
            return
        machine.fuse = Fuse(crash.after, kill)
        self.at(self.now_ns + FUSE_NS, lambda: None if machine.fuse is None else kill())

    def _make_ticker(self, machine: Machine) -> Callable[[], None]:
        life = machine.life
        machine.loop.ticker += 1
        ticker = machine.loop.ticker

        def tick() -> None:
            if machine.host is None or (machine.life, machine.loop.ticker) != (life, ticker):
                return
            if machine.loop.paused_until_ns > self.now_ns:
                self.at(machine.loop.paused_until_ns, tick)
                return
            self._update_lateness(machine)
            self.at(self.now_ns + machine.host.tick_ns + machine.loop.late_ns, tick)
            if machine.loop.paused_until_ns:
                machine.loop.paused_until_ns, machine.times.resumed_ns = 0, self.now_ns
                self.tell(machine.number, f"resumes  with {len(machine.buffer)} datagrams")
            self.turn(machine)

        return tick

    def _update_lateness(self, machine: Machine) -> None:
        if machine.loop.late_ns == 0:
            return
        if machine.loop.late_ns > PAUSE_NS - TICK_NS:
            machine.times.resumed_ns = self.now_ns  # it takes each tick for the end of a pause
        if machine.loop.late_until_ns <= self.now_ns:
            machine.loop.late_ns = 0
            self.tell(machine.number, "keeps time again")

    def turn(self, machine: Machine) -> None:
        """Let a process handle all that waits in its socket, and only then what is due."""
        self.drain(machine)
        self._disk_traffic.tell(machine)
        self.run_timers(machine)

    def drain(self, machine: Machine) -> None:
        while machine.buffer and machine.host is not None:
            data, address = machine.buffer.popleft()
            self._deliver_datagram(machine, data, self._by_address[address])

    def run_timers(self, machine: Machine) -> None:
        if machine.host is None:
            return
        machine.loop.draining = bool(machine.buffer)  # then it is too early
        now_ns = machine.clock_ns(self.now_ns)
        self.take_step(machine, lambda host: host.on_tick(now_ns))
        machine.loop.draining = False
        self._check_race_clock(machine, now_ns)

    def _receive_datagram(self, receiver: int, data: bytes, by: int) -> None:
        machine, sender = self.machines[receiver], self.machines[by]
        if machine.host is None:
            if sender.host is not None and not self.network.is_cut(machine.number, sender.number):
                now_ns = sender.clock_ns(self.now_ns)
                self.take_step(sender, lambda host: host.on_refused(machine.address, now_ns))
        elif machine.loop.paused_until_ns or machine.loop.late_ns:
            if len(machine.buffer) < self.network.conditions.buffer:
                machine.buffer.append((data, sender.address))
        else:
            self._deliver_datagram(machine, data, sender)

    def _deliver_datagram(self, machine: Machine, data: bytes, sender: Machine) -> None:
        if machine.host is None:
            return
        sender.times.heard_ns = self.now_ns
        if self._narrator is not None and self._narrator.messages:
            self.tell(machine.number, f"< {sender.number}  {tell_datagram(data, self._numbers)}")
        now_ns = machine.clock_ns(self.now_ns)
        self.take_step(machine, lambda host: host.on_datagram(data, sender.address, now_ns))

    def take_step(self, machine: Machine, step: Step) -> None:
        """Have a process do something, and perform what it decides.

        One that finds its own state broken ends there, as a real one does, and stays away.
        """
        if machine.host is None:
            return
        try:
            actions = step(machine.host)
        except InvariantError as fault:
            self._stop_broken(machine, str(fault))
        else:
            self._perform_actions(machine, actions)

    def _stop_broken(self, machine: Machine, fault: str) -> None:
        machine.fault, machine.stopped = fault, True
        self._add_to_trace(f"{machine.number} stops: {fault}")
        self.tell(machine.number, f"stops    {fault}")
        life = machine.life
        self.crash(machine)
        self.invariants.violated(BROKEN, f"{life} found its own state broken: {fault}")

    def _perform_actions(self, machine: Machine, actions: list[Action]) -> None:
        fuse = machine.fuse
        if fuse is None or not any(map(_persists, actions)):
            for action in actions:
                self._perform_action(machine, action)
            return
        for action in actions[: fuse.actions]:
            self._perform_action(machine, action)
        fuse.blow()

    def _perform_action(self, machine: Machine, action: Action) -> None:
        match action:
            case Transmit(address=address, data=data):
                self._transmit_datagram(machine, address, data)
            case SaveIncarnation(incarnation=incarnation):
                self.invariants.on_saved(machine.life, action)
                machine.disk.reserve(incarnation, self.now_ns)
            case ToDisk():
                self.invariants.on_saved(machine.life, action)
                self.invariants.durability.on_given(action, self.now_ns)
                self._disk_traffic.put(machine, action)
            case Report(what=what):
                self._add_to_trace(f"{machine.number} {what}")
                self._sink(machine, what, self.now_ns)
            case Stopped():
                machine.stopped = True
                self._add_to_trace(f"{machine.number} left")
                self.crash(machine)
            case _:
                assert_never(action)

    def _transmit_datagram(self, sender: Machine, address: Address, data: bytes) -> None:
        receiver = self._by_address.get(address)
        if receiver is None:
            return
        self.carriage.send(sender.number, receiver.number, data)

    def sight(self, by: Machine, seen: Machine) -> None:
        """Have a machine hear an advert of another, or be told of one that was heard before."""
        node, now_ns = seen.identity.node_id, by.clock_ns(self.now_ns)
        at = (seen.address,)
        self.take_step(by, lambda host: host.on_advert(node, at, ADVERT_BYTES, now_ns))

    # --- watching -----------------------------------------------------------------------------

    def _observe_event(self, machine: Machine, event: Event) -> None:
        if self._narrator is not None and (text := tell_event(event, self._numbers)) is not None:
            self.tell(machine.number, text)
        self.invariants.durability.on_event(machine, event, self.now_ns)
        if isinstance(event, PeerChanged) and event.state is PeerState.DOWN:
            judged = self.machines[self._numbers[event.node]]
            self.detection.on_down(machine, judged, event.incarnation, self.now_ns)

    def _inspect_machines(self) -> None:
        self._add_to_trace(f"sent {self.network.sent} {self.network.sent_bytes}")
        self.detection.inspect(self.machines, self.now_ns)

    def _check_race_clock(self, machine: Machine, now_ns: int) -> None:
        leapt = self.invariants.clock_leapt
        if machine.host is not None and machine.host.node.synced and not leapt:
            self.invariants.on_race_clock(machine.life, machine.host.node.race_ns(now_ns))

    def _add_to_trace(self, what: str) -> None:
        self._trace.update(f"{self.now_ns} {what}\n".encode())


def _persists(action: Action) -> bool:
    return isinstance(action, (SaveOperation, SaveIncarnation))
