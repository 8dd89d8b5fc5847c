"""What people want to read again of an evening: lines of chat and official results, in a file.

A room forgets at its checkpoints what is over; this file does not. It is only added to, by a
thread: nothing waits for it, and a disk that does not take it costs lines of it and nothing else.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from typing import Final, final

from net.runtime.disk.files import open_private
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
        self._waiting: Queue[RaceReport] = Queue(WAITING_MAX)
        self._writer: Thread | None = None
        self._known: dict[object, None] = {}  # what the newest lines tell of, newest last

    def note(self, report: RaceReport) -> None:
        """Add a report, if it is of the kind that is kept."""
        is_line = isinstance(report, ChatSeen) and report.was is None
        if not is_line and not (isinstance(report, ResultsSeen) and report.official):
            return
        if self._writer is None:
            self._writer = Thread(target=self._run_writer, name="evening", daemon=True)
            self._writer.start()
        with suppress(Full):
            self._waiting.put_nowait(report)

    def flush(self) -> None:
        """Wait until all is written that was noted."""
        self._waiting.join()

    def _run_writer(self) -> None:
        with suppress(OSError):
            self._read_tail()
        while True:
            report = self._waiting.get()
            with suppress(OSError):
                self._append_line(report)
            self._waiting.task_done()

    def _read_tail(self) -> None:
        with self._path.open("rb") as file:
            file.seek(max(self._path.stat().st_size - TAIL_BYTES, 0))
            for line in file.read().splitlines():
                with suppress(ValueError):
                    self._known[_name_of(json.loads(line))] = None

    def _append_line(self, report: RaceReport) -> None:
        told = {"at": time.strftime("%Y-%m-%d %H:%M:%S"), "room": self._race, **to_object(report)}
        key = _name_of(told)
        if key in self._known:
            return
        self._known[key] = None
        while len(self._known) > WAITING_MAX:
            del self._known[next(iter(self._known))]
        if self._path.exists() and self._path.stat().st_size > BYTES_MAX:
            self._path.replace(self._path.with_suffix(".old.jsonl"))
        with open(self._path, "a", encoding="utf-8", opener=open_private) as file:
            file.write(json.dumps(told, ensure_ascii=False) + "\n")


def _name_of(told: dict[str, object]) -> object:
    """Return what names a line of chat or a table of results."""
    return told.get("dot") or told.get("digest")
