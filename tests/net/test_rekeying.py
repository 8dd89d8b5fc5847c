"""New keys inside a session: whoever holds none of it can neither begin, answer nor hinder it."""

from __future__ import annotations

from net.limits import REJECT_NS, REKEY_NS, SECOND
from net.transport.actions import Transmit
from net.transport.calls import Origin
from net.transport.control import Rekey, encode_control
from net.transport.datagram import DatagramKind
from tests.net.wires import End, Wires, joined

_CONTROL = int(DatagramKind.CONTROL)


def both_speak(wires: Wires, one: End, two: End) -> None:
    assert wires.send(one, two, b"a frame that one sends")
    assert wires.send(two, one, b"a frame that two sends")


def test_no_call_is_made_and_nothing_is_said_in_the_open() -> None:
    wires, one, two = joined()
    kinds: set[int] = set()

    def tap(data: bytes, _s: object, _d: object) -> list[bytes]:
        kinds.add(data[0])
        return [data]

    wires.tap = tap
    dials = one.transport.counters.dials + two.transport.counters.dials
    old = next(iter(one.transport._sessions.by_index.values()))
    wires.run(REKEY_NS + SECOND, lambda: both_speak(wires, one, two))
    assert one.transport.counters.sessions == two.transport.counters.sessions == 2
    assert one.transport.counters.dials + two.transport.counters.dials == dials
    assert kinds == {DatagramKind.FRAME, DatagramKind.CONTROL}
    new = one.transport._sessions.remotes[two.node].current
    assert new is not None
    assert new.heritage.psk != old.heritage.psk
    assert new.heritage.remote_static == old.heritage.remote_static


def test_it_gets_through_where_most_is_lost_and_no_frame_is_sent_in_vain() -> None:
    for seed in range(6):
        wires, one, two = joined(seed)
        wires.loss, wires.tick_ns = 0.5, SECOND // 20
        wires.run(REJECT_NS + 20 * SECOND, lambda w=wires, a=one, b=two: both_speak(w, a, b))  # type: ignore[misc]
        assert one.transport.counters.sessions >= 2
        assert len(one.opened) == len(two.opened) == 1


def test_a_life_that_begins_meanwhile_is_told_on_the_new_keys() -> None:
    wires, one, two = joined()
    wires.run(REKEY_NS - 18 * SECOND, lambda: both_speak(wires, one, two))
    wires.tap = lambda data, _s, _d: [data] if data[0] != _CONTROL else []
    wires.run(20 * SECOND, lambda: (wires.send(one, two, b"x"), wires.send(two, one, b"y")))  # type: ignore[arg-type]
    wires.tap = None
    for end in (one, two):
        wires.perform(end, end.transport.set_incarnation(2, wires.now))
    wires.run(3 * SECOND)
    assert [met.incarnation for met in one.opened] == [1, 2]
    assert [met.incarnation for met in two.opened] == [1, 2]
    one.received.clear()
    assert wires.send(two, one, b"of life 2")
    wires.run(SECOND // 10)
    assert [(got.incarnation, got.frame) for got in one.received] == [(2, b"of life 2")]


def test_who_leads_another_life_while_it_asks_for_new_keys_asks_anew_in_that_life() -> None:
    """What it asked before names a life that is over, and is not answered, however often said."""
    wires, one, two = joined()
    lower = min(one, two, key=lambda end: end.node)
    wires.tick_ns = SECOND // 20
    wires.tap = lambda data, _s, _d: [] if data[0] == _CONTROL and len(data) > 120 else [data]
    wires.run(REKEY_NS, lambda: both_speak(wires, one, two))
    assert lower.transport.counters.rekeys == 1
    wires.perform(lower, lower.transport.set_incarnation(2, wires.now))
    wires.run(SECOND // 5)
    wires.tap = None
    wires.run(3 * SECOND)
    assert one.transport.counters.sessions == two.transport.counters.sessions == 2
    both_speak(wires, one, two)


def test_a_member_that_asks_for_ever_new_keys_gets_them_once_a_second() -> None:
    wires, one, two = joined()
    wires.run(2 * SECOND, lambda: both_speak(wires, one, two))
    session = one.transport._sessions.remotes[two.node].current
    assert session is not None
    for _ in range(40):
        renewal = one.transport._rekeying._begin_renewal(session, 1)
        wires.carry(session.seal.seal(_CONTROL, encode_control(renewal.message)), *ends(one, two))
    wires.run(SECOND // 20)
    assert two.transport.counters.sessions == 2
    assert two.transport.counters.over_rate == 39


def test_forged_rekeys_of_one_who_is_inside_make_no_session_for_another() -> None:
    wires, one, two = joined()
    wires.run(2 * SECOND, lambda: both_speak(wires, one, two))
    session = one.transport._sessions.remotes[two.node].current
    assert session is not None
    forged = Rekey(7, 1, bytes(96))
    wires.carry(session.seal.seal(_CONTROL, encode_control(forged)), *ends(one, two))
    wires.run(SECOND // 10)
    assert two.transport.counters.forged == 1
    assert two.transport.counters.sessions == 1


def test_a_peer_whose_keys_have_all_ended_is_called_anew() -> None:
    wires, one, two = joined()
    wires.tap = lambda data, _s, _d: [data] if data[0] == DatagramKind.FRAME else []
    wires.run(
        REJECT_NS + SECOND,
        lambda: (wires.send(one, two, b"x"), wires.send(two, one, b"y")),  # type: ignore[arg-type]
    )
    assert not wires.send(one, two, b"no keys")
    assert {call.origin for call in one.transport._initiator._calls} == {Origin.OWN}
    wires.tap = None
    wires.run(3 * SECOND)
    assert wires.send(one, two, b"keys again")


def ends(one: End, two: End) -> tuple[tuple[str, int], tuple[str, int]]:
    return one.address, two.address


def test_keys_are_used_no_longer_than_they_may_be_by_who_slept_meanwhile() -> None:
    """WireGuard's Reject-After-Time holds at each datagram, not at the next tick."""
    wires, one, two = joined()
    (said,) = two.transport.send(one.node, b"late", wires.now)
    assert isinstance(said, Transmit)
    born_ns = wires.now
    assert one.transport.send(two.node, b"in time", born_ns + REJECT_NS - SECOND)
    assert one.transport.send(two.node, b"too late", born_ns + REJECT_NS) == []
    assert one.transport.on_datagram(said.data, two.address, born_ns + REJECT_NS) == []
    assert one.transport.counters.unknown_session == 1
