"""What a person does at keyboard, mouse or pad, without which of them it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from racer.app.window.input.actions import Action


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key or a button went down that means this."""

    action: Action
    pad: bool = False  # with a pad: who holds one has no letters at hand


@dataclass(frozen=True, slots=True)
class Released:
    """The key or the button that meant this is up again."""

    action: Action


@dataclass(frozen=True, slots=True)
class Pointed:
    """The mouse has moved here [units of the canvas]; `held` with its button down."""

    x: float
    y: float
    held: bool = False


@dataclass(frozen=True, slots=True)
class Clicked:
    """The mouse's first button went down here [units of the canvas]."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Rolled:
    """The wheel turned: + is up, away from the hand."""

    steps: int


Input: TypeAlias = Pressed | Released | Pointed | Clicked | Rolled
