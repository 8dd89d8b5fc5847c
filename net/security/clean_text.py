"""Cleaning what people write: it is drawn, logged and typed into terminals.

This is the one place where it is decided what of a text may be shown. Whatever Python a node runs
on, the same text comes out: what is decided here counts in the folds that members compare.
"""

from __future__ import annotations

from typing import Final
from unicodedata import ucd_3_2_0  # the one database that is the same in every Python

from net.security.graphemes import ZWJ, graphemes
from net.security.unicode_ranges import (
    BLANK,
    EXTENDING,
    JOINING,
    PICTURES,
    SPACING,
    STACKED,
    TAGS,
    UNSHOWN,
    VARIATIONS,
    VARYING,
    VIRAMAS,
)

_STACKED_MAX: Final = 2  # marks for any script on one letter: enough for Vietnamese …
_MARKS_MAX: Final = 7  # … and of all marks: enough for Tibetan; towers flood a screen
_GRAPHEME_CHARS_MAX: Final = 20  # a flag of tags has 7, a family with skins 11, a kiss 10
_ZWNJ: Final = "\u200c"
_FLAG: Final = "\U0001f3f4"  # what tags stand behind …
_TAG_END: Final = "\U000e007f"  # … and how they end
_FLAG_TAGS: Final = range(3, 8)


def clean_text(text: str, chars_max: int) -> str:
    """Return what of a text may be shown on one line: at most `chars_max` characters, perhaps none.

    Controls, direction marks and what is invisible go; white space of any kind becomes one space;
    of towers of marks the first ones stay, and none without a letter below. Joiners, variation
    selectors and tags stay where a script or a picture needs them. No grapheme is cut in two.
    Cleaning what is clean changes nothing.
    """
    text = text[: 8 * chars_max]
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:chars_max].rstrip()
    while (cleaner := _clean_once(text, chars_max)) != text:
        text = cleaner  # what went may have stood between a letter and a mark that make another
    return text


def _clean_once(text: str, chars_max: int) -> str:
    seen = "".join(" " if char in BLANK else char for char in text if char not in UNSHOWN)
    words = " ".join(ucd_3_2_0.normalize("NFC", seen).split())
    kept: list[str] = []
    room = chars_max
    for part in graphemes(_without_lone_joiners(words)):
        shown = _cleaned_grapheme(part)
        if shown == " " and (not kept or kept[-1] == " "):
            continue
        room -= len(shown)
        if room < 0:
            break
        kept.append(shown)
    return "".join(kept).rstrip(" ")


def _without_lone_joiners(text: str) -> str:
    """Leave joiners only where they change what is seen."""
    if ZWJ not in text and _ZWNJ not in text:
        return text
    kept: list[str] = []
    for at, char in enumerate(text):
        if char not in {ZWJ, _ZWNJ} or _is_needed_joiner(kept, text[at : at + 2]):
            kept.append(char)
    return "".join(kept)


def _is_needed_joiner(before: list[str], here: str) -> bool:
    """Tell whether a joiner belongs between what is kept and what follows it.

    Args:
        here: the joiner and what follows, if anything does.
    """
    if not before:
        return False
    last, after = before[-1], here[1:]
    if last in VIRAMAS:
        return True
    if not after:
        return False
    if here[0] == ZWJ and after in PICTURES:
        base = last if len(before) < 2 or last not in EXTENDING else before[-2]
        return last in PICTURES or base in PICTURES
    return last in JOINING and after in JOINING


def _cleaned_grapheme(part: str) -> str:
    """Return what of a grapheme may be shown; nothing, where its marks have no letter."""
    if len(part) == 1 and part not in EXTENDING and part not in SPACING:
        return part
    base, kept, marks, stacked = part[0], "", 0, 0
    if base == " ":
        return base
    if base in EXTENDING or base in SPACING or base == ZWJ:
        return base if "\U0001f3fb" <= base <= "\U0001f3ff" else ""  # a skin is a picture, too
    for char in part[:_GRAPHEME_CHARS_MAX]:
        if char in VARIATIONS:
            if kept and kept[-1] not in VARIATIONS and _may_vary(kept[-1]):
                kept += char
            continue
        if char in TAGS:
            continue
        if char in STACKED:
            stacked += 1
        if char in EXTENDING or char in SPACING:
            marks += 1
        if marks > _MARKS_MAX or (char in STACKED and stacked > _STACKED_MAX):
            continue
        kept += char
    return kept + _flag_tags(part)


def _may_vary(char: str) -> bool:
    return char in PICTURES or char in VARYING


def _flag_tags(part: str) -> str:
    """Return the tags behind a flag, if they name one."""
    if part[0] != _FLAG:
        return ""
    tags = part[1:]
    named = tags.endswith(_TAG_END) and len(tags) in _FLAG_TAGS and all(t in TAGS for t in tags)
    return tags if named and _TAG_END not in tags[:-1] else ""
