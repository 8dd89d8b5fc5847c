"""Who coordinates beats, is heard, and decrees nothing: bored, or broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from net import Propose

if TYPE_CHECKING:
    from net import Command, NodeView
    from racer.play.room.room import Race
    from tests.lies.liars_in_races import Liar, Lying


def decrees_nothing(
    liar: Liar, _race: Race, commands: list[Command], _node: NodeView, _now_ms: int
) -> list[Command]:
    """Do all that an honest one does, but decide."""
    kept: list[Command] = [each for each in commands if not isinstance(each, Propose)]
    if len(kept) < len(commands):
        liar.note_lie()
    return kept


IDLE: Final[dict[str, Lying]] = {"decrees nothing": decrees_nothing}
