"""The best laps: a card for each circuit, and of the one with the ring the whole table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, BEST, FAINT, INK, PANEL, SOFT, WHITE
from racer.app.window.circuit_source import CircuitTitles
from racer.app.window.controls.control import Back, Card, Chosen, Picked, Scrolled, Selector
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.key_strip import draw_strip, strip_buttons
from racer.app.window.controls.paint import draw_control, draw_page, draw_thumb
from racer.app.window.controls.scroll import Scroll
from racer.app.window.hud.minimap import Minimap
from racer.app.window.input.actions import Action, Scope
from racer.app.window.scene import LeavePage, PlanTrial
from racer.app.window.scenes.circuit_card import line_about, traits
from racer.app.window.scenes.records.lap_table import draw_laps
from racer.core.rules.results import time_text

if TYPE_CHECKING:
    import pygame

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.controls.control import Outcome, Page
    from racer.app.window.controls.key_strip import Plate
    from racer.app.window.input.devices import Devices
    from racer.app.window.ports import RaceDirectory, RecordRow
    from racer.app.window.scene import Ask, Frame

LIST: Final = Box(40.0, 152.0, 560.0, 512.0)
ROW: Final = 58.0
SIDE: Final = 624.0  # where the table begins
EVERYBODY: Final = "everybody"
PLATES: Final[tuple[Plate, ...]] = (
    ("back", "back", Action.BACK),
    ("trial", "time trial here", Action.TRIAL),
)


@dataclass(frozen=True, slots=True)
class ListedCircuit:
    """A circuit in the list."""

    id: str
    track: str  # its name; "" where it is not known
    here: bool
    laps: tuple[RecordRow, ...]  # of those whom one asked for, the fastest first


@final
class RecordsPage:
    """Shows all best laps, or those of one driver, and leads on to a time trial on a circuit."""

    covers: Final = True
    front: Final = None

    def __init__(self, directory: RaceDirectory, circuits: CircuitSource, devices: Devices) -> None:
        self._circuits = circuits
        self._devices = devices
        self._known = directory.record_rows()
        self._driver = EVERYBODY
        self._focus = Focus()
        self._scroll = Scroll()
        self._titles = CircuitTitles(self._circuits)
        self._map: Minimap | None = None
        self._circuit = ""  # id of what the ring was on last

    def wants_key(self, event: pygame.Event) -> bool:
        """No key is for text here."""
        return False

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in an event of the window."""
        for what in self._devices.on_event(event, Scope.MENU):
            ask = self._on_outcome(self._focus.on_input(what))
            if ask is not None:
                return ask
        return None

    def _on_outcome(self, outcome: Outcome | None) -> Ask | None:
        match outcome:
            case Back() | Chosen("back"):
                return LeavePage()
            case Chosen(chosen):
                circuit = self._find_circuit(self._circuit if chosen == "trial" else chosen)
                if circuit is not None and circuit.here:
                    car = circuit.laps[0].car if circuit.laps else None
                    return PlanTrial(circuit.track, car)
            case Picked(at=at):
                self._driver = self._driver_names()[at]
            case Scrolled(steps):
                self._scroll.roll(-steps * ROW)
            case _:
                pass
        return None

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the list, and beside it the circuit that has the ring."""
        self._titles.read_one()
        canvas.surface.fill(INK)
        canvas.text("BEST LAPS", 40.0, 26.0, 44, WHITE, bold=True)
        canvas.text("that this machine has driven, or heard of and checked", 42.0, 78.0, 16, SOFT)
        left_out = canvas.fitted("; ".join(self._known.left_out), LIST.width, 14)
        canvas.text(left_out, 42.0, 97.0, 14, ACCENT)
        listed = self._list_circuits()
        cards = self._place_cards(listed)
        drivers = self._driver_names()
        who = Selector(
            id="driver",
            box=Box(LIST.x, LIST.y - 38.0, LIST.width, 36.0),
            label="driver",
            options=drivers,
            at=drivers.index(self._driver) if self._driver in drivers else 0,
        )
        draw_strip(canvas)
        page: Page = (*cards, who, *strip_buttons(canvas, self._devices, PLATES))
        self._focus.show(page)
        for circuit, card in zip(listed, cards, strict=True):
            if LIST.y <= card.box.bottom and card.box.y <= LIST.bottom:
                with canvas.clipped(*LIST):
                    draw_control(canvas, card, ringed=card.id == self._focus.at)
                    self._draw_circuit(canvas, circuit, card.box)
        draw_thumb(canvas, self._scroll, LIST)
        draw_page(canvas, page, self._focus.at)
        if any(circuit.id == self._focus.at for circuit in listed):
            self._circuit = self._focus.at
        shown = self._find_circuit(self._circuit) or (listed[0] if listed else None)
        if shown is not None:
            self._draw_table(canvas, shown)

    def _list_circuits(self) -> tuple[ListedCircuit, ...]:
        """Return the circuits of this machine in their order, then those that others have."""
        rows = self._known.rows or ()
        own = [
            ListedCircuit(name, name, True, self._asked_for(rows, name, here=True))
            for name in self._circuits.names()
        ]
        strange = dict.fromkeys((row.circuit, row.track) for row in rows if not row.here)
        others = [
            ListedCircuit(
                f"#{circuit}",
                track,
                False,
                self._asked_for([row for row in rows if row.circuit == circuit], track, here=False),
            )
            for circuit, track in strange
        ]
        return (*own, *(circuit for circuit in others if circuit.laps))

    def _asked_for(
        self, rows: tuple[RecordRow, ...] | list[RecordRow], track: str, *, here: bool
    ) -> tuple[RecordRow, ...]:
        return tuple(
            row
            for row in rows
            if row.track == track and row.here is here and self._driver in {EVERYBODY, row.name}
        )

    def _driver_names(self) -> tuple[str, ...]:
        return (EVERYBODY, *sorted({row.name for row in self._known.rows or ()}))

    def _find_circuit(self, circuit_id: str) -> ListedCircuit | None:
        return next((each for each in self._list_circuits() if each.id == circuit_id), None)

    def _place_cards(self, listed: tuple[ListedCircuit, ...]) -> tuple[Card, ...]:
        tops = {circuit.id: k * ROW + 4.0 for k, circuit in enumerate(listed)}
        at = self._focus.at
        span = (tops[at] - 4.0, tops[at] + ROW) if at in tops else None
        offset = self._scroll.offset(len(listed) * ROW + 4.0, LIST.height, at, span)
        return tuple(
            Card(
                id=circuit.id,
                box=Box(
                    LIST.x + 4.0, LIST.y + tops[circuit.id] - offset, LIST.width - 8.0, ROW - 8.0
                ),
                within=LIST,
                enabled=circuit.here,
            )
            for circuit in listed
        )

    def _draw_circuit(self, canvas: Canvas, circuit: ListedCircuit, box: Box) -> None:
        title = self._title_of(circuit)
        canvas.text(
            canvas.fitted(title, 250.0, 19, bold=True),
            box.x + 16.0,
            box.y + 13.0,
            19,
            WHITE if circuit.here else FAINT,
            bold=True,
        )
        if not circuit.laps:
            words = "reading …" if self._known.rows is None else "no lap yet"
            canvas.text(words, box.right - 16.0, box.y + 15.0, 16, FAINT, align=1.0)
            return
        best = circuit.laps[0]
        canvas.text(
            canvas.figures.written(time_text(best.ms)),
            box.right - 16.0,
            box.y + 13.0,
            19,
            BEST,
            bold=True,
            align=1.0,
        )
        who = canvas.fitted(best.name, 130.0, 16)
        colour = ACCENT if best.mine else SOFT
        canvas.text(who, box.right - 116.0, box.y + 15.0, 16, colour, align=1.0)

    def _draw_table(self, canvas: Canvas, circuit: ListedCircuit) -> None:
        box = Box(SIDE, 60.0, canvas.width - SIDE - 40.0, LIST.bottom - 60.0)
        canvas.panel(*box, PANEL, 235, 14)
        canvas.text(self._title_of(circuit), box.x + 24.0, box.y + 18.0, 26, WHITE, bold=True)
        track = self._circuits.track(circuit.track) if circuit.here else None
        y = box.y + 62.0
        if track is not None:
            if self._map is None or self._map.track is not track:
                self._map = Minimap(track)
            shape = (box.x + 24.0, y, box.width - 48.0, 170.0)
            self._map.draw(canvas, shape, (), thick=7.0, panel=False)
            words = line_about(canvas, track, traits(track))
            canvas.text(
                canvas.fitted(words, box.width - 48.0, 15),
                box.middle,
                y + 174.0,
                15,
                SOFT,
                align=0.5,
            )
            y += 208.0
        else:
            canvas.text("This circuit is not on this machine.", box.x + 24.0, y, 17, SOFT)
            y += 40.0
        table = Box(box.x + 24.0, y, box.width - 48.0, box.bottom - y - 12.0)
        if circuit.laps:
            draw_laps(canvas, circuit.laps, table)
        elif self._known.rows is not None:
            words = "Nobody has driven a clean lap here yet."
            if self._driver != EVERYBODY:
                words = f"{self._driver} has no clean lap here yet."
            canvas.text(words, table.x, table.y, 17, SOFT)

    def _title_of(self, circuit: ListedCircuit) -> str:
        if circuit.here:
            return self._titles.title_of(circuit.track)
        return circuit.track or f"circuit {circuit.id[1:9]}"
