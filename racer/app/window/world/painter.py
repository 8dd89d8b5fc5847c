"""The track with all that is on it, as a camera sees it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.world.bridge import Bridges
from racer.app.window.world.camera import Sight
from racer.app.window.world.cars.garage import Garage, Look, steer_step
from racer.app.window.world.cars.lean import Leans
from racer.app.window.world.effects import Effects
from racer.app.window.world.gantry import gantry
from racer.app.window.world.marshals.duty import Marshals
from racer.app.window.world.marshals.figures import MarshalFigures
from racer.app.window.world.night import Night
from racer.app.window.world.pickups import PickupSprites
from racer.app.window.world.playback import between
from racer.app.window.world.racing_line import draw_line
from racer.app.window.world.rain import Rain
from racer.app.window.world.tiles.painted_land import PaintedLand
from racer.app.window.world.tiles.painting import WorkshopHere
from racer.app.window.world.tiles.terrain import Terrain
from racer.app.window.world.viewport import Viewport
from racer.core.circuits.track import Light, Weather

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.motion import Impact
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.scene import Frame
    from racer.app.window.world.effects import Sprite
    from racer.app.window.world.tiles.painting import Workshop
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.play.view import CarView, GhostView

GLIDE_MS: Final = 14.0  # m/s; slow enough to read over
WARM_EFFORT: Final = 20  # pictures of cars painted ahead in one frame …
WARM_NS: Final = 2_500_000  # … as far as they take no longer
TILE_EFFORT: Final = 20  # a tile of the land takes as long as so many of them
GLIDE_UNITS: Final = 9.0  # to the metre, of the empty circuit
OVERHEAD_PX: Final = 11.0  # to the metre, that bridges and the gantry are shrunk from
CAR_M: Final = 4.0  # … and a car, with its shadow
NEAR_M: Final = 60.0  # beyond the picture's edge: no dust hangs longer than one needs to there
GHOST_PAINTS: Final = (8, 6)  # numbers whose paint a ghost has: the best is white, ours turquoise


@final
class WorldPainter:
    """Draws one circuit and its cars at one scale of the canvas.

    Args:
        circuits: where its racing line is known.
        track: the circuit.
        scale: of the canvas.
        workshop: where its land is painted; None: here, whenever a frame needs it.
        land: of another painter, which paints it and leaves the tyre marks on it.
        shrink: pixels of the screen, each way, that one of the world's picture fills.
    """

    def __init__(
        self,
        circuits: CircuitSource,
        track: Track,
        scale: float,
        workshop: Workshop | None = None,
        land: PaintedLand | None = None,
        shrink: int = 1,
    ) -> None:
        self.track = track
        self.scale = scale
        scale /= shrink
        self.viewport = Viewport(shrink)
        self.land = land or PaintedLand(
            track, circuits.line(track), scale, workshop or WorkshopHere()
        )
        self._terrain = Terrain(self.land, scale, borrowed=land is not None)
        self.garage = Garage(scale, self.scale)
        self.effects = Effects()
        self._leans = Leans()
        self._bridges: Bridges | None = None
        self._gantry = gantry(track, OVERHEAD_PX * scale)
        self._marshals = MarshalFigures(Marshals(track))
        self._night = Night(track) if track.light is Light.NIGHT else None
        self._rain = Rain(scale) if track.weather is Weather.RAIN else None
        self._pickups = PickupSprites(scale)
        self._glide: tuple[float, tuple[float, float] | None] = (0.0, None)  # its way, its place

    def bridges(self, before: Bridges | None = None) -> Bridges:
        """Return the bridges, which are made when first asked for.

        Args:
            before: those of the same circuit at the scale before, to be seen until then.
        """
        if self._bridges is None:
            fine = OVERHEAD_PX * self.scale / self.viewport.shrink
            self._bridges = Bridges(self.track, fine, before)
        return self._bridges

    def warm(self) -> None:
        """Paint a few things that will be needed soon; takes two or three milliseconds."""
        effort, ends_ns = WARM_EFFORT, time.thread_time_ns() + WARM_NS
        while effort > 0 and time.thread_time_ns() < ends_ns and self.garage.warm():
            effort -= 1  # before all the land: whoever wants to start does not wait for that
        while effort > 0 and time.thread_time_ns() < ends_ns and self.land.warm():
            effort -= TILE_EFFORT

    def tick(self, cars: tuple[CarView, ...], wake: float = 0.0) -> list[Impact]:
        """Take in what happened in one tick: marks, smoke, debris. Return who was hit.

        Args:
            cars: those on the track.
            wake: how deep our own is in the wake of another, 0..1.
        """
        mine = next((car for car in cars if car.mine), None)
        if mine is not None:
            self.effects.stream_along(mine, wake)
        self._leans.tick(cars)
        self._marshals.tick(cars)
        return self.effects.tick(cars, self.track, self._leave_mark, self._is_near)

    def _is_near(self, x: float, y: float) -> bool:
        """Whether a place is seen, or may be in a second or two."""
        return self.viewport.shows(x, y, NEAR_M)

    def draw(
        self,
        canvas: Canvas,
        sight: Sight,
        cars: Sequence[CarView],
        taken: Sequence[bool],
        part: float,
        dt: float,
        *,
        ghosts: Sequence[GhostView] = (),
        aid: RacingLine | None = None,
        area: pygame.Rect | None = None,
    ) -> None:
        """Fill the canvas, or a part of it, with the world.

        Args:
            canvas: drawn over.
            sight: what the camera sees.
            cars: those on the track.
            taken: by number of the pick-up, which are gone; missing ones are there.
            part: how far the cars are on the way of their last tick.
            dt: seconds since the last frame.
            ghosts: laps of other days that are driven beside ours.
            aid: the racing line, where our driver wants it drawn.
            area: of the canvas [pixels], where not all of it shows the world.
        """
        viewport = self.viewport
        shown = canvas.surface if area is None else canvas.surface.subsurface(area)
        scene = viewport.picture(shown)
        viewport.look(scene, sight, canvas.scale / viewport.shrink)
        self._terrain.draw(scene, viewport.corner, viewport.px_per_m)
        mine = next((car for car in cars if car.mine), None)
        if aid is not None and mine is not None:
            way, speed = mine.way_m, mine.speed_ms
            draw_line(scene, self.track, aid, way, speed, viewport.place, viewport.px_per_m)
        scene.fblits(self._ghost_sprites(ghosts, part))
        if self._rain is not None:
            lamps = [(*between(car, part), car.braking) for car in cars if not car.ghost]
            scene.fblits(self._rain.reflections(viewport, lamps), pygame.BLEND_RGB_ADD)
        bridges = self.bridges()
        while not bridges.warm() and self.land.here:
            pass
        below = [car for car in cars if not self._is_on_bridge(car)] if bridges.shown else cars
        pickups = self._pickups.draw(viewport, self.track.pickups, taken, dt)
        still, waving = self._marshals.draw(viewport, dt)
        flags = [] if self._night is not None else waving
        scene.fblits([*still, *flags, *pickups, *self._car_sprites(below, part)])
        if bridges.shown:
            scene.fblits(bridges.sprites(viewport))
            above = [car for car in cars if self._is_on_bridge(car)]
            scene.fblits(self._car_sprites(above, part))
        start = self._gantry.sprite(viewport)
        if start is not None:
            scene.fblits([start])
        scene.fblits(self.effects.draw(dt, viewport.corner, viewport.px_per_m))
        if self._night is not None:
            lit = [(*between(car, part), car.mine) for car in cars]
            self._night.draw(scene, viewport, lit)
            scene.fblits(waving)  # flags are lit: who cannot see them drives on
        if self._rain is not None:
            scene.fblits(self._rain.draw(viewport, dt))
        viewport.show(shown)

    def glide(self, canvas: Canvas, frame: Frame) -> None:
        """Fill the canvas with the empty circuit, seen from something that flies round it."""
        way, last = self._glide
        way += GLIDE_MS * frame.dt
        x, y = self.track.point_at(way)
        eased = 1.0 - math.exp(-frame.dt / 2.5) if last is not None else 1.0
        at = last or (x, y)
        at = at[0] + eased * (x - at[0]), at[1] + eased * (y - at[1])
        self._glide = way, at
        self.draw(canvas, Sight(*at, GLIDE_UNITS), (), (), 0.0, frame.dt)

    def _is_on_bridge(self, car: CarView) -> bool:
        """Whether a car is on a bridge: then the deck does not hide it."""
        return self.track.centre[self.track.index_at(car.way_m)].level > 0

    def _leave_mark(self, x: float, y: float, above: bool) -> None:
        """Leave a tyre mark on the ground, or on the bridge."""
        if not above:
            self._terrain.mark(x, y)
            return
        self.bridges().mark(x, y)

    def _car_sprites(self, cars: Sequence[CarView], part: float) -> list[Sprite]:
        """Return the cars that are seen: their shadows first, for none falls onto a car."""
        viewport, px_per_m = self.viewport, self.viewport.px_per_m
        shadows, sprites = [], []
        for car in sorted(cars, key=lambda car: (not car.ghost, car.mine)):
            x, y, heading = between(car, part)
            if not viewport.shows(x, y, CAR_M):
                continue
            at, ghost = viewport.exact(x, y), car.ghost or car.away
            lean = self._leans.of(car.number, heading)
            look = Look(car.number, car.car, car.braking, steer_step(car.steer), lean)
            if not ghost:
                shadows.append(self.garage.shadow(car.car, at, heading, px_per_m))
            sprites.append(self.garage.sprite(look, at, heading, px_per_m, ghost=ghost))
        return [*shadows, *sprites]

    def _ghost_sprites(self, ghosts: Sequence[GhostView], part: float) -> list[Sprite]:
        viewport, sprites = self.viewport, []
        for ghost in ghosts:
            x, y, heading = between(ghost, part)
            look = Look(GHOST_PAINTS[ghost.kind == "own"], ghost.car)
            at = viewport.exact(x, y)
            sprites.append(self.garage.sprite(look, at, heading, viewport.px_per_m, ghost=True))
        return sprites
