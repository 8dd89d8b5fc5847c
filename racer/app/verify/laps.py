"""Whether laps count up by one, time runs forward over them, and each has one time."""

from __future__ import annotations

from collections.abc import Sequence

from racer.app.verify.lives import Life, PrintedLine
from racer.app.verify.settled import Thing, thing_told, unsteady_cars
from racer.app.verify.verdict import Verdict


def check_laps(lives: Sequence[Life]) -> Verdict:
    """Judge the laps of each car as each life shows them: one that starts again begins with 1.

    So may one that enters another lineage.

    Of a car that its owner alone drove, in one go, each lap has one time wherever it is shown.

    Raises:
        LogError: a line lacks what it should say.
    """
    verdict = Verdict("laps count up by one, in time that runs forward, and have one time each")
    unsteady, times = unsteady_cars(lives), dict[Thing, PrintedLine]()
    for life in lives:
        newest: dict[tuple[str, str], PrintedLine] = {}
        for line in life.told("lap"):
            verdict.judged += 1
            car = line.word("race"), line.word("node")
            before = newest.get(car)
            if before is not None and before.stay != line.stay and line.number("lap") == 1:
                before = None  # the race as another lineage has it is told from its beginning
            _check_lap(before, line, verdict)
            newest[car] = line
        for line in life.told("lap", "finish"):
            if (line.word("race"), line.word("node")) not in unsteady:
                _check_time(line, times, verdict)
    return verdict


def _check_time(line: PrintedLine, times: dict[Thing, PrintedLine], verdict: Verdict) -> None:
    thing, says = thing_told(line)
    first = times.setdefault(thing, line)
    if thing_told(first)[1] != says:
        verdict.broken(f"a {line.event} of a car has two times", first, line)


def _check_lap(before: PrintedLine | None, line: PrintedLine, verdict: Verdict) -> None:
    lap, ms, race_ms = line.number("lap"), line.number("ms"), line.number("race_ms")
    expected = 1 if before is None else before.number("lap") + 1
    if lap != expected:
        lines = (line,) if before is None else (before, line)
        verdict.broken(f"lap {lap} is told where lap {expected} must come", *lines)
    if ms <= 0 or ms > race_ms:
        verdict.broken("a lap took no time, or more than the race did", line)
    if before is not None and race_ms <= before.number("race_ms"):
        verdict.broken("a lap ends before the one before it", before, line)
