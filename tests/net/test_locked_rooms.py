"""A passphrase is checked at the door, one guess at a time, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from net.errors import SecurityError
from net.limits import (
    DENIED_NS,
    MILLISECOND,
    SECOND,
    TRIES_MAX,
    TRIES_MISTYPED,
    TRIES_NS,
    TRIES_OF_HOSTS_MAX,
)
from net.security.primitives import SODIUM
from net.security.room_secret import RoomSecret
from net.transport.admission import Tries
from net.transport.calls import Origin
from net.transport.datagram import Answer, DatagramKind, Finish, Hello, Reply, decode_handshake
from net.transport.local_keys import LocalKeys
from net.wire.versions import OURS
from tests.net.wires import End, SeededSodium, Wires, identity

if TYPE_CHECKING:
    from net.ids import Address
    from net.security.noise import HandshakeState
    from net.transport.datagram import Handshake

RIGHT, WRONG = RoomSecret("Friday", "banana"), RoomSecret("Friday", "cherry")
WORDS = ["password", "race", "friday", "cherry", "banana", "apple"]


@dataclass
class Recorder:
    """Whoever listens on the wire, and keeps all of it."""

    wires: Wires
    heard: list[tuple[Handshake, Address]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wires.tap = self.tap

    def tap(self, data: bytes, source: Address, _to: Address) -> list[bytes]:
        if data[0] in {DatagramKind.HELLO, DatagramKind.REPLY, DatagramKind.FINISH}:
            self.heard.append((decode_handshake(data), source))
        return [data]


def recorded(ours: RoomSecret, theirs: RoomSecret) -> list[Handshake]:
    """Return the three messages of a handshake between two that hold these words."""
    wires = Wires()
    recorder = Recorder(wires)
    one, two = wires.plug(1, room=ours), wires.plug(2, room=theirs)
    wires.dial(one, two)
    wires.run(50 * MILLISECOND)
    return [said for said, _ in recorder.heard[:3]]


def opened_by(side: HandshakeState, finish: Finish) -> bool:
    try:
        side.fork().read_message(finish.noise)
    except SecurityError:
        return False
    return True


def test_a_recorded_handshake_with_the_right_word_looks_like_one_with_a_wrong_word() -> None:
    right, wrong = recorded(RIGHT, RIGHT), recorded(WRONG, RIGHT)
    for one, other in zip(right, wrong, strict=True):
        assert type(one) is type(other)
        assert len(one.encode()) == len(other.encode())
        assert one.encode()[:1] == other.encode()[:1]
    for said in (right, wrong):
        hello, reply, finish = said
        assert isinstance(hello, Hello)
        assert isinstance(reply, Reply)
        assert isinstance(finish, Finish)
        for word in WORDS:  # the listener has every word, and no private key of either side
            keys = LocalKeys(identity(66), SODIUM, RoomSecret("Friday", word), OURS)
            opening = hello.open_body(keys.room.hello_key)
            assert opening is not None
            side = keys.handshake(hello.version, initiator=False)
            side.read_message(opening.noise)
            exchange = keys.exchange(opening.noise)
            keys.agree(side, exchange, opening.share, initiator=False)
            side.write_message(b"")
            assert not opened_by(side, finish)


def test_who_answers_in_person_learns_whether_one_word_is_right_and_nothing_of_others() -> None:
    """Before, one answer let whoever gave it try all words, at home."""
    wires = Wires()
    victim = wires.plug(1, room=RIGHT)
    (call,) = victim.transport.dial(("10.6.6.6", 5), None, Origin.OWN, wires.now)
    hello = decode_handshake(call.data)
    assert isinstance(hello, Hello)
    for guess, holds in (("cherry", False), ("banana", True)):
        keys = LocalKeys(identity(66), SODIUM, RoomSecret("Friday", guess), OURS)
        opening = hello.open_body(keys.room.hello_key)
        assert opening is not None
        side = keys.handshake(hello.version, initiator=False)
        side.read_message(opening.noise)
        exchange = keys.exchange(opening.noise)
        assert exchange is not None
        keys.agree(side, exchange, opening.share, initiator=False)
        reply = Reply(
            hello.sender, side.write_message(Answer(7, exchange.public).encode())
        ).encode()
        answers = victim.transport.on_datagram(reply, ("10.6.6.6", 5), wires.now)
        finish = decode_handshake(answers[0].data)  # type: ignore[union-attr]
        assert isinstance(finish, Finish)
        assert opened_by(side, finish) is holds
        opened: list[str] = []
        for word in WORDS:  # each other word, on the share that was made for the guess
            trial = side.fork()
            other = LocalKeys(identity(66), SODIUM, RoomSecret("Friday", word), OURS)
            other.agree(trial, exchange, opening.share, initiator=False)
            opened += [word] if opened_by(trial, finish) else []
        assert opened == (WORDS if holds else []), "a share counts for the word it was made of"


def test_a_wrong_word_is_told_on_both_sides_and_makes_no_session() -> None:
    wires = Wires()
    member, stranger = wires.plug(1, room=RIGHT), wires.plug(2, room=WRONG)
    wires.dial(stranger, member)
    wires.run(2 * SECOND)
    assert member.opened == stranger.opened == []
    assert [(each.ours, each.address) for each in member.denied] == [(False, stranger.address)]
    assert [(each.ours, each.address) for each in stranger.denied] == [(True, member.address)]
    assert stranger.denied[0].node == member.node


def test_a_denial_that_anybody_makes_up_is_none() -> None:
    wires = Wires()
    one, two = wires.plug(1, room=RIGHT), wires.plug(2, room=RIGHT)

    def tap(data: bytes, source: Address, to: Address) -> list[bytes]:
        if data[0] != DatagramKind.REPLY:
            return [data]
        forged = bytes([DatagramKind.DENIAL]) + data[1:5] + bytes(16)
        return [data, forged, forged]

    wires.tap = tap
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(one.opened and two.opened), SECOND)
    assert one.denied == []


def test_who_was_denied_asks_again_now_and_then() -> None:
    wires = Wires()
    member, stranger = wires.plug(1, room=RIGHT), wires.plug(2, room=WRONG)
    for _ in range(12):
        wires.dial(stranger, member)
        wires.run(5 * SECOND)
    assert 2 <= len(stranger.denied) <= 60 * SECOND // DENIED_NS + 1


def guesses(wires: Wires, member: End, host: str, count: int) -> int:
    """Try wrong words from one host; return how many of them were heard out."""
    before = len(member.denied)
    for number in range(count):
        guesser = wires.plug(
            100 + number, room=WRONG, address=(host, 1000 + number), primitives=SeededSodium(number)
        )
        wires.dial(guesser, member)
        wires.run(100 * MILLISECOND)
        wires.unplug(guesser)
    return len(member.denied) - before


def test_ten_wrong_words_a_minute_are_heard_out_and_a_newcomer_still_gets_in() -> None:
    wires = Wires()
    member, friend = wires.plug(1, room=RIGHT), wires.plug(2, room=RIGHT)
    assert guesses(wires, member, "10.6.6.6", 3 * TRIES_MAX) == TRIES_MAX
    assert member.transport.counters.guesses > 0
    wires.dial(friend, member)
    assert wires.run_until(lambda: bool(friend.opened and member.opened), SECOND)


def test_whose_key_was_in_the_room_gets_in_again_whatever_its_host_has_tried() -> None:
    wires = Wires()
    member, friend = wires.plug(1, room=RIGHT), wires.plug(2, room=RIGHT)
    wires.dial(friend, member)
    assert wires.run_until(lambda: bool(member.opened), SECOND)
    wires.unplug(friend)
    guesses(wires, member, friend.address[0], 2 * TRIES_MAX)
    again = wires.plug(2, incarnation=2, room=RIGHT, address=(friend.address[0], 4001))
    wires.dial(again, member)
    assert wires.run_until(lambda: bool(again.opened), SECOND)


def test_an_open_room_has_no_word_to_guess() -> None:
    wires = Wires()
    member = wires.plug(1)
    for number in range(2, 2 + 2 * TRIES_MAX):
        wires.dial(wires.plug(number, address=("10.0.0.2", number)), member)
    assert wires.run_until(lambda: len(member.opened) == 2 * TRIES_MAX, 3 * SECOND)


def test_a_guesser_who_goes_from_door_to_door_has_ten_and_two_more_at_each() -> None:
    """Each member tells the others what it hears out."""
    doors = {bytes([number]): Tries() for number in range(8)}
    heard = 0
    for turn in range(800):
        me = bytes([turn % 8])
        if doors[me].may_try("10.0.0.9", turn):
            doors[me].note("10.0.0.9", turn)
            heard += 1
            for other in doors.keys() - {me}:
                assert doors[other].note_told(me, "10.0.0.9", turn)
    assert TRIES_MAX < heard <= TRIES_MAX + TRIES_MISTYPED * len(doors)


def test_a_guesser_of_many_hosts_has_thirty_of_a_room_and_two_more_at_each() -> None:
    doors = {bytes([number]): Tries() for number in range(8)}
    heard = 0
    for turn in range(800):
        me, host = bytes([turn % 8]), f"fd00::{turn:x}"
        if doors[me].may_try(host, turn):
            doors[me].note(host, turn)
            heard += 1
            for other in doors.keys() - {me}:
                doors[other].note_told(me, host, turn)
    assert TRIES_MAX < heard <= TRIES_OF_HOSTS_MAX + TRIES_MISTYPED * len(doors)


def test_who_mistypes_twice_does_so_at_all_doors_and_still_gets_in() -> None:
    doors = {bytes([number]): Tries() for number in range(16)}
    for slip in range(TRIES_MISTYPED):
        for me, door in doors.items():
            assert door.may_try("10.0.0.9", slip)
            door.note("10.0.0.9", slip)
            for other in doors.keys() - {me}:
                doors[other].note_told(me, "10.0.0.9", slip)
    assert all(door.may_try("10.0.0.9", TRIES_MISTYPED) for door in doors.values())


def test_no_member_shuts_a_door_alone_by_telling_of_tries_that_were_none() -> None:
    door = Tries()
    told = [door.note_told(b"liar", f"10.0.0.{number}", number) for number in range(100)]
    assert sum(told) == TRIES_MISTYPED + TRIES_MAX - 1, "and the rest is told to nobody"
    assert door.may_try("10.0.0.9", 100)
    assert door.note_told(b"liar", "10.0.0.9", TRIES_NS + 100)


@pytest.mark.parametrize("hosts", [1, 100])
def test_tries_are_bounded_for_a_host_and_for_all(hosts: int) -> None:
    tries, heard = Tries(), 0
    for number in range(300):
        host = f"10.0.0.{number % hosts}"
        if tries.may_try(host, number):
            tries.note(host, number)
            heard += 1
    assert heard == (TRIES_MAX if hosts == 1 else TRIES_OF_HOSTS_MAX)
    assert tries.may_try("10.0.0.1", TRIES_NS + 300)
