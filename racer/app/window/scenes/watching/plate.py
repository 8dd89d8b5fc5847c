"""What the board tells of the car that one sees: beside the world, so that it hides nobody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from racer.app.window.base.palette import ACCENT, PANEL_LIGHT, SOFT, WHITE
from racer.app.window.controls.paint import draw_key
from racer.app.window.hud.board import BoardPart
from racer.app.window.hud.columns import INNER

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.play.view import CarView

ORDINALS: Final = {1: "1st", 2: "2nd", 3: "3rd"}
NAME: Final = 30.0  # height of the line with the name …
LINE: Final = 19.0  # … of one below it …
KEY: Final = 26.0  # … and of one that tells a key
APART: Final = 6.0
SIZE: Final = 15.0
INSET: Final = 14.0  # of words behind the bar in the car's colour

Happening: TypeAlias = "tuple[str, Colour]"
"""What has just happened in a replay, and the colour of it; without words, nothing."""


@dataclass(frozen=True, slots=True)
class WatchKey:
    """What one may choose to see, by which keys, and whether it is seen now."""

    words: str
    keys: tuple[str, ...]
    lit: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """All that is shown."""

    name: str
    colour: Colour
    about: tuple[str, ...]
    words: tuple[str, ...]
    keys: tuple[WatchKey, ...]
    happening: Happening | None

    @property
    def height(self) -> float:
        """How much room it needs, whatever has just happened."""
        lines = len(self.about) + len(self.words) + (self.happening is not None)
        name = NAME if self.name else 0.0
        gap = APART if self.keys else 0.0
        return name + LINE * lines + gap + KEY * len(self.keys)


def plate(
    canvas: Canvas,
    car: CarView | None,
    laps: int,
    words: str = "",
    keys: tuple[WatchKey, ...] = (),
    happening: Happening | None = None,
) -> BoardPart:
    """Return the part of the board that tells of a car, or of none.

    Args:
        laps: of the race.
        words: when one drives oneself.
        keys: what one may choose to see.
        happening: of a replay.
    """
    rows = canvas.rows(words, INNER, SIZE) if words else []
    if car is None:
        told = _Told("", SOFT, (), tuple(rows), keys, happening)
    else:
        about = _lines_about(car, laps)
        told = _Told(car.name, canvas.paint(car.number), about, tuple(rows), keys, happening)
    return BoardPart(told.height, told, partial(_draw_told, told))


def _lines_about(car: CarView, laps: int) -> tuple[str, ...]:
    place = ORDINALS.get(car.place, f"{car.place}th")
    first = f"{place}  ·  lap {min(max(1, car.lap), max(1, laps))} of {laps}"
    return (first, "drives on by itself") if car.away else (first,)


def _draw_told(told: _Told, canvas: Canvas, box: Box) -> None:
    y = box.y
    if told.name:
        high = NAME + LINE * len(told.about) - 8.0
        canvas.bar(box.x, y + 2.0, 5.0, high, told.colour)
        name = canvas.fitted(told.name, INNER - INSET, 22, bold=True)
        canvas.text(name, box.x + INSET, y - 3.0, 22, WHITE, bold=True)
        y += NAME
        for line in told.about:
            canvas.text(line, box.x + INSET, y - 4.0, 16, SOFT)
            y += LINE
    if told.happening is not None:
        line, colour = told.happening
        line = canvas.fitted(line, INNER, SIZE, bold=True)
        canvas.text(line, box.x, y, SIZE, colour, bold=True)
        y += LINE
    for line in told.words:
        canvas.text(line, box.x, y, SIZE, SOFT)
        y += LINE
    y += APART
    for key in told.keys:
        _draw_key_row(canvas, key, box, y + KEY / 2.0)
        y += KEY


def _draw_key_row(canvas: Canvas, key: WatchKey, box: Box, middle: float) -> None:
    """Draw a choice, with its keys on the right."""
    right = box.right
    for name in reversed([name for name in key.keys if name]):
        right -= draw_key(canvas, name, right, middle, ground=PANEL_LIGHT) + 4.0
    words = canvas.fitted(key.words, right - box.x - 4.0, SIZE, bold=key.lit)
    colour = ACCENT if key.lit else SOFT
    canvas.text(words, box.x, middle - 0.62 * SIZE, SIZE, colour, bold=key.lit)
