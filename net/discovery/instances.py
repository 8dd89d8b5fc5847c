"""Which instances of one kind of service there are, and when something of each was last read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar, final

MISSES_MAX: Final = 360  # half an hour of them, longer than any network is away during a race

T = TypeVar("T")


@final
class Instances:
    """At most so many: who has not answered for longest goes first, for one of its own kind."""

    def __init__(self, service_type: str, most: int) -> None:
        self.service_type = service_type
        self._most = most
        self._misses: dict[str, int] = {}  # how often each did not answer
        self._read_ms: dict[str, float] = {}  # when what was last read of each had come
        self._begun: dict[str, int] = {}  # with which of its addresses each was last told

    def __contains__(self, name: str) -> bool:
        return name in self._misses

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._misses))

    def __len__(self) -> int:
        return len(self._misses)

    def on_seen(self, name: str) -> None:
        """Note that there is one; it has answered nothing yet."""
        if name not in self._misses and len(self._misses) >= self._most:
            del self._misses[max(self._misses, key=lambda known: self._misses[known])]
        self._misses.setdefault(name, 1)

    def on_gone(self, name: str) -> bool:
        """Forget one; tell whether it was known."""
        return self._misses.pop(name, None) is not None

    def on_answer(self, name: str) -> None:
        """Note that one has answered, if it is known."""
        if name in self._misses:
            self._misses[name] = 0

    def on_miss(self, name: str) -> bool:
        """Note that one did not answer; tell whether it had until now.

        It stays known for long: it may be the network.
        """
        misses = self._misses[name]
        if misses < MISSES_MAX:
            self._misses[name] = misses + 1
        else:
            del self._misses[name]
        return misses == 0

    def is_news(self, name: str, came_ms: float) -> bool:
        """Tell whether what came of one at a time was not read before; it is now."""
        is_new = came_ms > self._read_ms.get(name, 0.0)
        if name not in self._read_ms and len(self._read_ms) >= 2 * self._most:
            self._read_ms.clear()
        self._read_ms[name] = came_ms
        return is_new

    def next_of(self, name: str, addresses: Sequence[T], most: int) -> tuple[T, ...]:
        """Return so many of an instance's addresses at most: where it has more, others each time.

        Else those that happen to stand behind would never be called, and one of them may be the
        only one that leads there.
        """
        if len(addresses) <= most:
            return tuple(addresses)
        if name not in self._begun and len(self._begun) >= 2 * self._most:
            self._begun.clear()
        begin = self._begun.get(name, -most) + most
        self._begun[name] = begin % len(addresses)
        return tuple(addresses[(begin + at) % len(addresses)] for at in range(most))
