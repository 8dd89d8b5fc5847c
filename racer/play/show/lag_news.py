"""That cars and words come late, in a line with the reason: who reads it can do something."""

from __future__ import annotations

from typing import Final, final

from net import Lag
from racer.play.limits import LAG_AGAIN_NS, LAG_NS

WORDS: Final = {
    Lag.NETWORK: "the network is full: cars and words come late. A cable, another access point"
    " or fewer machines on this one would help",
    Lag.MACHINE: "this machine is too busy: cars and words come late here. Close other programs,"
    " or race fewer cars on it",
}


@final
class LagNews:
    """Says so once it has lasted for a while, and now and then while it does.

    Where many start at once a network fills for some seconds, and nobody has to do anything.
    """

    def __init__(self) -> None:
        self._since_ns: dict[Lag, int] = {}
        self._told_ns: dict[Lag, int] = {}

    def next_words(self, lag: Lag | None, now_ns: int) -> str | None:
        """Return what a person should read now, if anything. Asked at each tick."""
        if lag is None:
            self._since_ns.clear()
            return None
        self._since_ns = {lag: self._since_ns.get(lag, now_ns)}
        told_ns = self._told_ns.get(lag)
        is_told = told_ns is not None and now_ns - told_ns < LAG_AGAIN_NS
        if is_told or now_ns - self._since_ns[lag] < LAG_NS:
            return None
        self._told_ns[lag] = now_ns
        return WORDS[lag]
