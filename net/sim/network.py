"""A virtual LAN: what becomes of a datagram between two machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from net.limits import MILLISECOND

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random


@dataclass(frozen=True, slots=True)
class Conditions:
    """Of every link, in each direction."""

    loss: float = 0.0  # share of datagrams that vanish
    duplicate: float = 0.0  # share that arrive twice
    delay_ns: int = MILLISECOND // 5  # the least a datagram takes
    jitter_ns: int = MILLISECOND // 2  # mean of what is added, exponentially distributed
    late: float = 0.0  # share that takes LATE_NS more: overtaken by those behind it


LATE_NS = 60 * MILLISECOND


@final
class Network:
    """Delays, loses, doubles and reorders; and keeps cut links cut."""

    def __init__(self, conditions: Conditions, rng: Random) -> None:
        self.conditions = conditions
        self._rng = rng
        self._cut: dict[tuple[int, int], int] = {}  # how many cuts lie on a directed link
        self.sent = 0

    def arrivals(self, sender: int, receiver: int) -> list[int]:
        """Return after how long copies of a datagram arrive; empty where it is lost."""
        self.sent += 1
        rng, links = self._rng, self.conditions
        if self.is_cut(sender, receiver) or rng.random() < links.loss:
            return []
        copies = 2 if rng.random() < links.duplicate else 1
        return [self._delay_ns() for _ in range(copies)]

    def is_cut(self, sender: int, receiver: int) -> bool:
        return self._cut.get((sender, receiver), 0) > 0

    def cut(self, links: Iterable[tuple[int, int]]) -> None:
        """Let nothing pass from first to second, until healed as often."""
        for link in links:
            self._cut[link] = self._cut.get(link, 0) + 1

    def heal(self, links: Iterable[tuple[int, int]]) -> None:
        for link in links:
            self._cut[link] = max(self._cut.get(link, 0) - 1, 0)

    def _delay_ns(self) -> int:
        links = self.conditions
        delay = links.delay_ns + int(self._rng.expovariate(1.0) * links.jitter_ns)
        return delay + (LATE_NS if self._rng.random() < links.late else 0)
