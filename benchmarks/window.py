"""The window as a process: from start to menu, its memory, its pace, and from event to flip.

On SDL's dummy display; start to menu counts all threads and every import of the real start.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Final

import pygame

from benchmarks.figures import line, print_lines
from racer.app.window.base.screen import open_display
from racer.app.window.circuit_source import CircuitSource
from racer.app.window.game import Game
from racer.app.window.scene import Frame
from tests.app.fakes import FakeLounge

RUN_S: Final = 10.0
TAP_S: Final = 0.05
STARTS: Final = 3

START: Final = """
import time
import racer.app.player.launch
from benchmarks.window import first_picture
first_picture()
memory = next(row for row in open("/proc/self/status") if row.startswith("VmRSS"))
print(time.process_time(), int(memory.split()[1]) / 1024.0)
"""


def first_picture() -> Game:
    """Open a window and draw its menu once."""
    screen = open_display(hidden=True)
    game = Game(FakeLounge(CircuitSource()), screen)
    game.draw(Frame(1 / 60, time.monotonic_ns()))
    screen.flip()
    return game


def report() -> Iterator[str]:
    """Yield a line for each figure."""
    starts = [_started() for _ in range(STARTS)]
    yield line("from start to menu, all threads", [seconds * 1e3 for seconds, _ in starts], "ms")
    yield line("memory with the first menu", [mib for _, mib in starts], "MiB")
    game = first_picture()
    ends = time.monotonic() + RUN_S

    def tap() -> None:
        while time.monotonic() < ends:
            time.sleep(TAP_S)
            pygame.event.post(pygame.Event(pygame.USEREVENT))
        game.stop()

    threading.Thread(target=tap, daemon=True).start()
    game.run()
    rate = f"at {game.pace.rate_hz:.0f} Hz"
    yield line(f"from picture to picture in the menu, {rate}", list(game.pace.intervals_ms), "ms")
    yield line(f"from event to flip in the menu, {rate}", list(game.pace.latencies_ms), "ms")


def _started() -> tuple[float, float]:
    """Return seconds of processor and MiB of a process that has drawn its first menu."""
    told = subprocess.run(
        [sys.executable, "-c", START],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "SDL_VIDEODRIVER": "dummy", "PYGAME_HIDE_SUPPORT_PROMPT": "1"},
    ).stdout.split()
    return float(told[-2]), float(told[-1])


if __name__ == "__main__":
    sys.exit(print_lines(report()))
