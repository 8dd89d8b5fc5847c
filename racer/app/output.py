"""Reports as JSON Lines: one object a line, flushed at once."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import IO, Final, final

from net import Counts, Dot, UsageError, short
from net.runtime.lateness import Lateness
from net.runtime.service_options import TrafficFigures, Trouble
from racer.play.reports import RaceReport, TableRow

_RENAMED: Final = {"sources": "from"}  # not a name that Python allows a field
_BYTES_OF_NODE: Final = 16
INTERNAL_FAULT: Final = 3
"""The exit status of a node that found its own state broken; why is told as `Trouble`."""


def to_object(report: RaceReport) -> dict[str, object]:
    """Return a report as the command line prints it; fields that say nothing are left out."""
    found: dict[str, object] = {"event": report.event}
    for part in fields(report):
        value = getattr(report, part.name)
        if part.name == "was" and value is None:
            continue
        found[_RENAMED.get(part.name, part.name)] = _json_value(value)
    return found


def _json_value(value: object) -> object:
    match value:
        case bytes():
            return short(value) if len(value) == _BYTES_OF_NODE else value.hex()
        case Dot():
            return f"{short(value.node)}.{value.incarnation}.{value.n}"
        case TableRow():
            return {part.name: _json_value(getattr(value, part.name)) for part in fields(value)}
        case tuple():
            return [_json_value(item) for item in value]
        case _:
            return value


@final
class Load:
    """Traffic and processor use since the last look."""

    def __init__(self) -> None:
        self._at_s = time.monotonic()
        self._cpu_s = time.process_time()
        self._traffic = TrafficFigures(0, 0, 0, 0)

    def look(self, traffic: TrafficFigures, late: Lateness) -> dict[str, object]:
        """Return bits a second each way, percent of one core, and how late ticks ran, in ms."""
        at_s, cpu_s = time.monotonic(), time.process_time()
        past_s = max(at_s - self._at_s, 1e-3)
        before = self._traffic
        load: dict[str, object] = {
            "tx_bps": round(8 * (traffic.tx_bytes - before.tx_bytes) / past_s),
            "rx_bps": round(8 * (traffic.rx_bytes - before.rx_bytes) / past_s),
            "tx_pps": round((traffic.tx_datagrams - before.tx_datagrams) / past_s),
            "rx_pps": round((traffic.rx_datagrams - before.rx_datagrams) / past_s),
            "cpu_pct": round(100 * (cpu_s - self._cpu_s) / past_s, 1),
            "late_p99_ms": round(late.p99_ms, 1),
            "late_max_ms": round(late.max_ms, 1),
        }
        self._at_s, self._cpu_s, self._traffic = at_s, cpu_s, traffic
        return load


@final
class Output:
    """Prints reports to a stream, and to a file too if one is given.

    Args:
        log: appended to; opened at once, so that a wrong name is told before the race.

    Raises:
        UsageError: the file cannot be opened.
    """

    def __init__(self, stream: IO[str] | None, log: Path | None) -> None:
        self._stream = stream
        try:
            self._log = None if log is None else log.open("a", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{log}: cannot be written: {error.strerror}") from None

    def report(self, report: RaceReport, load: dict[str, object] | None = None) -> None:
        found = {"t": round(time.time(), 3), **to_object(report), **(load or {})}
        line = json.dumps(found, ensure_ascii=False)
        for stream in (self._stream, self._log):
            if stream is not None:
                print(line, file=stream, flush=True)

    def trouble(self, trouble: Trouble) -> None:
        """Tell a person."""
        self._tell(trouble.text)

    def dropped(self, counts: Counts) -> None:
        """Tell a person what was dropped that should not have been, if anything was: at the end."""
        if counts.faults:
            figures = ", ".join(f"{reason} {n}" for reason, n in counts.faults.items())
            self._tell(f"dropped on the way: {figures} (docs/COUNTERS.md says what each means)")

    def _tell(self, text: str) -> None:
        for stream in (sys.stderr, self._log):
            if stream is not None:
                print(f"racer: {text}", file=stream, flush=True)

    def close(self) -> None:
        if self._log is not None:
            self._log.close()
