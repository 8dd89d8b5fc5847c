"""Two seats of this machine in one race: each has half of the window while there is driving."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.canvas import Canvas
from racer.app.window.base.palette import ACCENT, BAD, SOFT
from racer.app.window.controls.toast import Toast
from racer.app.window.hud.columns import GROUND, HudSide
from racer.app.window.input.actions import Action
from racer.app.window.input.places import BUTTON_LABELS
from racer.app.window.input.two_drivers import (
    BOTH,
    ENTER,
    FIRST,
    SECOND,
    TwoDrivers,
    second_bindings,
)
from racer.app.window.scene import Beside, Depart, ShowSettings
from racer.app.window.scenes.people.grid_panel import PANEL_BOX
from racer.app.window.scenes.settings.keys_panel import table_faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.input.devices import Devices
    from racer.app.window.scene import Ask, Frame
    from racer.app.window.scenes.chat.chat_box import ChatBox
    from racer.app.window.scenes.race_scene import RaceScene
    from racer.app.window.scenes.world_cache import WorldCache

HALF_UNITS: Final = 860.0  # at least across a half: a board, and more road than a board is wide
SECOND_HEAD: Final = "second driver:"
TOLD: Final = 19.0  # from one row of what is told of a driver to the next
GAP: Final = 4  # pixels between the halves
SIDES: Final = (HudSide.LEFT, HudSide.RIGHT)  # boards stand at the window's edges
IN_LOBBY: Final = {Action.BOOST: "car", Action.HANDBRAKE: "start"}
LOBBY_WORDS: Final = {"car": "car", "start": "ready"}
MOUSE: Final = frozenset({pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP, pygame.MOUSEMOTION})


@final
class SplitScene:
    """Shows one race to two drivers.

    Lobby and results are one picture, that of the first; in the race each has a camera, a board and
    a chat, and a side of the sound. A half says why its driver is not in the race yet; once the
    second will not be again, the first has the window, and is told why.

    Args:
        seats: the scenes of both.
        devices: what each has in hand; those of the first are the window's.
        caches: the world as each sees it.
    """

    def __init__(
        self,
        seats: tuple[RaceScene, RaceScene],
        devices: tuple[Devices, Devices],
        caches: tuple[WorldCache, WorldCache],
    ) -> None:
        self._seats = seats
        self._devices = devices
        self._caches = caches
        self._drivers = TwoDrivers()
        self._canvases: tuple[Canvas, Canvas] | None = None  # while the window is split
        self._second_left = False
        self._asker = FIRST  # who asked for the page that lies over this
        self._told = Toast()  # why a half is gone, or a page does not come
        self._why_gone = ""
        devices[SECOND].pads.share(devices[FIRST].pads)

    @property
    def chat(self) -> ChatBox:
        return self._seats[FIRST].chat

    @property
    def car(self) -> int | None:
        return self._seats[FIRST].car

    @property
    def drives(self) -> bool:
        """Whether the race itself is before both."""
        return self._canvases is not None

    @property
    def is_in(self) -> bool:
        return self._seats[FIRST].is_in

    @property
    def front(self) -> object:
        return tuple(seat.front for seat in self._seats)

    def wants_key(self, event: pygame.Event) -> bool:
        return self._seats[FIRST].wants_key(event)

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in an event of the window, by whoever it is of."""
        self._bind_second()
        if self._canvases is None:
            self._asker = FIRST
            return None if self._takes_in_lobby(event) else self._seats[FIRST].on_event(event)
        for driver in self._whose(event):
            ask = self._ask_of(event, driver)
            if ask is not None:
                self._asker = driver
                return ask
        return None

    def on_event_beside(self, event: pygame.Event, *, wanted: bool) -> Beside:
        """Give the other driver what is its own, while a page lies over the half of who asked.

        Args:
            event: of the window.
            wanted: a key that the page has a use of its own for. Over the second's half it has only
                keys that the first has no use for: who drives on needs them.
        """
        if self._canvases is None:
            return Beside(rest=event)
        asker, other = self._asker, FIRST + SECOND - self._asker
        if wanted and (asker == FIRST or not self._devices[FIRST].drives_by(event.scancode)):
            return Beside(rest=event)
        whose = self._whose(event)
        ask = self._ask_of(event, other) if other in whose else None
        if isinstance(ask, ShowSettings):
            self._told.say("The settings are open in the other half.")
            ask = None
        return Beside(ask, self._in_half(event, asker) if asker in whose else None)

    def _ask_of(self, event: pygame.Event, driver: int) -> Ask | None:
        """Let a driver's seat have an event; the second departs alone."""
        ask = self._seats[driver].on_event(self._in_half(event, driver))
        if driver == SECOND and isinstance(ask, Depart):
            self._let_second_leave()
            return None
        return ask

    @property
    def hands(self) -> Devices:
        """Whose hands a page is in that lies over this: those of who asked, in whose half it is."""
        return self._devices[FIRST if self._canvases is None else self._asker]

    def part(self, canvas: Canvas) -> Canvas:
        """Return where pages are drawn that lie over this: over the half of who asked."""
        return canvas if self._canvases is None else self._canvases[self._asker]

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the race for both, side by side while there is driving."""
        first, second = self._seats
        self._bind_second()
        self._tell_why_gone()
        gone = self._second_left or bool(second.gone)
        if gone or not (first.drives or second.drives):
            self._canvases = None
            self._devices[FIRST].alone = True
            told = () if self._second_left else self._told_second(canvas)
            first.draw(canvas, replace(frame, told_below=TOLD * len(told)))
            if not self._second_left:
                second.stand_by(frame)
                self._tell_second(canvas, told)
            self._told.draw(canvas, frame.dt)
            return
        for devices in self._devices:
            devices.alone = False
        halves = self._halves_of(canvas)
        shown = self._caches[FIRST].hud_side
        for driver in BOTH:
            self._devices[driver].scale = halves[driver].scale
            self._caches[driver].hud_side = SIDES[driver]
            under = frame.under and driver == self._asker
            self._seats[driver].draw(halves[driver], replace(frame, under=under))
        self._caches[FIRST].hud_side = shown
        width, height = canvas.surface.get_size()
        canvas.surface.fill(GROUND, ((width - GAP) // 2, 0, GAP, height))
        self._told.draw(canvas, frame.dt)

    def let_go(self) -> None:
        """Take the hands of both off all that they hold."""
        for seat in self._seats:
            seat.let_go()

    def leave(self) -> None:
        """Give both seats back."""
        self._seats[FIRST].leave()
        self._let_second_leave()

    def _let_second_leave(self) -> None:
        if not self._second_left:
            self._second_left = True
            self._seats[SECOND].leave()

    def _tell_why_gone(self) -> None:
        why = "" if self._second_left else self._seats[SECOND].gone
        if why and why != self._why_gone:
            self._told.say(f"The second driver is out of the race: {why}")
        self._why_gone = why

    def _bind_second(self) -> None:
        """Have the second driver's keys as they are set now."""
        first, second = self._devices
        second.bindings = second_bindings(first.bindings, first.second_keys)
        places = {place for bound in second.bindings.keys.values() for place in bound}
        chooses = self._seats[SECOND].in_menu and not self._seats[FIRST].in_menu
        self._drivers.second = frozenset(places if chooses else places - {ENTER})

    def _halves_of(self, whole: Canvas) -> tuple[Canvas, Canvas]:
        """Return where each draws. What is held as the window parts was the first's until then."""
        surface = whole.surface
        width, height = surface.get_size()
        half = (width - GAP) // 2
        parts = [surface.subsurface((x, 0, half, height)) for x in (0, width - half)]
        if self._canvases is None:
            self._canvases = Canvas(parts[0], HALF_UNITS), Canvas(parts[1], HALF_UNITS)
            self.let_go()
        for canvas, part in zip(self._canvases, parts, strict=True):
            canvas.fit(part)
            canvas.write_like(whole)
        return self._canvases

    def _whose(self, event: pygame.Event) -> tuple[int, ...]:
        if event.type not in MOUSE or self._canvases is None:
            return self._drivers.whose(event)
        left = self._canvases[SECOND].surface.get_offset()[0]
        return (SECOND if event.pos[0] >= left else FIRST,)

    def _in_half(self, event: pygame.Event, driver: int) -> pygame.Event:
        """Return an event of the mouse as if the half were the window."""
        if event.type not in MOUSE or self._canvases is None:
            return event
        left = self._canvases[driver].surface.get_offset()[0]
        return pygame.Event(event.type, {**event.dict, "pos": (event.pos[0] - left, event.pos[1])})

    def _takes_in_lobby(self, event: pygame.Event) -> bool:
        """Let the second driver do there what it can; tell whether an event was for that."""
        if self._second_left or not self._seats[FIRST].in_lobby:
            return False
        pressed = event.type == pygame.CONTROLLERBUTTONDOWN
        if pressed and event.button == pygame.CONTROLLER_BUTTON_BACK:
            self._drivers.hand_over(event.instance_id)
            return True
        if self._drivers.whose(event) != (SECOND,):
            return False
        bound = self._devices[SECOND].bindings
        for action, plate in IN_LOBBY.items():
            by_key = event.type == pygame.KEYDOWN and event.scancode in bound.keys[action]
            if by_key or (pressed and event.button in bound.buttons[action]):
                self._seats[SECOND].press_in_lobby(plate)
                return True
        return False

    def _told_second(self, canvas: Canvas) -> Sequence[str]:
        """Return in rows what the lobby tells of what the second driver has in hand.

        They are as wide as the grid above them: beside that stands what is to be raced.
        """
        if not self._seats[FIRST].in_lobby:
            return ()
        gone, lost = self._seats[SECOND].gone, self._second_lost
        told = (
            f"{lost} See the settings, under keys."
            if lost
            else _second_words(self._devices[SECOND])
        )
        told = f"out of this race: {gone}" if gone else told
        left = 62.0 + canvas.text_width(SECOND_HEAD, 15, bold=True)
        return canvas.rows(told, PANEL_BOX.right - left, 14)

    @property
    def _second_lost(self) -> str:
        """What is wrong with the second driver's keys."""
        first, second = self._devices
        return table_faults(first.bindings, second.bindings).get("second", "")

    def _tell_second(self, canvas: Canvas, told: Sequence[str]) -> None:
        """Tell in the lobby what the second driver has in hand."""
        if not told:
            return
        y = PANEL_BOX.bottom + 5.0  # who only watches has the panel's lowest line
        wide = canvas.text(SECOND_HEAD, 56.0, y, 15, ACCENT, bold=True, shadow=True)
        colour = BAD if self._seats[SECOND].gone or self._second_lost else SOFT
        for k, row in enumerate(told):
            canvas.text(row, 62.0 + wide, y + TOLD * k, 14, colour, shadow=True)


def _second_words(devices: Devices) -> str:
    """Return what the second driver's keys and buttons are for in the lobby."""
    wheel = (Action.THROTTLE, Action.STEER_LEFT, Action.BRAKE, Action.STEER_RIGHT)
    bound = devices.bindings
    drive = " ".join(devices.names.name(bound.keys[each][0]) for each in wheel if bound.keys[each])
    told = [f"{drive} or a pad" if drive else "a pad"]
    for action, plate in IN_LOBBY.items():
        keys = [devices.names.name(place) for place in bound.keys[action][:1]]
        buttons = [BUTTON_LABELS[button] for button in bound.buttons[action][:1]]
        told.append(f"{' or '.join((*keys, *buttons))}: {LOBBY_WORDS[plate]}")
    return " · ".join((*told, "Back hands it over"))
