"""The game in its window: one loop, one scene at a time."""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, assert_never, final

import pygame

from racer.app.sound.mixer import Ears
from racer.app.window.base.allocator import give_pictures_back
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.screen import Screen, open_display
from racer.app.window.circuit_source import Circuits
from racer.app.window.input.gamepad import Pads, open_pads
from racer.app.window.scene import Close, Depart, Frame, OpenRace, Practice
from racer.app.window.scenes.menu import Menu
from racer.app.window.scenes.race_scene import Room
from racer.app.window.scenes.world_cache import Stage

if TYPE_CHECKING:
    from racer.app.window.ports import Lounge, Seat, Taste
    from racer.app.window.scene import Ask

FPS: Final = 60
FPS_HIDDEN: Final = 10  # minimised: the race goes on, nobody looks
FRAME_S_MAX: Final = 0.1  # a longer stall is not made up for
PICTURES: Final = Path.home() / "Pictures"


@final
class Game:
    """Routes events to the scene and what the scene asks for to the lounge."""

    def __init__(
        self,
        lounge: Lounge,
        screen: Screen,
        circuits: Circuits | None = None,
        ears: Ears | None = None,
    ) -> None:
        self._lounge = lounge
        self._screen = screen
        self._ears = ears
        self._stage = Stage(circuits if circuits is not None else Circuits())
        self._canvas = Canvas(screen.surface())
        self._menu = Menu(lounge, self._stage)
        self._room: Room | None = None
        self._pads = Pads()
        self._hidden = False
        self.running = True
        self._please(lounge.taste)

    def on_event(self, event: pygame.Event) -> None:
        """Take in one event of the window."""
        match event.type:
            case pygame.QUIT | pygame.WINDOWCLOSE:
                self._perform(Close())
            case pygame.WINDOWMINIMIZED | pygame.WINDOWHIDDEN:
                self._hidden = True
            case pygame.WINDOWRESTORED | pygame.WINDOWSHOWN | pygame.WINDOWEXPOSED:
                self._hidden = False
            case pygame.KEYDOWN if event.key == pygame.K_F11:
                self._screen.toggle_fullscreen()
            case pygame.KEYDOWN if event.key == pygame.K_F12:
                self._screen.shoot(PICTURES)
            case _:
                driving = self._room is not None and self._room.is_driving()
                keys = self._pads.on_event(event, driving=driving)
                for each in [event] if keys is None else keys:
                    self._hand_on(each)
        self._keep()

    def _hand_on(self, event: pygame.Event) -> None:
        """Let the scene have an event."""
        ask = (self._room or self._menu).on_event(event)
        if ask is not None:
            self._perform(ask)

    def draw(self, frame: Frame) -> None:
        """Draw one frame; the caller flips."""
        self._canvas.fit(self._screen.surface())
        (self._room or self._menu).draw(self._canvas, frame)

    def run(self) -> None:
        """Play until the player has had enough."""
        pace = pygame.time.Clock()
        pygame.key.stop_text_input()
        before_ns = time.monotonic_ns()
        while self.running:
            for event in pygame.event.get():
                self.on_event(event)
            now_ns = time.monotonic_ns()
            dt = min(FRAME_S_MAX, (now_ns - before_ns) / 1e9)
            before_ns = now_ns
            if not self._hidden:
                self.draw(Frame(dt, now_ns))
                self._screen.flip()
            pace.tick(FPS_HIDDEN if self._hidden else FPS)

    def close(self) -> None:
        """Give the seat back, if there is one."""
        if self._room is not None:
            self._room.leave()
            self._room = None

    def _please(self, taste: Taste) -> None:
        """Have all as the player left it the last time."""
        self._stage.aid = taste.aid
        if self._ears is not None:
            self._ears.on = taste.sound
        if taste.full != self._screen.full:
            self._screen.toggle_fullscreen()

    def _keep(self) -> None:
        """Let the lounge keep what the player has set."""
        known = self._lounge.taste
        car = None if self._room is None else self._room.car
        taste = replace(
            known,
            car=known.car if car is None else car,
            aid=self._stage.aid,
            sound=known.sound if self._ears is None else self._ears.on,
            full=self._screen.full,
        )
        if taste != known:
            self._lounge.taste = taste

    def _entered(self, seat: Seat) -> Room:
        return Room(seat, self._stage, self._ears, self._pads)

    def _perform(self, ask: Ask) -> None:
        match ask:
            case OpenRace(race):
                self.close()
                self._room = self._entered(self._lounge.open_race(race))
            case Practice():
                self.close()
                self._room = self._entered(self._lounge.practice())
            case Depart():
                self.close()
            case Close():
                self.running = False
            case _:
                assert_never(ask)


def run_window(lounge: Lounge) -> int:
    """Open the window and play; return the exit code.

    Raises:
        DisplayError: there is no screen; the text says why in one line.
    """
    give_pictures_back()
    screen = open_display()
    open_pads()
    # The network runs in another thread of this process: it must not wait for us for long.
    sys.setswitchinterval(0.001)
    game = Game(lounge, screen, ears=Ears())
    # Circuits and pictures live as long as the game: let no collection walk over them.
    gc.freeze()
    try:
        game.run()
    finally:
        game.close()
        lounge.close()
        screen.close()
    return 0
