from __future__ import annotations

from collections import Counter
from random import Random

from net.cluster.failure_detector import FailureDetector, Health
from net.cluster.race_clock import RaceClock
from net.ids import NO_LINEAGE
from net.limits import (
    HEARTBEAT_NS,
    INTRODUCE_NS,
    INTRODUCERS,
    MILLISECOND,
    PEERS_MAX,
    QUEUE_FULL_NS,
    SECOND,
    TICK_NS,
    TURN_PEERS,
)
from net.node.counters import NodeCounters
from net.node.heartbeat_exchange import HeartbeatExchange
from net.node.heartbeats import Heartbeats, introduction_ns
from net.node.outgoing.congestion import Congestion
from net.node.peers import Peer, Peers
from net.wire.codec import encode_message
from net.wire.messages import Heartbeat, Precedence, Status, Summary, Suspicion
from tests.net.healths import ON_TIME

BEN = b"b" * 16
NOWHERE = Status(
    Precedence(1, 1, 255, PEERS_MAX, 255, NO_LINEAGE), 0, None, False, False, 0, 0, bytes(8), 0
)
START_NS = 10**15
OLD, NEW = b"old hash", b"new hash"


def beats(vector_hash: bytes = OLD) -> Heartbeats:
    made = Heartbeats(START_NS)
    made.note(Summary(vector_hash, 1, NOWHERE))
    return made


def ben(known: int = 0) -> Peer:
    peer = Peer(BEN, 1, "ben", Health.ALIVE)
    peer.beats.known = known
    return peer


def composed(own: Heartbeats, peer: Peer, after_ns: int = SECOND) -> Heartbeat:
    return own.compose(peer, 1, 5_000, (), START_NS + after_ns)


def test_an_account_is_told_until_the_peer_says_that_it_knows_it() -> None:
    own, peer = beats(), ben()
    beat = composed(own, peer)
    for _ in range(3):
        beat = composed(own, peer)
        assert beat.summary is not None
        assert (beat.summary.vector_hash, beat.summary.status) == (OLD, NOWHERE)
    peer.beats.known = beat.serial
    assert composed(own, peer).summary is None
    assert composed(own, peer).serial == beat.serial


def test_a_new_account_gets_a_new_number_and_is_told_to_who_knows_the_old_one() -> None:
    own = beats()
    peer = ben(known=composed(own, ben()).serial)
    own.note(Summary(OLD, 1, NOWHERE))
    assert composed(own, peer).summary is None
    own.note(Summary(NEW, 1, NOWHERE))
    beat = composed(own, peer)
    assert beat.serial == peer.beats.known + 1
    assert beat.summary is not None
    assert beat.summary.vector_hash == NEW
    own.note(Summary(OLD, 1, NOWHERE))  # even one that it had known before
    assert composed(own, peer).summary is not None


def test_a_peer_that_has_forgotten_is_told_again() -> None:
    own, peer = beats(), ben()
    peer.beats.known = composed(own, peer).serial
    assert composed(own, peer).summary is None
    peer.beats.known = 0
    assert composed(own, peer).summary is not None


def test_a_beat_says_which_account_of_the_peer_we_know() -> None:
    peer = ben()
    assert composed(beats(), peer).known == 0
    peer.beats.serial = 9
    assert composed(beats(), peer).known == 9


def test_times_count_from_the_start_of_the_process_and_echoes_come_back_by_its_clock() -> None:
    own = beats()
    beat = composed(own, ben(), after_ns=0)
    assert beat.sent_us == 1  # above the 0 of who heard nothing yet
    assert own.clock_us(beat.sent_us) == START_NS // 1000
    assert own.clock_us(0) == 0


def test_a_beat_that_says_nothing_new_is_small() -> None:
    own, peer = beats(), ben()
    peer.beats.known, peer.beats.sent_us, peer.beats.heard_ns = (
        composed(own, peer).serial,
        10**9,
        START_NS,
    )
    assert len(encode_message(composed(own, peer, after_ns=3600 * SECOND))) < 32


def test_beats_go_thirty_times_a_second() -> None:
    own = Heartbeats(START_NS)
    due = [own.is_due(START_NS + tick * TICK_NS) for tick in range(60)]
    assert sum(due) == 30
    assert not own.is_due(START_NS + 59 * TICK_NS)
    assert own.is_due(START_NS + 59 * TICK_NS + HEARTBEAT_NS)


def test_introductions_to_one_peer_are_no_more_where_there_are_more_to_introduce() -> None:
    assert introduction_ns(1) == introduction_ns(INTRODUCERS) == INTRODUCE_NS
    assert introduction_ns(63) / 63 >= INTRODUCE_NS // INTRODUCERS


class Crowd:
    """A node among fifteen others, and whom it beats to."""

    def __init__(self) -> None:
        me, *self.others = (bytes([k]) * 16 for k in range(16))
        self.detector, self.peers = FailureDetector(me, ON_TIME), Peers()
        self.congestion, self.trip_ns = Congestion(self.peers), MILLISECOND
        for other in self.others:
            self.peers.put(Peer(other, 1, "other", Health.ALIVE))
        self.exchange = HeartbeatExchange(
            self.detector, RaceClock(), self.peers, NodeCounters(), lambda _: None, Random(1), 0
        )

    def turn(self, now_ns: int, heard: list[bytes], *, calm: bool) -> list[bytes]:
        """Return who gets a beat now."""
        for other in heard:
            self.detector.on_heard(other, 1, now_ns)
        self.detector.on_tick(now_ns)
        for node in heard:
            if (peer := self.peers.get(node)) is not None:
                peer.beats.trip_ns = self.trip_ns
        self.congestion.on_tick(now_ns)
        count = self.exchange.due(self.congestion, now_ns, calm=calm)
        if count is None:
            return []
        return [send.to for send in self.exchange.beat(count, 1, Summary(OLD, 1, NOWHERE), now_ns)]

    def second(self, since_ns: int, heard: list[bytes], *, calm: bool) -> Counter[bytes]:
        """Return how many beats each gets in a second."""
        turns = range(since_ns, since_ns + SECOND, HEARTBEAT_NS)
        return Counter(to for now in turns for to in self.turn(now, heard, calm=calm))


def test_in_a_calm_large_room_beats_are_rarer_and_in_turn_while_we_suspect_anybody() -> None:
    crowd = Crowd()
    rare = crowd.second(START_NS, crowd.others, calm=True)
    assert set(rare.values()) <= {7, 8}
    amiss = crowd.second(START_NS + SECOND, crowd.others, calm=False)
    assert set(amiss.values()) <= {10, 11}
    assert amiss.total() <= 31 * TURN_PEERS
    now = START_NS + 2 * SECOND
    while not crowd.detector.suspects:
        now += HEARTBEAT_NS
        crowd.turn(now, crowd.others[1:], calm=True)
    turns = [crowd.turn(now + n * HEARTBEAT_NS, crowd.others[1:], calm=True) for n in (1, 2)]
    assert [len(turn) for turn in turns] == [TURN_PEERS, TURN_PEERS]
    assert not set(turns[0]) & set(turns[1])


def test_on_a_full_network_beats_are_rarer_yet_whomever_we_suspect() -> None:
    crowd = Crowd()
    crowd.second(START_NS, crowd.others, calm=True)
    crowd.trip_ns = MILLISECOND + QUEUE_FULL_NS + 1
    crowd.second(START_NS + SECOND, crowd.others, calm=True)
    assert crowd.congestion.is_full
    full = crowd.second(START_NS + 2 * SECOND, crowd.others[1:], calm=False)
    assert crowd.detector.state_of(crowd.others[0]) is not Health.ALIVE
    assert set(full.values()) <= {3, 4}


def test_who_asks_about_somebody_whom_we_hear_gets_the_next_beat_and_no_one_else() -> None:
    crowd = Crowd()
    suspect, asking, *_ = crowd.others
    now = START_NS
    crowd.turn(now, crowd.others, calm=True)
    question = Heartbeat(1, 1, 0, 0, 0, 0, 1, 0, None, (Suspicion(suspect, 1, 70),))
    peer = crowd.peers.get(asking)
    assert peer is not None
    crowd.exchange.on_heartbeat(peer, question, now + 1)
    assert crowd.turn(now + HEARTBEAT_NS, crowd.others, calm=True) == [asking]
    answer = Heartbeat(1, 2, 0, 0, 0, 0, 1, 0, None, (Suspicion(suspect, 1, 5),))
    crowd.exchange.on_heartbeat(peer, answer, now + 2 * HEARTBEAT_NS)
    assert crowd.turn(now + 2 * HEARTBEAT_NS + 1, crowd.others, calm=True) == []
