"""Lines that are said to the window and not to the others: `/mute Kim`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.play.view import DriverView

SIGN: Final = "/"
HELP: Final = (
    "/mute NAME, /unmute NAME. /remove NAME, /keep NAME: your vote on whether one stays."
    " /auto: your car drives itself while you write, or not."
)


@dataclass(frozen=True, slots=True)
class Mute:
    """Hear nothing of a player any more; or hear it again: of all who bear that name."""

    nodes: tuple[bytes, ...]
    name: str
    on: bool


@dataclass(frozen=True, slots=True)
class Remove:
    """Vote for somebody's removal from the race; or take that back."""

    node: bytes
    on: bool


@dataclass(frozen=True, slots=True)
class ToggleAutopilot:
    """Let the car drive itself while one writes; or no longer."""


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """What was meant is not known; `hint` may help."""

    hint: str


Order = Mute | Remove | ToggleAutopilot | Misunderstood


def read_order(line: str, drivers: Sequence[DriverView]) -> Order | None:
    """Return what a line orders, or None where it is to be said."""
    if not line.startswith(SIGN):
        return None
    word, _, rest = line[len(SIGN) :].partition(" ")
    name = rest.strip().removesuffix(":").casefold()
    match word.casefold():
        case "mute" | "unmute":
            called = [each for each in drivers if each.name.casefold() == name and not each.mine]
            if not called:
                return Misunderstood(f"Nobody here is called “{rest.strip()}”.")
            nodes = tuple(each.node for each in called)
            return Mute(nodes, called[0].name, on=word.casefold() == "mute")
        case "remove" | "keep":
            called = [each for each in drivers if each.name.casefold() == name and not each.mine]
            if len(called) != 1:
                several = "Several here are" if called else "Nobody here is"
                return Misunderstood(f"{several} called “{rest.strip()}”.")
            return Remove(called[0].node, on=word.casefold() == "remove")
        case "auto":
            return ToggleAutopilot()
        case _:
            return Misunderstood(HELP)
