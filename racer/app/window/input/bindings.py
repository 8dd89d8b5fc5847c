"""Which key and which button is for which action: a value that is changed by making another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from racer.app.window.input.actions import ACTIONS, Action, Scope
from racer.app.window.input.places import BUTTONS, PLACES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racer.app.window.input.key_names import KeyNames

KEYS_MAX: Final = 4  # for one action
SPARE: Final = tuple(PLACES[f"F{number}"] for number in range(4, 11))

Places: TypeAlias = "Mapping[Action, tuple[int, ...]]"
"""The keys of each action by place, or its buttons by number."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two actions that one key is for, where both mean something."""

    first: Action
    second: Action
    place: int


@dataclass(frozen=True, slots=True)
class Bindings:
    """The keys and buttons of all actions."""

    keys: Places
    buttons: Places

    def key_action(self, place: int, scope: Scope) -> Action | None:
        """Return what the key in a place is for."""
        return _action_of(self.keys, place, scope)

    def button_action(self, button: int, scope: Scope) -> Action | None:
        """Return what a button of a pad is for."""
        return _action_of(self.buttons, button, scope)

    def with_key(
        self, action: Action, slot: int, place: int
    ) -> tuple[Bindings, tuple[Action, ...]]:
        """Return them with a key for an action, and which actions gave it up.

        Args:
            action: what the key is to be for.
            slot: which of its keys is replaced; one more than it has adds one.
            place: the key.
        """
        keys, others = _bind_anew(self.keys, action, slot, place, SPARE)
        return replace(self, keys=keys), others

    def with_button(
        self, action: Action, slot: int, button: int
    ) -> tuple[Bindings, tuple[Action, ...]]:
        """Return them with a button for an action, and which actions gave it up."""
        buttons, others = _bind_anew(self.buttons, action, slot, button)
        return replace(self, buttons=buttons), others

    def without(self, action: Action, slot: int, *, pad: bool) -> Bindings:
        """Return them without one key of an action, or without one of its buttons."""
        bound = (self.buttons if pad else self.keys)[action]
        kept = {action: (*bound[:slot], *bound[slot + 1 :])}
        if pad:
            return replace(self, buttons={**self.buttons, **kept})
        return replace(self, keys={**self.keys, **kept})

    def clashes(self) -> tuple[Clash, ...]:
        """Return where one key is for two actions; `key_action` takes the first."""
        return _find_clashes(self.keys)

    def button_clashes(self) -> tuple[Clash, ...]:
        """Return where one button is for two actions."""
        return _find_clashes(self.buttons)


def default_bindings(names: KeyNames) -> Bindings:
    """Return what keys are for at first, on a keyboard of this layout.

    Driving keys lie in the same places everywhere. A command lies where its letter is printed; in
    a layout that has no such letter, or has it under the driving hand, where a US keyboard has it,
    and if that is another command's, on a function key.
    """
    driving = {PLACES[name] for row in ACTIONS.values() if row.driven for name in row.keys}
    keys: dict[Action, tuple[int, ...]] = {}
    missing = []
    for action, row in ACTIONS.items():
        keys[action] = ()
        for name in row.keys:
            printed = PLACES[name] if row.driven else names.place(name)
            if printed is None or (printed in driving and printed != PLACES[name]):
                missing.append((action, PLACES[name]))
            else:
                keys[action] += (printed,)
    for action, usual in missing:
        free = (place for place in (usual, *SPARE) if not _is_taken(keys, action, place))
        keys[action] += tuple(free)[:1]
    buttons = {
        action: tuple(BUTTONS[name] for name in row.buttons) for action, row in ACTIONS.items()
    }
    return Bindings(keys, buttons)


Named: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Keys or buttons of actions, all by name, as a file has them."""


def with_changes(usual: Bindings, keys: Named, buttons: Named) -> Bindings:
    """Return what is usual with what somebody bound anew; names must be known ones."""
    return Bindings(
        {**usual.keys, **_by_number(keys, PLACES)},
        {**usual.buttons, **_by_number(buttons, BUTTONS)},
    )


def changes(usual: Bindings, bound: Bindings) -> tuple[Named, Named]:
    """Return the keys and the buttons that are not the usual ones, by name."""
    return (
        _by_name(usual.keys, bound.keys, {place: name for name, place in PLACES.items()}),
        _by_name(usual.buttons, bound.buttons, {k: name for name, k in BUTTONS.items()}),
    )


def _by_number(named: Named, numbers: Mapping[str, int]) -> dict[Action, tuple[int, ...]]:
    return {Action(action): tuple(numbers[name] for name in names) for action, names in named}


def _by_name(usual: Places, bound: Places, names: Mapping[int, str]) -> Named:
    return tuple(
        (action.value, tuple(names[place] for place in places))
        for action, places in bound.items()
        if places != usual[action]
    )


def _is_taken(keys: Places, action: Action, place: int) -> bool:
    scopes = ACTIONS[action].scopes
    return any(place in bound and ACTIONS[other].scopes & scopes for other, bound in keys.items())


def _action_of(places: Places, place: int, scope: Scope) -> Action | None:
    for action, bound in places.items():
        if place in bound and scope in ACTIONS[action].scopes:
            return action
    return None


def _bind_anew(
    places: Places, action: Action, slot: int, place: int, spare: tuple[int, ...] = ()
) -> tuple[Places, tuple[Action, ...]]:
    """Give a key to an action; who had it gets the one that was replaced.

    Where that one is for something else there, who had it keeps its others; without any, it gets
    the first of `spare` that is for nothing there, or goes without.
    """
    mine = places[action]
    if place in mine:
        return places, ()
    old = mine[slot : slot + 1]
    changed = {**places, action: (*mine[:slot], place, *mine[slot + 1 :])[:KEYS_MAX]}
    scopes = ACTIONS[action].scopes
    others = [
        other
        for other, bound in places.items()
        if other is not action and place in bound and ACTIONS[other].scopes & scopes
    ]
    for other in others:
        kept = changed[other] = tuple(each for each in places[other] if each != place)
        offered = (*old, *(() if kept else spare))
        free = [each for each in offered if not _is_taken(changed, other, each)]
        changed[other] = (*free[:1], *kept)
    return changed, tuple(others)


def _find_clashes(places: Places) -> tuple[Clash, ...]:
    found: list[Clash] = []
    actions = list(places)
    for k, first in enumerate(actions):
        for second in actions[k + 1 :]:
            if ACTIONS[first].scopes & ACTIONS[second].scopes:
                shared = set(places[first]) & set(places[second])
                found.extend(Clash(first, second, place) for place in sorted(shared))
    return tuple(found)
