"""The tower: who runs where, and how far behind the leader."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, FAINT, GOOD, PANEL_LIGHT, SOFT, WHITE
from racer.app.window.hud.badge import Badges
from racer.app.window.hud.columns import INNER
from racer.app.window.hud.layout import Anchor
from racer.core.rules.results import time_text

if TYPE_CHECKING:
    from collections.abc import Hashable

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.figures import Figures
    from racer.app.window.base.lettering import Colour
    from racer.app.window.hud.board import BlankBoard, Board
    from racer.app.window.hud.layout import Layout
    from racer.app.window.hud.reckoning.timing import Gaps
    from racer.play.view import CarView, RaceView

REDRAWN: Final = 3  # ticks between two looks at times and places
ROWS_ABOUT_US: Final = 10
LINE: Final = 24.0  # units from row to row …
LINE_MIN: Final = 15.5  # … and where there are many, and little room
INSET: Final = 2.0  # above the first row and below the last
BADGE: Final = 40.0  # where badges have their middle
NAME: Final = 58.0  # where names begin
GAP: Final = 2.0  # where times end, from the right
BETWEEN: Final = 8.0  # a name and a time
OUT: Final[Colour] = (96, 24, 30)  # behind who goes out next


@dataclass(frozen=True, slots=True)
class StandingsRow:
    """One car in the tower."""

    car: CarView
    time: tuple[str, Colour]
    endangered: bool
    broken: bool  # places are left out above it

    @property
    def key(self) -> Hashable:
        """All that is seen of it."""
        car = self.car
        seen = (car.number, car.place, car.name, car.mine, car.away)
        return (*seen, self.time, self.endangered, self.broken)


@final
class Standings:
    """The tower; keeps its badges, and its rows for some ticks: nobody reads faster."""

    def __init__(self) -> None:
        self.badges = Badges()
        self._moment: Hashable = None
        self._rows: list[StandingsRow] = []

    def draw(
        self,
        canvas: Canvas,
        view: RaceView,
        gaps: Gaps,
        board: Board | BlankBoard,
        layout: Layout,
        *,
        whole: bool,
        danger: frozenset[int] = frozenset(),
    ) -> None:
        """Draw who runs where.

        Args:
            whole: show all, not only those about us.
            danger: numbers of the cars that go out next.
        """
        moment = (view.tick // REDRAWN, len(view.cars), whole, danger)
        if self._moment != moment:
            self._moment = moment
            self._rows = _rows_of(view, gaps, canvas.figures, danger, whole=whole)
        rows = self._rows
        if not rows:
            return
        wanted, least = (2.0 * INSET + line * len(rows) for line in (LINE, LINE_MIN))
        box = layout.take(Anchor.BOARD_TOP, INNER, wanted, least=least)
        if box is None:
            return
        line = (box.height - 2.0 * INSET) / len(rows)
        for k, row in enumerate(rows):
            place = Box(box.x, box.y + INSET + k * line, INNER, line)
            paint_row = partial(self._draw_row, canvas, row, place)
            board.part(canvas, ("row", k), place, row.key, paint_row)

    def _draw_row(self, canvas: Canvas, row: StandingsRow, box: Box) -> None:
        car, line = row.car, box.height
        if row.endangered:
            canvas.bar(box.x, box.y, INNER, line - 1.0, OUT)
        if car.mine:
            canvas.bar(box.x, box.y, INNER, line - 1.0, PANEL_LIGHT)
            canvas.bar(box.x, box.y, 3.0, line - 1.0, ACCENT)
        if row.broken:
            _draw_break(canvas, box.x, box.y + 0.5)
        size = min(16.0, line - 3.0)
        y = box.y + (line - 1.2 * size) / 2.0
        canvas.text(str(car.place), box.x + 26.0, y, size, SOFT, bold=True, align=1.0)
        radius = min(8.5, 0.42 * line)
        middle = box.y + line / 2.0
        self.badges.draw(canvas, car.number, box.x + BADGE, middle, radius, mine=car.mine)
        words, colour = row.time
        right = box.right - GAP
        right -= canvas.text(words, right, y + 1.0, size - 2.0, colour, align=1.0) + BETWEEN
        colour = FAINT if car.away else ACCENT if car.mine else WHITE
        name = canvas.fitted(car.name, right - box.x - NAME, size, bold=car.mine)
        canvas.text(name, box.x + NAME, y, size, colour, bold=car.mine)


def _rows_of(
    view: RaceView, gaps: Gaps, figures: Figures, danger: frozenset[int], *, whole: bool
) -> list[StandingsRow]:
    """Return what the tower says now."""
    ranked = sorted(view.cars, key=lambda car: (car.place, car.number))
    shown = ranked if whole else _rows_around_us(ranked, ROWS_ABOUT_US)
    places = [0, *(car.place for car in shown)]
    return [
        StandingsRow(
            car,
            _time_of(car, ranked[0], gaps, figures),
            endangered=car.number in danger,
            broken=car.place > above + 1,
        )
        for car, above in zip(shown, places, strict=False)
    ]


def _draw_break(canvas: Canvas, x: float, y: float) -> None:
    """Draw that places are left out here."""
    for k in range(12):
        canvas.bar(x + 4.0 + k * INNER / 12.0, y - 0.5, 9.0, 1.5, FAINT)


def _time_of(car: CarView, leader: CarView, gaps: Gaps, figures: Figures) -> tuple[str, Colour]:
    """Return what stands behind a name, and its colour."""
    if car.finished_ms is not None and leader.finished_ms is not None and car.lap < leader.lap:
        laps = leader.lap - car.lap
        return f"+{laps} lap{'s' if laps > 1 else ''}", GOOD
    if car.finished_ms is not None:
        return figures.written(time_text(car.finished_ms, hundredths=True)), GOOD
    if car.away:
        return "away", FAINT
    if car is leader:
        return "leader", FAINT
    gap = gaps.behind_s(car, leader)
    return "" if gap is None else figures.written(f"+{gap:.1f}"), SOFT


def _rows_around_us(ranked: list[CarView], count: int) -> list[CarView]:
    """Return the leader and those about us, where all would be too many."""
    if len(ranked) <= count:
        return ranked
    ours = next((k for k, car in enumerate(ranked) if car.mine), 0)
    first = min(max(1, ours - count // 2 + 1), len(ranked) - count + 1)
    return [ranked[0], *ranked[first : first + count - 1]]
