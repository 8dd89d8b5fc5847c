"""How a room is folded: a fold before, and what came since, make the next one."""

from __future__ import annotations

from collections.abc import Sequence

from net import Decree, Operation
from racer.play.room.facts import Facts
from racer.play.room.fold import RoomAndFacts, pack_fold, read_fold
from racer.play.room.room import Room


def fold_room(before: bytes, decrees: Sequence[Decree], operations: Sequence[Operation]) -> bytes:
    """Return the fold of all; `net` calls it, with the same arguments at all members."""
    was = read_fold(before) or RoomAndFacts()
    room, facts = Room.begin_from(was.room), Facts()
    facts.begin_from(was.facts, room)
    for decree in decrees:
        room.apply(decree)
    for operation in operations:
        facts.add(operation)
    kept = facts.fold(room)
    return pack_fold(RoomAndFacts(room.fold(facts.lines), kept))
