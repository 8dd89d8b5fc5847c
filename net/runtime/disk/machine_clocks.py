"""What the clocks of this machine show, and which of its starts this is: as each system tells it.

Not the clock of the loop: `net.runtime.clock` is finer, and its zero may be any moment.
"""

from __future__ import annotations

import ctypes
import importlib
import time
from functools import cache
from pathlib import Path
from typing import Final

from net.limits import SECOND
from net.node.lineage.history_age import Clocks
from net.runtime.clock import now_ns

_LINUX: Final = Path("/proc/sys/kernel/random/boot_id")  # random(4)
_MACOS: Final = b"kern.bootsessionuuid"  # sysctl(3); XNU, bsd/kern/kern_sysctl.c
_UUID_BYTES: Final = 36 + 1  # in letters, and the zero behind them
_WINDOWS: Final = (
    r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"
)


def read_clocks() -> Clocks:
    """Return what this machine's clocks show now."""
    return Clocks(int(time.time()), boot_id(), _ran_s())


@cache
def boot_id() -> str:
    """Return which start of the machine this is; another after each. Empty: nobody tells."""
    return _linux_boot() or _windows_boot() or _macos_boot()


def _linux_boot() -> str:
    try:
        return _LINUX.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _windows_boot() -> str:
    """Return the number that Windows counts up with each start."""
    try:
        winreg = importlib.import_module("winreg")
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _WINDOWS) as key:
            number, _ = winreg.QueryValueEx(key, "BootId")
    except (ImportError, OSError):
        return ""
    return f"start {number}" if isinstance(number, int) else ""


def _macos_boot() -> str:
    """Return the UUID that XNU draws for each start."""
    told = ctypes.create_string_buffer(_UUID_BYTES)
    size = ctypes.c_size_t(_UUID_BYTES)
    try:
        read = ctypes.CDLL(None).sysctlbyname
    except (OSError, TypeError, AttributeError):  # Windows loads no nameless library
        return ""
    read.argtypes = (
        *(ctypes.c_char_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t)),
        *(ctypes.c_void_p, ctypes.c_size_t),
    )
    if read(_MACOS, told, ctypes.byref(size), None, 0):
        return ""  # a BSD, which has another name for it
    return told.value.decode("ascii", "replace")


def _ran_s() -> int:
    """Return how long the machine has run since its start, its sleep included [s].

    On Windows the loop's clock is not said to count hibernation; that of GetTickCount64 does.
    """
    load = getattr(ctypes, "WinDLL", None)
    if load is None:
        return now_ns() // SECOND
    ticks = load("kernel32").GetTickCount64
    ticks.restype = ctypes.c_uint64
    return int(ticks()) // 1000
