"""The real `racer` on a machine whose clock has lost its battery: it is years behind."""

from __future__ import annotations

import sys
import time

from racer.app.commands.cli import main

BEHIND_S = 8 * 365 * 86_400

if __name__ == "__main__":
    right, right_ns = time.time, time.time_ns
    time.time = lambda: right() - BEHIND_S
    time.time_ns = lambda: right_ns() - BEHIND_S * 1_000_000_000
    sys.exit(main())
