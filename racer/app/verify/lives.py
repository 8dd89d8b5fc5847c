"""What nodes printed, as lives of processes: each line with the lineage that its node was in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from racer.app.log_reading import WORDS, LogError, LogRecord

SETTLE_S: Final = 5.0
"""Within this, what is on its way arrives: what is shorter than that proves less."""
FORGETS: Final = ("will not remember", "remembers nothing", "does not remember")
"""Words of a racer whose disk takes nothing, or did not for a while."""
LEFT_OUT: Final = ("is left out", "are left out")
"""Words of a racer that could not read all that was kept."""


@final
@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line that a node printed.

    Args:
        lineage: the one told last before it; empty: none yet.
        stay: which of the life's stays in a lineage it belongs to.
    """

    record: LogRecord
    lineage: str
    stay: int

    @property
    def event(self) -> str:
        return self.record.event

    @property
    def at_s(self) -> float:
        return self.record.at_s

    def word(self, name: str) -> str:
        """Return a field that is text and says something.

        Raises:
            LogError: it is not, or is missing, as in what an older version printed.
        """
        found = self.record.text(name)
        if not found:
            raise LogError(f"{self.record.where}: has no {name!r}")
        return found

    def number(self, name: str) -> int:
        """Return a field that is a whole number.

        Raises:
            LogError: it is something else, or missing.
        """
        return self.record.number(name)

    def is_null(self, name: str) -> bool:
        """Tell whether a field says that there is none."""
        return name in self.record.fields and self.record.fields[name] is None

    def quoted(self) -> str:
        """Return file, line number and the line as it was printed, fit for any terminal."""
        return f"{self.record.where}: {json.dumps(dict(self.record.fields))}"


@final
@dataclass(frozen=True, slots=True)
class Life:
    """One process of a node, from its start to its end.

    Args:
        node: short hex; empty where it never joined.
        log: which of the files it printed.
        number: which of the node's processes it is.
        joined_s: when it was in the room; None: never.
    """

    node: str
    log: int
    number: int
    lines: tuple[PrintedLine, ...]
    joined_s: float | None
    ends_s: float

    @property
    def lineage(self) -> str:
        """The lineage that it ended in."""
        return self.lines[-1].lineage

    @property
    def is_long(self) -> bool:
        """Whether it was in the room for so long that it has shown all that its node held."""
        return self.joined_s is not None and self.ends_s - self.joined_s > SETTLE_S

    @property
    def forgets(self) -> bool:
        """Whether it said that its machine does not remember what it shows."""
        return self._says(FORGETS)

    @property
    def has_lost(self) -> bool:
        """Whether it said that it could not read all that its machine had kept."""
        return self._says(LEFT_OUT)

    def _says(self, phrases: tuple[str, ...]) -> bool:
        texts = [str(line.record.fields.get("text")) for line in self.told(WORDS)]
        return any(phrase in text for text in texts for phrase in phrases)

    @property
    def stayed_s(self) -> float:
        """For how long it was in that lineage."""
        return self.ends_s - min(
            line.at_s for line in self.lines if line.stay == self.lines[-1].stay
        )

    def told(self, *events: str) -> Iterator[PrintedLine]:
        return (line for line in self.lines if line.event in events)

    def stays(self) -> list[tuple[str, float, float]]:
        """Return the lineage of each stay, and from when to when it lasted; "" before the first."""
        found: list[tuple[str, float, float]] = []
        for line in self.lines:
            if line.stay == len(found):
                found.append((line.lineage, line.at_s, self.ends_s))
                if line.stay:
                    lineage, from_s, _ = found[-2]
                    found[-2] = (lineage, from_s, line.at_s)
        return found


def lives_of(logs: Iterable[Sequence[LogRecord]]) -> list[Life]:
    """Return the lives that logs tell of, file by file, in their order.

    A process tells the first lineage that it enters without the one before; so a log of a node
    that was started again is cut there.
    """
    return [
        _make_life(records, log, number)
        for log, each in enumerate(logs)
        for number, records in enumerate(filter(None, _split_processes(each)))
    ]


def decreed_lines(lives: Iterable[Life], lineage: str) -> dict[int, PrintedLine]:
    """Return what was told of a lineage's order: for each decree one of those who told it."""
    found: dict[int, PrintedLine] = {}
    for life in lives:
        for line in life.told("chat"):
            if line.lineage == lineage:
                found.setdefault(line.number("decree"), line)
    return found


def decrees_told(order: Mapping[int, PrintedLine]) -> dict[str, int]:
    """Return by which decree each line of a lineage's order has its place, by dot."""
    return {line.word("dot"): decree for decree, line in order.items()}


def _split_processes(records: Sequence[LogRecord]) -> list[list[LogRecord]]:
    lives: list[list[LogRecord]] = []
    told: set[str] = set()
    for record in records:
        first = record.event == "joined" or (
            record.event == "lineage" and record.fields.get("was") is None
        )
        if not lives or (first and record.event in told):
            lives.append(_take_prelude(lives[-1]) if lives else [])
            told = set()
        if first:
            told |= {record.event, "lineage"}
        lives[-1].append(record)
    return lives


def _take_prelude(life: list[LogRecord]) -> list[LogRecord]:
    """Cut off what the next process told before its first lineage: whom it met, what it kept."""
    start = len(life)
    while start and _may_come_first(life[start - 1]):
        start -= 1
    prelude = life[start:]
    del life[start:]
    return prelude


def _may_come_first(record: LogRecord) -> bool:
    if record.event == "peer":
        return record.text("state") == "alive"
    return record.event in {"awaits", "revived", WORDS}


def _make_life(records: Sequence[LogRecord], log: int, number: int) -> Life:
    lines: list[PrintedLine] = []
    lineage, stay, node, joined_s = "", 0, "", None
    for record in records:
        if record.event == "lineage":
            lineage, stay = record.text("lineage"), stay + bool(lines)
        elif record.event == "joined":
            node, joined_s = record.text("node"), record.at_s
        lines.append(PrintedLine(record, lineage, stay))
    return Life(node, log, number, tuple(lines), joined_s, max(line.at_s for line in lines))
