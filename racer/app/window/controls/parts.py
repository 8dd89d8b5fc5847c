"""Where the parts of a control lie in its box: the mouse and the painter ask the same."""

from __future__ import annotations

from typing import Final

from racer.app.window.base.box import Box

ARROW: Final = 34.0  # units across: an arrow of a choice
SHARE: Final = 0.46  # of the width is the label; the rest is what is set
INSET: Final = 14.0


def value_box(box: Box) -> Box:
    """Return where a choice, a slider or a field shows what it holds: right of its label."""
    left = box.x + SHARE * box.width
    return Box(left, box.y + 4.0, box.right - left - 6.0, box.height - 8.0)


def choice_arrows(box: Box) -> tuple[Box, Box]:
    """Return the two arrows of a choice, the left one first."""
    value = value_box(box)
    right = Box(value.right - ARROW, value.y, ARROW, value.height)
    return Box(value.x, value.y, ARROW, value.height), right


def slider_track(box: Box) -> Box:
    """Return what a slider moves along."""
    value = value_box(box)
    return Box(value.x + 8.0, value.y, value.width - 76.0, value.height)
