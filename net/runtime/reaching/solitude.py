"""Tells when a node has heard of nobody at all, and what it knows of why."""

from __future__ import annotations

from typing import Final, final

from net.ids import Address
from net.limits import SECOND
from net.runtime.interfaces import race_interfaces
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Unreached

ALONE_NS: Final = 5 * SECOND  # whoever is there answers at once, and speaks so often by itself


@final
class Solitude:
    """Told once, until somebody is heard.

    Args:
        chosen: the address of the only interface to use; None: all.
        port: ours.
    """

    def __init__(self, chosen: str | None, port: int, now_ns: int) -> None:
        self._chosen = chosen
        self._port = port
        self._since_ns = now_ns
        self._is_told = False

    def on_heard(self, now_ns: int) -> None:
        """Take that somebody is there. Any thread may call."""
        self._since_ns, self._is_told = now_ns, False

    def take(self, now_ns: int) -> Unreached | None:
        """Return that nobody is there, where it is time to tell."""
        if self._is_told or now_ns - self._since_ns < ALONE_NS:
            return None
        self._is_told = True
        ours = race_interfaces(self._chosen)
        if all(each.loopback for each in ours) and self._chosen is None:
            return Unreached(b"", None, WhyUnreached.NO_NETWORK)
        address: Address | None = (ours[0].address, self._port) if ours else None
        return Unreached(b"", address, WhyUnreached.UNHEARD)
