"""What to drive against the clock: circuit, car, laps, and which times there are to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import FAINT, INK, PANEL, SOFT, WHITE
from racer.app.window.circuit_source import DEFAULT
from racer.app.window.controls.control import Back, Button, Chosen, Picked, Selector
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.paint import draw_page
from racer.app.window.hud.minimap import Minimap
from racer.app.window.input.actions import Scope
from racer.app.window.scene import LeavePage, Trial
from racer.app.window.scenes.circuit_card import line_about, traits
from racer.app.window.scenes.records.lap_table import draw_laps
from racer.core.tuning import CARS, LAPS_MAX

if TYPE_CHECKING:
    import pygame

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.controls.control import Outcome, Page
    from racer.app.window.input.devices import Devices
    from racer.app.window.ports import RaceDirectory
    from racer.app.window.scene import Ask, Frame, PlanTrial

LAPS: Final = 5
WIDTH: Final = 960.0
HEIGHT: Final = 440.0
FORM: Final = 520.0  # units across: what is chosen; the rest shows the circuit
ROW: Final = 48.0
WORDS: Final = (
    "You drive alone, beside the ghosts of your own best lap and of the best that is known here. "
    "From the second on each lap counts that is clean."
)


@final
class TrialForm:
    """Holds what was chosen so far.

    Args:
        asked: what stands there first.
    """

    covers: Final = False
    front: Final = None

    def __init__(
        self,
        directory: RaceDirectory,
        circuits: CircuitSource,
        devices: Devices,
        asked: PlanTrial,
    ) -> None:
        self.focus = Focus()
        self._circuits = circuits
        self._devices = devices
        self._known = directory.record_rows()
        names = circuits.names()
        self._track = asked.track if asked.track in names else DEFAULT
        self._car = directory.settings.car if asked.car is None else asked.car
        self._laps = LAPS
        self._map: Minimap | None = None

    def wants_key(self, event: pygame.Event) -> bool:
        """No key is for text here."""
        return False

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in an event of the window."""
        for what in self._devices.on_event(event, Scope.MENU):
            ask = self._on_outcome(self.focus.on_input(what))
            if ask is not None:
                return ask
        return None

    def _on_outcome(self, outcome: Outcome | None) -> Ask | None:
        match outcome:
            case Back() | Chosen("never"):
                return LeavePage()
            case Chosen("drive"):
                return Trial(self._track, self._laps, self._car)
            case Picked("track", at):
                self._track = self._circuits.names()[at]
            case Picked("car", at):
                self._car = at
            case Picked("laps", at):
                self._laps = at + 1
            case _:
                pass
        return None

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw it over whatever is there."""
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)
        left, top = (canvas.width - WIDTH) / 2.0, (canvas.height - HEIGHT) / 2.0
        box = Box(left, top, WIDTH, HEIGHT)
        canvas.panel(*box, PANEL, 255, 16)
        canvas.text("TIME TRIAL", box.x + 28.0, box.y + 20.0, 24, WHITE, bold=True)
        rows = canvas.rows(WORDS, FORM - 48.0, 16)
        for k, line in enumerate(rows):
            canvas.text(line, box.x + 34.0, box.y + 226.0 + 24.0 * k, 16, SOFT)
        page = self._page_of(box)
        self.focus.show(page)
        draw_page(canvas, page, self.focus.at)
        right = Box(box.x + FORM + 20.0, box.y + 20.0, WIDTH - FORM - 48.0, HEIGHT - 40.0)
        self._draw_circuit(canvas, right)

    def _page_of(self, box: Box) -> Page:
        names = self._circuits.names()
        titles, at = list(names), names.index(self._track)
        track = self._circuits.track(self._track)
        titles[at] = self._track if track is None else track.title
        cars = tuple(car.title for car in CARS)
        rows = (
            ("track", "circuit", tuple(titles), at),
            ("car", "car", cars, self._car),
            ("laps", "laps", tuple(str(k + 1) for k in range(LAPS_MAX)), self._laps - 1),
        )
        placed = tuple(
            Selector(
                id=name,
                box=Box(box.x + 20.0, box.y + 66.0 + k * ROW, FORM - 20.0, ROW - 8.0),
                label=label,
                options=options,
                at=here,
            )
            for k, (name, label, options, here) in enumerate(rows)
        )
        y = box.bottom - 60.0
        drive = Button(id="drive", box=Box(box.x + 20.0, y, 300.0, 42.0), label="Drive", lit=True)
        never = Button(id="never", box=Box(box.x + 332.0, y, 188.0, 42.0), label="Never mind")
        return (drive, *placed, never)

    def _draw_circuit(self, canvas: Canvas, box: Box) -> None:
        track = self._circuits.track(self._track)
        if track is not None:
            if self._map is None or self._map.track is not track:
                self._map = Minimap(track)
            self._map.draw(canvas, (box.x, box.y, box.width, 190.0), (), thick=7.0, panel=False)
            words = canvas.fitted(line_about(canvas, track, traits(track)), box.width, 14)
            canvas.text(words, box.middle, box.y + 192.0, 14, SOFT, align=0.5)
        rows = self._known.rows
        table = Box(box.x, box.y + 224.0, box.width, box.height - 224.0)
        if rows is None:
            canvas.text("reading the best laps …", table.x, table.y, 15, FAINT)
            return
        mine = tuple(
            row for row in rows if row.here and row.track == self._track and row.car == self._car
        )
        if mine:
            draw_laps(canvas, mine, table)
        else:
            canvas.text("No lap in this car yet: the first", table.x, table.y, 16, SOFT)
            canvas.text("clean one is the best.", table.x, table.y + 22.0, 16, SOFT)
