"""The driving aid: the racing line ahead, told by colour and by pattern.

Long green dashes: accelerate. Amber dots: hold the speed. Red rungs across: brake. Who cannot
tell the colours apart reads the shapes.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

import pygame

if TYPE_CHECKING:
    from collections.abc import Callable

    from racer.app.window.base.lettering import Colour
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

AHEAD_M: Final = 110.0  # beyond that it has left the picture
BEHIND_M: Final = 6.0
BRAKE: Final = -2.0  # m/s²: less than the engine's brake is no braking
DRIVE: Final = 0.6
FAST_MS: Final = 2.0  # above the line's speed: then hold becomes brake
EARLY_M: Final = 45.0  # so far ahead our own speed counts
RETARD: Final = 11.0  # m/s²: what a driver brakes with, in the forecast


class Advice(Enum):
    """What to do at a place of the line."""

    DRIVE = 0
    HOLD = 1
    BRAKE = 2


COLOURS: Final[dict[Advice, Colour]] = {
    Advice.DRIVE: (70, 226, 130),
    Advice.HOLD: (255, 206, 72),
    Advice.BRAKE: (255, 78, 66),
}


def advice(speed_ms: float, line_ms: float, gain: float, ahead_m: float) -> Advice:
    """Return what to do at a place.

    Args:
        speed_ms: ours now.
        line_ms: what the line can be driven at there.
        gain: m/s², how the line's speed changes there.
        ahead_m: how far that is.
    """
    if gain < BRAKE:
        return Advice.BRAKE
    if ahead_m < EARLY_M and speed_ms**2 - 2.0 * RETARD * ahead_m > (line_ms + FAST_MS) ** 2:
        return Advice.BRAKE
    return Advice.DRIVE if gain > DRIVE else Advice.HOLD


def draw_line(
    scene: pygame.Surface,
    track: Track,
    line: RacingLine,
    way_m: float,
    speed_ms: float,
    place: Callable[[float, float], tuple[int, int]],
    px_per_m: float,
) -> None:
    """Draw the line ahead of our car into a scene."""
    profile = line.profiles[0]
    count = len(track.centre)
    first = track.index_at(way_m - BEHIND_M)
    here = track.index_at(way_m)
    level = track.centre[here].level
    thick = max(2, round(0.32 * px_per_m))
    for k in range(round((AHEAD_M + BEHIND_M) / track.spacing_m)):
        i, j = (first + k) % count, (first + k + 1) % count
        if track.centre[i].level < level and track.has_bridge:
            continue  # it passes below the deck we are on
        ahead_m = max(0.0, k * track.spacing_m - BEHIND_M)
        what = advice(speed_ms, profile.speed[i], profile.gain[i], ahead_m)
        a, b = place(line.x[i], line.y[i]), place(line.x[j], line.y[j])
        _draw_advice(scene, what, i, a, b, thick)


def _draw_advice(
    scene: pygame.Surface,
    what: Advice,
    i: int,
    a: tuple[int, int],
    b: tuple[int, int],
    thick: int,
) -> None:
    colour = COLOURS[what]
    match what:
        case Advice.DRIVE:
            if i % 4 != 3:
                pygame.draw.line(scene, colour, a, b, thick)
        case Advice.HOLD:
            if i % 2 == 0:
                pygame.draw.circle(scene, colour, a, max(2, round(0.75 * thick)))
        case Advice.BRAKE:
            dx, dy = b[0] - a[0], b[1] - a[1]
            far = max(1.0, (dx * dx + dy * dy) ** 0.5)
            nx, ny = -dy / far * 2.2 * thick, dx / far * 2.2 * thick
            pygame.draw.line(scene, colour, (a[0] - nx, a[1] - ny), (a[0] + nx, a[1] + ny), thick)
