"""What is heard of a flood, in a time of our own."""

from __future__ import annotations

from random import Random

from net.runtime.udp.floods import (
    FIRST_MESSAGES_A_TURN,
    FIRST_MESSAGES_AT_ONCE,
    LASTING,
    PACKETS_AT_ONCE,
    PACKETS_PER_S,
    FirstMessages,
    LastingFlood,
    PacketPace,
)
from net.security.cookie import COOKIE_BYTES, NO_COOKIE
from net.transport.datagram import DatagramKind
from tests.siege.attacks import Hellos

BURST = int(PACKETS_AT_ONCE)
HELLOS = Hellos("Friday", Random(1))
MANY = 500


def test_a_burst_is_taken_and_after_it_so_many_a_second() -> None:
    pace = PacketPace(10.0)
    assert [pace.take(10.0, asks=False) for _ in range(BURST + 1)] == [True] * BURST + [False]
    taken = sum(pace.take(10.0 + number / 1024, asks=False) for number in range(1, 10_241))
    assert taken == 10 * PACKETS_PER_S


def test_who_was_quiet_for_long_has_one_burst_and_no_more() -> None:
    pace = PacketPace(0.0)
    assert sum(pace.take(1e6, asks=True) for _ in range(2 * BURST)) == BURST


def test_no_flood_of_those_who_tell_keeps_a_question_out_nor_the_other_way_round() -> None:
    for flooded in (True, False):
        pace = PacketPace(0.0)
        for _ in range(2 * BURST):
            pace.take(0.0, asks=flooded)
        assert not pace.take(0.0, asks=flooded)
        assert pace.take(0.0, asks=not flooded)


def test_of_first_messages_a_turn_hears_so_many_and_of_all_else_everything() -> None:
    heed = FirstMessages()
    assert turn(heed, HELLOS.make()) == FIRST_MESSAGES_AT_ONCE
    assert [turn(heed, HELLOS.make()) for _ in range(5)] == [FIRST_MESSAGES_A_TURN] * 5
    for kind in DatagramKind:
        if kind is not DatagramKind.HELLO:
            assert turn(heed, bytes([kind]) * 200) == MANY, kind.name
    assert heed.hears(b"")


def test_after_calm_turns_a_whole_room_that_starts_is_heard_at_once() -> None:
    heed = FirstMessages()
    turn(heed, HELLOS.make())
    for _ in range(FIRST_MESSAGES_AT_ONCE // FIRST_MESSAGES_A_TURN):
        heed.begin_turn()
    assert turn(heed, HELLOS.make()) == FIRST_MESSAGES_AT_ONCE


def test_who_bears_a_cookie_does_not_compete_with_those_who_have_none() -> None:
    heed = FirstMessages()
    for _ in range(3):
        turn(heed, HELLOS.make(NO_COOKIE))
    assert turn(heed, HELLOS.make(b"c" * COOKIE_BYTES)) == FIRST_MESSAGES_AT_ONCE


def turn(heed: FirstMessages, data: bytes) -> int:
    """Return how often a datagram is heard in a turn in which it comes MANY times."""
    heed.begin_turn()
    return sum(heed.hears(data) for _ in range(MANY))


def test_a_burst_is_not_told_and_a_lasting_flood_once_until_it_is_over() -> None:
    flood = LastingFlood()
    burst = [flood.begins(dropped, second) for second, dropped in enumerate((0, 7, 9, 9, 9))]
    assert not any(burst)
    lasting = [flood.begins(10 + second, 5 + second) for second in range(20)]
    assert [second for second, told in enumerate(lasting) if told] == [LASTING - 1]
    again = [flood.begins(dropped, dropped) for dropped in (29, 30, 31, 32, 33)]
    assert again == [False, False, False, True, False]


def test_who_asks_often_is_told_as_who_asks_each_second() -> None:
    flood = LastingFlood()
    told = [step for step in range(100) if flood.begins(step + 1, step / 10)]
    assert told == [10 * (LASTING - 1)]
