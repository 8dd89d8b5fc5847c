"""What one frame of a race costs the processor: 1280 by 720, 16 cars, HUD, minimap, chat, smoke.

Without a window; the flip is not part of it.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator

from benchmarks.figures import line
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.screen import open_display
from racer.app.window.circuit_source import CircuitSource
from racer.app.window.scene import Frame
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.play.view import Start
from tests.app.fakes import FakeSeat

FRAME_NS = 16_666_667
WARM_FRAMES = 1200  # the lobby, the countdown, and the first half of a lap
FRAMES = 600


CIRCUITS = ("harbour-ring", "lantern-bay", "heron-marsh")  # by day, by night, in rain


def report() -> Iterator[str]:
    """Yield a line for each circuit: the processor time of a frame."""
    circuits = CircuitSource()
    for name in CIRCUITS:
        yield line(f"a frame at 1280x720 with 16 cars, {name}", _costs(circuits, name), "ms")


def _costs(circuits: CircuitSource, name: str) -> list[float]:
    """Return the milliseconds of each frame of a race's first half lap."""
    screen = open_display(hidden=True)
    handle = FakeSeat(circuits, cars=16, laps=50, track=name)
    handle.drama = True
    circuits.line(handle.demo.heat.track)
    room = RaceScene(handle, WorldCache(circuits))
    canvas = Canvas(screen.surface())
    for k in range(6):
        handle.hear("Grace", f"line {k} of some chat, as people write it")
    gc.freeze()
    costs: list[float] = []
    for k in range(WARM_FRAMES + FRAMES):
        if k == WARM_FRAMES // 2:
            handle.send(Start())
        handle.step()
        handle.view()  # made by the network's thread, in the game
        before = time.thread_time_ns()
        room.draw(canvas, Frame(1 / 60, k * FRAME_NS))
        costs.append((time.thread_time_ns() - before) / 1e6)
    screen.close()
    return costs[WARM_FRAMES:]
