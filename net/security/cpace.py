"""CPace, a balanced PAKE (draft-irtf-cfrg-cpace): the suite CPACE-X25519-SHA512.

Two who know one word get one secret; who does not learns from an exchange whether one guess was
right, and nothing from a recording. Section names are the draft's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, final

from net.security.primitives import KEY_BYTES

if TYPE_CHECKING:
    from net.security.primitives import Primitives

_DSI: Final = b"CPace255"
_DSI_ISK: Final = b"CPace255_ISK"
_BLOCK_BYTES: Final = 128  # of SHA-512: the word fills the first one, with zeros behind it
SHARE_BYTES: Final = KEY_BYTES


def generator_bytes(word: bytes, channel: bytes, session: bytes) -> bytes:
    """Return the 32 bytes that are mapped to the generator of an exchange (`calculate_generator`).

    Args:
        word: PRS, what both know.
        channel: CI, who they are and what for.
        session: sid, a value of this exchange alone.
    """
    used = len(_with_length(_DSI)) + len(_with_length(word))
    padding = bytes(max(0, _BLOCK_BYTES - 1 - used))
    text = b"".join(_with_length(part) for part in (_DSI, word, padding, channel, session))
    return hashlib.sha512(text).digest()[:KEY_BYTES]


@final
@dataclass(frozen=True, slots=True)
class Exchange:
    """One side of one exchange."""

    public: bytes  # Y: what the other side gets
    private: bytes = field(repr=False)
    session: bytes
    data: bytes = b""  # AD: what goes with our share

    @classmethod
    def begin(cls, uniform: bytes, session: bytes, primitives: Primitives) -> Exchange:
        """Draw a secret, over the generator of `generator_bytes`."""
        private = primitives.random(KEY_BYTES)
        return cls(primitives.mapped_public(uniform, private), private, session)

    def initiator_secret(self, other: bytes, data: bytes, primitives: Primitives) -> bytes:
        """Return ISK, where this side has spoken first.

        Args:
            other: the other share.
            data: what came with it.

        Raises:
            SecurityError: the other share has a low order.
        """
        shared = primitives.dh(self.private, other)
        return self._derive_secret((self.public, self.data), (other, data), shared)

    def responder_secret(self, other: bytes, data: bytes, primitives: Primitives) -> bytes:
        """Return ISK, where the other side has spoken first. The rest is as above."""
        shared = primitives.dh(self.private, other)
        return self._derive_secret((other, data), (self.public, self.data), shared)

    def _derive_secret(
        self, first: tuple[bytes, bytes], second: tuple[bytes, bytes], shared: bytes
    ) -> bytes:
        parts = (_DSI_ISK, self.session, shared, *first, *second)
        return hashlib.sha512(b"".join(map(_with_length, parts))).digest()


def _with_length(data: bytes) -> bytes:
    """Return data behind its length in LEB128 (`prepend_len`)."""
    length, head = len(data), bytearray()
    while length >= 128:
        head.append(length & 127 | 128)
        length >>= 7
    head.append(length)
    return bytes(head) + data
