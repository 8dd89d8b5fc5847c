"""Tapes of races on disk: a file each in the profile, the newest few of them.

A thread writes them: the network never waits for the disk. A race that goes on after a crash of
ours goes on in its file; what the crash tore apart at its end is cut off.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import ClassVar, Final, final

from net import Counters
from net.runtime.disk.files import open_private
from racer.app.background_writer import BackgroundWriter
from racer.core.recordings.race_tape import (
    TAPE_BYTES_MAX,
    Tape,
    TapeHead,
    read_head,
    read_tape,
    whole_bytes,
)
from racer.play.show.taping import SaveTape

FOLDER: Final = "replays"  # in a profile
SUFFIX: Final = ".tape"
TAPES_MAX: Final = 40  # the oldest go
FOLDER_BYTES_MAX: Final = 120_000_000
BOT_TAPES_MAX: Final = 4  # nobody looks at them but after a fault …
BOT_BYTES_MAX: Final = 12_000_000  # … and a person may have thirty profiles of bots
WAITING_MAX: Final = 600  # chunks that a disk which does not answer may hold up
HEAD_BYTES: Final = 20_000  # of a file that are read to know what it is


@dataclass(frozen=True, slots=True)
class TapeFile:
    """A tape that is there."""

    path: Path
    began_s: float  # of the wall clock
    head: TapeHead


@dataclass(slots=True)
class TapeCounters(Counters):
    """What the disk did not take of tapes."""

    part: ClassVar[str] = "tapes"
    dropped: int = 0  # parts of them


@final
class TapeStore:
    """The tapes of one profile.

    Args:
        directory: of the profile.
        bot: it is a bot's, which keeps fewer.
    """

    def __init__(self, directory: Path, *, bot: bool = False) -> None:
        self._bounds = (BOT_TAPES_MAX, BOT_BYTES_MAX) if bot else (TAPES_MAX, FOLDER_BYTES_MAX)
        self._folder = directory / FOLDER
        self._writer = BackgroundWriter("tapes", self._write_part, WAITING_MAX)
        self._paths: dict[bytes, Path] = {}
        self.counters = TapeCounters()
        self._counting = Lock()  # the thread loses parts too
        self.error = ""  # why what was to be written is not there

    def save(self, part: SaveTape) -> None:
        """Add to a tape, soon. What a disk that does not answer holds up is dropped."""
        if not self._writer.put(part):
            self._lose(1, "races cannot be taped: the disk does not answer")

    def flush(self) -> None:
        """Wait until all is written that was saved."""
        self._writer.flush()

    def close(self) -> None:
        """Write what waits; save nothing after."""
        unwritten = self._writer.close()
        if unwritten:
            self._lose(unwritten, "races cannot be taped: the disk does not answer")

    def _lose(self, parts: int, why: str) -> None:
        with self._counting:
            self.counters.dropped += parts
        self.error = why

    def _write_part(self, part: SaveTape) -> None:
        try:
            self._append_part(part)
        except OSError as trouble:
            self._lose(1, f"races cannot be taped: {trouble.strerror}")
            self._paths.pop(part.race, None)  # it may be torn: it is mended before more is added

    def _append_part(self, part: SaveTape) -> None:
        path = self._paths.get(part.race)
        if path is None:
            path = self._paths[part.race] = self._open_file(part.race)
        if path.exists() and path.stat().st_size + len(part.data) > TAPE_BYTES_MAX:
            self._lose(1, f"the rest of this race is not taped: a tape has {TAPE_BYTES_MAX} bytes")
            return
        with open(path, "ab", opener=open_private) as file:
            file.write(part.data)

    def _open_file(self, race: bytes) -> Path:
        """Return the file of a race: one that is there, mended, or a new one."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = next(iter(sorted(self._folder.glob(f"*-{race.hex()}{SUFFIX}"))), None)
        if known is not None:
            whole = whole_bytes(known.read_bytes())
            with known.open("r+b") as file:
                file.truncate(whole)
            return known
        prune(self._folder, *self._bounds)
        return self._folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{race.hex()}{SUFFIX}"


def prune(folder: Path, tapes_max: int = TAPES_MAX, bytes_max: int = FOLDER_BYTES_MAX) -> None:
    """Remove the oldest tapes where there are too many, or they are too large together."""
    paths = sorted(folder.glob(f"*{SUFFIX}"), reverse=True)
    room = bytes_max
    for k, path in enumerate(paths):
        room -= path.stat().st_size
        if k >= tapes_max - 1 or room < 0:
            path.unlink()


def tape_files(directory: Path) -> tuple[TapeFile, ...]:
    """Return the tapes of a profile, the newest first.

    What is none is left out, and so is one whose beginning is damaged (`damaged_tapes`).
    """
    found: list[TapeFile] = []
    for path in sorted((directory / FOLDER).glob(f"*{SUFFIX}"), reverse=True)[:TAPES_MAX]:
        with suppress(OSError, ValueError):
            began_s = time.mktime(time.strptime(path.name[:15], "%Y%m%d-%H%M%S"))
            with path.open("rb") as file:
                head = read_head(file.read(HEAD_BYTES))
            if head is not None:
                found.append(TapeFile(path, began_s, head))
    return tuple(found)


def damaged_tapes(directory: Path) -> int:
    """Return how many tapes of a profile nothing can be told of."""
    paths = sorted((directory / FOLDER).glob(f"*{SUFFIX}"), reverse=True)[:TAPES_MAX]
    return len(paths) - len(tape_files(directory))


def load_tape(path: Path) -> Tape | None:
    """Return a tape, or None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return read_tape(file.read(TAPE_BYTES_MAX))
    except OSError:
        return None
