"""All that a driver reads while driving: which panels there are, and which has its place first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, final

from racer.app.window.hud import lap_times, position, speedometer
from racer.app.window.hud.board import BlankBoard, Board
from racer.app.window.hud.columns import INNER
from racer.app.window.hud.key_hints import DrivingKeys, draw_key_panel
from racer.app.window.hud.lap_times import draw_lap_times
from racer.app.window.hud.layout import Anchor
from racer.app.window.hud.lights import draw_start
from racer.app.window.hud.minimap import Minimap
from racer.app.window.hud.position import STRIP, draw_danger, draw_position, draw_qualifying
from racer.app.window.hud.reckoning.danger import danger_of
from racer.app.window.hud.reckoning.flags import flag_for
from racer.app.window.hud.reckoning.lap_delta import LapDelta
from racer.app.window.hud.reckoning.timing import Gaps, LapWatch, seconds_left
from racer.app.window.hud.rehearsal import Rehearsal
from racer.app.window.hud.slipstream_gauge import SlipstreamGauge
from racer.app.window.hud.speedometer import Speedometer
from racer.app.window.hud.standings import Standings
from racer.app.window.hud.stuck_hint import StuckHint
from racer.app.window.hud.warnings import (
    draw_closing,
    draw_finished,
    draw_flag,
    draw_stuck_hint,
    draw_wrong_way,
)
from racer.app.window.world.marshals.duty import Flag
from racer.play.view import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.board import BoardPart
    from racer.app.window.hud.columns import Columns
    from racer.app.window.hud.layout import Layout
    from racer.app.window.hud.reckoning.flags import ShownFlag
    from racer.core.circuits.track import Track
    from racer.play.view import CarView, RaceView

MANY: Final = 16  # cars: all standings of more need the room of the lap times too
MAP: Final = 150.0  # height of the map
REDRAWN: Final = 3  # ticks between two pictures of what changes all the time: nobody reads faster


@final
class Hud:
    """Draws the panels over the picture; keeps what they need of earlier ticks."""

    def __init__(self) -> None:
        self.keys = DrivingKeys()  # of who drives, as they are now
        self.rehearsal = Rehearsal()
        self._board = Board()
        self._watch = LapWatch()
        self._gaps = Gaps()
        self._tick = -1
        self._running_ms: float | None = None
        self._stuck_hint = StuckHint()
        self._slipstream = SlipstreamGauge()
        self._speedometer = Speedometer()
        self._standings = Standings()
        self._minimap: Minimap | None = None
        self._delta = LapDelta()
        self._flag: ShownFlag | None = None

    def on_view(self, view: RaceView, track: Track) -> None:
        """Take in a new tick; the same one again changes nothing."""
        if view.tick != self._tick:
            self._tick = view.tick
            self._gaps.on_view(view)
            self._running_ms = self._watch.running_ms(view)
            if view.my_car is not None:
                self._delta.on_tick(view.my_car, self._running_ms, track.length_m)
            self._flag = flag_for(view, track.length_m)
            self._stuck_hint.on_view(view, self.keys)
            self._slipstream.on_view(view)

    def draw(
        self,
        canvas: Canvas,
        view: RaceView,
        track: Track,
        columns: Columns,
        layout: Layout,
        *,
        whole: bool,
        heading: BoardPart | None = None,
        own: bool = True,
    ) -> None:
        """Draw all panels, the steadiest first: what comes and goes makes room for them.

        Args:
            columns: where the board stands.
            layout: gives panels their rectangles.
            whole: show all standings, not only those about us.
            heading: what is told of the car that is seen, where one drives none.
            own: whether our own car is what is seen.
        """
        self._board.begin(canvas, columns)
        self._draw_board(canvas, view, track, layout, self._board, whole=whole, heading=heading)
        self._board.end(canvas)
        self._draw_over_world(canvas, view, layout, own=own)

    def parts_ahead(
        self, canvas: Canvas, view: RaceView, track: Track, layout: Layout
    ) -> Iterator[None]:
        """Draw, unseen and a panel at a time, what the first picture of a race will show."""
        board = BlankBoard()
        self._draw_board(canvas, view, track, layout, board, whole=False, heading=None)
        yield
        for paint in board.paints:
            with canvas.unseen():
                paint()
            yield
        with canvas.unseen():
            self._draw_over_world(canvas, view, layout, own=True)
        yield

    def _draw_board(
        self,
        canvas: Canvas,
        view: RaceView,
        track: Track,
        layout: Layout,
        board: Board | BlankBoard,
        *,
        whole: bool,
        heading: BoardPart | None,
    ) -> None:
        car = view.my_car
        danger = danger_of(view)
        if car is not None:
            self._draw_own(canvas, view, car, layout, board, whole=whole)
        box = layout.take(Anchor.BOARD_TOP, INNER, heading.height) if heading is not None else None
        if heading is not None and box is not None:
            board.part(canvas, "heading", box, heading.key, partial(heading.paint, canvas, box))
        strip = layout.take(Anchor.BOARD_TOP, INNER, STRIP) if danger is not None else None
        if danger is not None and strip is not None:
            paint = partial(draw_danger, canvas, danger, strip)
            board.part(canvas, "danger", strip, danger, paint)
        numbers = frozenset() if danger is None else danger.numbers
        if not whole:  # all standings need the map's room, where there is one column
            self._draw_minimap(canvas, view, track, layout, board)
        self._standings.draw(canvas, view, self._gaps, board, layout, whole=whole, danger=numbers)
        if whole:
            self._draw_minimap(canvas, view, track, layout, board)

    def _draw_over_world(
        self, canvas: Canvas, view: RaceView, layout: Layout, *, own: bool
    ) -> None:
        """Draw what a driver must know now."""
        car = view.my_car
        if view.closes_ns is not None and car is not None and car.finished_ms is None:
            draw_closing(canvas, seconds_left(view.closes_ns, view.now_ns), layout)
        lights = draw_start(canvas, view, layout)
        if self._flag is not None and not (lights and self._flag.flag is Flag.GREEN):
            draw_flag(canvas, self._flag, view.now_ns, layout)
        if view.phase is Phase.RACING and own and car is not None and car.finished_ms is not None:
            draw_finished(canvas, view, car, layout)
        if view.wrong_way:
            draw_wrong_way(canvas, layout, lit=int(view.now_ns / 3e8) % 3 > 0)
        if self._stuck_hint.words:
            draw_stuck_hint(canvas, self._stuck_hint.words, layout)
        racing = view.phase is Phase.RACING and (car is None or car.finished_ms is None)
        stands = racing and not self._stuck_hint.under_way
        if car is not None and self.keys.hints and (view.phase is Phase.COUNTDOWN or stands):
            draw_key_panel(canvas, self.keys.hints, layout)

    def _draw_own(
        self,
        canvas: Canvas,
        view: RaceView,
        car: CarView,
        layout: Layout,
        board: Board | BlankBoard,
        *,
        whole: bool,
    ) -> None:
        """Draw what is told of our car alone; `whole`: all standings need room, too."""
        part = partial(board.part, canvas)
        timed = not (whole and len(view.cars) > MANY)
        box = layout.take(Anchor.BOARD_TOP, INNER, position.HEIGHT)
        if box is not None:
            key = (car.place, len(view.cars), car.lap, view.setup.laps)
            part("position", box, key, partial(draw_position, canvas, view, car, box))
        strip = layout.take(Anchor.BOARD_TOP, INNER, STRIP) if view.qualifying else None
        if strip is not None:
            part("qualifying", strip, 0, partial(draw_qualifying, canvas, strip))
        times = layout.take(Anchor.BOARD_TOP, INNER, lap_times.HEIGHT) if timed else None
        if times is not None:
            told = (self._running_ms, self._delta, self._gaps)
            changed = (view.tick // REDRAWN, car.finished_ms, car.last_ms)
            part("times", times, changed, partial(draw_lap_times, canvas, view, car, *told, times))
        if car.finished_ms is not None and view.phase is Phase.RACING:
            return  # how fast it rolls out is nothing to read
        speed = layout.take(Anchor.BOARD_BOTTOM, INNER, speedometer.HEIGHT)
        if speed is not None:
            paint = partial(self._draw_speed, canvas, view, car, speed)
            part("speed", speed, (view.tick + 1) // REDRAWN, paint)

    def _draw_speed(self, canvas: Canvas, view: RaceView, car: CarView, box: Box) -> None:
        self._speedometer.draw(canvas, view, car, box)
        self._slipstream.draw(canvas, box)

    def _draw_minimap(
        self,
        canvas: Canvas,
        view: RaceView,
        track: Track,
        layout: Layout,
        board: Board | BlankBoard,
    ) -> None:
        if self._minimap is None or self._minimap.track is not track:
            self._minimap = Minimap(track)
        box = layout.take(Anchor.BOARD_BOTTOM, INNER, MAP)
        if box is not None:
            key = (track.name, (view.tick + 2) // REDRAWN)
            paint = partial(self._minimap.draw, canvas, box, view.cars, panel=False)
            board.part(canvas, "minimap", box, key, paint)
