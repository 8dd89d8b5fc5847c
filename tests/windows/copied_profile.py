"""A profile was copied: the copy is told so in its window, and comes in as another driver."""

from __future__ import annotations

import shutil

from tests.windows.stage import OPENS_S, SOON_S, Stage


def copied_profile(stage: Stage) -> None:
    """The copy is kept out, reads why, takes a new identity, and is in beside the first."""
    one, two, three = stage.lan.boxes
    stage.bot(one, "max", "--players", "16")
    first = stage.window(two, "wendy")
    first.until(OPENS_S, nearby=["Demo"])
    shutil.copytree(stage.folder / "wendy", stage.folder / "copy")
    first.hands.press("Return")
    first.until(SOON_S, phase="lobby", drivers=2)
    copy = stage.window(three, "copy")
    copy.until(OPENS_S, nearby=["Demo"])
    copy.hands.press("Return")
    copy.until(SOON_S, lambda line: "copied profile" in line.get("failure", ""))
    copy.rest(1.5)
    copy.keep("a copy is told so")
    copy.walk("identity", "Right")
    copy.hands.press("Return")
    copy.until(SOON_S, scene="IdentityPage")
    copy.keep("what a new identity costs")
    copy.walk("take", "Left")
    copy.hands.press("Return")
    for window in (copy, first):
        window.until(SOON_S, phase="lobby", drivers=3)
    copy.keep("the copy as another driver")
