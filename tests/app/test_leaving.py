"""How a process is told to leave, at whatever moment that is."""

from __future__ import annotations

import subprocess
import sys

LOCKED = """
import os, signal, threading
from racer.app.leaving import leave_on_signals

lock, left = threading.Lock(), threading.Event()

def leave():
    with lock:
        left.set()

leave_on_signals(leave)
with lock:
    os.kill(os.getpid(), signal.SIGTERM)
if not left.wait(60.0):
    raise SystemExit("nobody left")
"""


def test_a_signal_that_comes_while_the_main_thread_has_a_lock_lets_it_leave() -> None:
    subprocess.run([sys.executable, "-c", LOCKED], check=True, timeout=120)
