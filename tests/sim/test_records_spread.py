"""Lap records among nodes in virtual time: all boards become one, whoever comes late."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from net.sim import Conditions, World
from racer.app.circuits.catalog import circuit, circuit_line
from racer.app.circuits.digests import circuit_ids
from racer.core.rules.race_setup import RaceSetup
from racer.play.records.record_book import DropRecord, RecordBook, SaveRecord
from racer.play.room.messages import Setup
from racer.play.session import Player, Session
from tests.play.laps import Atlas, claim, drive_lap, signer

if TYPE_CHECKING:
    from random import Random

    from net import NodeId
    from net.sim import Machine
    from racer.play.room.lap_record import LapRecord

pytestmark = pytest.mark.sim

SECOND = 1_000_000_000
TRACK = "dockyard"


def test_a_record_gets_to_all_boards_and_to_whoever_comes_later() -> None:
    track = circuit(TRACK)
    line = circuit_line(TRACK)
    books: dict[int, RecordBook] = {}
    saved: dict[int, set[LapRecord]] = {number: set() for number in range(4)}

    def sink(machine: Machine, what: object, now_ns: int) -> None:
        if isinstance(what, SaveRecord):
            saved[machine.number].add(what.record)
        elif isinstance(what, DropRecord):
            saved[machine.number].discard(what.record)

    def make(
        number: int, kept: tuple[tuple[LapRecord, bytes], ...], me: NodeId, rng: Random
    ) -> Session:
        player = Player(
            race="simulation", name="ada", bot=True, setup=Setup(RaceSetup(TRACK, 1), 9), stays=True
        )
        circuit_index = Atlas({TRACK: track}, {TRACK: circuit_ids()[TRACK]})
        book = RecordBook("ada", signer(9 + number), circuit_index, lambda: kept)
        books[number] = book
        return Session(player, me, {TRACK: track}, {TRACK: line}, rng, book)

    lap = drive_lap(track, line, circuit=circuit_ids()[TRACK])
    theirs = drive_lap(track, line, 0.4, circuit=circuit_ids()[TRACK])
    true, other = claim(lap, signer(1), "ada"), claim(theirs, signer(2), "ben")
    world = World(1, sink, Conditions(loss=0.1))
    world.add(partial(make, 0, (true,)), 0)
    world.add(partial(make, 1, ()), SECOND // 10)
    world.add(partial(make, 2, (other,)), SECOND // 5)
    world.add(partial(make, 3, ()), 20 * SECOND)
    both = (true[0], other[0])
    world.run(20 * SECOND, lambda: all(books[k].board.records() == both for k in range(3)))
    assert world.now_ns < 20 * SECOND
    world.run(40 * SECOND, lambda: 3 in books and books[3].board.records() == both)
    assert world.now_ns < 40 * SECOND
    assert saved[1] == saved[3] == set(both)
    assert books[3].recording(true[0].recording) == true[1]
