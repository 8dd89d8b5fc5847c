"""Whether each car number was one driver's at a time, and each driver had one."""

from __future__ import annotations

from collections.abc import Sequence

from racer.app.verify.lives import Life, PrintedLine
from racer.app.verify.verdict import Verdict


def check_seats(lives: Sequence[Life]) -> Verdict:
    """Judge the seats as each life shows them, at every moment.

    Raises:
        LogError: a line lacks what it should say.
    """
    verdict = Verdict("a car number is one driver's, and a driver has one")
    for life in lives:
        seats: dict[int, PrintedLine] = {}
        for line in life.told("seat"):
            verdict.judged += 1
            _take_seat(line, seats, verdict)
    return verdict


def _take_seat(line: PrintedLine, seats: dict[int, PrintedLine], verdict: Verdict) -> None:
    number = line.number("number")
    before = seats.pop(number, None)
    if line.is_null("node"):
        return
    node = line.word("node")
    if before is not None and before.word("node") != node:
        verdict.broken(f"number {number} is two drivers'", before, line)
    for other in seats.values():
        if other.word("node") == node:
            verdict.broken(f"{node} has two numbers", other, line)
    seats[number] = line
