"""Two machines with one identity: who is told, who stays, and that neither takes the other over."""

from __future__ import annotations

import pytest

from net.errors import WireError
from net.ids import Address
from net.limits import SECOND
from net.transport.actions import TwinPart
from net.transport.control import Twin, decode_control, encode_control
from net.transport.twins import _twin_at
from tests.net.wires import End, Wires

ELSEWHERE: Address = ("10.0.9.9", 4000)
HERE, COPY = b"veil of the old.", b"veil of the new."


def parts(end: End) -> list[TwinPart]:
    return [found.part for found in end.twins]


def test_the_newer_of_two_twins_that_meet_goes_and_the_older_stays() -> None:
    wires = Wires()
    old = wires.plug(1, incarnation=5, veil=HERE)
    new = wires.plug(1, incarnation=9, veil=COPY, address=ELSEWHERE)
    wires.dial(new, old, expected=False)
    wires.run(SECOND)
    assert set(parts(old)) == {TwinPart.STAYS}
    assert set(parts(new)) == {TwinPart.GOES}
    assert not old.opened
    assert not new.opened


def test_nobody_takes_a_twin_for_a_new_life_and_both_are_brought_together() -> None:
    wires = Wires()
    old = wires.plug(1, incarnation=5, veil=HERE)
    third = wires.plug(2, veil=b"veil of a third.")
    wires.dial(old, third)
    wires.run(SECOND // 5)
    assert [opened.incarnation for opened in third.opened] == [5]
    new = wires.plug(1, incarnation=9, veil=COPY, address=ELSEWHERE)
    wires.dial(new, third)
    for _ in range(20):
        assert wires.send(old, third, b"I am here")
        wires.run(SECOND // 10)
    assert [opened.incarnation for opened in third.opened] == [5]
    assert set(parts(new)) == {TwinPart.GOES}
    assert set(parts(old)) == {TwinPart.STAYS}


def test_who_has_died_comes_back_under_its_own_name() -> None:
    wires = Wires()
    old = wires.plug(1, incarnation=5, veil=HERE)
    third = wires.plug(2, veil=b"veil of a third.")
    wires.dial(old, third)
    wires.run(SECOND // 5)
    wires.unplug(old)
    wires.run(SECOND)
    new = wires.plug(1, incarnation=9, veil=COPY, address=ELSEWHERE)
    wires.dial(new, third)
    wires.run(SECOND)
    assert [opened.incarnation for opened in third.opened] == [5, 9]
    assert not third.twins


def test_nobody_is_sent_to_an_address_that_is_another_machines_alone() -> None:
    assert _twin_at(ELSEWHERE) == Twin(*ELSEWHERE)
    assert _twin_at(("fe80::1%3", 4000)) is None
    assert decode_control(encode_control(Twin("2001:db8::1", 4000))) == Twin("2001:db8::1", 4000)
    for host in ("fe80::1%3", "224.0.0.1", "nobody"):
        with pytest.raises(WireError):
            decode_control(encode_control(Twin(host, 4000)))
