"""All that makes something of bytes or text from elsewhere, and what it may say to that.

What is taken is packed and read again where it can be: it must come out as it was.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from net import Dot, Member, UsageError, Versions, WireError
from net.discovery.advert import decode_advert
from net.discovery.beacon import decode_beacon, encode_asked, encode_heard, encode_left
from net.discovery.guest import Guest, decode_guest, encode_guest
from net.security.session_keys import SessionKeys
from net.transport.control import (
    Challenge,
    Confirm,
    Rekey,
    Renew,
    Twin,
    decode_control,
    encode_control,
)
from net.transport.credentials import Credentials
from net.transport.datagram import Hello, Negotiation, decode_handshake, is_plausible
from net.wire.codec import decode_frame, encode_message, join_frame
from net.wire.decrees import Decree, Noop, Order
from net.wire.messages import (
    Append,
    Heartbeat,
    Introduction,
    Operation,
    Operations,
    Probe,
    Relayed,
    VectorDigest,
)
from racer.app.decode.keyring import Keyring
from racer.app.decode.layers import datagram_in
from racer.app.decode.packet import CaptureError
from racer.app.decode.pcap import MAGICS, read_pcap
from racer.app.decode.pcapng import read_pcapng
from racer.app.decode.reading import read_datagram
from racer.app.log_reading import LogError, parse_record
from racer.app.meeting_code import read_peer
from racer.app.player.settings_file import read_settings, write_settings
from racer.app.window.ports import Settings
from racer.core.circuits.track import TrackError
from racer.core.circuits.trackfile import parse_track
from racer.core.physics.car import CarState
from racer.core.recordings.car_codec import CarCodecError, CarFrame, pack_car, unpack_car
from racer.core.recordings.race_tape import (
    CarSample,
    TapeCar,
    TapeEvent,
    TapeHead,
    TapeRow,
    TapeTable,
    pack_part,
    pack_samples,
    read_tape,
)
from racer.core.rules.laps import Progress
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.messages import (
    Choice,
    Claim,
    LapTime,
    LobbyEntry,
    Removal,
    Said,
    Seat,
    Setup,
    decode_fact,
    decode_ruling,
    encode,
)
from tests.app.captures import pcap, pcapng, udp_packet
from tests.fuzz.contents import CONTENTS
from tests.fuzz.coverage import ROOT
from tests.fuzz.target import Target, text_of
from tests.net.wires import Wires

ADA, BEN = b"a" * 16, b"b" * 16
RACE: Final = b"thisrace"
SETUP: Final = RaceSetup("oval", 3, b"c" * 16)


# --- datagrams ----------------------------------------------------------------------------------


def _parse_handshake(data: bytes) -> object:
    if not is_plausible(data):
        raise WireError("of no length of ours")
    said = decode_handshake(data)
    if isinstance(said, Hello):
        said.open_body(b"k" * 32)
    assert isinstance(said, Negotiation) or said.encode() == data
    return said


def _handshakes() -> list[bytes]:
    seen: list[bytes] = []

    def tap(data: bytes, _source: object, _target: object) -> list[bytes]:
        seen.append(data)
        return [data]

    wires = Wires(tap=tap)
    wires.dial(wires.plug(1), wires.plug(2))
    wires.run(1_000_000_000)
    others = (Negotiation(7, Versions()).encode(), b"\6" + bytes(20), b"\x08" + bytes(20))
    return [*seen, *others]


def _credentials() -> Credentials:
    return Credentials(bytes(32), bytes(64), ADA, 5, Versions(), "ada", "friday")


def _parse_credentials(data: bytes) -> object:
    said = Credentials.decode(data)
    assert Credentials.decode(said.encode()) == said
    return said


def _parse_control(data: bytes) -> object:
    said = decode_control(data)
    assert decode_control(encode_control(said)) == said
    return said


def _controls() -> list[bytes]:
    said = (Confirm(_credentials()), Challenge(bytes(8)), Renew(9), Twin("10.0.0.1", 4000))
    return [encode_control(each) for each in (*said, Rekey(1, 2, bytes(96)))]


def _parse_frame(data: bytes) -> object:
    messages = decode_frame(data)
    assert decode_frame(join_frame([encode_message(each) for each in messages])) == messages
    return messages


def _frames() -> list[bytes]:
    member, operation = Member(ADA, 1), Operation(Dot(ADA, 1, 1), 5, (), b"x", ADA * 2, ADA * 4)
    decrees = Decree(3, 0, BEN, Noop()), Decree(3, 1, BEN, Order(operation.dot))
    messages = (
        Heartbeat(1, 1, 0, 0, 12, 0, 1, 0, None, ()),
        Introduction(((ADA, "10.0.0.1", 4000), (BEN, "fe80::1", 4001))),
        Relayed(ADA, BEN, 0, b"sealed"),
        VectorDigest(member, Member(BEN, 9), ()),
        Operations((operation,)),
        Append(b"lineage!", 3, member, 0, BEN, decrees, 1, 0),
        Probe(),
    )
    return [join_frame([encode_message(each)]) for each in messages]


# --- what is found ------------------------------------------------------------------------------

GUEST: Final = Guest(bytes([17]) * 16, bytes([8]) * 8, 4000)
PAIRS: Final = {"race": "friday", "tag": "00" * 8, "node": "11" * 16, "speaks": "4-4"}


def _pairs_of(data: bytes) -> dict[str, str]:
    """Read lines as pairs."""
    return dict(line.partition("=")[::2] for line in text_of(data).split("\n"))


def _parse_advert(data: bytes) -> object:
    return decode_advert(_pairs_of(data))


def _parse_guest(data: bytes) -> object:
    return decode_guest(_pairs_of(data), 4000)


# --- the game -----------------------------------------------------------------------------------


def _parse_fact(data: bytes) -> object:
    fact = decode_fact(data)
    assert fact is None or decode_fact(encode(fact)) == fact
    return fact


def _parse_ruling(data: bytes) -> object:
    ruling = decode_ruling(data)
    assert ruling is None or decode_ruling(encode(ruling)) == ruling
    return ruling


def _parse_car(data: bytes) -> object:
    frame = unpack_car(data)
    assert pack_car(frame) == data
    return frame


def _facts() -> list[bytes]:
    lap, claim = LapTime(RACE, 1, 30_000, 30_000), Claim(RACE, 1, 1, 9)
    facts = (LobbyEntry("ada", False, 1), Said("hi"), lap, claim, Choice(RACE, SETUP))
    return [encode(each) for each in facts]


def _rulings() -> list[bytes]:
    removal = Removal(ADA, (Dot(BEN, 1, 1),))
    return [encode(each) for each in (Setup(SETUP, 2), Seat(ADA, 1), removal)]


def _cars() -> list[bytes]:
    car = CarState(x=10, y=20, heading=1, vx=30, boost_ticks=5)
    return [pack_car(CarFrame(tick=9, car=car, progress=Progress(2, 1, 5.0)))]


def _tapes() -> list[bytes]:
    head = TapeHead("friday", RACE, "oval", None, 3, "race", (TapeCar(1, "Ada", False, 0, True),))
    car = CarSample(1.5, -2.25, 1.0, 30.0, -0.5, True, False, True, False, False, 2, 1, 40.0)
    event, table = TapeEvent(500, "lap", 1, "Ada"), TapeTable((TapeRow(1, 1, "Ada", 3, 60, 19),))
    parts = [pack_part(head), pack_samples(0, [{1: car}, {1: car}])]
    return [b"".join((*parts, pack_part(event), pack_part(table)))]


def _circuits() -> list[bytes]:
    return [(ROOT / "racer" / "circuits" / "copper-bowl.track").read_bytes()]


# --- files --------------------------------------------------------------------------------------


USUAL: Final = Settings(name="ada")


def _parse_settings(data: bytes) -> object:
    settings, troubles = read_settings(text_of(data), USUAL)
    assert read_settings(write_settings(settings), USUAL) == (settings, ())
    return None if troubles else settings


def _parse_capture(data: bytes) -> object:
    file, ring = BytesIO(data), Keyring()
    magic = file.read(4)
    packets = read_pcap(file, magic) if magic in MAGICS else read_pcapng(file)
    found = [datagram_in(packet) for packet in packets]
    return [read_datagram(each, ring) for each in found if each is not None]


def _captures() -> list[bytes]:
    datagrams = _handshakes()[:6]
    ends = ("10.0.0.1", 4000), ("10.0.0.2", 4000)
    packets = [(k * 1_000_000, udp_packet(*ends, data)) for k, data in enumerate(datagrams)]
    return [pcap(packets), pcapng(packets)]


TARGETS: Final = (
    Target("handshake", _parse_handshake, (WireError,), _handshakes),
    Target("credentials", _parse_credentials, (WireError,), lambda: [_credentials().encode()]),
    Target("control", _parse_control, (WireError,), _controls),
    Target("frame", _parse_frame, (WireError,), _frames),
    Target(
        "beacon",
        decode_beacon,
        (WireError,),
        lambda: [
            encode_heard("racer-1", 4000, PAIRS),
            encode_asked(),
            encode_asked(GUEST),
            encode_left("racer-1"),
        ],
    ),
    Target(
        "advert",
        _parse_advert,
        (WireError,),
        lambda: ["\n".join(f"{key}={PAIRS[key]}" for key in PAIRS).encode()],
    ),
    Target(
        "guest",
        _parse_guest,
        (WireError,),
        lambda: ["\n".join(f"{key}={text}" for key, text in encode_guest(GUEST).items()).encode()],
    ),
    Target("fact", _parse_fact, (), _facts),
    Target("ruling", _parse_ruling, (), _rulings),
    Target("car", _parse_car, (CarCodecError,), _cars),
    Target("tape", read_tape, (), _tapes, 4000),
    Target(
        "circuit", lambda data: parse_track(text_of(data)), (TrackError,), _circuits, 4000, 0.01
    ),
    Target(
        "settings",
        _parse_settings,
        (),
        lambda: [write_settings(USUAL).encode()],
        4000,
        0.2,
    ),
    Target(
        "log-line",
        lambda data: parse_record(data, "ada.log", 1),
        (LogError,),
        lambda: [b'{"t": 1.5, "event": "joined", "node": "0a1b2c3d"}'],
    ),
    Target(
        "place",
        lambda data: read_peer(text_of(data)),
        (UsageError,),
        lambda: [b"192.168.1.7:40000", b"[fe80::1%3]:4000", b"KFRT-BMWX-A", b"host"],
        100,
    ),
    Target(
        "key-line",
        lambda data: SessionKeys.from_line(text_of(data)),
        (WireError,),
        lambda: [SessionKeys(4, 1, 2, ADA * 2, BEN * 2, ADA, BEN).line().encode()],
    ),
    Target("capture", _parse_capture, (CaptureError,), _captures, 8000, 0.3),
    *CONTENTS,
)
