"""A datagram as what it says: in the clear, or sealed and opened by the keys that there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, final

from net import NodeId, WireError
from net.discovery.beacon import BEACON_PORT, Beacon, decode_beacon
from net.security.seal import SEALING_BYTES, counter_of, index_of
from net.transport.control import Control, decode_control
from net.transport.datagram import (
    SEALED,
    DatagramKind,
    Handshake,
    decode_handshake,
    is_plausible,
)
from net.wire.codec import CODEC
from net.wire.messages import Message, Relayed

if TYPE_CHECKING:
    from racer.app.decode.keyring import Keyring
    from racer.app.decode.layers import UdpDatagram

_WELL_KNOWN_MAX: Final = 1023  # ports of services that everybody has: no race is there
_MDNS_PORT: Final = 5353
_KINDS: Final = frozenset(int(kind) for kind in DatagramKind)


@final
@dataclass(frozen=True, slots=True)
class ClearDatagram:
    """What anybody can read: a handshake's messages, and beacons."""

    said: Handshake | Beacon


@final
@dataclass(frozen=True, slots=True)
class OpenedDatagram:
    """A sealed datagram, and what it holds. `inside` is read of what is passed on, in order."""

    kind: DatagramKind
    index: int
    counter: int
    sender: NodeId
    receiver: NodeId
    said: tuple[Control | Message, ...]
    inside: tuple[Reading, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class UnreadDatagram:
    """One of ours by its look, and why it cannot be read."""

    kind: DatagramKind | None  # None: of none
    why: str


Reading: TypeAlias = ClearDatagram | OpenedDatagram | UnreadDatagram


def read_datagram(datagram: UdpDatagram, keyring: Keyring) -> Reading | None:
    """Return what a datagram says; None: it is not of a race, as far as one can see.

    Whatever is opened is. What only looks like ours is, but for the ports of well-known services.
    """
    ports = datagram.source[1], datagram.target[1]
    if BEACON_PORT in ports:
        try:
            return ClearDatagram(decode_beacon(datagram.data))
        except WireError:
            return None
    reading = read_bytes(datagram.data, datagram.size, keyring)
    if isinstance(reading, OpenedDatagram):
        return reading
    return None if min(ports) <= _WELL_KNOWN_MAX or _MDNS_PORT in ports else reading


def read_bytes(data: bytes, size: int, keyring: Keyring) -> Reading | None:
    """Return what the datagram of so many bytes says, of which these were kept."""
    if not is_plausible(data.ljust(size, b"\0")) or not data:
        return None
    if data[0] not in _KINDS:
        return None
    kind = DatagramKind(data[0])
    if len(data) < size:
        return UnreadDatagram(kind, f"the capture has {len(data)} of its bytes")
    if kind in SEALED:
        return _read_sealed(kind, data, keyring)
    try:
        return ClearDatagram(decode_handshake(data))
    except WireError:
        return None


def _read_sealed(kind: DatagramKind, data: bytes, keyring: Keyring) -> Reading:
    assert len(data) >= SEALING_BYTES
    opened = keyring.open(data)
    if isinstance(opened, str):
        return UnreadDatagram(kind, opened)
    index, counter = index_of(data), counter_of(data)
    ends = opened.sender, opened.receiver
    said: tuple[Control | Message, ...]
    try:
        if kind is DatagramKind.CONTROL:
            said = (decode_control(opened.plaintext),)
            return OpenedDatagram(kind, index, counter, *ends, said)
        if not CODEC.versions().speaks(opened.version):
            return UnreadDatagram(kind, f"it is in version {opened.version}, which we do not speak")
        said = tuple(CODEC.decode(opened.plaintext, opened.version))
    except WireError as error:
        return UnreadDatagram(kind, f"opened, and says nothing of ours: {error.fault.value}")
    inside = tuple(_read_inner(each, keyring) for each in said if isinstance(each, Relayed))
    return OpenedDatagram(kind, index, counter, *ends, said, inside)


def _read_inner(relayed: Relayed, keyring: Keyring) -> Reading:
    """Read what a member passes on. Each layer costs bytes, so there are few in a datagram."""
    data = relayed.datagram
    reading = read_bytes(data, len(data), keyring)
    return reading or UnreadDatagram(None, "it is no datagram of ours")
