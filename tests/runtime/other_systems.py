"""What this system has and others lack is taken away; then `racer` is run: the paths of the others.

`python -m tests.runtime.other_systems windows bot --race x …`. What only stands in for a system
that is not here is its locks: `msvcrt` locks as ours do.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import select
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Final

_LINUX_ONLY: Final = (
    (os, "pipe2"),
    (select, "epoll"),
    (time, "CLOCK_BOOTTIME"),
)
_UNIX_ONLY: Final = (
    (os, "O_NONBLOCK"),
    (os, "O_CLOEXEC"),
    (os, "O_DIRECTORY"),
    (os, "pread"),
    (select, "poll"),
    (time, "clock_gettime"),
    (time, "clock_gettime_ns"),
    (time, "CLOCK_MONOTONIC"),
    (signal, "SIGHUP"),
)


def become_macos() -> None:
    """Take away what macOS lacks."""
    _take_away(_LINUX_ONLY)
    selectors.DefaultSelector = selectors.SelectSelector  # type: ignore[assignment, misc]
    _forget_notes_of_sockets()


def become_windows() -> None:
    """Take away what Windows lacks, before anything of ours is imported."""
    importlib.import_module("subprocess")  # it goes by whether there is an `msvcrt`
    _take_away(_UNIX_ONLY)
    socket.socket.recvmsg = property(_lack)  # type: ignore[method-assign, assignment]
    sys.modules["msvcrt"] = _stand_in_locks()
    sys.modules["fcntl"] = None  # type: ignore[assignment]
    become_macos()


def _take_away(names: tuple[tuple[ModuleType, str], ...]) -> None:
    for module, name in names:
        delattr(module, name)


def _forget_notes_of_sockets() -> None:
    sockets = importlib.import_module("net.runtime.sockets")
    vars(sockets)["_TELLS"] = False  # what `sys.platform` would have said


def _lack(_: object) -> object:
    raise AttributeError("recvmsg")


def _stand_in_locks() -> ModuleType:
    module = ModuleType("msvcrt")

    def locking(handle: int, mode: int, nbytes: int) -> None:
        try:
            fcntl.flock(handle, mode)
        except BlockingIOError as error:
            raise PermissionError(error.errno, error.strerror) from None

    module.__dict__.update(LK_NBLCK=fcntl.LOCK_EX | fcntl.LOCK_NB, locking=locking)
    return module


SYSTEMS: Final[dict[str, Callable[[], None]]] = {
    "linux": lambda: None,
    "macos": become_macos,
    "windows": become_windows,
}

if __name__ == "__main__":
    SYSTEMS[sys.argv.pop(1)]()
    from racer.__main__ import main

    sys.exit(main())
