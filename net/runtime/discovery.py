"""All ways to be found and to find others at once: multicast DNS and the beacon.

What one of them is told the other is told; what both hear comes to one sink, in their threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Thread
from typing import TYPE_CHECKING, Final, final

from net.counters import Counts
from net.runtime.beacon import BroadcastBeacon
from net.runtime.mdns_news import News, Told

if TYPE_CHECKING:
    from net.runtime.mdns import MulticastDns

BEGIN_S: Final = 2.0  # how long the end waits for a beginning that is under way


@final
class Discovery:
    """Announces and finds until it is closed. `sink` is called in other threads."""

    def __init__(
        self,
        chosen: str | None,
        sink: Callable[[News], None],
        now_ns: Callable[[], int],
        announcement: Told | None = None,
        hosts: Sequence[str] = (),
    ) -> None:
        """Begin.

        Args:
            chosen: the address of the only interface to use; None: all.
            hosts: machines to ask by themselves too.
        """
        self._chosen = chosen
        self._sink = sink
        self._now_ns = now_ns
        self._announcement = announcement
        self._beacon = BroadcastBeacon(chosen, sink, now_ns, announcement, hosts)
        self._mdns: MulticastDns | None = None
        self._beginning = Thread(target=self._start_mdns, name="discovery", daemon=True)
        self._beginning.start()

    @property
    def counters(self) -> Counts:
        """What came to nothing, by either way."""
        mdns = () if self._mdns is None else (self._mdns.counters,)
        return Counts.of(self._beacon.counters, *mdns)

    def await_start(self, wait_s: float) -> None:
        """Wait until all ways listen; on a busy machine that takes seconds. So long at most."""
        self._beginning.join(wait_s)

    def announce(self, announcement: Told | None) -> None:
        """Announce something newer, or take back what was. Any thread may call."""
        self._announcement = announcement
        self._beacon.announce(announcement)
        if self._mdns is not None:
            self._mdns.announce(announcement)

    def ask(self, host: str) -> None:
        """Ask one machine more by itself. Any thread may call."""
        self._beacon.ask(host)

    def close(self) -> None:
        """Say goodbye; takes about a quarter of a second."""
        self._beginning.join(BEGIN_S)
        self._beacon.close()
        if self._mdns is not None:
            self._mdns.close()

    def _start_mdns(self) -> None:
        """Begin multicast DNS, which takes longer to import than a peer we know to let us in."""
        from net.runtime.mdns import MulticastDns

        self._mdns = MulticastDns(self._chosen, self._sink, self._now_ns, self._announcement)
        self._mdns.announce(self._announcement)  # it may have changed meanwhile
