"""mDNS on the virtual LAN: who runs is told of, late, and now and then again, across open links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias, final

from net.limits import MILLISECOND, SECOND

if TYPE_CHECKING:
    from random import Random

    from net.sim.machine import Machine
    from net.sim.network import Network

SIGHTING_NS: Final = 250 * MILLISECOND  # how late mDNS may tell of a start
SIGHTING_AGAIN_NS: Final = 5 * SECOND
ADVERT_BYTES: Final = 350  # about what a real one takes

At: TypeAlias = Callable[[int, Callable[[], None]], None]


@final
class VirtualMdns:
    """Has machines see each other.

    Args:
        at: does something at a time.
        sight: has the first machine see the second.
    """

    def __init__(
        self,
        machines: Sequence[Machine],
        network: Network,
        at: At,
        sight: Callable[[Machine, Machine], None],
        rng: Random,
    ) -> None:
        self._machines = machines
        self._network = network
        self._at = at
        self._sight = sight
        self._rng = rng

    def announce(self, machine: Machine, now_ns: int) -> None:
        """Let a machine and all others see each other, for as long as its process lives."""
        for other in self._machines:
            delay_ns = self._rng.randrange(20 * MILLISECOND, SIGHTING_NS)
            self._at(now_ns + delay_ns, self._sighting_callback(other, machine))
            self._at(now_ns + delay_ns, self._sighting_callback(machine, other))
        self._announce_again(machine, now_ns + SIGHTING_AGAIN_NS)

    def _announce_again(self, machine: Machine, when_ns: int) -> None:
        """Do the same later, if that process still runs then; one that is paused answers nobody."""
        life = machine.life

        def again() -> None:
            if machine.host is None or machine.life != life:
                return
            if machine.loop.paused_until_ns:
                self._announce_again(machine, when_ns + SIGHTING_AGAIN_NS)
            else:
                self.announce(machine, when_ns)

        self._at(when_ns, again)

    def _sighting_callback(self, by: Machine, seen: Machine) -> Callable[[], None]:
        def sight() -> None:
            if seen is by or seen.host is None or by.host is None or by.loop.paused_until_ns:
                return
            if not self._network.is_cut(seen.number, by.number):
                self._sight(by, seen)

        return sight
