"""What people do with real windows, by keys, a mouse or a pad alone; told by what the windows show.

Each trial leaves pictures, to be looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from tests.lan.lab import Line
from tests.waiting import until
from tests.windows.chatting import chat_in_scripts
from tests.windows.copied_profile import copied_profile
from tests.windows.hands import ARROWS, LETTERS, Wheel
from tests.windows.layouts import ten_layouts
from tests.windows.locked_room import locked_room
from tests.windows.pad_alone import HEARD, pad_alone
from tests.windows.rebinding import rebinding
from tests.windows.stage import OPENS_S, SOON_S, Stage, Window

RACED_S: Final = 240.0
FULL: Final = 32767  # of a pad's trigger


def in_mid_race(stage: Stage) -> None:
    """One joins a race that is on, and watches; a machine dies in it, and comes back; a replay."""
    one, two, three = stage.lan.boxes
    race = ("--players", "2", "--laps", "7")
    stage.bot(one, "max", *race)
    kim = stage.bot(two, "kim", *race)
    window = stage.window(three, "wendy")
    window.until(OPENS_S, nearby=["Demo"])
    until(lambda: '"racing"' in (stage.folder / "kim.log").read_text(), "a race", SOON_S)
    window.hands.press("Return")
    window.until(SOON_S, phase="racing", watching=True)
    window.until(SOON_S, cars=2)
    window.keep("joined in mid-race")
    window.rest(6.0)  # whoever is here for a moment only is not missed
    kim.kill()
    window.until(SOON_S, _notices("Kim's machine has died"))
    window.keep("a machine has died")
    stage.bot(two, "kim", *race)
    window.until(SOON_S, _notices("Kim is back in the car"))
    window.keep("it is back")
    window.until(RACED_S, official=True)
    window.keep("results of others")
    for _ in range(5):  # out of the results, and of the race; what is pressed as the room
        window.rest(2.0)  # goes from one to the other is taken for a slip
        if window.place.get("ring") == "stay":
            window.mean_it()
        elif window.scene != "MenuScene":
            window.hands.press("Escape")
    window.until(SOON_S, scene="MenuScene")
    window.hands.press("v")
    window.until(SOON_S, scene="Theatre")
    window.rest(2.0)  # its list is read
    window.hands.press("Return")
    window.until(SOON_S, scene="ReplayScene")
    window.keep("its replay")


def two_windows(stage: Stage) -> None:
    """Two people on two machines chat, and race each other to the results."""
    one, two = stage.lan.boxes
    wendy = stage.window(one, "wendy", "Demo", SETUP="dockyard 1")
    lee = stage.window(two, "lee", "+Demo")
    both = (wendy, lee)
    for window in both:
        window.until(OPENS_S, drivers=2, phase="lobby")
    for window, words in ((wendy, "hello from here"), (lee, "and from there")):
        window.hands.press("t")
        window.until(SOON_S, typing=True)
        window.hands.write(words)
        window.hands.press("Return")
        for other in both:
            other.until(SOON_S, chat=words)
    lee.keep("chat of two")
    for window in both:
        window.hands.press("s")
    _drive(RACED_S, {(window, 0): Wheel(ARROWS) for window in both})
    for window in both:
        window.until(SOON_S, official=True)
    wendy.keep("results of two windows")


def split_screen(stage: Stage) -> None:
    """Two at one machine, one with the left hand and one with the right, to the results."""
    window = stage.window(stage.lan.boxes[0], "wendy", "Demo", SETUP="dockyard 1", PAIR="1")
    window.until(OPENS_S, drivers=2, phase="lobby")
    window.keep("lobby of two drivers")
    window.hands.press("s", "Control_R")
    window.until(SOON_S, phase="racing")
    window.keep("split screen at the start")
    _drive(RACED_S, {(window, 0): Wheel(LETTERS), (window, 1): Wheel(ARROWS)}, "split screen")
    window.until(SOON_S, official=True)
    window.keep("results of split screen")


def by_pad(stage: Stage) -> None:
    """A pad alone leads from the title to a race against bots, to a word for all, and out again."""
    box = stage.lan.boxes[0]
    box.unplug()
    pipe = stage.folder / "pad"
    window = stage.window(box, "wendy", PAD=str(pipe), **HEARD)
    window.until(OPENS_S, scene="MenuScene")

    def pad(*lines: str) -> None:
        pipe.write_text("".join(f"{line}\n" for line in lines))

    pad("press a")
    window.until(OPENS_S, phase="racing")
    window.until(SOON_S, lambda line: line.get("raced_s", 0.0) > 3.0)
    window.keep("a pad's first race")
    pad(f"hold throttle {FULL}")
    window.until(SOON_S, lambda line: line.get("speed", 0.0) > 8.0)
    pad("hold throttle 0", "press up", "press a")
    window.until(SOON_S, chat="Hello!")
    window.keep("a phrase by pad")
    pad("press start", *["press down"] * 5, "press a")  # "Leave the race" is the sixth
    window.until(SOON_S, scene="MenuScene")


def by_mouse(stage: Stage) -> None:
    """A mouse alone leads from the title to a friend's race, and to a word for all."""
    one, two = stage.lan.boxes
    stage.bot(one, "max", "--players", "16")
    window = stage.window(two, "wendy")
    window.until(OPENS_S, nearby=["Demo"])
    window.hands.click(350, 306)
    window.until(OPENS_S, drivers=2, phase="lobby")
    window.rest(1.0)
    window.hands.click(565, 697)  # the plate of the phrases, and in their list the second
    window.rest(0.5)
    window.keep("phrases by mouse")
    window.hands.click(100, 478)
    window.until(SOON_S, chat="Good luck!")


TRIALS: Final[Mapping[Callable[[Stage], None], int]] = {
    in_mid_race: 3,
    two_windows: 2,
    split_screen: 1,
    by_pad: 1,
    by_mouse: 2,
    chat_in_scripts: 3,
    ten_layouts: 1,
    rebinding: 1,
    locked_room: 2,
    pad_alone: 2,
    copied_profile: 3,
}
"""Each with how many machines it needs."""


def _notices(words: str) -> Callable[[Line], bool]:
    """Return a check whether a window shows a notice with these words."""
    return lambda line: any(words in each for each in line.get("notices", ()))


def _drive(timeout_s: float, wheels: Mapping[tuple[Window, int], Wheel], picture: str = "") -> None:
    """Drive cars to the finish by keys, each as a careful driver would, as its window shows it."""
    deadline = time.monotonic() + timeout_s
    finished: set[tuple[Window, int]] = set()
    held: dict[Window, dict[int, set[str]]] = {window: {} for window, _ in wheels}
    began_s, looks = time.monotonic(), 0
    turned_s = dict.fromkeys(wheels, began_s)
    while len(finished) < len(wheels):
        assert time.monotonic() < deadline, f"{len(finished)} of {len(wheels)} have finished"
        for (window, seat), wheel in wheels.items():
            line, now_s = window.newest(seat), time.monotonic()
            late_s, turned_s[window, seat] = now_s - turned_s[window, seat], now_s
            if line.get("finished"):
                finished.add((window, seat))
            looks += 1
            slow_s = (now_s - began_s) / looks * len(wheels)
            told = f"the race ended with {len(finished)} of {len(wheels)} cars at the finish"
            told += f"; each driver saw a picture every {slow_s:.2f} s"  # half a second is too few
            assert not (line.get("official") and (window, seat) not in finished), told
            drives = line.get("phase") == "racing" and "speed" in line
            held[window][seat] = wheel.keys(line, late_s) if drives else set()
            window.hands.steer(set().union(*held[window].values()))
            if picture and drives and line["lap"] == 1 and line["way"] > 120.0:
                window.keep(picture)
                picture = ""
                turned_s = dict.fromkeys(wheels, time.monotonic())
    for window in held:
        window.hands.let_go()
