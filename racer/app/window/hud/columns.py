"""Which parts of the window are the driver's board, and which shows the world: they never meet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import PANEL_LIGHT, mixed

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour

WIDTH: Final = 236.0  # units of a column; 1044 are left for the road where there is one
INSET: Final = 12.0  # from its edge to a panel
INNER: Final = WIDTH - 2.0 * INSET
GROUND: Final[Colour] = (15, 19, 30)
RIM: Final = 2.0


class HudSide(StrEnum):
    """Where a driver has the board."""

    RIGHT = "right"
    LEFT = "left"
    SPLIT = "split"  # lap and standings left, map and speed right


@dataclass(frozen=True, slots=True)
class Columns:
    """The board's one or two columns, and what is left to see the world in."""

    first: Box  # has place, times and standings
    second: Box  # has map and speed; the same where there is but one
    world: Box


def columns_of(width: float, height: float, side: HudSide) -> Columns:
    """Return the parts of a canvas of this size [units]."""
    left, right = (Box(x, 0.0, WIDTH, height) for x in (0.0, width - WIDTH))
    match side:
        case HudSide.RIGHT:
            return Columns(right, right, Box(0.0, 0.0, width - WIDTH, height))
        case HudSide.LEFT:
            return Columns(left, left, Box(WIDTH, 0.0, width - WIDTH, height))
        case HudSide.SPLIT:
            return Columns(left, right, Box(WIDTH, 0.0, width - 2.0 * WIDTH, height))


def draw_columns(canvas: Canvas, columns: Columns) -> None:
    """Draw the ground that panels stand on: opaque, so that no road goes on below it."""
    for box in {columns.first, columns.second}:
        canvas.bar(*box, GROUND)
        rim = box.x if box.x > columns.world.x else box.right - RIM
        canvas.bar(rim, 0.0, RIM, box.height, mixed(GROUND, PANEL_LIGHT, 0.8))
