"""How often a stranger or a member may have sessions do something: the doubts of a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net.limits import (
    CANDIDATES_MAX,
    FINISHES_READ_MAX,
    FORGET_DOWN_NS,
    INTRODUCED_HELLO_RATE,
    LIVES_BURST,
    REKEY_DATAGRAMS,
    RELAY_AFTER_NS,
    SECOND,
    SIGHTINGS_MAX,
)
from net.security.identity import alias_of
from net.security.primitives import SODIUM
from net.security.room_secret import RoomSecret
from net.transport.actions import Transmit
from net.transport.calls import Origin
from net.transport.control import Renew, encode_control
from net.transport.datagram import (
    Answer,
    Cookie,
    DatagramKind,
    Finish,
    Hello,
    Negotiation,
    Opening,
    Reply,
    decode_handshake,
)
from net.transport.local_keys import LocalKeys
from net.transport.routes import Via
from net.wire.versions import Versions
from tests.net.test_forged_answers import Forger
from tests.net.wires import ROOM, SeededSodium, Wires, identity, joined

if TYPE_CHECKING:
    from net.ids import Address

LOCKED = RoomSecret("Sunday cup", "garage door")
CONTROL = int(DatagramKind.CONTROL)
VICTIM = "10.0.0.99"


# --- answers to a Hello -------------------------------------------------------------------------


def test_whom_we_met_before_gets_in_however_many_answer_in_its_place() -> None:
    wires, one, two = joined()
    wires.unplug(two)
    wires.run(FORGET_DOWN_NS + 2 * SECOND)
    wires.ends.append(two)
    one.opened.clear()
    Forger(wires, ROOM, 3 * CANDIDATES_MAX)
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(one.opened), SECOND // 2)


def changed_hello(data: bytes, room: RoomSecret) -> list[bytes]:
    """Return first messages like one, with another index, and with another share."""
    hello = decode_handshake(data)
    assert isinstance(hello, Hello)
    opening = hello.open_body(room.hello_key)
    assert opening is not None
    other = Opening(opening.noise, SODIUM.random(32), opening.cookie)
    return [
        Hello.of(hello.version, hello.sender ^ flip, room, hello.versions, said).encode()
        for flip, said in ((1, opening), (0, other))
    ]


def changed_reply(data: bytes) -> list[bytes]:
    return [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(5, len(data), 8)]


@pytest.mark.parametrize("kind", [DatagramKind.HELLO, DatagramKind.REPLY])
@pytest.mark.parametrize("room", [ROOM, LOCKED], ids=["open", "locked"])
def test_a_handshake_that_was_changed_on_its_way_does_not_stand_in_for_the_true_one(
    kind: DatagramKind, room: RoomSecret
) -> None:
    wires = Wires()
    one, two = wires.plug(1, room=room), wires.plug(2, room=room)

    def tap(data: bytes, source: Address, to: Address) -> list[bytes]:
        if data[0] == kind:
            receiver = next(end for end in wires.ends if end.address == to)
            is_hello = kind is DatagramKind.HELLO
            for changed in changed_hello(data, room) if is_hello else changed_reply(data):
                sent = receiver.transport.on_datagram(changed, source, wires.now)
                wires.perform(receiver, sent)
        return [data]

    wires.tap = tap
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(one.opened and two.opened), SECOND // 2)
    assert wires.send(one, two, b"through")
    wires.run(SECOND // 20)
    assert two.frames == [b"through"]


def test_a_key_of_low_order_leaves_no_index_behind() -> None:
    one = Wires().plug(1)
    key, versions = ROOM.hello_key, one.transport.versions
    side = LocalKeys(identity(66), SeededSodium(66), ROOM, versions)
    handshake = side.handshake(versions.highest, initiator=True)
    handshake._symmetric.mix_hash(bytes(32))
    handshake._symmetric.mix_key(bytes(32))
    noise = bytes(32) + handshake._symmetric.encrypt_and_hash(b"")
    opening = Opening(noise, bytes(32), bytes(16))
    hello = Hello.of(versions.highest, 7, ROOM, versions, opening)
    assert hello.open_body(key) == opening
    assert one.transport.on_datagram(hello.encode(), ("10.0.0.9", 9), 1_000_000_000) == []
    assert one.transport.counters.forged == 1
    assert not one.transport._indices._taken


class Counting(SeededSodium):
    """Counts products on the curve: what a handshake costs."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.products = 0
        multiply, make = self.dh, self.dh_public

        def dh_public(private: bytes) -> bytes:
            self.products += 1
            return make(private)

        self.dh_public = dh_public

        def dh(private: bytes, public: bytes) -> bytes:
            self.products += 1
            return multiply(private, public)

        self.dh = dh


def test_answers_that_lead_to_nothing_cost_little_arithmetic() -> None:
    wires, sodium = Wires(), Counting(1)
    one, nobody = wires.plug(1, primitives=sodium), ("10.0.0.9", 9)
    (sent,) = one.transport.dial(nobody, None, Origin.OWN, wires.now)
    hello = decode_handshake(sent.data)
    assert isinstance(hello, Hello)
    before = sodium.products
    for _ in range(1000):
        made = Reply(hello.sender, SODIUM.random(132)).encode()
        one.transport.on_datagram(made, nobody, wires.now)
    assert sodium.products - before <= 100


@pytest.mark.parametrize("room", [ROOM, LOCKED], ids=["open", "locked"])
def test_third_messages_that_lead_to_nothing_cost_little_arithmetic(room: RoomSecret) -> None:
    """Whoever has our Reply can make any number whose static key is authentic, and nothing else."""
    wires, sodium = Wires(), Counting(1)
    one, host = wires.plug(1, primitives=sodium, room=room), ("10.0.0.9", 9)
    keys = LocalKeys(identity(66), SeededSodium(66), room, one.transport.versions)
    side = keys.handshake(keys.versions.highest, initiator=True)
    opening = Opening(side.write_message(b""), keys.identity.static_public, bytes(16))
    hello = Hello.of(keys.versions.highest, 7, room, keys.versions, opening).encode()
    (sent,) = one.transport.on_datagram(hello, host, wires.now)
    assert isinstance(sent, Transmit)
    reply = decode_handshake(sent.data)
    assert isinstance(reply, Reply)
    answer = Answer.decode(side.read_message(reply.noise))
    side.psk = bytes(32)
    before = sodium.products
    for number in range(1000):
        made = side.fork().write_message(b"%1000d" % number)
        one.transport.on_datagram(Finish(answer.sender, made).encode(), host, wires.now)
    assert sodium.products - before <= 2 * FINISHES_READ_MAX
    assert not one.opened


@pytest.mark.parametrize("origin", [Origin.ADVERT, Origin.MEMBER])
def test_addresses_that_others_name_cost_arithmetic_only_as_they_are_greeted(
    origin: Origin,
) -> None:
    wires, sodium = Wires(), Counting(1)
    one = wires.plug(1, primitives=sodium)
    before = sodium.products
    for number in range(3000):
        address = (f"10.0.{number // 200}.{1 + number % 200}", 4000)
        one.transport.dial(address, number.to_bytes(16, "big"), origin, wires.now)
    assert sodium.products - before <= INTRODUCED_HELLO_RATE // 8


def test_cookies_have_a_hello_said_again_once_and_then_at_the_pace_of_calls() -> None:
    """Whoever forges them has us send no more, for each is an eighth of what it would bring."""

    def said_of(cookies: int) -> int:
        wires = Wires()
        one, nobody = wires.plug(1), ("10.0.0.9", 9)
        (sent,) = one.transport.dial(nobody, None, Origin.OWN, wires.now)
        hello = decode_handshake(sent.data)
        assert isinstance(hello, Hello)

        def bake() -> None:
            for _ in range(cookies):
                cookie = Cookie(hello.sender, SODIUM.random(16)).encode()
                one.transport.on_datagram(cookie, nobody, wires.now)

        wires.run(SECOND * 9 // 10, bake)
        return wires.sent_to[nobody] // len(sent.data)

    assert said_of(1) <= said_of(0) + 1
    assert said_of(3) <= said_of(0) + 1


# --- new keys -----------------------------------------------------------------------------------


def test_counters_that_leap_have_us_renew_keys_once_a_second_at_most() -> None:
    wires, one, two = joined()

    def leap() -> None:
        session = two.transport._sessions.remotes[one.node].current
        assert session is not None
        session.seal.sent = max(session.seal.sent, REKEY_DATAGRAMS + 5)
        wires.send(two, one, b"far ahead")
        wires.send(one, two, b"as ever")
        for theirs in two.transport._sessions.by_index.values():
            theirs.rekeyed_ns = 0  # it makes new keys as often as it is asked to

    wires.run(5 * SECOND, leap)
    assert one.transport.counters.rekeys <= 6


def test_what_is_refused_of_a_renewal_leaves_no_index_behind() -> None:
    wires, one, two = joined()
    remote = one.transport._sessions.remotes[two.node]
    session = remote.current
    assert session is not None
    taken = len(one.transport._indices._taken)
    for _ in range(20):
        renewal = one.transport._rekeying._begin_renewal(session, 1)
        one.transport._rekeying._renewals[two.node] = renewal
        theirs = two.transport._sessions.remotes[one.node].current
        assert theirs is not None
        theirs.rekeyed_ns = 0
        _, (answer,) = two.transport._rekeying.on_rekey(theirs, renewal.message, 1, wires.now)
        remote.incarnation = 5  # it has said meanwhile that it leads a later life
        one.transport.on_datagram(answer.data, two.address, wires.now)
    assert len(one.transport._indices._taken) == taken


# --- where a silent peer is sought --------------------------------------------------------------


def test_no_more_goes_to_where_a_silent_peer_is_said_to_be_than_was_said_of_it() -> None:
    wires, one, two = joined()
    victims = tuple((VICTIM, 5000 + number) for number in range(8))
    paid = 650
    one.transport.note_advert(two.node, victims, paid)
    wires.unplug(two)
    wires.run(FORGET_DOWN_NS + SECOND)
    came = paid + wires.heard_from[two.address]  # Hellos and Finishes are among it
    assert 0 < sum(wires.sent_to[victim] for victim in victims) <= came


# --- every drop has a reason --------------------------------------------------------------------


def test_a_finish_that_comes_again_is_counted() -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    finishes: list[bytes] = []

    def tap(data: bytes, _source: Address, _to: Address) -> list[bytes]:
        if data[0] == DatagramKind.FINISH:
            finishes.append(data)
        return [data]

    wires.tap = tap
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(one.opened and two.opened), SECOND)
    wires.run(SECOND // 10)
    before = two.transport.counters.replayed
    assert two.transport.on_datagram(finishes[0], one.address, wires.now) == []
    assert two.transport.counters.replayed == before + 1


# --- an alias is its owner's --------------------------------------------------------------------


def test_who_takes_the_alias_of_another_does_not_stand_in_its_way() -> None:
    wires = Wires()
    veil = b"the veil of two."
    one, two, liar = wires.plug(1), wires.plug(2, veil=veil), wires.plug(3, veil=veil)
    alias = alias_of(two.node, veil)
    wires.dial(liar, one)
    assert wires.run_until(lambda: bool(one.opened), SECOND)
    wires.perform(one, one.transport.dial(two.address, alias, Origin.OWN, wires.now))
    assert wires.run_until(lambda: two.node in {met.node for met in one.opened}, SECOND)


# --- lives --------------------------------------------------------------------------------------


def test_a_member_that_says_ever_newer_lives_is_taken_at_its_word_at_a_pace() -> None:
    wires, one, two = joined()
    began = wires.now
    life = 1

    def renew() -> None:
        nonlocal life
        for _ in range(10):
            life += 1
            session = two.transport._sessions.remotes[one.node].current
            assert session is not None
            data = session.seal.seal(CONTROL, encode_control(Renew(life)))
            wires.carry(data, two.address, one.address)

    wires.run(5 * SECOND, renew)
    took_s = (wires.now - began) // SECOND
    assert LIVES_BURST <= len(one.opened) <= 1 + LIVES_BURST + took_s
    assert one.transport.counters.over_rate > 0


def test_lives_that_were_too_many_are_taken_once_there_is_time() -> None:
    wires, one, two = joined()
    for life in range(2, 2 * LIVES_BURST):
        wires.perform(two, two.transport.set_incarnation(life, wires.now))
        wires.run(SECOND // 50)
    wires.run(2 * SECOND)
    assert one.opened[-1].incarnation == 2 * LIVES_BURST - 1
    assert wires.send(two, one, b"of the last life")
    wires.run(SECOND // 10)
    assert one.received[-1].incarnation == 2 * LIVES_BURST - 1


# --- versions -----------------------------------------------------------------------------------


def test_nobody_on_the_way_has_two_shake_hands_in_an_older_version_than_both_speak() -> None:
    wires, both = Wires(), Versions(4, 5)
    one, two = wires.plug(1, versions=both), wires.plug(2, versions=both)
    spoken: list[int] = []

    def tap(data: bytes, source: Address, _to: Address) -> list[bytes]:
        if data[0] == DatagramKind.HELLO:
            hello = decode_handshake(data)
            assert isinstance(hello, Hello)
            spoken.append(hello.version)
            forged = Negotiation(hello.sender, Versions(4, 4)).encode()
            wires.perform(one, one.transport.on_datagram(forged, two.address, wires.now))
        return [data]

    wires.tap = tap
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(one.opened), SECOND)
    assert spoken[-1] == 5
    assert one.transport.counters.forged > 0


# --- where others were seen ---------------------------------------------------------------------


def test_a_flood_of_adverts_has_nobody_forget_whom_a_member_named() -> None:
    wires, one, two = joined()
    lost, via = identity(7).node_id, Via(two.node, identity(7).node_id)
    one.transport.dial(("10.0.0.7", 4000), lost, Origin.MEMBER, wires.now)
    for number in range(2 * SIGHTINGS_MAX):
        address = (f"10.9.{number // 250}.{1 + number % 250}", 4000)
        one.transport.note_advert(number.to_bytes(16, "big"), (address,), 350)
    wires.send(two, one, b"heard")
    wires.run(RELAY_AFTER_NS)
    wires.send(two, one, b"heard")
    wires.run(SECOND // 50)
    assert one.transport.dial(via, lost, Origin.MEMBER, wires.now) != []
