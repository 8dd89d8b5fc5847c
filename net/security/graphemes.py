"""What a person takes for one character: extended grapheme clusters.

Source: UAX #29, revision 41 (Unicode 15.0), table 1b and rules GB3 to GB999. Controls are nothing
special here: no cleaned text holds any.
"""

from __future__ import annotations

from typing import Final

from net.security.unicode_ranges import EXTENDING, PICTURES, PREPENDED, SPACING

ZWJ: Final = "\u200d"
_PLAIN_BELOW: Final = "\u0300"  # up to here each character stands alone, but behind a joiner
_REGIONAL: Final = ("\U0001f1e6", "\U0001f1ff")


def graphemes(text: str) -> list[str]:
    """Return a text in its graphemes; joined they are the text again."""
    if text.isascii():
        return list(text)
    parts: list[str] = []
    start = 0
    for at in range(1, len(text)):
        if _breaks_before(text, start, at):
            parts.append(text[start:at])
            start = at
    return [*parts, text[start:]]


def _breaks_before(text: str, start: int, at: int) -> bool:
    """Tell whether a grapheme that began at `start` ends before `at`."""
    before, after = text[at - 1], text[at]
    if after < _PLAIN_BELOW and before != ZWJ:
        return before not in PREPENDED  # GB9b
    if after in EXTENDING or after == ZWJ or after in SPACING:  # GB9, GB9a
        return False
    if before in PREPENDED:
        return False
    if before == ZWJ and after in PICTURES:  # GB11
        return not _is_picture(text[start:at])
    if _is_regional(before) and _is_regional(after):  # GB12, GB13
        return (at - start) % 2 == 0  # a grapheme of them began with the first
    return not _joins_hangul(before, after)


def _is_picture(part: str) -> bool:
    """Whether a part that ends in a joiner goes on from a picture, with marks between at most."""
    at = len(part) - 2
    while at > 0 and part[at] in EXTENDING:
        at -= 1
    return part[at] in PICTURES


def _is_regional(char: str) -> bool:
    return _REGIONAL[0] <= char <= _REGIONAL[1]


def _joins_hangul(before: str, after: str) -> bool:
    """GB6 to GB8: a syllable of leading, vowel and trailing jamo, some of them made up already."""
    match _hangul_kind(after):
        case "L" | "LV" | "LVT":
            return _hangul_kind(before) == "L"
        case "V":
            return _hangul_kind(before) in {"L", "V", "LV"}
        case "T":
            return _hangul_kind(before) in {"V", "T", "LV", "LVT"}
        case _:
            return False


def _hangul_kind(char: str) -> str:
    """Return the Hangul_Syllable_Type, or nothing."""
    if "\u1100" <= char <= "\u115f" or "\ua960" <= char <= "\ua97c":
        return "L"
    if "\u1160" <= char <= "\u11a7" or "\ud7b0" <= char <= "\ud7c6":
        return "V"
    if "\u11a8" <= char <= "\u11ff" or "\ud7cb" <= char <= "\ud7fb":
        return "T"
    if "\uac00" <= char <= "\ud7a3":
        return "LV" if (ord(char) - 0xAC00) % 28 == 0 else "LVT"
    return ""
