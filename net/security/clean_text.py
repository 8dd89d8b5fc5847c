"""Cleaning what peers call themselves: it is drawn, logged and typed into terminals."""

from __future__ import annotations

import unicodedata
from typing import Final

_COMBINING_MAX: Final = 2  # marks on one letter: enough for Vietnamese, too few to flood a screen
_SPACES: Final = frozenset({"Zs", "Zl", "Zp"})
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # controls, bidi, surrogates, unknown
_BLANK: Final = frozenset("\t\n\r\u115f\u1160\u2800\u3164\uffa0")  # letters drawn as nothing
_MARKS: Final = frozenset({"Mn", "Me", "Mc"})


def clean_text(text: str, chars_max: int) -> str:
    """Return what of a text may be shown on one line: at most `chars_max` characters, perhaps none.

    Controls, direction marks, invisible and unassigned characters go; any white space becomes one
    space; of stacked combining marks the first two stay, and none without a letter below.
    Cleaning what is clean changes nothing.
    """
    visible = "".join(_visible_char(char) for char in text[: 8 * chars_max])
    shown: list[str] = []
    marks = _COMBINING_MAX  # none at the start: a mark needs a letter below it
    for char in " ".join(unicodedata.normalize("NFC", visible).split()):
        if unicodedata.category(char) in _MARKS:
            if marks < _COMBINING_MAX:
                shown.append(char)
            marks += 1
        else:
            shown.append(char)
            marks = _COMBINING_MAX if char == " " else 0
    return "".join(shown[:chars_max]).strip()


def _visible_char(char: str) -> str:
    category = unicodedata.category(char)
    if category in _SPACES or char in _BLANK:
        return " "
    return "" if category in _INVISIBLE else char
