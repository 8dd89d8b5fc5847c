"""The controls as values: a scene makes a page of them for each picture.

A control has an id that stays while it is the same control, whatever becomes of its place and its
words: the ring follows ids. What it looks like is told by `paint`, who has the ring by `focus`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.input.actions import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Does something when it is pressed."""

    id: str
    box: Box
    label: str
    shortcut: Action | None = None  # an action that presses it wherever the ring is
    key: str = ""  # what is printed on the key of the shortcut
    flush: bool = False  # its label begins at the left, also without a key: as those about it
    lit: bool = False  # is the one that most people want here
    on: bool = False  # what it switches is on
    within: Box | None = None  # of a list: beyond it the button is neither seen nor clicked
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A thing in a list: pressed as a button is, and painted by its scene."""

    id: str
    box: Box
    within: Box  # the list's window: beyond it the card is neither seen nor clicked
    enabled: bool = True
    shortcut: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """One of some words; left and right turn it."""

    id: str
    box: Box
    label: str
    options: tuple[str, ...]
    at: int  # index into `options`
    shortcut: Action | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A share 0..1; left and right move it by a step."""

    id: str
    box: Box
    label: str
    value: float
    step: float = 0.1
    shown: str = ""  # the value in words; "" shows per cent
    shortcut: None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A line of text; pressed, it is typed in."""

    id: str
    box: Box
    label: str
    text: str
    hint: str = ""  # stands there while the text is empty
    secret: bool = False  # shown as dots
    shortcut: Action | None = None
    key: str = ""  # what is printed on the key of the shortcut
    enabled: bool = True


Control: TypeAlias = Button | Card | Selector | Slider | Field
Page: TypeAlias = tuple[Control, ...]
"""What a scene offers at one moment, in reading order: the first has the ring first."""


# --- what comes of them -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chosen:
    """A button, a card or a field was pressed."""

    id: str


@dataclass(frozen=True, slots=True)
class Picked:
    """A choice was turned to one of its options."""

    id: str
    at: int


@dataclass(frozen=True, slots=True)
class Slid:
    """A slider was moved."""

    id: str
    value: float


@dataclass(frozen=True, slots=True)
class Scrolled:
    """The wheel turned where no control takes it: + is up."""

    steps: int


@dataclass(frozen=True, slots=True)
class Idle:
    """A control was pressed that does nothing now."""

    id: str


@dataclass(frozen=True, slots=True)
class Back:
    """Away from here, to where one came from."""


Outcome: TypeAlias = Chosen | Picked | Slid | Scrolled | Idle | Back
