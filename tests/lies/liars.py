"""A room in virtual time of which one member lies, and what it may say there."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING

from net.cluster.actions import Send
from net.cluster.causal.signing import digest_of, signed_bytes
from net.ids import Dot
from net.limits import MILLISECOND, SECOND
from net.security.identity import Identity, node_id_of
from net.security.room_secret import RoomSecret
from net.sim import World
from net.sim.contest import Contestant
from net.sim.crypto import StandInCrypto
from net.wire.messages import Cause, Message, Operation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from net.ids import NodeId
    from net.node.host import Host
    from net.node.node import Node
    from net.node.program import Action, Folding
    from net.sim.machine import Machine

ROOM_TAG = RoomSecret("simulation").tag


def quiet(me: NodeId, rng: Random) -> Contestant:
    """Return a program that decides and is told, and says nothing of its own accord."""
    program = Contestant(me, rng)
    program.talks = False
    return program


def room_of(
    count: int, seed: int = 1, blind: Iterable[int] = (), folding: Folding | None = None
) -> tuple[World, list[Machine]]:
    """Return a room whose members have settled; the last is the one that lies."""
    world = World(seed, lambda machine, what, now_ns: None, blind=frozenset(blind), folding=folding)
    machines = [world.add(quiet, number * 50 * MILLISECOND) for number in range(count)]
    world.invariants.liars.add(machines[-1].identity.node_id)
    world.run(3 * SECOND)
    return world, machines


def node_of(machine: Machine) -> Node:
    assert machine.host is not None
    return machine.host.node


def program_of(machine: Machine) -> Contestant:
    assert isinstance(machine.program, Contestant)
    return machine.program


def tell(world: World, liar: Machine, to: Iterable[Machine], messages: Iterable[Message]) -> None:
    """Have a machine say what its node would not, in its own sessions."""
    sends = [Send(each.identity.node_id, message) for each in to for message in messages]
    world.take_step(liar, partial(_say_and_flush, sends, liar.clock_ns(world.now_ns)))


def _say_and_flush(sends: list[Send], now_ns: int, host: Host) -> list[Action]:
    host.node._queue_sends(sends)
    return host.run([], now_ns)


def made_up(count: int) -> list[Identity]:
    """Return identities that nobody has met."""
    crypto, rng = StandInCrypto(Random(1)), Random(2)
    return [Identity.from_seed(rng.randbytes(32), crypto) for _ in range(count)]


def signed(
    identity: Identity,
    n: int,
    body: str | bytes,
    life: int = 1,
    causes: tuple[Cause, ...] = (),
    race_us: int = 1,
) -> Operation:
    """Return the n-th operation of a life, as its key signs it."""
    dot = Dot(node_id_of(identity.signing_public), life, n)
    packed = body.encode() if isinstance(body, str) else body
    data = signed_bytes(dot, digest_of(race_us, causes, packed), ROOM_TAG)
    signature = identity.sign(data, StandInCrypto(Random(3)))
    return Operation(dot, race_us, causes, packed, identity.signing_public, signature)
