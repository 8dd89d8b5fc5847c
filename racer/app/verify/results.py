"""Whether each race has one result."""

from __future__ import annotations

from collections.abc import Sequence

from racer.app.log_reading import LogError
from racer.app.verify.lives import SETTLE_S, Life, PrintedLine
from racer.app.verify.verdict import Verdict


def check_results(lives: Sequence[Life]) -> Verdict:
    """Judge the official results: one digest a race and lineage, one table a digest.

    Nodes that ended in different lineages never met again; they are not compared.

    Raises:
        LogError: a line lacks what it should say.
    """
    verdict = Verdict("a race has one result")
    digests: dict[tuple[str, str], PrintedLine] = {}
    tables: dict[str, PrintedLine] = {}
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
    return verdict


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
    _check_flag([row[2:4] for row in rows], line, verdict)


def _check_flag(rows: Sequence[tuple[object, ...]], line: PrintedLine, verdict: Verdict) -> None:
    """Who finished with fewer laps than the winner did so after it: the flag was out."""
    finished = [(ms, n) for n, ms in rows if isinstance(ms, int) and isinstance(n, int)]
    most = max((n for _, n in finished), default=0)
    flag_ms = min((ms for ms, n in finished if n == most), default=0)
    if any(ms < flag_ms for ms, _ in finished):
        verdict.broken("who is laps behind finished before the winner", line)
