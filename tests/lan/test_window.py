"""The game in a real window, among bots on other machines."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pygame
import pytest

from racer.app.window.base.paints import Eyes, paint
from racer.core.tuning import CAR
from tests.lan.lab import Lan, Run, chat, needs_lan
from tests.waiting import until
from tests.windows.hands import Keyboard, drive_to_the_finish, wait_ticks

pytestmark = [
    *needs_lan,
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


def wait_until_exists(path: Path) -> None:
    until(path.exists, str(path))


def picture_of(window: Run, file: Path) -> tuple[dict[str, Any], pygame.Surface]:
    file.with_suffix(".json").unlink(missing_ok=True)
    window.process.send_signal(signal.SIGUSR1)
    wait_until_exists(file.with_suffix(".json"))
    seen: dict[str, Any] = json.loads(file.with_suffix(".json").read_text())
    return seen, pygame.image.load(file.with_suffix(".png"))


def shows(picture: pygame.Surface, px: tuple[float, float], number: int) -> bool:
    """Whether a car of that number's paint is at a place of the picture."""
    wanted = paint(number, Eyes.ANY)
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
    bots = [
        each.bot(tmp_path / name, "--players", "4", "--laps", "2", "--stats")
        for each, name in zip(others, ("bob", "cleo", "dan"), strict=True)
    ]
    for bot in bots:
        bot.wait_for(30, event="joined")  # or it is the window's race, which waits for its driver
    window = box.run(
        sys.executable, str(NODE), str(tmp_path / "wendy"), str(file), "Demo", DISPLAY=DISPLAY
    )
    for bot in bots:
        bot.wait_for(30, event="phase", phase="countdown")
    for bot in bots:
        bot.wait_for(5, lambda line: line["x"] is not None, event="stats")
    assert assert_drawn(*picture_of(window, file)) == 4
    for bot in bots:
        bot.wait_for(30, event="phase", phase="racing")
    keyboard = Keyboard(DISPLAY)
    keyboard.hold({"Up"})
    went = bots[0].all("phase")[-1]["t"]
    bots[0].wait_for(5, lambda line: line["t"] > went + 1, event="stats")  # else it is a slip
    keyboard.press("t")
    picture_of(window, file)  # a frame was drawn since, so what is typed goes into the line
    keyboard.send("type", "--delay", "30", "hello from the window")
    keyboard.press("Return")
    for bot in bots:
        bot.wait_for(15, event="chat", text="hello from the window")
    for bot in bots:
        bot.wait_for(10, lambda line: line["t"] > went + 4, event="stats")
    seen, picture = picture_of(window, file)
    assert_where_they_are(seen, bots)
    assert assert_drawn(seen, picture) >= 1
    for bot in bots:
        assert chat(bot) == chat(bots[0])


def test_a_full_screen_is_full_where_no_window_manager_sees_to_it(lan: Lan, tmp_path: Path) -> None:
    """Half of the menu lay beyond the edge of a window that had stayed as it was."""
    box, display, screen = lan.boxes[0], f"{DISPLAY}1", tmp_path / "Xvfb_screen0"
    box.run("Xvfb", display, "-screen", "0", "1920x1080x24", "-fbdir", str(tmp_path))
    wait_until_exists(Path(f"/tmp/.X11-unix/X{display[1:]}"))
    words = (sys.executable, str(NODE), str(tmp_path / "wendy"), str(tmp_path / "seen"))
    box.run(*words, DISPLAY=display, XDG_CURRENT_DESKTOP="", DESKTOP_SESSION="")
    until(lambda: drawn(screen) == (True, False), "a window in the middle", 30)
    for times in range(2):
        Keyboard(display).press("F11")
        until(lambda: drawn(screen) == (True, True), f"all is drawn, {times}", 30)
        Keyboard(display).press("F11")
        until(lambda: drawn(screen) == (True, False), f"it is as large as before, {times}", 30)


def drawn(screen: Path) -> tuple[bool, bool]:
    """Tell whether something is in the middle of a screen, and in its last corner (XWD)."""
    pixels = screen.read_bytes()[-1920 * 1080 * 4 :]
    middle = 4 * (1920 * 540 + 960)
    return any(pixels[middle : middle + 3]), any(pixels[-4:-1])


def test_a_race_against_bots_is_driven_to_the_finish_by_keys_with_no_network_at_all(
    tmp_path: Path,
) -> None:
    lan = Lan(1)
    try:
        box = lan.boxes[0]
        box.unplug()
        box.run("Xvfb", DISPLAY, "-screen", "0", "1280x720x24", "-nolisten", "tcp")
        wait_until_exists(Path(f"/tmp/.X11-unix/X{DISPLAY[1:]}"))
        home = {"DISPLAY": DISPLAY, "XDG_DATA_HOME": str(tmp_path)}
        file = tmp_path / "seen"
        window = box.run(sys.executable, str(NODE), str(tmp_path / "wendy"), str(file), **home)
        keyboard = Keyboard(DISPLAY)
        open_race_with_two_bots(window, keyboard)
        drive_to_the_finish(window, keyboard)
        assert window.wait_for(60, phase="finished")["official"]
        window.wait_for(30, lambda line: line in window.lines[-1:], phase="lobby")
    finally:
        lan.close()


def test_people_at_two_windows_vote_somebody_out_who_is_told_why_and_not_let_in_again(
    tmp_path: Path,
) -> None:
    """By mouse at one window, by a line of chat at the other."""
    lan = Lan(3)
    try:
        displays = [DISPLAY, f"{DISPLAY}7"]
        for display in displays:
            lan.boxes[0].run("Xvfb", display, "-screen", "0", "1280x720x24", "-nolisten", "tcp")
            wait_until_exists(Path(f"/tmp/.X11-unix/X{display[1:]}"))
        keyboards = [Keyboard(display) for display in displays]
        bot = lan.boxes[2].bot(tmp_path / "max", "--players", "16")
        bot.wait_for(20, event="joined")
        wendy, lee = (
            box.run(sys.executable, str(NODE), str(home), str(home) + ".seen", "+Demo", DISPLAY=at)
            for box, home, at in zip(
                lan.boxes, (tmp_path / "wendy", tmp_path / "lee"), displays, strict=False
            )
        )
        for window in (wendy, lee):
            window.wait_for(40, drivers=3)
        wait_ticks(wendy, 8)
        keyboards[0].send("mousemove", "210", "195", "click", "1")  # the first on the grid
        wait_ticks(wendy, 8)
        keyboards[0].press("Down", "Return")
        lee.wait_for(20, polls=[["Max", ["Wendy"], 2]])
        keyboards[1].press("t")
        wait_ticks(lee, 8)  # else the first letters are typed before there is a line
        keyboards[1].send("type", "--delay", "30", "/remove max")
        keyboards[1].press("Return")
        told = bot.wait_for(20, event="removal")
        assert (told["ours"], sorted(told["by"])) == (True, ["Lee", "Wendy"])
        bot.wait_for(20, event="left")
        wendy.wait_for(
            20, lambda line: any("Max was removed" in n for n in line.get("notices", ()))
        )
        wendy.wait_for(20, lambda line: line in wendy.lines[-1:], drivers=2)
        again = lan.boxes[2].bot(tmp_path / "max")
        assert again.wait_for(30, event="removal")["ours"]
        assert again.finish(20) == 1, "it has raced nothing"
        assert not again.all("joined")
    finally:
        lan.close()


def open_race_with_two_bots(window: Run, keyboard: Keyboard) -> None:
    """Name a race, choose the short circuit and one lap, ask for two bots, start."""
    window.wait_for(30, event="open")
    window.pause()  # a machine that stutters: all of it comes between two pictures
    keyboard.press("n", *["Up"] * 12, "Return")  # from the button that opens to the name
    keyboard.write("kart")
    keyboard.press("Return", "Return")
    window.go_on()
    window.wait_for(20, drivers=1)
    wait_ticks(window, 60)
    keyboard.press("Tab", "Tab", "Tab", "Right", "Right", "Right", "Right")  # past us, and bots
    keyboard.press("Down", "Left", "Left")
    window.wait_for(20, track="dockyard", laps=1)
    keyboard.press("b", "b")
    window.wait_for(30, drivers=3)
    keyboard.press("s")
    window.wait_for(20, phase="racing")


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
