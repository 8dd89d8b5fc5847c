"""The layouts of datagrams, as docs/PROTOCOL.md, section 1, tells them. Little-endian."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Final, TypeAlias

from net.errors import WireError
from net.security.cookie import COOKIE_BYTES
from net.security.primitives import KEY_BYTES
from net.security.primitives import TAG_BYTES as SEAL_BYTES
from net.security.room_secret import TAG_BYTES

PROTOCOL_VERSION: Final = 3


class DatagramKind(IntEnum):
    """The first byte of every datagram."""

    HELLO = 1
    REPLY = 2
    FINISH = 3
    FRAME = 4
    CONTROL = 5
    COOKIE = 6


_FIRST: Final = KEY_BYTES + SEAL_BYTES  # Noise: e, and the tag of an empty payload
_SECOND: Final = KEY_BYTES + KEY_BYTES + SEAL_BYTES + SEAL_BYTES  # e, sealed s, empty payload
_THIRD_MIN: Final = KEY_BYTES + SEAL_BYTES + SEAL_BYTES  # sealed s, payload

_HELLO: Final = Struct(f"<BBI{TAG_BYTES}s{_FIRST}s{COOKIE_BYTES}s34x")
_REPLY: Final = Struct(f"<BII{_SECOND}s")
_FINISH: Final = Struct("<BI")
_COOKIE: Final = Struct(f"<BI{COOKIE_BYTES}s")
assert _HELLO.size >= _REPLY.size, "who has not proved its address gets no more than it sent"


@dataclass(frozen=True, slots=True)
class Hello:
    """First message of a handshake, padded so that no answer is larger."""

    version: int
    sender: int  # the initiator's index for the session to be
    room_tag: bytes
    noise: bytes
    cookie: bytes

    def encode(self) -> bytes:
        return _HELLO.pack(
            DatagramKind.HELLO, self.version, self.sender, self.room_tag, self.noise, self.cookie
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """Second message."""

    receiver: int
    sender: int  # the responder's index for the session to be
    noise: bytes

    def encode(self) -> bytes:
        return _REPLY.pack(DatagramKind.REPLY, self.receiver, self.sender, self.noise)


@dataclass(frozen=True, slots=True)
class Finish:
    """Third message: who the initiator is, sealed also by the room's secret."""

    receiver: int
    noise: bytes

    def encode(self) -> bytes:
        return _FINISH.pack(DatagramKind.FINISH, self.receiver) + self.noise


@dataclass(frozen=True, slots=True)
class Cookie:
    """Says: repeat your Hello with this, so that I see you receive at your address."""

    receiver: int
    cookie: bytes

    def encode(self) -> bytes:
        return _COOKIE.pack(DatagramKind.COOKIE, self.receiver, self.cookie)


Handshake: TypeAlias = Hello | Reply | Finish | Cookie


def decode_handshake(data: bytes) -> Handshake:
    """Return what an unsealed datagram says.

    Raises:
        WireError: it has no layout of ours.
    """
    kind, size = data[:1], len(data)
    if kind == b"\1" and size == _HELLO.size:
        return Hello(*_HELLO.unpack(data)[1:])
    if kind == b"\2" and size == _REPLY.size:
        return Reply(*_REPLY.unpack(data)[1:])
    if kind == b"\3" and size >= _FINISH.size + _THIRD_MIN:
        return Finish(_FINISH.unpack_from(data)[1], data[_FINISH.size :])
    if kind == b"\6" and size == _COOKIE.size:
        return Cookie(*_COOKIE.unpack(data)[1:])
    raise WireError("no datagram of ours")
