"""`racer verify`: whether what nodes printed can be true, and all of it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from net import UsageError
from racer.app.commands.parser import FAILURE, OK
from racer.app.log_reading import LogError, read_records
from racer.app.verify.judge import judge

if TYPE_CHECKING:
    from pathlib import Path

    from racer.app.verify.verdict import Verdict


def verify_logs(paths: Sequence[Path]) -> int:
    """Judge the logs of the nodes of a room; print a line a check, and each violation in full.

    Returns:
        0 where every promise was kept, else 1.

    Raises:
        UsageError: a file cannot be read, or a line of it lacks what it should say.
    """
    try:
        verdicts = judge([records for _, records in read_records(*paths)])
    except LogError as error:
        raise UsageError(str(error)) from None
    for line in told(verdicts):
        print(line, flush=True)
    return FAILURE if any(verdict.violations for verdict in verdicts.values()) else OK


def told(verdicts: Mapping[str, Verdict]) -> list[str]:
    """Return verdicts as lines for people."""
    lines: list[str] = []
    for name, verdict in verdicts.items():
        count = len(verdict.violations)
        found = f"{count} VIOLATION{'S' if count > 1 else ''}" if count else "ok"
        apart = f"; not judged: {verdict.apart}" if verdict.apart else ""
        lines.append(f"{name:<12} {found}: {verdict.promise} ({verdict.judged} lines{apart})")
        lines.extend(f"  {line}" for each in verdict.violations for line in str(each).splitlines())
    return lines
