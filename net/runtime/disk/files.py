"""Small files that survive a crash at any moment, and that show it when they are damaged.

A file is three lines: what it is, its value, a check over both. It is replaced as a whole: written
beside, fsynced, renamed, and the directory fsynced (Pillai et al., OSDI 2014, on why all four).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from net.errors import ProfileError

FILE_BYTES_MAX: Final = 65_536  # of those that `write_file` writes

# Windows has no pipes among its files, and would translate what it reads.
READ_ONLY: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def write_file(path: Path, kind: str, value: str) -> None:
    """Replace a file, durably: it holds the old value or the new one, never a part.

    The file is readable by its owner alone.

    Raises:
        OSError: the disk is full or read-only; the old file is as it was.
    """
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{kind}\n{value}\n{_checksum_of(kind, value)}\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_directory(path.parent)


def read_file(path: Path, kind: str) -> str | None:
    """Return the value of a file, or None where there is no such file.

    Raises:
        ProfileError: the file cannot be read, or is not what `write_file` wrote.
    """
    try:
        data = _read_small(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read: {error.strerror}") from None
    lines = data.decode("ascii", errors="replace").split("\n")
    if len(lines) != 4 or lines[0] != kind or lines[2] != _checksum_of(kind, lines[1]):
        raise ProfileError(
            f"{path}: damaged, not a {kind!r}; restore it, or move the whole profile away"
            " to begin as a new driver"
        )
    return lines[1]


def _read_small(path: Path) -> bytes:
    """Return what a file holds that `write_file` may have written: neither a pipe nor a giant."""
    handle = os.open(path, READ_ONLY)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file")
        data = os.read(handle, FILE_BYTES_MAX + 1)
    finally:
        os.close(handle)
    if len(data) > FILE_BYTES_MAX:
        raise OSError(errno.EFBIG, f"it is larger than {FILE_BYTES_MAX:,} bytes")
    return data


def open_private(path: str, flags: int) -> int:
    """Open a file that only its owner may read, where it is made: an opener, for `open`."""
    return os.open(path, flags, 0o600)


def make_private(directory: Path, names: Iterable[str]) -> None:
    """Shut files of ours, and folders of ours with all in them, to all but their owner.

    Older versions left some open. The directory itself is shut where it holds nothing else: who
    names their home, or /tmp, as a profile keeps it as it is. What the system does not allow stays.
    """
    ours = frozenset(names)
    with suppress(OSError):
        found = sorted(directory.iterdir())
        if all(path.name.split(".")[0].split("-")[0] in ours for path in found):
            _shut(directory)
        for path in found:
            if path.name.split(".")[0].split("-")[0] in ours:
                _shut(path)
                for inside in sorted(path.rglob("*")) if path.is_dir() else ():
                    _shut(inside)


def _shut(path: Path) -> None:
    """Take away what others may, if it is a file or a folder and not a way to somewhere else."""
    with suppress(OSError):
        mode = path.lstat().st_mode
        if mode & 0o077 and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            path.chmod(0o700 if stat.S_ISDIR(mode) else 0o600)


def sync_directory(directory: Path) -> None:
    """Make names that were made in a directory durable, where a directory can be opened.

    On Windows it cannot, and its file systems log names by themselves.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _checksum_of(kind: str, value: str) -> str:
    return blake2b(f"{kind}\n{value}".encode(errors="replace"), digest_size=8).hexdigest()
