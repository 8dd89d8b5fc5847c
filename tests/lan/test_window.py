"""The game in a real window, among bots on other machines."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pygame
import pytest

from racer.app.window.palette import paint
from racer.core.tuning import CAR
from tests.lan.lab import Box, Lan, Run, chat, needs_lan

pytestmark = [
    *needs_lan,
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("Xvfb") is None or shutil.which("xdotool") is None,
        reason="the window test needs Xvfb and xdotool",
    ),
]

NODE = Path(__file__).with_name("window_node.py")
DISPLAY = f":{200 + os.getpid() % 1000}"


@pytest.fixture
def lan() -> Iterator[Lan]:
    lan = Lan(4)
    yield lan
    lan.close()


def wait_until_exists(path: Path, timeout_s: float = 10) -> None:
    deadline = time.monotonic() + timeout_s
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.02)


def press(box: Box, *words: str) -> None:
    """Have xdotool act on the window; returns when it has."""
    assert box.run("xdotool", *words, DISPLAY=DISPLAY).finish(20) == 0


def picture_of(window: Run, file: Path) -> tuple[dict[str, Any], pygame.Surface]:
    file.with_suffix(".json").unlink(missing_ok=True)
    window.process.send_signal(signal.SIGUSR1)
    wait_until_exists(file.with_suffix(".json"))
    seen: dict[str, Any] = json.loads(file.with_suffix(".json").read_text())
    return seen, pygame.image.load(file.with_suffix(".png"))


def shows(picture: pygame.Surface, px: tuple[float, float], number: int) -> bool:
    """Whether a car of that number's paint is at a place of the picture."""
    wanted = paint(number)
    x0, y0 = round(px[0]), round(px[1])
    near = [
        picture.get_at((x, y))[:3]
        for x in range(x0 - 14, x0 + 15)
        for y in range(y0 - 14, y0 + 15)
        if 0 <= x < picture.get_width() and 0 <= y < picture.get_height()
    ]
    return sum(math.dist(colour, wanted) < 70 for colour in near) > 20


def test_the_window_shows_others_where_they_are_and_carries_what_is_typed(
    lan: Lan, tmp_path: Path
) -> None:
    box, *others = lan.boxes
    box.run("Xvfb", DISPLAY, "-screen", "0", "1280x720x24", "-nolisten", "tcp")
    wait_until_exists(Path(f"/tmp/.X11-unix/X{DISPLAY[1:]}"))
    file = tmp_path / "seen"
    window = box.run(
        sys.executable, str(NODE), str(tmp_path / "wendy"), "Demo", str(file), DISPLAY=DISPLAY
    )
    bots = [
        each.bot(tmp_path / name, "--players", "4", "--laps", "2", "--stats")
        for each, name in zip(others, ("bob", "cleo", "dan"), strict=True)
    ]
    for bot in bots:
        bot.wait_for(30, event="phase", phase="countdown")
    for bot in bots:
        bot.wait_for(5, lambda line: line["x"] is not None, event="stats")
    assert assert_drawn(*picture_of(window, file)) == 4
    for bot in bots:
        bot.wait_for(30, event="phase", phase="racing")
    press(box, "keydown", "Up")
    went = bots[0].all("phase")[-1]["t"]
    press(box, "key", "t")
    press(box, "type", "--delay", "30", "hello from the window")
    press(box, "key", "Return")
    for bot in bots:
        bot.wait_for(5, event="chat", text="hello from the window")
    for bot in bots:
        bot.wait_for(10, lambda line: line["t"] > went + 4, event="stats")
    seen, picture = picture_of(window, file)
    assert_where_they_are(seen, bots)
    assert assert_drawn(seen, picture) >= 1
    for bot in bots:
        assert chat(bot) == chat(bots[0])


def assert_drawn(seen: dict[str, Any], picture: pygame.Surface) -> int:
    """On the picture, clear of what is written over it, each car is painted in its colour."""
    clear = pygame.Rect(100, 180, 850, 420)
    cars = [car for car in seen["drawn"] if clear.collidepoint(car["px"])]
    for car in cars:
        assert shows(picture, car["px"], car["number"]), car
    return len(cars)


def assert_where_they_are(seen: dict[str, Any], bots: list[Run]) -> None:
    """At the ticks of their own statements, the window had the bots where they say."""
    ticks = dict(seen["ticks"])
    compared = 0
    for bot in bots:
        for line in bot.all("stats"):
            poses = ticks.get(line["tick"])
            if line["x"] is None or poses is None or bot.node not in poses:
                continue
            x, y = poses[bot.node]
            assert math.dist((x, y), (line["x"], line["y"])) < CAR.length_m
            compared += 1
    assert compared >= 6
