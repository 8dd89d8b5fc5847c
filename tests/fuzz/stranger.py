"""A stranger at a live race: it hears all that is said, and says it again, changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias, final

from net.limits import DATAGRAM_BYTES_MAX
from net.node.program import Report
from net.transport.actions import Transmit
from net.transport.counters import TransportCounters
from net.transport.datagram import SEALED, DatagramKind, Hello, Opening
from net.transport.local_keys import LocalKeys
from net.wire.versions import OURS
from tests.fuzz.live_race import CARS, LiveRace, transport_of
from tests.fuzz.mutation import mutated
from tests.fuzz.node_state import digest_of, standing_of
from tests.net.wires import SeededSodium, identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.ids import Address
    from net.node.host import Host
    from net.sim import Machine
    from tests.fuzz.live_race import Said

BURST: Final = 64  # fed to one node at one moment
_EARLY: Final = 8  # of so many bursts one is of what may not have arrived yet
_HEADS: Final = (1, 5, 13)  # kind, index, counter
_GREETINGS: Final = 100  # first messages that are as they should be
_LOW_ORDER: Final = tuple(
    number.to_bytes(32, "little") for number in (0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18)
)
_DROPS: Final = tuple(
    each.name for each in fields(TransportCounters) if each.metadata.get("kind") != "done"
)
_TELLING: Final = frozenset({DatagramKind.HELLO, DatagramKind.NEGOTIATION, DatagramKind.DENIAL})
"""By these a person may be told something: that somebody there speaks another version."""

Datagram: TypeAlias = "tuple[bytes, Address]"


class EffectError(AssertionError):
    """Something that a stranger said did more than it may. The text has the datagrams in hex."""


@final
@dataclass(slots=True)
class Fed:
    """What came of it."""

    datagrams: int = 0
    answered: int = 0  # though nobody proved anything, with no more bytes than came
    looks: int = 0  # at all that a node is


@final
class Stranger:
    """Feeds nodes of a race what they said, changed; sees that they refuse it and go on."""

    def __init__(self, race: LiveRace, seed: int, look_each: int = 50) -> None:
        """Begin; after so many bursts one is held against all that a node is."""
        self.race = race
        self.fed = Fed()
        self._look_each = look_each
        self._rng = Random(f"stranger {seed}")
        self._bursts = 0
        room = race.world.room
        self._keys = LocalKeys(identity(66), SeededSodium(seed), room, OURS)
        self._greetings = [self._begin_handshake() for _ in range(_GREETINGS)]

    def feed(self, count: int) -> None:
        """Feed so many datagrams at least, a burst to one node after the other.

        Raises:
            EffectError: one of them did what it must not.
        """
        hosts = self.race.hosts
        for _ in range(0, count, BURST):
            machine, host = self._rng.choice(hosts)
            self._bursts += 1
            if self._bursts % self._look_each == 0:
                self._look_through(machine, host)
            elif self._bursts % _EARLY:
                self._feed_burst(machine, host, self._make_burst(machine.number))
            else:
                self._feed_early(machine)

    def _feed_burst(self, machine: Machine, host: Host, burst: Sequence[Datagram]) -> None:
        """Feed what a node has to refuse, or may answer without being another for it."""
        now_ns = machine.clock_ns(self.race.world.now_ns)
        counters, before = transport_of(host).counters, standing_of(host)
        dropped, confirms = _drop_counts(counters), False
        for data, address in burst:
            actions = host.on_datagram(data, address, now_ns)
            after = _drop_counts(counters)
            self.fed.datagrams += 1
            if actions:
                self._judge_answer(data, address, actions)
                confirms = confirms or data[0] == DatagramKind.FINISH
            elif after == dropped:
                raise EffectError(f"neither answered nor dropped for a reason: {data.hex()}")
            dropped = after
        if not confirms and standing_of(host) != before:
            raise EffectError(f"sessions or members are others, by one of {_told_in_hex(burst)}")

    def _look_through(self, machine: Machine, host: Host) -> None:
        burst = [each for each in self._make_burst(machine.number) if each[0][:1] not in _TELLS]
        before = digest_of(host)
        self._feed_burst(machine, host, burst)
        self.fed.looks += 1
        if digest_of(host) != before:
            raise EffectError(f"something of the node is another, by one of {_told_in_hex(burst)}")

    def _feed_early(self, machine: Machine) -> None:
        """Have it get from elsewhere what is on its way to it: what is authentic counts once."""
        newest = self.race.said_to[machine.number]
        for _ in range(BURST):
            said = newest[-self._rng.randrange(1, min(BURST, len(newest)))]
            self.fed.datagrams += 1
            self.race.feed(machine, said.data, self._draw_source())

    def _judge_answer(self, data: bytes, address: Address, actions: Sequence[object]) -> None:
        kind, sent = data[0], [each for each in actions if isinstance(each, Transmit)]
        tells = kind in _TELLING and all(isinstance(each, (Transmit, Report)) for each in actions)
        if len(sent) != len(actions) and not tells:
            raise EffectError(f"{actions} by {data.hex()}")
        if kind in SEALED:
            raise EffectError(f"an answer to what no member has sealed so: {data.hex()}")
        self.fed.answered += bool(sent)
        if kind == DatagramKind.REPLY:  # a Finish goes where we called, and to few
            return
        if any(each.address != address for each in sent):
            raise EffectError(f"an answer to somebody else than {address}: {data.hex()}")
        if kind != DatagramKind.FINISH and sum(len(each.data) for each in sent) > len(data):
            raise EffectError(f"more bytes for an answer than came: {data.hex()}")

    # --- what is fed ----------------------------------------------------------------------------

    def _make_burst(self, target: int) -> list[Datagram]:
        made: list[Datagram] = []
        while len(made) < BURST:
            data = _WAYS[self._below(len(_WAYS))](self, target)
            if data is not None:
                made.append((data, self._draw_source()))
        return made

    def _below(self, count: int) -> int:
        """Draw a number; sooner than by `randrange`, of which each datagram takes a dozen."""
        return int(self._rng.random() * count)

    def _draw_source(self) -> Address:
        if self._below(4):
            return self.race.world.machines[self._below(CARS)].address
        return f"10.{self._below(256)}.0.{1 + self._below(254)}", 1 + self._below(65535)

    def _pick_said(self, target: int) -> Said:
        """Return something that was said, most often to this node."""
        said = self.race.said_to[target if self._below(4) else self._below(CARS)]
        return said[self._below(len(said))]

    def _mutated_said(self, target: int) -> bytes | None:
        said, other = self._pick_said(target).data, self._pick_said(target).data
        made = mutated(said, other, DATAGRAM_BYTES_MAX + 20, self._rng)
        return None if made in {said, other} else made

    def _flipped_bit(self, target: int) -> bytes | None:
        made = bytearray(self._pick_said(target).data)
        made[self._below(len(made))] ^= 1 << self._below(8)
        return bytes(made)

    def _cut_or_longer(self, target: int) -> bytes | None:
        data = self._pick_said(target).data
        if self._below(2):
            return data[: self._below(len(data))]
        return data + self._rng.randbytes(self._rng.randrange(1, 40))

    def _spliced_two(self, target: int) -> bytes | None:
        """Return the head of one, and the sealed rest of another."""
        one, other = self._pick_said(target).data, self._pick_said(target).data
        cut = self._rng.choice(_HEADS)
        made = one[:cut] + other[cut:]
        return None if made in {one, other} else made

    def _said_again(self, target: int) -> bytes | None:
        """Return what this node has had, or what was never for it.

        A challenge that went to where the stranger spoke from is for the node, though it went to
        another: brought there it is answered, as by any wire.
        """
        said = self._pick_said(target)
        if said.data[0] not in SEALED:
            return None
        has_had = said.receiver == target and self.race.is_over(said)
        return said.data if has_had or not self.race.is_sealed_for(target, said) else None

    def _random_bytes(self, _target: int) -> bytes | None:
        made = self._rng.randbytes(self._rng.randrange(1, 200))
        return bytes([self._rng.randrange(10)]) + made

    def _first_message(self, _target: int) -> bytes | None:
        """Return a first message with its mark, which all can make who know the race's name."""
        rng = self._rng
        opening = rng.choice(self._greetings)
        if not rng.randrange(4):
            noise = rng.choice((*_LOW_ORDER, rng.randbytes(32))) + opening.noise[32:]
            opening = Opening(noise, rng.randbytes(32), rng.randbytes(16))
        version = OURS.highest if rng.randrange(4) else rng.randrange(256)
        room = self._keys.room
        return Hello.of(version, rng.getrandbits(32), room, OURS, opening).encode()

    def _begin_handshake(self) -> Opening:
        side = self._keys.handshake(OURS.highest, initiator=True)
        return Opening(side.write_message(b""), bytes(32), bytes(16))


_TELLS: Final = frozenset(bytes([kind]) for kind in _TELLING)
_WAYS: Final[tuple[Callable[[Stranger, int], bytes | None], ...]] = (
    Stranger._mutated_said,
    Stranger._mutated_said,
    Stranger._flipped_bit,
    Stranger._flipped_bit,
    Stranger._cut_or_longer,
    Stranger._spliced_two,
    Stranger._said_again,
    Stranger._said_again,
    Stranger._random_bytes,
    Stranger._first_message,
)


def _drop_counts(counters: TransportCounters) -> list[int]:
    return [getattr(counters, name) for name in _DROPS]


def _told_in_hex(burst: Sequence[Datagram]) -> str:
    return " ".join(data.hex() for data, _ in burst)
