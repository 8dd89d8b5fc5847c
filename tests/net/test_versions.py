"""Nodes of two versions find out that they are, and which; and nobody can make them believe it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from net.errors import WireError
from net.limits import DATAGRAM_BYTES_MAX, NEGOTIATION_RATE, SECOND
from net.transport.actions import Incompatible, Transmit
from net.transport.calls import Origin
from net.transport.datagram import (
    HELLO_BYTES_MIN,
    DatagramKind,
    Hello,
    Negotiation,
    decode_handshake,
)
from net.wire.versions import OURS, VERSION_MAX, Versions
from tests.net.wires import ROOM, End, Wires

if TYPE_CHECKING:
    from net.ids import Address

DOCUMENT = (Path(__file__).parents[2] / "docs" / "PROTOCOL.md").read_text(encoding="utf-8")
TAG = bytes(range(0xA1, 0xA9))
N = Versions(4, 4)
BOTH = Versions(4, 5)  # N, and the next
NEXT = Versions(5, 5)
AFTER_NEXT = Versions(5, 6)
SPY: Address = ("10.6.6.6", 666)


def pair(one: Versions, two: Versions) -> tuple[Wires, End, End]:
    """Return two that dial each other."""
    wires = Wires()
    ends = wires.plug(1, versions=one), wires.plug(2, versions=two)
    wires.dial(*ends)
    wires.dial(*reversed(ends))
    return wires, *ends


# --- what goes together -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two", "common"),
    [
        (N, N, 4),
        (N, BOTH, 4),
        (BOTH, BOTH, 5),
        (BOTH, AFTER_NEXT, 5),
        (N, AFTER_NEXT, None),
        (N, NEXT, None),
        (replace(N, program=1), replace(N, program=1), 4),
        (replace(N, program=1), replace(N, program=2), None),
        (replace(BOTH, room=4), N, 4),
        (replace(BOTH, room=5), N, None),
        (replace(BOTH, room=5), BOTH, 5),
        (replace(BOTH, room=4), AFTER_NEXT, 5),
    ],
)
def test_two_nodes_speak_the_highest_version_that_both_and_their_rooms_allow(
    one: Versions, two: Versions, common: int | None
) -> None:
    assert one.common(two) == two.common(one) == common


# --- frozen for ever --------------------------------------------------------------------------


def frozen_vectors() -> list[bytes]:
    """Return the bytes in the document's section that is frozen: a Hello's head, a Negotiation."""
    block = re.search(r"```frozen\n(.*?)```", DOCUMENT, re.DOTALL)
    assert block is not None
    first, second, third = (line.split("  ")[0] for line in block[1].splitlines())
    return [bytes.fromhex(first + second), bytes.fromhex(third)]


def test_the_frozen_bytes_are_what_they_were() -> None:
    assert [data.hex() for data in frozen_vectors()] == [
        "010578563412a1a2a3a4a5a6a7a804050002000000",
        "077856341203030302000000",
    ]


@pytest.mark.parametrize("size", [HELLO_BYTES_MIN, 112, 113, DATAGRAM_BYTES_MAX])
def test_the_head_of_a_hello_of_any_version_is_read(size: int) -> None:
    head = frozen_vectors()[0]
    hello = decode_handshake(head + bytes(size - len(head)))
    assert hello == Hello(5, 0x12345678, TAG, Versions(4, 5, program=2), bytes(size - len(head)))
    assert hello.encode() == head + bytes(size - len(head))


@pytest.mark.parametrize("more", [0, 1, HELLO_BYTES_MIN - 12])
def test_a_negotiation_of_any_version_is_read(more: int) -> None:
    data = frozen_vectors()[1]
    told = decode_handshake(data + bytes(more))
    assert told == Negotiation(0x12345678, Versions(3, 3, program=2, room=3))
    assert told.encode() == data


@pytest.mark.parametrize("at", [14, 15])
def test_a_range_of_versions_that_is_none_is_malformed(at: int) -> None:
    hello = bytearray(frozen_vectors()[0] + bytes(91))
    hello[at] = 0
    with pytest.raises(WireError):
        decode_handshake(bytes(hello))


# --- two transports ---------------------------------------------------------------------------


def test_both_of_two_versions_learn_it_at_once_and_what_the_other_speaks() -> None:
    wires, old, new = pair(N, AFTER_NEXT)
    wires.run(SECOND // 10)
    for end, other, theirs in ((old, new, AFTER_NEXT), (new, old, N)):
        assert end.opened == []
        assert Incompatible(None, other.address, theirs, answers=False) in end.incompatible
        assert Incompatible(other.node, other.address, theirs, answers=True) in end.incompatible
        assert {found.theirs for found in end.incompatible} == {theirs}


def test_one_that_only_listens_learns_it_too() -> None:
    wires = Wires()
    old, new = wires.plug(1, versions=N), wires.plug(2, versions=AFTER_NEXT)
    wires.dial(old, new)
    wires.run(SECOND // 10)
    assert [found.theirs for found in old.incompatible] == [AFTER_NEXT]
    assert [found.theirs for found in new.incompatible] == [N]


def test_two_adjacent_versions_speak_the_lower_whoever_calls() -> None:
    for one, two in ((N, BOTH), (BOTH, N), (BOTH, BOTH), (AFTER_NEXT, BOTH)):
        wires = Wires()
        caller, called = wires.plug(1, versions=one), wires.plug(2, versions=two)
        wires.dial(caller, called)
        wires.run(SECOND // 4)
        for end, other in ((caller, called), (called, caller)):
            theirs = other.transport.versions
            assert [opened.versions for opened in end.opened] == [theirs]
            assert end.transport.versions.common(theirs) == one.common(two)
            assert end.incompatible == []
            assert wires.send(end, other, b"hello")
        wires.run(SECOND // 10)
        assert caller.frames == called.frames == [b"hello"]


def test_other_programs_do_not_meet_and_both_are_told() -> None:
    wires, one, two = pair(replace(OURS, program=2), replace(OURS, program=3))
    wires.run(SECOND // 10)
    assert one.opened == two.opened == []
    assert {found.theirs.program for found in one.incompatible} == {3}
    assert {found.theirs.program for found in two.incompatible} == {2}


def test_of_another_room_nobody_is_told_anything() -> None:
    wires = Wires()
    elsewhere = type(ROOM)("Monday cup")
    one, two = wires.plug(1, versions=N), wires.plug(2, versions=NEXT, room=elsewhere)
    wires.dial(one, two)
    wires.run(SECOND)
    assert one.incompatible == two.incompatible == []
    assert two.transport.counters.other_room > 0


def test_whoever_cannot_speak_what_the_room_does_by_now_is_told_and_let_go() -> None:
    wires, old, new = pair(N, BOTH)
    wires.run(SECOND // 4)
    assert old.opened
    assert new.opened
    new.transport.speak(5)
    assert not wires.send(new, old, b"you are not one of us any more")
    wires.run(SECOND // 2)
    wires.dial(old, new)
    wires.run(SECOND // 4)
    assert old.incompatible[-1].theirs == replace(BOTH, room=5)
    assert new.incompatible[-1].theirs == N
    assert len(old.opened) == len(new.opened) == 1
    new.transport.speak(4)  # it is in another room
    wires.dial(old, new)
    wires.run(3 * SECOND)
    wires.send(new, old, b"together again")
    wires.run(SECOND // 10)
    assert old.frames[-1:] == [b"together again"]


# --- forgers ----------------------------------------------------------------------------------


def forge(wires: Wires, end: End, source: Address, receiver: int, versions: Versions) -> None:
    wires.carry(Negotiation(receiver, versions).encode(), source, end.address)


def index_of(hello: bytes) -> int:
    found = decode_handshake(hello)
    assert isinstance(found, Hello)
    return found.sender


def test_a_forger_that_has_not_seen_the_hello_is_not_believed() -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    (call,) = one.transport.dial(two.address, two.node, Origin.OWN, wires.now)
    assert isinstance(call, Transmit)
    index = index_of(call.data)
    forge(wires, one, two.address, index ^ 1, NEXT)  # the right address, but it has to guess
    forge(wires, one, SPY, index, NEXT)  # it knows the index, but is not where we called
    wires.run(SECOND // 20)
    assert one.incompatible == []
    assert one.transport.counters.unknown_session == 2


@pytest.mark.parametrize("versions", [Versions(9, 9), replace(OURS, program=7), OURS])
def test_a_forger_on_the_way_ends_no_handshake(versions: Versions) -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)

    def answer_first(data: bytes, source: Address, destination: Address) -> list[bytes]:
        if data[0] == DatagramKind.HELLO and destination == two.address:
            forged = Negotiation(index_of(data), versions).encode()
            wires.perform(one, one.transport.on_datagram(forged, two.address, wires.now))
        return [data]

    wires.tap = answer_first
    wires.dial(one, two)
    wires.run(SECOND // 2)
    assert len(one.opened) == len(two.opened) == 1
    assert wires.send(one, two, b"all the same")


def test_a_hello_whose_version_was_changed_on_the_way_comes_to_nothing() -> None:
    """Also where whoever changes it knows the race's name, and marks it anew."""

    def lowered(data: bytes) -> bytes:
        hello = decode_handshake(data)
        assert isinstance(hello, Hello)
        opening = hello.open_body(ROOM.hello_key)
        assert opening is not None
        return Hello.of(4, hello.sender, ROOM, hello.versions, opening).encode()

    wires = Wires()
    one, two = wires.plug(1, versions=BOTH), wires.plug(2, versions=BOTH)
    wires.tap = lambda data, _s, _d: [lowered(data) if data[0] == DatagramKind.HELLO else data]
    wires.dial(one, two)
    wires.run(SECOND)
    assert one.opened == two.opened == []
    assert one.transport.counters.forged + two.transport.counters.forged > 0


def test_a_hello_without_the_right_mark_is_not_answered_at_all() -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    wires.tap = lambda data, _s, _d: [
        data[:-20] + bytes(20) if data[0] == DatagramKind.HELLO else data
    ]
    wires.dial(one, two)
    wires.run(SECOND)
    assert two.transport.counters.blind > 0
    assert wires.sent_to[one.address] == 0


def test_a_negotiation_cannot_talk_a_call_up_nor_round_in_circles() -> None:
    wires = Wires()
    caller = wires.plug(1, versions=BOTH)
    called = ("10.5.5.5", 1)
    hellos: list[bytes] = []

    def refuse_all(data: bytes, source: Address, destination: Address) -> list[bytes]:
        found = decode_handshake(data)
        assert isinstance(found, Hello)
        hellos.append(data)
        theirs = N if found.version == 5 else NEXT
        wires.perform(
            caller,
            caller.transport.on_datagram(
                Negotiation(found.sender, theirs).encode(), called, wires.now
            ),
        )
        return [data]

    wires.tap = refuse_all
    wires.perform(caller, caller.transport.dial(called, None, Origin.OWN, wires.now))
    wires.run(SECOND)
    assert [data[1] for data in hellos] == [5] + [4] * (len(hellos) - 1)
    assert len(hellos) < 8


def test_no_hello_draws_a_longer_answer_and_a_flood_draws_few() -> None:
    wires = Wires()
    victim = wires.plug(1)
    head = Hello(9, 7, ROOM.tag, Versions(9, 9), bytes(HELLO_BYTES_MIN - 21)).encode()
    assert len(head) == HELLO_BYTES_MIN
    answers: list[bytes] = []
    for number in range(1000):
        source = (f"10.9.{number // 250}.{number % 250}", 1)
        actions = victim.transport.on_datagram(head, source, wires.now)
        answers += [action.data for action in actions if isinstance(action, Transmit)]
    assert 0 < len(answers) <= NEGOTIATION_RATE
    assert all(len(data) <= len(head) for data in answers)
    assert victim.transport.on_datagram(head[:-1], SPY, wires.now) == []  # too short: no answer
    wires.run(SECOND)
    assert victim.transport.on_datagram(head, SPY, wires.now)


def test_who_says_one_thing_in_the_hello_and_another_in_its_credentials_is_told_apart() -> None:
    wires = Wires()
    liar, honest = wires.plug(1, versions=NEXT), wires.plug(2, versions=BOTH)
    keys = liar.transport._keys
    wires.dial(liar, honest)
    wires.tap = lambda data, _s, _d: [data]
    keys.versions = Versions(6, 6)
    liar.transport._credentials = keys.vouch(1, "driver 1")
    wires.run(SECOND // 2)
    assert honest.opened == []
    assert (
        Incompatible(liar.node, liar.address, Versions(6, 6), answers=True) in honest.incompatible
    )


def test_who_only_asks_is_answered_and_not_told_or_counted_as_of_another_version() -> None:
    wires = Wires()
    asking, asked = wires.plug(1, versions=Versions(VERSION_MAX, VERSION_MAX)), wires.plug(2)
    wires.dial(asking, asked)
    wires.run(SECOND // 10)
    assert asking.incompatible
    assert asked.incompatible == []
    assert asked.transport.counters.other_version == 0
