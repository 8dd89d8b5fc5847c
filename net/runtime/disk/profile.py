"""A node's own directory: its identity, the number of its life, its journal. One process at a time.

lock          held by the process that uses the profile
identity      the 32-byte seed of its keys, made at first start
incarnation   the last life it led
journal       SQLite; see net.runtime.disk.journal
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final, Self, final

from net.errors import ProfileError
from net.runtime.disk.acquaintances import Acquaintances
from net.runtime.disk.directory_lock import lock_directory
from net.runtime.disk.disk_trouble import DiskTrouble, DiskTroubleKind, forgetful
from net.runtime.disk.files import make_private, read_file, sync_directory, write_file
from net.runtime.disk.journal import Journal, RoomJournal
from net.runtime.disk.last_room import LastRoom
from net.runtime.disk.lives import KIND as _INCARNATION
from net.runtime.disk.lives import Lives, read_last
from net.security.identity import Identity
from net.security.primitives import SODIUM

SEED_BYTES: Final = 32

_NAMES: Final = (
    "lock",
    "identity",
    "incarnation",
    "journal",
    "history",
    "records",
    "replays",
    "preferences",
    "settings",
)
"""What is in a profile, up to the first dot or hyphen; the program's own too."""

_OF_IDENTITY: Final = ("identity", "incarnation", "journal")
"""What belongs to one driver, and to no other."""

_IDENTITY: Final = "racer identity 1"


@final
class Profile:
    """An open profile. Nobody else can open it until it is closed or its process has ended.

    On a disk that takes nothing it is opened all the same, for who wants to play: it reads what is
    there, or makes an identity for this process alone. `trouble` says so, in a line.
    """

    def __init__(
        self, directory: Path, lock: int | None, seed: bytes, lives: Lives, journal: Journal
    ) -> None:
        """For `open` only."""
        self.directory = directory
        self.identity = Identity.from_seed(seed, SODIUM)
        self._lives = lives
        self._journal = journal
        self._lock = lock

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Open a profile, or make one; begin a new life, durably where the disk allows it.

        Damaged files are left as they are: a new key would be another driver.

        Raises:
            ProfileError: the profile is in use, damaged, or cannot be read; its text says which
                file and what to do.
        """
        try:
            lock = _lock(directory)
        except (FileExistsError, NotADirectoryError) as error:
            raise ProfileError(
                f"{directory}: cannot be used as the profile: {error.strerror};"
                " choose another directory"
            ) from None
        except OSError as error:
            return cls._in_memory(directory, error)
        try:
            return cls._open_locked(directory, lock)
        except OSError as error:
            os.close(lock)
            return cls._in_memory(directory, error)
        except BaseException:
            os.close(lock)
            raise

    @classmethod
    def _open_locked(cls, directory: Path, lock: int) -> Self:
        make_private(directory, _NAMES)
        last = read_last(directory / "incarnation")
        seed = _read_identity(directory, last)
        journal = Journal(directory / "journal")
        try:
            if seed is None:
                seed = _make_identity(directory)
            lives = Lives(directory / "incarnation", last or 0)
            return cls(directory, lock, seed, lives, journal)
        except BaseException:
            journal.close()
            raise

    @classmethod
    def _in_memory(cls, directory: Path, why: OSError) -> Self:
        """Make an identity that ends with this process: where one was, it could not be read."""
        journal = Journal(None)
        journal.close_to_all(why, directory)
        return cls(directory, None, secrets.token_bytes(SEED_BYTES), Lives(None, 0), journal)

    @staticmethod
    def renew_identity(directory: Path) -> Path:
        """Put the identity of a closed profile aside, and what was kept of rooms under it.

        The next to open it is another driver. Records, settings and replays stay.

        Returns:
            Where it is now.

        Raises:
            ProfileError: the profile is in use, or cannot be written.
        """
        try:
            lock = _lock(directory)
            try:
                aside = _free_name(directory)
                aside.mkdir(mode=0o700)
                for name in _OF_IDENTITY:
                    for path in sorted(directory.glob(f"{name}*")):
                        if path.is_file():
                            path.rename(aside / path.name)
                sync_directory(directory)
            finally:
                os.close(lock)
        except OSError as error:
            raise ProfileError(f"{directory}: no new identity: {error.strerror}") from None
        return aside

    @property
    def incarnation(self) -> int:
        """The life that is led."""
        return self._lives.current

    @property
    def disk_trouble(self) -> DiskTrouble | None:
        """What of the disk does not work now; None: it works."""
        found, wrong = self._journal.trouble, self._lives.trouble
        if found is not None or wrong is None:
            return found
        return forgetful(DiskTroubleKind.LIVES, wrong, self.directory)

    @property
    def trouble(self) -> str | None:
        """The same in a line for a person."""
        found = self.disk_trouble
        return None if found is None else found.text

    def retry(self) -> None:
        """Try again what the disk did not take and nobody else does; waits for no disk."""
        self._lives.retry()

    def save_incarnation(self, incarnation: int) -> None:
        """Note that a life is led; its number was reserved, and more are. Waits for no disk."""
        self._lives.lead(incarnation)

    def journal(self, tag: bytes) -> RoomJournal:
        """Return what the journal keeps of a room."""
        return self._journal.room(tag)

    def unfinished_rooms(self) -> list[LastRoom]:
        """Return the rooms that may be resumed, the last first.

        Raises:
            ProfileError: the journal is damaged.
        """
        return self._journal.unfinished_rooms()

    def hosts_met(self) -> tuple[str, ...]:
        """Return where machines were met in other evenings, to ask whether they race now.

        Raises:
            ProfileError: the journal is damaged.
        """
        return self._journal.hosts_met()

    @property
    def acquaintances(self) -> Acquaintances:
        """Who was met in any room, by name; those of this process too."""
        return self._journal.acquaintances

    def close(self) -> None:
        """Commit the journal and let others use the profile; a second time changes nothing."""
        self._journal.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _lock(directory: Path) -> int:
    """Make the directory, take its lock; the system drops it when the process ends, however."""
    if not directory.is_dir():
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        sync_directory(directory.parent)
    try:
        return lock_directory(directory)
    except BlockingIOError:
        raise ProfileError(
            f"{directory}: in use by another racer; end it, or choose another profile"
        ) from None


def _free_name(directory: Path) -> Path:
    """Return where an identity may be put aside."""
    number = 1
    while (path := directory / f"identity-before-{number}").exists():
        number += 1
    return path


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


def _missing_error(path: Path) -> ProfileError:
    return ProfileError(
        f"{path}: missing; restore it, or move the whole profile away to begin as a new driver"
    )
