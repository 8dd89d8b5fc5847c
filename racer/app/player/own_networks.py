"""The networks of this machine that races use, as they are now."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, final

from net.runtime.interfaces import race_interfaces

if TYPE_CHECKING:
    from collections.abc import Callable

    from net.runtime.interfaces import Interface

LOOK_S: Final = 1.0  # asking the system takes a millisecond, and a picture has sixteen


@final
class OwnNetworks:
    """Looks again each second, for who draws: cables and leases come and go."""

    def __init__(self, chosen: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin.

        Args:
            chosen: the address of the only one to use; None: all.
            clock: seconds.
        """
        self._chosen = chosen
        self._clock = clock
        self._looked_s: float | None = None
        self._used: tuple[Interface, ...] = ()

    def used(self) -> tuple[Interface, ...]:
        """Return those that races use, the best first; those of a second ago at most."""
        now_s = self._clock()
        if self._looked_s is None or now_s - self._looked_s >= LOOK_S:
            self._looked_s = now_s
            with suppress(OSError):  # no handle left to list them with: those of before
                self._used = race_interfaces(self._chosen)
        return self._used

    @property
    def is_none_up(self) -> bool:
        """Whether nobody but this machine is to be reached."""
        return all(each.loopback for each in self.used())
