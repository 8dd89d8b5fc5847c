"""The keys of a scene along the lower edge: each is a button, with its key printed on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from racer.app.window.base.box import Box
from racer.app.window.base.palette import INK
from racer.app.window.controls.control import Button

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.input.actions import Action
    from racer.app.window.input.devices import Devices

EDGE: Final = 40.0  # units from the side of the screen
HIGH: Final = 46.0
APART: Final = 10.0


Plate: TypeAlias = "tuple[str, str, Action | None]"
"""An id, what it does, and the action whose key it bears; without one Enter presses it."""


def strip_buttons(
    canvas: Canvas,
    devices: Devices,
    plates: tuple[Plate, ...],
    left: float = EDGE,
    right: float | None = None,
    up: float = 0.0,
) -> tuple[Button, ...]:
    """Return the buttons of a strip from left to right.

    Where there is no room for all keys, the longest are left out.

    Args:
        left, right: what they stand between; None: the edge of the canvas.
        up: how far above the lower edge; 0 is on it.
    """
    keys = ["" if action is None else devices.key(action) for _, _, action in plates]
    row = _row_of(canvas, plates, keys, left, up)
    most = canvas.width if right is None else right
    while row and row[-1].box.right > most and any(keys):
        keys[keys.index(max(keys, key=len))] = ""
        row = _row_of(canvas, plates, keys, left, up)
    return row


def _row_of(
    canvas: Canvas, plates: tuple[Plate, ...], keys: list[str], left: float, up: float
) -> tuple[Button, ...]:
    x, y = left, canvas.height - HIGH + 7.0 - up
    buttons = []
    for (name, label, action), key in zip(plates, keys, strict=True):
        width = canvas.text_width(label, 16, bold=True) + 28.0
        if key:
            width += canvas.text_width(key, 14, bold=True) + 22.0
        box = Box(x, y, width, 32.0)
        buttons.append(Button(id=name, box=box, label=label, key=key, shortcut=action))
        x = box.right + APART
    return tuple(buttons)


def draw_strip(canvas: Canvas) -> None:
    """Draw the ground that the buttons of a strip stand on."""
    canvas.panel(0.0, canvas.height - HIGH, canvas.width, HIGH, INK, 205, 0)
