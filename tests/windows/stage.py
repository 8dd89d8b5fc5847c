"""A LAN with real windows on it, each on a display of its own, and pictures of what they show."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.lan.lab import Box, Lan, Line, Run
from tests.waiting import until
from tests.windows.hands import Keyboard

NODE: Final = Path(__file__).parents[1] / "lan" / "window_node.py"
DISPLAY: Final = 200 + os.getpid() % 1000
SIZE: Final = "1280x720x24"
TAKEN_S: Final = 20.0


class Stage:
    """Machines of a LAN, and what runs on them.

    Args:
        folder: gets pictures, profiles and logs.
        boxes: how many machines.
    """

    def __init__(self, folder: Path, boxes: int) -> None:
        self.lan = Lan(boxes)
        self.folder = folder
        self._count = 0

    def window(self, box: Box, name: str, *race: str, **environment: str) -> Window:
        """Open a window, in the menu or in a race."""
        display = f":{DISPLAY}{self._count}"
        self._count += 1
        box.run("Xvfb", display, "-screen", "0", SIZE, "-nolisten", "tcp")
        until(Path(f"/tmp/.X11-unix/X{display[1:]}").exists, display)
        seen = self.folder / f"{name}.seen"
        words = (sys.executable, str(NODE), str(self.folder / name), str(seen), *race)
        run = box.run(*words, DISPLAY=display, TRIAL="1", **environment)
        return Window(run, Keyboard(display), seen)

    def bot(self, box: Box, name: str, *words: str) -> Run:
        """Start a bot that need not be read."""
        racer = (sys.executable, "-m", "racer", "bot", "--race", "Demo")
        own = ("--profile", str(self.folder / name), "--name", name.capitalize())
        log = self.folder / f"{name}.log"
        return box.record(log, *racer, *own, "--track", "dockyard", *words)

    def close(self) -> None:
        self.lan.close()


class Window:
    """A window, the hands at it, and what it has told."""

    def __init__(self, run: Run, keyboard: Keyboard, seen: Path) -> None:
        self.run = run
        self.hands = keyboard
        self._seen = seen

    def until(
        self, timeout_s: float, check: Callable[[Line], bool] = bool, **wanted: object
    ) -> Line:
        """Return the first line that holds what is wanted, of what is now and what comes."""
        self.run.look(0.0)
        self.run.lines[:] = [*self._newest("at"), *self._newest("seen", 1), *self._newest("seen")]
        try:
            return self.run.wait_for(timeout_s, check, **wanted)
        except AssertionError as error:
            now = [*self._newest("at"), *self._newest("seen")]
            raise AssertionError(f"{wanted or check} did not come; it is at {now}") from error

    def rest(self, seconds: float) -> None:
        """Do nothing: what is pressed as a phase changes is taken for a slip, and not obeyed."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.run.look(0.1)

    @property
    def scene(self) -> object:
        """Return which scene is seen now."""
        self.run.look(0.2)
        return next(iter(self._newest("at")), {}).get("scene")

    def newest(self, seat: int) -> Line:
        """Return what a driver sees now."""
        self.run.look(0.2)
        return next(iter(self._newest("seen", seat)), {})

    def keep(self, picture: str) -> None:
        """Take a picture, under a name that says what is to be seen on it."""
        told = self._seen.with_suffix(".json")
        told.unlink(missing_ok=True)
        self.run.process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + TAKEN_S
        while not told.exists():
            assert time.monotonic() < deadline, picture
            self.run.look(0.2)
        self._seen.with_suffix(".png").rename(self._seen.with_name(f"{picture}.png"))

    def _newest(self, event: str, seat: int = 0) -> list[Line]:
        wanted = {"event": event} | ({"seat": seat} if event == "seen" else {})
        lines = (each for each in reversed(self.run.lines) if wanted.items() <= each.items())
        return list(lines)[:1]
