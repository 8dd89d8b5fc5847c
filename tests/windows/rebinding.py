"""Keys are bound anew by keys alone: one drives by them, at once and after a start."""

from __future__ import annotations

import signal
from typing import Final

from tests.windows.stage import OPENS_S, SOON_S, Stage, Window

LEAVES_S: Final = 20.0
SPED_MS: Final = 6.0


def rebinding(stage: Stage) -> None:
    """I becomes the throttle and T, which opened the chat, steers; it is told, and it stays."""
    box = stage.lan.boxes[0]
    box.unplug()
    window = stage.window(box, "wendy")
    window.until(OPENS_S, scene="MenuScene")
    _open_panel(window)
    _bind(window, "throttle key 0", "I")
    window.until(SOON_S, lambda line: "had it" not in line.get("told", "had it"))
    _bind(window, "steer-left key 0", "T")
    window.until(SOON_S, lambda line: "“chat” had it" in line.get("told", ""))
    window.keep("a key that was for the chat")
    _leave_settings(window)
    _drives_anew(window)
    window.keep("driving by other keys")
    window.run.process.send_signal(signal.SIGTERM)
    assert window.run.finish(LEAVES_S) == 0
    again = stage.window(box, "wendy")
    again.until(OPENS_S, scene="MenuScene")
    _open_panel(again)
    again.keep("the same keys after a start")
    _leave_settings(again)
    _drives_anew(again)


def _open_panel(window: Window) -> None:
    window.hands.press("s")
    window.until(SOON_S, scene="SettingsPages")
    window.walk("keys", "Down")
    window.hands.press("Return")
    window.until(SOON_S, lambda line: "told" in line)


def _bind(window: Window, control: str, key: str) -> None:
    window.walk(control, "Down" if control.startswith("throttle") else "Up")
    window.hands.press("Return")
    window.until(SOON_S, lambda line: line.get("told", "").startswith("Press what"))
    window.hands.strike(key)
    window.until(SOON_S, lambda line: not line.get("told", "Press").startswith("Press"))


def _leave_settings(window: Window) -> None:
    for scene in ("SettingsPages", "MenuScene"):
        window.hands.press("Escape")
        window.until(SOON_S, lambda line: "told" not in line, scene=scene)


def _drives_anew(window: Window) -> None:
    """Race alone: I speeds up, the arrow that did no more, and T turns to the left."""
    window.race_alone()
    window.hands.hold({"Up"})
    window.rest(2.0)
    assert window.newest(0)["speed"] < SPED_MS / 2, "the arrow still drives"
    window.hands.keep_down("I")
    window.until(SOON_S, lambda line: line.get("speed", 0.0) > SPED_MS)
    heading = window.newest(0)["heading"]
    window.hands.keep_down("I", "T")
    window.until(SOON_S, lambda line: line.get("heading", heading) - heading > 0.1)
    assert not window.place["typing"], "the chat is open"
    window.hands.keep_down()
