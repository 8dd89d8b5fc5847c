"""A referee at work: what is due of a log, some facts and a presence."""

from __future__ import annotations

from net import NodeId, Order, Rule
from racer.play.room.facts import Facts
from racer.play.room.messages import Fact, Ruling, decode_ruling
from racer.play.room.referee import Attendance, Referee
from racer.play.room.room import Race
from tests.play.rooms import SETUP, Log, operation

LENGTH_M = 1000.0
REFEREE = Referee(SETUP, {"dockyard": LENGTH_M, "harbour-ring": LENGTH_M}.get)
LONG_AGO = -(10**12)


def here(*nodes: NodeId, since_ns: int = LONG_AGO) -> Attendance:
    return Attendance(dict.fromkeys(nodes, since_ns), {})


def facts_of(*told: tuple[NodeId, Fact], race_us: int = 0) -> Facts:
    facts, counts = Facts(), dict[NodeId, int]()
    for node, fact in told:
        counts[node] = counts.get(node, 0) + 1
        facts.add(operation(node, counts[node], fact, race_us))
    return facts


def due(
    log: Log, facts: Facts, presence: Attendance, race_ns: int, referee: Referee = REFEREE
) -> list[Ruling | Order]:
    """Return what is due, rulings read back from their bytes."""
    found: list[Ruling | Order] = []
    for what in referee.due(log.room, facts, presence, {}, race_ns):
        ruling = decode_ruling(what.body) if isinstance(what, Rule) else what
        assert ruling is not None
        found.append(ruling)
    return found


def race_of(log: Log) -> Race:
    assert log.room.race is not None
    return log.room.race
