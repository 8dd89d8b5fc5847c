"""Sealed datagrams of one session: a key for each direction, and counters that never repeat."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final, final

from net.errors import InvariantError, SecurityError
from net.security.primitives import TAG_BYTES
from net.security.replay_window import ReplayWindow
from net.security.session_keys import SessionKeys

if TYPE_CHECKING:
    from net.ids import NodeId
    from net.security.primitives import Primitives

_HEADER: Final = Struct("<BIQ")
HEADER_BYTES: Final = _HEADER.size
"""Type, the receiver's index of the session, counter: little-endian, all of it authenticated."""

SEALING_BYTES: Final = HEADER_BYTES + TAG_BYTES
_ZEROS: Final = bytes(4)


@final
class Seal:
    """Seals and opens with the keys of one finished handshake.

    The nonce is the counter (Noise, 12.3), so a pair of keys must have one Seal only, and never be
    stored. Lost and reordered datagrams are no matter; repeated ones are refused.
    Invariant, checked at each datagram: a counter is above all that were used before.
    """

    __slots__ = (
        "_newest",
        "_primitives",
        "_receiving_key",
        "_remote_index",
        "_sending_key",
        "sent",
        "window",
    )

    def __init__(
        self, sending_key: bytes, receiving_key: bytes, remote_index: int, primitives: Primitives
    ) -> None:
        self.sent = 0  # datagrams so far: the next counter
        self._newest = -1  # the last counter, kept apart to be held against
        self.window = ReplayWindow()
        self._sending_key = sending_key
        self._receiving_key = receiving_key
        self._remote_index = remote_index
        self._primitives = primitives

    def seal(self, kind: int, plaintext: bytes) -> bytes:
        """Return the datagram, of SEALING_BYTES more than the plaintext.

        Raises:
            InvariantError: its counter has sealed another one.
        """
        if self.sent <= self._newest:
            raise InvariantError(f"a datagram would be sealed under {self.sent} again")
        header = _HEADER.pack(kind, self._remote_index, self.sent)
        self._newest = self.sent
        self.sent += 1
        nonce = _ZEROS + header[5:]
        return header + self._primitives.encrypt(self._sending_key, nonce, header, plaintext)

    def open(self, datagram: bytes) -> bytes:
        """Return what the peer sealed, once.

        Raises:
            ReplayError: it was opened before, or is too old to tell.
            SecurityError: it is forged, cut, or of other keys.
        """
        if len(datagram) < SEALING_BYTES:
            raise SecurityError("shorter than header and tag")
        counter = counter_of(datagram)
        if not self.window.is_fresh(counter):
            raise ReplayError("replayed")
        plaintext = open_sealed(datagram, self._receiving_key, self._primitives)
        self.window.mark(counter)
        return plaintext

    def fence(self, datagram: bytes) -> None:
        """Refuse, from now on, what the peer sealed before this authentic datagram."""
        self.window.fence(counter_of(datagram))

    def reveal(self, index: int, node: NodeId, remote: NodeId, version: int) -> SessionKeys:
        """Return the keys, for a key log and nothing else.

        Args:
            index: by which datagrams of this session come to us, who are `node`.
        """
        keys = self._sending_key, self._receiving_key
        return SessionKeys(version, index, self._remote_index, *keys, node, remote)


def index_of(datagram: bytes) -> int:
    """Return the receiver's index of the session that a sealed datagram is of."""
    return int.from_bytes(datagram[1:5], "little")


def counter_of(datagram: bytes) -> int:
    """Return which of its session's datagrams a sealed one says to be."""
    return int.from_bytes(datagram[5:HEADER_BYTES], "little")


def open_sealed(datagram: bytes, key: bytes, primitives: Primitives) -> bytes:
    """Return what a datagram of SEALING_BYTES at least holds, however often it was opened.

    Raises:
        SecurityError: it is forged, or of other keys.
    """
    header, sealed = datagram[:HEADER_BYTES], datagram[HEADER_BYTES:]
    return primitives.decrypt(key, _ZEROS + header[5:], header, sealed)


@final
class ReplayError(SecurityError):
    """The datagram was opened before."""
