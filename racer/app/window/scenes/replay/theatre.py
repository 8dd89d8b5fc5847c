"""The races that this machine has taped: choose one, and look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import FAINT, INK, SOFT, WHITE
from racer.app.window.controls.control import Back, Button, Chosen, Scrolled
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.key_strip import draw_strip, strip_buttons
from racer.app.window.controls.paint import draw_page
from racer.app.window.input.actions import Action, Scope
from racer.app.window.scene import Depart, LeavePage
from racer.app.window.scenes.replay.replay_scene import ReplayScene

if TYPE_CHECKING:
    import pygame

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Page
    from racer.app.window.controls.key_strip import Plate
    from racer.app.window.input.devices import Devices
    from racer.app.window.ports import RaceDirectory, ReplayCard
    from racer.app.window.scene import Ask, Frame
    from racer.app.window.scenes.world_cache import WorldCache

ROWS: Final = 9
ROW: Final = 58.0
WIDTH: Final = 860.0
PLATES: Final[tuple[Plate, ...]] = (("back", "back", Action.BACK),)


@final
class Theatre:
    """Lists the tapes, and shows the one that is chosen."""

    covers: Final = True

    def __init__(self, directory: RaceDirectory, world_cache: WorldCache, devices: Devices) -> None:
        self._directory = directory
        self._world_cache = world_cache
        self._devices = devices
        self._cards = directory.replays()
        self._first = 0  # row of the list that stands on top
        self._focus = Focus()
        self._replay: ReplayScene | None = None
        self._lost = ""  # why the one that was chosen is not shown

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in an event of the window."""
        if self._replay is not None:
            ask = self._replay.on_event(event)
            if isinstance(ask, Depart):
                self._replay = ask = None
            return ask
        for what in self._devices.on_event(event, Scope.MENU):
            match self._focus.on_input(what):
                case Back() | Chosen("back"):
                    return LeavePage()
                case Chosen(chosen):
                    self._choose_tape(chosen)
                case Scrolled(steps):
                    self._scroll_by(-steps)
                case _:
                    pass
        return None

    def wants_key(self, event: pygame.Event) -> bool:
        """No key is for text here."""
        return False

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the list, or the replay."""
        if self._replay is not None:
            self._replay.draw(canvas, frame)
            return
        canvas.surface.fill(INK)
        canvas.text("REPLAYS", 40.0, 26.0, 44, WHITE, bold=True)
        words = "Each race that this machine sees is taped" if self._cards else ""
        canvas.text(self._lost or words, 42.0, 80.0, 16, SOFT)
        if not self._cards:
            x, y = canvas.width / 2.0, canvas.height / 2.0
            canvas.text("No race yet: each one is taped by itself.", x, y, 22, FAINT, align=0.5)
        draw_strip(canvas)
        page = (*self._tape_buttons(canvas), *strip_buttons(canvas, self._devices, PLATES))
        self._focus.show(page)
        draw_page(canvas, page, self._focus.at)

    def _tape_buttons(self, canvas: Canvas) -> Page:
        shown = self._cards[self._first : self._first + ROWS]
        more = (("earlier", "later races", -1), ("later", "earlier races", 1))
        x = canvas.width / 2.0 - WIDTH / 2.0
        rows = [
            Button(
                id=card.id,
                box=Box(x, 112.0 + k * ROW, WIDTH, ROW - 8.0),
                label=_words_of(card),
            )
            for k, card in enumerate(shown)
        ]
        turns = [
            Button(id=name, box=Box(x + WIDTH - 190.0 - 200.0 * k, 70.0, 190.0, 34.0), label=label)
            for k, (name, label, step) in enumerate(more)
            if (step < 0 and self._first > 0)
            or (step > 0 and self._first + ROWS < len(self._cards))
        ]
        return (*rows, *turns)

    def _choose_tape(self, chosen: str) -> None:
        if chosen in {"earlier", "later"}:
            self._scroll_by(ROWS if chosen == "later" else -ROWS)
            return
        tape = self._directory.open_replay(chosen)
        if tape is None:
            self._lost = "That race cannot be read."
            return
        self._replay = ReplayScene(tape, self._world_cache, self._devices)

    def _scroll_by(self, rows: int) -> None:
        self._first = max(0, min(self._first + rows, len(self._cards) - ROWS))


def _words_of(card: ReplayCard) -> str:
    head = card.head
    people = [car.name for car in head.cars if not car.bot]
    who = ", ".join(people[:3]) + (" and others" if len(people) > 3 else "")
    bots = len(head.cars) - len(people)
    company = " and ".join(filter(None, (who, f"{bots} bots" if bots else "")))
    return f"{card.when}  ·  {head.race}  ·  {head.track}, {head.laps} laps  ·  {company}"
