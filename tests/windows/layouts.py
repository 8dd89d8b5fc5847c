"""Ten keyboards: each drives, opens the chat, works in menus, pastes, and is shown as it is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.windows.stage import OPENS_S, SOON_S, Stage, Window

if TYPE_CHECKING:
    from tests.lan.lab import Line

PASTED: Final = "paste 42"
TURNED: Final = 0.05  # radians that a car has turned by then
TRIES_S: Final = 8.0  # against a wall nothing turns


@dataclass(frozen=True, slots=True)
class Layout:
    """A keyboard, and what a person reads on it. Keys are named by their places in the US."""

    name: str
    variant: str
    wheel: tuple[str, str, str, str]  # printed where W, A, S, D are in the US
    chat: tuple[str, str]  # which key opens the chat, and what is printed there
    open: tuple[str, str]  # … opens the form of a new race
    replays: tuple[str, str]  # … and the replays
    paste: str  # which key pastes with Ctrl
    typed: str  # what E, R, Q write


LAYOUTS: Final = (
    Layout("us", "", ("W", "A", "S", "D"), ("T", "T"), ("N", "N"), ("V", "V"), "V", "erq"),
    Layout("de", "", ("W", "A", "S", "D"), ("T", "T"), ("N", "N"), ("V", "V"), "V", "erq"),
    Layout("fr", "", ("Z", "Q", "S", "D"), ("T", "T"), ("N", "N"), ("V", "V"), "V", "era"),
    Layout("us", "dvorak", (",", "A", "O", "E"), ("K", "T"), ("L", "N"), (".", "V"), ".", ".p'"),
    Layout("ru", "", ("Ц", "Ф", "Ы", "В"), ("T", "Е"), ("N", "Т"), ("V", "М"), "V", "укй"),
    Layout("gr", "", ("Σ", "Α", "Σ", "Δ"), ("T", "Τ"), ("N", "Ν"), ("V", "Ω"), "V", "ερ;"),
    Layout("il", "", ("'", "ש", "ד", "ג"), ("T", "א"), ("N", "מ"), ("V", "ה"), "V", "קר/"),
    Layout("ara", "", ("ص", "ش", "س", "ي"), ("T", "ف"), ("N", "ى"), ("V", "ر"), "V", "ثقض"),
    Layout("jp", "", ("W", "A", "S", "D"), ("T", "T"), ("N", "N"), ("V", "V"), "V", "erq"),
    Layout("tr", "", ("W", "A", "S", "D"), ("T", "T"), ("N", "N"), ("V", "V"), "V", "erq"),
)


def ten_layouts(stage: Stage) -> None:
    """On each keyboard the menu's letters, driving, chat and paste work as its keys say."""
    stage.lan.boxes[0].unplug()
    window = stage.window(stage.lan.boxes[0], "wendy")
    window.until(OPENS_S, scene="MenuScene")
    for layout in LAYOUTS:
        _use(window, layout)
        window.hands.strike(layout.open[0])
        window.until(SOON_S, ring="open")
        window.hands.press("Escape")
        window.until(SOON_S, lambda line: line.get("ring") != "open", scene="MenuScene")
        window.hands.strike(layout.replays[0])
        window.until(SOON_S, scene="Theatre")
        window.hands.press("Escape")
        window.until(SOON_S, scene="MenuScene")
    window.layout("us")
    window.race_alone()
    for layout in LAYOUTS:
        _use(window, layout)
        _drives(window)
        _chats(window, layout)
        if layout.name in {"fr", "ru", "ara"}:
            window.keep(f"a race on {layout.name}")


def _use(window: Window, layout: Layout) -> None:
    """Take up a keyboard; what is shown follows it."""
    window.layout(layout.name, layout.variant)
    hints = {"chat": layout.chat[1], "new-race": layout.open[1], "replays": layout.replays[1]}
    window.until(SOON_S, lambda line: hints.items() <= line["hints"].items(), wheel=[*layout.wheel])


def _drives(window: Window) -> None:
    """Pull away forwards or, after a wall, backwards, and steer: by the places of W, A, S, D."""
    heading = window.newest(0)["heading"]

    def turns(line: Line) -> bool:
        return bool(abs(line.get("heading", heading) - heading) > TURNED)

    for keys, patience_s in ((("W", "A"), TRIES_S), (("S", "D"), SOON_S)):
        window.hands.keep_down(*keys)
        with suppress(AssertionError):
            window.until(patience_s, turns)
            return window.hands.keep_down()
    raise AssertionError("the car does not turn")


def _chats(window: Window, layout: Layout) -> None:
    window.copy(f"{PASTED} {layout.name} {layout.variant}".strip())
    window.hands.strike(layout.chat[0])
    window.until(SOON_S, typing=True)
    window.hands.strike("E", "R", "Q")
    window.until(SOON_S, typed=layout.typed)
    window.hands.press("space")
    window.hands.strike(layout.paste, held="ctrl")
    words = f"{layout.typed} {PASTED} {layout.name} {layout.variant}".strip()
    window.until(SOON_S, typed=words)
    window.hands.press("Return")
    window.until(SOON_S, lambda line: words in line.get("said", ()), typing=False)
