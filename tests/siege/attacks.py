"""What a stranger on the LAN can do who reads all of it, knows the name of the race, and no key."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, Final, Protocol, final

from zeroconf._dns import DNSAddress, DNSPointer, DNSService, DNSText
from zeroconf._protocol.outgoing import DNSOutgoing

from net.discovery.advert import ROOM_TAG_BYTES_MAX, SERVICE_TYPE, Advert, encode_advert
from net.discovery.beacon import BEACON_PORT, encode_heard, encode_left
from net.errors import WireError
from net.ids import NODE_ID_BYTES
from net.security.cookie import NO_COOKIE
from net.security.cpace import SHARE_BYTES
from net.security.identity import Identity
from net.security.primitives import SODIUM
from net.security.room_secret import RoomSecret
from net.transport.datagram import Cookie, Hello, Opening, decode_handshake
from net.transport.local_keys import LocalKeys
from net.wire.versions import Versions
from racer.core.tuning import PHYSICS_VERSION
from tests.fuzz.mutation import mutated
from tests.siege.wire import HEAD_BYTES, framed

if TYPE_CHECKING:
    from net.ids import Address
    from tests.siege.wire import Wire

SPOKEN: Final = Versions(program=PHYSICS_VERSION)
SOCKETS: Final = 140
RACES: Final = 10_000
FIRST_MESSAGES: Final = (
    2000  # that are sent again and again: to make one costs more than to send it
)
MDNS: Final[Address] = ("224.0.0.251", 5353)
# What is made beforehand of each kind: who attacks from afar costs us nothing here.
SPOOFED: Final = 20_000
CHANGED: Final = 5000
_PAYLOAD_BYTES_MAX: Final = 1400
_CACHE_FLUSH: Final = 0x8001  # class IN, of which we are the only owner (RFC 6762, 10.2)
_RESPONSE: Final = 0x8400  # an authoritative answer (RFC 6762, 18)
_A, _PTR, _TXT, _SRV, _IN = 1, 12, 16, 33, 1
_TTL_S: Final = 30


class Attack(Protocol):
    """One way to be a nuisance."""

    name: str

    def strike(self, wire: Wire, count: int) -> None:
        """Send so many datagrams."""


@final
class Hellos:
    """First messages that are genuine, and so cost their receiver all that one can."""

    def __init__(self, race: str, rng: Random) -> None:
        identity = Identity.from_seed(rng.randbytes(32), SODIUM)
        self._room, self._rng = RoomSecret(race), rng
        keys = LocalKeys(identity, SODIUM, self._room, SPOKEN)
        first = [keys.handshake(SPOKEN.highest, initiator=True) for _ in range(FIRST_MESSAGES)]
        self._noise = [each.write_message(b"") for each in first]

    def make(self, cookie: bytes = NO_COOKIE) -> bytes:
        """Return one that asks for a session of its own."""
        opening = Opening(self._rng.choice(self._noise), bytes(SHARE_BYTES), cookie)
        index = self._rng.getrandbits(32)
        return Hello.of(SPOKEN.highest, index, self._room, SPOKEN, opening).encode()


class MadeBeforehand:
    """Sends frames, each to whom it is for, that were made before it began: any of them, often."""

    name: str
    _frames: list[tuple[str, bytes]]
    _rng: Random

    def strike(self, wire: Wire, count: int) -> None:
        for _ in range(count):
            wire.send_frame(self.name, *self._rng.choice(self._frames))


@final
class SpoofedHellos(MadeBeforehand):
    """First messages from addresses of the LAN, of its members, and of anywhere."""

    name = "hellos"

    def __init__(self, hellos: Hellos, victims: Sequence[Address], rng: Random) -> None:
        self._victims, self._rng = victims, rng
        self._lan = victims[0][0].rpartition(".")[0]
        self._frames = [self._make_frame(hellos) for _ in range(SPOOFED)]

    def _make_frame(self, hellos: Hellos) -> tuple[str, bytes]:
        """Return whose it is, and the whole datagram."""
        victim = self._rng.choice(self._victims)
        return victim[0], framed(self._source(), victim, hellos.make())

    def _source(self) -> Address:
        rng = self._rng
        port = rng.randrange(1024, 65536)
        match rng.randrange(4):
            case 0:
                return rng.choice(self._victims)[0], port
            case 1 | 2:
                return f"{self._lan}.{rng.randrange(1, 255)}", port
            case _:
                parts = (10, rng.randrange(256), rng.randrange(256), rng.randrange(1, 255))
                return ".".join(map(str, parts)), port


@final
class ProvedHellos:
    """First messages from many sockets of one host, that answer for their address by a cookie."""

    name = "sockets"

    def __init__(self, hellos: Hellos, victims: Sequence[Address], own_host: str) -> None:
        self._hellos, self._victims = hellos, victims
        self.answered_bytes = 0
        self._cookies: dict[tuple[int, Address], bytes] = {}
        self._selector = selectors.DefaultSelector()
        self._sockets = [self._open(own_host, number) for number in range(SOCKETS)]
        self._next = 0

    def strike(self, wire: Wire, count: int) -> None:
        self._read()
        for _ in range(count):
            number, victim = self._next % SOCKETS, self._victims[self._next % len(self._victims)]
            self._next += 1
            cookie = self._cookies.get((number, victim), NO_COOKIE)
            data = self._hellos.make(cookie)
            try:
                self._sockets[number].sendto(data, victim)
            except OSError:
                wire.refused += 1
            else:
                wire.count(self.name, HEAD_BYTES + len(data))

    def _open(self, own_host: str, number: int) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.setblocking(False)
        opened.bind((own_host, 0))
        self._selector.register(opened, selectors.EVENT_READ, number)
        return opened

    def _read(self) -> None:
        """Keep the cookies that came."""
        for key, _ in self._selector.select(0):
            data, source = self._sockets[key.data].recvfrom(2048)
            self.answered_bytes += HEAD_BYTES + len(data)
            try:
                message = decode_handshake(data)
            except WireError:
                continue
            if isinstance(message, Cookie):
                self._cookies[key.data, source] = message.cookie


@final
class Replays(MadeBeforehand):
    """What members had sent to each other, again and from where it came."""

    name = "replays"

    def __init__(self, recorded: Sequence[tuple[Address, Address, bytes]], rng: Random) -> None:
        self._frames = [(to[0], framed(source, to, data)) for source, to, data in recorded]
        self._rng = rng


@final
class Spoilt(MadeBeforehand):
    """What members had sent, changed here and there; at some the first byte never is."""

    name = "spoilt"

    def __init__(self, recorded: Sequence[tuple[Address, Address, bytes]], rng: Random) -> None:
        self._recorded, self._rng = recorded, rng
        self._frames = [self._make_frame() for _ in range(CHANGED)]

    def _make_frame(self) -> tuple[str, bytes]:
        rng = self._rng
        source, destination, data = rng.choice(self._recorded)
        kept = rng.choice((0, 1, 5))
        other = rng.choice(self._recorded)[2]
        made = data[:kept] + mutated(data[kept:], other, _PAYLOAD_BYTES_MAX, rng)
        return destination[0], framed(source, destination, made)


@final
class RandomBytes(MadeBeforehand):
    """Bytes that mean nothing, at the game, at multicast DNS and at the beacon."""

    name = "random"

    def __init__(self, victims: Sequence[Address], rng: Random) -> None:
        self._victims, self._rng = victims, rng
        self._frames = [self._make_frame() for _ in range(CHANGED)]

    def _make_frame(self) -> tuple[str, bytes]:
        rng = self._rng
        victim = rng.choice(self._victims)
        port = rng.choice((victim[1], victim[1], MDNS[1], BEACON_PORT))
        source = rng.choice(self._victims)[0], rng.randrange(1024, 65536)
        data = rng.randbytes(rng.randrange(_PAYLOAD_BYTES_MAX))
        return victim[0], framed(source, (victim[0], port), data)


@final
class Goodbyes:
    """Goodbyes in the members' names: in multicast DNS and in beacons."""

    name = "goodbyes"

    def __init__(self, instances: Sequence[str], victims: Sequence[Address], rng: Random) -> None:
        self._instances, self._victims, self._rng = instances, victims, rng

    def strike(self, wire: Wire, count: int) -> None:
        rng = self._rng
        for _ in range(count):
            instance = rng.choice(self._instances)
            source = rng.choice(self._victims)[0]
            if rng.random() < 0.5:
                said = encode_left(instance)
                for victim in self._victims:
                    wire.send(self.name, (source, BEACON_PORT), (victim[0], BEACON_PORT), said)
            else:
                for packet in answer(instance, source, 1, {}, ttl_s=0):
                    wire.send(self.name, (source, MDNS[1]), MDNS, packet)


@final
class Races:
    """Ten thousand races that nobody drives, in multicast DNS and in beacons."""

    name = "races"

    def __init__(self, victims: Sequence[Address], rng: Random) -> None:
        self._victims, self._rng = victims, rng
        self._lan = victims[0][0].rpartition(".")[0]
        self._frames = [self._make_frame(number) for number in range(RACES)]
        self._next = 0

    def strike(self, wire: Wire, count: int) -> None:
        for _ in range(count):
            self._next = (self._next + 1) % RACES
            wire.send_frame(self.name, *self._frames[self._next])

    def _make_frame(self, number: int) -> tuple[str, bytes]:
        rng = self._rng
        node, tag = number.to_bytes(NODE_ID_BYTES), number.to_bytes(ROOM_TAG_BYTES_MAX)
        pairs = encode_advert(Advert(node, f"Race {number}", tag, locked=False))
        name, host = f"racer-{number:08x}-0000", f"{self._lan}.{rng.randrange(1, 255)}"
        if rng.random() < 0.5:
            (packet,) = answer(name, host, 7000, pairs, ttl_s=_TTL_S)
            return MDNS[0], framed((host, MDNS[1]), MDNS, packet)
        said, victim = encode_heard(name, 7000, pairs), rng.choice(self._victims)[0]
        return victim, framed((host, BEACON_PORT), (victim, BEACON_PORT), said)


def answer(
    instance: str, host: str, port: int, pairs: dict[str, str], *, ttl_s: int
) -> list[bytes]:
    """Return what a responder says of an instance (RFC 6763); with a TTL of 0, a goodbye."""
    name, server = f"{instance}.{SERVICE_TYPE}", f"{instance}.local."
    texts = [f"{key}={value}".encode() for key, value in pairs.items()]
    text = b"".join(bytes((len(each),)) + each for each in texts)
    packed = socket.inet_aton(host)
    said = DNSOutgoing(_RESPONSE)
    said.add_answer_at_time(DNSPointer(SERVICE_TYPE, _PTR, _IN, ttl_s, name), 0)
    said.add_answer_at_time(DNSService(name, _SRV, _CACHE_FLUSH, ttl_s, 0, 0, port, server), 0)
    said.add_answer_at_time(DNSText(name, _TXT, _CACHE_FLUSH, ttl_s, text), 0)
    said.add_answer_at_time(DNSAddress(server, _A, _CACHE_FLUSH, ttl_s, packed), 0)
    return said.packets()
