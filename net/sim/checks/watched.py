"""What stands between a node and its program, and between it and its sessions, to check both."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net.cluster.judging.jury import Leader, Ruled
from net.ids import Address, NodeId
from net.node.node import Node
from net.node.program import (
    Command,
    CoordinatorChanged,
    Event,
    JudgesDecrees,
    NodeView,
    PeerChanged,
    PeerState,
    Program,
    Propose,
)
from net.transport.actions import Received, TransportAction
from net.transport.calls import Origin
from net.transport.counters import TransportCounters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from net.node.session_layer import SessionLayer
    from net.sim.checks.invariants import Invariants
    from net.sim.machine import Machine
    from net.transport.routes import Route
    from net.wire.decrees import Decree
    from net.wire.versions import Versions

HEAD_BYTES = 13  # kind, session, counter: what names a sealed datagram


@final
class WatchedProgram:
    """Shows the checker every event before the program gets it, and every proposal after."""

    def __init__(
        self,
        program: Program,
        machine: Machine,
        invariants: Invariants,
        tell: Callable[[Machine, Event], None],
    ) -> None:
        self._program = program
        self._machine = machine
        self._life = machine.life
        self._invariants = invariants
        self._tell = tell
        self._judges = program if isinstance(program, JudgesDecrees) else None

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        self._tell(self._machine, event)
        self._invariants.on_event(self._life, event, _whole(node))
        if self._machine.loop.draining:
            self._check_while_draining(event, node)
        return self._check_outputs(self._program.on_event(event, node, now_ns), node)

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        return self._check_outputs(self._program.on_tick(node, now_ns), node)

    def judge(
        self, ahead: Sequence[Decree], by: Leader, waited_ns: int, node: NodeView, now_ns: int
    ) -> Ruled:
        if self._judges is None:
            return Ruled.FITS
        return self._judges.judge(ahead, by, waited_ns, node, now_ns)

    def _check_outputs(self, commands: list[Command], node: NodeView) -> list[Command]:
        if node.decides and any(isinstance(command, Propose) for command in commands):
            self._invariants.on_proposal(self._life, _whole(node))
            if self._machine.loop.draining:
                self._invariants.violated(4, f"{self._life} decided before it drained its socket")
        return commands

    def _check_while_draining(self, event: Event, node: NodeView) -> None:
        match event:
            case PeerChanged(state=PeerState.DOWN):
                self._invariants.violated(4, f"{self._life} judged before it drained its socket")
            case CoordinatorChanged(node=coordinator) if coordinator == node.me:
                self._invariants.violated(4, f"{self._life} led before it drained its socket")
            case _:
                pass


def _whole(node: NodeView) -> Node:
    """Return the node of which a program sees a part: a checker looks further."""
    assert isinstance(node, Node)
    return node


@final
class WatchedTransport:
    """Passes on to a transport; checks that nothing counts twice.

    It is the session layer of one process, as the transport that it wraps is one.
    """

    def __init__(self, transport: SessionLayer, machine: Machine, invariants: Invariants) -> None:
        self._transport = transport
        self._life = machine.life
        self._invariants = invariants
        self._opened: set[bytes] = set()  # names of the datagrams whose frames were handed up

    @property
    def room_tag(self) -> bytes:
        return self._transport.room_tag

    @property
    def versions(self) -> Versions:
        return self._transport.versions

    @property
    def counters(self) -> TransportCounters:
        return self._transport.counters

    def on_datagram(self, data: bytes, route: Route, now_ns: int) -> list[TransportAction]:
        actions = self._transport.on_datagram(data, route, now_ns)
        if any(isinstance(action, Received) for action in actions):
            name = data[:HEAD_BYTES]
            if name in self._opened:
                self._invariants.violated(10, f"{self._life} took a datagram twice")
            self._opened.add(name)
        return actions

    def on_tick(self, now_ns: int, beat_ns: int, *, wary: bool) -> list[TransportAction]:
        return self._transport.on_tick(now_ns, beat_ns, wary=wary)

    def send(self, node: NodeId, frame: bytes, now_ns: int) -> list[TransportAction]:
        return self._transport.send(node, frame, now_ns)

    def dial(
        self, route: Route, expected: NodeId | None, origin: Origin, now_ns: int
    ) -> list[TransportAction]:
        return list(self._transport.dial(route, expected, origin, now_ns))

    def next_hop(self, node: NodeId) -> NodeId | None:
        return self._transport.next_hop(node)

    def node_of(self, alias: NodeId) -> NodeId:
        return self._transport.node_of(alias)

    def note_advert(self, node: NodeId, addresses: tuple[Address, ...], size: int) -> None:
        self._transport.note_advert(node, addresses, size)

    def set_incarnation(self, incarnation: int, now_ns: int) -> list[TransportAction]:
        return self._transport.set_incarnation(incarnation, now_ns)

    def note_tried(self, member: NodeId, host: str, now_ns: int) -> bool:
        return self._transport.note_tried(member, host, now_ns)

    def speak(self, room: int) -> None:
        self._transport.speak(room)

    def node_at(self, address: Address) -> NodeId | None:
        return self._transport.node_at(address)

    def address_of(self, node: NodeId) -> Address | None:
        return self._transport.address_of(node)
