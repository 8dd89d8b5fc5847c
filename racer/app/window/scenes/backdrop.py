"""Bots that race behind the title and the scenes that stand on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.motion import velocity
from racer.app.window.base.palette import DUSK
from racer.app.window.circuit_source import DEFAULT
from racer.app.window.scenes.demo import Demo
from racer.app.window.world.camera import Camera, Sight
from racer.app.window.world.playback import between
from racer.core.tuning import TICK_S

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.scene import Frame
    from racer.app.window.scenes.world_cache import WorldCache
    from racer.app.window.world.painter import WorldPainter

DEMO_CARS: Final = 8
WATCH_S: Final = 14.0  # the camera goes on to another car after so long
ASIDE_M: Final = 26.0  # the watched car is right of the middle: the list stands on the left


@final
class Backdrop:
    """A demo race of bots, seen from over one of them, darkened where text stands."""

    def __init__(self, world_cache: WorldCache) -> None:
        circuits = world_cache.circuits
        track = circuits.track(DEFAULT)
        assert track is not None, "the default circuit ships with the game"
        self._world_cache = world_cache
        self._track = track
        self._demo: Demo | None = None
        self._camera = Camera()
        self._owed_s = 0.0
        self._time_s = 0.0
        self._shade: pygame.Surface | None = None

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        world = self._world_cache.world_if_ready(self._track, canvas, frame.dt)
        if world is None:
            canvas.surface.fill(DUSK)
            return
        demo = self._demo = self._demo or Demo(
            self._track, self._world_cache.circuits.line(self._track), DEMO_CARS
        )
        world.garage.expect([(number, 0) for number in range(1, DEMO_CARS + 1)])
        world.warm()
        self._step_demo(demo, world, frame.dt)
        cars = demo.cars()
        car = cars[int(self._time_s / WATCH_S) % len(cars)]
        part = self._owed_s / TICK_S
        x, y, _ = between(car, part)
        sight = self._camera.follow(x, y, *velocity(car.before, car.pose), frame.dt)
        sight = Sight(sight.x - ASIDE_M, sight.y)
        world.draw(canvas, sight, cars, (), part, frame.dt)
        size = canvas.surface.get_size()
        if self._shade is None or self._shade.get_size() != size:
            self._shade = _shade(size)
        canvas.surface.blit(self._shade, (0, 0), special_flags=pygame.BLEND_RGB_MULT)

    def _step_demo(self, demo: Demo, world: WorldPainter, dt: float) -> None:
        self._time_s += dt
        self._owed_s = min(self._owed_s + dt, 4.0 * TICK_S)
        while self._owed_s >= TICK_S:
            self._owed_s -= TICK_S
            demo.step()
            world.tick(demo.cars())


def _shade(size: tuple[int, int]) -> pygame.Surface:
    """Return a picture to multiply with: dark on the left, where the list stands."""
    small = pygame.Surface((8, 2)).convert()
    for k, grey in enumerate((92, 96, 112, 150, 196, 220, 226, 214)):
        small.fill((grey, grey, min(255, grey + 6)), (k, 0, 1, 2))
    return pygame.transform.smoothscale(small, size)
