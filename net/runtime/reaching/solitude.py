"""Tells when a node has heard of nobody at all, and what it knows of why."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Final, final

from net.ids import Address
from net.limits import SECOND
from net.runtime.interfaces import list_interfaces, race_interfaces
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Unreached

ALONE_NS: Final = 5 * SECOND  # whoever is there answers at once, and speaks so often by itself
LOOK_NS: Final = 5 * SECOND  # between two looks at which addresses are ours: they rarely change


@final
class Solitude:
    """Told once, until somebody is heard who is not of this machine: bots of one's own are nobody.

    Who chose the loopback wants nobody else: there whoever is heard counts.

    Args:
        chosen: the address of the only interface to use; None: all.
        port: ours.
    """

    def __init__(self, chosen: str | None, port: int, now_ns: int) -> None:
        self._chosen = chosen
        self._port = port
        self._since_ns = now_ns
        self._is_told = False
        self._own_hosts: frozenset[str] = frozenset()
        self._looked_ns = now_ns
        self._list_own_hosts()

    def on_seen(self, hosts: Collection[str], now_ns: int) -> None:
        """Take that somebody tells of itself, and where it is. In any thread but the loop's."""
        if now_ns - self._looked_ns >= LOOK_NS:
            self._looked_ns = now_ns
            self._list_own_hosts()
        self.on_company(hosts or ("",), now_ns)

    def on_company(self, hosts: Collection[str], now_ns: int) -> None:
        """Take where those are whom we talk to; "" for whom that is not known. In any thread."""
        if any(_without_scope(host) not in self._own_hosts for host in hosts):
            self._since_ns, self._is_told = now_ns, False

    def take(self, now_ns: int) -> Unreached | None:
        """Return that nobody is there, where it is time to tell."""
        if self._is_told or now_ns - self._since_ns < ALONE_NS:
            return None
        try:
            ours = race_interfaces(self._chosen)
        except OSError:  # no handle left to list them with: it is tried again
            return None
        self._is_told = True
        if all(each.loopback for each in ours) and self._chosen is None:
            return Unreached(b"", None, WhyUnreached.NO_NETWORK)
        address: Address | None = (ours[0].address, self._port) if ours else None
        return Unreached(b"", address, WhyUnreached.UNHEARD)

    def _list_own_hosts(self) -> None:
        """Note which addresses are this machine's; those of before, where they cannot be listed."""
        with suppress(OSError):
            ours = list_interfaces()
            if not any(each.loopback and each.address == self._chosen for each in ours):
                self._own_hosts = frozenset(_without_scope(each.address) for each in ours)


def _without_scope(host: str) -> str:
    """Return an address without its link, of which another machine has its own number."""
    return host.partition("%")[0]
