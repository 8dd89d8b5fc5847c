"""What this system has and others lack is taken away; then `racer` is run: the paths of the others.

`python -m tests.runtime.other_systems windows bot --race x …`; with `-m MODULE` behind the system's
name, that module's `main` instead. What only stands in for a system that is not here is its locks
(`msvcrt` locks as ours do) and what tells its starts apart: XNU's `sysctlbyname`, the registry and
the clock of Windows. What this starts in its turn is of that system, too.
"""

from __future__ import annotations

import ctypes
import fcntl
import importlib
import io
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, Final

_LINUX_ONLY: Final = (
    (os, "pipe2"),
    (select, "epoll"),
    (time, "CLOCK_BOOTTIME"),
    (socket, "SO_BINDTODEVICE"),
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
    (time, "CLOCK_MONOTONIC_RAW"),
    (signal, "SIGHUP"),
)


_BY_PLATFORM: Final = (  # what modules conclude from `sys.platform`: that one is Linux
    ("net.runtime.udp.lanes", "TELLS"),
    ("net.runtime.udp.error_queue", "TELLS"),
    ("net.runtime.reaching.reachability", "TELLS"),
)


BOOT_OF_MACOS: Final = "7B0A4C1E-5D5F-4E0B-9C33-0D7C2E6B8F11"
BOOT_OF_WINDOWS: Final = 57

_SYSCTL: Final = ctypes.CFUNCTYPE(
    *(ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p),
    *(ctypes.POINTER(ctypes.c_size_t), ctypes.c_void_p, ctypes.c_size_t),
)
_TICKS: Final = ctypes.CFUNCTYPE(ctypes.c_uint64)


def become_macos() -> None:
    """Take away what macOS lacks, before anything of ours is imported."""
    _take_away(_LINUX_ONLY)
    _take_files_away("/proc/")
    ctypes.CDLL = XnuLibrary  # type: ignore[misc]
    selectors.DefaultSelector = selectors.SelectSelector  # type: ignore[assignment, misc]
    _conclude("net.runtime.mdns", "_HEARS_BOTH")
    _forget_notes_of_sockets()
    _beget_alike("macos")


def become_windows() -> None:
    """Take away what Windows lacks, before anything of ours is imported."""
    _take_away(_LINUX_ONLY + _UNIX_ONLY)
    _take_files_away("/proc/", "/dev/fd/")
    selectors.DefaultSelector = selectors.SelectSelector  # type: ignore[assignment, misc]
    socket.socket.recvmsg = property(_lack)  # type: ignore[method-assign, assignment]
    sys.modules["msvcrt"] = _stand_in_locks()
    sys.modules["fcntl"] = None  # type: ignore[assignment]
    sys.modules["winreg"] = stand_in_registry()
    vars(ctypes).update(CDLL=NamedLibrary, WinDLL=Kernel32)
    _forget_notes_of_sockets()
    _beget_alike("windows")


def _take_away(names: tuple[tuple[ModuleType, str], ...]) -> None:
    for module, name in names:
        delattr(module, name)


def _take_files_away(*folders: str) -> None:
    for module in (io, os):
        vars(module)["open"] = _without_files(vars(module)["open"], folders)


def _without_files(opens: Callable[..., Any], folders: tuple[str, ...]) -> Callable[..., Any]:
    def look(path: object, *how: object, **told: object) -> object:
        if isinstance(path, str | os.PathLike) and str(path).startswith(folders):
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return opens(path, *how, **told)

    return look


def _conclude(name: str, flag: str) -> None:
    """Have a module think that this is not Linux; one that does not ask for that any more fails."""
    module = importlib.import_module(name)
    assert hasattr(module, flag), f"{name} has no {flag}: which flag tells the system now?"
    vars(module)[flag] = False


def _forget_notes_of_sockets() -> None:
    for name, flag in _BY_PLATFORM:
        _conclude(name, flag)
    bind_lanes = importlib.import_module("net.runtime.udp.lanes").bind_lanes
    lanes = set(bind_lanes("127.0.0.1", 0).values())
    assert len(lanes) == 1, "elsewhere one socket sends all"
    lanes.pop().close()


def _beget_alike(system: str) -> None:
    """Have the racers that this process starts be of its system, and handles pass as there."""
    start = subprocess.Popen.__init__

    def start_alike(
        self: subprocess.Popen[Any], command: Sequence[str], *how: Any, **told: Any
    ) -> None:
        if system == "windows":
            assert not told.get("pass_fds"), "pass_fds not supported on Windows."
        if list(command[1:3]) == ["-m", "racer"]:
            command = [command[0], "-m", "tests.runtime.other_systems", system, *command[3:]]
        start(self, command, *how, **told)

    subprocess.Popen.__init__ = start_alike  # type: ignore[method-assign, assignment]


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


class XnuLibrary(ctypes.CDLL):
    """The process's own names, where the kernel is XNU: with `sysctlbyname`."""

    def __init__(self, name: str | None, *how: Any, **told: Any) -> None:
        super().__init__(name, *how, **told)
        if name is None:
            self.sysctlbyname = _SYSCTL(_tell_boot)


def _tell_boot(name: bytes, told: int, size: Any, new: int | None, new_size: int) -> int:
    """Write out the only name that is asked for; sysctl(3) wants room for the zero behind it."""
    uuid = BOOT_OF_MACOS.encode() + b"\0"
    if name != b"kern.bootsessionuuid" or size[0] < len(uuid) or new is not None or new_size:
        return -1
    ctypes.memmove(told, uuid, len(uuid))
    size[0] = len(uuid)
    return 0


class NamedLibrary(ctypes.CDLL):
    """A library of Windows, which must be named."""

    def __init__(self, name: str, *how: Any, **told: Any) -> None:
        if not isinstance(name, str):
            raise TypeError(f"LoadLibrary() argument 1 must be str, not {type(name).__name__}")
        super().__init__(name, *how, **told)


class Kernel32:
    """The one library of Windows that is asked for."""

    def __init__(self, name: str) -> None:
        assert name == "kernel32", name
        self.GetTickCount64 = _TICKS(lambda: time.perf_counter_ns() // 1_000_000)


class _Key(str):
    """A key of the registry, which is closed at the end of a block."""

    __slots__ = ()

    def __enter__(self) -> _Key:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def stand_in_registry(number: object = BOOT_OF_WINDOWS) -> ModuleType:
    """Return a `winreg` whose registry has the number of this start, and nothing else."""
    module = ModuleType("winreg")
    root = "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\"
    there = root + "Memory Management\\PrefetchParameters"

    def open_key(hive: str, path: str) -> _Key:
        if (hive, path) != ("HKLM", there):
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return _Key(path)

    def query(key: _Key, name: str) -> tuple[object, int]:
        if name != "BootId" or number is None:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return number, 4  # REG_DWORD

    module.__dict__.update(HKEY_LOCAL_MACHINE="HKLM", OpenKey=open_key, QueryValueEx=query)
    return module


SYSTEMS: Final[dict[str, Callable[[], None]]] = {
    "linux": lambda: None,
    "macos": become_macos,
    "windows": become_windows,
}


def run() -> int:
    """Become what the first word says, and run what follows."""
    SYSTEMS[sys.argv.pop(1)]()
    name = "racer.__main__"
    if sys.argv[1:2] == ["-m"]:
        name = sys.argv.pop(2)
        sys.argv.pop(1)
    return int(importlib.import_module(name).main())


if __name__ == "__main__":
    sys.exit(run())
