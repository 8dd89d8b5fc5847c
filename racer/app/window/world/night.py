"""Darkness: one small picture of light, magnified and multiplied into the scene (ADR 21)."""

from __future__ import annotations

import math
import re
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.world.land.road.along import across

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.effects import Sprite
    from racer.app.window.world.viewport import Viewport
    from racer.core.circuits.track import Track

LIGHT_PX: Final = 1.8  # pixels of the light to the metre: it has no sharp edges
MOON: Final[Colour] = (64, 78, 122)  # what is left of each colour where no lamp shines, of 255
LAMP: Final[Colour] = (164, 130, 70)
STAND: Final[Colour] = (190, 178, 150)
BEAM: Final[Colour] = (226, 222, 196)
HALO: Final[Colour] = (84, 84, 92)  # about each car, so that all are seen from all sides
LAMP_EVERY_M: Final = 75.0
LAMP_REACH_M: Final = 17.0
BEAM_M: Final = 40.0
BEAM_SPREAD: Final = math.radians(38.0)  # to either side, where it is faintest
BEAM_STEPS: Final = 26  # of brightness, from its rim to its middle
DIRECTIONS: Final = 72
HALO_M: Final = 3.8
CELLS: Final = (64, 36)  # of a scene, each of which is lit, or left to the moon …
BAND: Final = 4  # … by bands of so many rows of them
RUNS: Final = re.compile("0+|1+")
LIT: Final = bytes(b"01"[shade > MOON[0]] for shade in range(256))  # by the red, which all have
SMOOTH_PX: Final = 360  # the light is smooth to pictures so high, and repeats pixels beyond


@final
class Night:
    """Lamps along the road, lit stands, and a beam before each car."""

    def __init__(self, track: Track) -> None:
        self._per_m = LIGHT_PX
        self._lamps = list(_lamps(track))
        self._pools = {
            size: _pool_picture(colour, size * self._per_m)
            for size, colour in {(m, c) for _, _, m, c in self._lamps} | {(HALO_M, HALO)}
        }
        self._straight = {ours: _beam_picture(self._per_m, ours) for ours in (True, False)}
        self._beams: dict[tuple[int, bool], tuple[pygame.Surface, tuple[int, int]]] = {}
        self._light: pygame.Surface | None = None
        self._smooth: pygame.Surface | None = None
        self._block: pygame.Surface | None = None

    def draw(
        self,
        scene: pygame.Surface,
        viewport: Viewport,
        cars: Iterable[tuple[float, float, float, bool]],
    ) -> None:
        """Darken a scene but for what is lit.

        Args:
            scene: drawn over.
            viewport: what it shows.
            cars: place [m], heading, and whether it is ours, of each car. The beams of others are
                fainter: sixteen full ones make a day.
        """
        times = max(2, scene.get_height() // SMOOTH_PX)
        light, smooth = self._light_surfaces(scene.get_size(), viewport.px_per_m, times)
        light.fill(MOON)
        light.fblits(self._pools_seen(viewport, light.get_size(), cars), pygame.BLEND_RGB_ADD)
        # Smooth to a part of the scene, then magnified: light that is as good, at half the cost.
        pygame.transform.smoothscale(light, smooth.get_size(), smooth)
        self._darken(scene, smooth, times, _lit_cells(light))

    def _pools_seen(
        self,
        viewport: Viewport,
        size: tuple[int, int],
        cars: Iterable[tuple[float, float, float, bool]],
    ) -> list[Sprite]:
        """Return what shines into a picture of the light, and where in it."""
        left, top, per_m = viewport.left, viewport.top, self._per_m
        width, height = size[0] / per_m, size[1] / per_m
        seen: list[Sprite] = []
        for lamp_x, lamp_y, reach, _ in self._lamps:
            x, y = lamp_x - left, top - lamp_y
            if -reach < x < width + reach and -reach < y < height + reach:
                pool = self._pools[reach]
                half = pool.get_width() // 2
                seen.append((pool, (round(x * per_m) - half, round(y * per_m) - half)))
        halo = self._pools[HALO_M]
        half = halo.get_width() // 2
        for car_x, car_y, heading, ours in cars:
            x, y = car_x - left, top - car_y
            if -BEAM_M < x < width + BEAM_M and -BEAM_M < y < height + BEAM_M:
                px, py = round(x * per_m), round(y * per_m)
                seen.append((halo, (px - half, py - half)))
                beam, (dx, dy) = self._beam_picture(heading, ours)
                seen.append((beam, (px + dx, py + dy)))
        return seen

    def _darken(
        self, scene: pygame.Surface, smooth: pygame.Surface, times: int, lit: Sequence[str]
    ) -> None:
        """Multiply light into a scene; where there is but the moon it is one colour."""
        (width, height), across = smooth.get_size(), CELLS[0]
        if self._block is None:
            self._block = pygame.Surface((times * width, times * -(-height // len(lit)))).convert()
        for band, cells in enumerate(lit):
            top, bottom = band * height // len(lit), (band + 1) * height // len(lit)
            tall = times * (bottom - top)
            for run in RUNS.finditer(cells):
                left, right = run.start() * width // across, run.end() * width // across
                rect = (times * left, times * top, times * (right - left), tall)
                if cells[run.start()] == "0":
                    scene.fill(MOON, rect, pygame.BLEND_RGB_MULT)
                    continue
                block = self._block.subsurface((0, 0, *rect[2:]))
                part = smooth.subsurface((left, top, right - left, bottom - top))
                pygame.transform.scale(part, rect[2:], block)
                scene.blit(block, rect, None, pygame.BLEND_RGB_MULT)

    def _beam_picture(self, heading: float, ours: bool) -> tuple[pygame.Surface, tuple[int, int]]:
        """Return the light of a car's lamps, and where it begins from the car's middle."""
        direction = round(heading / math.tau * DIRECTIONS) % DIRECTIONS
        beam = self._beams.get((direction, ours))
        if beam is None:
            angle = direction * math.tau / DIRECTIONS
            turned = pygame.transform.rotozoom(self._straight[ours], math.degrees(angle), 1.0)
            turned = turned.convert()  # black about it, which adds nothing
            turned.set_colorkey((0, 0, 0))
            box = turned.get_bounding_rect()
            turned.set_colorkey(None)
            ahead = self._straight[ours].get_width() / 2.0
            x = round(ahead * math.cos(angle) - turned.get_width() / 2.0) + box.left
            y = round(-ahead * math.sin(angle) - turned.get_height() / 2.0) + box.top
            beam = self._beams[direction, ours] = turned.subsurface(box).copy(), (x, y)
        return beam

    def _light_surfaces(
        self, size: tuple[int, int], px_per_m: float, times: int
    ) -> tuple[pygame.Surface, pygame.Surface]:
        """Return the picture of the light, and one that many times smaller than the scene."""
        ratio = self._per_m / px_per_m
        small = (max(1, math.ceil(size[0] * ratio)), max(1, math.ceil(size[1] * ratio)))
        if self._light is None or any(
            a < b for a, b in zip(self._light.get_size(), small, strict=True)
        ):
            self._light = pygame.Surface(small).convert()
        parts = (-(-size[0] // times), -(-size[1] // times))
        if self._smooth is None or self._smooth.get_size() != parts:
            self._smooth, self._block = pygame.Surface(parts).convert(), None
        return self._light.subsurface((0, 0, *small)), self._smooth


def _lit_cells(light: pygame.Surface) -> list[str]:
    """Return for each band of cells which are lit by more than the moon, as ones and zeros.

    A cell beside a lit one counts as lit: light is spread as it is magnified.
    """
    across, down = CELLS
    means = pygame.transform.smoothscale(light, CELLS)
    reds = pygame.image.tobytes(means, "RGB")[::3].translate(LIT)
    rows = [int(reds[k * across : (k + 1) * across], 2) for k in range(down)]
    bands = []
    for top in range(0, down, BAND):
        lit = reduce(or_, rows[max(0, top - 1) : top + BAND + 1])
        lit = (lit << 1 | lit | lit >> 1) & ~(1 << across)
        bands.append(f"{lit:0{across}b}")
    return bands


def _lamps(track: Track) -> Iterable[tuple[float, float, float, Colour]]:
    """Yield place, reach [m] and colour of each lamp that stands."""
    every = max(1, round(LAMP_EVERY_M / track.spacing_m))
    for k, i in enumerate(range(0, len(track.centre), every)):
        point = track.centre[i]
        lateral = point.left_wall_m if k % 2 else -point.right_wall_m
        x, y = across(point, 0.75 * lateral)
        yield x, y, LAMP_REACH_M, LAMP
    for thing in track.scenery:
        if thing.kind in {"stand", "pits", "tent"}:
            count = max(1, round(thing.size_m / 22.0))
            for k in range(count):
                along = (k + 0.5) * thing.size_m / count - thing.size_m / 2.0
                x = thing.x + along * math.cos(thing.heading)
                y = thing.y + along * math.sin(thing.heading)
                yield x, y, 19.0, STAND


def _pool_picture(colour: Colour, radius: float) -> pygame.Surface:
    """Return a round pool of light, to be added."""
    size = max(4, 2 * round(radius))
    pool = pygame.Surface((size, size)).convert()
    for ring in range(size // 2, 0, -1):
        share = 1.0 - ring / (size / 2.0)
        share = share * share * (3.0 - 2.0 * share)
        shade = (round(colour[0] * share), round(colour[1] * share), round(colour[2] * share))
        pygame.draw.circle(pool, shade, (size / 2, size / 2), ring)
    return pool


def _beam_picture(per_m: float, ours: bool) -> pygame.Surface:
    """Return the light of head lamps towards the right; the car is in the middle of its left."""
    strength = 0.92 if ours else 0.30
    half = math.ceil(BEAM_M * math.sin(BEAM_SPREAD) * per_m)
    beam = pygame.Surface((math.ceil(BEAM_M * per_m) + 4, 2 * half)).convert()
    nose = 1.2 * per_m
    for k in range(BEAM_STEPS):  # from the faint outside in
        inward = k / BEAM_STEPS
        share = strength * (k + 1) / BEAM_STEPS
        far = (BEAM_M * per_m - nose) * (1.0 - 0.42 * inward**1.5)
        rim = []
        for n in range(-8, 9):
            angle = BEAM_SPREAD * (1.0 - 0.58 * inward) * n / 8
            reach = far * (0.55 + 0.45 * math.cos(math.pi / 16 * n))
            rim.append((nose + reach * math.cos(angle), half + reach * math.sin(angle)))
        shade = (round(BEAM[0] * share), round(BEAM[1] * share), round(BEAM[2] * share))
        lamps = ((nose, half + 0.7 * per_m), (nose, half - 0.7 * per_m))
        pygame.draw.polygon(beam, shade, [*rim, *lamps])
    small = pygame.transform.smoothscale_by(beam, 0.5)
    return pygame.transform.smoothscale(small, beam.get_size())
