"""Which counters of a session were seen: each datagram counts once."""

from __future__ import annotations

from typing import Final, final

from net.limits import REPLAY_WINDOW

_MASK: Final = (1 << REPLAY_WINDOW) - 1


@final
class ReplayWindow:
    """A sliding window over the newest REPLAY_WINDOW counters (RFC 4303, 3.4.3; RFC 6479).

    Ask `is_fresh` before the arithmetic, and `mark` only what proved authentic: else a forged
    counter would push the window past the honest ones.
    """

    __slots__ = ("_floor", "_seen", "newest")

    def __init__(self) -> None:
        self.newest = -1
        self._floor = 0
        self._seen = 0  # bit n: counter `newest - n` was marked

    def is_fresh(self, counter: int) -> bool:
        """Tell whether a counter may be accepted: not marked, not behind the window."""
        age = self.newest - counter
        if age < 0:
            return True
        return age < REPLAY_WINDOW and counter >= self._floor and not self._seen >> age & 1

    def mark(self, counter: int) -> None:
        """Note a counter that was fresh and authentic."""
        age = self.newest - counter
        if age >= 0:
            self._seen |= 1 << age
        else:
            # A leap beyond the window empties it; without the bound the shift could be huge.
            self._seen = (self._seen << -age) & _MASK | 1 if -age < REPLAY_WINDOW else 1
            self.newest = counter

    def fence(self, counter: int) -> None:
        """Refuse, from now on, everything below a counter."""
        self._floor = max(self._floor, counter)
