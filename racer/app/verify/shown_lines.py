"""Whether each line of chat that a node showed is shown by it again in its later lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias, final

from racer.app.verify.folds import fold_of
from racer.app.verify.lives import SETTLE_S, Life, PrintedLine
from racer.app.verify.verdict import Verdict

LINE: Final = "a line was shown, and is gone"
PLACED_S: Final = 1.0
"""Where lines get their places anew, those of one author get them so far apart at most."""

Lines: TypeAlias = Mapping[str, PrintedLine]
"""Lines by dot, as told last."""


@final
@dataclass(slots=True)
class LackedLine:
    """A line that a life does not show, though its node had shown it before.

    Args:
        line: as it was told last.
        since_s: when the first life that lacks it was in the room.
        until: the last line of a life that lacks it and had the time to show it; None: none had.
    """

    line: PrintedLine
    since_s: float
    until: PrintedLine | None = None


@final
class KeptLines:
    """What a node has shown in a room, life by life, and what of it is missing.

    Args:
        decrees: of lineages with a fold, by which decree each line has its place, by dot.
    """

    def __init__(self, decrees: Mapping[str, Mapping[str, int]], verdict: Verdict) -> None:
        self._decrees = decrees
        self._verdict = verdict
        self._before: dict[str, PrintedLine] = {}
        self._lacked: dict[str, LackedLine] = {}

    def take(self, life: Life) -> None:
        """Hold what a life shows against what those before it showed."""
        shown = {line.word("dot"): line for line in life.told("chat")}
        self._verdict.judged += len(shown)
        for dot in sorted(self._lacked.keys() & shown.keys()):
            lacked = self._lacked.pop(dot)
            self._verdict.late(shown[dot].at_s - lacked.since_s, lacked.line, shown[dot])
        if life.is_long:
            self._note_missing(life, shown)
        self._before |= shown

    def end(self) -> None:
        """Say what has become of what the last lives lack."""
        for _, lacked in sorted(self._lacked.items()):
            if lacked.until is None:
                self._verdict.on_their_way += 1
            else:
                self._verdict.broken(LINE, lacked.line, lacked.until)

    def _note_missing(self, life: Life, shown: Lines) -> None:
        missing, same = self._missing_in(life, shown), self._same_in(shown)
        was, self._lacked = self._lacked, {}
        assert life.joined_s is not None, "it is long"
        for author, lines in groupby(missing, lambda line: line.word("node")):
            lacking = list(lines)
            had_time = self._had_time(life, shown, author, len(lacking))
            for line in lacking:
                dot = line.word("dot")
                lacked = was.get(dot) or LackedLine(line, life.joined_s)
                keeps_place = line.number("decree") < same.get(line.lineage, 0)
                if (had_time or keeps_place) and lacked.until is None:
                    lacked.until = life.lines[-1]
                self._lacked[dot] = lacked

    def _missing_in(self, life: Life, shown: Lines) -> list[PrintedLine]:
        """Return what a life should show again and does not, by author."""
        fold, again = fold_of(life), self._said_again(shown)
        missing: list[PrintedLine] = []
        for dot in sorted(self._before.keys() - shown.keys()):
            line = self._before[dot]
            if fold is not None and fold.has_folded(line, self._decrees[fold.told.lineage]):
                continue
            if again[_words_of(line)]:
                again[_words_of(line)] -= 1
                del self._before[dot]  # that one is to be shown from now on
                continue
            missing.append(line)
        return sorted(missing, key=lambda line: (line.word("node"), line.word("dot")))

    def _said_again(self, shown: Lines) -> Counter[tuple[str, str]]:
        """Return how often who says what in lines that were not there before.

        What a side of a split had folded away finds no place in the other one's history: its author
        says it again there, as another life.
        """
        return Counter(_words_of(line) for dot, line in shown.items() if dot not in self._before)

    def _had_time(self, life: Life, shown: Lines, author: str, missing: int) -> bool:
        """Tell whether a life was in one lineage for so long that so many had got their places.

        They may come behind all others of their author to which that has given new ones.
        """
        assert life.joined_s is not None, "it is long"
        placed = Counter(
            line.stay
            for dot, line in shown.items()
            if line.word("node") == author and self._is_moved(dot, line)
        )
        return any(
            to_s - max(from_s, life.joined_s) > SETTLE_S + PLACED_S * (missing - 1 + placed[stay])
            for stay, (_, from_s, to_s) in enumerate(life.stays())
        )

    def _same_in(self, shown: Lines) -> dict[str, int]:
        """Return up to which decree of each lineage a life goes on with its history.

        Lines from before that keep their places: they are there at once.
        """
        same: dict[str, int] = {}
        for dot, line in shown.items():
            before = self._before.get(dot)
            if before is not None and before.number("decree") == line.number("decree"):
                same[before.lineage] = max(same.get(before.lineage, 0), line.number("decree"))
        return same

    def _is_moved(self, dot: str, line: PrintedLine) -> bool:
        before = self._before.get(dot)
        return before is not None and before.number("decree") != line.number("decree")


def check_lines(
    lives: Sequence[Life],
    since: Sequence[int],
    decrees: Mapping[str, Mapping[str, int]],
    verdict: Verdict,
) -> None:
    """Hold what each life of a node shows against what the ones before it showed.

    Who comes back into another history shows a line again when that has ordered it anew, which goes
    line by line: that is told as late. What no life shows again is gone, if one of those that lack
    it had the time for it; else it is told that it was still on its way.

    Args:
        since: for each life, from which one on the node has been in the same room.
        decrees: of lineages with a fold, by which decree each line has its place, by dot.

    Raises:
        LogError: a line lacks what it should say.
    """
    for _, room in groupby(zip(since, lives, strict=True), lambda each: each[0]):
        kept = KeptLines(decrees, verdict)
        for _, life in room:
            kept.take(life)
        kept.end()


def _words_of(line: PrintedLine) -> tuple[str, str]:
    return line.word("node"), str(line.record.fields.get("text"))
