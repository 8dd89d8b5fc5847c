"""Who is asked for operations that we lack, and how often."""

from __future__ import annotations

import msgspec

from net.cluster.actions import Send
from net.cluster.failure_detector import Health
from net.cluster.local_health import LocalHealth
from net.errors import UnreadReason, WireFault
from net.ids import Member, NodeId
from net.limits import (
    ANSWER_NS,
    ANTI_ENTROPY_NS,
    OPERATION_REPEATS,
    OPERATIONS_TAKEN_BURST,
    UNREADABLE_TOLD_NS,
)
from net.node.peers import Peer, Peers
from net.node.program import PeerUnreadable
from net.node.replica import Replica, ReplicaOutcome
from net.security.identity import Identity
from net.security.primitives import SODIUM
from net.wire.messages import Operations, VectorDigest
from tests.net.guarded import log_of
from tests.net.healths import ON_TIME, FixedHealth


def replica(k: int, peers: Peers, health: LocalHealth = ON_TIME) -> tuple[NodeId, Replica]:
    identity = Identity.from_seed(bytes([k]) * 32, SODIUM)
    me = identity.node_id
    return me, Replica(Member(me, 1), identity, SODIUM, b"room tag", peers, health)


def pushed(outcomes: list[ReplicaOutcome]) -> list[Operations]:
    sends = (out.message for out in outcomes if isinstance(out, Send))
    return [message for message in sends if isinstance(message, Operations)]


class Room:
    """One who lacks what some others hold alike, and those others."""

    def __init__(self, others: int, lines: int, health: LocalHealth = ON_TIME) -> None:
        self.peers = Peers()
        _, self.ours = replica(0, self.peers, health)
        self.theirs: dict[NodeId, Replica] = {}
        self.asking = Peer(b"\xff" * 16, 1, "", Health.ALIVE)
        wrote: list[Operations] = []
        log = log_of([Member(replica(k, Peers())[0], 1) for k in range(1, others + 1)])
        for k in range(1, others + 1):
            asking = Peers()
            asking.put(self.asking)
            node, held = replica(k, asking)
            held.follow(log)
            if not wrote:
                wrote = [told for n in range(lines) for told in pushed(held.author(b"%d" % n, 0))]
            for message in wrote:
                held.on_message(self.asking, message, 0)
            self.theirs[node] = held
            peer = Peer(node, 1, "", Health.ALIVE)
            peer.vector_hash, peer.operations = held.vector_hash, held.size
            self.peers.put(peer)
        self.ours.follow(log)

    def asked(self, now_ns: int) -> list[NodeId]:
        sends = self.ours.on_tick(None, now_ns)
        return [send.to for send in sends if isinstance(send.message, VectorDigest)]

    def answer(self, node: NodeId, digests: int = 1) -> list[Send]:
        """Return what one sends who got our clock so many times before its next tick."""
        held = self.theirs[node]
        for digest in self.ours._operations.digests() * digests:
            held.on_message(self.asking, digest, 0)
        return held.on_tick(None, 0)

    def take(self, sends: list[Send], node: NodeId) -> None:
        peer = self.peers.get(node)
        assert peer is not None
        for send in sends:
            if isinstance(send.message, Operations):
                self.ours.on_message(peer, send.message, 0)


def test_of_many_who_hold_what_we_lack_one_is_asked_and_sends_it() -> None:
    room = Room(others=8, lines=20)
    (first,) = room.asked(0)
    room.take(room.answer(first), first)
    assert room.ours.size == 20
    assert room.asked(ANTI_ENTROPY_NS) == []
    assert room.ours.met_equal


def test_who_does_not_answer_is_given_time_and_then_another_is_asked() -> None:
    room = Room(others=3, lines=1)
    (first,) = room.asked(0)
    assert room.asked(ANSWER_NS - 1) == []
    (second,) = room.asked(ANSWER_NS)
    (third,) = room.asked(2 * ANSWER_NS)
    assert len({first, second, third}) == 3


def test_a_slow_loop_gives_more_time() -> None:
    room = Room(others=3, lines=1, health=FixedHealth(timeout_scale=2.0))
    room.asked(0)
    assert room.asked(2 * ANSWER_NS - 1) == []
    assert len(room.asked(2 * ANSWER_NS)) == 1


def test_who_asks_again_before_the_tick_is_answered_once() -> None:
    room = Room(others=1, lines=10)
    (node,) = room.theirs
    assert len(room.answer(node, digests=5)) == len(room.answer(node))


def test_who_holds_less_is_not_asked_but_asked_back_when_it_asks() -> None:
    room = Room(others=1, lines=1)
    for n in range(5):
        room.ours.author(b"ours %d" % n, 0)
    assert room.asked(0) == []
    (node,) = room.theirs
    peer = room.peers.get(node)
    assert peer is not None
    for digest in room.theirs[node]._operations.digests():
        room.ours.on_message(peer, digest, 0)
    kinds = [type(send.message) for send in room.ours.on_tick(None, 0)]
    assert kinds == [Operations, VectorDigest]


def test_what_we_say_is_said_again_until_it_must_have_come_or_is_known_to_have() -> None:
    peers = Peers()
    _, ours = replica(0, peers)
    behind, knows = (Peer(bytes([k]) * 16, 1, "", Health.ALIVE) for k in (1, 2))
    peers.put(behind)
    peers.put(knows)
    said = pushed(ours.author(b"a line", 0))
    assert len(said) == 2
    knows.vector_hash = ours.vector_hash
    for _ in range(OPERATION_REPEATS):
        assert ours.repeat() == [Send(behind.node, said[0])]
    assert ours.repeat() == []


# --- what is not read ---------------------------------------------------------------------------


def unread(outcomes: list[ReplicaOutcome]) -> list[tuple[NodeId, UnreadReason | WireFault, int]]:
    return [(o.node, o.fault, o.count) for o in outcomes if isinstance(o, PeerUnreadable)]


def test_who_brings_forged_words_is_told_of_at_once_and_then_now_and_then() -> None:
    room = Room(others=1, lines=0)
    ((node, held),) = room.theirs.items()
    peer = room.peers.get(node)
    assert peer is not None
    (told,) = pushed(held.author(b"so not", 0))
    forged = Operations((msgspec.structs.replace(told.operations[0], body=b"but so"),))
    assert unread(room.ours.on_message(peer, forged, 0)) == [(node, UnreadReason.FORGED, 1)]
    assert unread(room.ours.on_message(peer, forged, 1)) == []
    again = unread(room.ours.on_message(peer, forged, UNREADABLE_TOLD_NS))
    assert again == [(node, UnreadReason.FORGED, 2)]
    assert unread(room.ours.on_message(peer, told, 2 * UNREADABLE_TOLD_NS)) == []


def test_who_says_more_than_is_looked_at_is_told_of_and_who_brings_it_is_not() -> None:
    room = Room(others=1, lines=0)
    ((node, held),) = room.theirs.items()
    (told,) = pushed(held.author(b"hi", 0))
    (model,) = told.operations
    dots = [msgspec.structs.replace(model.dot, n=n + 2) for n in range(OPERATIONS_TAKEN_BURST)]
    room.ours._intake._may_look(model, node, False, 0)
    for dot in dots:
        room.ours._intake._may_look(msgspec.structs.replace(model, dot=dot), node, False, 0)
    room.ours._intake._unread.clear()
    assert unread(room.ours.on_message(room.asking, told, 0)) == [(node, UnreadReason.TOO_MUCH, 1)]
