"""Joy about the podium: fireworks, flags, a crowd with its arms up, confetti."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.paints import PAINTS
from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.scenes.results.laureates import (
    CUP_UNITS,
    Laureate,
    cup_picture,
    draw_laureate,
)

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
CROWD: Final[Colour] = (30, 38, 62)
SKIN: Final[tuple[Colour, ...]] = ((206, 160, 126), (150, 106, 78), (98, 68, 52))
FLASHES: Final = 5  # cameras that go off in a second
BURSTS: Final = ((-470.0, 150.0), (470.0, 120.0), (-300.0, 84.0), (330.0, 200.0))
BURST_EVERY_S: Final = 2.6  # at each of these places, in turn
SPARKS: Final = 26


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
        self._age_s = 0.0

    @property
    def begun(self) -> bool:
        """Whether any of it was seen."""
        return self._began_ns is not None

    def age_s(self, now_ns: int) -> float:
        """Return for how long there has been reason for joy; it begins with the first call."""
        if self._began_ns is None:
            self._began_ns = now_ns
        self._age_s = (now_ns - self._began_ns) / 1e9
        return self._age_s

    def draw_behind(self, canvas: Canvas, age_s: float, floor: float) -> None:
        """Draw what is behind the steps: flags and the crowd, whose feet are at `floor`."""
        self._fit_scale(canvas)
        middle = canvas.width / 2.0
        for number, (across, up) in enumerate(BURSTS):
            _draw_burst(canvas, middle + across, up, age_s - 0.65 * number, number)
        for side in (-1.0, 1.0):
            _draw_flag(canvas, middle + side * 392.0, floor, side, age_s)
        for row in (2, 1, 0):  # who stands at the back is darker, and seen between the others
            for k, (stray, phase, beat) in enumerate(self._people):
                if k % 3 != row:
                    continue
                x = middle + (k - PEOPLE / 2.0) * 15.5 + stray
                hop = max(0.0, math.sin(beat * 2.0 * age_s + phase)) * 9.0
                y = floor + 8.0 - hop - row * 9.0
                _draw_person(canvas, (x, y), phase + beat * age_s, k, 0.16 * row)
                if int(age_s * FLASHES + 7.0 * phase) % 41 == k % 41:
                    _draw_flash(canvas, x, y - 26.0)

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

    def draw_laureate(
        self, canvas: Canvas, place: int, suit: Colour, metal: Colour, at: tuple[float, float]
    ) -> None:
        """Draw who came first, second or third (0, 1, 2), whose feet are at a place."""
        self._fit_scale(canvas)
        cup = self._cups.get(metal)
        if cup is None:
            cup = self._cups[metal] = cup_picture(metal, canvas.px(CUP_UNITS[place]))
        draw_laureate(canvas, Laureate(place, suit, cup), at, self._age_s)

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


def _draw_burst(canvas: Canvas, x: float, y: float, age_s: float, number: int) -> None:
    """Draw a firework: sparks that fly apart, fall and go out."""
    if age_s < 0.0:
        return
    turn, part = divmod(age_s / BURST_EVERY_S, 1.0)
    if part > 0.6:
        return
    part /= 0.6
    rng = Random(f"burst {number} {turn}")
    colour = COLOURS[rng.randrange(len(COLOURS))]
    far = 96.0 * (1.0 - (1.0 - part) ** 3)
    for k in range(SPARKS):
        a = math.tau * k / SPARKS + rng.uniform(-0.08, 0.08)
        reach = far * rng.uniform(0.55, 1.0)
        px, py = x + reach * math.cos(a), y + reach * math.sin(a) + 34.0 * part * part
        bright = mixed(mixed(colour, WHITE, 0.55 * (1.0 - part)), CROWD, 0.85 * part * part)
        tail = (x + 0.82 * (px - x), y + 0.82 * (py - y) - 3.0)
        pygame.draw.line(
            canvas.surface,
            bright,
            (canvas.px(tail[0]), canvas.px(tail[1])),
            (canvas.px(px), canvas.px(py)),
            max(1, canvas.px(1.8)),
        )


def _draw_flash(canvas: Canvas, x: float, y: float) -> None:
    """Draw the light of a camera: a star of four rays."""
    px, py, far = canvas.px(x), canvas.px(y), canvas.px(13.0)
    thin = max(1, canvas.px(1.6))
    for dx, dy in ((far, 0), (0, far)):
        points = [(px - dx, py - dy), (px + dy * thin // far, py - dx * thin // far)]
        points += [(px + dx, py + dy), (px - dy * thin // far, py + dx * thin // far)]
        pygame.draw.polygon(canvas.surface, (250, 252, 255), points)
    pygame.draw.circle(canvas.surface, (250, 252, 255), (px, py), max(2, canvas.px(3.0)))


def _draw_person(
    canvas: Canvas, at: tuple[float, float], phase: float, number: int, dim: float
) -> None:
    """Draw somebody of the crowd with one or both arms up, some with a small flag."""
    x, y = at
    surface, thick = canvas.surface, max(2, canvas.px(5.0))
    coat = mixed(mixed(PAINTS[number * 7 % len(PAINTS)], CROWD, 0.52), CROWD, dim * 2.0)
    skin = mixed(SKIN[number % len(SKIN)], CROWD, 0.25 + dim)
    body = pygame.Rect(0, 0, canvas.px(17.0), canvas.px(30.0))
    body.midtop = (canvas.px(x), canvas.px(y - 14.0))
    pygame.draw.rect(surface, coat, body, border_radius=canvas.px(6.0))
    for side in (-1.0, 1.0):
        if side > 0.0 and math.sin(phase * 0.5) < -0.2:
            continue
        shoulder = (canvas.px(x + side * 6.0), canvas.px(y - 10.0))
        reach = x + side * (9.0 + 2.5 * math.sin(phase * 2.0))
        hand = (canvas.px(reach), canvas.px(y - 34.0))
        pygame.draw.line(surface, coat, shoulder, hand, thick)
        pygame.draw.circle(surface, skin, hand, max(2, canvas.px(3.2)))
        if side < 0.0 and number % 5 == 0:
            _draw_small_flag(canvas, reach, y - 34.0, number, phase)
    pygame.draw.circle(surface, skin, (canvas.px(x), canvas.px(y - 20.0)), canvas.px(6.5))
    hair = mixed((52, 40, 36), CROWD, 0.3 + dim)
    pygame.draw.circle(
        surface,
        hair,
        (canvas.px(x), canvas.px(y - 21.0)),
        canvas.px(6.5),
        draw_top_left=True,
        draw_top_right=True,
    )


def _draw_small_flag(canvas: Canvas, x: float, y: float, number: int, phase: float) -> None:
    cloth, flap = PAINTS[number * 3 % len(PAINTS)], 3.0 * math.sin(3.0 * phase)
    foot, top = (canvas.px(x), canvas.px(y + 4.0)), (canvas.px(x), canvas.px(y - 26.0))
    pygame.draw.line(canvas.surface, (196, 200, 208), foot, top, max(1, canvas.px(1.6)))
    corners = ((0.0, -26.0), (18.0, -24.0 + flap), (18.0, -13.0 + flap), (0.0, -14.0))
    points = [(canvas.px(x + dx), canvas.px(y + dy)) for dx, dy in corners]
    pygame.draw.polygon(canvas.surface, cloth, points)
