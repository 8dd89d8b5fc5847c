"""The lobby's panel of who is here: a place for each car, filled or free; below, who has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.palette import (
    ACCENT,
    BAD,
    FAINT,
    GOOD,
    PANEL,
    PANEL_LIGHT,
    SOFT,
    WHITE,
)
from racer.app.window.controls.control import Card
from racer.app.window.controls.paint import draw_ring
from racer.app.window.world.cars.garage import Garage
from racer.core.tuning import CARS, GRID_MAX

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.play.view import DriverView, RaceView

STATES: Final[dict[str, Colour]] = {"alive": GOOD, "suspect": ACCENT, "down": BAD, "left": FAINT}
PANEL_BOX: Final = Box(40.0, 132.0, 660.0, 320.0)
FEW: Final = 8  # places of a grid that has room for cars …
SOME: Final = 16  # … and of one in two columns
BELOW_SHOWN: Final = 4  # of those without a car; where they are more, the last plate turns over
MORE: Final = "more below"


@final
class GridPanel:
    """Lays out a place for each driver, which can be pressed, and paints them."""

    def __init__(self) -> None:
        self._garage: Garage | None = None
        self._garage_scale = 0.0
        self._first_below = 0  # of those without a car, who is shown first

    def cards(self, view: RaceView) -> tuple[Card, ...]:
        """Return a card for each who is seen, in the order of the grid; who has no car is last."""
        drivers, below = seated_of(view), self._shown_below(view)
        slots = _slot_boxes(len(drivers))
        ids = [card_id(driver) for driver in (*drivers, *below)]
        boxes = [*slots[: len(drivers)], *(_below_box(k) for k in range(len(below)))]
        if len(below) < len(carless_of(view)):
            ids.append(MORE)
            boxes.append(_below_box(len(below)))
        return tuple(
            Card(id=name, box=box, within=PANEL_BOX) for name, box in zip(ids, boxes, strict=True)
        )

    def turn_over(self) -> None:
        """Show others of those who have no car."""
        self._first_below += BELOW_SHOWN - 1

    def _shown_below(self, view: RaceView) -> tuple[DriverView, ...]:
        """Return who of those without a car are shown now."""
        all_below = carless_of(view)
        if len(all_below) <= BELOW_SHOWN:
            return all_below
        first = self._first_below if self._first_below < len(all_below) else 0
        self._first_below = first
        return all_below[first : first + BELOW_SHOWN - 1]

    def draw(self, canvas: Canvas, view: RaceView, at: str, muted: tuple[str, ...]) -> None:
        """Draw the panel, with the ring around the card of the id `at`."""
        canvas.panel(*PANEL_BOX, PANEL, 214)
        canvas.text("GRID", PANEL_BOX.x + 18.0, PANEL_BOX.y + 10.0, 14, FAINT, bold=True)
        drivers = seated_of(view)
        alone = sum(not driver.bot for driver in drivers) < 2
        for k, box in enumerate(_slot_boxes(len(drivers))):
            if k >= len(drivers):
                canvas.panel(*box, PANEL_LIGHT, 70, 8)
                canvas.text("free", box.x + 74.0, box.centre[1] - 9.0, 15, FAINT)
                continue
            if at == card_id(drivers[k]):
                draw_ring(canvas, box)
                canvas.panel(*box, PANEL, 255, 8)
            words = readiness(drivers[k], alone=alone)
            self._draw_slot(canvas, drivers[k], box, words, hushed=drivers[k].node.hex() in muted)
        self._draw_below(canvas, view, at)

    def _draw_below(self, canvas: Canvas, view: RaceView, at: str) -> None:
        """Draw who is here without a car."""
        below, total = self._shown_below(view), len(carless_of(view))
        lines = [
            (card_id(each), f"{each.name} {'watches' if each.watching else 'waits'}")
            for each in below
        ]
        if len(below) < total:
            lines.append((MORE, f"{total - len(below)} more"))
        for k, (name, words) in enumerate(lines):
            box = _below_box(k)
            if at == name:
                draw_ring(canvas, box)
                canvas.panel(*box, PANEL, 255, 8)
            canvas.panel(*box, PANEL_LIGHT, 190, 8)
            line = canvas.fitted(words, box.width - 20.0, 14)
            canvas.text(line, box.x + 10.0, box.y + 2.0, 14, SOFT if name != MORE else ACCENT)

    def _draw_slot(
        self,
        canvas: Canvas,
        driver: DriverView,
        box: Box,
        words: tuple[str, Colour],
        *,
        hushed: bool,
    ) -> None:
        x, y, width, height = box
        canvas.panel(x, y, width, height, PANEL_LIGHT, 240 if driver.mine else 190, 8)
        if driver.mine:
            canvas.bar(x, y + 6.0, 4.0, height - 12.0, ACCENT)
        number = driver.number
        if number is not None:
            picture = self._garage_for_canvas(canvas).picture(
                number, 0.0, braking=False, ghost=False, kind=driver.car
            )
            middle = (canvas.px(x + (38.0 if width > 250.0 else 30.0)), canvas.px(y + height / 2.0))
            at = (middle[0] - picture.get_width() // 2, middle[1] - picture.get_height() // 2)
            canvas.surface.blit(picture, at)
        tall, narrow = height > 40.0, width < 250.0
        size, left = (16, x + 58.0) if narrow else (19, x + 74.0)
        top = y + (7.0 if tall else 5.0 if narrow else 3.0)
        taken = _draw_state(canvas, driver, box, words, hushed=hushed)
        room = box.right - left - taken - (26.0 if driver.coordinator else 4.0)
        colour = ACCENT if driver.mine else WHITE
        name = canvas.fitted(driver.name, room, size, bold=True)
        wide = canvas.text(name, left, top, size, colour, bold=True)
        if driver.coordinator:
            _draw_crown(
                canvas, left + wide + (6.0 if narrow else 10.0), top + (2.0 if narrow else 5.0)
            )

    def _garage_for_canvas(self, canvas: Canvas) -> Garage:
        if self._garage is None or self._garage_scale != canvas.scale:
            self._garage, self._garage_scale = Garage(1.1 * canvas.scale), canvas.scale
        self._garage.paint_for(canvas.eyes)
        return self._garage


def card_id(driver: DriverView) -> str:
    """Return the id of a person's card."""
    return f"driver {driver.node.hex()}"


def drivers_of(view: RaceView) -> tuple[DriverView, ...]:
    """Return who drives, or will."""
    return tuple(driver for driver in view.drivers if not driver.watching)


def seated_of(view: RaceView) -> tuple[DriverView, ...]:
    """Return who has a car; where none are left, who waits for one has not."""
    drivers = drivers_of(view)
    return drivers if len(drivers) <= GRID_MAX else tuple(d for d in drivers if d.number)[:GRID_MAX]


def carless_of(view: RaceView) -> tuple[DriverView, ...]:
    """Return who waits for a car, and who only watches."""
    seated = {driver.node for driver in seated_of(view)}
    return tuple(
        sorted((d for d in view.drivers if d.node not in seated), key=lambda d: d.watching)
    )


def watchers_of(view: RaceView) -> tuple[DriverView, ...]:
    """Return who only watches: nobody waits for them."""
    return tuple(driver for driver in view.drivers if driver.watching)


def _slot_boxes(cars: int) -> list[Box]:
    """Return the places of a grid that is large enough for so many cars."""
    x, y, width, _ = PANEL_BOX
    columns, count = (2, FEW) if cars <= FEW else (2, SOME) if cars <= SOME else (3, GRID_MAX)
    high = 64.0 if count == FEW else 32.0
    pitch = (width - 12.0) / columns
    return [
        Box(
            x + 14.0 + (k % columns) * pitch,
            y + 34.0 + (k // columns) * high,
            pitch - 12.0,
            high - 6.0,
        )
        for k in range(count)
    ]


def _below_box(k: int) -> Box:
    return Box(PANEL_BOX.x + 14.0 + k * 159.0, PANEL_BOX.bottom - 28.0, 151.0, 22.0)


def _draw_state(
    canvas: Canvas, driver: DriverView, box: Box, readiness: tuple[str, Colour], *, hushed: bool
) -> float:
    """Draw how somebody is, on the right; return the width that this takes beside the name."""
    right = box.right - 12.0
    ping = "" if driver.rtt_ms is None else f"{driver.rtt_ms:.0f} ms"
    colour = STATES.get(driver.state, FAINT)
    middle = (canvas.px(right - 3.0), canvas.px(box.y + 16.0))
    pygame.draw.aacircle(canvas.surface, colour, middle, canvas.px(4))
    words, ink = readiness
    if box.height > 40.0:
        kind = "bot" if driver.bot else "you" if driver.mine else "driver"
        if driver.host:
            kind = "host, you" if driver.mine else "host"
        if driver.state != "alive":
            kind = driver.state
        about = f"{CARS[driver.car].title} · {kind}{', muted' if hushed else ''}"
        canvas.text(about, box.x + 74.0, box.y + 31.0, 14, SOFT)
        canvas.text(ping, right, box.y + 31.0, 14, FAINT, align=1.0)
        return 30.0 + canvas.text(words, right - 14.0, box.y + 8.0, 14, ink, bold=True, align=1.0)
    if box.width < 250.0:  # in three columns there is room for good news only
        words, ping = words if ink != FAINT else "", ""
    return 30.0 + canvas.text(words or ping, right - 14.0, box.y + 6.0, 13, ink, align=1.0)


def readiness(driver: DriverView, *, alone: bool) -> tuple[str, Colour]:
    """Return what a race waits for of a driver, in words; who is alone waits for nobody."""
    if driver.circuit < 1.0:
        return f"circuit {100.0 * driver.circuit:.0f} %", ACCENT
    if driver.bot or driver.number is None or alone:
        return "", FAINT
    return ("ready", GOOD) if driver.ready else ("not ready", FAINT)


def _draw_crown(canvas: Canvas, x: float, y: float) -> None:
    """Draw a small crown: this node coordinates."""
    points = ((0, 4), (4, 8), (8, 0), (12, 8), (16, 4), (14, 14), (2, 14))
    scale = canvas.scale
    polygon = [((x + a) * scale, (y + b) * scale) for a, b in points]
    pygame.draw.polygon(canvas.surface, ACCENT, polygon)
