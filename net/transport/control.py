"""What two transports tell each other inside a session (datagrams of kind CONTROL)."""

from __future__ import annotations

from struct import Struct
from typing import Final, TypeAlias, assert_never

import msgspec

from net.errors import WireError
from net.ids import INCARNATION_MAX
from net.security.primitives import KEY_BYTES, TAG_BYTES
from net.security.seal import Seal
from net.transport.actions import Sending, SendQueue, send_by
from net.transport.credentials import Credentials
from net.transport.datagram import DatagramKind
from net.transport.routes import Route
from net.wire.messages import Host, Port

TOKEN_BYTES: Final = 8
_INCARNATION_BYTES: Final = 8
_REKEY: Final = Struct(f"<IQ{2 * KEY_BYTES + 2 * TAG_BYTES}s")  # Noise: e, sealed s, empty payload
_REKEYED: Final = Struct(f"<IIQ{KEY_BYTES + TAG_BYTES}s")  # Noise: e, empty payload
_PORT: Final = Struct("<H")
_HOST_BYTES_MAX: Final = 45  # an IPv6 address in digits


class Confirm(msgspec.Struct, frozen=True):
    """The responder's first word: it has the keys, and this is who it is."""

    credentials: Credentials


class Confirmed(msgspec.Struct, frozen=True):
    """The initiator's first word: it has heard Confirm."""


class Challenge(msgspec.Struct, frozen=True):
    """Repeat this, if you are at the address to which I send it."""

    token: bytes


class Response(msgspec.Struct, frozen=True):
    """The answer to Challenge, sent where that came from."""

    token: bytes


class Renew(msgspec.Struct, frozen=True):
    """All that I send on this session after this is of another life of mine."""

    incarnation: int


class Renewed(msgspec.Struct, frozen=True):
    """I know of your life `incarnation`; send on."""

    incarnation: int


class Rekey(msgspec.Struct, frozen=True):
    """Let us have new keys: the first message of a handshake inside this session."""

    sender: int  # the index for the session to be
    incarnation: int  # the life of mine that speaks on it
    noise: bytes


class Rekeyed(msgspec.Struct, frozen=True):
    """The second message: the new session stands."""

    receiver: int  # the index in that Rekey
    sender: int
    incarnation: int
    noise: bytes


class Twin(msgspec.Struct, frozen=True):
    """Somebody else is here as you: call it, at this address."""

    host: str
    port: int


class Full(msgspec.Struct, frozen=True):
    """I speak with as many as I can: there is no session with me now."""


Control: TypeAlias = (
    Confirm | Confirmed | Challenge | Response | Renew | Renewed | Rekey | Rekeyed | Twin | Full
)


def encode_control(control: Control) -> bytes:
    """Return the plaintext of a CONTROL datagram: a tag, and what belongs to it."""
    match control:
        case Confirm(credentials=credentials):
            return b"\1" + credentials.encode()
        case Confirmed():
            return b"\2"
        case Challenge(token=token):
            return b"\3" + token
        case Response(token=token):
            return b"\4" + token
        case Renew(incarnation=incarnation):
            return b"\5" + incarnation.to_bytes(_INCARNATION_BYTES, "little")
        case Renewed(incarnation=incarnation):
            return b"\6" + incarnation.to_bytes(_INCARNATION_BYTES, "little")
        case Rekey(sender=sender, incarnation=incarnation, noise=noise):
            return b"\7" + _REKEY.pack(sender, incarnation, noise)
        case Rekeyed(receiver=receiver, sender=sender, incarnation=incarnation, noise=noise):
            return b"\x08" + _REKEYED.pack(receiver, sender, incarnation, noise)
        case Twin(host=host, port=port):
            return b"\x09" + _PORT.pack(port) + host.encode()
        case Full():
            return b"\x0a"
        case _:
            assert_never(control)


def send_control(
    seal: Seal, control: Control, route: Route, queue: SendQueue = SendQueue.PEER
) -> Sending:
    """Return what tells this to whoever holds the other end of a seal."""
    return send_by(route, seal.seal(DatagramKind.CONTROL, encode_control(control)), queue)


def decode_control(data: bytes) -> Control:
    """Return what a CONTROL datagram says.

    Raises:
        WireError: it says nothing we know.
    """
    body = data[1:]
    match data[:1]:
        case b"\1":
            return Confirm(Credentials.decode(body))
        case b"\2" if not body:
            return Confirmed()
        case b"\3" if len(body) == TOKEN_BYTES:
            return Challenge(body)
        case b"\4" if len(body) == TOKEN_BYTES:
            return Response(body)
        case b"\5":
            return Renew(_decode_incarnation(body))
        case b"\6":
            return Renewed(_decode_incarnation(body))
        case b"\7" if len(body) == _REKEY.size:
            sender, incarnation, noise = _REKEY.unpack(body)
            return Rekey(sender, _checked_incarnation(incarnation), noise)
        case b"\x08" if len(body) == _REKEYED.size:
            receiver, sender, incarnation, noise = _REKEYED.unpack(body)
            return Rekeyed(receiver, sender, _checked_incarnation(incarnation), noise)
        case b"\x09" if _PORT.size < len(body) <= _PORT.size + _HOST_BYTES_MAX:
            return _decode_twin(body)
        case b"\x0a" if not body:
            return Full()
        case _:
            raise WireError("no control message of ours")


def _decode_twin(body: bytes) -> Twin:
    try:
        host = msgspec.convert(body[_PORT.size :].decode(), Host)
        port = msgspec.convert(_PORT.unpack_from(body)[0], Port)
    except ValueError:
        raise WireError("no address of one machine") from None
    return Twin(host, port)


def _decode_incarnation(body: bytes) -> int:
    if len(body) != _INCARNATION_BYTES:
        raise WireError("incarnation of a wrong length")
    return _checked_incarnation(int.from_bytes(body, "little"))


def _checked_incarnation(incarnation: int) -> int:
    if not 1 <= incarnation <= INCARNATION_MAX:
        raise WireError("incarnation out of range")
    return incarnation
