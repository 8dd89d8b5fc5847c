"""Who is not heard now, and may be later, is told so on both sides, with the reason."""

from __future__ import annotations

import pytest

from net.limits import DOWN_NS, FORGET_DOWN_NS, LIVES_BURST, MILLISECOND, SECOND, TRIES_MAX
from net.transport.actions import PutOff, PutOffReason, Unconfirmed
from tests.net.test_locked_rooms import RIGHT, guesses
from tests.net.wires import End, Wires, joined


def silenced(incarnation: int) -> tuple[Wires, End, End]:
    """Return a member, and somebody who comes in this life after its second one fell silent."""
    wires, one, two = joined()
    wires.unplug(two)
    again = wires.plug(2, incarnation=2)
    wires.dial(again, one, expected=False)
    wires.run(100 * MILLISECOND)
    wires.unplug(again)
    wires.run(2 * DOWN_NS)
    comes = wires.plug(2, incarnation=incarnation)
    return wires, one, comes


def test_who_comes_in_a_life_of_before_is_told_with_its_name_and_learns_that_it_is_not_let_in() -> (
    None
):
    wires, one, ghost = silenced(incarnation=1)
    wires.dial(ghost, one)
    wires.run(3 * SECOND)
    assert {*one.put_off} == {PutOff(ghost.node, "driver 2", ghost.address, PutOffReason.PAST_LIFE)}
    assert {*ghost.unconfirmed} == {Unconfirmed(one.node, one.address)}
    assert ghost.opened == []


def test_it_is_let_in_once_the_life_that_it_led_later_is_forgotten() -> None:
    wires, one, ghost = silenced(incarnation=1)
    wires.tick_ns = 50 * MILLISECOND
    wires.run(FORGET_DOWN_NS)
    wires.dial(ghost, one)
    assert wires.run_until(lambda: bool(ghost.opened), 5 * SECOND)


def test_who_comes_in_a_new_life_has_nothing_to_be_told() -> None:
    wires, one, again = silenced(incarnation=3)
    wires.dial(again, one)
    wires.run(3 * SECOND)
    assert again.opened
    assert (one.put_off, again.unconfirmed) == ([], [])


def test_a_late_handshake_of_a_life_before_is_nothing_to_tell_of() -> None:
    wires, one, two = joined()
    wires.unplug(two)
    again = wires.plug(2, incarnation=2)
    wires.dial(again, one, expected=False)
    wires.run(100 * MILLISECOND)
    ghost = wires.plug(2, incarnation=1, address=("10.0.0.2", 4999))
    wires.dial(ghost, one)
    for _ in range(20):
        assert wires.send(again, one, b"we are here")
        wires.run(50 * MILLISECOND)
    assert one.transport.counters.past_life > 0
    assert one.put_off == []


def test_who_begins_anew_again_and_again_is_told_of() -> None:
    wires, one, two = joined()
    for life in range(2, 4 * LIVES_BURST):
        wires.unplug(two)
        wires.run(DOWN_NS + 10 * MILLISECOND)
        two = wires.plug(2, incarnation=life)
        wires.dial(two, one)
        wires.run(20 * MILLISECOND)
    assert {each.why for each in one.put_off} == {PutOffReason.TOO_OFTEN}
    assert {(each.node, each.name) for each in one.put_off} == {(two.node, "driver 2")}


@pytest.mark.parametrize(("count", "told"), [(TRIES_MAX, 0), (TRIES_MAX + 3, 3)])
def test_who_is_not_heard_out_for_others_have_guessed_is_told_of(count: int, told: int) -> None:
    wires = Wires()
    member = wires.plug(1, room=RIGHT)
    guesses(wires, member, "10.6.6.6", count)
    assert {each.why for each in member.put_off} == ({PutOffReason.GUESSES} if told else set())
    assert len({each.address for each in member.put_off}) == told
