"""The one ring: which control takes what a person does next, by keyboard, mouse or pad."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never, final

from racer.app.window.controls.control import (
    Back,
    Button,
    Card,
    Chosen,
    Field,
    Idle,
    Picked,
    Scrolled,
    Selector,
    Slid,
    Slider,
)
from racer.app.window.controls.neighbour import neighbour
from racer.app.window.controls.parts import choice_arrows, slider_track
from racer.app.window.input.actions import Action
from racer.app.window.input.inputs import Clicked, Pointed, Pressed, Released, Rolled

if TYPE_CHECKING:
    from racer.app.window.controls.control import Control, Outcome, Page
    from racer.app.window.input.inputs import Input

DIRECTIONS: Final = {
    Action.UP: (0, -1),
    Action.DOWN: (0, 1),
    Action.LEFT: (-1, 0),
    Action.RIGHT: (1, 0),
}


@final
class Focus:
    """Keeps where the ring is while pages come and go.

    `at` is the id of a control of the page that was shown last, or "" while there was none. The
    first of the page has the ring until somebody moves it, and when its control has gone.
    """

    def __init__(self) -> None:
        self.at = ""
        self.moved = False  # by somebody
        self._page: Page = ()
        self._dragged = ""  # id of the slider that the mouse holds

    def show(self, page: Page) -> None:
        """Take in what is offered from now on."""
        self._page = page
        if not self.moved or self._find_control(self.at) is None:
            self.at = page[0].id if page else ""
            self.moved = False

    def move_to(self, control_id: str) -> None:
        """Put the ring onto a control of this page, or of the next one."""
        self.at, self.moved = control_id, True

    def on_input(self, what: Input) -> Outcome | None:
        """Take in what a person did; return what comes of it.

        What is chosen stands at once: keys come faster than pages are shown, and the next press
        goes on from this one.
        """
        outcome = self._find_outcome(what)
        if isinstance(outcome, Picked | Slid):
            self._page = tuple(_moved_control(each, outcome) for each in self._page)
        return outcome

    def _find_outcome(self, what: Input) -> Outcome | None:
        match what:
            case Pressed(action):
                return self._on_action(action)
            case Pointed(x, y, held):
                return self._on_pointer(x, y, held)
            case Clicked(x, y):
                return self._on_click(x, y)
            case Rolled(steps):
                return self._on_wheel(steps)
            case Released():
                return None
            case _:
                assert_never(what)

    def _on_action(self, action: Action) -> Outcome | None:
        for control in self._page:
            if control.shortcut is action:
                return _press_control(control)
        here = self._find_control(self.at)
        match action:
            case Action.BACK:
                return Back()
            case Action.CONFIRM:
                return None if here is None else _press_control(here)
            case Action.NEXT:
                self._step_on()
                return None
            case Action.UP | Action.DOWN | Action.LEFT | Action.RIGHT:
                return None if here is None else self._on_direction(here, action)
            case _:
                return None

    def _on_direction(self, here: Control, action: Action) -> Outcome | None:
        across, down = DIRECTIONS[action]
        if across and here.enabled and isinstance(here, Selector | Slider):
            return _turn_control(here, across)
        there = neighbour(self._page, here, across, down)
        if there is not None:
            self.move_to(there.id)
        return None

    def _step_on(self) -> None:
        """Go to the next control in reading order; behind the last comes the first."""
        ids = [control.id for control in self._page]
        if ids:
            self.move_to(ids[(ids.index(self.at) + 1) % len(ids)] if self.at in ids else ids[0])

    def _on_pointer(self, x: float, y: float, held: bool) -> Outcome | None:
        dragged = self._find_control(self._dragged)
        if held and isinstance(dragged, Slider):
            return _slid_to(dragged, x)
        self._dragged = ""
        under = self._control_at(x, y)
        if under is not None:
            self.move_to(under.id)
        return None

    def _on_click(self, x: float, y: float) -> Outcome | None:
        under = self._control_at(x, y)
        if under is None:
            return None
        self.move_to(under.id)
        match under:
            case Slider() if under.enabled:
                self._dragged = under.id
                return _slid_to(under, x)
            case Selector() if under.enabled:
                left, _ = choice_arrows(under.box)
                return _turn_control(under, -1 if left.holds(x, y) else 1)
            case _:
                return _press_control(under)

    def _on_wheel(self, steps: int) -> Outcome:
        here = self._find_control(self.at)
        if isinstance(here, Selector | Slider) and here.enabled:
            return _turn_control(here, 1 if steps > 0 else -1)
        return Scrolled(steps)

    def _find_control(self, control_id: str) -> Control | None:
        return next((control for control in self._page if control.id == control_id), None)

    def _control_at(self, x: float, y: float) -> Control | None:
        """Return the control at a point; of two the later one, which is painted above."""
        for control in reversed(self._page):
            within = control.within if isinstance(control, Card | Button) else None
            seen = within is None or within.holds(x, y)
            if seen and control.box.holds(x, y):
                return control
        return None


def _press_control(control: Control) -> Outcome:
    if not control.enabled:
        return Idle(control.id)
    match control:
        case Button() | Card() | Field():
            return Chosen(control.id)
        case Selector():
            return _turn_control(control, 1)
        case Slider():
            return _turn_control(control, 1)
        case _:
            assert_never(control)


def _turn_control(control: Selector | Slider, step: int) -> Outcome:
    """Return a choice one option on, round and round, or a slider one step on, to its ends."""
    if isinstance(control, Selector):
        return Picked(control.id, (control.at + step) % len(control.options))
    steps = round(control.value / control.step) + step
    return Slid(control.id, _share_at(steps, control.step))


def _slid_to(control: Slider, x: float) -> Slid:
    """Return a slider moved to where the mouse is, in whole steps."""
    track = slider_track(control.box)
    part = min(1.0, max(0.0, (x - track.x) / track.width))
    return Slid(control.id, _share_at(round(part / control.step), control.step))


def _share_at(steps: int, step: float) -> float:
    """Return the share that so many steps are, without what binary fractions add."""
    return min(1.0, max(0.0, round(steps * step, 6)))


def _moved_control(control: Control, outcome: Picked | Slid) -> Control:
    """Return a control as it stands after a choice of its page."""
    match control, outcome:
        case Selector(), Picked(chosen, at) if chosen == control.id:
            return replace(control, at=at)
        case Slider(), Slid(moved, value) if moved == control.id:
            return replace(control, value=value)
        case _:
            return control
