"""Whoever is one too many is told so."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from net.errors import WireError
from net.limits import SECOND
from net.transport.actions import PutOff, PutOffReason, RoomFull
from net.transport.control import Full, decode_control, encode_control
from tests.net.wires import End, Wires


def call_where_one_is_full(wires: Wires, *, by_the_full: bool) -> tuple[End, End]:
    """Let one who has as many peers as may be, and one whom it does not know, call the other.

    Returns:
        The two.
    """
    member, friend, newcomer = (wires.plug(number) for number in (1, 2, 3))
    with patch("net.transport.sessions.PEERS_MAX", 1):
        wires.dial(member, friend)
        assert wires.run_until(lambda: bool(member.opened), SECOND)
        wires.dial(*((member, newcomer) if by_the_full else (newcomer, member)))
        wires.run(2 * SECOND)
    return member, newcomer


def test_who_calls_a_member_with_as_many_peers_as_may_be_is_turned_away_and_knows_why() -> None:
    member, newcomer = call_where_one_is_full(Wires(), by_the_full=False)
    assert {*newcomer.full} == {RoomFull(member.node, member.address)}
    assert newcomer.opened == []
    assert len(member.opened) == 1
    assert member.transport.counters.peers_full == len(newcomer.full)


def test_the_full_one_is_told_whom_it_turned_away_and_where_it_is() -> None:
    member, newcomer = call_where_one_is_full(Wires(), by_the_full=False)
    who = PutOff(newcomer.node, "driver 3", newcomer.address, PutOffReason.FULL)
    assert {*member.put_off} == {who}
    assert newcomer.put_off == []


def test_who_has_as_many_peers_as_may_be_calls_nobody_new() -> None:
    wires = Wires()
    _, newcomer = call_where_one_is_full(wires, by_the_full=True)
    assert wires.sent_to[newcomer.address] == 0
    assert newcomer.opened == []


def test_once_one_has_gone_there_is_room() -> None:
    wires = Wires()
    member, newcomer = call_where_one_is_full(wires, by_the_full=False)
    wires.run(20 * SECOND)
    wires.dial(newcomer, member)
    assert wires.run_until(lambda: bool(newcomer.opened), 20 * SECOND)


def test_that_there_is_no_room_is_one_byte() -> None:
    assert decode_control(encode_control(Full())) == Full()
    with pytest.raises(WireError):
        decode_control(encode_control(Full()) + b"\0")
