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
Multicast: TypeAlias = Callable[[int, tuple[int, ...], int, Callable[[int], None]], bool]
"""Says something of a size to listeners who share an air with a machine; False: they do not."""


@final
class VirtualMdns:
    """Has machines see each other.

    Args:
        at: does something at a time.
        multicast: says something over the air that all share, if there is one.
        sight: has the first machine see the second.
    """

    def __init__(
        self,
        machines: Sequence[Machine],
        network: Network,
        at: At,
        multicast: Multicast,
        sight: Callable[[Machine, Machine], None],
        rng: Random,
    ) -> None:
        self._machines = machines
        self._network = network
        self._at = at
        self._multicast = multicast
        self._sight = sight
        self._rng = rng

    def announce(self, machine: Machine, now_ns: int) -> None:
        """Let a machine and all others see each other, for as long as its process lives."""
        by_air = self._network.medium is not None
        if by_air:
            self._at(now_ns, lambda: self._say_by_air(machine))
        for other in self._machines:
            delay_ns = self._rng.randrange(20 * MILLISECOND, SIGHTING_NS)
            if not by_air:
                self._at(now_ns + delay_ns, self._sighting_callback(other, machine))
                self._at(now_ns + delay_ns, self._sighting_callback(machine, other))
            elif now_ns == machine.times.started_ns and other is not machine:  # it asks, all answer
                self._at(now_ns + delay_ns, lambda other=other: self._say_by_air(other))  # type: ignore[misc]
        self._announce_again(machine, now_ns + SIGHTING_AGAIN_NS)

    def _say_by_air(self, seen: Machine) -> None:
        """Have a machine say to all that it is there, in one frame that nobody acknowledges."""
        if not _is_awake(seen):
            return
        listeners = tuple(range(len(self._machines)))

        def hear(by: int) -> None:
            self._sighting_callback(self._machines[by], seen)()

        self._multicast(seen.number, listeners, ADVERT_BYTES, hear)

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
            if seen is by or not (_is_awake(seen) and _is_awake(by)):
                return
            if not self._network.is_cut(seen.number, by.number):
                self._sight(by, seen)

        return sight


def _is_awake(machine: Machine) -> bool:
    """Whether its process runs: one that is paused neither asks nor answers."""
    return machine.host is not None and not machine.loop.paused_until_ns
