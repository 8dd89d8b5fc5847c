"""What pictures held goes back to the system; measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

PICTURES = 200
PICTURE_BYTES = 150_000

SCRIPT = f"""
import ctypes
from pathlib import Path
from racer.app.window.base.allocator import give_pictures_back

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]

def resident_kb():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])

def picture():
    block = libc.malloc({PICTURE_BYTES})
    ctypes.memset(block, 1, {PICTURE_BYTES})
    return block

if {{give}}:
    give_pictures_back()
libc.free(libc.malloc(2 * {PICTURE_BYTES}))  # by this glibc would raise its bound
before = resident_kb()
pictures = [picture() for _ in range({PICTURES})]
kept = picture()  # lies behind them, where they come from one heap
for block in pictures:
    libc.free(block)
print(resident_kb() - before)
"""


def left_kb(*, give: bool) -> int:
    """Return what a process holds of its pictures when they are gone."""
    script = SCRIPT.replace("{give}", str(give))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the allocator of glibc")
def test_pictures_that_are_gone_hold_no_memory() -> None:
    assert left_kb(give=True) < PICTURES * PICTURE_BYTES // 1024 // 10
