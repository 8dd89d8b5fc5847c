"""The window as a process: from start to menu, its memory, its pace, and from event to flip.

The last two in the menu, and in a race of 16. On SDL's dummy display, or in a real window where
SDL_VIDEODRIVER says so. Start to menu is the program as one calls it, up to its first picture: all
its threads, and every import. An event is a key that is pressed at any time of a picture.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pygame

from benchmarks.figures import line, print_lines
from racer.app.window.base.pace import PicturePace
from racer.app.window.base.screen import open_display
from racer.app.window.circuit_source import CircuitSource
from racer.app.window.game import Game
from racer.app.window.loading import Loading
from racer.app.window.scene import Practice
from racer.app.window.world.tiles.beside import WorkshopBeside
from racer.core.tuning import TICK_S
from tests.app.fakes import FakeLounge

RUN_S: Final = 8.0
TAP_S: Final = 0.05
TAPPED: Final = {"key": pygame.K_F6, "scancode": pygame.KSCAN_F6, "mod": 0, "unicode": ""}
LATER_NS: Final = 1 << 62
CARS: Final = 16
STARTS: Final = 3

START: Final = """
import os, sys, time
from functools import partial
from racer.__main__ import main
from racer.app.window import game
from racer.app.window.base.screen import Screen, open_display

def seen(screen):
    os.write(1, f"{time.process_time()} {memory()}".encode())
    os._exit(0)

def memory():
    return next(row for row in open("/proc/self/smaps_rollup") if row.startswith("Pss:")).split()[1]

Screen.flip = seen
game.open_display = partial(open_display, hidden=True)
main()
"""


def report() -> Iterator[str]:
    """Yield a line for each figure."""
    with TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        fresh, *used = [_started(profile) for _ in range(STARTS + 1)]
    yield line("from start to menu, with a new profile", [fresh[0] * 1e3], "ms")
    yield line("from start to menu", [seconds * 1e3 for seconds, _ in used], "ms")
    yield line("memory with the first menu", [mib for _, mib in used], "MiB")
    screen, circuits = open_display(hidden=True), CircuitSource()
    lounge, workshop = FakeLounge(circuits), WorkshopBeside()
    sys.setswitchinterval(0.001)  # as the real one
    game = Game(lounge, screen, circuits, None, workshop, Loading(lounge, circuits))
    for when in ("while the rest is loaded", "then"):
        latencies = _run(game)
        rate = f"at {game.pace.rate_hz:.0f} Hz, {when}"
        yield line(f"from picture to picture in the menu, {rate}", [*game.pace.intervals_ms], "ms")
        yield line(f"from event to flip in the menu, {rate}", latencies, "ms")
    yield from _in_race(game, lounge)
    workshop.close()


def _in_race(game: Game, lounge: FakeLounge) -> Iterator[str]:
    """Yield the same of a race of 16, with a thread that steps it as the network's does."""
    game.perform_ask(Practice())
    seat, over = lounge.handle, threading.Event()
    assert seat is not None, "one sits in the race that one has opened"
    seat.count, seat.laps = CARS, 50
    _run(game)  # the lobby, while its land is painted
    seat.start()

    def step() -> None:
        while not over.wait(TICK_S):
            seat.step()

    stepping = threading.Thread(target=step, daemon=True)
    stepping.start()
    latencies = _run(game)
    over.set()
    stepping.join()
    rate = f"at {game.pace.rate_hz:.0f} Hz"
    yield line(f"from picture to picture, {CARS} cars, {rate}", [*game.pace.intervals_ms], "ms")
    yield line(f"from event to flip, {CARS} cars, {rate}", latencies, "ms")


def _run(game: Game) -> list[float]:
    """Play for some seconds, in which a key is pressed again and again.

    Returns:
        From each press to the flip of the first picture with it in it [ms].
    """
    posted: list[int] = []
    game.running, ends = True, time.monotonic() + RUN_S
    game.pace = PicturePace(game.pace.rate_hz)

    def tap() -> None:
        while time.monotonic() < ends:
            time.sleep(TAP_S * random.uniform(0.5, 1.5))  # at any time of a picture
            pygame.event.post(pygame.Event(pygame.KEYDOWN, TAPPED))
            posted.append(time.monotonic_ns())
        game.stop()

    tapping = threading.Thread(target=tap, daemon=True)
    tapping.start()
    game.run()
    tapping.join()
    pictures = iter([*game.pace.pictures])
    polled_ns, shown_ns = next(pictures)
    latencies = []
    for pressed_ns in posted:
        while polled_ns < pressed_ns:
            polled_ns, shown_ns = next(pictures, (LATER_NS, 0))
        if polled_ns < LATER_NS:
            latencies.append((shown_ns - pressed_ns) / 1e6)
    return latencies


def _started(profile: Path) -> tuple[float, float]:
    """Return seconds of processor and MiB of a process that has drawn its first menu."""
    told = subprocess.run(
        [sys.executable, "-c", START, "--interface", "127.0.0.1", "--profile", profile],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "SDL_VIDEODRIVER": "dummy", "PYGAME_HIDE_SUPPORT_PROMPT": "1"},
    ).stdout.split()
    return float(told[-2]), float(told[-1]) / 1024.0


if __name__ == "__main__":
    sys.exit(print_lines(report()))
