"""The layouts of datagrams, as docs/PROTOCOL.md, section 1, tells them. Little-endian."""

from __future__ import annotations

import hashlib
import hmac
from enum import IntEnum
from struct import Struct
from typing import Final, Self, TypeAlias

import msgspec

from net.errors import WireError
from net.limits import DATAGRAM_BYTES_MAX
from net.security.cookie import COOKIE_BYTES
from net.security.cpace import SHARE_BYTES
from net.security.primitives import KEY_BYTES
from net.security.primitives import TAG_BYTES as SEAL_BYTES
from net.security.room_secret import TAG_BYTES, RoomSecret
from net.security.seal import SEALING_BYTES
from net.wire.versions import VERSIONS_BYTES, Versions


class DatagramKind(IntEnum):
    """The first byte of every datagram. HELLO and NEGOTIATION mean this in every version."""

    HELLO = 1
    REPLY = 2
    FINISH = 3
    FRAME = 4
    CONTROL = 5
    COOKIE = 6
    NEGOTIATION = 7
    DENIAL = 8


SEALED: Final = frozenset({int(DatagramKind.FRAME), int(DatagramKind.CONTROL)})
_SHORT: Final = frozenset(
    {int(DatagramKind.COOKIE), int(DatagramKind.NEGOTIATION), int(DatagramKind.DENIAL)}
)

MARK_BYTES: Final = 16
_FIRST: Final = KEY_BYTES + SEAL_BYTES  # Noise: e, and the tag of an empty payload
_ANSWER: Final = Struct(f"<I{SHARE_BYTES}s")
_SECOND: Final = KEY_BYTES + KEY_BYTES + SEAL_BYTES + _ANSWER.size + SEAL_BYTES  # e, sealed s, …
_THIRD_MIN: Final = KEY_BYTES + SEAL_BYTES + SEAL_BYTES  # sealed s, payload

_HELLO_HEAD: Final = Struct(f"<BBI{TAG_BYTES}s{VERSIONS_BYTES}s")  # frozen, as is _NEGOTIATION
_HELLO_BODY: Final = Struct(f"<{_FIRST}s{SHARE_BYTES}s{COOKIE_BYTES}s")
_COOKIE_AT: Final = _HELLO_HEAD.size + _HELLO_BODY.size - COOKIE_BYTES
_HELLO_MARK: Final = Struct(f"<{MARK_BYTES}s11x")
_NEGOTIATION: Final = Struct(f"<BI{VERSIONS_BYTES}s")
HELLO_BYTES_MIN: Final = 64  # of any version
HELLO_BYTES: Final = _HELLO_HEAD.size + _HELLO_BODY.size + _HELLO_MARK.size
_REPLY: Final = Struct(f"<BI{_SECOND}s")
_FINISH: Final = Struct("<BI")
_COOKIE: Final = Struct(f"<BI{COOKIE_BYTES}s")
REPLY_BYTES: Final = _REPLY.size
COOKIE_DATAGRAM_BYTES: Final = _COOKIE.size
NEGOTIATION_BYTES: Final = _NEGOTIATION.size
_DENIAL: Final = Struct(f"<BI{SEAL_BYTES}s")
assert _REPLY.size <= HELLO_BYTES, "who has not proved its address gets no more than it sent"
assert _NEGOTIATION.size <= HELLO_BYTES_MIN <= HELLO_BYTES


class Opening(msgspec.Struct, frozen=True):
    """What a Hello of this version holds beyond what all versions do."""

    noise: bytes
    share: bytes  # of the exchange about the passphrase; zeros for an open room
    cookie: bytes


class Hello(msgspec.Struct, frozen=True):
    """First message of a handshake, padded so that no answer is larger.

    All but `body` reads alike in every version; that is laid out as `version` has it.
    """

    version: int
    sender: int  # the initiator's index for the session to be
    room_tag: bytes
    versions: Versions  # of the initiator
    body: bytes

    @classmethod
    def of(
        cls,
        version: int,
        sender: int,
        room: RoomSecret,
        versions: Versions,
        opening: Opening,
    ) -> Self:
        fields = _HELLO_BODY.pack(opening.noise, opening.share, opening.cookie)
        head = _HELLO_HEAD.pack(1, version, sender, room.tag, versions.encode())
        mark = _mark_of(room.hello_key, head + fields)
        return cls(version, sender, room.tag, versions, fields + _HELLO_MARK.pack(mark))

    def open_body(self, hello_key: bytes) -> Opening | None:
        """Return what it opens the handshake with; None: its sender does not know the race's name.

        Raises:
            WireError: the body is none of a version that we speak.
        """
        if len(self.body) != _HELLO_BODY.size + _HELLO_MARK.size:
            raise WireError("first message of a wrong length")
        fields, tail = self.body[: _HELLO_BODY.size], self.body[_HELLO_BODY.size :]
        (mark,) = _HELLO_MARK.unpack(tail)
        head = self.encode()[: _HELLO_HEAD.size]
        if not hmac.compare_digest(mark, _mark_of(hello_key, head + fields)):
            return None
        return Opening(*_HELLO_BODY.unpack(fields))

    def encode(self) -> bytes:
        head = (DatagramKind.HELLO, self.version, self.sender, self.room_tag)
        return _HELLO_HEAD.pack(*head, self.versions.encode()) + self.body


class Negotiation(msgspec.Struct, frozen=True):
    """The answer to a Hello of a version, or from a node, that we cannot speak with (RFC 9000, 6).

    It proves nothing but that its sender saw that Hello.
    """

    receiver: int  # the index in that Hello
    versions: Versions  # what its sender speaks

    def encode(self) -> bytes:
        return _NEGOTIATION.pack(DatagramKind.NEGOTIATION, self.receiver, self.versions.encode())


class Answer(msgspec.Struct, frozen=True):
    """The payload of a second message: who changes it on its way has made no answer."""

    sender: int  # the responder's index for the session to be
    share: bytes  # as in Hello

    def encode(self) -> bytes:
        return _ANSWER.pack(self.sender, self.share)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Return what a payload says, which is as long as any: a Reply has one length."""
        return cls(*_ANSWER.unpack(payload))


class Reply(msgspec.Struct, frozen=True):
    """Second message."""

    receiver: int
    noise: bytes  # with an Answer sealed in it

    def encode(self) -> bytes:
        return _REPLY.pack(DatagramKind.REPLY, self.receiver, self.noise)


class Finish(msgspec.Struct, frozen=True):
    """Third message: who the initiator is, sealed also by the room's secret."""

    receiver: int
    noise: bytes

    def encode(self) -> bytes:
        return _FINISH.pack(DatagramKind.FINISH, self.receiver) + self.noise


class Cookie(msgspec.Struct, frozen=True):
    """Says: repeat your Hello with this, so that I see you receive at your address."""

    receiver: int
    cookie: bytes

    def encode(self) -> bytes:
        return _COOKIE.pack(DatagramKind.COOKIE, self.receiver, self.cookie)


class Denial(msgspec.Struct, frozen=True):
    """The answer to a Finish of who has another passphrase. Only who got that can make it."""

    receiver: int  # the index in the Hello
    tag: bytes

    def encode(self) -> bytes:
        return _DENIAL.pack(DatagramKind.DENIAL, self.receiver, self.tag)


Handshake: TypeAlias = Hello | Reply | Finish | Cookie | Negotiation | Denial


def is_plausible(data: bytes) -> bool:
    """Whether a datagram is as long as one of its kind may be: the rest is dropped unread."""
    if not data or len(data) > DATAGRAM_BYTES_MAX:
        return False
    return len(data) >= SEALING_BYTES or data[0] in _SHORT


def is_first_message(data: bytes) -> bool:
    """Whether a datagram says that it begins a handshake, of whatever version."""
    return data[:1] == b"\1"


def cookie_in(first_message: bytes) -> bytes:
    """Return the cookie that a first message of our version bears; what stands there, of others."""
    return first_message[_COOKIE_AT : _COOKIE_AT + COOKIE_BYTES]


def decode_handshake(data: bytes) -> Handshake:
    """Return what an unsealed datagram says.

    Raises:
        WireError: it has no layout of ours.
    """
    kind, size = data[:1], len(data)
    if is_first_message(data) and size >= HELLO_BYTES_MIN:
        version, sender, room_tag, versions = _HELLO_HEAD.unpack_from(data)[1:]
        body = data[_HELLO_HEAD.size :]
        return Hello(version, sender, room_tag, Versions.decode(versions), body)
    if kind == b"\2" and size == _REPLY.size:
        return Reply(*_REPLY.unpack(data)[1:])
    if kind == b"\3" and size >= _FINISH.size + _THIRD_MIN:
        return Finish(_FINISH.unpack_from(data)[1], data[_FINISH.size :])
    if kind == b"\6" and size == _COOKIE.size:
        return Cookie(*_COOKIE.unpack(data)[1:])
    if kind == b"\7" and _NEGOTIATION.size <= size <= HELLO_BYTES_MIN:
        receiver, versions = _NEGOTIATION.unpack_from(data)[1:]
        return Negotiation(receiver, Versions.decode(versions))
    if kind == b"\x08" and size == _DENIAL.size:
        return Denial(*_DENIAL.unpack(data)[1:])
    raise WireError("no datagram of ours")


def _mark_of(hello_key: bytes, hello: bytes) -> bytes:
    """Return the mark of a first message, over all before it (after WireGuard's mac1, 5.4.4)."""
    return hashlib.blake2s(hello, key=hello_key, digest_size=MARK_BYTES).digest()
