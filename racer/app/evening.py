"""What people want to read again of an evening: lines of chat and official results, in a file.

A room forgets at its checkpoints what is over; this file does not. It is only added to, by a
thread: nothing waits for it, and a disk that does not take it costs lines of it and nothing else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, final

from net.runtime.disk.files import open_private
from racer.app.background_writer import BackgroundWriter
from racer.app.output import to_object
from racer.play.reports import ChatSeen, RaceReport, ResultsSeen

NAME: Final = "history.jsonl"
BYTES_MAX: Final = 16_000_000  # then it goes on in a new one, and the one before is kept beside
TAIL_BYTES: Final = 100_000  # of it that is read at the start, so that no line is added twice
WAITING_MAX: Final = 1000  # lines that a disk which does not answer may hold up


@final
class EveningFile:
    """The file of one profile.

    Args:
        directory: of the profile.
        race: the name of the room.
    """

    def __init__(self, directory: Path, race: str) -> None:
        self._path = directory / NAME
        self._race = race
        self._known: dict[str, None] | None = None  # what the newest lines tell of, newest last
        self._writer = BackgroundWriter("evening", self._write_report, WAITING_MAX)

    def note(self, report: RaceReport) -> None:
        """Add a report, if it is of the kind that is kept."""
        is_line = isinstance(report, ChatSeen) and report.was is None
        if is_line or (isinstance(report, ResultsSeen) and report.official):
            self._writer.put(report)

    def flush(self) -> None:
        """Wait until all is written that was noted."""
        self._writer.flush()

    def close(self) -> None:
        """Write what waits; note nothing after."""
        self._writer.close()

    # --- the writer's thread ------------------------------------------------------------------

    def _write_report(self, report: RaceReport) -> None:
        known, self._known = self._known, None  # a line may be torn until it stands
        with suppress(OSError):
            if known is None:
                known = self._read_tail()
            self._append_line(report, known)
            self._known = known

    def _read_tail(self) -> dict[str, None]:
        """Return what the newest lines tell of, and end one that a crash or a full disk tore.

        A line that is damaged tells of nothing.
        """
        if not self._path.exists():
            return {}
        known: dict[str, None] = {}
        with self._path.open("rb") as file:
            file.seek(max(self._path.stat().st_size - TAIL_BYTES, 0))
            tail = file.read()
            if tail and not tail.endswith(b"\n"):
                with self._path.open("ab") as end:
                    end.write(b"\n")  # or the next line would be lost with it
            for line in tail.splitlines():
                with suppress(ValueError, RecursionError):
                    told = json.loads(line)
                    if isinstance(told, dict):
                        known[_name_of(told)] = None
        return known

    def _append_line(self, report: RaceReport, known: dict[str, None]) -> None:
        told = {"at": time.strftime("%Y-%m-%d %H:%M:%S"), "room": self._race, **to_object(report)}
        key = _name_of(told)
        if key in known:
            return
        known[key] = None
        while len(known) > WAITING_MAX:
            del known[next(iter(known))]
        if self._path.exists() and self._path.stat().st_size > BYTES_MAX:
            self._path.replace(self._path.with_suffix(".old.jsonl"))
        with open(self._path, "a", encoding="utf-8", opener=open_private) as file:
            file.write(json.dumps(told, ensure_ascii=False) + "\n")


def _name_of(told: Mapping[str, object]) -> str:
    """Return what names a line of chat or a table of results."""
    return json.dumps(told.get("dot") or told.get("digest"))
