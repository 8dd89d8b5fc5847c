"""Keys by their place on a keyboard, buttons by their place on a pad, and what a file calls them.

A place has the number that USB gives it, whatever is printed there, and is named by what a US
keyboard has in that place. Buttons are named as SDL names them, after the pad of an Xbox.
"""

from __future__ import annotations

from string import ascii_uppercase
from typing import Final

_NAMED: Final = (
    *((40 + k, name) for k, name in enumerate(("Enter", "Esc", "Backspace", "Tab", "Space"))),
    *((45 + k, char) for k, char in enumerate("-=[]\\#;'`,./")),
    *((76 + k, name) for k, name in enumerate(("Delete", "End", "Page Down"))),
    *((79 + k, name) for k, name in enumerate(("Right", "Left", "Down", "Up"))),
    *((73 + k, name) for k, name in enumerate(("Insert", "Home", "Page Up"))),
    *((84 + k, f"Num {name}") for k, name in enumerate("/*-+")),
    (88, "Num Enter"),
    *((89 + k, f"Num {(k + 1) % 10}") for k in range(10)),
    (99, "Num ."),
    (100, "<"),
    (101, "Menu"),
    (103, "Num ="),
    *((104 + k, f"F{13 + k}") for k in range(12)),
    (133, "Num ,"),
    (135, "Ro"),
    (136, "Kana"),
    (137, "Yen"),
    (138, "Henkan"),
    (139, "Muhenkan"),
    (144, "Hangul"),
    (145, "Hanja"),
    *((224 + k, f"Left {name}") for k, name in enumerate(("Ctrl", "Shift", "Alt", "Super"))),
    *((228 + k, f"Right {name}") for k, name in enumerate(("Ctrl", "Shift", "Alt", "Super"))),
)

NAMES: Final[dict[int, str]] = {
    **{4 + k: letter for k, letter in enumerate(ascii_uppercase)},
    **{30 + k: f"{(k + 1) % 10}" for k in range(10)},
    **{58 + k: f"F{k + 1}" for k in range(12)},
    **dict(_NAMED),
}
"""What a US keyboard has in a place, or who has keys there that it lacks.

Keys that lock, or that many systems keep for themselves, have no name and cannot be bound.
"""

PLACES: Final[dict[str, int]] = {name: place for place, name in NAMES.items()}

ELSEWHERE: Final = frozenset({PLACES["Ro"], PLACES["Yen"]})
"""Keys that no US keyboard has, and that have a sign of the layout on them."""

BUTTON_NAMES: Final = (
    "A", "B", "X", "Y", "Back", "Guide", "Start", "Left stick", "Right stick", "Left shoulder",
    "Right shoulder", "Cross up", "Cross down", "Cross left", "Cross right", "Share",
    "Paddle 1", "Paddle 2", "Paddle 3", "Paddle 4", "Touchpad",
)  # fmt: skip
"""By SDL's number; all that SDL 2 has. Only the first fifteen are on every pad."""

BUTTON_LABELS: Final = tuple(
    f"{name} click" if name in {"Left stick", "Right stick"} else name for name in BUTTON_NAMES
)
"""As people read it: a stick is pushed to steer, and clicked to be a button."""

BUTTONS: Final[dict[str, int]] = {name: number for number, name in enumerate(BUTTON_NAMES)}
