"""Who may cost us the arithmetic of a handshake: rates, and cookies above them."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, final

from net.ids import Address
from net.limits import (
    HANDSHAKE_COOKIE_RATE,
    HANDSHAKE_PER_SOURCE_RATE,
    HANDSHAKES_HALF_OPEN_MAX,
    NEGOTIATION_RATE,
    SECOND,
)
from net.security.cookie import CookieJar

if TYPE_CHECKING:
    from net.security.primitives import Primitives


class AdmissionVerdict(Enum):
    """What to do with a first message."""

    ADMIT = auto()
    ASK_COOKIE = auto()
    DROP = auto()


@final
class Admission:
    """Counts first messages by the second, and asks for cookies when there are many.

    The table is bounded: without a cookie at most HANDSHAKE_COOKIE_RATE sources get into it, and
    those with one are machines that really receive at their addresses.
    """

    def __init__(self, primitives: Primitives, now_ns: int) -> None:
        self._jar = CookieJar(primitives, now_ns)
        self._since_ns = now_ns
        self._admitted = 0
        self._negotiated = 0
        self._sources: dict[Address, int] = {}

    def judge(self, address: Address, cookie: bytes, now_ns: int) -> AdmissionVerdict:
        """Say what to do with a first message from an address; admitted ones count."""
        self._begin_second(now_ns)
        proved = self._jar.accepts(cookie, address, now_ns)
        if self._admitted >= HANDSHAKE_COOKIE_RATE and not proved:
            return AdmissionVerdict.ASK_COOKIE
        known = self._sources.get(address, 0)
        if known >= HANDSHAKE_PER_SOURCE_RATE:
            return AdmissionVerdict.DROP
        if known == 0 and len(self._sources) >= HANDSHAKES_HALF_OPEN_MAX:
            return AdmissionVerdict.DROP
        self._sources[address] = known + 1
        self._admitted += 1
        return AdmissionVerdict.ADMIT

    def may_negotiate(self, now_ns: int) -> bool:
        """Whether one more first message of another version gets an answer; if so, it counts."""
        self._begin_second(now_ns)
        self._negotiated += 1
        return self._negotiated <= NEGOTIATION_RATE

    def _begin_second(self, now_ns: int) -> None:
        if now_ns - self._since_ns >= SECOND:
            self._since_ns = now_ns
            self._admitted = self._negotiated = 0
            self._sources.clear()

    def bake(self, address: Address, now_ns: int) -> bytes:
        """Return the cookie for an address that was asked for one."""
        return self._jar.bake(address, now_ns)
