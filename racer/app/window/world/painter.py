"""The track with all that is on it, as a camera sees it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, assert_never, final

import pygame

from racer.app.window.base.palette import BOOST, WHITE
from racer.app.window.world.bridge import decks
from racer.app.window.world.camera import Sight
from racer.app.window.world.cars.garage import Garage, Look, steer_step
from racer.app.window.world.cars.lean import Leans
from racer.app.window.world.effects import Effects, soft_disc
from racer.app.window.world.gantry import gantry
from racer.app.window.world.land.character import land_of
from racer.app.window.world.night import Night
from racer.app.window.world.playback import between
from racer.app.window.world.racing_line import draw_line
from racer.app.window.world.rain import Rain
from racer.app.window.world.tiles.painting import WorkshopHere
from racer.app.window.world.tiles.terrain import Terrain
from racer.app.window.world.viewport import Viewport
from racer.core.circuits.track import Light, PickupKind, Weather

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
WARM_EFFORT: Final = 20  # pictures of cars painted ahead in one frame
TILE_EFFORT: Final = 20  # a tile of the land takes as long as so many of them
GLIDE_UNITS: Final = 9.0  # to the metre, of the empty circuit
PICKUP_PX: Final = 11.0  # to the metre, that pick-ups are shrunk from
PICKUP_M: Final = 2.0  # beyond the picture's edge one still reaches into it
CAR_M: Final = 4.0  # … and a car, with its shadow
GHOST_PAINTS: Final = (8, 6)  # numbers whose paint a ghost has: the best is white, ours turquoise
PULSE: Final = 24  # pictures of a pick-up that glows and fades


@final
class WorldPainter:
    """Draws one circuit and its cars at one scale of the canvas."""

    def __init__(
        self, circuits: CircuitSource, track: Track, scale: float, workshop: Workshop | None = None
    ) -> None:
        self.track = track
        self.scale = scale
        self.viewport = Viewport()
        self.ground = Terrain(track, circuits.line(track), scale, workshop or WorkshopHere())
        self.garage = Garage(scale)
        self.effects = Effects()
        self._leans = Leans()
        fine = PICKUP_PX * scale
        self._decks = decks(track, land_of(track), fine)
        self._gantry = gantry(track, fine)
        self._night = Night(track) if track.light is Light.NIGHT else None
        self._rain = Rain(scale) if track.weather is Weather.RAIN else None
        self._pickups = {
            kind: [_pickup_picture(kind, fine, k / PULSE) for k in range(PULSE)]
            for kind in PickupKind
        }
        self._clock_s = 0.0
        self._glide_m = 0.0
        self._glide_at: tuple[float, float] | None = None

    def warm(self) -> None:
        """Paint a few things that will be needed soon; takes two or three milliseconds."""
        effort = WARM_EFFORT
        while effort > 0 and self.ground.warm():
            effort -= TILE_EFFORT
        while effort > 0 and self.garage.warm():
            effort -= 1

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
        return self.effects.tick(cars, self.track, self._leave_mark)

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
        self._clock_s += dt
        viewport = self.viewport
        scene = canvas.surface if area is None else canvas.surface.subsurface(area)
        viewport.look(scene, sight, canvas.scale)
        self.ground.draw(scene, viewport.corner, viewport.px_per_m)
        mine = next((car for car in cars if car.mine), None)
        if aid is not None and mine is not None:
            way, speed = mine.way_m, mine.speed_ms
            draw_line(scene, self.track, aid, way, speed, viewport.place, viewport.px_per_m)
        scene.fblits(self._ghost_sprites(ghosts, part))
        if self._rain is not None:
            lamps = [(*between(car, part), car.braking) for car in cars if not car.ghost]
            scene.fblits(self._rain.reflections(viewport, lamps), pygame.BLEND_RGB_ADD)
        below = [car for car in cars if not self._is_on_bridge(car)] if self._decks else cars
        scene.fblits([*self._pickup_sprites(taken), *self._car_sprites(below, part)])
        if self._decks:
            scene.fblits(
                [sprite for deck in self._decks if (sprite := deck.sprite(viewport)) is not None]
            )
            above = [car for car in cars if self._is_on_bridge(car)]
            scene.fblits(self._car_sprites(above, part))
        start = self._gantry.sprite(viewport)
        if start is not None:
            scene.fblits([start])
        scene.fblits(self.effects.draw(dt, viewport.corner, viewport.px_per_m))
        if self._night is not None:
            lit = [(*between(car, part), car.mine) for car in cars]
            self._night.draw(scene, viewport, lit)
        if self._rain is not None:
            scene.fblits(self._rain.draw(viewport, dt))

    def glide(self, canvas: Canvas, frame: Frame) -> None:
        """Fill the canvas with the empty circuit, seen from something that flies round it."""
        self._glide_m += GLIDE_MS * frame.dt
        x, y = self.track.point_at(self._glide_m)
        eased = 1.0 - math.exp(-frame.dt / 2.5) if self._glide_at is not None else 1.0
        at = self._glide_at or (x, y)
        self._glide_at = at[0] + eased * (x - at[0]), at[1] + eased * (y - at[1])
        self.draw(canvas, Sight(*self._glide_at, GLIDE_UNITS), (), (), 0.0, frame.dt)

    def _is_on_bridge(self, car: CarView) -> bool:
        """Whether a car is on a bridge: then the deck does not hide it."""
        return self.track.centre[self.track.index_at(car.way_m)].level > 0

    def _leave_mark(self, x: float, y: float, above: bool) -> None:
        """Leave a tyre mark on the ground, or on the bridge."""
        if not above:
            self.ground.mark(x, y)
            return
        for deck in self._decks:
            deck.mark(x, y)

    def _pickup_sprites(self, taken: Sequence[bool]) -> list[Sprite]:
        viewport, sprites = self.viewport, []
        ratio = viewport.px_per_m / (PICKUP_PX * self.scale)
        for k, pickup in enumerate(self.track.pickups):
            gone = k < len(taken) and taken[k]
            if gone or not viewport.shows(pickup.x, pickup.y, PICKUP_M):
                continue
            picture = self._pickups[pickup.kind][int(self._clock_s * 20.0 + 5 * k) % PULSE]
            picture = pygame.transform.smoothscale_by(picture, ratio)
            x, y = viewport.place(pickup.x, pickup.y)
            width, height = picture.get_size()
            sprites.append((picture, (x - width // 2, y - height // 2)))
        return sprites

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


def _pickup_picture(kind: PickupKind, px_per_m: float, phase: float) -> pygame.Surface:
    """Return a pick-up, at a phase 0..1 of its pulse."""
    match kind:
        case PickupKind.CANISTER:
            return _canister_picture(px_per_m, phase)
        case _:
            assert_never(kind)


def _canister_picture(px_per_m: float, phase: float) -> pygame.Surface:
    """Return a boost canister in its glow."""
    glow = 0.5 - 0.5 * math.cos(phase * math.tau)
    picture = soft_disc(BOOST, px_per_m * (1.5 + 0.35 * glow), round(150 + 90 * glow))
    side = 96
    can = pygame.Surface((side, side), pygame.SRCALPHA)
    pygame.draw.rect(can, (18, 60, 92), (26, 12, 44, 76), border_radius=14)
    pygame.draw.rect(can, BOOST, (31, 17, 34, 66), border_radius=11)
    pygame.draw.rect(can, (210, 240, 255), (36, 21, 9, 58), border_radius=5)
    pygame.draw.rect(can, WHITE, (40, 4, 16, 12), border_radius=4)
    pygame.draw.polygon(can, WHITE, [(52, 28), (40, 52), (49, 52), (44, 72), (58, 46), (49, 46)])
    size = round(1.7 * px_per_m)
    can = pygame.transform.smoothscale(can, (size, size))
    half = picture.get_width() // 2
    picture.blit(can, (half - size // 2, half - size // 2))
    return picture
