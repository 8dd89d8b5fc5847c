"""A lap by keys of somebody who sees only what the picture shows, beside the best bot's.

250 ms from the eye to the hand, keys that change every 67 ms at most, and no more of the road than
is on the screen, uncovered: by the camera of today, and by the one before it (ADR 10), which had
one scale and panels over the road.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import Final, final

from benchmarks.figures import print_lines
from benchmarks.keys import STYLES, Hands, Person, Screen, Style
from benchmarks.laps import Lap, by_bot, flying_lap
from racer.app.circuits.catalog import circuits
from racer.app.window.hud.columns import HudSide, columns_of
from racer.app.window.world.camera import Camera
from racer.app.window.world.sight_ahead import road_ahead, road_grip, sight_m
from racer.core.circuits.track import Track
from racer.core.drivers.line import RacingLine, racing_line
from racer.core.physics.car import CarState, clamped
from racer.core.tuning import TICK_HZ, TICK_S

CIRCUITS: Final = ("harbour-ring", "eagle-pass")
SLOW: Final = Hands(reaction_ticks=TICK_HZ // 4, key_ticks=4, steady=True)
STEADY_STYLES: Final = (Style(0.85, 0.96), Style(0.7, 1.0), Style(0.7, 0.95), *STYLES[-4:])
OFF_MAX: Final = 0.01  # share of a lap off the road
STEP_M: Final = 4.0
FAR_M: Final = 260.0
EDGE_M: Final = 2.0  # what is closer to the picture's edge is not read


@final
class FramedScreen:
    """What the window shows: the camera's own frame, at 1280 by 720."""

    def __init__(self, track: Track) -> None:
        world = columns_of(1280.0, 720.0, HudSide.RIGHT).world
        self._track = track
        self._size = (world.width, world.height)
        self._camera = Camera()

    def __call__(self, car: CarState, index: int) -> float:
        point = self._track.centre[index]
        along = car.vx * point.tx + car.vy * point.ty
        share = clamped(2.0 * along / max(car.speed, 1.0), -1.0, 1.0)
        way = index * self._track.spacing_m
        length = share * sight_m(car.speed, road_grip(point))
        ahead = road_ahead(self._track, way, length)
        sight = self._camera.frame((car.x, car.y), ahead, self._size, TICK_S)
        half = [side / 2.0 / sight.units_per_m - EDGE_M for side in self._size]
        return _shown_m(
            self._track,
            way,
            lambda x, y: abs(x - sight.x) < half[0] and abs(y - sight.y) < half[1],
        )


@final
class FixedScreen:
    """What was shown before: 128 by 72 m, with panels over a good part of it."""

    LEAD_S: Final = 0.55
    LEAD_M: Final = (30.0, 19.0)
    EASE_S: Final = 0.45
    HALF_M: Final = (64.0, 36.0)
    COVERED_M: Final = 26.0  # at the right edge: standings, map and speed
    CLOCK_M: Final = (21.5, 7.8)  # half its width about the middle, and its depth below the top

    def __init__(self, track: Track) -> None:
        self._track = track
        self._lead = (0.0, 0.0)

    def __call__(self, car: CarState, index: int) -> float:
        share = 1.0 - math.exp(-TICK_S / self.EASE_S)
        wish = [
            clamped(self.LEAD_S * v, -most, most)
            for v, most in zip((car.vx, car.vy), self.LEAD_M, strict=True)
        ]
        self._lead = (
            self._lead[0] + share * (wish[0] - self._lead[0]),
            self._lead[1] + share * (wish[1] - self._lead[1]),
        )
        x, y = car.x + self._lead[0], car.y + self._lead[1]
        way = index * self._track.spacing_m
        return _shown_m(self._track, way, lambda px, py: self._uncovered(px - x, py - y))

    def _uncovered(self, right: float, up: float) -> bool:
        if not -self.HALF_M[0] + EDGE_M < right < self.HALF_M[0] - self.COVERED_M:
            return False
        clock = abs(right) < self.CLOCK_M[0] and up > self.HALF_M[1] - self.CLOCK_M[1]
        return abs(up) < self.HALF_M[1] - EDGE_M and not clock


def _shown_m(track: Track, way_m: float, shows: Callable[[float, float], bool]) -> float:
    """Return how much road from here on is shown without a gap."""
    for k in range(1, round(FAR_M / STEP_M)):
        if not shows(*track.point_at(way_m + k * STEP_M)):
            return (k - 1) * STEP_M
    return FAR_M


def best_lap(track: Track, line: RacingLine, screen: Callable[[Track], Screen]) -> Lap | None:
    """Return the quickest lap of all styles that stays on the road, or the one off it least."""
    laps = []
    for style in STEADY_STYLES:
        person = Person(track, line, style, feels=True, screen=screen(track), hands=SLOW)
        lap = flying_lap(track, person)
        if lap is not None:
            laps.append(lap)
    on = [lap for lap in laps if _off_share(lap) < OFF_MAX]
    return min(on or laps, key=lambda lap: lap.ms if on else lap.off_ticks, default=None)


def _off_share(lap: Lap) -> float:
    return lap.off_ticks / (lap.ms * TICK_HZ / 1000.0)


def report() -> Iterator[str]:
    """Yield a line for each circuit and camera."""
    for name in CIRCUITS:
        track = circuits()[name]
        line = racing_line(track)
        bot = flying_lap(track, by_bot(track, line))
        if bot is None:
            continue
        for who, screen in (("one scale", FixedScreen), ("framed", FramedScreen)):
            lap = best_lap(track, line, screen)
            if lap is None:
                yield f"  {track.name:<14} {who:<10} never comes round"
                continue
            yield (
                f"  {track.name:<14} {who:<10} {lap.ms / 1000:6.2f} s"
                f"  {100.0 * (lap.ms / bot.ms - 1.0):+5.1f} % on the bot's {bot.ms / 1000:.2f}"
                f"  off the road {100.0 * _off_share(lap):.1f} %  walls {lap.walls}"
            )


if __name__ == "__main__":
    sys.exit(print_lines(report()))
