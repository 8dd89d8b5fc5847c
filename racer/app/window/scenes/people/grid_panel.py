"""The lobby's panel of who is here: a place for each car, filled or free; below, who watches."""

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
FEW: Final = 8  # places of a grid that has room for cars
WATCHERS_SHOWN: Final = 4
NAME_CHARS: Final = 15


@final
class GridPanel:
    """Lays out a place for each driver, which can be pressed, and paints them."""

    def __init__(self) -> None:
        self._garage: Garage | None = None
        self._garage_scale = 0.0

    def cards(self, view: RaceView) -> tuple[Card, ...]:
        """Return a card for each who is here, in the order of the grid; who watches comes last."""
        drivers, watchers = drivers_of(view), watchers_of(view)[:WATCHERS_SHOWN]
        few = len(drivers) <= FEW
        slots = [_slot_box(k, few=few) for k in range(len(drivers))]
        below = [_watcher_box(k) for k in range(len(watchers))]
        return tuple(
            Card(id=card_id(driver), box=box, within=PANEL_BOX)
            for driver, box in zip((*drivers, *watchers), (*slots, *below), strict=True)
            if box.bottom <= PANEL_BOX.bottom
        )

    def draw(self, canvas: Canvas, view: RaceView, at: str, muted: tuple[str, ...]) -> None:
        """Draw the panel, with the ring around the card of the id `at`."""
        canvas.panel(*PANEL_BOX, PANEL, 214)
        canvas.text("GRID", PANEL_BOX.x + 18.0, PANEL_BOX.y + 10.0, 14, FAINT, bold=True)
        drivers = drivers_of(view)
        alone = sum(not driver.bot for driver in drivers) < 2
        few = len(drivers) <= FEW
        for k in range(FEW if few else GRID_MAX):
            box = _slot_box(k, few=few)
            if k >= len(drivers):
                canvas.panel(*box, PANEL_LIGHT, 70, 8)
                canvas.text("free", box.x + 74.0, box.centre[1] - 9.0, 15, FAINT)
                continue
            if at == card_id(drivers[k]):
                draw_ring(canvas, box)
                canvas.panel(*box, PANEL, 255, 8)
            words = readiness(drivers[k], alone=alone)
            self._draw_slot(canvas, drivers[k], box, words, hushed=drivers[k].node.hex() in muted)
        for k, watcher in enumerate(watchers_of(view)[:WATCHERS_SHOWN]):
            box = _watcher_box(k)
            if at == card_id(watcher):
                draw_ring(canvas, box)
                canvas.panel(*box, PANEL, 255, 8)
            canvas.panel(*box, PANEL_LIGHT, 190, 8)
            line = canvas.fitted(f"{watcher.name} watches", box.width - 20.0, 14)
            canvas.text(line, box.x + 10.0, box.y + 2.0, 14, SOFT)

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
            middle = (canvas.px(x + 38.0), canvas.px(y + height / 2.0))
            at = (middle[0] - picture.get_width() // 2, middle[1] - picture.get_height() // 2)
            canvas.surface.blit(picture, at)
        tall = height > 40.0
        top = y + (7.0 if tall else 3.0)
        colour = ACCENT if driver.mine else WHITE
        wide = canvas.text(_short_name(driver.name), x + 74.0, top, 19, colour, bold=True)
        if driver.coordinator:
            _draw_crown(canvas, x + 84.0 + wide, top + 5.0)
        _draw_state(canvas, driver, box, words, hushed=hushed)

    def _garage_for_canvas(self, canvas: Canvas) -> Garage:
        if self._garage is None or self._garage_scale != canvas.scale:
            self._garage, self._garage_scale = Garage(1.1 * canvas.scale), canvas.scale
        return self._garage


def card_id(driver: DriverView) -> str:
    """Return the id of a person's card."""
    return f"driver {driver.node.hex()}"


def drivers_of(view: RaceView) -> tuple[DriverView, ...]:
    """Return who drives, or will."""
    return tuple(driver for driver in view.drivers if not driver.watching)


def watchers_of(view: RaceView) -> tuple[DriverView, ...]:
    """Return who only watches: nobody waits for them."""
    return tuple(driver for driver in view.drivers if driver.watching)


def _slot_box(k: int, *, few: bool) -> Box:
    x, y, width, _ = PANEL_BOX
    high = 64.0 if few else 32.0
    left = x + 14.0 + (k % 2) * (width / 2.0 - 6.0)
    return Box(left, y + 34.0 + (k // 2) * high, width / 2.0 - 18.0, high - 6.0)


def _watcher_box(k: int) -> Box:
    return Box(PANEL_BOX.x + 14.0 + k * 159.0, PANEL_BOX.bottom - 28.0, 151.0, 22.0)


def _draw_state(
    canvas: Canvas, driver: DriverView, box: Box, readiness: tuple[str, Colour], *, hushed: bool
) -> None:
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
        canvas.text(words, right - 14.0, box.y + 8.0, 14, ink, bold=True, align=1.0)
    else:
        canvas.text(words or ping, right - 14.0, box.y + 6.0, 13, ink, align=1.0)


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


def _short_name(name: str) -> str:
    return name if len(name) <= NAME_CHARS else name[: NAME_CHARS - 1] + "…"
