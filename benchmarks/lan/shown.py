"""What bots have shown of that which must stay, and what of it a later life lacks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Line: TypeAlias = Mapping[str, Any]
Lap: TypeAlias = tuple[str, str, int, int]
"""Race, car, number, ms."""


@dataclass(slots=True)
class Settled:
    """What a power cut may not take: a line that anybody had shown, a lap that all had shown.

    Lines are never taken back. Laps are, where a busy machine splits the room: both parts may drive
    a car on, and a merge keeps one of two laps.
    """

    lines: dict[str, int] = field(default_factory=dict)  # their places, by dot
    laps: set[Lap] = field(default_factory=set)

    def take(self, lives: Sequence[Sequence[Line]]) -> None:
        """Add what the lives of all have printed, newer than all before."""
        for life in lives:
            self.lines |= _lines_of(life)
        self.laps |= set.intersection(*map(_laps_of, lives))

    def lost_in(self, life: Iterable[Line], *, split: bool = False) -> list[str]:
        """Return what a later life does not show.

        It need not show lines that it says a checkpoint has folded, nor laps of a race that it
        shows none of.

        Args:
            split: the room was in parts since; so laps are not asked for.
        """
        told = list(life)
        lines, laps = _lines_of(told), _laps_of(told)
        folds = [line["index"] for line in told if line["event"] == "chat_folded"]
        first = folds[-1] if folds else 0
        races = set() if split else {race for race, *_ in laps}
        gone = [dot for dot, at in self.lines.items() if at >= first and dot not in lines]
        gone_laps = sorted(lap for lap in self.laps - laps if lap[0] in races)
        return [
            *(f"line {dot}" for dot in gone),
            *(f"lap {number} of {node} in {race}" for race, node, number, _ in gone_laps),
        ]


def _lines_of(life: Iterable[Line]) -> dict[str, int]:
    return {line["dot"]: line["index"] for line in life if line["event"] == "chat"}


def _laps_of(life: Iterable[Line]) -> set[Lap]:
    return {
        (line["race"], line["node"], line["lap"], line["ms"])
        for line in life
        if line["event"] == "lap"
    }
