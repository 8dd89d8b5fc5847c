"""A scene of the window on a surface that nobody sees, in time that passes when it is told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, final

import pygame

from racer.app.window.base.canvas import Canvas
from racer.app.window.base.paints import Eyes
from racer.app.window.scene import Frame
from tests.app.keys import key_down

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE: Final = (1280, 720)
FPS: Final = 60
SECOND: Final = 1_000_000_000


class Scene(Protocol):
    """What the window has before it."""

    def on_event(self, event: pygame.Event) -> object:
        """Take in an event of the window."""
        ...

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw one picture."""
        ...


@final
class Stage:
    """Shows one scene.

    Args:
        pass_time: lets what is shown go on for so many seconds, before each picture.
        pace: what `play` shortens time to.
        growth: of letters, as a person may set it.

    `eyes` may be changed: whose eyes the paints of cars are chosen for.
    """

    def __init__(
        self,
        scene: Scene,
        pass_time: Callable[[float], None] | None = None,
        size: tuple[int, int] = SIZE,
        pace: float = 1.0,
        growth: float = 1.0,
    ) -> None:
        self._scene = scene
        self._pass_time = pass_time
        self._pace = pace
        self._surface = pygame.Surface(size)
        self._canvas = Canvas(self._surface)
        self._canvas.grow_text(growth)
        self._now_ns = SECOND

    def play(self, seconds: float, fps: int = FPS) -> None:
        """Let time pass, with so many pictures a second; at least one is drawn."""
        for _ in range(max(1, round(seconds * self._pace * fps))):
            if self._pass_time is not None:
                self._pass_time(1.0 / fps)
            self._now_ns += SECOND // fps
            self._scene.draw(self._canvas, Frame(1.0 / fps, self._now_ns))

    def play_until(self, done: Callable[[], bool], seconds_max: float, fps: int = FPS) -> None:
        """Let time pass until something is so.

        Raises:
            TimeoutError: it has not become so in that time.
        """
        for _ in range(round(seconds_max * fps)):
            if done():
                return
            self.play(1.0 / fps, fps)
        raise TimeoutError(f"nothing came of it within {seconds_max} s")

    def press(self, *keys: int) -> None:
        """Press keys one after the other, with a picture after each, as a person does."""
        for key in keys:
            self._scene.on_event(key_down(key))
            self.play(1.0 / FPS)

    def write(self, text: str) -> None:
        """Type into whatever line is open."""
        self._scene.on_event(pygame.Event(pygame.TEXTINPUT, text=text))
        self.play(1.0 / FPS)

    @property
    def eyes(self) -> Eyes:
        return self._canvas.eyes

    @eyes.setter
    def eyes(self, eyes: Eyes) -> None:
        self._canvas.eyes = eyes

    def picture(self) -> pygame.Surface:
        """Return what is to be seen now."""
        return self._surface.copy()
