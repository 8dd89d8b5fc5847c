"""Transports on wires in memory: virtual time, seeded loss, delay, doubling. No asserts here."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from net.limits import MILLISECOND, TICK_NS
from net.security.identity import NO_VEIL, Identity
from net.security.primitives import SODIUM, Sodium
from net.security.room_secret import RoomSecret
from net.transport.actions import (
    Denied,
    Incompatible,
    Opened,
    PassOn,
    PutOff,
    Received,
    RoomFull,
    Transmit,
    TwinFound,
    Unconfirmed,
)
from net.transport.calls import Origin
from net.transport.local_keys import LocalKeys
from net.transport.transport import Transport
from net.wire.versions import OURS, Versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from net.ids import Address, NodeId
    from net.security.primitives import Primitives
    from net.security.session_keys import SessionKeys
    from net.transport.actions import TransportAction

ROOM = RoomSecret("Sunday cup")


class SeededSodium:
    """The real primitives, but for keys that a seed foretells: each run of a test is alike."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        sodium = Sodium()
        self.dh_public = sodium.dh_public
        self.dh = sodium.dh
        self.mapped_public = sodium.mapped_public
        self.signing_pair = sodium.signing_pair
        self.sign = sodium.sign
        self.verify = sodium.verify
        self.encrypt = sodium.encrypt
        self.decrypt = sodium.decrypt
        self.stretch = sodium.stretch

    def random(self, count: int) -> bytes:
        return self._rng.randbytes(count)


def identity(number: int) -> Identity:
    """Return the identity that tests know by a number."""
    return Identity.from_seed(number.to_bytes(32, "big"), SODIUM)


@dataclass
class End:
    """One transport, where it is plugged in, and what it told."""

    transport: Transport
    node: NodeId
    address: Address
    opened: list[Opened] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    incompatible: list[Incompatible] = field(default_factory=list)
    denied: list[Denied] = field(default_factory=list)
    full: list[RoomFull] = field(default_factory=list)
    twins: list[TwinFound] = field(default_factory=list)
    put_off: list[PutOff] = field(default_factory=list)
    unconfirmed: list[Unconfirmed] = field(default_factory=list)

    @property
    def frames(self) -> list[bytes]:
        return [received.frame for received in self.received]


@dataclass
class Wires:
    """The network between ends. `tap` sees every datagram, and may return others in its place."""

    seed: int = 0
    loss: float = 0.0
    duplication: float = 0.0
    delay_ns: tuple[int, int] = (MILLISECOND // 10, MILLISECOND)
    tap: Callable[[bytes, Address, Address], Sequence[bytes]] | None = None
    tick_ns: int = TICK_NS
    """How often the ends are ticked: less often in stories of minutes."""
    wary: bool = False
    """Whether all take the network to be full."""

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.now = 1_000_000_000
        self.ends: list[End] = []
        self.sent_to: Counter[Address] = Counter()
        self.heard_from: Counter[Address] = Counter()
        self._queue: list[tuple[int, int, bytes, Address, Address]] = []
        self._n = 0

    def plug(
        self,
        number: int,
        *,
        incarnation: int = 1,
        room: RoomSecret = ROOM,
        name: str | None = None,
        address: Address | None = None,
        primitives: Primitives | None = None,
        versions: Versions = OURS,
        veil: bytes = NO_VEIL,
        on_keys: Callable[[SessionKeys], None] | None = None,
        met: Iterable[bytes] = (),
    ) -> End:
        """Start a node and plug it in; at its usual address unless told otherwise."""
        seeded = SeededSodium(self.seed * 1000 + number * 10 + incarnation)
        whose = identity(number), primitives or seeded, room
        keys = LocalKeys.of_room(*whose, versions, veil, on_keys)
        for static in met:
            keys.meet(static)
        rng, name = Random(f"{self.seed} {number} {incarnation}"), name or f"driver {number}"
        transport = Transport(keys, incarnation, name, rng, self.now)
        end = End(transport, identity(number).node_id, address or (f"10.0.0.{number}", 4000))
        self.ends.append(end)
        return end

    def is_at(self, end: End, address: Address) -> bool:
        """Tell whether a datagram to an address comes to an end."""
        return end.address == address

    def unplug(self, end: End) -> None:
        self.ends.remove(end)

    def dial(self, end: End, other: End, *, expected: bool = True) -> None:
        node = other.node if expected else None
        self.perform(end, end.transport.dial(other.address, node, Origin.OWN, self.now))

    def send(self, end: End, other: End, frame: bytes) -> bool:
        actions = end.transport.send(other.node, frame, self.now)
        self.perform(end, actions)
        return bool(actions)

    def perform(self, end: End, actions: Sequence[TransportAction]) -> None:
        for action in actions:
            match action:
                case Transmit(address=address, data=data):
                    self.carry(data, end.address, address)
                case PassOn():
                    pass  # a wire between two has nobody who does
                case Opened():
                    end.opened.append(action)
                case Received():
                    end.received.append(action)
                case Incompatible():
                    end.incompatible.append(action)
                case Denied():
                    end.denied.append(action)
                case RoomFull():
                    end.full.append(action)
                case PutOff():
                    end.put_off.append(action)
                case Unconfirmed():
                    end.unconfirmed.append(action)
                case TwinFound():
                    end.twins.append(action)

    def carry(self, data: bytes, source: Address, destination: Address) -> None:
        """Put a datagram on the wire, as whoever."""
        self.sent_to[destination] += len(data)
        for each in self.tap(data, source, destination) if self.tap else (data,):
            copies = 1 + (self.rng.random() < self.duplication)
            for _ in range(copies):
                if self.rng.random() >= self.loss:
                    self._n += 1
                    due = self.now + self.rng.randint(*self.delay_ns)
                    heapq.heappush(self._queue, (due, self._n, each, source, destination))

    def run(self, duration_ns: int, each_tick: Callable[[], None] | None = None) -> None:
        """Let time pass: deliver what arrives, tick everybody: at 60 Hz unless told otherwise."""
        until = self.now + duration_ns
        while self.now < until:
            tick = min(self.now + self.tick_ns, until)
            self._deliver(tick)
            self.now = tick
            for end in list(self.ends):
                self.perform(end, end.transport.on_tick(self.now, wary=self.wary))
            if each_tick is not None:
                each_tick()

    def run_until(self, done: Callable[[], bool], limit_ns: int) -> bool:
        """Let time pass until something holds; tell whether it did within the limit."""
        until = self.now + limit_ns
        while self.now < until and not done():
            self.run(TICK_NS)
        return done()

    def _deliver(self, until: int) -> None:
        while self._queue and self._queue[0][0] <= until:
            due, _, data, source, destination = heapq.heappop(self._queue)
            self.now = max(self.now, due)
            for end in list(self.ends):
                if self.is_at(end, destination):
                    self.heard_from[source] += len(data)
                    actions = end.transport.on_datagram(data, source, self.now)
                    self.perform(end, actions)


def joined(seed: int = 0) -> tuple[Wires, End, End]:
    """Return two nodes with a session, on good wires."""
    wires = Wires(seed)
    one, two = wires.plug(1), wires.plug(2)
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(one.opened and two.opened), 100 * MILLISECOND)
    wires.run(20 * MILLISECOND)
    return wires, one, two
