"""Lines that are said to the window and not to the others: `/mute Kim`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.play.view import DriverView

SIGN: Final = "/"
NUMBER: Final = "#"  # before a car's, behind a name that several bear
HELP: Final = (
    "/mute NAME, /unmute NAME. /remove NAME, /keep NAME: your vote on whether one stays."
    " /auto: your car drives itself while you write, or not."
)


@dataclass(frozen=True, slots=True)
class Mute:
    """Hear nothing of a player any more; or hear it again."""

    node: bytes
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
    match word.casefold():
        case "mute" | "unmute" | "remove" | "keep" as order:
            called = _called(rest.strip(), drivers)
            if len(called) != 1:
                return _ask_which(order, rest.strip(), called)
            node, name = called[0].node, called[0].name
            if order in {"mute", "unmute"}:
                return Mute(node, name, on=order == "mute")
            return Remove(node, on=order == "remove")
        case "auto":
            return ToggleAutopilot()
        case _:
            return Misunderstood(HELP)


def _called(said: str, drivers: Sequence[DriverView]) -> list[DriverView]:
    """Return the others whom a name means; of several who bear it, a car's number names one."""
    meant = {said.casefold(), said.removesuffix(":").casefold()}
    return [
        each
        for each in drivers
        if not each.mine and meant & {each.name.casefold(), _full_name(each).casefold()}
    ]


def _full_name(driver: DriverView) -> str:
    return driver.name if driver.number is None else f"{driver.name} {NUMBER}{driver.number}"


def _ask_which(order: str, said: str, called: Sequence[DriverView]) -> Misunderstood:
    if not called:
        return Misunderstood(f"Nobody here is called “{said}”.")
    ways = [f"{SIGN}{order} {_full_name(each)}" for each in called if each.number is not None]
    ways.append("press the one that you mean")
    return Misunderstood(f"Several here are called “{said}”: {', or '.join(ways)}.")
