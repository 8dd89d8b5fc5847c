"""Whether all saw what was said in one order, with nothing missing between, and nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, final

from racer.app.log_reading import LogError
from racer.app.verify.folds import begins_anew, fold_of
from racer.app.verify.lives import SETTLE_S, Life, PrintedLine, decreed_lines, decrees_told
from racer.app.verify.verdict import Verdict

TICK_S: Final = 0.1  # what one tick tells is printed within this, or was cut off by a crash
_DIGITS_MAX: Final = 20  # of the number of an operation: it has 32 bits


@final
class Shown:
    """The chat as one life shows it, line by line."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self.places: dict[int, PrintedLine] = {}
        self.lines: dict[str, PrintedLine] = {}  # by dot, as told last
        self._displaced: dict[str, PrintedLine] = {}  # what lost its place, and by what
        self._folded: PrintedLine | None = None  # from which place on the chat is kept

    def begin_at(self, line: PrintedLine) -> None:
        self._folded = line

    def take(self, line: PrintedLine) -> None:
        place, dot = line.number("index"), line.word("dot")
        if self._folded is not None and begins_anew(line, self._folded):
            self._folded = None
        begins = 0 if self._folded is None else self._folded.number("index")
        if place < begins:
            self._verdict.broken(f"place {place} is folded away, and taken", line)
        elif place > begins and place - 1 not in self.places:
            self._verdict.broken(f"place {place} is taken, and the one before it is empty", line)
        before = self.lines.get(dot)
        if before is not None and self.places.get(old := before.number("index")) is before:
            del self.places[old]
        there = self.places.get(place)
        if there is not None:
            self._displaced[there.word("dot")] = line
        self._displaced.pop(dot, None)
        self.places[place] = self.lines[dot] = line

    def end_stay(self, stay: int, ends_s: float) -> None:
        """Look at all that was told in one stay in a lineage, when it is over."""
        for dot, by in sorted(self._displaced.items()):
            lost = self.lines[dot]
            if lost.stay == by.stay == stay and ends_s - by.at_s > TICK_S:
                self._verdict.broken(
                    "a line lost its place to another, and got no new one", lost, by
                )
        told = [self.places[place] for place in sorted(self.places)]
        told = [line for line in told if line.stay == stay]
        for one, next_ in pairwise(told):
            if one.number("decree") >= next_.number("decree"):
                self._verdict.broken("two lines stand in another order than decreed", one, next_)


def check_order(lives: Sequence[Life]) -> Verdict:
    """Judge the chat: one order in each lineage, each line once, an author's lines as it said them.

    Raises:
        LogError: a line lacks what it should say.
    """
    verdict = Verdict("lines of chat have one order everywhere")
    for life in lives:
        shown = Shown(verdict)
        ends = [ends_s for _, _, ends_s in life.stays()]
        stay = 0
        for line in life.told("chat", "chat_folded"):
            for over in range(stay, line.stay):
                shown.end_stay(over, ends[over])
            stay = line.stay
            if line.event == "chat_folded":
                shown.begin_at(line)
            else:
                verdict.judged += 1
                shown.take(line)
        shown.end_stay(stay, ends[stay])
    _check_texts(lives, verdict)
    for lineage in sorted({life_line.lineage for life in lives for life_line in life.told("chat")}):
        _check_authors(decreed_lines(lives, lineage), verdict)
    _check_none_left_out(lives, verdict)
    return verdict


def _check_texts(lives: Sequence[Life], verdict: Verdict) -> None:
    """A line has one author and one text, wherever it is shown."""
    said: dict[str, PrintedLine] = {}
    for life in lives:
        for line in life.told("chat"):
            first = said.setdefault(line.word("dot"), line)
            texts = {str(each.record.fields.get("text")) for each in (first, line)}
            if len(texts) > 1 or first.word("node") != line.word("node"):
                verdict.broken("one line has two texts, or two authors", first, line)


def _check_authors(decreed: dict[int, PrintedLine], verdict: Verdict) -> None:
    """What one life of an author said first stands first."""
    newest: dict[str, PrintedLine] = {}
    for decree in sorted(decreed):
        line = decreed[decree]
        author, number = author_and_number(line)
        before = newest.get(author)
        if before is not None and author_and_number(before)[1] >= number:
            verdict.broken("an author's later line stands first", before, line)
        newest[author] = line


def author_and_number(line: PrintedLine) -> tuple[str, int]:
    """Return which life wrote a line, and the how manieth operation of it that is.

    Raises:
        LogError: its dot is none.
    """
    author, _, number = line.word("dot").rpartition(".")
    if not author or not (number.isascii() and number.isdigit() and len(number) <= _DIGITS_MAX):
        raise LogError(f"{line.record.where}: 'dot' should be a node, a life and a number")
    return author, int(number)


def _check_none_left_out(lives: Sequence[Life], verdict: Verdict) -> None:
    """Who tells a line, and goes on for long, has told by then what all others tell before it.

    Who began from a checkpoint has told all that it keeps.
    """
    orders = {
        lineage: decreed_lines(lives, lineage)
        for lineage in sorted({life.lineage for life in lives})
    }
    decrees = {lineage: decrees_told(order) for lineage, order in orders.items()}
    for life in lives:
        fold = fold_of(life)
        if fold is not None and fold.is_short and life.ends_s - fold.told.at_s > SETTLE_S:
            verdict.broken("fewer lines are shown than a checkpoint keeps", fold.told)
        shown = {line.word("dot"): line for line in life.told("chat")}
        here = [line for line in shown.values() if line.stay == life.lines[-1].stay]
        old = [line for line in here if life.ends_s - line.at_s > SETTLE_S]
        if not old:
            continue
        newest = max(old, key=lambda line: line.number("decree"))
        for decree, line in orders[life.lineage].items():
            if line.word("dot") in shown or decree >= newest.number("decree"):
                continue
            if fold is None or not fold.has_folded(line, decrees[life.lineage]):
                verdict.broken(
                    "a node left out a line that stands before one it shows", line, newest
                )
