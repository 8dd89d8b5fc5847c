"""All that a driver reads while driving: which panels there are, and which has its place first."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from racer.app.window.hud.columns import INNER
from racer.app.window.hud.key_hints import draw_key_panel
from racer.app.window.hud.lap_times import draw_lap_times
from racer.app.window.hud.layout import Anchor
from racer.app.window.hud.lights import draw_start
from racer.app.window.hud.minimap import Minimap
from racer.app.window.hud.position import draw_danger, draw_position, draw_qualifying
from racer.app.window.hud.reckoning.danger import danger_of
from racer.app.window.hud.reckoning.lap_delta import LapDelta
from racer.app.window.hud.reckoning.timing import Gaps, LapWatch, seconds_left
from racer.app.window.hud.slipstream_gauge import SlipstreamGauge
from racer.app.window.hud.speedometer import Speedometer
from racer.app.window.hud.standings import Standings
from racer.app.window.hud.stuck_hint import StuckHint
from racer.app.window.hud.warnings import (
    draw_closing,
    draw_finished,
    draw_stuck_hint,
    draw_wrong_way,
)
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.key_hints import KeyHint
    from racer.app.window.hud.layout import Layout
    from racer.core.circuits.track import Track
    from racer.play.view import CarView, RaceView


@final
class Hud:
    """Draws the panels over the picture; keeps what they need of earlier ticks.

    Args:
        hints: what the driving keys are, shown before the start.
        rescue: what is printed on the key that puts one back.
    """

    def __init__(self, hints: tuple[KeyHint, ...], rescue: str) -> None:
        self._hints = hints
        self._watch = LapWatch()
        self._gaps = Gaps()
        self._tick = -1
        self._running_ms: float | None = None
        self._stuck_hint = StuckHint(rescue)
        self._slipstream = SlipstreamGauge()
        self._speedometer = Speedometer()
        self._standings = Standings()
        self._minimap: Minimap | None = None
        self._delta = LapDelta()

    def on_view(self, view: RaceView, track: Track) -> None:
        """Take in a new tick; the same one again changes nothing."""
        if view.tick != self._tick:
            self._tick = view.tick
            self._gaps.on_view(view)
            self._running_ms = self._watch.running_ms(view)
            if view.my_car is not None:
                self._delta.on_tick(view.my_car, self._running_ms, track.length_m)
            self._stuck_hint.on_view(view)
            self._slipstream.on_view(view)

    def draw(
        self, canvas: Canvas, view: RaceView, track: Track, layout: Layout, *, whole: bool
    ) -> None:
        """Draw all panels, the steadiest first: what comes and goes makes room for them.

        Args:
            layout: gives them their rectangles.
            whole: show all standings, not only those about us.
        """
        car = view.my_car
        danger = danger_of(view)
        if car is not None:
            self._draw_own(canvas, view, car, layout)
        if danger is not None:
            draw_danger(canvas, danger, layout)
        numbers = frozenset() if danger is None else danger.numbers
        if not whole:  # all standings need the map's room, where there is one column
            self._draw_minimap(canvas, view, track, layout)
        self._standings.draw(canvas, view, self._gaps, layout, whole=whole, danger=numbers)
        if whole:
            self._draw_minimap(canvas, view, track, layout)
        if view.closes_ns is not None and car is not None and car.finished_ms is None:
            draw_closing(canvas, seconds_left(view.closes_ns, view.now_ns), layout)
        draw_start(canvas, view, layout)
        if view.phase is Phase.RACING and car is not None and car.finished_ms is not None:
            draw_finished(canvas, view, car, layout)
        if view.wrong_way:
            draw_wrong_way(canvas, layout, lit=int(view.now_ns / 3e8) % 3 > 0)
        if self._stuck_hint.words:
            draw_stuck_hint(canvas, self._stuck_hint.words, layout)
        if view.phase is Phase.COUNTDOWN and car is not None:
            draw_key_panel(canvas, self._hints, layout)

    def _draw_own(self, canvas: Canvas, view: RaceView, car: CarView, layout: Layout) -> None:
        draw_position(canvas, view, car, layout)
        if view.qualifying:
            draw_qualifying(canvas, layout)
        draw_lap_times(canvas, view, car, self._running_ms, self._delta, self._gaps, layout)
        box = self._speedometer.draw(canvas, view, car, layout)
        if box is not None:
            self._slipstream.draw(canvas, box)

    def _draw_minimap(self, canvas: Canvas, view: RaceView, track: Track, layout: Layout) -> None:
        if self._minimap is None or self._minimap.track is not track:
            self._minimap = Minimap(track)
        box = layout.take(Anchor.BOARD_BOTTOM, INNER, 150.0)
        if box is not None:
            self._minimap.draw(canvas, box, view.cars, panel=False)
