"""Which start of the machine this is, as each system tells it; what is not here stands in."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from net.limits import RESUME_S, SECOND
from net.node.lineage.history_age import is_aged
from net.runtime.clock import now_ns
from net.runtime.disk import machine_clocks
from net.runtime.disk.machine_clocks import boot_id, read_clocks
from tests.runtime.other_systems import (
    BOOT_OF_MACOS,
    BOOT_OF_WINDOWS,
    Kernel32,
    NamedLibrary,
    XnuLibrary,
    stand_in_registry,
)


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    boot_id.cache_clear()
    yield
    boot_id.cache_clear()


def linux(patch: pytest.MonkeyPatch) -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def macos(patch: pytest.MonkeyPatch) -> str:
    patch.setattr(machine_clocks, "_LINUX", Path("/proc/there/is/none"))
    patch.setattr(ctypes, "CDLL", XnuLibrary)
    return BOOT_OF_MACOS


def windows(patch: pytest.MonkeyPatch) -> str:
    patch.setattr(machine_clocks, "_LINUX", Path("/proc/there/is/none"))
    patch.setattr(ctypes, "CDLL", NamedLibrary)
    patch.setattr(ctypes, "WinDLL", Kernel32, raising=False)
    patch.setitem(sys.modules, "winreg", stand_in_registry())
    return f"start {BOOT_OF_WINDOWS}"


@pytest.mark.skipif(sys.platform != "linux", reason="the system that is here is asked, too")
@pytest.mark.parametrize("become", [linux, macos, windows])
def test_a_history_is_as_old_as_the_clock_of_this_start_says(
    become: Callable[[pytest.MonkeyPatch], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    boot = become(monkeypatch)
    used = read_clocks()
    assert used.boot == boot
    assert used.ran_s >= 0
    monkeypatch.setattr(time, "time", lambda: used.wall_s + 10.0 * RESUME_S)
    assert not is_aged(used, read_clocks()), "whatever is on the wall"
    assert is_aged(used, used._replace(ran_s=used.ran_s + RESUME_S + 1))


def test_windows_counts_its_sleep_by_its_ticks_and_not_by_the_clock_of_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    windows(monkeypatch)
    hibernated_ms = 2**33  # more than 32 bits of them: a hundred days
    kernel = Kernel32("kernel32")
    kernel.GetTickCount64 = ctypes.CFUNCTYPE(ctypes.c_uint64)(lambda: hibernated_ms)
    monkeypatch.setattr(ctypes, "WinDLL", lambda name: kernel)
    assert read_clocks().ran_s == hibernated_ms // 1000


@pytest.mark.parametrize("number", [None, "57"])
def test_a_windows_that_does_not_count_its_starts_tells_of_none(
    number: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows(monkeypatch)
    monkeypatch.setitem(sys.modules, "winreg", stand_in_registry(number))
    assert not read_clocks().boot


def test_a_system_with_another_name_for_it_or_none_tells_of_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    macos(monkeypatch)
    monkeypatch.setattr(machine_clocks, "_MACOS", b"kern.boot_id")
    assert not read_clocks().boot
    boot_id.cache_clear()
    monkeypatch.undo()
    monkeypatch.setattr(machine_clocks, "_LINUX", Path("/proc/there/is/none"))
    clocks = read_clocks()
    assert not clocks.boot, "glibc has no sysctlbyname"
    assert 0 <= now_ns() // SECOND - clocks.ran_s < 60
