"""Draws a page of controls: one look for all scenes, and one ring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from racer.app.window.base.palette import (
    ACCENT,
    FAINT,
    INK,
    PANEL,
    PANEL_LIGHT,
    SOFT,
    UNLIT,
    WHITE,
)
from racer.app.window.controls.control import Button, Card, Field, Selector, Slider
from racer.app.window.controls.parts import INSET, SHARE, choice_arrows, slider_track, value_box

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.controls.control import Control, Page
    from racer.app.window.controls.scroll import Scroll

RADIUS: Final = 9.0
RING: Final = 3.0  # units across
SIZE: Final = 18.0
SIZE_MIN: Final = 11.0
KEY_SIZE: Final = 14.0
THUMB: Final = 4.0  # units across …
THUMB_ROOM: Final = 10.0  # of a slider's, beyond the end of its track
THUMB_GAP: Final = 2.0  # … beside the list


def draw_page(canvas: Canvas, page: Page, at: str) -> None:
    """Draw all controls but cards, and the ring around the one of the id `at`."""
    for control in page:
        if not isinstance(control, Card):
            draw_control(canvas, control, ringed=control.id == at)


def draw_control(canvas: Canvas, control: Control, *, ringed: bool) -> None:
    """Draw a control, with the ring or without; of a card only its ground."""
    box = control.box
    if ringed:
        lit = isinstance(control, Button) and (control.on or control.lit)
        draw_ring(canvas, box, WHITE if lit else ACCENT)
    match control:
        case Button():
            _draw_button(canvas, control, ringed)
        case Card():
            canvas.panel(*box, PANEL_LIGHT if ringed else PANEL, 255 if ringed else 225, RADIUS)
        case Selector():
            _draw_row(canvas, control, ringed)
            _draw_choice(canvas, control, ringed)
        case Slider():
            _draw_row(canvas, control, ringed)
            _draw_slider(canvas, control, ringed)
        case Field():
            _draw_row(canvas, control, ringed)
            _draw_field(canvas, control)
        case _:
            assert_never(control)


def draw_thumb(canvas: Canvas, scroll: Scroll, window: Box) -> None:
    """Draw beside a list's window which part of the list is in sight; nothing where all of it is.

    It only tells, as that of a phone does: the wheel, the arrows and a stick move the list.
    """
    if (share := scroll.share) is None:
        return
    x, top, high = window.right + THUMB_GAP, window.y + THUMB_GAP, window.height - 2.0 * THUMB_GAP
    canvas.panel(x, top, THUMB, high, UNLIT, 255, THUMB / 2.0)
    span = high * (share[1] - share[0])
    canvas.panel(x, top + high * share[0], THUMB, span, FAINT, 255, THUMB / 2.0)


def draw_ring(canvas: Canvas, box: Box, colour: Colour = ACCENT) -> None:
    """Draw the ring; the control is drawn upon it."""
    canvas.panel(*box.grown(RING), colour, 255, RADIUS + RING)


def draw_key(
    canvas: Canvas,
    key: str,
    right: float,
    y: float,
    *,
    dark: bool = False,
    ground: Colour = INK,
) -> float:
    """Draw a key's plate that ends at `right`; return how wide it is."""
    wide = canvas.text_width(key, KEY_SIZE, bold=True) + 14.0
    canvas.panel(right - wide, y - 11.0, wide, 22.0, ground, 90 if dark else 200, 5)
    colour = INK if dark else ACCENT
    canvas.text(key, right - wide / 2.0, y - 9.0, KEY_SIZE, colour, bold=True, align=0.5)
    return wide


def _draw_button(canvas: Canvas, button: Button, ringed: bool) -> None:
    box = button.box
    ground, ink = _button_colours(button, ringed)
    canvas.panel(*box, ground, 255, RADIUS)
    size = SIZE if box.height > 34.0 else 16.0
    right = box.right - 8.0
    middle = box.centre[1]
    if button.key:
        right -= draw_key(canvas, button.key, right, middle, dark=ground is ACCENT) + 6.0
    if button.key or button.flush:
        room = right - box.x - INSET
        size = whole_size(canvas, button.label, room, size)
        label = canvas.fitted(button.label, room, size, bold=True)
        canvas.text(label, box.x + INSET, middle - 0.62 * size, size, ink, bold=True)
    else:
        size = whole_size(canvas, button.label, box.width - 12.0, size)
        label = canvas.fitted(button.label, box.width - 12.0, size, bold=True)
        canvas.text(label, box.middle, middle - 0.62 * size, size, ink, bold=True, align=0.5)


def whole_size(canvas: Canvas, words: str, room: float, size: float) -> float:
    """Return how large bold words are that are to be whole, rather than as large as usual."""
    while size > SIZE_MIN and canvas.text_width(words, size, bold=True) > room:
        size -= 1.0
    return size


def _button_colours(button: Button, ringed: bool) -> tuple[Colour, Colour]:
    if not button.enabled:
        return PANEL, FAINT
    if button.on or (button.lit and ringed):
        return ACCENT, INK
    return PANEL_LIGHT, ACCENT if button.lit else WHITE


def _draw_row(canvas: Canvas, control: Selector | Slider | Field, ringed: bool) -> None:
    """Draw the ground and the label of what has its value on the right."""
    box = control.box
    canvas.panel(*box, PANEL_LIGHT if ringed else PANEL, 255 if ringed else 225, RADIUS)
    colour = FAINT if not control.enabled else WHITE if ringed else SOFT
    label = canvas.fitted(control.label, SHARE * box.width - INSET - 8.0, SIZE)
    canvas.text(label, box.x + INSET, box.centre[1] - 0.62 * SIZE, SIZE, colour)


def _draw_choice(canvas: Canvas, choice: Selector, ringed: bool) -> None:
    value = value_box(choice.box)
    canvas.panel(*value, INK, 200, RADIUS - 2.0)
    for arrow, sign in zip(choice_arrows(choice.box), "‹›", strict=True):
        colour = ACCENT if ringed and choice.enabled else FAINT
        canvas.text(sign, arrow.middle, arrow.centre[1] - 18.0, 26, colour, bold=True, align=0.5)
    left, right = choice_arrows(choice.box)
    words = canvas.fitted(choice.options[choice.at], right.x - left.right, SIZE, bold=True)
    colour = WHITE if choice.enabled else FAINT
    canvas.text(words, value.middle, value.centre[1] - 11.0, SIZE, colour, bold=True, align=0.5)


def _draw_slider(canvas: Canvas, slider: Slider, ringed: bool) -> None:
    track = slider_track(slider.box)
    y = track.centre[1] - 3.0
    canvas.panel(track.x, y, track.width, 6.0, INK, 220, 3)
    colour = ACCENT if ringed else SOFT
    along = track.width * min(1.0, max(0.0, slider.value))
    if along >= 2.0:
        canvas.panel(track.x, y, along, 6.0, colour, 255, 3)
    canvas.panel(track.x + along - 8.0, y - 5.0, 16.0, 16.0, colour, 255, 8)
    words = slider.shown or f"{100.0 * slider.value:.0f} %"
    room = slider.box.right - INSET - track.right - THUMB_ROOM
    size = whole_size(canvas, words, room, SIZE)
    canvas.text(words, slider.box.right - INSET, y - 8.0, size, WHITE, bold=True, align=1.0)


def _draw_field(canvas: Canvas, field: Field) -> None:
    value = value_box(field.box)
    canvas.panel(*value, INK, 200, RADIUS - 2.0)
    words, colour = (field.text, WHITE) if field.text else (field.hint, FAINT)
    if field.secret and field.text:
        words = "•" * min(24, len(field.text))
    words = canvas.fitted(words, value.width - 24.0, SIZE)
    canvas.text(words, value.x + 12.0, value.centre[1] - 0.62 * SIZE, SIZE, colour)
    if field.key:
        draw_key(canvas, field.key, value.right - 6.0, value.centre[1])
