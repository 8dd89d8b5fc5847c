"""The keys of a scene along the lower edge: each is a button, with its key printed on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import INK
from racer.app.window.controls.control import Button

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.input.actions import Action

EDGE: Final = 40.0  # units from the side of the screen
HIGH: Final = 46.0
APART: Final = 10.0


def strip_buttons(
    canvas: Canvas, hints: tuple[tuple[str, str, str, Action | None], ...]
) -> tuple[Button, ...]:
    """Return the buttons of a strip from left to right.

    Args:
        canvas: where it will be drawn.
        hints: of each the id, what is printed on the key, what it does, and the action.
    """
    x, y = EDGE, canvas.height - HIGH + 7.0
    buttons = []
    for name, key, label, action in hints:
        width = canvas.text_width(label, 16, bold=True) + canvas.text_width(key, 14, bold=True)
        box = Box(x, y, width + 50.0, 32.0)
        buttons.append(Button(id=name, box=box, label=label, key=key, shortcut=action))
        x = box.right + APART
    return tuple(buttons)


def draw_strip(canvas: Canvas) -> None:
    """Draw the ground that the buttons of a strip stand on."""
    canvas.panel(0.0, canvas.height - HIGH, canvas.width, HIGH, INK, 205, 0)
