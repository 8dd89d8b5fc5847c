"""Who is not heard now, and may be later, is told so on both sides, with the reason."""

from __future__ import annotations

import pytest

from net.limits import (
    BUSY_NS,
    CALLS_ADVERTISED_MAX,
    CALLS_PER_HOST_MAX,
    DOWN_NS,
    FORGET_DOWN_NS,
    HANDSHAKE_COOKIE_RATE,
    HANDSHAKE_PER_NETWORK_RATE,
    LIVES_BURST,
    MILLISECOND,
    SECOND,
    TRIES_MAX,
    TRIES_NS,
)
from net.transport.actions import PutOff, PutOffReason, Unconfirmed, UnconfirmedReason
from net.transport.calls import Origin
from tests.net.test_locked_rooms import RIGHT, WRONG, guesses
from tests.net.test_transport_hostile import hellos, with_cookie
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


def test_whose_host_has_guessed_learns_that_it_is_answered_and_waits_a_minute() -> None:
    wires = Wires()
    member = wires.plug(1, room=RIGHT)
    guesses(wires, member, "10.6.6.6", TRIES_MAX)
    newcomer = wires.plug(2, room=RIGHT, address=("10.6.6.6", 99))
    wires.dial(newcomer, member)
    wires.run(3 * SECOND)
    assert {*newcomer.unconfirmed} == {Unconfirmed(member.node, member.address)}
    assert {each.why for each in member.put_off} == {PutOffReason.GUESSES}
    wires.tick_ns = 50 * MILLISECOND
    wires.run(TRIES_NS)
    wires.dial(newcomer, member)
    assert wires.run_until(lambda: bool(newcomer.opened), 3 * SECOND)


def flooded(seconds: int) -> tuple[Wires, End, End]:
    """Let a newcomer call a member for a while, which its neighbours flood with first messages.

    Returns:
        The wires, the member, the newcomer; the flood is over.
    """
    wires, flood = Wires(), hellos(HANDSHAKE_COOKIE_RATE + HANDSHAKE_PER_NETWORK_RATE + 10)[1]
    member, newcomer = wires.plug(2), wires.plug(3, address=("fd00::11", 4000))
    spoofed = [(data, (f"10.8.{n}.1", 1)) for n, data in enumerate(flood[:HANDSHAKE_COOKIE_RATE])]
    near = [(f"fd00::{0x100 + n:x}", 1000) for n in range(HANDSHAKE_PER_NETWORK_RATE + 10)]
    proved = [
        (with_cookie(member.transport, data, at, wires.now), at)
        for data, at in zip(flood[HANDSHAKE_COOKIE_RATE:], near, strict=True)
    ]

    def send_all() -> None:
        for data, source in (*spoofed, *proved):
            wires.perform(member, member.transport.on_datagram(data, source, wires.now))

    send_all()
    wires.dial(newcomer, member)
    wires.run(seconds * SECOND, send_all)
    return wires, member, newcomer


def test_whom_its_neighbours_keep_from_being_heard_is_told_so_and_the_member_too() -> None:
    wires, member, newcomer = flooded(8)
    assert newcomer.opened == []
    busy = Unconfirmed(member.node, member.address, UnconfirmedReason.BUSY)
    assert {*newcomer.unconfirmed} == {busy}
    assert {each.why for each in member.put_off} == {PutOffReason.BUSY}
    assert {each.address[0].partition("::")[0] for each in member.put_off} == {"fd00"}
    assert len(member.put_off) <= 8 - BUSY_NS // SECOND, "once a second at most"
    wires.dial(newcomer, member)
    assert wires.run_until(lambda: bool(newcomer.opened), 5 * SECOND), "once it is over"


def test_a_short_rush_is_nothing_to_tell_a_person_of() -> None:
    _, member, _ = flooded(2)
    assert member.transport.counters.over_rate > 0
    assert member.put_off == []


def test_who_may_try_no_more_passphrases_just_now_is_told_so() -> None:
    wires, host = Wires(), "10.6.6.6"
    newcomer = wires.plug(1, room=RIGHT)
    for number in range(2, 2 + TRIES_MAX):
        wires.dial(newcomer, wires.plug(number, room=WRONG, address=(host, number)))
        wires.run(100 * MILLISECOND)
    friend = wires.plug(99, room=RIGHT, address=(host, 99))
    wires.dial(newcomer, friend)
    wires.run(3 * SECOND)
    tried = Unconfirmed(friend.node, friend.address, UnconfirmedReason.TRIED)
    assert {*newcomer.unconfirmed} == {tried}
    assert newcomer.opened == []


def test_a_door_that_was_shut_is_tried_once_a_call_however_often_it_answers() -> None:
    wires = Wires(duplication=1.0)
    newcomer, stranger = wires.plug(1, room=RIGHT), wires.plug(2, room=WRONG)
    wires.dial(newcomer, stranger)
    wires.run(2 * SECOND)
    assert newcomer.denied
    assert len(newcomer.transport._keys.tries._tried) == 1


@pytest.mark.parametrize(
    ("hosts", "each", "is_told"),
    [
        (CALLS_ADVERTISED_MAX, 1, False),
        (CALLS_ADVERTISED_MAX + 1, 1, True),
        (1, CALLS_PER_HOST_MAX + 1, False),
    ],
)
def test_that_more_are_advertised_than_are_called_is_told_but_not_of_many_on_one_machine(
    hosts: int, each: int, is_told: bool
) -> None:
    wires = Wires()
    end = wires.plug(1)
    for number in range(hosts * each):
        at = f"10.7.{number % hosts}.1", 1000 + number
        wires.perform(end, end.transport.dial(at, bytes([number] * 16), Origin.ADVERT, wires.now))
    wires.run(SECOND)
    assert [each.why for each in end.unconfirmed] == [UnconfirmedReason.CROWDED] * is_told
