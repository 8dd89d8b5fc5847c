"""A locked race: a wrong word is told, and may be mended; the right one lets in, and again."""

from __future__ import annotations

from typing import Final

from tests.windows.stage import OPENS_S, SOON_S, Stage, Window

WORD: Final = "three blue herons"
ASKED: Final = "Passphrase of Demo"


def locked_room(stage: Stage) -> None:
    """From the card: a wrong word, the right one, out and in again, also after a crash."""
    one, two = stage.lan.boxes
    kept = stage.folder / "word"
    kept.write_text(WORD)
    stage.bot(one, "max", "--players", "16", "--passphrase-file", str(kept))
    window = stage.window(two, "wendy")
    window.until(OPENS_S, nearby=["Demo"])
    window.hands.press("Return")
    window.until(SOON_S, asked=ASKED)
    window.hands.write("three blue hens")
    window.keep("a passphrase is asked for")
    window.hands.press("Return")
    window.until(SOON_S, lambda line: "passphrase" in _why(line), scene="RaceScene")
    window.rest(1.5)
    window.keep("a wrong passphrase is told")
    window.walk("passphrase", "Right")
    window.hands.press("Return")
    window.until(SOON_S, asked=ASKED)
    window.hands.press("Tab")  # "remember it on this machine"
    window.hands.write(WORD)
    window.keep("another is asked for")
    window.hands.press("Return")
    window.until(SOON_S, phase="lobby", drivers=2)
    window.hands.press("Escape")
    window.mean_it()
    window.until(SOON_S, scene="MenuScene")
    _come_back(window)
    window.run.kill()
    again = stage.window(two, "wendy")
    again.until(OPENS_S, nearby=["Demo"])
    again.keep("the menu after a crash")
    _come_back(again)


def _come_back(window: Window) -> None:
    """Come in again, without a word that is kept."""
    window.rest(2.0)
    window.hands.press("Return")
    window.until(SOON_S, scene="RaceScene")
    line = window.until(SOON_S, phase="lobby", drivers=2)
    assert not line.get("asked"), line


def _why(line: dict[str, object]) -> str:
    """Return what is read by who waits to get in."""
    return " ".join(str(line.get(part, "")) for part in ("failure", "waiting", "trouble"))
