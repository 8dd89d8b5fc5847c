"""The judge of logs (docs/VERIFY.md), over all that was printed on a LAN."""

from __future__ import annotations

from racer.app.commands.verify import told
from racer.app.log_reading import LogRecord
from racer.app.verify.judge import judge
from tests.lan.lab import Box, Lan


def assert_promises_kept(lan: Lan) -> None:
    """Have the judge find nothing in what the bots of each box printed, one life after the other.

    Call it when all have ended: it reads to the end what those left that were killed.
    """
    for run in (run for box in lan.boxes for run in box.runs):
        run.finish(5)
    verdicts = judge(filter(None, map(records_of, lan.boxes)))
    assert not any(verdict.violations for verdict in verdicts.values()), "\n".join(told(verdicts))


def records_of(box: Box) -> list[LogRecord]:
    """Return what was printed on a box, as a log."""
    return [
        LogRecord(line["t"], line["event"], line, f"{box.name}, life {number}", at)
        for number, run in enumerate(box.runs, start=1)
        for at, line in enumerate(run.lines, start=1)
        if {"t", "event"} <= line.keys()
    ]
