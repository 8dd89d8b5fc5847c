"""What drives a real window as its user does: keys, a mouse, and a car driven by them."""

from __future__ import annotations

import math
import os
import subprocess
import time
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any, Final

from racer.app.circuits.catalog import circuit, circuit_line
from racer.core.drivers.driver import Driver
from racer.core.physics.car import CarState
from racer.core.rules.laps import Progress
from racer.core.tuning import TICK_HZ

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racer.core.physics.car import Controls
    from tests.lan.lab import Run

ARROWS: Final = ("Up", "Down", "Left", "Right")  # throttle, brake, left, right
LETTERS: Final = ("w", "s", "a", "d")
ROWS: Final = ((10, "1234567890-="), (24, "QWERTYUIOP[]"), (38, "ASDFGHJKL;'"), (52, "ZXCVBNM,./"))
BLIND_M: Final = 3.0  # that a car goes by itself: more than half of a road's width is too much
KEYCODES: Final = {sign: first + k for first, signs in ROWS for k, sign in enumerate(signs)}
"""Numbers that X gives to keys, by what a US keyboard has there."""


class Keyboard:
    """Keys pressed, held down and let go by xdotool; and the mouse."""

    def __init__(self, display: str) -> None:
        self.display = display
        self._down: set[str] = set()
        self._driver: subprocess.Popen[bytes] | None = None  # presses what it is told, at once

    def send(self, *words: str) -> None:
        """Act on the window; returns when it is done."""
        self.run("xdotool", *words)

    def run(self, *words: str) -> None:
        """Run a program of X on this display. X passes through the file system."""
        environment = {**os.environ, "DISPLAY": self.display}
        subprocess.run(words, check=True, env=environment, timeout=20)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.send("key", key)

    def write(self, text: str) -> None:
        """Type a line, as fast as people do."""
        self.send("type", "--delay", "30", text)

    def strike(self, *places: str, held: str = "") -> None:
        """Press keys by what a US keyboard has in their places, whatever is printed there."""
        for place in places:
            keys = f"{held}+{KEYCODES[place]}" if held else f"{KEYCODES[place]}"
            self.send("key", keys)

    def keep_down(self, *places: str) -> None:
        """Hold down these keys, by place, and no others."""
        self.hold({f"{KEYCODES[place]}" for place in places})

    def click(self, x: int, y: int) -> None:
        """Move the mouse to a place, and press it."""
        self.send("mousemove", str(x), str(y), "sleep", "0.2", "click", "1")

    def hold(self, keys: set[str]) -> None:
        """Hold down these keys, and no others, until they are let go."""
        words = self._changes_to(keys)
        if words:
            self.send(*words)

    def steer(self, keys: set[str]) -> None:
        """Hold down these keys, and no others: soon, also where to begin a program takes long.

        Ends with `let_go`.
        """
        words = self._changes_to(keys)
        if not words:
            return
        if self._driver is None:
            environment = {**os.environ, "DISPLAY": self.display}
            self._driver = subprocess.Popen(
                ("xdotool", "-"), stdin=subprocess.PIPE, env=environment
            )
        assert self._driver.stdin is not None
        self._driver.stdin.write(f"{' '.join(words)}\n".encode())
        self._driver.stdin.flush()

    def let_go(self) -> None:
        """Hold down nothing any more."""
        if self._driver is not None:
            self._driver.communicate(timeout=20)
            self._driver = None
        self.hold(set())

    def _changes_to(self, keys: set[str]) -> list[str]:
        words = [word for key in sorted(self._down - keys) for word in ("keyup", key)]
        words += [word for key in sorted(keys - self._down) for word in ("keydown", key)]
        self._down = set(keys)
        return words


class Wheel:
    """Tells which of four keys a careful driver would hold, by what a window shows."""

    def __init__(self, keys: tuple[str, ...] = ARROWS, track: str = "dockyard") -> None:
        self._keys = keys
        self._driver = Driver(circuit(track), circuit_line(track), 0.0, Random(1))

    def keys(self, line: Mapping[str, Any], late_s: float = 0.0) -> set[str]:
        """Return what to hold at a line that a window printed.

        Args:
            late_s: what is held now may be held for so long. Who cannot do better drives slower:
                on a busy machine, at full speed, a car would go from barrier to barrier.
        """
        vx = line["speed"] * math.cos(line["heading"])
        vy = line["speed"] * math.sin(line["heading"])
        car = CarState(x=line["x"], y=line["y"], heading=line["heading"], vx=vx, vy=vy)
        progress = Progress(line["lap"], 0, line["way"])
        # At this tick the green light is long seen.
        controls = self._driver.decide(car, progress, (), tick=10 * TICK_HZ)
        blind_m = line["speed"] * late_s
        if blind_m > BLIND_M:
            controls = replace(controls, throttle=0.0, brake=float(blind_m > 2.0 * BLIND_M))
        return {key for key, held in zip(self._keys, _held(controls), strict=True) if held}


def _held(controls: Controls) -> tuple[bool, bool, bool, bool]:
    return (
        controls.throttle > 0.4,
        controls.brake > 0.3,
        controls.steer > 0.2,
        controls.steer < -0.2,
    )


def drive_to_the_finish(window: Run, keyboard: Keyboard) -> None:
    """Hold the keys that a careful driver would, as fast as the picture shows what they do."""
    wheel = Wheel()
    deadline = time.monotonic() + 90
    while not (line := window.look(1.0)).get("finished"):
        assert time.monotonic() < deadline
        keyboard.steer(wheel.keys(line))
    keyboard.let_go()


def wait_ticks(window: Run, count: int) -> None:
    """Wait: what is pressed as a phase changes is taken for a slip, and not obeyed."""
    goal = len(window.lines) + count
    window.wait_for(10, lambda _: len(window.lines) >= goal)
