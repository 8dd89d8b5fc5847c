"""A capture of a race is read by the keys that a node logged, and by nothing less."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from net import Dot, NodeId, UsageError
from net.limits import REKEY_NS, SECOND
from net.runtime.disk.key_log import KeyLog
from net.security.primitives import SODIUM
from net.security.seal import Seal
from net.security.session_keys import SessionKeys
from net.transport.control import Confirm, Confirmed, Rekey, Rekeyed
from net.transport.datagram import DatagramKind, Finish, Hello, Reply
from net.wire.codec import encode_message, join_frame
from net.wire.messages import (
    Heartbeat,
    Message,
    Operation,
    Operations,
    Probe,
    Relayed,
    Stream,
    StreamState,
)
from racer.app.commands.cli import main
from racer.app.decode.capture import read_capture
from racer.app.decode.keyring import Keyring, read_key_log
from racer.app.decode.layers import datagram_in
from racer.app.decode.packet import CaptureError
from racer.app.decode.reading import (
    ClearDatagram,
    OpenedDatagram,
    Reading,
    UnreadDatagram,
    read_bytes,
    read_datagram,
)
from racer.core.physics.car import CarState
from racer.core.recordings.car_codec import CarFrame, pack_car
from racer.core.rules.laps import Progress
from racer.play.room.messages import Said, encode
from tests.app.captures import LINKS, pcap, pcapng, udp_packet
from tests.net.wires import Wires

if TYPE_CHECKING:
    from net import Address

ADA: Address = ("10.0.0.1", 4000)
BEN: Address = ("10.0.0.2", 4000)
BEAT = Heartbeat(1, 1, 0, 0, 12_345_678, 0, 1, 0, None, ())


def said_by(node: NodeId, text: str) -> Operations:
    operation = Operation(Dot(node, 1, 1), 5, (), encode(Said(text)), bytes(32), bytes(64))
    return Operations((operation,))


def state_of_a_car() -> Stream:
    frame = CarFrame(
        tick=9, car=CarState(x=10, y=20, heading=0, vx=30), progress=Progress(2, 1, 5.0)
    )
    return Stream(1, None, 0, StreamState(9, b"race" + pack_car(frame)))


class Meeting:
    """Two nodes that meet, speak for longer than keys last, and are captured from the first word.

    The first keeps a key log.
    """

    def __init__(self, folder: Path) -> None:
        self.keys = folder / "ada.keys"
        self.packets: list[tuple[int, bytes]] = []
        self.sent: list[Message] = []
        wires = Wires(tap=self._capture, tick_ns=SECOND // 2)
        self.wires = wires
        log = KeyLog(self.keys, pytest.fail)
        self.ada, self.ben = wires.plug(1, on_keys=log.write), wires.plug(2)
        wires.dial(self.ada, self.ben)
        wires.run(2 * SECOND)
        wires.run(REKEY_NS + SECOND, self._speak)

    def _capture(self, data: bytes, source: Address, target: Address) -> list[bytes]:
        self.packets.append((self.wires.now, udp_packet(source, target, data)))
        return [data]

    def _speak(self) -> None:
        said: list[Message] = [BEAT, said_by(self.ada.node, "hi"), state_of_a_car(), Probe()]
        for end, other, messages in ((self.ada, self.ben, said), (self.ben, self.ada, said[:1])):
            frame = join_frame([encode_message(each) for each in messages])
            if self.wires.send(end, other, frame):
                self.sent += messages

    def read(self, path: Path, *key_logs: Path) -> list[Reading]:
        path.write_bytes(pcap(self.packets))
        keyring = Keyring(keys for log in key_logs for keys in read_key_log(log)[0])
        found = [datagram_in(packet) for packet in read_capture(path)]
        readings = [read_datagram(each, keyring) for each in found if each is not None]
        return [each for each in readings if each is not None]


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Meeting:
    return Meeting(tmp_path_factory.mktemp("meeting"))


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    return tmp_path / "race.pcap"


def test_all_that_two_say_is_read_over_a_change_of_keys(meeting: Meeting, shot: Path) -> None:
    readings = meeting.read(shot, meeting.keys)
    assert len(readings) == len(meeting.packets), "every datagram was of the race"
    opened = [each for each in readings if isinstance(each, OpenedDatagram)]
    frames = [each for each in opened if each.kind is DatagramKind.FRAME]
    assert [message for each in frames for message in each.said] == meeting.sent
    controls = {type(each.said[0]) for each in opened if each.kind is DatagramKind.CONTROL}
    assert controls == {Confirm, Confirmed, Rekey, Rekeyed}
    clear = [type(each.said) for each in readings if isinstance(each, ClearDatagram)]
    assert clear == [Hello, Reply, Finish]
    assert len(clear) + len(opened) == len(readings)
    assert len({each.index for each in opened}) == 4, "two sessions, each with an index a side"
    ends = {(each.sender, each.receiver) for each in opened}
    assert ends == {(meeting.ada.node, meeting.ben.node), (meeting.ben.node, meeting.ada.node)}


def test_without_its_key_a_datagram_says_so_and_nothing_else(meeting: Meeting, shot: Path) -> None:
    first = "\n".join(meeting.keys.read_text("ascii").split("\n")[:2])
    log = shot.with_name("first.keys")
    log.write_text(first, "ascii")
    unread = [each for each in meeting.read(shot, log) if isinstance(each, UnreadDatagram)]
    later = SessionKeys.from_line(meeting.keys.read_text("ascii").split("\n")[2])
    assert {each.why for each in unread} == {
        f"no key for index {later.index:08x}",
        f"no key for index {later.remote_index:08x}",
    }
    assert not any(isinstance(each, OpenedDatagram) for each in meeting.read(shot))


def test_the_command_prints_a_line_a_datagram(
    meeting: Meeting, shot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shot.write_bytes(pcap(meeting.packets))
    assert main(["decode", str(shot), "--keys", str(meeting.keys)]) == 0
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert len(lines) == len(meeting.packets)
    assert f"{len(lines)} datagrams read, 0 not; 0 packets are not of a race" in told.err
    ada, ben = (end.node.hex()[:8] for end in (meeting.ada, meeting.ben))
    speech = next(line for line in lines if "said" in line)
    assert f"10.0.0.1:4000 ({ada}) → 10.0.0.2:4000 ({ben}) Frame 1, " in speech
    assert f'; operation {ada}.1.1: said: text "hi"; ' in speech
    assert "heartbeat of life 1, race clock 12.346 s" in speech
    assert "its own car, lease 0, tick 9, lap 2, at (10.0, 20.0) m" in speech
    assert any(f"confirm: credentials (driver 2, {ben}, life 1)" in line for line in lines)

    assert main(["decode", str(shot), "--keys", str(meeting.keys), "--json"]) == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    frames = [each for each in objects if each["kind"] == "frame"]
    assert sum(len(each["said"]) for each in frames) == len(meeting.sent)
    found = next(each for each in frames if len(each["said"]) > 1)
    assert (found["from"], found["sender"]) == ("10.0.0.1:4000", meeting.ada.node.hex())
    assert [each["message"] for each in found["said"]] == [
        "Heartbeat",
        "Operations",
        "Stream",
        "Probe",
    ]
    assert found["said"][1]["operations"][0]["body"] == {"is": "Said", "text": "hi"}
    assert found["said"][2]["state"]["payload"]["car"]["x"] == 10.0


def test_what_is_passed_on_is_read_to_its_inside() -> None:
    ada, ben, eve = b"a" * 16, b"b" * 16, b"e" * 16
    outer = SessionKeys(4, 1, 2, b"1" * 32, b"2" * 32, ada, eve)
    inner = SessionKeys(4, 3, 4, b"3" * 32, b"4" * 32, ada, ben)
    frames = Seal(inner.sending, inner.receiving, inner.remote_index, SODIUM)
    relayed = [
        Relayed(ada, ben, 0, frames.seal(DatagramKind.FRAME, join_frame([encode_message(Probe())])))
        for _ in range(2)
    ]
    seal = Seal(outer.sending, outer.receiving, outer.remote_index, SODIUM)
    frame = join_frame([encode_message(each) for each in (relayed[0], BEAT, relayed[1])])
    data = seal.seal(DatagramKind.FRAME, frame)

    whole = read_bytes(data, len(data), Keyring([outer, inner]))
    assert isinstance(whole, OpenedDatagram)
    assert [each.said for each in whole.inside if isinstance(each, OpenedDatagram)] == [
        (Probe(),),
        (Probe(),),
    ]
    ours = read_bytes(data, len(data), Keyring([outer]))
    assert isinstance(ours, OpenedDatagram)
    unread = UnreadDatagram(DatagramKind.FRAME, "no key for index 00000004")
    assert ours.inside == (unread, unread)


def test_of_a_capture_that_kept_heads_alone_it_is_told_how_little(
    meeting: Meeting, shot: Path
) -> None:
    heads = [(time_ns, packet[:90]) for time_ns, packet in meeting.packets]
    shot.write_bytes(pcap(heads, LINKS["raw"]))
    keyring = Keyring(read_key_log(meeting.keys)[0])
    found = [datagram_in(packet) for packet in read_capture(shot)]
    readings = [read_datagram(each, keyring) for each in found if each is not None]
    assert len(readings) == len(meeting.packets)
    cut = UnreadDatagram(DatagramKind.HELLO, "the capture has 58 of its bytes")
    assert readings[0] == cut
    assert any(isinstance(each, OpenedDatagram) for each in readings), "short ones are whole"


def test_every_link_and_format_and_family_gives_the_same(meeting: Meeting, shot: Path) -> None:
    ends = ("fe80::1", 4000), ("2001:db8::2", 4001)
    packets = [(1_700_000_000_123_456_000, udp_packet(ADA, BEN, b"four"))]
    packets.append((1_700_000_001_000_000_000, udp_packet(*ends, b"six")))
    for name, link in LINKS.items():
        for order in "<>":
            for data in (
                pcap(packets, link, order, 1000),
                pcap(packets, link, order),
                pcapng(packets, link, order),
            ):
                shot.write_bytes(data)
                found = list(read_capture(shot))
                assert [each.time_ns for each in found] == [time_ns for time_ns, _ in packets], name
                four, six = (datagram_in(each) for each in found)
                assert four is not None, name
                assert (four.source, four.target, four.data) == (ADA, BEN, b"four"), name
                assert six is not None, name
                assert (six.source, six.target, six.data) == (*ends, b"six"), name


def test_of_a_damaged_capture_what_was_good_is_shown(
    meeting: Meeting, shot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shot.write_bytes(pcap(meeting.packets[:3])[:-1])
    assert main(["decode", str(shot)]) == 1
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 2
    assert "it ends within a packet; what came before is shown" in told.err
    shot.write_bytes(b"GIF89a")
    assert main(["decode", str(shot)]) == 2
    assert "is no capture" in capsys.readouterr().err


def test_whatever_a_file_holds_is_read_or_refused_in_words(meeting: Meeting, shot: Path) -> None:
    rng, keyring = Random(7), Keyring(read_key_log(meeting.keys)[0])
    whole = [made(meeting.packets[:6]) for made in (pcap, pcapng)]
    for turn in range(600):
        data = bytearray(whole[turn % 2])
        for _ in range(rng.choice((1, 2, 8))):
            data[rng.randrange(len(data))] = rng.choice((0, 0xFF, rng.randrange(256)))
        shot.write_bytes(data[: rng.randrange(len(data))] if turn % 3 == 0 else data)
        try:
            for packet in read_capture(shot):
                datagram = datagram_in(packet)
                if datagram is not None:
                    read_datagram(datagram, keyring)
        except (CaptureError, UsageError):
            pass


def test_a_key_log_is_a_new_file_for_its_owner_alone(tmp_path: Path) -> None:
    path, told = tmp_path / "own.keys", list[str]()
    keys = SessionKeys(4, 1, 2, b"1" * 32, b"2" * 32, b"a" * 16, b"b" * 16)
    KeyLog(path, told.append).write(keys)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key_log(path) == ([keys], 0)
    assert "31313131" not in repr(keys)
    with pytest.raises(UsageError, match="is there already"):
        KeyLog(path, told.append)
    assert read_key_log(path) == ([keys], 0), "nothing was overwritten"
    with path.open("a", encoding="ascii") as file:
        file.write(keys.line()[:40])
    assert read_key_log(path) == ([keys], 1), "what was cut by a crash is passed over"
    path.write_text("{}", "ascii")
    with pytest.raises(UsageError, match="is no key log"):
        read_key_log(path)
    assert told == []
