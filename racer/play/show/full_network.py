"""That the network is full, in a line: who shares it can do something about it."""

from __future__ import annotations

from typing import Final, final

from racer.play.limits import NETWORK_FULL_AGAIN_NS, NETWORK_FULL_NS

WORDS: Final = (
    "the network is full: cars and words come late. A cable, another access point"
    " or fewer machines on this one would help"
)


@final
class FullNetwork:
    """Says so once it has been full for a while, and now and then while it stays so.

    Where many start at once it fills for some seconds, and nobody has to do anything.
    """

    def __init__(self) -> None:
        self._since_ns: int | None = None
        self._told_ns: int | None = None

    def is_news(self, is_full: bool, now_ns: int) -> bool:
        """Tell whether a person should read WORDS now. Asked at each tick."""
        if not is_full:
            self._since_ns = None
            return False
        if self._since_ns is None:
            self._since_ns = now_ns
        lasts = now_ns - self._since_ns >= NETWORK_FULL_NS
        again = self._told_ns is None or now_ns - self._told_ns >= NETWORK_FULL_AGAIN_NS
        if lasts and again:
            self._told_ns = now_ns
        return lasts and again
