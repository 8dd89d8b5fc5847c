"""One process at a time in a directory: a lock that the system drops when its process ends."""

from __future__ import annotations

import importlib
import os
from pathlib import Path


def lock_directory(directory: Path) -> int:
    """Take a directory's lock, which `os.close` of what is returned gives back.

    Raises:
        BlockingIOError: another process has it.
        OSError: the lock's file can neither be made nor opened.
    """
    handle = _open_lock(directory / "lock")
    try:
        _lock_handle(handle)
    except OSError:
        os.close(handle)
        raise
    return handle


def _open_lock(path: Path) -> int:
    """Open the file that is locked; on a read-only disk it is there, or never was needed."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return os.open(path, os.O_RDONLY)


def _lock_handle(handle: int) -> None:
    try:
        fcntl = importlib.import_module("fcntl")
    except ImportError:  # Windows has no locks of whole files, but of bytes, also beyond the end
        msvcrt = importlib.import_module("msvcrt")
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(error.errno, error.strerror) from None
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
