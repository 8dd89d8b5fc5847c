"""`racer verify`: whether what nodes printed can be true, and all of it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from net import UsageError
from racer.app.commands.parser import FAILURE, OK
from racer.app.log_reading import LogError, read_records
from racer.app.verify.judge import judge

if TYPE_CHECKING:
    from pathlib import Path

    from racer.app.log_reading import LogRecord
    from racer.app.verify.verdict import Verdict


def verify_logs(paths: Sequence[Path]) -> int:
    """Judge the logs of the nodes of a room; print a line a check, and each violation in full.

    Returns:
        0 where every promise was kept, else 1: also where there was nothing to judge, in a log
        or in all.

    Raises:
        UsageError: a file cannot be read, or a line of it lacks what it should say.
    """
    try:
        logs = [records for _, records in read_records(*paths)]
        verdicts = judge(logs)
    except LogError as error:
        raise UsageError(str(error)) from None
    unjudged = list(_unjudged_logs(paths, logs))
    if not any(verdict.judged for verdict in verdicts.values()):
        unjudged.append("nothing judged: no log tells what a room promises")
    for line in (*told(verdicts), *unjudged):
        print(line, flush=True)
    broken = any(verdict.violations for verdict in verdicts.values())
    return FAILURE if broken or unjudged else OK


def _unjudged_logs(paths: Sequence[Path], logs: Sequence[Sequence[LogRecord]]) -> Iterator[str]:
    """Yield for each log of a node that never was in a room that it proves nothing."""
    for path, records in zip(paths, logs, strict=True):
        if not any(record.event == "joined" for record in records):
            yield f'nothing judged: {path} has no line "joined": its node was in no room'


def told(verdicts: Mapping[str, Verdict]) -> list[str]:
    """Return verdicts as lines for people."""
    lines: list[str] = []
    for name, verdict in verdicts.items():
        count = len(verdict.violations)
        found = f"{count} VIOLATION{'S' if count > 1 else ''}" if count else "ok"
        counts = "; ".join((f"{verdict.judged} lines", *_told_apart(verdict)))
        lines.append(f"{name:<12} {found}: {verdict.promise} ({counts})")
        late = () if verdict.latest is None else (verdict.latest,)
        for each in (*verdict.violations, *late):
            lines.extend(f"  {line}" for line in str(each).splitlines())
    return lines


def _told_apart(verdict: Verdict) -> Iterator[str]:
    """Yield what is neither right nor wrong."""
    if verdict.latest is not None:
        yield f"{verdict.late_count} late, by {verdict.latest.by_s:.0f} s at most"
    if verdict.on_their_way:
        yield f"{verdict.on_their_way} still on their way where the logs end"
    if verdict.apart:
        yield f"not judged: {verdict.apart}"
