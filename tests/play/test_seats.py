"""A grid of 24: what all of them drove fits one decree, and who comes after them is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from net import Dot, Report
from net.limits import DECREE_BODY_BYTES_MAX
from racer.core.tuning import GRID_MAX, LAPS_MAX
from racer.play.reports import WaitingSeen
from racer.play.room.facts import Facts
from racer.play.room.messages import Grid, Removal, ResultRow, Results, decode_ruling, encode
from racer.play.room.room import Room
from racer.play.show.room_news import RoomNews
from tests.play.test_referee import entered

if TYPE_CHECKING:
    from racer.play.room.messages import Ruling

ME = bytes([99]) * 16
NODES = tuple(bytes([255 - k]) * 16 for k in range(GRID_MAX))
LONGEST_MS = 2**32 - 1


def fits(ruling: Ruling) -> bool:
    body = encode(ruling)
    return len(body) <= DECREE_BODY_BYTES_MAX and decode_ruling(body) == ruling


def test_the_largest_table_of_24_cars_fits_one_decree_in_any_mode() -> None:
    rows = tuple(
        ResultRow(node, k + 1, LAPS_MAX, LONGEST_MS, LONGEST_MS, LAPS_MAX)
        for k, node in enumerate(NODES)
    )
    assert fits(Results(bytes(8), rows, 2**52))
    assert not fits(Results(bytes(8), (ResultRow(ME, 1, 1, LONGEST_MS + 1, None),), 0))


def test_a_grid_of_24_and_the_votes_of_all_of_them_fit_one_decree_each() -> None:
    numbers = tuple(range(1, GRID_MAX + 1))
    assert fits(Grid(numbers, 2**52, (2,) * GRID_MAX, True))
    assert fits(Removal(ME, tuple(Dot(node, 2**53, 2**32 - 1) for node in NODES)))


def test_who_finds_all_cars_taken_is_told_so_once_until_one_is_free() -> None:
    news, room, facts = RoomNews("friday", ME, "Kim"), Room(), entered(ME)
    for number, node in enumerate(NODES, start=1):
        assert news.on_seats(room, facts) == ([], [])
        room.seats[node] = number
    commands, lines = news.on_seats(room, facts)
    words = f"friday: all {GRID_MAX} cars are taken: we watch, and drive once one is free"
    assert commands == [Report(WaitingSeen("friday", "cars", None, None, words))]
    assert lines == [words]
    assert news.on_seats(room, facts) == ([], [])
    room.seats[ME] = room.seats.pop(NODES[3])
    assert news.on_seats(room, facts) == ([], [])
    room.seats[NODES[3]] = room.seats.pop(ME)
    assert news.on_seats(room, facts)[1] == [words]


def test_who_only_watches_lacks_no_car() -> None:
    room = Room()
    room.seats.update({node: number for number, node in enumerate(NODES, start=1)})
    assert RoomNews("friday", ME, "Kim").on_seats(room, Facts()) == ([], [])
