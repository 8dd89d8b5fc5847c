from __future__ import annotations

from hashlib import blake2b

from net.cluster.streams import Pace, Streams
from net.ids import Member
from net.limits import KEYFRAME_NS, MILLISECOND, SECOND, STREAMS_MAX, TICK_NS
from net.security.identity import node_id_of
from net.wire.messages import Keyframe, Stream, StreamState


def signature(key: bytes, data: bytes) -> bytes:
    return blake2b(data, key=key, digest_size=64).digest()


def streams(k: int, incarnation: int = 1) -> Streams:
    key = bytes([k]) * 32
    return Streams(
        Member(node_id_of(key), incarnation),
        key,
        lambda data: signature(key, data),
        lambda public, data, signed: signature(public, data) == signed,
        b"room",
    )


ADA, BEN, CLEO = (node_id_of(bytes([k]) * 32) for k in (1, 2, 3))


def told(own: Streams, owner: bytes | None, pace: Pace, now_ns: int, *, along: bool = True) -> bool:
    """Tell whether Ben gets the state just published, and note it."""
    due = own.due(owner, {BEN: pace}, {BEN} if along else set(), now_ns)
    own.note_told(owner, due, now_ns)
    return due == [BEN]


def turns(own: Streams, pace: Pace, *, beats: bool) -> int:
    """Return how many of a second's states one peer gets."""
    got = 0
    for tick in range(60):
        own.publish(None, 0, tick, b"a")
        along = beats and tick % 2 == 0
        got += told(own, None, pace, SECOND + tick * TICK_NS, along=along)
    return got


def test_a_peer_gets_states_at_its_pace() -> None:
    assert turns(streams(1), Pace.EACH, beats=True) == 60
    assert turns(streams(1), Pace.BEAT, beats=True) == 30
    assert turns(streams(1), Pace.SELDOM, beats=True) == 15


def test_a_state_that_nothing_takes_along_goes_alone_in_the_end() -> None:
    assert turns(streams(1), Pace.BEAT, beats=False) == 15
    assert 4 <= turns(streams(1), Pace.SELDOM, beats=False) <= 5


def test_the_pace_of_one_peer_and_of_one_stream_is_not_that_of_another() -> None:
    ada = streams(1)
    ada.publish(None, 0, 1, b"a")
    ada.publish(CLEO, 3, 1, b"c")
    assert told(ada, None, Pace.SELDOM, SECOND)
    assert ada.due(None, {CLEO: Pace.SELDOM}, {CLEO}, SECOND) == [CLEO]
    assert told(ada, CLEO, Pace.SELDOM, SECOND)
    assert not told(ada, None, Pace.SELDOM, SECOND + TICK_NS)


def test_of_those_who_are_due_whoever_waits_longest_for_its_pace_comes_first() -> None:
    ada = streams(1)
    ada.publish(None, 0, 1, b"a")
    ada.note_told(None, [CLEO], SECOND)
    ada.note_told(None, [BEN], SECOND + 50 * MILLISECOND)
    paces = {CLEO: Pace.BEAT, BEN: Pace.EACH}
    assert ada.due(None, paces, (), SECOND + 70 * MILLISECOND) == [CLEO, BEN]
    assert ada.due(None, paces, (), SECOND + 250 * MILLISECOND) == [BEN, CLEO]
    assert ada.due(None, dict.fromkeys(paces, Pace.BEAT), (), SECOND + 250 * MILLISECOND) == [
        CLEO,
        BEN,
    ]


def test_an_older_state_changes_nothing() -> None:
    ada, bob = streams(1), streams(2)
    old, new = ada.publish(None, 0, 1, b"a"), ada.publish(None, 0, 2, b"b")
    assert bob.on_stream(ADA, new, 0)
    assert not bob.on_stream(ADA, old, 0)
    assert not bob.on_stream(ADA, new, 0)


def test_a_newer_life_and_then_a_later_tick_are_newer_by_whatever_lease() -> None:
    """Leases are counted anew in each race, and a life goes on from one race to the next."""
    bob = streams(2)
    bob.on_stream(ADA, Stream(1, None, 2, StreamState(900, b"old life")), 0)
    assert bob.on_stream(ADA, Stream(2, None, 2, StreamState(5, b"new life")), 0)
    assert bob.on_stream(ADA, Stream(2, None, 0, StreamState(6, b"new race")), 0)
    assert not bob.on_stream(ADA, Stream(2, None, 1, StreamState(6, b"no later")), 0)
    assert not bob.on_stream(ADA, Stream(1, None, 9, StreamState(999, b"a life that is over")), 0)


def test_a_keyframe_is_signed_when_due_and_may_be_passed_on() -> None:
    ada, bob, eve = streams(1), streams(2), streams(3)
    assert ada.due_keyframes(0) == []
    ada.publish(None, 0, 1, b"a")
    (keyframe,) = ada.due_keyframes(0)
    assert ada.due_keyframes(1) == []
    ada.publish(None, 0, 2, b"b")
    assert len(ada.due_keyframes(KEYFRAME_NS)) == 1
    assert bob.on_keyframe(keyframe, 0)
    assert eve.on_keyframe(bob.keyframes()[0], 0)
    assert eve.keyframes_by(ADA) == [keyframe]


def test_a_forged_keyframe_is_dropped_and_counted() -> None:
    ada, bob = streams(1), streams(2)
    ada.publish(None, 0, 1, b"a")
    (good,) = ada.due_keyframes(0)
    for owner, state, key in (
        (ADA, StreamState(7, b"x"), good.key),
        (ADA, good.state, bytes([3]) * 32),
        (bytes(16), good.state, good.key),
    ):
        forged = Keyframe(owner, 1, 0, state, key, good.signature)
        assert bob.on_keyframe(forged, 0) == []
    assert bob.counters.forged == 3
    assert bob.keyframes() == []


def test_a_node_that_comes_back_learns_its_own_last_keyframe_but_takes_none_of_its_present() -> (
    None
):
    ada, bob = streams(1), streams(2)
    ada.publish(None, 0, 1, b"a")
    (keyframe,) = ada.due_keyframes(0)
    assert ada.on_keyframe(keyframe, 0) == []
    bob.on_keyframe(keyframe, 0)
    again = streams(1, incarnation=2)
    assert [s.payload for s in again.on_keyframe(bob.keyframes()[0], 0)] == [b"a"]


def test_one_who_holds_a_lease_writes_beside_the_owner_and_hides_nothing_of_it() -> None:
    ada, bob, eve = streams(1), streams(2), streams(3)
    mine = ada.publish(None, 0, 5, b"ada's")
    held = bob.publish(ADA, 9, 3, b"bob's")
    bob_id = node_id_of(bytes([2]) * 32)
    assert eve.on_stream(bob_id, held, 0)
    assert eve.on_stream(ADA, mine, 0)
    (keyframe,) = bob.due_keyframes(0)
    assert (keyframe.owner, node_id_of(keyframe.key)) == (ADA, bob_id)
    back = streams(1, incarnation=2)
    assert [s.payload for s in back.on_keyframe(keyframe, 0)] == [b"bob's"]


def test_the_table_of_owners_is_bounded_and_drops_who_is_silent_longest() -> None:
    bob = streams(200)
    for k in range(STREAMS_MAX + 5):
        bob.on_stream(k.to_bytes(16, "big"), Stream(1, None, 0, StreamState(1, b"")), k)
    first = Stream(1, None, 0, StreamState(1, b""))
    assert bob.on_stream((0).to_bytes(16, "big"), first, 1000)
    assert not bob.on_stream((STREAMS_MAX + 4).to_bytes(16, "big"), first, 1000)
