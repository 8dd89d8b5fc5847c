"""Whether each decree of a lineage says the same to all, and each thing by one decree."""

from __future__ import annotations

from collections.abc import Sequence

from racer.app.verify.lives import Life, PrintedLine
from racer.app.verify.verdict import Verdict


def check_decrees(lives: Sequence[Life]) -> Verdict:
    """Judge the log of each lineage by the words and seats that came of its decrees.

    Raises:
        LogError: a line lacks what it should say.
    """
    verdict = Verdict("a decree of a lineage is the same everywhere")
    said: dict[tuple[str, int], PrintedLine] = {}
    by: dict[tuple[str, str], PrintedLine] = {}
    folds: dict[tuple[str, int], PrintedLine] = {}
    for life in lives:
        for line in life.told("chat_folded"):
            verdict.judged += 1
            first = folds.setdefault((line.lineage, line.number("decree")), line)
            if first.number("index") != line.number("index"):
                verdict.broken("one checkpoint begins the chat at two places", first, line)
        for line in life.told("chat", "seat"):
            if line.is_null("decree"):
                continue  # a number that is free again
            verdict.judged += 1
            decree = line.number("decree")
            first = said.setdefault((line.lineage, decree), line)
            if _decreed_content(first) != _decreed_content(line):
                verdict.broken(
                    f"decree {decree} of lineage {line.lineage} says two things", first, line
                )
            if line.event == "chat":
                first = by.setdefault((line.lineage, line.word("dot")), line)
                if first.number("decree") != decree:
                    verdict.broken("one line has two places in one lineage", first, line)
    return verdict


def _decreed_content(line: PrintedLine) -> tuple[str, ...]:
    """Return what a decree said, as a line tells it."""
    if line.event == "chat":
        return ("chat", line.word("dot"))
    return ("seat", str(line.number("number")), line.word("node"))
