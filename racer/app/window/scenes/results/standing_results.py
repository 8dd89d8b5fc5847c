"""The results stand until one leaves them, whatever the room does meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.palette import INK
from racer.app.window.controls.control import Card
from racer.app.window.input.actions import Action
from racer.app.window.scenes.results.celebration import Celebration
from racer.app.window.scenes.results.lap_chart import draw_lap_chart
from racer.app.window.scenes.results.podium import draw_podium
from racer.app.window.scenes.results.result_table import row_boxes, row_id
from racer.play.view import BeReady, Phase

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.key_strip import Plate
    from racer.app.window.world.painter import WorldPainter
    from racer.play.view import RaceView

CHART: Final = ("chart", "lap chart", Action.LAP_CHART)
PEOPLE: Final = ("people", "people", None)
PICTURE: Final = ("picture", "picture", Action.PICTURE)
IN_LOBBY: Final[tuple[Plate, ...]] = (
    ("again", "again, I am ready", None),
    CHART,
    PEOPLE,
    PICTURE,
    ("lobby", "to the lobby", Action.BACK),
)


@final
class StandingResults:
    """Keeps the last official results until the next race, or until somebody has seen enough."""

    def __init__(self) -> None:
        self.chart = False  # the lap chart is shown in the table's place
        self._joy = Celebration()
        self._kept: RaceView | None = None

    def on_view(self, view: RaceView) -> None:
        """Take in a view."""
        if view.phase is Phase.FINISHED and view.official and not view.qualifying:
            self._kept = view
        elif view.phase in {Phase.COUNTDOWN, Phase.RACING} and (self._kept or self._joy.begun):
            self.leave()

    def choose(self, chosen: str) -> BeReady | None:
        """Do what a plate is for, by its id; return what it asks of the race."""
        if chosen == "chart":
            self.chart = not self.chart
            return None
        self.leave()
        return BeReady(on=True) if chosen == "again" else None

    def stand(self, view: RaceView) -> bool:
        """Whether they are shown though the room is in its lobby again."""
        return view.phase is Phase.LOBBY and self._kept is not None

    def leave(self) -> None:
        """Go on."""
        self._kept, self.chart, self._joy = None, False, Celebration()

    def cards(self, canvas: Canvas, view: RaceView) -> tuple[Card, ...]:
        """Return the rows of the table, to be pressed, of who is in the room yet."""
        shown = view if self._kept is None else self._kept
        here = {driver.node for driver in view.drivers}
        boxes = row_boxes(canvas, shown.results, len(shown.disqualified))
        return tuple(
            Card(id=row_id(row), box=box, within=box)
            for row, box in zip(shown.results, boxes, strict=False)
            if row.node in here and not self.chart
        )

    def draw(
        self,
        canvas: Canvas,
        view: RaceView,
        world: WorldPainter | None,
        now_ns: int,
        at: str = "",
    ) -> None:
        """Draw them over whatever is there; in the lobby there is nothing.

        Args:
            at: the id of the control that has the ring.
        """
        shown = view if self._kept is None else self._kept
        if view.phase is Phase.LOBBY:
            canvas.surface.fill(INK)
        if self.chart:
            draw_lap_chart(canvas, shown)
        else:
            draw_podium(canvas, shown, world, self._joy, now_ns, at)
