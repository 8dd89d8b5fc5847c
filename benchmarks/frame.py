"""What one frame of a race costs the processor: 16 cars, HUD, minimap, chat, smoke.

By day, by night, in rain, at three sizes; and over a lap of 7 km, where the land is painted as it
comes, by the process beside. Without a window; the flip is not part of it.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from typing import Final

import pygame

from benchmarks.figures import line
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.screen import open_display
from racer.app.window.circuit_source import CircuitSource
from racer.app.window.scene import Frame
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.app.window.world.tiles.beside import WorkshopBeside
from racer.play.view import Start
from tests.app.fakes import FakeSeat

FRAME_NS: Final = 16_666_667
LOBBY_FRAMES: Final = 600
WARM_FRAMES: Final = 600  # the countdown and the first seconds
FRAMES: Final = 600
LAP_FRAMES: Final = 9000
LAP_CARS: Final = 6  # a field of sixteen hides what the land costs

SIZES: Final = ((1280, 720), (1920, 1080), (3840, 2160))
CIRCUITS: Final = ("harbour-ring", "lantern-bay", "heron-marsh")  # by day, by night, in rain
LONG: Final = "northmarch"


def report() -> Iterator[str]:
    """Yield a line for each size and circuit: the processor time of a frame."""
    circuits = CircuitSource()
    for size in SIZES:
        for name in CIRCUITS:
            costs = costs_of(circuits, name, size)
            yield line(f"a frame at {size[0]}x{size[1]} with 16 cars, {name}", costs, "ms")
    costs = costs_of(circuits, LONG, SIZES[0], cars=LAP_CARS, frames=LAP_FRAMES)
    yield line(f"a frame at 1280x720 over a lap of {LONG}", costs, "ms")


def costs_of(
    circuits: CircuitSource,
    name: str,
    size: tuple[int, int],
    *,
    cars: int = 16,
    frames: int = FRAMES,
) -> list[float]:
    """Return the milliseconds of each frame of a race, from some seconds after its start."""
    screen = open_display(hidden=True)
    handle = FakeSeat(circuits, cars=cars, laps=50, track=name)
    handle.drama = True
    circuits.line(handle.demo.heat.track)
    workshop = WorkshopBeside()
    cache = WorldCache(circuits, workshop)
    room = RaceScene(handle, cache)
    canvas = Canvas(pygame.Surface(size).convert())
    for k in range(6):
        handle.hear("Grace", f"line {k} of some chat, as people write it")
    gc.freeze()
    costs: list[float] = []
    for k in range(LOBBY_FRAMES + WARM_FRAMES + frames):
        if k == LOBBY_FRAMES:
            handle.send(Start())
        handle.step()
        handle.view()  # made by the network's thread, in the game
        before = time.thread_time_ns()
        room.draw(canvas, Frame(1 / 60, k * FRAME_NS))
        costs.append((time.thread_time_ns() - before) / 1e6)
        cache.detail.on_frame(costs[-1])  # as the window does: it may draw less finely
    workshop.close()
    screen.close()
    return costs[LOBBY_FRAMES + WARM_FRAMES :]
