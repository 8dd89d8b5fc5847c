"""Each peer is spoken with in the version that both know."""

from __future__ import annotations

import pytest

from net.cluster.failure_detector import Health
from net.node.counters import NodeCounters
from net.node.frame_reader import FrameReader
from net.node.outgoing.outbox import Outbox
from net.node.outgoing.relaying import Relaying
from net.node.peers import Peer, Peers
from net.wire.codec import Codec, encode_message, join_frame
from net.wire.messages import Heartbeat, Message, Probe
from net.wire.versions import PROTOCOL_VERSION, Versions
from tests.net.dialects import FROZEN, NEXT, NEXT_CODE, OLD_CODE
from tests.net.freeze_wire import copies

ADA, BEN = b"a" * 16, b"b" * 16


@pytest.mark.skipif(PROTOCOL_VERSION != FROZEN, reason="the code has gone on from it")
def test_the_frozen_copy_is_of_the_version_that_it_says() -> None:
    told = "while no release has this version, freeze it anew: python -m tests.net.freeze_wire"
    assert {path: path.read_text(encoding="utf-8") for path in copies()} == copies(), told


def outbox_of(codec: Codec, peers: Peers) -> Outbox:
    counters = NodeCounters()
    return Outbox(codec, peers, counters, Relaying(ADA, lambda node: node, counters))


BEAT = Heartbeat(1, 1, 0, 0, 0, 0, 1, 0, None, ())


def test_each_peer_is_written_to_and_read_in_the_version_that_both_speak() -> None:
    peers = Peers(NEXT_CODE.versions())
    ada = Peer(ADA, 1, "ada", Health.ALIVE, versions=OLD_CODE.versions())
    peers.put(ada)
    peers.put(Peer(BEN, 1, "ben", Health.ALIVE, versions=NEXT_CODE.versions()))
    outbox = outbox_of(NEXT_CODE, peers)
    for node in (ADA, BEN):
        outbox.put(node, BEAT)
    frames = dict(outbox.take())
    assert len(frames[BEN]) == len(frames[ADA]) + 1, "the next version has a field more"
    assert OLD_CODE.decode(frames[ADA], FROZEN) == NEXT_CODE.decode(frames[BEN], NEXT) == [BEAT]
    reader = FrameReader(peers, NEXT_CODE)
    assert reader.decode(ada, frames[ADA], 0) == ([BEAT], [])
    assert reader.decode(ada, frames[BEN], 0)[0] == []


class Speechless:
    """A dialect that has no probes."""

    version = FROZEN

    def encode(self, message: Message) -> bytes | None:
        return None if isinstance(message, Probe) else encode_message(message)

    def decode(self, frame: bytes) -> list[Message]:
        raise NotImplementedError


def test_what_a_version_does_not_have_is_not_said_in_it() -> None:
    outbox = outbox_of(Codec(Speechless()), Peers(Versions(FROZEN, FROZEN)))
    outbox.put(ADA, Probe())
    assert outbox.take() == []
    outbox.put(ADA, Probe())
    outbox.put(ADA, BEAT)
    assert outbox.take() == [(ADA, join_frame([encode_message(BEAT)]))]
