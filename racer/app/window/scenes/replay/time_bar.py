"""The bar of a replay: where it is, what happened when, and how fast it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.palette import (
    ACCENT,
    BAD,
    BOOST,
    FAINT,
    GOOD,
    SOFT,
    UNLIT,
    WHITE,
)
from racer.app.window.controls.paint import whole_size
from racer.app.window.hud.columns import GROUND
from racer.app.window.input.actions import Action
from racer.core.rules.results import time_text

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.controls.key_strip import Plate
    from racer.app.window.scenes.replay.screening import Screening
    from racer.app.window.scenes.watching.plate import Happening

HIGH: Final = 118.0
ROW: Final = 40.0  # from one row of buttons to the next
SIDE: Final = 92.0  # left and right of the bar: times
COLOURS: Final[dict[str, Colour]] = {"lap": SOFT, "finish": GOOD, "away": BAD, "back": ACCENT}
TIME: Final[tuple[Plate, ...]] = (
    ("run", "pause", Action.RUN),
    ("slower", "slower", Action.DOWN),
    ("faster", "faster", Action.UP),
    ("earlier", "event before", Action.EVENT_BEFORE),
    ("next", "next event", Action.CONFIRM),
)
SIGHT: Final[tuple[Plate, ...]] = (
    ("back", "back", Action.BACK),
    ("director", "director", Action.DIRECTOR),
    ("map", "map", Action.WHOLE_MAP),
    ("ghost", "best lap's ghost", Action.GHOST),
    ("picture", "picture", Action.PICTURE),
    ("film", "film", Action.FILM),
)


def bar_of(area: Box) -> Box:
    """Return where the bar itself is, in the part of the canvas that shows the world."""
    return Box(area.x + SIDE, area.bottom - HIGH + 14.0, area.width - 2.0 * SIDE, 12.0)


def time_at(screening: Screening, bar: Box, x: float) -> float:
    """Return which time a place on the bar stands for [ms]."""
    return screening.tape.length_ms * min(1.0, max(0.0, (x - bar.x) / bar.width))


def happening_in(screening: Screening) -> Happening:
    """Return what has just happened, and its colour."""
    event = screening.newest_event()
    if event is None:
        return "", FAINT
    return event.text, {"canister": BOOST}.get(event.kind, COLOURS.get(event.kind, FAINT))


def draw_time_bar(canvas: Canvas, screening: Screening, area: Box) -> None:
    """Draw it at the lower edge of the world."""
    bar, length_ms = bar_of(area), max(1, screening.tape.length_ms)
    canvas.bar(area.x, area.bottom - HIGH, area.width, HIGH, GROUND)
    canvas.panel(*bar, UNLIT, 255, 6)
    share = screening.ms / length_ms
    canvas.panel(bar.x, bar.y, max(12.0, bar.width * share), bar.height, ACCENT, 255, 6)
    for event in screening.tape.events:
        if event.kind in COLOURS:
            x = bar.x + bar.width * min(1.0, event.ms / length_ms)
            canvas.bar(x - 1.0, bar.y - 5.0, 2.0, 22.0, COLOURS[event.kind])
    middle = (canvas.px(bar.x + bar.width * share), canvas.px(bar.y + 6.0))
    pygame.draw.aacircle(canvas.surface, WHITE, middle, canvas.px(9.0))
    told = canvas.figures.written(time_text(round(screening.ms)))
    size = whole_size(canvas, told, SIDE - 24.0, 16)
    canvas.text(told, area.x + 12.0, bar.y - 4.0, size, WHITE, bold=True)
    words = "paused" if screening.paused else f"{screening.speed:g}×"
    canvas.text(words, area.right - 12.0, bar.y - 4.0, 16, ACCENT, bold=True, align=1.0)
