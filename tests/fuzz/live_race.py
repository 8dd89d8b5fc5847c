"""Four real nodes with real keys in a race, in virtual time. What they say is kept, for misuse."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final, final

from net import Folding, PeerState
from net.limits import SECOND, TICK_NS
from net.security.seal import index_of, open_sealed
from net.sim import World
from net.sim.faults import Crash
from net.transport.datagram import SEALED
from racer.app.simulation.bullring import NAME
from racer.app.simulation.bullring_track import bullring
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.folding import fold_room
from racer.play.room.messages import Setup
from racer.play.session import Player, Session
from racer.play.view import Phase
from tests.net.wires import SeededSodium

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from net import NodeId
    from net.ids import Address
    from net.node.host import Host
    from net.security.primitives import Primitives
    from net.sim import Machine
    from net.sim.checks.watched import WatchedTransport
    from net.transport.transport import Transport

CARS: Final = 4
LAPS: Final = 99  # a quarter of an hour: longer than anybody feeds a race
GREEN_NS: Final = 8 * SECOND  # the lights go out a while after the last car has come, as they like
KEPT_MAX: Final = 2000  # datagrams to each: of a dozen seconds
OVER_NS: Final = SECOND  # what was sent so long ago has arrived
SETTLED_NS: Final = 3 * SECOND  # by then who has gone is known to be, and who came is met
RESTART_NS: Final = 7 * SECOND  # one of them goes so often, and comes again: handshakes to misuse


@final
class Said:
    """A datagram that one node sent to another."""

    __slots__ = ("at_ns", "data", "receiver", "sender")

    def __init__(self, sender: int, receiver: int, data: bytes, at_ns: int) -> None:
        self.sender, self.receiver, self.data, self.at_ns = sender, receiver, data, at_ns


@final
class LiveRace:
    """A race under way. Between two slices of it anything may be fed to its nodes."""

    def __init__(self, seed: int) -> None:
        folding = Folding(fold_room, 400, 400)
        self.world = World(seed, lambda *_: None, folding=folding)
        self.said_to = [deque[Said](maxlen=KEPT_MAX) for _ in range(CARS)]
        self._crashed_ns = 0
        self.world.carriage.on_transmit = self._keep_said
        for number in range(CARS):
            start_ns = number * SECOND // 20
            self.world.add(partial(_make_program, number), start_ns, crypto=_make_crypto)
        self.world.run(GREEN_NS)
        assert self.is_on, "the lights are off by then"

    @property
    def hosts(self) -> list[tuple[Machine, Host]]:
        """The processes that run."""
        return [(each, each.host) for each in self.world.machines if each.host is not None]

    @property
    def is_on(self) -> bool:
        """Whether all who run race, and know of each other."""
        return all(self._is_racing(machine, host) for machine, host in self.hosts)

    def run_slice(self, length_ns: int = TICK_NS) -> None:
        """Let the race go on a little."""
        self.world.run(self.world.now_ns + length_ns)

    def feed(self, machine: Machine, data: bytes, address: Address) -> None:
        """Have a node get a datagram, and do what it decides."""
        now_ns = machine.clock_ns(self.world.now_ns)
        self.world.take_step(machine, lambda host: host.on_datagram(data, address, now_ns))

    def settle(self) -> None:
        """Let what was said have its effect, and who came back be met."""
        self.run_slice(SETTLED_NS)

    def restart_last(self) -> None:
        """Now and then, have the last one die and come back: it shakes hands with all."""
        if self.world.now_ns - self._crashed_ns >= RESTART_NS:
            self._crashed_ns = self.world.now_ns
            self.world.inflict(Crash(CARS - 1, SECOND // 2))

    def is_over(self, said: Said) -> bool:
        """Whether a datagram has arrived by now, if it ever does."""
        return self.world.now_ns - said.at_ns > OVER_NS

    def is_sealed_for(self, number: int, said: Said) -> bool:
        """Whether a node has the session that a sealed datagram is of, or calls for it."""
        host = self.world.machines[number].host
        if host is None:
            return False
        transport, index = transport_of(host), index_of(said.data)
        return index in transport._sessions.by_index or index in transport._initiator

    def plaintext(self, said: Said) -> bytes | None:
        """Return what a datagram holds, as its receiver could read it, and nothing is changed."""
        host = self.world.machines[said.receiver].host
        if host is None or said.data[0] not in SEALED:
            return None
        session = transport_of(host)._sessions.by_index.get(index_of(said.data))
        if session is None:
            return None
        seal = session.seal
        return open_sealed(said.data, seal._receiving_key, seal._primitives)

    def _is_racing(self, machine: Machine, host: Host) -> bool:
        session, now_ns = machine.program, machine.clock_ns(self.world.now_ns)
        assert isinstance(session, Session)
        room = session._state.room
        others = [each.identity.node_id for each, _ in self.hosts]
        return (
            room.race is not None
            and room.phase(host.node.race_ns(now_ns)) is Phase.RACING
            and all(host.node.state_of(other) is PeerState.ALIVE for other in others)
        )

    def _keep_said(
        self, sender: int, receiver: int, data: bytes, sent_ns: int, _flown: list[int]
    ) -> None:
        self.said_to[receiver].append(Said(sender, receiver, data, sent_ns))


def transport_of(host: Host) -> Transport:
    """Return the layer of sessions of a node of the simulator, without the check around it."""
    watched: WatchedTransport = host.node._transport  # type: ignore[assignment]
    inner: Transport = watched._transport  # type: ignore[assignment]
    return inner


def _make_crypto(rng: Random, _on_reuse: Callable[[], None] | None) -> Primitives:
    return SeededSodium(rng.getrandbits(48))


def _make_program(number: int, me: NodeId, rng: Random) -> Session:
    track, line = bullring()
    setup = Setup(RaceSetup(NAME, LAPS), CARS)
    player = Player(race="fuzz", name=f"bot {number}", bot=True, setup=setup)
    return Session(player, me, {track.name: track}, {track.name: line}, rng)
