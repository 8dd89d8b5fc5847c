"""What one frame of a race costs the processor: 16 cars or 24, HUD, minimap, chat, smoke.

By day, by night, in rain, at three sizes; and over a lap of 7 km, where the land is painted as it
comes, by the process beside. Without a window; the flip is not part of it.

Each frame is drawn once as it comes, and then three times more: as it was at its quickest, it is
as it would be on a machine that does nothing else. Each scene has a process of its own, as each
window has: what the ones before left in memory and caches is not the game's.
"""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
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
from racer.play.view import RaceView, Start
from tests.app.fakes import FakeSeat

FRAME_NS: Final = 16_666_667
LOBBY_S: Final = 120.0  # at most, until the land about the road is painted
WARM_FRAMES: Final = 600  # the countdown and the first seconds
FRAMES: Final = 600
AGAIN: Final = 3
SETTLING_FRAMES: Final = 90
LAP_FRAMES: Final = 9000
LAP_CARS: Final = 6  # a field of sixteen hides what the land costs

SIZES: Final = ((1280, 720), (1920, 1080), (3840, 2160))
CIRCUITS: Final = ("harbour-ring", "lantern-bay", "heron-marsh")  # by day, by night, in rain
LONG: Final = "northmarch"


def report() -> Iterator[str]:
    """Yield two lines for each size, field and circuit, and those of the long lap."""
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawned, max_tasks_per_child=1) as alone:
        for size, cars in (*((size, 16) for size in SIZES), (SIZES[0], 24)):
            for name in CIRCUITS:
                what = f"a frame at {size[0]}x{size[1]} with {cars} cars, {name}"
                first, quickest = alone.submit(_costs_again, name, size, cars).result()
                yield line(what, first, "ms")
                yield line("  each at its quickest of three", quickest, "ms")
        costs = alone.submit(_costs_of_lap).result()
        yield line(f"a frame at 1280x720 over a lap of {LONG}, as land comes", costs, "ms")


def _costs_again(name: str, size: tuple[int, int], cars: int) -> tuple[list[float], list[float]]:
    return _Race(CircuitSource(), name, size, cars).costs_again()


def _costs_of_lap() -> list[float]:
    return _Race(CircuitSource(), LONG, SIZES[0], LAP_CARS).costs_in_time()


class _Race:
    """A race that begins once the land about the road is painted, as after some time in a lobby."""

    def __init__(
        self, circuits: CircuitSource, name: str, size: tuple[int, int], cars: int
    ) -> None:
        self._screen = open_display(hidden=True)
        self._seat = _seat_of(circuits, name, cars)
        self._workshop = WorkshopBeside()
        self._cache = WorldCache(circuits, self._workshop)
        self._room = RaceScene(self._seat, self._cache)
        self._canvas = Canvas(pygame.Surface(size).convert())
        self._drawn = 0
        gc.freeze()

    def costs_again(self) -> tuple[list[float], list[float]]:
        """Return the milliseconds of each frame as it comes, and at its quickest after that."""
        self._wait_for_land()
        self._seat.send(Start())
        for _ in range(WARM_FRAMES):
            self._draw(self._next_view())
        views, first = [], []
        for _ in range(FRAMES):
            views.append(self._next_view())
            first.append(self._draw(views[-1]))
        again = [self._costs_once_more(views) for _ in range(AGAIN)]
        self._close()
        return first, [min(costs) for costs in zip(*again, strict=True)]

    def _costs_once_more(self, views: Sequence[RaceView]) -> list[float]:
        """Return those of the same frames, once their first place has its land again.

        Who drives is nowhere all of a sudden, and the land is painted ahead.
        """
        for _ in range(SETTLING_FRAMES):
            self._draw(views[0])
            time.sleep(FRAME_NS / 1e9)
        return [self._draw(view) for view in views]

    def costs_in_time(self) -> list[float]:
        """Return those of a lap whose frames come when they are due, and the land as it can."""
        self._seat.send(Start())
        due_s, costs = time.monotonic(), []
        for _ in range(WARM_FRAMES + LAP_FRAMES):
            costs.append(self._draw(self._next_view()))
            due_s = max(due_s + FRAME_NS / 1e9, time.monotonic() - 0.1)
            time.sleep(max(0.0, due_s - time.monotonic()))
        self._close()
        return costs[WARM_FRAMES:]

    def _wait_for_land(self) -> None:
        """Draw the lobby until the land is there, as long as that may take."""
        ends_s = time.monotonic() + LOBBY_S
        track = self._seat.demo.heat.track
        while time.monotonic() < ends_s:
            self._draw(self._next_view())
            world = self._cache.world_if_ready(track, self._canvas, 0.0)
            if world is not None and not world.land.warm():
                return
            time.sleep(FRAME_NS / 1e9)

    def _next_view(self) -> RaceView:
        """Return what the next tick shows; made by the network's thread, in the game."""
        self._seat.shown = None
        self._seat.step()
        view = self._seat.view()
        assert view is not None, "who has a seat sees the race"
        return view

    def _draw(self, view: RaceView) -> float:
        self._seat.shown = view
        before_ns = time.thread_time_ns()
        self._room.draw(self._canvas, Frame(1 / 60, self._drawn * FRAME_NS))
        cost = (time.thread_time_ns() - before_ns) / 1e6
        self._drawn += 1
        self._cache.detail.on_frame(cost)  # as the window does: it may draw less finely
        return cost

    def _close(self) -> None:
        self._workshop.close()
        self._screen.close()


def _seat_of(circuits: CircuitSource, name: str, cars: int) -> FakeSeat:
    seat = FakeSeat(circuits, cars=cars, laps=50, track=name)
    seat.drama = True
    circuits.line(seat.demo.heat.track)
    for k in range(6):
        seat.hear("Grace", f"line {k} of some chat, as people write it")
    return seat
