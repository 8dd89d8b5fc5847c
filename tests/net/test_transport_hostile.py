"""Strangers, forgers and floods: counted, and nothing changes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from net.limits import (
    DATAGRAM_BYTES_MAX,
    HANDSHAKE_COOKIE_RATE,
    HANDSHAKE_PER_HOST_RATE,
    HANDSHAKE_PER_NETWORK_RATE,
    HANDSHAKE_RETURNER_RATE,
    HANDSHAKES_HALF_OPEN_MAX,
    MILLISECOND,
    PEERS_MAX,
    SECOND,
)
from net.security.room_secret import RoomSecret
from net.transport.actions import Transmit
from net.transport.calls import Origin
from net.transport.credentials import Credentials
from net.transport.datagram import DatagramKind, Hello, Opening, decode_handshake
from net.transport.routes import counted_host
from net.wire.versions import OURS
from tests.net.wires import ROOM, Wires, identity, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.ids import Address
    from net.transport.actions import TransportAction
    from net.transport.transport import Transport

SPY: Address = ("10.6.6.6", 666)


def bytes_of(actions: Sequence[TransportAction]) -> list[bytes]:
    return [action.data for action in actions if isinstance(action, Transmit)]


def hellos(count: int) -> tuple[Wires, list[bytes]]:
    """Return first messages of one node to many addresses."""
    wires = Wires()
    caller = wires.plug(1)
    made: list[bytes] = []
    for port in range(count):
        made += bytes_of(caller.transport.dial(("10.5.5.5", port + 1), None, Origin.OWN, wires.now))
    return wires, made


def test_another_passphrase_another_race_and_another_version_learn_nothing() -> None:
    closed = RoomSecret("Sunday cup", "garage door")
    for room, reason in (
        (RoomSecret("Sunday cup", "garage gate"), "forged"),
        (RoomSecret("Sunday cup"), "other_room"),
        (RoomSecret("Monday cup", "garage door"), "other_room"),
    ):
        wires = Wires()
        member, stranger = wires.plug(1, room=closed), wires.plug(2, room=room)
        seen: list[bytes] = []

        def tap(data: bytes, _s: object, _d: object, seen: list[bytes] = seen) -> list[bytes]:
            seen.append(data)
            return [data]

        wires.tap = tap
        wires.dial(stranger, member)
        wires.dial(member, stranger)
        wires.run(3 * SECOND)
        assert member.opened == stranger.opened == []
        assert getattr(member.transport.counters, reason) > 0
        assert not any(data[0] in {DatagramKind.FRAME, DatagramKind.CONTROL} for data in seen)
        assert not any(b"driver" in data for data in seen)


def test_a_replayed_datagram_is_dropped_and_counted() -> None:
    wires, one, two = joined()
    wires.duplication = 1.0
    for number in range(50):
        wires.send(one, two, b"%d" % number)
    wires.run(SECOND // 10)
    assert sorted(two.frames) == sorted(b"%d" % number for number in range(50))
    assert two.transport.counters.replayed >= 50


def test_any_changed_bit_and_any_cut_of_a_sealed_datagram_is_refused() -> None:
    wires, one, two = joined()
    (data,) = bytes_of(one.transport.send(two.node, b"pay 100", wires.now))
    for position in range(len(data)):
        forged = bytearray(data)
        forged[position] ^= 1
        assert two.transport.on_datagram(bytes(forged), one.address, wires.now) == []
        assert two.transport.on_datagram(data[:position], one.address, wires.now) == []
    wires.carry(data, one.address, two.address)
    wires.run(10 * MILLISECOND)
    assert two.frames == [b"pay 100"]


def test_reflected_datagrams_are_dropped() -> None:
    wires, one, two = joined()
    (data,) = bytes_of(one.transport.send(two.node, b"mirror", wires.now))
    assert one.transport.on_datagram(data, two.address, wires.now) == []
    assert one.received == []


def test_recorded_handshakes_replayed_later_change_nothing() -> None:
    recorded: list[tuple[bytes, Address, Address]] = []
    wires = Wires()

    def tap(data: bytes, source: Address, destination: Address) -> list[bytes]:
        recorded.append((data, source, destination))
        return [data]

    wires.tap = tap
    one, two = wires.plug(1), wires.plug(2)
    wires.dial(one, two)
    wires.dial(two, one)
    wires.run(SECOND // 10)
    wires.send(one, two, b"first")
    wires.run(SECOND // 10)
    wires.tap = None
    opened = len(one.opened), len(two.opened)
    for _ in range(3):
        for data, source, destination in recorded:
            wires.carry(data, source, destination)
        wires.run(SECOND)
    assert (len(one.opened), len(two.opened)) == opened
    assert two.frames == [b"first"]
    wires.send(one, two, b"second")
    wires.send(two, one, b"third")
    wires.run(SECOND // 10)
    assert two.frames == [b"first", b"second"]
    assert one.frames == [b"third"]


def test_an_oversized_datagram_is_dropped_unread() -> None:
    wires, one, _ = joined()
    assert one.transport.on_datagram(bytes([4]) * (DATAGRAM_BYTES_MAX + 1), SPY, wires.now) == []
    assert one.transport.counters.malformed == 1


@settings(max_examples=300)
@given(
    data=st.one_of(
        st.binary(max_size=1300),
        st.builds(
            lambda kind, rest: bytes([kind]) + rest,
            st.integers(0, 8),
            st.binary(min_size=20, max_size=120),
        ),
        st.builds(lambda rest: b"\1\1" + rest, st.binary(min_size=110, max_size=110)),
    )
)
def test_garbage_never_raises_opens_or_delivers(data: bytes) -> None:
    wires = Wires()
    one = wires.plug(1)
    wires.perform(one, one.transport.dial(("10.0.0.9", 9), None, Origin.OWN, wires.now))
    for action in one.transport.on_datagram(data, SPY, wires.now):
        assert isinstance(action, Transmit)
        assert len(action.data) <= len(data)


@settings(max_examples=100)
@given(
    flips=st.dictionaries(st.integers(0, 400), st.integers(1, 255), min_size=1, max_size=4),
    which=st.integers(0, 4),
)
def test_a_mutated_handshake_never_raises_and_the_honest_one_still_completes(
    flips: dict[int, int], which: int
) -> None:
    wires = Wires()
    seen = 0

    def tap(data: bytes, _source: Address, _destination: Address) -> list[bytes]:
        nonlocal seen
        seen += 1
        if seen - 1 != which:
            return [data]
        changed = bytearray(data)
        for position, mask in flips.items():
            changed[position % len(data)] ^= mask
        return [bytes(changed), data]

    wires.tap = tap
    one, two = wires.plug(1), wires.plug(2)
    wires.dial(one, two)
    wires.run(3 * SECOND)
    assert [opened.node for opened in one.opened] == [two.node]
    assert [opened.node for opened in two.opened] == [one.node]


def test_under_load_a_cookie_comes_before_arithmetic_and_the_honest_get_in_with_it() -> None:
    wires, flood = hellos(200)
    victim = wires.plug(2)
    for number, hello in enumerate(flood):
        source = (f"10.8.{number}.1", 1)
        answered = bytes_of(victim.transport.on_datagram(hello, source, wires.now))
        assert all(len(answer) <= len(hello) for answer in answered)
    counters = victim.transport.counters
    assert counters.answers == HANDSHAKE_COOKIE_RATE
    assert counters.cookies == 200 - HANDSHAKE_COOKIE_RATE
    honest = wires.plug(3)
    wires.dial(honest, victim)
    assert wires.run_until(lambda: bool(honest.opened and victim.opened), SECOND // 5)
    assert counters.answers == HANDSHAKE_COOKIE_RATE + 1


def test_a_cookie_of_another_address_does_not_count() -> None:
    wires, flood = hellos(HANDSHAKE_COOKIE_RATE + 1)
    victim = wires.plug(2).transport
    for number, hello in enumerate(flood[:-1]):
        victim.on_datagram(hello, (f"10.8.{number}.1", 1), wires.now)
    source = (f"10.8.{HANDSHAKE_COOKIE_RATE}.1", 1)
    (cookie,) = bytes_of(victim.on_datagram(flood[-1], source, wires.now))
    assert cookie[0] == DatagramKind.COOKIE
    hello = marked(flood[-1], cookie[5:])
    (again,) = bytes_of(victim.on_datagram(hello, SPY, wires.now))
    assert again[0] == DatagramKind.COOKIE
    (answer,) = bytes_of(victim.on_datagram(hello, source, wires.now))
    assert answer[0] == DatagramKind.REPLY


def with_cookie(victim: Transport, hello: bytes, source: Address, now_ns: int) -> bytes:
    """Return a first message with the cookie that its sender was given."""
    return marked(hello, victim._responder._admission.bake(source, now_ns))


def marked(hello: bytes, cookie: bytes) -> bytes:
    """Return a first message with another cookie."""
    said = decode_handshake(hello)
    assert isinstance(said, Hello)
    opening = said.open_body(ROOM.hello_key)
    assert opening is not None
    opening = Opening(opening.noise, opening.share, cookie)
    return Hello.of(said.version, said.sender, ROOM, said.versions, opening).encode()


def test_one_host_gets_its_rate_from_however_many_sockets() -> None:
    wires, flood = hellos(100)
    victim = wires.plug(2).transport
    for number, hello in enumerate(flood):
        source = (SPY[0], 1000 + number)
        victim.on_datagram(with_cookie(victim, hello, source, wires.now), source, wires.now)
    assert victim.counters.answers == HANDSHAKE_PER_HOST_RATE
    assert victim.counters.over_rate >= 100 - HANDSHAKE_PER_HOST_RATE


def test_neighbouring_hosts_share_a_rate_and_hosts_far_apart_do_not() -> None:
    for apart, answered in ((1, HANDSHAKE_PER_NETWORK_RATE), (16, 5 * 12)):
        wires, flood = hellos(60)
        victim = wires.plug(2).transport
        for number, hello in enumerate(flood):
            source = (f"10.6.0.{16 + number % 5 * apart}", 1000 + number)
            data = with_cookie(victim, hello, source, wires.now)
            if number == 5:  # all five were here before
                wires.now += SECOND
            victim.on_datagram(data, source, wires.now)
        assert abs(victim.counters.answers - answered) <= 5


@pytest.mark.parametrize("neighbours", [1, 2, 13])
def test_neighbours_that_flood_leave_one_who_has_had_nothing_its_part(neighbours: int) -> None:
    wires, flood = hellos(200)
    victim = wires.plug(2).transport
    for number, hello in enumerate(flood):
        source = (f"10.6.0.{18 + number % neighbours}", 1000 + number)
        victim.on_datagram(with_cookie(victim, hello, source, wires.now), source, wires.now)
    assert victim.counters.over_rate > 100
    (caller,) = hellos(1)[1]
    source = ("10.6.0.17", 7)
    assert victim.on_datagram(with_cookie(victim, caller, source, wires.now), source, wires.now)
    assert victim.counters.answers <= HANDSHAKE_PER_NETWORK_RATE


def test_a_flood_of_whoever_was_here_leaves_newcomers_their_share() -> None:
    wires, flood = hellos(400)
    victim = wires.plug(2).transport
    for number, hello in enumerate(flood):
        source = (f"10.{number % 40}.0.1", 1000 + number)
        data = with_cookie(victim, hello, source, wires.now)
        if number == 40:
            wires.now += SECOND
        victim.on_datagram(data, source, wires.now)
    assert victim.counters.answers == 40 + HANDSHAKE_RETURNER_RATE
    (caller,) = hellos(1)[1]
    source = ("10.77.0.1", 7)
    (answer,) = bytes_of(
        victim.on_datagram(with_cookie(victim, caller, source, wires.now), source, wires.now)
    )
    assert answer[0] == DatagramKind.REPLY


def test_who_spoofs_a_newcomers_address_does_not_use_up_its_rate() -> None:
    wires, flood = hellos(60)
    victim = wires.plug(2).transport
    for hello in flood[:-1]:
        victim.on_datagram(hello, SPY, wires.now)
    honest = with_cookie(victim, flood[-1], SPY, wires.now)
    (answer,) = bytes_of(victim.on_datagram(honest, SPY, wires.now))
    assert answer[0] == DatagramKind.REPLY


def test_half_open_handshakes_are_bounded_and_run_out() -> None:
    rate = HANDSHAKE_COOKIE_RATE
    wires, flood = hellos(3 * rate)
    victim = wires.plug(2).transport
    for batch, wait_ns in enumerate((900, 100, 1000)):  # all three within one's life, below rates
        wires.now += wait_ns * MILLISECOND
        for number in range(rate * batch, rate * batch + rate):
            victim.on_datagram(flood[number], (f"10.8.{number}.1", 1), wires.now)
    assert len(victim._responder) == HANDSHAKES_HALF_OPEN_MAX // 2
    assert victim.counters.over_rate == 3 * rate - HANDSHAKES_HALF_OPEN_MAX // 2
    wires.now += 3 * SECOND
    victim.on_tick(wires.now)
    assert len(victim._responder) == 0


def test_of_half_open_places_a_flood_crowds_out_its_own() -> None:
    wires, flood = hellos(100)
    victim = wires.plug(2).transport
    honest = with_cookie(victim, flood[0], ("10.1.0.1", 1), wires.now)
    victim.on_datagram(honest, ("10.1.0.1", 1), wires.now)
    for number, hello in enumerate(flood[1:]):
        source = ("10.8.8.8", 1 + number)
        if number % 15 == 14:
            wires.now += 100 * MILLISECOND
            victim._responder._admission._admitted.clear()
        victim.on_datagram(with_cookie(victim, hello, source, wires.now), source, wires.now)
    hosts = Counter(counted_host(half.route) for half in victim._responder._half_open.values())
    assert hosts == {"10.1.0.1": 1, "10.8.8.8": HANDSHAKES_HALF_OPEN_MAX // 8}


def test_a_handshake_ends_where_it_began() -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    stolen: list[bytes] = []

    def steal(data: bytes, _source: object, _destination: object) -> list[bytes]:
        if data[0] != DatagramKind.FINISH:
            return [data]
        stolen.append(data)
        return []

    wires.tap = steal
    wires.dial(one, two)
    wires.run(20 * MILLISECOND)
    wires.tap = None
    assert two.transport.on_datagram(stolen[0], SPY, wires.now) == []
    assert two.opened == []
    wires.carry(stolen[0], one.address, two.address)
    wires.run(20 * MILLISECOND)
    assert two.opened[0].address == one.address


def test_peers_are_bounded() -> None:
    wires = Wires()
    popular = wires.plug(1)
    for number in range(2, PEERS_MAX + 12):
        wires.dial(wires.plug(number), popular)
        wires.run(100 * MILLISECOND)
        wires.ends = [popular]
    assert len(popular.opened) == PEERS_MAX
    assert popular.transport.counters.peers_full > 0


def test_nobody_unproved_gets_more_bytes_than_it_sent() -> None:
    wires, one, two = joined()
    sent: Counter[Address] = Counter()
    got: Counter[Address] = Counter()
    _, flood = hellos(100)
    (frame,) = bytes_of(one.transport.send(two.node, b"frame of fair length", wires.now))
    for number, hello in enumerate(flood):
        for data in (hello, frame, hello, hello[:70], bytes([3]) * 90, b"\6" * 21):
            source = (f"10.8.8.{number % 7}", 7)
            sent[source] += len(data)
            for answer in two.transport.on_datagram(data, source, wires.now):
                if isinstance(answer, Transmit):
                    got[answer.address] += len(answer.data)
        wires.run(20 * MILLISECOND)
    for source in sorted(got):
        assert got[source] <= sent[source]
    assert got, "the flood was answered at all"


def test_a_peer_cannot_speak_for_a_signing_key_that_is_not_its_own() -> None:
    wires = Wires()
    liar, victim = wires.plug(1), wires.plug(2)
    stolen = Credentials.of(identity(3), bytes(16), 1, OURS, "driver 3", ROOM.name)
    liar.transport._credentials = stolen
    wires.dial(liar, victim)
    wires.run(SECOND)
    assert victim.opened == []
    assert victim.transport.counters.unproved > 0
    wires.dial(victim, liar)
    wires.run(SECOND)
    assert victim.opened == []


def test_names_of_peers_come_clean_and_never_empty() -> None:
    for name, shown in (
        ("\x1b[2JAda\u202e\n\n Lovelace  ", "[2JAda Lovelace"),
        ("\u200b\u3164\u2800", None),
        ("e" + "\u0301" * 50 + "nd", "é\u0301\u0301nd"),
        ("Z" * 60, "Z" * 20),
    ):
        wires = Wires()
        one, two = wires.plug(1, name=name), wires.plug(2)
        wires.dial(one, two)
        wires.run(SECOND // 10)
        assert two.opened[0].name == (shown or f"driver {one.node.hex()[:4]}")
