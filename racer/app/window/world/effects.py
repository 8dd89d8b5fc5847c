"""Smoke, dust, spray, sparks, debris, flames and tyre marks: what cars leave behind them."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, final

import pygame

from racer.app.motion import Impact, Impacts, velocity
from racer.core.circuits.track import Surface, Track
from racer.core.tuning import CAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from racer.app.window.base.lettering import Colour
    from racer.play.view import CarView

PUFFS_MAX: Final = 300  # at once; the oldest go first
SCALES: Final = 3  # pictures of a puff to a doubling of the scale: soft as it is, none is missed
DISCS_MAX: Final = 256  # of 16 kB, that pictures of puffs are shrunk from
FRAMES: Final = 14  # pictures of a puff from its first moment to its last
MARK_STEP_M: Final = 0.3  # between the dabs that make up a tyre mark
WHEEL_M: Final = 0.80  # of a rear wheel from the middle of the car
SPRAY_SPEED: Final = 11.0  # m/s; slower wheels throw up no water
SPARKS: Final = 22  # of the hardest hit
SHARDS: Final = 12
SHARDS_FROM: Final = 0.55  # force of a hit from which something breaks off
SCRAPE_M: Final = 1.25  # from a car's middle to a barrier that it grinds along
AIR_FROM: Final = 0.2  # depth of a wake from which one sees it
AIR_MS: Final = 22.0
Sprite: TypeAlias = tuple[pygame.Surface, tuple[int, int]]


class Puff(NamedTuple):
    """A bit of something in the air; x, y is where it came to be, at a time of its own clock."""

    kind: str
    x: float
    y: float
    vx: float
    vy: float
    life_s: float
    born_s: float


LOOKS: Final[dict[str, tuple[Colour, float, float, int]]] = {
    "smoke": ((226, 228, 232), 0.45, 1.7, 64),
    "dust": ((176, 154, 104), 0.4, 1.5, 96),
    "grass": ((112, 112, 62), 0.35, 1.1, 90),
    "dirt": ((168, 132, 92), 0.5, 2.2, 88),
    "spray": ((206, 220, 236), 0.5, 2.0, 74),
    "spark": ((255, 206, 96), 0.34, 0.12, 250),
    "shard": ((38, 40, 46), 0.2, 0.16, 255),
    "glint": ((236, 240, 246), 0.16, 0.1, 240),
    "cloud": ((196, 186, 166), 0.5, 2.6, 120),
    "air": ((236, 244, 255), 0.16, 0.42, 58),
    "flame": ((96, 196, 255), 0.5, 0.15, 200),
}
"""Colour, radius at first and at last [m], opacity at first."""

LOOSE: Final = {Surface.GRAVEL: "dust", Surface.GRASS: "grass", Surface.DIRT: "dirt"}


@final
class Effects:
    """All puffs in the air. Randomness is only for the eye, so it is its own."""

    def __init__(self) -> None:
        self._rng = Random(1)
        self._puffs: list[Puff] = []
        self._clock_s = 0.0
        self._frames: dict[tuple[str, int], list[tuple[pygame.Surface, int]]] = {}
        self._impacts = Impacts()

    def tick(
        self,
        cars: tuple[CarView, ...],
        track: Track,
        mark: Callable[[float, float, bool], None],
        near: Callable[[float, float], bool] = lambda _x, _y: True,
    ) -> list[Impact]:
        """Let each car leave what it leaves in one tick: marks on the ground, puffs in the air.

        Args:
            cars: all of them.
            track: tells what lies under them.
            mark: leaves a dab at a place [m], on the bridge or not.
            near: whether a place is seen, or will be before a puff is gone. What is far leaves
                marks, which stay, and nothing in the air: it would take the place of what is seen.

        Returns:
            Who was hit in this tick.
        """
        hits = self._impacts.on_cars(cars)
        for hit in hits:
            if near(hit.x, hit.y):
                self._add_blow(hit)
        for car in cars:
            if car.ghost or car.speed_ms < 2.0:
                continue
            seen = near(car.pose.x, car.pose.y)
            if not (seen or car.sliding):
                continue
            index = track.index_at(car.way_m)
            place = track.project(car.pose.x, car.pose.y, index)
            surface = track.surface_at(place.index, place.lateral_m)
            wet = surface in {Surface.WET, Surface.WET_KERB}
            loose = surface in {Surface.GRASS, Surface.GRAVEL, Surface.DIRT}
            slides = car.sliding and not wet
            if slides or (loose and surface is not Surface.DIRT and car.speed_ms > 6.0):
                self._leave_tyre_marks(car, mark, track.centre[index].level > 0)
            if not seen:
                continue
            left, right = track.walls_at(place)
            if min(left - place.lateral_m, right + place.lateral_m) < SCRAPE_M:
                self._add_scrape(car, left - place.lateral_m < SCRAPE_M)
            self._add_trail_puffs(car, surface, loose, wet)
        return hits

    def stream_along(self, car: CarView, depth: float) -> None:
        """Let air be seen that streams along our car, which is this deep in the wake of another."""
        if depth < AIR_FROM or car.speed_ms < AIR_MS or self._rng.random() > 0.3 + depth:
            return
        for side in (-1.25, 1.25):
            self._add_puff("air", car, 2.6 + self._rng.random(), side, 0.26 + 0.2 * depth, 0.1)

    def draw(self, dt: float, corner: tuple[int, int], px_per_m: float) -> list[Sprite]:
        """Age all puffs by `dt` seconds and return their pictures, to be drawn in this order.

        Args:
            dt: since the last frame.
            corner: where the picture begins, in pixels from the origin of the track.
            px_per_m: the scale.
        """
        # The loop runs for hundreds of puffs in each frame, so it works on locals.
        scale, (left, top) = px_per_m, corner
        now_s = self._clock_s = self._clock_s + dt
        step = round(math.log2(px_per_m) * SCALES)
        frames: dict[str, list[tuple[pygame.Surface, int]]] = {}
        sprites: list[Sprite] = []
        gone = False
        for kind, x, y, vx, vy, life, born in self._puffs:
            age = now_s - born
            if age >= life:
                gone = True
                continue
            pictures = frames.get(kind)
            if pictures is None:
                pictures = frames[kind] = self._frames_at(kind, step)
            picture, half = pictures[int(age / life * FRAMES)]
            px = int((x + vx * age) * scale) - left - half
            sprites.append((picture, (px, int(-(y + vy * age) * scale) - top - half)))
        if gone:
            self._puffs = [puff for puff in self._puffs if now_s - puff.born_s < puff.life_s]
        return sprites

    def _frames_at(self, kind: str, step: int) -> list[tuple[pygame.Surface, int]]:
        """Return the pictures of a kind of puff, at one of the scales it is painted at."""
        frames = self._frames.get((kind, step))
        if frames is None:
            frames = self._frames[kind, step] = _frames(2.0 ** (step / SCALES), *LOOKS[kind])
        return frames

    def count(self) -> dict[str, int]:
        """Return how many puffs of each kind are in the air."""
        return Counter(puff.kind for puff in self._puffs)

    def _add_blow(self, hit: Impact) -> None:
        """Throw sparks from where a car was struck, and by the force of it dust and debris."""
        force, (vx, vy) = hit.force, hit.before
        self._throw_bits("spark", hit, round(SPARKS * force), 0.6, (0.12, 0.34))
        self._add_to_air("cloud", (hit.x, hit.y), (0.3 * vx, 0.3 * vy), 0.25 + 0.5 * force)
        if force > SHARDS_FROM:
            count = round(SHARDS * force)
            self._throw_bits("shard", hit, count, 0.45, (0.5, 1.3))
            self._throw_bits("glint", hit, count // 2, 0.5, (0.3, 0.8))

    def _throw_bits(
        self, kind: str, hit: Impact, count: int, drag: float, life_s: tuple[float, float]
    ) -> None:
        """Throw so many bits to all sides, on top of a share of the car's way."""
        rng, reach = self._rng, 4.0 + 6.0 * hit.force
        for _ in range(count):
            vx = drag * hit.before[0] + rng.uniform(-reach, reach)
            vy = drag * hit.before[1] + rng.uniform(-reach, reach)
            self._add_to_air(kind, (hit.x, hit.y), (vx, vy), rng.uniform(*life_s))

    def _add_scrape(self, car: CarView, left: bool) -> None:
        """Let sparks fly from the side that grinds along a barrier."""
        if car.speed_ms > 6.0 and self._rng.random() < 0.7:
            side = 0.95 if left else -0.95
            forward = self._rng.uniform(-1.9, 1.9)
            self._add_puff("spark", car, forward, side, self._rng.uniform(0.1, 0.25), 0.55)

    def _add_trail_puffs(self, car: CarView, surface: Surface, loose: bool, wet: bool) -> None:
        if car.boosting:
            self._add_puff("flame", car, -2.2, 0.0, 0.16, 0.75)
        if wet:
            if self._rng.random() < (car.speed_ms - SPRAY_SPEED) / 26.0:
                side = self._rng.choice((-WHEEL_M, WHEEL_M))
                self._add_puff("spray", car, -CAR.rear_axle_m - 0.6, side, 0.5, 0.35)
            return
        if loose and self._rng.random() < min(0.9, car.speed_ms / 25.0):
            side = self._rng.choice((-WHEEL_M, WHEEL_M))
            kind = LOOSE[surface]
            self._add_puff(kind, car, -CAR.rear_axle_m, side, self._rng.uniform(0.4, 0.8), 0.25)
        elif car.sliding and self._rng.random() < 0.75:
            side = self._rng.choice((-WHEEL_M, WHEEL_M))
            self._add_puff("smoke", car, -CAR.rear_axle_m, side, self._rng.uniform(0.5, 1.0), 0.22)

    def _add_puff(
        self, kind: str, car: CarView, forward: float, left: float, life_s: float, drag: float
    ) -> None:
        """Add a puff at a place of the car, moving along with a share of its velocity."""
        c, s = math.cos(car.pose.heading), math.sin(car.pose.heading)
        vx, vy = velocity(car.before, car.pose)
        stray = self._rng.uniform(-1.0, 1.0)
        x = car.pose.x + forward * c - left * s
        y = car.pose.y + forward * s + left * c
        moves = drag * vx - stray * s, drag * vy + stray * c
        self._add_to_air(kind, (x, y), moves, life_s)

    def _add_to_air(
        self, kind: str, at: tuple[float, float], moves: tuple[float, float], life_s: float
    ) -> None:
        self._puffs.append(Puff(kind, *at, *moves, life_s, self._clock_s))
        if len(self._puffs) > PUFFS_MAX:
            del self._puffs[0]

    def _leave_tyre_marks(
        self,
        car: CarView,
        mark: Callable[[float, float, bool], None],
        above: bool,
    ) -> None:
        before, pose = car.before, car.pose
        way = math.dist((before.x, before.y), (pose.x, pose.y))
        if way > 4.0:
            return
        c, s = math.cos(pose.heading), math.sin(pose.heading)
        for k in range(max(1, math.ceil(way / MARK_STEP_M))):
            part = k * MARK_STEP_M / max(way, MARK_STEP_M)
            x = before.x + part * (pose.x - before.x) - CAR.rear_axle_m * c
            y = before.y + part * (pose.y - before.y) - CAR.rear_axle_m * s
            for left in (-WHEEL_M, WHEEL_M):
                mark(x - left * s, y + left * c, above)


def _frames(
    px_per_m: float, colour: Colour, first_m: float, last_m: float, opacity: int
) -> list[tuple[pygame.Surface, int]]:
    """Return the pictures of a puff as it grows and fades, each with half its width."""
    frames = []
    for k in range(FRAMES):
        part = k / (FRAMES - 1)
        radius = max(1.0, px_per_m * (first_m + (last_m - first_m) * part**0.6))
        picture = soft_disc(colour, radius, round(opacity * (1.0 - part) ** 1.3))
        frames.append((picture, picture.get_width() // 2))
    return frames


def soft_disc(colour: Colour, radius: float, opacity: int) -> pygame.Surface:
    """Return a disc that fades out towards its rim."""
    size = max(2, 2 * round(radius))
    return pygame.transform.smoothscale(_large_disc(colour, opacity), (size, size)).convert_alpha()


@lru_cache(DISCS_MAX)
def _large_disc(colour: Colour, opacity: int) -> pygame.Surface:
    """Return a disc that others are shrunk from."""
    side = 64
    large = pygame.Surface((side, side), pygame.SRCALPHA)
    large.fill((*colour, 0))
    for ring in range(side // 2, 0, -1):
        share = 1.0 - ring / (side / 2.0)
        alpha = round(opacity * min(1.0, share * share * (3.0 - 2.0 * share) * 1.25))
        pygame.draw.circle(large, (*colour, alpha), (side / 2, side / 2), ring)
    return large
