"""What people want to read again of an evening: lines of chat and official results, in a file.

A room forgets at its checkpoints what is over; this file does not. It is only added to, by a
thread: nothing waits for it. What a disk does not take is tried again with the next line and at the
end; a disk that takes nothing for long costs lines of it, which are counted, and nothing else.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import ClassVar, Final, final

from net import Counters, Recent
from net.runtime.disk.files import open_private
from racer.app.background_writer import BackgroundWriter
from racer.app.output import to_object
from racer.play.reports import ChatSeen, RaceReport, ResultsSeen

NAME: Final = "history.jsonl"
BYTES_MAX: Final = 16_000_000  # then it goes on in a new one, and the one before is kept beside
TAIL_BYTES: Final = 100_000  # of it that is read at the start, so that no line is added twice
WAITING_MAX: Final = 1000  # lines that a disk which does not answer may hold up


@dataclass(slots=True)
class EveningCounters(Counters):
    """What the disk did not take of the evening."""

    part: ClassVar[str] = "evening"
    failures: int = 0  # writes, each tried again
    dropped: int = 0  # lines given up


@final
class EveningFile:
    """The file of one profile.

    Args:
        directory: of the profile.
        race: the name of the room.
        on_unkept: gets a line for a person, once, when the disk takes no lines; in any thread.
    """

    def __init__(self, directory: Path, race: str, on_unkept: Callable[[str], None]) -> None:
        self.counters = EveningCounters()
        self._path = directory / NAME
        self._race = race
        self._on_unkept = on_unkept
        self._told = False
        self._counting = Lock()  # the thread drops too
        self._held: deque[RaceReport] = deque()  # what the disk has not taken yet, oldest first
        self._known: Recent[str, None] | None = None  # what the newest lines tell of
        self._writer = BackgroundWriter("evening", self._write_report, WAITING_MAX)

    def note(self, report: RaceReport) -> None:
        """Add a report, if it is of the kind that is kept."""
        is_line = isinstance(report, ChatSeen) and report.was is None
        is_kept = is_line or (isinstance(report, ResultsSeen) and report.official)
        if is_kept and not self._writer.put(report):
            self._drop(1, "the disk does not answer")

    def flush(self) -> None:
        """Wait until all is written that was noted."""
        self._writer.flush()

    def close(self) -> None:
        """Write what waits; note nothing after."""
        unwritten = self._writer.close()
        if unwritten:
            self._drop(unwritten, "the disk does not answer")
            return
        self._write_held()
        if self._held:
            self._drop(len(self._held), "the disk takes nothing")

    def _drop(self, lines: int, why: str) -> None:
        with self._counting:
            self.counters.dropped += lines
        self._tell(why)

    def _tell(self, why: str) -> None:
        if not self._told:
            self._told = True
            self._on_unkept(f"chat and results of this evening are not kept: {why}: {self._path}")

    # --- the writer's thread ------------------------------------------------------------------

    def _write_report(self, report: RaceReport) -> None:
        self._held.append(report)
        if len(self._held) > WAITING_MAX:
            self._held.popleft()
            self._drop(1, "the disk takes nothing")
        self._write_held()

    def _write_held(self) -> None:
        """Write what the disk has not taken yet, as far as it takes it now."""
        try:
            while self._held:
                known, self._known = self._known, None  # a line may be torn until it stands
                if known is None:
                    known = self._read_tail()
                self._append_line(self._held[0], known)
                self._held.popleft()
                self._known = known
        except OSError as error:
            self.counters.failures += 1
            self._tell(f"{error.strerror}")

    def _read_tail(self) -> Recent[str, None]:
        """Return what the newest lines tell of, and end one that a crash or a full disk tore.

        A line that is damaged tells of nothing.
        """
        known: Recent[str, None] = Recent(WAITING_MAX)
        if not self._path.exists():
            return known
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
                        known.note(_name_of(told), None)
        return known

    def _append_line(self, report: RaceReport, known: Recent[str, None]) -> None:
        told = {"at": time.strftime("%Y-%m-%d %H:%M:%S"), "room": self._race, **to_object(report)}
        key = _name_of(told)
        if key in known:
            return
        known.note(key, None)
        if self._path.exists() and self._path.stat().st_size > BYTES_MAX:
            self._path.replace(self._path.with_suffix(".old.jsonl"))
        with open(self._path, "a", encoding="utf-8", opener=open_private) as file:
            file.write(json.dumps(told, ensure_ascii=False) + "\n")


def _name_of(told: Mapping[str, object]) -> str:
    """Return what names a line of chat or a table of results."""
    return json.dumps(told.get("dot") or told.get("digest"))
