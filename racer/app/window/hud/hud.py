"""What a driver reads while driving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.palette import (
    ACCENT,
    BAD,
    BEST,
    BOOST,
    FAINT,
    GOOD,
    INK,
    PANEL,
    PANEL_LIGHT,
    SOFT,
    WHITE,
    paint,
)
from racer.app.window.hud.slipstream_gauge import wake
from racer.app.window.hud.stuck_hint import StuckHint
from racer.app.window.hud.timing import Gaps, LapWatch, kmh, seconds_left
from racer.core.rules.results import time_text

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.play.view import CarView, RaceView

    Gauge = tuple[pygame.Surface, pygame.Surface]

SPEED_FULL_MS: Final = 62.0  # the speed at which the bar is full: top speed with a little boost
SEGMENTS: Final = 26
SPEED_WIDTH: Final = 286.0
UNLIT: Final[Colour] = (44, 52, 70)
WAKE_EASE: Final = 0.12  # a tick: a car that passes by is no slipstream
WAKE_SHOWN: Final = 0.12
ROWS_MAX: Final = 16


@final
class Hud:
    """Draws our own figures and the standings; keeps what they need of earlier ticks."""

    def __init__(self) -> None:
        self._watch = LapWatch()
        self._gaps = Gaps()
        self._tick = -1
        self._running_ms: float | None = None
        self._stuck_hint = StuckHint()
        self._wake = 0.0
        self._gauge: Gauge | None = None
        self._gauge_scale = 0.0

    def on_view(self, view: RaceView) -> None:
        """Take in a new tick; the same one again changes nothing."""
        if view.tick != self._tick:
            self._tick = view.tick
            self._gaps.on_view(view)
            self._running_ms = self._watch.running_ms(view)
            self._stuck_hint.on_view(view)
            self._wake += WAKE_EASE * (wake(view) - self._wake)

    def draw(self, canvas: Canvas, view: RaceView, *, whole: bool) -> None:
        """Draw it all over the track; `whole` shows all standings, not only those about us."""
        car = view.my_car
        self._draw_standings(canvas, view, whole=whole)
        if car is not None:
            self._draw_place(canvas, view, car)
            self._draw_times(canvas, view, car)
            if self._gauge is None or self._gauge_scale != canvas.scale:
                self._gauge, self._gauge_scale = _gauge(canvas.scale), canvas.scale
            _draw_speed(canvas, view, car, self._gauge)
        if view.closes_ns is not None and car is not None and car.finished_ms is None:
            _draw_closing(canvas, seconds_left(view.closes_ns, view.now_ns))
        if car is not None and self._wake > WAKE_SHOWN:
            _draw_slipstream(canvas, self._wake)
        if self._stuck_hint.words:
            _draw_stuck_hint(canvas, self._stuck_hint.words)
        if view.wrong_way and int(view.now_ns / 3e8) % 3:
            _draw_wrong_way(canvas)

    def _draw_place(self, canvas: Canvas, view: RaceView, car: CarView) -> None:
        canvas.panel(16, 16, 222, 92)
        width = canvas.text(str(car.place), 32, 14, 74, WHITE, bold=True)
        canvas.text(f"/{len(view.cars)}", 36 + width, 54, 30, SOFT)
        canvas.text("LAP", 148, 28, 14, FAINT, bold=True)
        lap = min(max(car.lap, 1), max(view.setup.laps, 1))
        width = canvas.text(str(lap), 148, 44, 40, ACCENT, bold=True)
        canvas.text(f"/{view.setup.laps}", 150 + width, 64, 20, SOFT)
        if view.qualifying:
            canvas.panel(16, 114, 222, 28)
            canvas.text("QUALIFYING", 32, 120, 14, ACCENT, bold=True)

    def _draw_times(self, canvas: Canvas, view: RaceView, car: CarView) -> None:
        x, width = canvas.width / 2.0, 430.0
        canvas.panel(x - width / 2.0, 12, width, 62)
        running = car.finished_ms if car.finished_ms is not None else self._running_ms
        canvas.text(time_text(running, hundredths=True), x, 16, 36, WHITE, bold=True, align=0.5)
        canvas.text("LAST", x - 200, 20, 12, FAINT, bold=True)
        canvas.text(time_text(car.last_ms), x - 200, 34, 18, SOFT)
        canvas.text("BEST", x + 200, 20, 12, FAINT, bold=True, align=1.0)
        canvas.text(time_text(car.best_ms), x + 200, 34, 18, BEST, align=1.0)
        canvas.text(self._gap_text(view, car), x, 54, 14, SOFT, align=0.5)

    def _gap_text(self, view: RaceView, car: CarView) -> str:
        words: list[str] = []
        for other in view.cars:
            if other.place == car.place - 1:
                gap = self._gaps.behind_s(car, other)
                words.insert(0, "" if gap is None else f"+{abs(gap):.1f}  {other.name}")
            elif other.place == car.place + 1:
                gap = self._gaps.behind_s(other, car)
                words.append("" if gap is None else f"-{abs(gap):.1f}  {other.name}")
        return " · ".join(word for word in words if word)

    def _draw_standings(self, canvas: Canvas, view: RaceView, *, whole: bool) -> None:
        ranked = sorted(view.cars, key=lambda car: (car.place, car.number))
        rows = ranked[:ROWS_MAX] if whole else _rows_around_us(ranked, 10)
        if not rows:
            return
        x, y, width, line = canvas.width - 246.0, 16.0, 230.0, 25.0
        canvas.panel(x, y, width, 12.0 + line * len(rows))
        leader = ranked[0]
        for k, car in enumerate(rows):
            top = y + 6.0 + k * line
            if car.mine:
                canvas.panel(x + 4.0, top, width - 8.0, line, PANEL_LIGHT, 235, 6)
            canvas.text(str(car.place), x + 30.0, top + 3.0, 16, SOFT, bold=True, align=1.0)
            canvas.bar(x + 37.0, top + 4.0, 5.0, line - 8.0, paint(car.number))
            colour = FAINT if car.away else ACCENT if car.mine else WHITE
            canvas.text(_short_name(car.name), x + 50.0, top + 3.0, 16, colour, bold=car.mine)
            self._draw_gap(canvas, car, leader, x + width - 12.0, top + 4.0)

    def _draw_gap(self, canvas: Canvas, car: CarView, leader: CarView, x: float, y: float) -> None:
        if car.finished_ms is not None:
            canvas.text(time_text(car.finished_ms, hundredths=True), x, y, 14, GOOD, align=1.0)
        elif car.away:
            canvas.text("away", x, y, 14, FAINT, align=1.0)
        elif car is leader:
            canvas.text("leader", x, y, 14, FAINT, align=1.0)
        else:
            gap = self._gaps.behind_s(car, leader)
            words = "" if gap is None else f"+{abs(gap):.1f}"
            canvas.text(words, x, y, 14, SOFT, align=1.0)


def _rows_around_us(ranked: list[CarView], count: int) -> list[CarView]:
    """Return the leader and those about us, where all would be too many."""
    if len(ranked) <= count:
        return ranked
    ours = next((k for k, car in enumerate(ranked) if car.mine), 0)
    first = min(max(1, ours - count // 2 + 1), len(ranked) - count + 1)
    return [ranked[0], *ranked[first : first + count - 1]]


def _short_name(name: str) -> str:
    return name if len(name) <= 13 else name[:12] + "…"


def _draw_speed(canvas: Canvas, view: RaceView, car: CarView, gauge: Gauge) -> None:
    """Draw the speed with its bar, and the boost tank."""
    width, height = SPEED_WIDTH, 104.0
    x, y = canvas.width - width - 16.0, canvas.height - height - 16.0
    canvas.panel(x, y, width, height)
    canvas.text(str(kmh(car.speed_ms)), x + 168.0, y + 2.0, 56, WHITE, bold=True, align=1.0)
    canvas.text("km/h", x + 178.0, y + 36.0, 18, FAINT)
    dark, bright = gauge
    canvas.surface.blit(dark, (canvas.px(x + 16.0), canvas.px(y + 66.0)))
    lit = round(SEGMENTS * min(1.0, car.speed_ms / SPEED_FULL_MS)) / SEGMENTS
    part = (0, 0, round(bright.get_width() * lit), bright.get_height())
    canvas.surface.blit(bright, (canvas.px(x + 16.0), canvas.px(y + 66.0)), part)
    canvas.text("BOOST", x + 16.0, y + 81.0, 12, FAINT, bold=True)
    canvas.bar(x + 66.0, y + 84.0, width - 82.0, 8.0, UNLIT)
    glow = WHITE if car.boosting and int(view.now_ns / 6e7) % 2 else BOOST
    canvas.bar(x + 66.0, y + 84.0, width - 82.0, 8.0, glow, view.boost)


def _gauge(scale: float) -> Gauge:
    """Return the bar of the speed with no segment lit, and with all."""
    width, height = round((SPEED_WIDTH - 32.0) * scale), max(1, round(10.0 * scale))
    pictures = []
    for lit in (False, True):
        picture = pygame.Surface((width, height), pygame.SRCALPHA)
        for k in range(SEGMENTS):
            hot = ACCENT if k < SEGMENTS * 0.65 else (255, 138, 40) if k < SEGMENTS * 0.85 else BAD
            left = round(k * width / SEGMENTS)
            segment = (left, 0, max(1, round(width / SEGMENTS - 2.5 * scale)), height)
            picture.fill(hot if lit else UNLIT, segment)
        pictures.append(picture)
    return pictures[0], pictures[1]


def _draw_closing(canvas: Canvas, seconds: int) -> None:
    x = canvas.width / 2.0
    canvas.panel(x - 130.0, 84.0, 260.0, 34.0, (70, 20, 24), 215)
    canvas.text(f"race closes in {seconds} s", x, 91.0, 18, WHITE, bold=True, align=0.5)


def _draw_stuck_hint(canvas: Canvas, words: str) -> None:
    x, width = canvas.width / 2.0, canvas.text_width(words, 18, bold=True) + 40.0
    canvas.panel(x - width / 2.0, 252.0, width, 36.0, PANEL, 225, 12)
    canvas.text(words, x, 259.0, 18, ACCENT, bold=True, align=0.5)


def _draw_slipstream(canvas: Canvas, depth: float) -> None:
    """Tell that the car ahead draws us along, and how much."""
    x, y = canvas.width - SPEED_WIDTH - 176.0, canvas.height - 46.0
    canvas.panel(x, y, 150.0, 26.0, PANEL, 208, 8)
    canvas.text("SLIPSTREAM", x + 10.0, y + 6.0, 12, BOOST, bold=True)
    for k in range(3):
        colour = BOOST if depth > (k + 0.5) / 3.5 else UNLIT
        left, top, s = x + 100.0 + 14.0 * k, y + 7.0, canvas.scale
        arrow = ((0, 0), (5, 0), (11, 6), (5, 12), (0, 12), (6, 6))
        points = [((left + a) * s, (top + b) * s) for a, b in arrow]
        pygame.draw.polygon(canvas.surface, colour, points)


def _draw_wrong_way(canvas: Canvas) -> None:
    x, y = canvas.width / 2.0, 170.0
    canvas.panel(x - 150.0, y, 300.0, 66.0, (120, 16, 20), 225, 14)
    for side in (-1.0, 1.0):
        middle = (canvas.px(x + side * 122.0), canvas.px(y + 33.0))
        pygame.draw.aacircle(canvas.surface, BAD, middle, canvas.px(16))
        bar = canvas.rect(x + side * 122.0 - 10.0, y + 30.0, 20.0, 6.0)
        canvas.surface.fill(WHITE, bar)
    canvas.text("WRONG WAY", x, y + 17.0, 28, WHITE, bold=True, align=0.5)


def tags(canvas: Canvas, cars: tuple[CarView, ...], places: list[tuple[float, float]]) -> None:
    """Draw the names of the others over their cars, at these pixels, and a mark over ours."""
    surface = canvas.surface
    for car, (x, y) in zip(cars, places, strict=True):
        if car.mine:
            _draw_own_mark(canvas, x, y)
            continue
        if not -40.0 < x < surface.get_width() + 40.0:
            continue
        if not -40.0 < y < surface.get_height() + 40.0:
            continue
        name = f"{car.number + 1} {_short_name(car.name)}" + ("  (away)" if car.away else "")
        colour = SOFT if car.ghost or car.away else WHITE
        at = (x / canvas.scale, y / canvas.scale - 37.0)
        canvas.text(name, at[0], at[1], 13, colour, align=0.5, shadow=True, bold=True)


def _draw_own_mark(canvas: Canvas, x: float, y: float) -> None:
    """Draw a small arrow over our own car."""
    s = canvas.scale
    y -= 30.0 * s
    outer = [(x - 9.0 * s, y - 7.0 * s), (x + 9.0 * s, y - 7.0 * s), (x, y + 6.0 * s)]
    inner = [(x - 6.0 * s, y - 5.5 * s), (x + 6.0 * s, y - 5.5 * s), (x, y + 3.0 * s)]
    pygame.draw.polygon(canvas.surface, INK, outer)
    pygame.draw.polygon(canvas.surface, ACCENT, inner)
