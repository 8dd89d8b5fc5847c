"""Marshals at their posts: small figures with their flags, seen from above."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.kept_pictures import MEGABYTE, KeptPictures
from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.marshals.duty import Flag, Marshals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.effects import Sprite
    from racer.app.window.world.land.trackside.posts import MarshalPost
    from racer.app.window.world.viewport import Viewport
    from racer.play.view import CarView

FINE_PX: Final = 36.0  # to the metre, that they are shrunk from
BOX_M: Final = 8.8  # side of a picture, around the marshal
FRAMES: Final = 10  # pictures of one wave
HERTZ: Final = 1.5
SWING: Final = 0.5  # rad to either side
STICK_M: Final = (0.5, 3.2)  # from the marshal, the flag's ends of it
CLOTH_M: Final = (2.1, 2.8)  # along the stick, and from it
STRIPS: Final = 7
STEPS: Final = 10.0  # sizes that pictures are kept in, for each doubling
CLOTHS: Final[dict[Flag, Colour]] = {
    Flag.GREEN: (38, 186, 90),
    Flag.YELLOW: (255, 214, 30),
    Flag.BLUE: (44, 112, 250),
    Flag.CHEQUERED: (248, 250, 252),
}
OVERALLS: Final[Colour] = (240, 112, 32)
DARK: Final[Colour] = (14, 18, 28)
LARGE_BYTES_MAX: Final = 5 * MEGABYTE  # of those that are shrunk: one flag's whole wave
SHOWN_BYTES_MAX: Final = 4 * MEGABYTE  # scales come again and again, lap by lap


@final
class MarshalFigures:
    """Shows the marshals that are seen."""

    def __init__(self, marshals: Marshals) -> None:
        self._marshals = marshals
        self._large: KeptPictures[tuple[Flag | None, int]] = KeptPictures(LARGE_BYTES_MAX)
        self._shown: KeptPictures[tuple[int, Flag | None, int, int]] = KeptPictures(SHOWN_BYTES_MAX)
        self._clock_s = 0.0

    def tick(self, cars: Sequence[CarView]) -> None:
        """Let them look at the road."""
        self._marshals.tick(cars)

    def draw(self, viewport: Viewport, dt: float) -> tuple[list[Sprite], list[Sprite]]:
        """Return what to draw and where, after `dt` more seconds: those who stand, who wave."""
        self._clock_s += dt
        self._marshals.pass_time(dt)
        step = round(STEPS * math.log2(viewport.px_per_m))
        still: list[Sprite] = []
        waving: list[Sprite] = []
        for k, post in enumerate(self._marshals.posts):
            if not viewport.shows(post.place.x, post.place.y, BOX_M / 2.0):
                continue
            flag = self._marshals.flags[k]
            frame = 0 if flag is None else int((self._clock_s * HERTZ + 0.37 * k) * FRAMES) % FRAMES
            picture = self._picture(k, post, flag, frame, step)
            x, y = viewport.place(post.place.x, post.place.y)
            at = (x - picture.get_width() // 2, y - picture.get_height() // 2)
            (still if flag is None else waving).append((picture, at))
        return still, waving

    def _picture(
        self, number: int, post: MarshalPost, flag: Flag | None, frame: int, step: int
    ) -> pygame.Surface:
        key = (number, flag, frame, step)
        found = self._shown.get(key)
        if found is not None:
            return found
        large = self._large.get((flag, frame))
        if large is None:
            large = self._large.keep((flag, frame), _figure_picture(flag, frame / FRAMES))
        towards = post.place.heading - post.outward * math.pi / 2.0  # the road
        ratio = 2.0 ** (step / STEPS) / FINE_PX
        turned = pygame.transform.rotozoom(large, math.degrees(towards), ratio)
        return self._shown.keep(key, turned.convert_alpha())


def _figure_picture(flag: Flag | None, phase: float) -> pygame.Surface:
    """Return a marshal who looks to the right, at a phase 0..1 of the wave."""
    side = round(BOX_M * FINE_PX)
    picture = pygame.Surface((side, side), pygame.SRCALPHA)
    picture.fill((*DARK, 0))
    turn = 0.0 if flag is None else SWING * math.sin(math.tau * phase)

    def at(forward: float, left: float) -> tuple[float, float]:
        c, s = math.cos(turn), math.sin(turn)
        x, y = forward * c - left * s, forward * s + left * c
        return side / 2.0 + x * FINE_PX, side / 2.0 - y * FINE_PX

    def block(colour: Colour, back: float, front: float, right: float, left: float) -> None:
        corners = [
            at(f, s) for f, s in ((back, right), (front, right), (front, left), (back, left))
        ]
        pygame.draw.polygon(picture, colour, corners)

    pygame.draw.circle(picture, (*DARK, 90), (side / 2.0 + 6.0, side / 2.0 + 8.0), 0.62 * FINE_PX)
    if flag is not None:
        _draw_cloth(picture, flag, phase, at)
        block((232, 226, 210), 0.3, STICK_M[1] + 0.15, -0.06, 0.06)
    for arm in (-1.0, 1.0):  # arms reach for the stick, or hang
        reach = 0.75 if flag is not None and arm < 0.0 else 0.35
        low, high = sorted((arm * 0.3, arm * 0.62))
        block(mixed(OVERALLS, DARK, 0.25), -0.18, reach, low, high)
        pygame.draw.circle(picture, (226, 184, 150), at(reach, arm * 0.46), 0.17 * FINE_PX)
    block(mixed(OVERALLS, DARK, 0.3), -0.36, 0.34, -0.66, 0.66)
    block(OVERALLS, -0.28, 0.28, -0.58, 0.58)
    for left in (-0.36, 0.26):
        block((250, 240, 160), -0.28, 0.28, left, left + 0.12)
    pygame.draw.circle(picture, DARK, at(0.04, 0.0), 0.37 * FINE_PX)
    pygame.draw.circle(picture, WHITE, at(0.02, 0.0), 0.31 * FINE_PX)
    pygame.draw.circle(picture, (206, 212, 222), at(0.1, -0.06), 0.18 * FINE_PX)
    return picture


def _draw_cloth(
    picture: pygame.Surface,
    flag: Flag,
    phase: float,
    at: Callable[[float, float], tuple[float, float]],
) -> None:
    """Draw the cloth, strip by strip from the stick: it lags behind the hand, and billows."""
    high, wide = CLOTH_M
    trail = -1.0 if math.cos(math.tau * phase) > 0.0 else 1.0  # to which side it is drawn out
    full = 0.45 + 0.55 * abs(math.cos(math.tau * phase))

    def edge(k: float) -> tuple[float, float]:
        wave = math.sin(math.tau * phase * 2.0 - 1.1 * k)
        return STICK_M[1] - high + 0.13 * k * wave / 2.0, trail * full * wide * k / STRIPS

    for k in range(STRIPS):
        (base, left), (far, right) = edge(k), edge(k + 1.0)
        light = math.cos(math.tau * phase * 2.0 - 1.1 * k)
        for row in range(4):
            colour = CLOTHS[flag]
            if flag is Flag.CHEQUERED and (k + row) % 2:
                colour = DARK
            shade = mixed(colour, WHITE if light > 0.0 else DARK, 0.22 * abs(light))
            a, b = high * row / 4.0, high * (row + 1) / 4.0
            corners = (
                at(base + a, left),
                at(far + a, right),
                at(far + b, right),
                at(base + b, left),
            )
            pygame.draw.polygon(picture, shade, corners)
