"""What a store of operations refuses, and what a table of peers does: one guard a test."""

from __future__ import annotations

from functools import partial
from random import Random
from unittest.mock import patch

from net.cluster.causal.anti_entropy import batches
from net.cluster.causal.operations import OperationStore
from net.cluster.causal.signing import Signing
from net.cluster.failure_detector import Down, FailureDetector, Health
from net.cluster.log import DecreeLog
from net.cluster.race_clock import RaceClock
from net.ids import NO_LINEAGE, Member
from net.limits import (
    CLOCK_GOOD_DELAY_NS,
    HEARTBEAT_NS,
    LEASE_NS,
    MILLISECOND,
    OPERATIONS_PER_REPLY_MAX,
    OVERLOAD_WAIT_NS,
    REFUSALS_APART_NS,
    SECOND,
    STEP_DOWN_NS,
    SUSPECT_NS,
)
from net.node.counters import NodeCounters
from net.node.frame_reader import FrameReader
from net.node.heartbeat_exchange import HeartbeatExchange
from net.node.lineage.hand_over import HandOverPolicy
from net.node.lineage.succession import Succession
from net.node.liveness import Liveness
from net.node.peers import Peer, Peers
from net.security.identity import node_id_of
from net.transport.actions import Opened, PutOff
from net.wire.decrees import FoundLineage
from net.wire.messages import Heartbeat, Suspicion
from net.wire.versions import OURS
from tests.net.guarded import OTHER, A, B, C, D, log_of, status_of, voter
from tests.net.healths import ON_TIME
from tests.net.test_operations import ROOM, anybody, say, signature, store, verify

# --- operations --------------------------------------------------------------------------------


def test_nobody_writes_in_anothers_name_under_its_own_key() -> None:
    key, other = bytes([1]) * 32, Member(node_id_of(bytes([3]) * 32), 1)
    sign = partial(signature, key)
    liar = OperationStore(other, Signing(key, sign, verify, ROOM), anybody)
    bob = store(2)
    assert bob.on_operations(say(liar, "I am not who I say")) == []
    assert bob.counters.forged == 1


def test_what_is_here_is_taken_once_and_our_own_never_from_others() -> None:
    ada, bob = store(1), store(2)
    (operation,) = say(ada, "once")
    assert bob.on_operations([operation, operation]) == [operation]
    assert bob.on_operations([operation]) == []
    assert len(bob) == 1
    lost = store(1)  # it has forgotten that it wrote this in the life that it leads
    assert lost.on_operations([operation]) == []
    assert len(lost) == 0


def test_what_comes_again_and_again_is_checked_once() -> None:
    ada, checked = store(1), list[bytes]()
    (first,), _, (third,) = (say(ada, text) for text in ("one", "two", "three"))

    def note(key: bytes, data: bytes, signed: bytes) -> bool:
        checked.append(signed)
        return verify(key, data, signed)

    bob = store(2, verify=note)
    for _ in range(9):
        bob.on_operations([first, third])
    assert checked == [first.signature, third.signature]


def test_a_journal_that_holds_something_twice_tells_it_once() -> None:
    ada, bob = store(1), store(2)
    (operation,) = say(ada, "once")
    assert bob.restore([operation, operation]) == [operation]
    assert bob.restore([operation]) == []


def test_one_life_and_the_room_and_all_lives_have_bounds() -> None:
    for name in ("OPERATIONS_PER_MEMBER_MAX", "OPERATIONS_MAX", "VECTOR_ENTRIES_MAX"):
        bob, authors = store(2), [store(k) for k in (1, 3, 4)]
        spare = patch("net.cluster.causal.operations.OPERATIONS_SPARE", 0)
        with patch(f"net.cluster.causal.operations.{name}", 2), spare:
            for author in (*authors, *authors[:1] * 5):
                bob.on_operations(say(author, "hello"))
        assert bob.counters.flooded > 0, name


def test_what_a_peer_lacks_is_sent_by_and_by_and_causes_first() -> None:
    ada, bob = store(9), store(1)
    for k in range(2 * OPERATIONS_PER_REPLY_MAX):
        bob.on_operations(say(ada, f"{k}"))
        ada.on_operations(say(bob, f"after {k}"))
    eve = store(2)
    (digest,) = eve.digests()
    missing = bob.missing_for(digest)
    assert len(missing) == OPERATIONS_PER_REPLY_MAX
    for batch in batches(missing):
        eve.on_operations(batch.operations)
    assert len(eve) == OPERATIONS_PER_REPLY_MAX


# --- who lives ---------------------------------------------------------------------------------


def detector() -> FailureDetector:
    made = FailureDetector(A.node, ON_TIME)
    for member in (B, C):
        made.on_heard(member.node, 1, 0)
    return made


def opened(member: Member, incarnation: int) -> Opened:
    return Opened(member.node, incarnation, "somebody", bytes(32), ("10.0.0.2", 7000), OURS)


def test_nobody_keeps_itself_alive_by_its_word_on_itself() -> None:
    watching, now = detector(), 400 * MILLISECOND
    watching.on_heard(C.node, 1, now)
    watching.on_evidence(B.node, [Suspicion(B.node, 1, 0)], now)
    assert Down(B.node, 1) in watching.on_tick(now)


def test_a_farewell_ends_the_life_that_says_it_alone() -> None:
    watching, peers = detector(), Peers()
    liveness = Liveness(watching, peers, NodeCounters())
    liveness.admit_peer(opened(B, 2), 0)
    peer = peers.get(B.node)
    assert peer is not None
    assert liveness.on_farewell(peer, 1) == []
    watching.on_left(B.node, 1)
    assert watching.state_of(B.node) is Health.ALIVE
    assert liveness.on_farewell(peer, 2)
    assert watching.state_of(B.node) is Health.LEFT


def test_two_refusals_at_once_are_one() -> None:
    watching, now = detector(), SUSPECT_NS + MILLISECOND
    watching.on_heard(C.node, 1, now)
    watching.on_refused(B.node, now - REFUSALS_APART_NS // 2)
    watching.on_refused(B.node, now)
    assert not any(isinstance(verdict, Down) for verdict in watching.on_tick(now))


def test_a_room_has_so_many_peers_and_no_more() -> None:
    counters = NodeCounters()
    liveness = Liveness(detector(), Peers(), counters)
    with patch("net.node.liveness.PEERS_MAX", 1):
        assert liveness.admit_peer(opened(B, 1), 0)
        (refused,) = liveness.admit_peer(opened(C, 1), 0)
        assert isinstance(refused, PutOff)
    assert counters.peers_full == 1


# --- heartbeats --------------------------------------------------------------------------------


def beat(sent_us: int, incarnation: int = 1, serial: int = 1) -> Heartbeat:
    return Heartbeat(incarnation, sent_us, 0, 0, 0, 0, serial, 0, None, ())


def test_a_beat_of_another_life_or_overtaken_or_of_an_unknown_account_tells_nothing() -> None:
    peers, counters = Peers(), NodeCounters()
    peer = Peer(B.node, 1, "ben", Health.ALIVE)
    peers.put(peer)
    exchange = HeartbeatExchange(
        detector(), RaceClock(), peers, counters, lambda _: None, Random(1), 0
    )
    peer.beats.serial = 1
    assert exchange.on_heartbeat(peer, beat(5), SECOND)
    assert not exchange.on_heartbeat(peer, beat(4), SECOND)
    assert not exchange.on_heartbeat(peer, beat(6, incarnation=2), SECOND)
    assert peer.beats.sent_us == 5
    assert not exchange.on_heartbeat(peer, beat(7, serial=2), SECOND)
    assert (counters.beats_overtaken, counters.beats_of_other_life) == (1, 1)


def test_a_frame_of_a_former_life_is_not_read_as_one_of_the_present() -> None:
    peers = Peers()
    reader = FrameReader(peers)
    peers.put(Peer(B.node, 2, "ben", Health.ALIVE))
    assert reader.sender_of(B.node, 1) is None
    assert reader.sender_of(C.node, 1) is None
    assert reader.sender_of(B.node, 2) is peers.get(B.node)
    assert reader.counters.out_of_place == 2


# --- who is next -------------------------------------------------------------------------------


def succession() -> tuple[Succession, Peer, Peer]:
    peers = Peers()
    own = voter(C)
    others = [Peer(m.node, 1, "", Health.ALIVE, status_of(own.log, A)) for m in (A, B)]
    for peer in others:
        peers.put(peer)
    own.follow(5, A, 0)
    return Succession(own, peers), others[0], others[1]


def test_who_waits_to_be_let_in_sees_that_all_others_have_moved_on() -> None:
    """Seed 5 of the contest: it waited three seconds for a coordinator that was elsewhere."""
    peers = Peers()
    own = voter(D, log_of((A, B)))
    theirs = [Peer(m.node, 1, "", Health.ALIVE, status_of(own.log, A)) for m in (A, B)]
    for peer in theirs:
        peers.put(peer)
    next_up = Succession(own, peers)
    assert not next_up.has_moved_on()
    other = DecreeLog()
    other.append(1, FoundLineage(OTHER, NO_LINEAGE, 0, (C,)))
    other.commit_to(1)
    theirs[0].status = status_of(other, C)
    assert not next_up.has_moved_on()
    theirs[1].health = Health.DOWN
    assert next_up.has_moved_on()


def test_who_sits_in_another_lineage_lives_for_ours_no_more() -> None:
    next_up, first, second = succession()
    assert next_up.live_members() == (A, B, C)
    second.status = status_of(DecreeLog())
    assert next_up.live_members() == (A, C)
    first.health = Health.DOWN
    assert next_up.live_members() == (C,)


def test_who_is_not_fit_to_lead_comes_after_all_who_are() -> None:
    next_up, first, _ = succession()
    own = voter(C)
    first.status = status_of(own.log, A, fit=False)
    assert next_up.members_by_rank(fit=True) == [B, C, A]
    assert next_up.heirs() == [B, A]


def test_a_coordinator_that_says_that_it_leads_no_more_is_missed_after_its_lease() -> None:
    next_up, first, _ = succession()
    vacant = []
    for leads, standing_ns in ((False, 0), (False, LEASE_NS + 1), (True, LEASE_NS + 1)):
        first.standing_ns = standing_ns
        next_up.on_tick(leads, LEASE_NS + 1)
        vacant.append(next_up.vacant_since_ns)
    assert vacant == [None, LEASE_NS + 1, None]


def test_who_is_overloaded_hands_over_after_a_wait_to_one_that_is_not_and_seldom() -> None:
    policy = HandOverPolicy()
    assert not policy.is_due(True, True, 0)
    assert not policy.is_due(True, False, OVERLOAD_WAIT_NS)
    assert policy.is_due(True, True, OVERLOAD_WAIT_NS)
    assert not policy.is_due(True, True, OVERLOAD_WAIT_NS + STEP_DOWN_NS - 1)
    assert not policy.is_due(False, True, OVERLOAD_WAIT_NS + STEP_DOWN_NS)
    assert not policy.is_due(True, True, OVERLOAD_WAIT_NS + STEP_DOWN_NS)


# --- the race clock ----------------------------------------------------------------------------


def sample(clock: RaceClock, node: bytes, race_ms: int, now_ns: int, delay_ns: int = 0) -> None:
    """Let a beat tell a race clock, which came back after so long."""
    clock.on_sample(node, 1, (now_ns - delay_ns) // 1000, 0, 1000 * race_ms, now_ns)


def test_the_race_clock_follows_its_coordinator_and_nobody_else() -> None:
    clock = RaceClock()
    clock.enter()
    clock.follow(B.node, A.node)
    sample(clock, B.node, 5000, SECOND)
    assert clock.race_ns(SECOND) == 5 * SECOND
    for n in range(1, 90):
        sample(clock, C.node, 9000, SECOND + n * HEARTBEAT_NS)
    later = SECOND + 90 * HEARTBEAT_NS
    assert abs(clock.race_ns(later) - 5 * SECOND - 90 * HEARTBEAT_NS) < MILLISECOND


def test_a_late_sample_is_not_stepped_to() -> None:
    clock = RaceClock()
    clock.found(4 * SECOND, SECOND)
    clock.enter()
    clock.follow(B.node, A.node)
    sample(clock, B.node, 5050, SECOND, CLOCK_GOOD_DELAY_NS + MILLISECOND)
    assert clock.race_ns(SECOND) != 5050 * MILLISECOND
