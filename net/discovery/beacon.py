"""The beacon: an advert in one broadcast datagram, for networks that lose multicast.

What it says is what multicast DNS says (`advert`), and as little is proved by it. Where a node is,
is not in it: that is where the datagram came from, so nobody can send others anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from net.discovery.guest import Guest, pack_guest, unpack_guest
from net.errors import WireError
from net.limits import SECOND

BEACON_PORT: Final = 42472  # of no registered service; frozen for ever
BEACON_BYTES_MAX: Final = 512  # TEXT_BYTES_MAX of `advert`, and a name
BEACON_NS: Final = 5 * SECOND  # between two, when all is quiet
HURRIED_NS: Final = SECOND  # between two at the least, whoever asks
HURRIED_FIRST: Final = 3  # so many at the beginning are in a hurry: broadcasts get lost

_MAGIC: Final = b"RCR\x01"
_NAME_BYTES_MAX: Final = 63  # of a service instance (RFC 6763, 4.1.1)
_ADVERT, _QUERY, _GOODBYE = 0, 1, 2


@final
@dataclass(frozen=True, slots=True)
class Heard:
    """A node is there: its instance, its game's port, and the pairs of its advert."""

    instance: str
    port: int
    pairs: Mapping[str, str | None]


@final
@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody has just come and wants to know who is there; a guest tells which room it wants."""

    guest: Guest | None = None


@final
@dataclass(frozen=True, slots=True)
class Left:
    """A node says goodbye."""

    instance: str


Beacon: TypeAlias = Heard | Asked | Left


def encode_heard(instance: str, port: int, pairs: Mapping[str, str]) -> bytes:
    """Return the datagram that tells of a node; `pairs` are those of `encode_advert`."""
    texts = [f"{key}={value}".encode() for key, value in pairs.items()]
    name = instance.encode()
    return b"".join(
        (_MAGIC, bytes((_ADVERT,)), port.to_bytes(2), *map(_with_length, (name, *texts)))
    )


def encode_asked(guest: Guest | None = None) -> bytes:
    """Return the datagram that asks who is there: as long as any answer, so it gains nobody."""
    told = b"" if guest is None else pack_guest(guest)
    return (_MAGIC + bytes((_QUERY,)) + told).ljust(BEACON_BYTES_MAX, b"\0")


def encode_left(instance: str) -> bytes:
    """Return the datagram that says goodbye."""
    return _MAGIC + bytes((_GOODBYE,)) + _with_length(instance.encode())


def is_beacon(data: bytes) -> bool:
    """Tell whether a datagram means to be a beacon, whether or not it can be read."""
    return data.startswith(_MAGIC)


def is_question(data: bytes) -> bool:
    """Tell whether a datagram means to ask who is there."""
    return data[len(_MAGIC) : len(_MAGIC) + 1] == bytes((_QUERY,))


def decode_beacon(data: bytes) -> Beacon:
    """Return what a datagram says.

    Raises:
        WireError: it is no beacon, is damaged, or asks with fewer bytes than it will cost.
    """
    kind, body = data[len(_MAGIC) : len(_MAGIC) + 1], data[len(_MAGIC) + 1 :]
    if not is_beacon(data) or not kind or len(data) > BEACON_BYTES_MAX:
        raise WireError("no beacon")
    match kind[0]:
        case 0:  # _ADVERT
            name, *texts = _split_texts(body[2:])
            return Heard(_read_instance(name), _read_port(body), _read_pairs(texts))
        case 1 if len(data) == BEACON_BYTES_MAX:  # _QUERY
            return Asked(unpack_guest(body))
        case 2:  # _GOODBYE
            return Left(_read_instance(_split_texts(body)[0]))
        case _:
            raise WireError("a beacon of no kind")


@final
class BeaconPace:
    """When the next beacon is due. A few in a hurry at first, then one each BEACON_NS.

    Whoever asks, and however often: one each HURRIED_NS at most.
    """

    def __init__(self, now_ns: int) -> None:
        self.due_ns = now_ns
        self._sent = 0
        self._last_ns = now_ns - HURRIED_NS

    @property
    def is_beginning(self) -> bool:
        """Whether we have just come, and should ask who is there."""
        return self._sent < HURRIED_FIRST

    def hurry(self, now_ns: int) -> None:
        """Somebody asks, or there is something new to tell."""
        self.due_ns = min(self.due_ns, max(now_ns, self._last_ns + HURRIED_NS))

    def on_sent(self, now_ns: int) -> None:
        """Note that one was sent."""
        self._sent += 1
        self._last_ns = now_ns
        self.due_ns = now_ns + (HURRIED_NS if self._sent < HURRIED_FIRST else BEACON_NS)


def _with_length(text: bytes) -> bytes:
    return bytes((len(text),)) + text


def _split_texts(data: bytes) -> list[bytes]:
    """Return texts that stand each behind its length; at least one."""
    texts: list[bytes] = []
    while data:
        length = data[0]
        if len(data) <= length:
            raise WireError("a beacon that ends too early")
        texts.append(data[1 : 1 + length])
        data = data[1 + length :]
    if not texts:
        raise WireError("a beacon without a name")
    return texts


def _read_instance(name: bytes) -> str:
    if not 0 < len(name) <= _NAME_BYTES_MAX or not (name.isascii() and name.decode().isprintable()):
        raise WireError("a beacon with a malformed name")
    return name.decode()


def _read_port(body: bytes) -> int:
    port = int.from_bytes(body[:2])
    if port == 0:
        raise WireError("a beacon without a port")
    return port


def _read_pairs(texts: list[bytes]) -> Mapping[str, str | None]:
    """Return what RFC 6763, 6.4 makes of such texts: the first of a key counts."""
    pairs: dict[str, str | None] = {}
    for text in texts:
        key, equals, value = text.partition(b"=")
        name = key.decode("ascii", errors="replace")
        pairs.setdefault(name, value.decode(errors="replace") if equals else None)
    return pairs
