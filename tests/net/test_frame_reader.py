"""A peer whose frames cannot be read is told of by what is wrong with them, and not in a flood."""

from __future__ import annotations

import msgspec
import pytest

from net.cluster.failure_detector import Health
from net.counters import Counts
from net.errors import WireFault
from net.limits import PEERS_MAX, UNREADABLE_TOLD_NS
from net.node.frame_reader import FrameReader
from net.node.peers import Peer, Peers
from net.node.program import PeerUnreadable
from net.wire.codec import encode_message, join_frame
from net.wire.messages import Farewell, Probe

ADA = b"a" * 16
A_FIELD_MORE = msgspec.msgpack.encode([[2, 1]])
AN_UNKNOWN_TAG = msgspec.msgpack.encode([[99]])


def reader_of(*nodes: bytes) -> FrameReader:
    peers = Peers()
    for node in nodes:
        peers.put(Peer(node, 1, f"driver {node[:1].decode()}", Health.ALIVE))
    return FrameReader(peers)


@pytest.fixture
def reader() -> FrameReader:
    return reader_of(ADA)


@pytest.fixture
def ada(reader: FrameReader) -> Peer:
    peer = reader.sender_of(ADA, 1)
    assert peer is not None
    return peer


def test_a_frame_that_is_whole_gives_its_messages(reader: FrameReader, ada: Peer) -> None:
    frame = join_frame([encode_message(Probe()), encode_message(Farewell(1))])
    assert reader.decode(ada, frame, 0) == ([Probe(), Farewell(1)], [])


@pytest.mark.parametrize(("node", "life"), [(ADA, 2), (b"b" * 16, 1)])
def test_a_frame_of_a_life_that_is_not_here_is_out_of_place(
    reader: FrameReader, node: bytes, life: int
) -> None:
    assert reader.sender_of(node, life) is None
    assert reader.counters.out_of_place == 1


def test_what_cannot_be_read_is_counted_by_what_is_wrong(reader: FrameReader, ada: Peer) -> None:
    for frame in (A_FIELD_MORE, A_FIELD_MORE, AN_UNKNOWN_TAG, b"\xc1"):
        assert reader.decode(ada, frame, 0)[0] == []
    assert Counts.of(reader.counters).faults == {
        "node.malformed.fields": 2,
        "node.malformed.unknown": 1,
        "node.malformed.garbled": 1,
    }


def test_it_is_told_at_once_and_then_now_and_then(reader: FrameReader, ada: Peer) -> None:
    told = [reader.decode(ada, A_FIELD_MORE, k * UNREADABLE_TOLD_NS // 300)[1] for k in range(601)]
    assert [k for k, each in enumerate(told) if each] == [0, 300, 600]
    assert told[0] == [PeerUnreadable(ADA, "driver a", WireFault.FIELDS, 1)]
    assert told[300] == [PeerUnreadable(ADA, "driver a", WireFault.FIELDS, 300)]


def test_each_peer_is_told_of_by_itself() -> None:
    reader = reader_of(ADA, b"b" * 16)
    for node in (ADA, b"b" * 16):
        peer = reader.sender_of(node, 1)
        assert peer is not None
        (_, told) = reader.decode(peer, AN_UNKNOWN_TAG, 0)
        assert [each.node for each in told] == [node]


def test_peers_that_come_and_go_take_no_more_room_than_there_is() -> None:
    nodes = [number.to_bytes(16, "big") for number in range(2 * PEERS_MAX)]
    reader = FrameReader(Peers())
    for node in nodes:
        reader.decode(Peer(node, 1, "x", Health.ALIVE), b"\xc1", 0)
    assert len(reader._news) == PEERS_MAX
