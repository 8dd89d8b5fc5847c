"""What bots have shown of that which must stay, and what of it a later life lacks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Line: TypeAlias = Mapping[str, Any]
Lap: TypeAlias = tuple[str, str, int, int]
"""Race, car, number, ms."""


OF_RACES: Final = {"lap", "finish", "pickup", "control", "results"}
IDLE: Final = {"lobby", "finished"}  # phases in which a room begins no other race
WHOLE: Final = {"racing", "finished"}  # phases in which it has all laps of its race


@dataclass(slots=True)
class Settled:
    """What a power cut may not take: a line that anybody had shown, what of races all had shown.

    Lines are never taken back. Laps and results are, where a busy machine splits the room: both
    parts may drive a car on, and a merge keeps one of two laps.
    """

    lines: dict[str, int] = field(default_factory=dict)  # their places, by dot
    laps: set[Lap] = field(default_factory=set)
    results: dict[str, str] = field(default_factory=dict)  # digests of official ones, by race
    last: str = ""  # the race of which all told last, if it is one

    def take(self, lives: Sequence[Sequence[Line]]) -> None:
        """Add what the lives of all have printed, newer than all before."""
        for life in lives:
            self.lines |= _lines_of(life)
        self.laps |= set.intersection(*map(_laps_of, lives))
        self.results |= set.intersection(*(set(_results_of(life).items()) for life in lives))
        ends = {races[-1] for races in map(_races_of, lives) if races}
        if ends:
            self.last = ends.pop() if len(ends) == 1 else ""

    def lost_in(self, life: Iterable[Line], *, split: bool = False) -> list[str]:
        """Return what a later life does not show.

        It need not show lines that it says a checkpoint has folded, nor anything of a race behind
        which the room has begun another.

        Args:
            split: the room was in parts since; so of races nothing is asked for.
        """
        told = list(life)
        lines = _lines_of(told)
        folds = [line["index"] for line in told if line["event"] == "chat_folded"]
        first = folds[-1] if folds else 0
        gone = [dot for dot, at in self.lines.items() if at >= first and dot not in lines]
        return [f"line {dot}" for dot in gone] + ([] if split else self._lost_of_races(told))

    def _lost_of_races(self, life: Sequence[Line]) -> list[str]:
        """Return which laps and results a life does not show of races that it shows again.

        Laps are dropped in the lobby: who comes back then shows none.
        """
        laps, results, races = _laps_of(life), _results_of(life), set(_races_of(life))
        phases = [line["phase"] for line in life if line["event"] == "phase"]
        whole = races if WHOLE.issuperset(phases[:1]) and phases else {race for race, *_ in laps}
        if not races and phases and IDLE.issuperset(phases) and self.last in self.results:
            races = {self.last}
        gone_laps = sorted(lap for lap in self.laps - laps if lap[0] in whole)
        return [
            *(f"lap {number} of {node} in {race}" for race, node, number, _ in gone_laps),
            *(
                f"results {digest} of {race}"
                for race, digest in self.results.items()
                if race in races and results.get(race) != digest
            ),
        ]


def _lines_of(life: Iterable[Line]) -> dict[str, int]:
    return {line["dot"]: line["index"] for line in life if line["event"] == "chat"}


def _laps_of(life: Iterable[Line]) -> set[Lap]:
    return {
        (line["race"], line["node"], line["lap"], line["ms"])
        for line in life
        if line["event"] == "lap"
    }


def _results_of(life: Iterable[Line]) -> dict[str, str]:
    return {
        line["race"]: line["digest"]
        for line in life
        if line["event"] == "results" and line["official"]
    }


def _races_of(life: Iterable[Line]) -> list[str]:
    """Return the races that a life tells of, in their order."""
    return list(dict.fromkeys(line["race"] for line in life if line["event"] in OF_RACES))
