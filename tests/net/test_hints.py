"""What adverts may have a node do: little, and never to the loss of its peers."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from net.limits import (
    CALLS_ADVERTISED_MAX,
    CALLS_PER_HOST_MAX,
    CANDIDATES_MAX,
    GREETING_TURN_NS,
    HINT_BYTES_MAX,
    HINT_HELLO_RATE,
    HINT_HELLOS_MAX,
    INTRODUCED_HELLO_RATE,
    MILLISECOND,
    REJECT_NS,
    SECOND,
)
from net.security.cookie import COOKIE_BYTES
from net.security.identity import alias_of, is_bound
from net.security.primitives import SODIUM
from net.transport.calls import Origin, may_transmit
from net.transport.datagram import (
    Answer,
    Cookie,
    DatagramKind,
    Hello,
    Negotiation,
    Reply,
    decode_handshake,
)
from net.transport.greeting import greets
from net.transport.local_keys import LocalKeys
from net.transport.routes import counted_host
from net.wire.versions import OURS
from tests.net.test_forged_answers import Forger
from tests.net.wires import ROOM, End, SeededSodium, Wires, identity, joined

if TYPE_CHECKING:
    from net.ids import Address

NOBODY: Final = bytes(16)


def advertise(wires: Wires, end: End, host: str, port: int, size: int) -> None:
    """Have a node hear an advert of somebody made up, of so many bytes."""
    end.transport.note_advert(NOBODY, (), size)
    node = Random(f"{host} {port}").randbytes(16)
    wires.perform(end, end.transport.dial((host, port), node, Origin.ADVERT, wires.now))


def test_forged_adverts_end_no_session() -> None:
    wires, one, two = joined()
    wires.tick_ns = SECOND // 10
    ticks = 0

    def speak() -> None:
        nonlocal ticks
        ticks += 1
        if ticks % 150 == 1:
            for number in range(256):
                for end in (one, two):
                    advertise(wires, end, f"10.77.{number}.9", 9, 350)
        assert wires.send(one, two, b"on and on"), wires.now
        assert wires.send(two, one, b"on and on"), wires.now

    wires.run(REJECT_NS + 20 * SECOND, speak)
    assert one.transport.counters.rekeys + two.transport.counters.rekeys == 1
    assert one.transport.counters.sessions == 2


@pytest.mark.parametrize("size", [150, 350, 650])
def test_no_more_goes_to_whom_adverts_name_than_came_with_them(size: int) -> None:
    wires = Wires()
    end = wires.plug(1)
    paid = 0
    for turn in range(60):
        for number in range(8):
            advertise(wires, end, f"10.0.0.{100 + number}", 1000 + turn, size if number == 0 else 0)
        paid += size
        wires.run(SECOND)
        assert sum(wires.sent_to.values()) <= paid
    assert sum(wires.sent_to.values()) > paid / 3


class Answerer:
    """Reads the wire, and answers each Hello to an address at which nobody is, in some way."""

    def __init__(self, wires: Wires, end: End, way: str) -> None:
        self.wires, self.end, self.way = wires, end, way
        self.bytes = 0
        self.keys = LocalKeys(identity(66), SeededSodium(66), ROOM, OURS)
        wires.tap = self.tap

    def tap(self, data: bytes, source: Address, to: Address) -> list[bytes]:
        if data[0] == DatagramKind.HELLO:
            hello = decode_handshake(data)
            assert isinstance(hello, Hello)
            for number in range(2 * CANDIDATES_MAX):
                forged = self.forge(hello, number)
                self.bytes += len(forged)
                end, now = self.end, self.wires.now
                self.wires.perform(end, end.transport.on_datagram(forged, to, now))
        return [data]

    def forge(self, hello: Hello, number: int) -> bytes:
        match self.way:
            case "reply":
                side = self.keys.handshake(hello.version, initiator=False)
                side.read_message(hello.body[:48])
                answer = Answer(number, SODIUM.random(32)).encode()
                return Reply(hello.sender, side.write_message(answer)).encode()
            case "cookie":
                return Cookie(hello.sender, SODIUM.random(COOKIE_BYTES)).encode()
            case _:
                return Negotiation(hello.sender, OURS).encode()


@pytest.mark.parametrize("way", ["reply", "cookie", "negotiation"])
def test_forged_answers_have_no_more_sent_than_came(way: str) -> None:
    wires = Wires()
    end = wires.plug(1)
    wires.tick_ns = SECOND // 10
    forger = Answerer(wires, end, way)
    paid = 0
    for turn in range(60):
        for number in range(8):
            advertise(wires, end, f"10.0.0.{100 + number}", 1000 + turn, 350 if number == 0 else 0)
        paid += 350
        wires.run(SECOND)
        assert sum(wires.sent_to.values()) <= paid + forger.bytes
    assert forger.bytes > 0


def test_an_answer_pays_what_it_is_long_itself() -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    one.transport.note_advert(NOBODY, (), 230)  # a Hello is of 144, a Reply of 137, a Finish of 216
    wires.perform(one, one.transport.dial(two.address, two.node, Origin.ADVERT, wires.now))
    assert wires.run_until(lambda: bool(one.opened and two.opened), SECOND)


def test_forged_answers_leave_what_members_name_at_its_pace() -> None:
    wires = Wires()
    end = wires.plug(1)
    Answerer(wires, end, "cookie")
    for number in range(40):
        named = (f"10.0.0.{100 + number}", 7), bytes(16), Origin.MEMBER
        wires.perform(end, end.transport.dial(*named, wires.now))
    initiator = end.transport._initiator
    for call in initiator._calls:
        assert call.answered
        assert not all(may_transmit(call, 1, initiator.allowance, wires.now) for _ in range(512))


@pytest.mark.parametrize("seed", range(4))
def test_whoever_is_there_is_met_by_adverts_behind_forged_answers(seed: int) -> None:
    wires = Wires(seed)
    wires.tick_ns = SECOND // 10
    one, two = wires.plug(1), wires.plug(2)
    Forger(wires, ROOM, CANDIDATES_MAX - 1)

    def advert() -> None:
        one.transport.note_advert(NOBODY, (), 320)
        wires.perform(one, one.transport.dial(two.address, two.node, Origin.ADVERT, wires.now))

    for _ in range(2):
        advert()
        wires.run(SECOND)
    assert one.opened
    assert two.opened


def test_a_flood_of_adverts_is_answered_at_a_pace_and_never_in_one_burst() -> None:
    wires = Wires()
    end = wires.plug(1)
    for number in range(1000):
        advertise(wires, end, f"10.0.{number // 250}.{number % 250}", 7, 650)
        if number % 10 == 0:
            wires.run(10 * MILLISECOND)
    hello = 144
    assert sum(wires.sent_to.values()) <= (HINT_HELLO_RATE + 1) * 2 * hello
    assert len(end.transport._initiator) <= CALLS_ADVERTISED_MAX
    wires.run(60 * SECOND)
    assert len(end.transport._initiator) == 0
    assert sum(wires.sent_to.values()) <= HINT_BYTES_MAX + 200 * hello


def test_a_member_that_introduces_without_end_has_us_flood_nobody_and_a_friend_is_met() -> None:
    wires = Wires()
    end, friend = wires.plug(1), wires.plug(2)
    for port in range(1, 5001):
        call = (f"10.0.0.{100 + port % 5}", port), bytes(16), Origin.MEMBER
        wires.perform(end, end.transport.dial(*call, wires.now))
    assert sum(wires.sent_to.values()) <= INTRODUCED_HELLO_RATE * 144
    wires.perform(end, end.transport.dial(friend.address, friend.node, Origin.MEMBER, wires.now))
    assert wires.run_until(lambda: bool(end.opened), 2 * SECOND)


def test_an_address_that_does_not_answer_gets_a_few_hellos_for_an_advert() -> None:
    wires = Wires()
    end = wires.plug(1)
    advertise(wires, end, "10.0.0.9", 7, 5000)
    wires.run(20 * SECOND)
    assert wires.sent_to["10.0.0.9", 7] == HINT_HELLOS_MAX * 144


def test_whoever_is_there_is_met_by_an_advert_alone() -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    one.transport.note_advert(NOBODY, (), 320)
    wires.perform(one, one.transport.dial(two.address, two.node, Origin.ADVERT, wires.now))
    assert wires.run_until(lambda: bool(one.opened and two.opened), 100 * MILLISECOND)


@pytest.mark.parametrize(("dead", "is_last"), [(3, True), (7, True), (12, False)])
def test_of_many_addresses_the_one_that_answers_is_met_within_a_few_adverts(
    dead: int, is_last: bool
) -> None:
    """Each advert pays two Hellos: the rest wait for their turn, and a Finish goes before them."""
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    nobodys = [(f"10.0.{number}.9", 7) for number in range(dead)]
    addresses = [*nobodys, two.address] if is_last else [two.address, *nobodys]
    for _ in range(4):
        one.transport.note_advert(NOBODY, (), 320)
        for address in addresses:
            wires.perform(one, one.transport.dial(address, two.node, Origin.ADVERT, wires.now))
        if wires.run_until(lambda: bool(one.opened and two.opened), 3 * SECOND):
            return
    pytest.fail("not met by four adverts")


def test_who_answers_and_proves_nothing_leaves_others_their_turn() -> None:
    wires = Wires()
    end = wires.plug(1)
    wires.tick_ns = SECOND // 10
    forger = Answerer(wires, end, "reply")
    for _ in range(12):
        end.transport.note_advert(NOBODY, (), 320)
        for number in range(6):
            there = (f"10.0.0.{number}", 7)
            wires.perform(end, end.transport.dial(there, NOBODY, Origin.ADVERT, wires.now))
        wires.run(3 * SECOND)
    assert forger.bytes > 0
    assert len(wires.sent_to) == 6, "each was called"


def test_a_flood_ends_calls_of_its_own_kind_and_of_the_host_that_has_most() -> None:
    wires = Wires()
    end = wires.plug(1)
    initiator = end.transport._initiator
    wires.perform(end, end.transport.dial(("10.0.0.2", 1), None, Origin.OWN, wires.now))
    wires.perform(end, end.transport.dial(("10.0.0.3", 1), bytes(16), Origin.MEMBER, wires.now))
    advertise(wires, end, "10.0.0.4", 1, 350)
    for port in range(500):
        advertise(wires, end, "10.0.0.66", 1 + port, 350)
        advertise(wires, end, f"10.0.1.{port % 250}", 1 + port, 350)
        called = {call.route for call in initiator._calls}
        assert {("10.0.0.2", 1), ("10.0.0.3", 1)} <= called
        flooding = sum(counted_host(route) == "10.0.0.66" for route in called)
        assert flooding <= CALLS_PER_HOST_MAX


def test_a_member_that_vouches_for_an_address_lifts_its_call() -> None:
    wires = Wires()
    end = wires.plug(1)
    advertise(wires, end, "10.0.0.4", 1, 150)
    before = wires.sent_to["10.0.0.4", 1]
    wires.perform(end, end.transport.dial(("10.0.0.4", 1), bytes(16), Origin.MEMBER, wires.now))
    wires.run(9 * SECOND)
    assert wires.sent_to["10.0.0.4", 1] >= before + 6 * 144


def test_an_address_at_which_a_peer_lives_is_not_called_under_another_name() -> None:
    wires, one, two = joined()
    one.transport.note_advert(NOBODY, (), 2000)
    assert one.transport.dial(two.address, bytes(16), Origin.ADVERT, wires.now) == []


def test_one_of_a_room_greets_and_not_for_ever_the_same() -> None:
    members = [bytes([number]) * 16 for number in range(1, 9)]
    greeters: list[bytes] = []
    for turn in range(64):
        (one,) = (
            me
            for me in members
            if greets(me, set(members) - {me}, b"somebody advertised", turn * GREETING_TURN_NS)
        )
        greeters.append(one)
    assert set(greeters) == set(members)
    assert sum(one != other for one, other in pairwise(greeters)) > 40


def test_who_is_alone_greets_everybody() -> None:
    assert all(greets(b"me", (), bytes([number]), 0) for number in range(50))


def test_an_advert_by_an_alias_means_the_node_that_has_told_it_inside() -> None:
    wires = Wires()
    veil = b"the veil of two."
    one, two = wires.plug(1), wires.plug(2, veil=veil)
    one.transport.note_advert(NOBODY, (), 350)
    alias = alias_of(two.node, veil)
    wires.perform(one, one.transport.dial(two.address, alias, Origin.ADVERT, wires.now))
    assert wires.run_until(lambda: bool(one.opened and two.opened), 100 * MILLISECOND)
    assert one.opened[0].alias == alias
    assert one.transport.node_of(alias) == two.node
    one.transport.note_advert(NOBODY, (), 350)
    assert one.transport.dial(("10.0.0.9", 9), alias, Origin.ADVERT, wires.now) == []


def test_the_key_that_strangers_see_is_another_one_in_each_room() -> None:
    node = identity(1)
    one, other = (node.in_room(tag, SODIUM) for tag in (b"room one", b"room two"))
    assert len({node.static_public, one.static_public, other.static_public}) == 3
    assert one.node_id == other.node_id == node.node_id
    assert is_bound(one.static_public, one.signing_public, one.binding, SODIUM)
    assert not is_bound(one.static_public, one.signing_public, other.binding, SODIUM)
