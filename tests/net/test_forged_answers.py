"""Somebody reads the wire and answers each first message before the one whom it was for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net.limits import CANDIDATES_MAX, SECOND
from net.security.primitives import SODIUM
from net.security.room_secret import RoomSecret
from net.security.seal import Seal
from net.transport.calls import Origin
from net.transport.control import Confirm, encode_control
from net.transport.credentials import Credentials
from net.transport.datagram import Answer, DatagramKind, Finish, Hello, Reply, decode_handshake
from net.transport.local_keys import LocalKeys
from net.wire.versions import OURS
from tests.net.wires import ROOM, SeededSodium, Wires, identity

if TYPE_CHECKING:
    from net.ids import Address
    from net.security.noise import HandshakeState

LOCKED = RoomSecret("Sunday cup", "garage door")


class Forger:
    """Answers all Hellos on the wire with keys of its own, so many times each, before anybody."""

    def __init__(self, wires: Wires, room: RoomSecret, answers: int) -> None:
        self.wires = wires
        self.answers = answers
        self.forged = 0
        self.keys = LocalKeys(identity(66), SeededSodium(66), room, OURS)
        wires.tap = self.tap

    def tap(self, data: bytes, source: Address, to: Address) -> list[bytes]:
        if data[0] == DatagramKind.HELLO:
            hello = decode_handshake(data)
            assert isinstance(hello, Hello)
            end = next(end for end in self.wires.ends if end.address == source)
            for number in range(self.answers):
                side = self.keys.handshake(hello.version, initiator=False)
                side.read_message(hello.body[:48])
                answer = Answer(number, SODIUM.random(32)).encode()
                reply = Reply(hello.sender, side.write_message(answer)).encode()
                self.forged += 1
                self.wires.perform(end, end.transport.on_datagram(reply, to, self.wires.now))
        return [data]


@pytest.mark.parametrize("room", [ROOM, LOCKED], ids=["open", "locked"])
@pytest.mark.parametrize("answers", [1, CANDIDATES_MAX - 1])
def test_the_honest_answer_counts_though_forged_ones_come_first(
    room: RoomSecret, answers: int
) -> None:
    wires = Wires()
    one, two = wires.plug(1, room=room), wires.plug(2, room=room)
    forger = Forger(wires, room, answers)
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(one.opened and two.opened), SECOND // 2)
    assert forger.forged >= answers
    assert [met.node for met in one.opened] == [two.node]
    wires.send(one, two, b"through")
    wires.run(SECOND // 10)
    assert two.frames == [b"through"]


@pytest.mark.parametrize("room", [ROOM, LOCKED], ids=["open", "locked"])
def test_whom_the_journal_knows_is_heard_behind_forged_answers_in_every_place(
    room: RoomSecret,
) -> None:
    """Who began anew knows nobody's key but from its journal."""
    met = LocalKeys.of_room(identity(2), SeededSodium(2), room).identity.static_public
    wires = Wires()
    one, two = wires.plug(1, room=room, met=[met]), wires.plug(2, room=room)
    Forger(wires, room, CANDIDATES_MAX)
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(one.opened and two.opened), SECOND // 2)
    assert [(met.node, met.static) for met in one.opened] == [(two.node, met)]


def test_forged_answers_cost_a_bounded_number_of_third_messages() -> None:
    wires = Wires()
    one, nobody = wires.plug(1), ("10.0.0.9", 9)
    (hello,) = (
        action.data for action in one.transport._initiator.dial(nobody, None, Origin.OWN, wires.now)
    )
    said = decode_handshake(hello)
    assert isinstance(said, Hello)
    finishes = 0
    for number in range(100):
        keys = LocalKeys(identity(66), SeededSodium(number), ROOM, OURS)
        side = keys.handshake(said.version, initiator=False)
        side.read_message(said.body[:48])
        answer = Answer(number, bytes(32)).encode()
        reply = Reply(said.sender, side.write_message(answer)).encode()
        finishes += len(one.transport.on_datagram(reply, nobody, wires.now))
        assert one.transport.on_datagram(reply, nobody, wires.now) == []
    assert finishes == CANDIDATES_MAX
    assert one.transport.counters.over_rate >= 100 - CANDIDATES_MAX


def test_who_is_of_the_room_and_answers_in_anothers_place_is_not_taken_for_it() -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    evil = LocalKeys(identity(66), SeededSodium(66), ROOM, OURS)
    sides: dict[int, tuple[HandshakeState, int]] = {}

    def tap(data: bytes, source: Address, to: Address) -> list[bytes]:
        if source != one.address or data[0] not in {DatagramKind.HELLO, DatagramKind.FINISH}:
            return [data]
        said = decode_handshake(data)
        if isinstance(said, Hello):
            side = evil.handshake(said.version, initiator=False)
            side.read_message(said.body[:48])
            sides[7] = side, said.sender
            payload = Answer(7, bytes(32)).encode()
            answer = Reply(said.sender, side.write_message(payload)).encode()
        elif isinstance(said, Finish) and said.receiver in sides:
            side, sender = sides.pop(said.receiver)
            side.read_message(said.noise)
            confirm = encode_control(
                Confirm(Credentials.of(evil.identity, bytes(16), 1, OURS, "evil", ""))
            )
            answer = Seal(*side.split(), sender, SODIUM).seal(DatagramKind.CONTROL, confirm)
        else:
            return [data]
        wires.perform(one, one.transport.on_datagram(answer, to, wires.now))  # faster than anybody
        return [data]

    wires.tap = tap
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(two.opened), SECOND)
    assert [met.node for met in one.opened] == [two.node]
    assert one.transport.counters.unproved == 1


def test_who_sits_where_another_was_is_met_a_little_later() -> None:
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    wires.perform(one, one.transport.dial(two.address, identity(3).node_id, Origin.OWN, wires.now))
    assert wires.run_until(lambda: bool(one.opened), 3 * SECOND)
    assert [met.node for met in one.opened] == [two.node]


def test_one_answer_has_one_third_message_whatever_became_of_it() -> None:
    """Two would be sealed by one key under one nonce, and say different things."""
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)
    replies: list[bytes] = []
    finishes: list[bytes] = []

    def tap(data: bytes, _source: Address, _to: Address) -> list[bytes]:
        if data[0] == DatagramKind.REPLY:
            replies.append(data)
        elif data[0] == DatagramKind.FINISH:
            finishes.append(data)
        return [data]

    wires.tap = tap
    wires.perform(one, one.transport.dial(two.address, identity(3).node_id, Origin.OWN, wires.now))
    assert wires.run_until(lambda: one.transport.counters.unproved == 1, SECOND // 2)
    assert len(set(finishes)) == 1
    wires.perform(one, one.transport.set_incarnation(2, wires.now))  # it has something else to say
    for _ in range(3):
        wires.carry(replies[0], two.address, one.address)
        wires.run(SECOND // 50)
    assert len(set(finishes)) == 1
    assert one.transport.counters.replayed >= 3
