"""The race as a picture: who ran where, lap by lap; gaps and best laps stand in the table."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.palette import (
    ACCENT,
    BAD,
    BEST,
    FAINT,
    INK,
    PANEL,
    PANEL_LIGHT,
    SOFT,
    WHITE,
    mixed,
)
from racer.core.rules.results import time_text

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.play.view import DisqualifiedView, RaceView, ResultView

LEFT: Final = 64.0  # of the lines: places
RIGHT: Final = 250.0  # names
DOT: Final = 5.0
HEAD: Final = 48.0  # over the first place: the laps
FOOT: Final = 30.0
HIGH_MIN: Final = 260.0
PITCH_MAX: Final = 66.0  # between two places, however few there are
MESH: Final = mixed(PANEL, PANEL_LIGHT, 0.9)


def places_by_lap(rows: tuple[ResultView, ...]) -> list[dict[int, int]]:
    """Return for each lap the places of the cars that completed it, by number."""
    laps = max((len(row.lap_ends_ms) for row in rows), default=0)
    found: list[dict[int, int]] = []
    for lap in range(laps):
        ran = [row for row in rows if len(row.lap_ends_ms) > lap]
        ran.sort(key=lambda row: (row.lap_ends_ms[lap], row.place))
        found.append({row.number: place for place, row in enumerate(ran, start=1)})
    return found


def draw_lap_chart(canvas: Canvas, view: RaceView) -> None:
    """Draw it over whatever is there."""
    canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 205, 0)
    canvas.text("LAP CHART", canvas.width / 2.0, 22.0, 40, WHITE, bold=True, align=0.5)
    rows, laps = view.results, places_by_lap(view.results)
    most = canvas.height - 92.0 - 64.0
    high = min(most, max(HIGH_MIN, HEAD + FOOT + PITCH_MAX * (len(rows) - 1)))
    box = Box(60.0, 92.0 + (most - high) / 3.0, canvas.width - 120.0, high)
    canvas.panel(*box, PANEL, 236, 14)
    _draw_out(canvas, box, view.disqualified)
    if not laps:
        words = "Nobody completed a lap."
        canvas.text(words, box.middle, box.y + 80.0, 22, SOFT, align=0.5)
        return
    _draw_grid(canvas, box, len(laps), len(rows))
    fastest = min((row.best_ms for row in rows if row.best_ms is not None), default=None)
    for row in reversed(rows):
        best = row.best_ms is not None and row.best_ms == fastest
        _draw_line(canvas, box, row, laps, len(rows), best=best)


def _draw_out(canvas: Canvas, box: Box, out: tuple[DisqualifiedView, ...]) -> None:
    """Draw in a line below the places who has none, and why."""
    if out:
        told = "; ".join(f"{each.number} {each.name}: {each.why}" for each in out)
        words = canvas.fitted(f"put out: {told}", box.width - 56.0, 14)
        canvas.text(words, box.x + 28.0, box.bottom + 8.0, 14, BAD)


def _place_of(box: Box, lap: int, place: int, laps: int, cars: int) -> tuple[float, float]:
    """Return where a car stands that had a place after a lap, counted from 0."""
    wide = box.width - LEFT - RIGHT
    x = box.x + LEFT + (wide * lap / (laps - 1) if laps > 1 else 0.0)
    return x, box.y + HEAD + (box.height - HEAD - FOOT) * (place - 1) / max(1, cars - 1)


def _draw_grid(canvas: Canvas, box: Box, laps: int, cars: int) -> None:
    step = max(1, laps // 12)
    for lap in range(0, laps, step):
        x, top = _place_of(box, lap, 1, laps, cars)
        _, bottom = _place_of(box, lap, cars, laps, cars)
        canvas.bar(x, top - 14.0, 1.5, bottom - top + 28.0, MESH)
        canvas.text(str(lap + 1), x, box.y + 10.0, 15, SOFT, bold=True, align=0.5)
    canvas.text("lap", box.x + 28.0, box.y + 10.0, 14, FAINT, align=0.5)
    for place in range(1, cars + 1):
        _, y = _place_of(box, 0, place, laps, cars)
        canvas.bar(box.x + LEFT - 14.0, y, box.width - LEFT - RIGHT + 28.0, 1.5, MESH)
        canvas.text(str(place), box.x + 28.0, y - 9.0, 15, SOFT, bold=True, align=0.5)


def _draw_line(
    canvas: Canvas,
    box: Box,
    row: ResultView,
    laps: list[dict[int, int]],
    cars: int,
    *,
    best: bool,
) -> None:
    """Draw one car's race: its line, its name, its best lap, and whether it was driven on."""
    colour = canvas.paint(row.number)
    colour = mixed(colour, WHITE, 0.35) if sum(colour) < 260 else colour
    points = [
        _place_of(box, lap, found[row.number], len(laps), cars)
        for lap, found in enumerate(laps)
        if row.number in found
    ]
    pixels = [(canvas.px(x), canvas.px(y)) for x, y in points]
    for a, b in itertools.pairwise(pixels):
        pygame.draw.aaline(canvas.surface, colour, a, b, max(2, canvas.px(5.0 if row.mine else 3)))
    for at in pixels:
        pygame.draw.aacircle(canvas.surface, colour, at, canvas.px(DOT + 2.0 * row.mine))
    _, y = _place_of(box, 0, row.place, len(laps), cars)
    x = box.right - RIGHT + 24.0
    if pixels:
        end = (canvas.px(x - 8.0), canvas.px(y))
        pygame.draw.aaline(canvas.surface, mixed(colour, PANEL, 0.5), pixels[-1], end)
    name = canvas.fitted(f"{row.number} {row.name}", 130.0, 15, bold=row.mine)
    canvas.text(name, x, y - 10.0, 15, ACCENT if row.mine else WHITE, bold=row.mine)
    about = canvas.figures.written(time_text(row.best_ms)) if row.best_ms is not None else "no lap"
    words = f"{about}, away" if row.away else about
    canvas.text(words, box.right - 14.0, y - 8.0, 12, BEST if best else SOFT, align=1.0)
