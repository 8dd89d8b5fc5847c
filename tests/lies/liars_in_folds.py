"""Lies of who coordinates in what a checkpoint says that all before it amounts to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from net import Folding
from net.node.node import Node
from racer.play.room.fold import RoomAndFacts, pack_fold, read_fold
from racer.play.room.folding import fold_room
from racer.play.room.messages import LapTime

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from net import Command, Decree, NodeId, NodeView, Operation
    from racer.play.room.room import Race
    from tests.lies.liars_in_races import Liar, Lying

LAP_MS: Final = 8_400  # that a car could need, and no bot drives
SOME_DONE_MS: Final = 12_700  # by when the first is through, and not all are


def _folding(from_ms: int, told: Callable[[RoomAndFacts, NodeId, Race], RoomAndFacts]) -> Lying:
    """Return a lie that has each checkpoint from some moment on hold something else, at once."""

    def lie(
        liar: Liar, race: Race, commands: list[Command], node: NodeView, now_ms: int
    ) -> list[Command]:
        assert isinstance(node, Node)
        if now_ms < from_ms or not node.decides or liar.told:
            return commands
        liar.told = True

        def fold(
            before: bytes, decrees: Sequence[Decree], operations: Sequence[Operation]
        ) -> bytes:
            made = read_fold(fold_room(before, decrees, operations))
            assert made is not None
            lied = pack_fold(told(made, node.me, race))
            if lied != pack_fold(made):
                liar.note_lie()
                checkpoints._folding = Folding(fold, 400, 400)
            return lied

        checkpoints = node._checkpoints
        checkpoints._folding = Folding(fold, 1, 400)
        return commands

    return lie


def _with_own_lap(made: RoomAndFacts, me: NodeId, race: Race) -> RoomAndFacts:
    laps = made.facts.laps
    if made.room.race is None or made.room.race.results is not None:
        return made
    if not any(owner == me for owner, *_ in laps):
        laps = (*laps, (me, me, LapTime(race.id, 1, LAP_MS, LAP_MS)))
    return replace(made, facts=replace(made.facts, laps=laps))


def _without_others(made: RoomAndFacts, me: NodeId, race: Race) -> RoomAndFacts:
    laps = tuple(each for each in made.facts.laps if each[0] == me)
    return replace(made, facts=replace(made.facts, laps=laps))


IN_FOLDS: Final[dict[str, Lying]] = {
    "a lap in a checkpoint": _folding(8_500, _with_own_lap),
    "laps left out of a checkpoint": _folding(SOME_DONE_MS, _without_others),
}

PASSED_OVER: Final = ("laps left out of a checkpoint",)
"""Of whose author nothing is refused but that it is late: who decrees may lack what others have."""
