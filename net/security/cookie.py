"""Proof that a sender receives at its address, asked under load before any costly arithmetic."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final, final

from net.ids import Address
from net.limits import COOKIE_SECRET_NS

if TYPE_CHECKING:
    from net.security.primitives import Primitives

COOKIE_BYTES: Final = 16
NO_COOKIE: Final = bytes(COOKIE_BYTES)


@final
class CookieJar:
    """Bakes and checks cookies without remembering any (after WireGuard's, section 5.3).

    A cookie is a keyed hash of the address. The key lives COOKIE_SECRET_NS, then it is good for
    checking as long again, so a cookie just handed out does not fail.
    """

    def __init__(self, primitives: Primitives, now_ns: int) -> None:
        self._primitives = primitives
        self._secret = self._previous = primitives.random(32)
        self._made_ns = now_ns

    def bake(self, address: Address, now_ns: int) -> bytes:
        """Return the cookie that proves this address."""
        self._rotate_secret(now_ns)
        return _cookie_for(self._secret, address)

    def accepts(self, cookie: bytes, address: Address, now_ns: int) -> bool:
        """Tell whether we baked this cookie for this address lately."""
        if cookie == NO_COOKIE:  # what every first message has: a flood of them costs no hash
            return False
        self._rotate_secret(now_ns)
        return any(
            hmac.compare_digest(cookie, _cookie_for(secret, address))
            for secret in (self._secret, self._previous)
        )

    def _rotate_secret(self, now_ns: int) -> None:
        age_ns = now_ns - self._made_ns
        if age_ns < COOKIE_SECRET_NS:
            return
        fresh = self._primitives.random(32)
        self._previous = self._secret if age_ns < 2 * COOKIE_SECRET_NS else fresh
        self._secret = fresh
        self._made_ns = now_ns


def _cookie_for(secret: bytes, address: Address) -> bytes:
    host, port = address
    data = host.encode() + port.to_bytes(4, "big")
    return hashlib.blake2s(data, key=secret, digest_size=COOKIE_BYTES).digest()
