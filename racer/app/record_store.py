"""Lap records on disk: a file each in the profile, so that damage costs one of them.

They are read and written by a thread: the network never waits for the disk. What is damaged is
removed. What was driven by other physics stays for the racer that can drive it again, and is named
wherever records are shown. Nothing of it ever keeps a race from starting.
"""

from __future__ import annotations

import base64
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import ClassVar, Final, TypeAlias, final

from net import Counters, NetError, loss
from net.runtime.disk.files import read_file, write_file
from net.runtime.disk.profile import Profile
from net.security.primitives import SODIUM
from racer.core.tuning import PHYSICS_VERSION
from racer.play.records.leaderboard import KEYS_MAX, ROWS_MAX
from racer.play.records.record_book import (
    CircuitIndex,
    DropRecord,
    KeptRecords,
    RecordBook,
    SaveRecord,
)
from racer.play.room.lap_record import (
    LapRecord,
    RecordSigner,
    Verify,
    decode_records,
    encode_records,
    has_recording,
    is_authentic,
    is_comparable,
)

FILES_MAX: Final = KEYS_MAX * (ROWS_MAX + 1)  # a full board, and our own best that fell off it
CLOSE_S: Final = 5.0  # the end of the program waits so long for the disk

FOLDER: Final = "records"  # in a profile

_KIND: Final = "racer lap record 1"
_SUFFIX: Final = ".lap"

KeptRecord: TypeAlias = tuple[LapRecord, bytes]
"""A record and its recording."""


@dataclass(slots=True)
class FileCounters(Counters):
    """Files of records that are on no board."""

    part: ClassVar[str] = "files"
    damaged: int = 0  # none of ours, or changed: they are removed
    other_physics: int = loss()  # those cannot be driven again; they stay
    unread: int = 0  # beyond FILES_MAX, those that were written first; they stay


@dataclass(slots=True)
class KeptFiles:
    """What a directory of records holds."""

    kept: list[KeptRecord] = field(default_factory=list)  # of today's physics
    damaged: int = 0  # files
    other_physics: Counter[int] = field(default_factory=Counter)  # records, by their physics
    useless: list[Path] = field(default_factory=list)  # damaged ones
    unread: int = 0  # files

    def left_out(self) -> tuple[str, ...]:
        """Return, in lines for a person, what is kept and on no board."""
        told = [
            f"{count} lap{'s' * (count > 1)} of physics {physics} kept, but not shown:"
            f" this is physics {PHYSICS_VERSION}"
            for physics, count in sorted(self.other_physics.items())
        ]
        if self.unread:
            told.append(f"{self.unread} older files kept, but not read: there are over {FILES_MAX}")
        return tuple(told)


@final
class RecordStore:
    """The records of one profile; one process at a time, as the profile's lock has it.

    `error` says why the last write failed, if one did.
    """

    def __init__(self, profile: Path) -> None:
        self.error: str | None = None
        self.counters = FileCounters()
        self._directory = profile / FOLDER
        self._writes: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._writer = Thread(target=self._run_writes, name="records", daemon=True)
        self._writer.start()

    def record_book(
        self, profile: Profile, name: str, circuit_index: CircuitIndex, *, enters: bool
    ) -> RecordBook:
        """Return a book of records for one seat. It gets what is kept as soon as that is read.

        Args:
            name: of the driver.
            circuit_index: the circuits on which records are kept.
            enters: whether the driver's own laps become records.
        """
        identity = profile.identity
        signer = RecordSigner(
            identity.signing_public,
            lambda data: identity.sign(data, SODIUM),
            SODIUM.verify,
            int(time.time() // 86_400),
        )
        kept = self.load()
        return RecordBook(name, signer, circuit_index, kept, enters=enters)

    def load(self) -> KeptRecords:
        """Begin to read what is kept; return what returns it once that is done.

        What is damaged is removed.
        """
        found: list[tuple[KeptRecord, ...]] = []
        self._writes.put(lambda: self._read_kept(found))
        return lambda: found[0] if found else None

    def save(self, what: SaveRecord | DropRecord) -> None:
        """Keep a record, or forget it; returns at once."""
        path = self._directory / (_file_name(what.record) + _SUFFIX)
        match what:
            case SaveRecord(record=record, packed=packed):
                self._writes.put(lambda: _save_record(path, record, packed))
            case DropRecord():
                self._writes.put(lambda: path.unlink(missing_ok=True))

    def close(self) -> None:
        """Write what waits; call nothing after. Waits for CLOSE_S at most."""
        self._writes.put(None)
        self._writer.join(CLOSE_S)

    def _read_kept(self, found: list[tuple[KeptRecord, ...]]) -> None:
        read = read_records(self._directory)
        self.counters.damaged += read.damaged
        self.counters.other_physics += read.other_physics.total()
        self.counters.unread += read.unread
        found.append(tuple(read.kept))
        for path in read.useless:
            path.unlink(missing_ok=True)

    def _run_writes(self) -> None:
        while (write := self._writes.get()) is not None:
            try:
                write()
            except OSError as error:
                self.error = f"{self._directory}: {error.strerror}"


def read_records(directory: Path, verify: Verify = SODIUM.verify) -> KeptFiles:
    """Read a directory of records, while others may write to it.

    Of more than FILES_MAX, those that were written last: laps of older physics, which stay, crowd
    out none of today's.
    """
    read = KeptFiles()
    try:
        found = (path for path in directory.iterdir() if path.suffix == _SUFFIX)
        paths = sorted(found, key=lambda path: (-_written_ns(path), path))
    except OSError:
        return read
    read.unread = len(paths[FILES_MAX:])
    for path in paths[:FILES_MAX]:
        kept = _read_kept(path, verify)
        if kept is None:
            read.damaged += 1
            read.useless.append(path)
        elif is_comparable(kept[0]):
            read.kept.append(kept)
        else:
            read.other_physics[kept[0].physics] += 1
    return read


def _written_ns(path: Path) -> int:
    """Return when a file was written; 0 where it has gone since."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _read_kept(path: Path, verify: Verify) -> KeptRecord | None:
    try:
        text = read_file(path, _KIND) or ""
        head, _, body = text.partition(" ")
        records = decode_records(base64.b64decode(head, validate=True)) or ()
        packed = base64.b64decode(body, validate=True)
    except (NetError, OSError, ValueError):
        return None
    if len(records) != 1 or not has_recording(records[0], packed):
        return None
    return (records[0], packed) if is_authentic(records[0], verify) else None


def _save_record(path: Path, record: LapRecord, packed: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    parts = (base64.b64encode(data).decode() for data in (encode_records((record,)), packed))
    write_file(path, _KIND, " ".join(parts))


def _file_name(record: LapRecord) -> str:
    return blake2b(record.signature, digest_size=16).hexdigest()
