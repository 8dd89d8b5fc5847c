"""Two nodes find each other, speak, renew, move and restart."""

from __future__ import annotations

from random import Random

import pytest

from net.limits import (
    FORGET_DOWN_NS,
    FRAME_BYTES_MAX,
    MILLISECOND,
    PATH_CHALLENGE_NS,
    REJECT_NS,
    REKEY_NS,
    SECOND,
)
from net.transport.actions import Transmit
from net.transport.calls import Origin
from net.transport.datagram import DatagramKind
from tests.net.wires import End, Wires, identity, joined


def chatter(wires: Wires, one: End, two: End) -> None:
    """Both say something; call it each tick."""
    wires.send(one, two, b"a frame that one sends")
    wires.send(two, one, b"a frame that two sends")


def test_a_dialled_node_and_its_dialler_learn_who_the_other_is() -> None:
    wires, one, two = joined()
    (met_two,), (met_one,) = one.opened, two.opened
    assert (met_two.node, met_two.incarnation, met_two.name) == (two.node, 1, "driver 2")
    assert met_two.signing_key == identity(2).signing_public
    assert met_two.address == two.address
    assert (met_one.node, met_one.address) == (one.node, one.address)
    assert one.transport.address_of(two.node) == two.address
    assert one.transport.node_at(two.address) == two.node
    assert wires.send(one, two, b"hello")
    assert wires.send(two, one, b"x" * FRAME_BYTES_MAX)
    wires.run(10 * MILLISECOND)
    assert two.frames == [b"hello"]
    assert one.frames == [b"x" * FRAME_BYTES_MAX]
    assert two.received[0].node == one.node
    assert two.received[0].incarnation == 1


def test_dialling_is_idempotent_while_a_session_or_a_handshake_is_there() -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    assert len(one.transport.dial(two.address, None, Origin.OWN, wires.now)) == 1
    assert one.transport.dial(two.address, two.node, Origin.OWN, wires.now) == []
    wires, one, two = joined()
    assert one.transport.dial(two.address, two.node, Origin.OWN, wires.now) == []
    assert one.transport.dial(("10.9.9.9", 1), two.node, Origin.OWN, wires.now) == []
    assert one.transport.dial(two.address, None, Origin.OWN, wires.now) == []
    assert one.transport.dial(one.address, one.node, Origin.OWN, wires.now) == []


def test_a_node_that_reaches_itself_drops_the_handshake() -> None:
    wires = Wires()
    one = wires.plug(1)
    wires.dial(one, one, expected=False)
    wires.run(3 * SECOND)
    assert one.opened == []
    assert one.transport.counters.sessions == 0
    assert one.transport.counters.itself > 0


def test_an_address_that_does_not_answer_is_given_up_and_begun_again_when_dialled_again() -> None:
    wires = Wires()
    one = wires.plug(1)
    nobody = ("10.0.0.99", 4000)
    wires.perform(one, one.transport.dial(nobody, None, Origin.OWN, wires.now))
    wires.run(11 * SECOND)
    tried = wires.sent_to[nobody]
    assert tried >= 8 * 144
    wires.run(20 * SECOND)
    assert wires.sent_to[nobody] == tried
    assert len(one.transport.dial(nobody, None, Origin.OWN, wires.now)) == 1


@pytest.mark.sim
@pytest.mark.parametrize("batch", range(4))
def test_two_that_dial_at_once_over_a_bad_line_settle_within_two_seconds(batch: int) -> None:
    for seed in range(50 * batch, 50 * batch + 50):
        rng = Random(seed)
        wires = Wires(
            seed,
            loss=rng.choice((0.0, 0.05, 0.1, 0.2)),
            duplication=rng.choice((0.0, 0.1, 0.3)),
            delay_ns=(0, rng.choice((1, 10, 40)) * MILLISECOND),
        )
        one, two = wires.plug(1), wires.plug(2)
        wires.dial(one, two, expected=seed % 2 == 0)
        wires.dial(two, one, expected=seed % 3 == 0)
        wires.run(2 * SECOND, lambda w=wires, a=one, b=two: chatter(w, a, b))  # type: ignore[misc]
        assert [opened.node for opened in one.opened] == [two.node], f"seed {seed}"
        assert [opened.node for opened in two.opened] == [one.node], f"seed {seed}"
        before = len(one.received), len(two.received)
        wires.run(SECOND // 2, lambda w=wires, a=one, b=two: chatter(w, a, b))  # type: ignore[misc]
        assert len(one.received) > before[0] + 15, f"seed {seed}"
        assert len(two.received) > before[1] + 15, f"seed {seed}"


def test_a_lost_finish_and_a_lost_confirm_are_made_good() -> None:
    for dropped in (DatagramKind.REPLY, DatagramKind.FINISH, DatagramKind.CONTROL):
        wires = Wires()
        lost: list[bytes] = []

        def lose(
            data: bytes, _s: object, _d: object, kind: int = dropped, lost: list[bytes] = lost
        ) -> list[bytes]:
            if data[0] == kind and not lost:
                lost.append(data)
                return []
            return [data]

        wires.tap = lose
        one, two = wires.plug(1), wires.plug(2)
        wires.dial(one, two)
        assert wires.run_until(lambda a=one, b=two: a.opened and b.opened, 250 * MILLISECOND), (  # type: ignore[misc]
            dropped
        )
        assert len(lost) == 1


def test_frames_on_the_way_hasten_a_lost_confirm() -> None:
    wires = Wires()
    lost: list[bytes] = []

    def lose_confirm(data: bytes, _source: object, _destination: object) -> list[bytes]:
        if data[0] == DatagramKind.CONTROL and not lost:
            lost.append(data)
            return []
        return [data]

    wires.tap = lose_confirm
    one, two = wires.plug(1), wires.plug(2)
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(two.opened), SECOND)
    began = wires.now
    wires.run(60 * MILLISECOND, lambda: chatter(wires, one, two))
    assert one.opened, "the usual retry would take 75 ms at least"
    assert one.transport.counters.early > 0
    assert wires.now == began + 60 * MILLISECOND


def test_progress_makes_retries_quick_again() -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    wires.unplug(two)
    wires.dial(one, two)
    wires.run(2 * SECOND)
    wires.ends.append(two)
    finishes: list[int] = []

    def lose_finish(data: bytes, _source: object, _destination: object) -> list[bytes]:
        if data[0] == DatagramKind.FINISH:
            finishes.append(wires.now)
            return []
        return [data]

    wires.tap = lose_finish
    wires.run_until(lambda: len(finishes) >= 2, 4 * SECOND)
    assert finishes[1] - finishes[0] < 150 * MILLISECOND


def test_a_restarted_peer_replaces_its_session_and_its_last_life_is_refused() -> None:
    wires, one, two = joined()
    (late,) = two.transport.send(one.node, b"from the last life", wires.now)
    assert isinstance(late, Transmit)
    wires.unplug(two)
    again = wires.plug(2, incarnation=2)
    wires.dial(again, one, expected=False)
    wires.run(100 * MILLISECOND)
    assert [opened.incarnation for opened in one.opened] == [1, 2]
    assert wires.send(one, again, b"welcome back")
    wires.run(10 * MILLISECOND)
    assert again.frames == [b"welcome back"]
    wires.carry(late.data, two.address, one.address)
    wires.run(10 * MILLISECOND)
    assert one.frames == []
    assert one.transport.counters.past_life == 1
    wires.unplug(again)
    ghost = wires.plug(2, incarnation=1)
    wires.dial(ghost, one)
    wires.run(SECOND)
    assert [opened.incarnation for opened in one.opened] == [1, 2]
    assert one.transport.counters.past_life > 1
    assert not wires.send(ghost, one, b"boo")


def test_a_peer_that_restarts_at_once_at_another_port_is_reached_there() -> None:
    wires, one, two = joined()
    wires.unplug(two)
    again = wires.plug(2, incarnation=2, address=("10.0.0.2", 4999))
    wires.dial(again, one)
    wires.run(50 * MILLISECOND)
    assert one.opened[-1].address == again.address
    assert wires.send(one, again, b"welcome back")
    wires.run(10 * MILLISECOND)
    assert again.frames == [b"welcome back"]


def test_a_new_life_is_told_once_and_no_frame_is_taken_for_one_of_the_other_life() -> None:
    for seed in range(20):
        wires, one, two = joined(seed)
        wires.loss, wires.duplication, wires.delay_ns = 0.2, 0.2, (0, 30 * MILLISECOND)
        lives = {"one": 1}

        def speak(
            w: Wires = wires, a: End = one, b: End = two, life: dict[str, int] = lives
        ) -> None:
            w.send(a, b, b"life %d" % life["one"])
            w.send(b, a, b"ho")

        wires.run(SECOND // 2, speak)
        lives["one"] = 2
        wires.perform(one, one.transport.set_incarnation(2, wires.now))
        assert not wires.send(one, two, b"too early"), "two does not know the new life yet"
        wires.run(SECOND, speak)
        assert [opened.incarnation for opened in two.opened] == [1, 2]
        for received in two.received:
            assert received.frame == b"life %d" % received.incarnation
        assert two.received[-1].incarnation == 2
        assert [opened.incarnation for opened in one.opened] == [1]


def test_a_frame_that_a_repeated_confirm_of_a_newer_life_overtook_is_dropped() -> None:
    # Seed 157 of the mesh.
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    wires.tap = lambda data, _source, destination: [] if destination == one.address else [data]
    (hello,) = one.transport.dial(two.address, two.node, Origin.OWN, wires.now)
    assert isinstance(hello, Transmit)
    (reply,) = two.transport.on_datagram(hello.data, one.address, wires.now)
    assert isinstance(reply, Transmit)
    wires.perform(one, one.transport.on_datagram(reply.data, two.address, wires.now))
    assert wires.run_until(lambda: bool(two.opened), SECOND), "and its Confirm is lost"
    (late,) = two.transport.send(one.node, b"of life 1", wires.now)
    assert isinstance(late, Transmit)
    wires.perform(two, two.transport.set_incarnation(2, wires.now))
    wires.tap = None
    wires.run(SECOND)
    assert [opened.incarnation for opened in one.opened] == [2]
    wires.carry(late.data, two.address, one.address)
    wires.run(SECOND // 10)
    assert one.received == []
    assert wires.send(two, one, b"of life 2")
    wires.run(SECOND // 10)
    assert one.frames == [b"of life 2"]


def test_keys_are_renewed_by_the_lower_id_and_no_frame_is_lost_meanwhile() -> None:
    wires, one, two = joined()
    count = 0

    def speak() -> None:
        nonlocal count
        count += 1
        assert wires.send(one, two, b"%d" % count)
        assert wires.send(two, one, b"%d" % count)

    wires.run(REKEY_NS + 12 * SECOND, speak)
    wires.run(SECOND // 10)
    lower = min((one, two), key=lambda end: end.node)
    assert lower.transport.counters.rekeys == 1
    assert one.transport.counters.rekeys + two.transport.counters.rekeys == 1
    assert one.transport.counters.sessions == 2
    expected = sorted(b"%d" % number for number in range(1, count + 1))
    assert sorted(one.frames) == expected
    assert sorted(two.frames) == expected
    assert len(one.opened) == len(two.opened) == 1
    for end in (one, two):
        assert len(end.transport._sessions.by_index) == 1, "the worn keys are gone"


def test_a_silent_peer_is_forgotten_and_keys_never_outlive_their_limit() -> None:
    wires, one, two = joined()
    wires.unplug(two)
    wires.run(FORGET_DOWN_NS - SECOND)
    assert one.transport.address_of(two.node) is not None
    wires.run(2 * SECOND)
    assert one.transport.address_of(two.node) is None
    assert not wires.send(one, two, b"gone")
    assert one.transport.counters.unsent == 1

    wires, one, two = joined()

    def lose_new_keys(data: bytes, _s: object, _d: object) -> list[bytes]:
        return [data] if data[0] == DatagramKind.FRAME else []

    wires.tap = lose_new_keys
    wires.run(REJECT_NS - SECOND, lambda: chatter(wires, one, two))
    assert wires.send(one, two, b"last")
    wires.run(2 * SECOND, lambda: chatter(wires, one, two))
    assert not wires.send(one, two, b"too old")
    wires.tap = None
    wires.run(3 * SECOND)
    assert wires.send(one, two, b"keys again")
    assert wires.send(two, one, b"keys again")
    assert len(one.opened) == 1


def test_both_lose_each_other_and_meet_again_when_one_dials() -> None:
    wires, one, two = joined()
    wires.loss = 1.0
    wires.run(5 * SECOND)
    wires.loss = 0.0
    wires.dial(one, two)
    wires.run(SECOND // 10)
    wires.send(one, two, b"here")
    wires.send(two, one, b"there")
    wires.run(SECOND // 10)
    assert (one.frames, two.frames) == ([b"there"], [b"here"])
    assert len(one.opened) == len(two.opened) == 1


def test_a_peer_that_changes_its_address_is_followed_after_it_answered_there() -> None:
    for mover in (0, 1):
        wires, *ends = joined()
        moved, other = ends[mover], ends[1 - mover]
        old, new = moved.address, ("10.7.7.7", 5000)
        moved.address = new
        wires.send(moved, other, b"a datagram as large as a challenge")
        assert other.transport.address_of(moved.node) == old
        wires.run(SECOND // 5, lambda w=wires, a=ends[0], b=ends[1]: chatter(w, a, b))  # type: ignore[misc]
        assert other.transport.address_of(moved.node) == new
        assert other.transport.counters.paths == 1
        assert wires.send(other, moved, b"found you")
        wires.run(SECOND // 20)
        assert b"found you" in moved.frames


def test_a_challenge_that_is_lost_is_repeated_at_its_pace() -> None:
    wires, one, two = joined()
    one.address = new = ("10.7.7.7", 5000)
    wires.tap = lambda data, _source, destination: [] if destination == new else [data]
    before = wires.sent_to[new]
    wires.run(SECOND, lambda: wires.send(one, two, b"x" * 100))  # type: ignore[arg-type]
    challenges = (wires.sent_to[new] - before) / 38
    assert challenges == SECOND // PATH_CHALLENGE_NS
    wires.tap = None
    wires.run(SECOND // 2, lambda: chatter(wires, one, two))
    assert two.transport.address_of(one.node) == new


@pytest.mark.parametrize("frame", [b"", b"tiny", b"a datagram as large as a challenge"])
def test_a_replayed_path_does_not_move_a_session_and_reflects_no_more_than_it_got(
    frame: bytes,
) -> None:
    wires, one, two = joined()
    spy = ("10.6.6.6", 666)
    (sent,) = one.transport.send(two.node, frame, wires.now)
    assert isinstance(sent, Transmit)
    wires.carry(sent.data, spy, two.address)  # before the honest one: it is the newest
    wires.run(SECOND // 10)
    assert two.frames == [frame]
    assert wires.sent_to[spy] <= len(sent.data)
    wires.run(2 * SECOND, lambda: chatter(wires, one, two))
    assert two.transport.address_of(one.node) == one.address
    assert wires.sent_to[spy] <= len(sent.data)


def test_several_addresses_of_one_machine_make_no_second_peer() -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    inner = End(two.transport, two.node, ("192.168.0.2", 4000), two.opened, two.received)
    wires.ends.append(inner)
    wires.dial(one, two, expected=False)
    wires.dial(one, inner, expected=False)
    wires.dial(two, one, expected=False)
    wires.run(SECOND, lambda: chatter(wires, one, two))
    assert len(one.opened) == len(two.opened) == 1
    before = len(one.received), len(two.received)
    wires.run(SECOND, lambda: chatter(wires, one, two))
    assert len(one.received) >= before[0] + 59
    assert len(two.received) >= before[1] + 59
