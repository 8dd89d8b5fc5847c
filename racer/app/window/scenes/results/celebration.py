"""Joy on the podium: confetti that falls, flags that wave, a crowd with its arms up, trophies."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.palette import PAINTS, WHITE, mixed

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour

CONFETTI: Final = 170
TUMBLES: Final = 8  # pictures of a piece as it turns over
COLOURS: Final = tuple(mixed(colour, WHITE, 0.12) for colour in PAINTS[:8])
FALL_UNITS: Final = 62.0  # a second
BURST_S: Final = 0.5  # within which all of it is in the air
FLAG: Final = (9, 6)  # squares
FLAG_UNITS: Final = 13.0  # side of one
PEOPLE: Final = 58
FINE: Final = 4  # trophies are drawn so many times larger
BOWL: Final = (
    (-0.27, 0.04), (0.27, 0.04), (0.22, 0.36), (0.1, 0.52), (-0.1, 0.52), (-0.22, 0.36),
)  # fmt: skip
SHADED: Final = ((0.08, 0.04), (0.27, 0.04), (0.22, 0.36), (0.1, 0.52), (0.04, 0.52))
SHINE: Final = ((-0.2, 0.06), (-0.12, 0.06), (-0.1, 0.42), (-0.15, 0.38))
STEM: Final = ((-0.05, 0.52), (0.05, 0.52), (0.08, 0.78), (-0.08, 0.78))
"""Of a cup, in shares of its height from its middle and its top."""
CROWD: Final[Colour] = (38, 48, 76)


@final
class Celebration:
    """Drawn by the time since the results were shown: nothing here is remembered but pictures."""

    def __init__(self) -> None:
        rng = Random(9)
        self._pieces = [
            (rng.random(), rng.random(), rng.uniform(0.7, 1.35), rng.uniform(0.0, math.tau), k)
            for k in range(CONFETTI)
        ]
        self._people = [
            (rng.uniform(-6.0, 6.0), rng.uniform(0.0, math.tau), rng.uniform(2.2, 3.6))
            for _ in range(PEOPLE)
        ]
        self._scale = 0.0
        self._papers: list[pygame.Surface] = []
        self._cups: dict[Colour, pygame.Surface] = {}
        self._began_ns: int | None = None

    @property
    def begun(self) -> bool:
        """Whether any of it was seen."""
        return self._began_ns is not None

    def age_s(self, now_ns: int) -> float:
        """Return for how long there has been reason for joy; it begins with the first call."""
        if self._began_ns is None:
            self._began_ns = now_ns
        return (now_ns - self._began_ns) / 1e9

    def draw_behind(self, canvas: Canvas, age_s: float, floor: float) -> None:
        """Draw what is behind the steps: flags and the crowd, whose feet are at `floor`."""
        self._fit_scale(canvas)
        middle = canvas.width / 2.0
        for side in (-1.0, 1.0):
            _draw_flag(canvas, middle + side * 392.0, floor, side, age_s)
        for k, (stray, phase, beat) in enumerate(self._people):
            x = middle + (k - PEOPLE / 2.0) * 15.5 + stray
            hop = max(0.0, math.sin(beat * 2.0 * age_s + phase)) * 9.0
            _draw_person(canvas, x, floor + 8.0 - hop - (k % 3) * 5.0, phase + beat * age_s)

    def draw_before(self, canvas: Canvas, age_s: float) -> None:
        """Let confetti fall before everything."""
        self._fit_scale(canvas)
        sprites = []
        height = canvas.height + 60.0
        for across, late, weight, phase, k in self._pieces:
            way = (age_s - late * BURST_S) * FALL_UNITS * weight + late * height * 0.9 - 120.0
            y = way % height - 30.0 if way > 0.0 else way
            sway = 26.0 * math.sin(1.7 * weight * age_s + phase)
            x = across * canvas.width + sway
            tumble = int((age_s * 7.0 * weight + phase) * 1.3) % TUMBLES
            paper = self._papers[(k % len(COLOURS)) * TUMBLES + tumble]
            sprites.append((paper, (canvas.px(x), canvas.px(y))))
        canvas.surface.fblits(sprites)

    def draw_cup(self, canvas: Canvas, metal: Colour, x: float, foot: float, size: float) -> None:
        """Draw a trophy of a metal that stands at a place."""
        self._fit_scale(canvas)
        cup = self._cups.get(metal)
        if cup is None:
            cup = self._cups[metal] = _cup_picture(metal, canvas.px(size))
        canvas.surface.blit(cup, (canvas.px(x) - cup.get_width() // 2, canvas.px(foot - size)))

    def _fit_scale(self, canvas: Canvas) -> None:
        """Make the pictures anew where the window has another size."""
        if canvas.scale != self._scale:
            self._scale = canvas.scale
            self._cups.clear()
            self._papers = [
                _paper_picture(colour, k / TUMBLES, canvas.scale)
                for colour in COLOURS
                for k in range(TUMBLES)
            ]


def _paper_picture(colour: Colour, turn: float, scale: float) -> pygame.Surface:
    """Return a piece of paper that turns over: its back is darker."""
    side = max(6, round(13.0 * scale))
    large = pygame.Surface((side * 3, side * 3), pygame.SRCALPHA)
    face = math.cos(turn * math.tau)
    shade = colour if face > 0.0 else mixed(colour, (10, 14, 24), 0.4)
    half, thin = side * 1.1, max(1.5, side * 0.75 * abs(face))
    a = turn * math.pi
    corners = []
    for f, s in ((-half, -thin), (half, -thin), (half, thin), (-half, thin)):
        x = side * 1.5 + f * math.cos(a) - s * math.sin(a)
        corners.append((x, side * 1.5 + f * math.sin(a) + s * math.cos(a)))
    pygame.draw.polygon(large, shade, corners)
    return pygame.transform.smoothscale(large, (side, side))


def _draw_flag(canvas: Canvas, x: float, floor: float, side: float, age_s: float) -> None:
    """Draw a chequered flag that waves from its pole."""
    pole, top = canvas.px(x), floor - 196.0
    pygame.draw.rect(
        canvas.surface, (150, 158, 172), (pole - 2, canvas.px(top - 8.0), 5, canvas.px(206.0))
    )
    columns, rows = FLAG

    def corner(column: int, row: int) -> tuple[int, int]:
        wave = math.sin(5.2 * age_s - 0.75 * column) * (1.2 + 0.9 * column)
        return (
            pole + canvas.px(side * column * FLAG_UNITS),
            canvas.px(top + row * FLAG_UNITS + wave),
        )

    for column in range(columns):
        slope = math.cos(5.2 * age_s - 0.75 * column)
        for row in range(rows):
            ink = (246, 248, 250) if (row + column) % 2 else (26, 30, 38)
            shade = mixed(ink, (12, 16, 26) if slope > 0.0 else WHITE, 0.2 * abs(slope))
            points = (
                corner(column, row),
                corner(column + 1, row),
                corner(column + 1, row + 1),
                corner(column, row + 1),
            )
            pygame.draw.polygon(canvas.surface, shade, points)


def _draw_person(canvas: Canvas, x: float, y: float, phase: float) -> None:
    """Draw somebody of the crowd from behind, with one or both arms up."""
    surface, thick = canvas.surface, max(2, canvas.px(5.0))
    pygame.draw.circle(surface, CROWD, (canvas.px(x), canvas.px(y - 20.0)), canvas.px(6.5))
    body = pygame.Rect(0, 0, canvas.px(17.0), canvas.px(30.0))
    body.midtop = (canvas.px(x), canvas.px(y - 14.0))
    pygame.draw.rect(surface, CROWD, body, border_radius=canvas.px(6.0))
    for side in (-1.0, 1.0):
        if side > 0.0 and math.sin(phase * 0.5) < -0.2:
            continue
        shoulder = (canvas.px(x + side * 6.0), canvas.px(y - 10.0))
        hand = (
            canvas.px(x + side * (9.0 + 2.5 * math.sin(phase * 2.0))),
            canvas.px(y - 34.0),
        )
        pygame.draw.line(surface, CROWD, shoulder, hand, thick)


def _cup_picture(metal: Colour, height: int) -> pygame.Surface:
    """Return a cup with two handles on a foot, in the light from the left."""
    tall = height * FINE
    wide = round(tall * 0.86)
    large = pygame.Surface((wide, tall), pygame.SRCALPHA)
    dark, pale = mixed(metal, (60, 40, 10), 0.42), mixed(metal, WHITE, 0.62)

    def at(x: float, y: float) -> tuple[float, float]:
        return wide / 2.0 + x * tall, y * tall

    for side in (-1.0, 1.0):
        centre = at(side * 0.27, 0.24)
        pygame.draw.circle(large, dark, centre, 0.13 * tall, max(2, round(0.045 * tall)))
    bowl = [
        at(x, y)
        for x, y in (
            (-0.27, 0.04),
            (0.27, 0.04),
            (0.22, 0.36),
            (0.1, 0.52),
            (-0.1, 0.52),
            (-0.22, 0.36),
        )
    ]
    pygame.draw.polygon(large, metal, bowl)
    right = [
        at(x, y) for x, y in ((0.08, 0.04), (0.27, 0.04), (0.22, 0.36), (0.1, 0.52), (0.04, 0.52))
    ]
    pygame.draw.polygon(large, mixed(metal, dark, 0.6), right)
    shine = [at(x, y) for x, y in ((-0.2, 0.06), (-0.12, 0.06), (-0.1, 0.42), (-0.15, 0.38))]
    pygame.draw.polygon(large, pale, shine)
    pygame.draw.rect(large, pale, (*at(-0.29, 0.0), 0.58 * tall, 0.06 * tall))
    pygame.draw.polygon(
        large,
        dark,
        [at(x, y) for x, y in ((-0.05, 0.52), (0.05, 0.52), (0.08, 0.78), (-0.08, 0.78))],
    )
    pygame.draw.rect(large, metal, (*at(-0.18, 0.76), 0.36 * tall, 0.09 * tall))
    pygame.draw.rect(large, (38, 32, 30), (*at(-0.24, 0.85), 0.48 * tall, 0.15 * tall))
    return pygame.transform.smoothscale(large, (max(1, wide // FINE), max(1, height)))
