"""A LAN with real windows on it, each on a display of its own, and pictures of what they show."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from tests.lan.lab import Box, Lan, Line, Run
from tests.waiting import until
from tests.windows.hands import Keyboard

NODE: Final = Path(__file__).parents[1] / "lan" / "window_node.py"
DISPLAY: Final = 200 + os.getpid() % 1000
SIZE: Final = "1280x720x24"
TAKEN_S: Final = 20.0
OPENS_S: Final = 90.0  # a window, on a machine with other work
SOON_S: Final = 40.0
STEPS_MAX: Final = 40  # of the ring, to any control
STEP_S, TRIES = 6.0, 3  # of each
NEEDED: Final = {
    "xdotool": "xdotool",
    "setxkbmap": "x11-xkb-utils",
    "Xvfb": "xvfb",
    "ip": "iproute2",
    "setpriv": "util-linux",
}
"""Programs, and the Debian packages that have them."""


def missing() -> str:
    """Return what these trials lack on this machine, in a line with what to do; "" for nothing."""
    lacking = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if os.geteuid() != 0:
        return "these trials need root: they make network namespaces"
    return f"missing: run `apt-get install {' '.join(lacking)}`" if lacking else ""


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
        # Bots that a window starts have profiles beside its own: none of an evening before.
        home = {"XDG_DATA_HOME": str(self.folder / "data")}
        run = box.run(*words, DISPLAY=display, TRIAL="1", **home, **environment)
        return Window(run, Keyboard(display), seen, box)

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

    def __init__(self, run: Run, keyboard: Keyboard, seen: Path, box: Box) -> None:
        self.run = run
        self.hands = keyboard
        self._seen = seen
        self._box = box
        self._copied: Run | None = None  # the program in which something was copied last

    def layout(self, name: str, variant: str = "") -> None:
        """Use another keyboard layout from now on."""
        self.hands.run("setxkbmap", "-layout", name, "-variant", variant)

    def copy(self, text: str) -> None:
        """Copy a text in another program, to be pasted here."""
        if self._copied is not None:
            self._copied.kill()
        words = (sys.executable, "-m", "tests.windows.clipboard", text)
        self._copied = self._box.run(*words, DISPLAY=self.hands.display)
        self._copied.wait_for(SOON_S, event="copied")

    @property
    def place(self) -> Line:
        """Return where in the game one is, as it was told last."""
        self.run.look(0.05)
        return next(iter(self._newest("at")), {})

    def until(
        self, timeout_s: float, check: Callable[[Line], bool] = bool, **wanted: object
    ) -> Line:
        """Return the first line that holds what is wanted, of what is now and what comes."""
        self.catch_up(0.0)
        try:
            return self.run.wait_for(timeout_s, check, **wanted)
        except AssertionError as error:
            now = [*self._newest("at"), *self._newest("seen")]
            raise AssertionError(f"{wanted or check} did not come; it is at {now}") from error

    def walk(self, control: str, key: str, press: Callable[[str], None] | None = None) -> None:
        """Move the ring by one key, or as `press` does it, until it is on a control, by its id."""
        for _ in range(STEPS_MAX):
            if self.place.get("ring") == control:
                return
            self.step(key, press or self.hands.press)
        raise AssertionError(f"{key} does not lead to {control}: the ring is on {self.place}")

    def step(self, key: str, press: Callable[[str], None]) -> None:
        """Move the ring once; what a window missed that was busy is pressed again."""
        before = self.place.get("ring")
        for _ in range(TRIES):
            press(key)
            with suppress(AssertionError):
                self.until(STEP_S, lambda line: line.get("ring", before) != before)
                return
        raise AssertionError(f"{key} does not move the ring: {self.place}")

    def mean_it(self) -> None:
        """Say of what is asked before it is done that it is meant."""
        self.until(SOON_S, ring="stay")
        self.walk("go", "Right")
        self.hands.press("Return")

    def race_alone(self) -> None:
        """Open a race from the menu, on a US keyboard, and start it: nobody else is awaited."""
        self.hands.press("n")
        self.until(SOON_S, ring="open")
        self.hands.press("Return")
        self.until(OPENS_S, phase="lobby")
        self.rest(2.0)
        self.hands.press("s")
        self.until(OPENS_S, phase="racing")

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

    def catch_up(self, timeout_s: float) -> None:
        """Read all that was told, and keep the newest of it; waits for something new so long.

        A window tells more in a second than one reading of a pipe takes in: who read once would
        fall behind, the more so the longer it looks through what is old.
        """
        read = len(self.run.lines)
        self.run.look(timeout_s)
        while len(self.run.lines) > read:
            read = len(self.run.lines)
            self.run.look(0.0)
        self.run.lines[:] = [*self._newest("at"), *self._newest("seen", 1), *self._newest("seen")]

    def newest(self, seat: int) -> Line:
        """Return what a driver sees now."""
        self.catch_up(0.2)
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
        return list(islice(lines, 1))
