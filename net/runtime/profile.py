"""A node's own directory: its identity, the number of its life, its journal. One process at a time.

lock          held by the process that uses the profile
identity      the 32-byte seed of its keys, made at first start
incarnation   the last life it led
journal       SQLite; see net.runtime.journal
"""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path
from typing import Final, Self, final

from net.errors import ProfileError
from net.runtime.files import read_file, sync_directory, write_file
from net.runtime.journal import Journal, LastRoom, RoomJournal
from net.security.identity import Identity
from net.security.primitives import SODIUM

SEED_BYTES: Final = 32

_IDENTITY: Final = "racer identity 1"
_INCARNATION: Final = "racer incarnation 1"


@final
class Profile:
    """An open profile. Nobody else can open it until it is closed or its process has ended."""

    def __init__(
        self, directory: Path, lock: int, seed: bytes, incarnation: int, journal: Journal
    ) -> None:
        """For `open` only."""
        self.directory = directory
        self.identity = Identity.from_seed(seed, SODIUM)
        self.incarnation = incarnation
        self._journal = journal
        self._lock = lock

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Open a profile, or make one; begin a new life, durably.

        Damaged files are left as they are: a new key would be another driver.

        Raises:
            ProfileError: the profile is in use, damaged, or cannot be read or written; its text
                says which file and what to do.
        """
        try:
            lock = _lock(directory)
            try:
                return cls._open_locked(directory, lock)
            except BaseException:
                os.close(lock)
                raise
        except OSError as error:
            raise ProfileError(
                f"{directory}: cannot be used as the profile: {error.strerror};"
                " choose another directory"
            ) from None

    @classmethod
    def _open_locked(cls, directory: Path, lock: int) -> Self:
        last = _read_incarnation(directory)
        seed = _read_identity(directory, last)
        journal = Journal(directory / "journal")
        try:
            if seed is None:
                seed = _make_identity(directory)
            incarnation = (last or 0) + 1
            write_file(directory / "incarnation", _INCARNATION, str(incarnation))
        except BaseException:
            journal.close()
            raise
        return cls(directory, lock, seed, incarnation, journal)

    def save_incarnation(self, incarnation: int) -> None:
        """Note durably that a life begins; returns when the disk holds it.

        Raises:
            OSError: the disk is full or read-only.
        """
        if incarnation > self.incarnation:
            write_file(self.directory / "incarnation", _INCARNATION, str(incarnation))
            self.incarnation = incarnation

    def journal(self, tag: bytes) -> RoomJournal:
        """Return what the journal keeps of a room."""
        return self._journal.room(tag)

    def last_room(self) -> LastRoom | None:
        """Return the room that was used last, so that it may be resumed.

        Raises:
            ProfileError: the journal is damaged.
        """
        return self._journal.last_room()

    def close(self) -> None:
        """Commit the journal and let others use the profile."""
        self._journal.close()
        os.close(self._lock)


def _lock(directory: Path) -> int:
    """Make the directory, take its lock; the system drops it when the process ends, however."""
    if not directory.is_dir():
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        sync_directory(directory.parent)
    handle = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise ProfileError(
            f"{directory}: in use by another racer; end it, or choose another profile"
        ) from None
    return handle


def _make_identity(directory: Path) -> bytes:
    """Make the key. Before it there is always a number of lives: a key without one is damage."""
    seed = secrets.token_bytes(SEED_BYTES)
    write_file(directory / "incarnation", _INCARNATION, "0")
    write_file(directory / "identity", _IDENTITY, seed.hex())
    return seed


def _read_identity(directory: Path, last: int | None) -> bytes | None:
    """Return the seed, or None where no life was ever led; the two files go together."""
    path = directory / "identity"
    value = read_file(path, _IDENTITY)
    if value is None and last:
        raise _missing_error(path)
    if value is not None and last is None:
        raise _missing_error(directory / "incarnation")
    return None if value is None else bytes.fromhex(value)


def _read_incarnation(directory: Path) -> int | None:
    value = read_file(directory / "incarnation", _INCARNATION)
    return None if value is None else int(value)


def _missing_error(path: Path) -> ProfileError:
    return ProfileError(
        f"{path}: missing; restore it, or move the whole profile away to begin as a new driver"
    )
