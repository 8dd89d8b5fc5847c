"""A virtual LAN: what becomes of a datagram between two machines."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias, final

from net.limits import MILLISECOND
from net.sim.air.airtime import Air
from net.sim.air.medium import Medium

if TYPE_CHECKING:
    from collections.abc import Iterable

LATE_NS: Final = 60 * MILLISECOND
BUFFER_DATAGRAMS: Final = 1000

Link: TypeAlias = tuple[int, int]
"""(sender, receiver): one direction."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Loss that comes in bursts: a chain of a good and a bad state (Gilbert 1960, Elliott 1963)."""

    good_ns: int  # mean, exponentially distributed
    bad_ns: int
    loss: float  # share of datagrams that vanish in the bad state
    by_machine: bool  # a machine's links go bad together; else each direction by itself


@dataclass(frozen=True, slots=True)
class Conditions:
    """Of every link, in each direction."""

    loss: float = 0.0  # share of datagrams that vanish
    duplicate: float = 0.0  # share that arrive twice
    delay_ns: int = MILLISECOND // 5  # the least a datagram takes
    jitter_ns: int = MILLISECOND // 2  # mean of what is added, exponentially distributed
    late: float = 0.0  # share that takes `late_ns` more: overtaken by those behind it
    late_ns: int = LATE_NS
    corrupt: float = 0.0  # share of which one bit is turned over
    burst: Burst | None = None
    buffer: int = BUFFER_DATAGRAMS  # a socket's receive buffer; full, it keeps the oldest
    air: Air | None = None  # all hang on one access point, beside the ills of their links


@final
class Network:
    """Delays, loses, doubles, reorders, spoils and holds back; and keeps cut links cut."""

    def __init__(self, conditions: Conditions, rng: Random) -> None:
        self._rng = rng
        self.medium: Medium | None = None
        self.conditions = conditions
        self._cut: dict[Link, int] = {}  # how many cuts lie on a link
        self._clogged: dict[Link, int] = {}  # until when it holds everything back
        self._bursts: dict[Link, tuple[bool, int]] = {}  # whether bad, until when
        self._sound: frozenset[int] = frozenset()
        self.sent = 0
        self.sent_bytes = 0

    @property
    def conditions(self) -> Conditions:
        """How all links are, from now on."""
        return self._conditions

    @conditions.setter
    def conditions(self, conditions: Conditions) -> None:
        self._conditions, air = conditions, conditions.air
        if air is None:
            self.medium = None
        elif self.medium is None or self.medium.air != air:
            self.medium = Medium(air, Random(self._rng.random()))

    def medium_between(self, sender: int, receiver: int) -> Medium | None:
        """Return the air that a datagram goes over; None: it has a wire, or a mended link."""
        medium = self.medium
        if medium is None or self._is_sound(sender, receiver):
            return None
        return medium if medium.carries(sender, receiver) else None

    def arrivals(self, sender: int, receiver: int, now_ns: int) -> list[int]:
        """Return after how long copies of a datagram arrive; empty where it is lost."""
        if self._is_sound(sender, receiver):
            return [self._delay_ns()]
        rng, links = self._rng, self.conditions
        if self.is_cut(sender, receiver) or rng.random() < links.loss:
            return []
        if links.burst is not None and self._is_lost_in_burst(
            links.burst, sender, receiver, now_ns
        ):
            return []
        held_ns = max(self._clogged.get((sender, receiver), 0) - now_ns, 0)
        copies = 2 if rng.random() < links.duplicate else 1
        return [held_ns + self._delay_ns() + self._late_ns() for _ in range(copies)]

    def spoil(self, sender: int, receiver: int, data: bytes) -> bytes:
        """Return what arrives of a datagram: now and then with one bit turned over."""
        share = self.conditions.corrupt
        if share == 0.0 or self._is_sound(sender, receiver) or self._rng.random() >= share:
            return data
        bit = self._rng.randrange(8 * len(data))
        spoilt = bytearray(data)
        spoilt[bit // 8] ^= 1 << bit % 8
        return bytes(spoilt)

    def is_cut(self, sender: int, receiver: int) -> bool:
        if self._is_sound(sender, receiver):
            return False
        parted = self.medium is not None and self.medium.parts(sender, receiver)
        return parted or self._cut.get((sender, receiver), 0) > 0

    def cut(self, links: Iterable[Link]) -> None:
        """Let nothing pass from first to second, until healed as often."""
        for link in links:
            self._cut[link] = self._cut.get(link, 0) + 1

    def heal(self, links: Iterable[Link]) -> None:
        for link in links:
            self._cut[link] = max(self._cut.get(link, 0) - 1, 0)

    def clog(self, link: Link, until_ns: int) -> None:
        """Hold back what is sent from first to second, and let all of it arrive then."""
        self._clogged[link] = max(self._clogged.get(link, 0), until_ns)

    def isolate(self, by: int) -> None:
        """Have the access point isolate its stations for one more reason, or for one less."""
        if self.medium is not None:
            self.medium.isolating += by

    def restart_access_point(self, machines: int) -> None:
        """Let it lose what it holds, and so many machines until they are associated again."""
        if self.medium is not None:
            self.medium.restart(range(machines))

    def associate(self, machine: int) -> None:
        """Let a machine be one of the access point's stations again."""
        if self.medium is not None:
            self.medium.associate(machine)

    def mend(self, machines: Iterable[int]) -> None:
        """From now on, let nothing go wrong between these; elsewhere all stays as bad as it is."""
        self._sound = frozenset(machines)

    def _is_sound(self, sender: int, receiver: int) -> bool:
        return sender in self._sound and receiver in self._sound

    def _is_lost_in_burst(self, burst: Burst, sender: int, receiver: int, now_ns: int) -> bool:
        keys = (
            [(sender, sender), (receiver, receiver)] if burst.by_machine else [(sender, receiver)]
        )
        bad = [self._is_bad(key, burst, now_ns) for key in keys]
        return any(bad) and self._rng.random() < burst.loss

    def _is_bad(self, key: Link, burst: Burst, now_ns: int) -> bool:
        bad, until_ns = self._bursts.get(key, (True, 0))
        while until_ns <= now_ns:
            bad = not bad
            mean_ns = burst.bad_ns if bad else burst.good_ns
            until_ns += 1 + int(self._rng.expovariate(1.0) * mean_ns)
        self._bursts[key] = bad, until_ns
        return bad

    def _delay_ns(self) -> int:
        links = self.conditions
        return links.delay_ns + int(self._rng.expovariate(1.0) * links.jitter_ns)

    def _late_ns(self) -> int:
        links = self.conditions
        return links.late_ns if self._rng.random() < links.late else 0
