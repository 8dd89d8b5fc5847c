"""From events of the window to what a person does: keys by their place, pads and the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.input.actions import ACTIONS, EVERYWHERE, Action, Scope
from racer.app.window.input.bindings import default_bindings
from racer.app.window.input.gamepad import FULL, MENU_ON, Gamepads
from racer.app.window.input.inputs import Clicked, Pointed, Pressed, Released, Rolled
from racer.app.window.input.key_names import UsNames
from racer.app.window.input.places import BUTTON_LABELS
from racer.app.window.input.repeats import REPEATED

if TYPE_CHECKING:
    from racer.app.window.input.bindings import Bindings, Named
    from racer.app.window.input.inputs import Input
    from racer.app.window.input.key_names import KeyNames

MENUS: Final = frozenset({Scope.MENU, Scope.LOBBY, Scope.LETTERS})
ACROSS: Final = frozenset({Action.LEFT, Action.RIGHT})
ARROWS: Final = ACROSS | {Action.UP, Action.DOWN}


@final
class Devices:
    """Keyboard, mouse and pads of this machine, and what their keys are for.

    Args:
        names: the keyboard's layout.
    """

    def __init__(self, names: KeyNames | None = None) -> None:
        self.names: KeyNames = UsNames() if names is None else names
        self.bindings: Bindings = default_bindings(self.names)
        self.pads = Gamepads()
        self.scale = 1.0  # pixels in a unit of the canvas
        self.by_pad = False  # a pad was used last
        self.second_keys: Named = ()  # of who drives beside, where they were bound anew
        self.alone = True  # nobody else drives at this keyboard
        self._down: dict[int, Action] = {}  # keys that are held, by place
        self._buttons: dict[tuple[int, int], Action] = {}  # and buttons, by pad and number
        self._arrow: tuple[Pressed, Scope] | None = None  # what of a menu was pressed last

    @property
    def held(self) -> frozenset[Action]:
        """What of driving is held. What went down as a line was typed, or for a menu, is not."""
        return frozenset({*self._down.values(), *self._buttons.values()})

    def on_event(
        self,
        event: pygame.Event,
        scope: Scope,
        *,
        over: Scope | None = None,
        writing: bool = False,
    ) -> tuple[Input, ...]:
        """Take in any event; return what it means where one is.

        Args:
            event: of the window.
            scope: where one is; held keys are remembered wherever that is.
            over: what lies over it: a key that means something there means only that.
            writing: hands are not at the wheel: what goes down is not held to drive.
        """
        if event.type == REPEATED:
            return self._on_repeat(scope)
        inputs = self._on_event(event, scope, over, writing)
        for what in inputs:
            if isinstance(what, Pressed):
                self._arrow = (what, scope) if what.action in ARROWS else None
        return inputs

    def _on_repeat(self, scope: Scope) -> tuple[Input, ...]:
        """Go on with an arrow that is held, for as long as it is a menu's, and the same one's."""
        if self._arrow is None or self._arrow[1] is not scope or scope not in MENUS:
            self._arrow = None
            return ()
        what, _ = self._arrow
        # A choice of the lobby is a vote, which the whole room keeps: each is to be meant.
        return () if scope is Scope.LOBBY and what.action in ACROSS else (what,)

    def _on_event(
        self, event: pygame.Event, scope: Scope, over: Scope | None, writing: bool
    ) -> tuple[Input, ...]:
        match event.type:
            case pygame.KEYDOWN:
                self.by_pad = False
                return self._on_key(event.scancode, scope, over, writing)
            case pygame.KEYUP:
                released = self._down.pop(event.scancode, None)
                return () if released is None else (Released(released),)
            case pygame.MOUSEMOTION:
                return (Pointed(*self._in_units(event.pos), held=bool(event.buttons[0])),)
            case pygame.MOUSEBUTTONDOWN if event.button == pygame.BUTTON_LEFT:
                return (Clicked(*self._in_units(event.pos)),)
            case pygame.MOUSEWHEEL if event.y:
                return (Rolled(event.y),)
            case _:
                return self._on_pad(event, scope, over, writing)

    def let_go(self) -> None:
        """Hold nothing any more, until it is pressed or pushed anew."""
        self._down.clear()
        self._buttons.clear()
        self._arrow = None
        self.pads.let_go()

    def forget_arrow(self) -> None:
        """Go on no more with an arrow that is held: what it moved through is not there any more."""
        self._arrow = None

    def command_of(self, event: pygame.Event) -> Action | None:
        """Return what a key or a button that goes down is for, if it is for that everywhere."""
        match event.type:
            case pygame.KEYDOWN:
                action = self.bindings.key_action(event.scancode, Scope.MENU)
            case pygame.CONTROLLERBUTTONDOWN:
                action = self.bindings.button_action(event.button, Scope.MENU)
            case _:
                return None
        return action if action is not None and ACTIONS[action].scopes == EVERYWHERE else None

    def drives_by(self, place: int) -> bool:
        """Whether a key is for something as one drives."""
        return self.bindings.key_action(place, Scope.TRACK) is not None

    def key(self, action: Action) -> str:
        """Return what is printed on the first key of an action, or its button with a pad in hand.

        It is "" where there is none.
        """
        if self.by_pad:
            buttons = self.bindings.buttons[action]
            return BUTTON_LABELS[buttons[0]] if buttons else ""
        places = self.bindings.keys[action]
        return self.names.name(places[0]) if places else ""

    def _on_key(
        self, place: int, scope: Scope, over: Scope | None, writing: bool
    ) -> tuple[Input, ...]:
        above = None if over is None else self.bindings.key_action(place, over)
        if above is not None:
            return (Pressed(above),)
        driving = self.bindings.key_action(place, Scope.TRACK)
        action = self.bindings.key_action(place, scope)
        if driving is not None and not writing and action in {None, driving}:
            self._down[place] = driving
        return () if action is None else (Pressed(action),)

    def _on_pad(
        self, event: pygame.Event, scope: Scope, over: Scope | None, writing: bool
    ) -> tuple[Input, ...]:
        match event.type:
            case pygame.CONTROLLERBUTTONDOWN:
                self.by_pad = True
                self.pads.touch(event.instance_id)
                above = None if over is None else self.bindings.button_action(event.button, over)
                if above is not None:
                    return (Pressed(above, pad=True),)
                driving = self.bindings.button_action(event.button, Scope.TRACK)
                action = self.bindings.button_action(event.button, scope)
                if driving is not None and not writing and action in {None, driving}:
                    self._buttons[event.instance_id, event.button] = driving
                return () if action is None else (Pressed(action, pad=True),)
            case pygame.CONTROLLERBUTTONUP:
                released = self._buttons.pop((event.instance_id, event.button), None)
                return () if released is None else (Released(released),)
            case pygame.CONTROLLERDEVICEREMOVED:
                lost = [place for place in self._buttons if place[0] == event.instance_id]
                self.pads.on_event(event)
                self.by_pad &= self.pads.are_there
                return tuple(Released(self._buttons.pop(place)) for place in sorted(lost))
            case _:
                self.by_pad |= _is_push(event)
                arrows = self.pads.on_event(event)
                if scope is Scope.TRACK or not arrows:
                    return ()
                self.pads.hold_back(event.instance_id)
                return tuple(Pressed(arrow, pad=True) for arrow in arrows)

    def _in_units(self, pixels: tuple[int, int]) -> tuple[float, float]:
        return pixels[0] / self.scale, pixels[1] / self.scale


def _is_push(event: pygame.Event) -> bool:
    """Whether a stick or a trigger is pushed by a hand: a worn one rests nowhere so far out."""
    if event.type != pygame.CONTROLLERAXISMOTION:
        return False
    trigger = event.axis in {
        pygame.CONTROLLER_AXIS_TRIGGERLEFT,
        pygame.CONTROLLER_AXIS_TRIGGERRIGHT,
    }
    # Of some pads, whose kind SDL does not know well, triggers rest at the other end.
    out: int = event.value if trigger else abs(event.value)
    return out > MENU_ON * FULL
