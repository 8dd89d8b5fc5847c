"""Whether each race that is over has one result, and its table is what laps make it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Final

from racer.app.log_reading import LogError
from racer.app.verify.lives import SETTLE_S, Life, PrintedLine
from racer.app.verify.settled import unsteady_cars
from racer.app.verify.verdict import Verdict

NO_RESULTS: Final = "a race is over, and has no results"
LAPS_MISSING: Final = "a table has laps that are not shown"


def check_results(lives: Sequence[Life]) -> Verdict:
    """Judge the official results: one digest a race and lineage, one table a digest.

    Nodes that ended in different lineages never met again; they are not compared. Who shows a table
    shows the laps by which it came about, and who sees the end of a race sees its table.

    Raises:
        LogError: a line lacks what it should say.
    """
    verdict = Verdict("a race has one result, made of the laps that are shown")
    digests: dict[tuple[str, str], PrintedLine] = {}
    tables: dict[str, PrintedLine] = {}
    unsteady = unsteady_cars(lives)
    last: dict[tuple[str, str], PrintedLine] = {}  # of each lineage in which lives ended, by race
    for life in lives:
        final: dict[str, PrintedLine] = {}
        for line in life.told("results"):
            if line.record.fields.get("official") is not True:
                continue
            verdict.judged += 1
            race, digest = line.word("race"), line.word("digest")
            final[race] = line
            first = digests.setdefault((line.lineage, race), line)
            if first.word("digest") != digest:
                verdict.broken("one race has two results", first, line)
            first = tables.setdefault(digest, line)
            if _table_rows(first) != _table_rows(line):
                verdict.broken("results of one digest differ", first, line)
            _check_table(line, verdict)
        if life.stayed_s > SETTLE_S:
            _compare_last(life, final, last, verdict)
        _check_ends(life, unsteady, verdict)
    return verdict


def _check_ends(life: Life, unsteady: Container[tuple[str, str]], verdict: Verdict) -> None:
    """A race that is over has official results at once.

    Unless those were told in a stay before, and a merge opened the race again; or a clock that had
    leapt showed the green light too early, and was set right.
    """
    phase: PrintedLine | None = None
    owed: PrintedLine | None = None  # the end of a race whose results are still to come
    official_in = -1  # the last stay in which official results were told
    is_driven = False  # a lap was told since that phase began
    for line in life.told("phase", "results", "lap"):
        if line.event == "lap":
            is_driven = True
        elif line.event == "phase":
            if owed is not None:
                verdict.broken(NO_RESULTS, owed, line)
            too_early = line.word("phase") == "countdown" and not is_driven
            is_end = not too_early and _tells_end(phase, line)
            owed = line if official_in in {-1, line.stay} and is_end else None
            phase, is_driven = line, False
        elif line.record.fields.get("official") is True:
            owed, official_in = None, line.stay
            ran = phase is not None and phase.word("phase") in {"racing", "finished"}
            is_whole = ran and life.ends_s - line.at_s > SETTLE_S
            _check_against_laps(line, life, unsteady, verdict, is_whole=is_whole)
        else:
            _check_against_laps(line, life, unsteady, verdict, is_whole=True)
    if owed is not None and life.ends_s - owed.at_s > SETTLE_S:
        verdict.broken(NO_RESULTS, owed)


def _tells_end(before: PrintedLine | None, phase: PrintedLine) -> bool:
    """Tell whether a race is over: it is shown as such, or the room was racing and is not now."""
    if phase.word("phase") == "finished":
        return True
    raced = before is not None and before.word("phase") == "racing"
    return raced and before is not None and before.stay == phase.stay


def _check_against_laps(
    line: PrintedLine,
    life: Life,
    unsteady: Container[tuple[str, str]],
    verdict: Verdict,
    *,
    is_whole: bool,
) -> None:
    """The laps that a life shows are those of the table; later ones came late, and count no more.

    A provisional table is made of what the node had itself. An official one may be ahead of laps
    that are on their way.

    Args:
        is_whole: all laps are shown; else the life ended before they came, or found its room in the
            lobby again, where laps may be dropped.
    """
    race = line.word("race")
    laps: dict[str, list[PrintedLine]] = {}
    for lap in life.told("lap"):
        if lap.word("race") == race:
            laps.setdefault(lap.word("node"), []).append(lap)
    rows = _table_rows(line)
    is_elimination = any(out_lap is not None for *_, out_lap in rows)
    for _, node, count, ms, best_ms, _ in rows:
        if not isinstance(node, str) or not isinstance(count, int):
            raise LogError(f"{line.record.where}: a row of 'table' has no 'node', or no 'laps'")
        mine = laps.get(node, [])[: max(count, 0)]
        if len(mine) != count:
            if not is_whole:
                continue
            verdict.broken(f"{LAPS_MISSING}: {count} of {node}", *mine[-1:], line)
        elif mine and not is_elimination and (race, node) not in unsteady:
            if ms is not None and mine[-1].number("race_ms") != ms:
                verdict.broken("a table has another time than the last lap", mine[-1], line)
            if min(lap.number("ms") for lap in mine) != best_ms:
                verdict.broken("a table has another best lap than is shown", *mine, line)


def _compare_last(
    life: Life,
    final: dict[str, PrintedLine],
    last: dict[tuple[str, str], PrintedLine],
    verdict: Verdict,
) -> None:
    """What nodes told last of a race is the same where they ended in one lineage."""
    for race, line in final.items():
        first = last.setdefault((life.lineage, race), line)
        if first.word("digest") != line.word("digest") and first.lineage != line.lineage:
            verdict.broken("one race ended with two results", first, line)


def _table_rows(line: PrintedLine) -> list[tuple[object, ...]]:
    """Return the rows of a table, without names: those are what each knew them by."""
    rows = line.record.fields.get("table")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LogError(f"{line.record.where}: 'table' should be a list of rows")
    wanted = ("place", "node", "laps", "ms", "best_ms", "out_lap")
    return [tuple(row.get(name) for name in wanted) for row in rows]


def _check_table(line: PrintedLine, verdict: Verdict) -> None:
    rows = _table_rows(line)
    places, nodes = [row[0] for row in rows], [row[1] for row in rows]
    if places != list(range(1, len(rows) + 1)) or len(set(nodes)) != len(nodes):
        verdict.broken("a table has a place, or a driver, twice or not at all", line)
    by_time = [(ms is None, -_count(n), _count(ms)) for _, _, n, ms, *_ in rows]
    by_best = [(best is None, _count(best)) for *_, best, _ in rows]
    is_elimination = any(out_lap is not None for *_, out_lap in rows)
    if not is_elimination and by_time != sorted(by_time) and by_best != sorted(by_best):
        verdict.broken("a table stands in the order of neither its times nor its best laps", line)
    _check_flag([row[2:4] for row in rows], line, verdict)


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _check_flag(rows: Sequence[tuple[object, ...]], line: PrintedLine, verdict: Verdict) -> None:
    """Who finished with fewer laps than the winner did so after it: the flag was out."""
    finished = [(ms, n) for n, ms in rows if isinstance(ms, int) and isinstance(n, int)]
    most = max((n for _, n in finished), default=0)
    flag_ms = min((ms for ms, n in finished if n == most), default=0)
    if any(ms < flag_ms for ms, _ in finished):
        verdict.broken("who is laps behind finished before the winner", line)
