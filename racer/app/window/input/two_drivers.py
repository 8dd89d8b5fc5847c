"""Two drivers at one machine: whose a key or a pad is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.input.actions import ACTIONS, Action, Scope
from racer.app.window.input.bindings import Bindings, with_changes
from racer.app.window.input.places import PLACES
from racer.app.window.input.repeats import REPEATED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racer.app.window.input.bindings import Named

FIRST: Final = 0
SECOND: Final = 1
BOTH: Final = (FIRST, SECOND)

SECOND_KEYS: Final[Mapping[Action, tuple[str, ...]]] = {
    Action.STEER_LEFT: ("Left",),
    Action.STEER_RIGHT: ("Right",),
    Action.THROTTLE: ("Up",),
    Action.BRAKE: ("Down",),
    Action.BOOST: ("Right Shift", "Num ."),
    Action.HANDBRAKE: ("Right Ctrl", "Num 0"),
    Action.RESCUE: ("End", "Num Enter"),
    Action.PAUSE: ("Home", "Num -"),
}
"""Under the right hand; none of them is needed to write a line, which the first driver may."""

IN_MENUS: Final[Mapping[Action, Action]] = {
    Action.UP: Action.THROTTLE,
    Action.DOWN: Action.BRAKE,
    Action.LEFT: Action.STEER_LEFT,
    Action.RIGHT: Action.STEER_RIGHT,
    Action.CONFIRM: Action.HANDBRAKE,  # as on a pad
    Action.BACK: Action.PAUSE,
}
"""What the second driver's keys are for where it has a menu before it, by what they are else."""

ENTER: Final = PLACES["Enter"]
"""Chooses too in the second driver's menu, as long as the first drives and has no use for it."""

_KEYS: Final = frozenset({pygame.KEYDOWN, pygame.KEYUP})
_PADS: Final = frozenset(
    {pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP, pygame.CONTROLLERAXISMOTION}
)


def second_bindings(bound: Bindings, anew: Named = ()) -> Bindings:
    """Return what keys are for in the second driver's hands; buttons are for the same in both's.

    Args:
        bound: what is so in the first's.
        anew: the second's keys that somebody bound anew.
    """
    keys = {
        action: tuple(PLACES[name] for name in SECOND_KEYS.get(action, ())) for action in bound.keys
    }
    driven = with_changes(Bindings(keys, bound.buttons), anew, ())
    menus = {action: driven.keys[like] for action, like in IN_MENUS.items()}
    menus[Action.CONFIRM] = (*menus[Action.CONFIRM], ENTER)
    return Bindings({**driven.keys, **menus}, driven.buttons)


def bereft(first: Bindings, second: Bindings) -> tuple[Action, ...]:
    """Return what the first driver has no key for, of driving, because they are the second's."""
    theirs = {place for action in SECOND_KEYS for place in second.keys[action]}
    return tuple(
        action
        for action, places in first.keys.items()
        if Scope.TRACK in ACTIONS[action].scopes and places and theirs.issuperset(places)
    )


@final
class TwoDrivers:
    """Tells drivers apart by what they have in hand.

    Keys that are bound for the second are the second's, all others the first's. A pad is whose it
    became when it was touched first: the second's, if that has none, then the first's; it can be
    handed over. So any mix of keys and pads is there.
    """

    def __init__(self) -> None:
        self.second: frozenset[int] = frozenset()  # places of the second driver's keys
        self._pads: dict[int, int] = {}

    def whose(self, event: pygame.Event) -> tuple[int, ...]:
        """Return whom an event is for; what is of neither is the first's."""
        if event.type == REPEATED:
            return self.whose(event.again)
        if event.type == pygame.CONTROLLERDEVICEREMOVED:
            return BOTH
        if event.type in _KEYS:
            return (SECOND if event.scancode in self.second else FIRST,)
        if event.type in _PADS:
            return (self._owner_of(event.instance_id),)
        return (FIRST,)

    def hand_over(self, pad: int) -> None:
        """Give a pad to the other driver."""
        self._pads[pad] = FIRST + SECOND - self._owner_of(pad)

    def _owner_of(self, pad: int) -> int:
        usual = FIRST if SECOND in self._pads.values() else SECOND
        return self._pads.setdefault(pad, usual)
