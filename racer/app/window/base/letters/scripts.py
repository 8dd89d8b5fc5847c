"""Which script a character is of, and which font that we ship has it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class WritingSystem:
    """A way of writing, by its code of ISO 15924; the font of it that lies beside Play, if any."""

    code: str
    font: str = ""
    height: float = 1.0  # of its type, so that its marks stay within a line of ours


# By where their blocks begin; each reaches to the next. What stands between them has none.
_NONE: Final = WritingSystem("")
_LATIN: Final = WritingSystem("Latn", "NotoSans")
_GREEK: Final = WritingSystem("Grek", "NotoSans")
_ARABIC: Final = WritingSystem("Arab", "NotoSansArabic", 0.95)
_HEBREW: Final = WritingSystem("Hebr", "NotoSansHebrew")
_DEVANAGARI: Final = WritingSystem("Deva", "NotoSansDevanagari")
_GEORGIAN: Final = WritingSystem("Geor", "NotoSansGeorgian")
_CYRILLIC: Final = WritingSystem("Cyrl", "NotoSans")
_KHMER: Final = WritingSystem("Khmr", "NotoSansKhmer", 0.95)
_MYANMAR: Final = WritingSystem("Mymr", "NotoSansMyanmar", 0.88)
_ETHIOPIC: Final = WritingSystem("Ethi", "NotoSansEthiopic")
_HANGUL: Final = WritingSystem("Hang")
_KANA: Final = WritingSystem("Kana")
_HAN: Final = WritingSystem("Hani")
_BLOCKS: Final = {
    0x0000: _NONE,
    0x00C0: _LATIN,
    0x0300: WritingSystem("", "NotoSans"),
    0x0370: _GREEK,
    0x0400: _CYRILLIC,
    0x0530: WritingSystem("Armn", "NotoSansArmenian"),
    0x0590: _HEBREW,
    0x0600: _ARABIC,
    0x0700: WritingSystem("Syrc"),
    0x0750: _ARABIC,
    0x0780: WritingSystem("Thaa"),
    0x07C0: WritingSystem("Nkoo"),
    0x0800: _NONE,
    0x0870: _ARABIC,
    0x0900: _DEVANAGARI,
    0x0964: _NONE,  # dandas: of whatever stands before them
    0x0966: _DEVANAGARI,
    0x0980: WritingSystem("Beng", "NotoSansBengali"),
    0x0A00: WritingSystem("Guru", "NotoSansGurmukhi"),
    0x0A80: WritingSystem("Gujr", "NotoSansGujarati"),
    0x0B00: WritingSystem("Orya", "NotoSansOriya"),
    0x0B80: WritingSystem("Taml", "NotoSansTamil"),
    0x0C00: WritingSystem("Telu", "NotoSansTelugu"),
    0x0C80: WritingSystem("Knda", "NotoSansKannada"),
    0x0D00: WritingSystem("Mlym", "NotoSansMalayalam"),
    0x0D80: WritingSystem("Sinh", "NotoSansSinhala"),
    0x0E00: WritingSystem("Thai", "NotoSansThai", 0.92),
    0x0E80: WritingSystem("Laoo", "NotoSansLao", 0.92),
    0x0F00: WritingSystem("Tibt"),
    0x1000: _MYANMAR,
    0x10A0: _GEORGIAN,
    0x1100: _HANGUL,
    0x1200: _ETHIOPIC,
    0x13A0: _NONE,
    0x1780: _KHMER,
    0x1800: WritingSystem("Mong"),
    0x18B0: _NONE,
    0x19E0: _KHMER,
    0x1A00: _NONE,
    0x1C80: _CYRILLIC,
    0x1C90: _GEORGIAN,
    0x1CC0: _NONE,
    0x1E00: _LATIN,
    0x1F00: _GREEK,
    0x2000: WritingSystem("", "NotoSans"),
    0x2C60: _LATIN,
    0x2C80: _NONE,
    0x2D00: _GEORGIAN,
    0x2D30: _NONE,
    0x2D80: _ETHIOPIC,
    0x2DE0: _CYRILLIC,
    0x2E00: _NONE,
    0x2E80: _HAN,
    0x3000: _NONE,
    0x3041: _KANA,
    0x3100: WritingSystem("Bopo"),
    0x3130: _HANGUL,
    0x3190: _HAN,
    0x31F0: _KANA,
    0x3200: _NONE,
    0x3400: _HAN,
    0x4DC0: _NONE,
    0x4E00: _HAN,
    0xA000: _NONE,
    0xA640: _CYRILLIC,
    0xA6A0: _NONE,
    0xA720: _LATIN,
    0xA800: _NONE,
    0xA8E0: _DEVANAGARI,
    0xA900: _NONE,
    0xA960: _HANGUL,
    0xA980: _NONE,
    0xAA60: _MYANMAR,
    0xAA80: _NONE,
    0xAB00: _ETHIOPIC,
    0xAB30: _LATIN,
    0xAB70: _NONE,
    0xAC00: _HANGUL,
    0xD800: _NONE,
    0xF900: _HAN,
    0xFB00: _LATIN,
    0xFB13: WritingSystem("Armn", "NotoSansArmenian"),
    0xFB1D: _HEBREW,
    0xFB50: _ARABIC,
    0xFE00: _NONE,
    0xFE70: _ARABIC,
    0xFF00: _NONE,
    0xFF66: _KANA,
    0xFFA0: _HANGUL,
    0xFFE0: _NONE,
    0x20000: _HAN,
    0x323B0: _NONE,
}
_STARTS: Final = tuple(_BLOCKS)
_SCRIPTS: Final = tuple(_BLOCKS.values())

PICTURES: Final = "Zsye"
"""The code of ISO 15924 for emoji."""

_PICTURES_FROM: Final = "\U0001f000"
# Of the older pictures, those that are coloured without being asked to be (Emoji_Presentation).
_COLOURED: Final = frozenset(
    "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕"
)
_PLAINLY: Final = "\ufe0e"
_AS_PICTURE: Final = "\ufe0f"
_KEYCAP: Final = "\u20e3"


def script_of(char: str) -> WritingSystem:
    """Return the writing system of a character; one without a code for what is of all scripts."""
    return _SCRIPTS[bisect_right(_STARTS, ord(char)) - 1]


def is_coloured(grapheme: str) -> bool:
    """Tell whether a grapheme is meant to be a picture in colours."""
    if _PLAINLY in grapheme:
        return False
    first = grapheme[0]
    return (
        first in _COLOURED
        or _PICTURES_FROM <= first < "\U0001fb00"
        or _AS_PICTURE in grapheme
        or _KEYCAP in grapheme
    )


def is_silent(char: str) -> bool:
    """Tell whether nothing is drawn of a character itself: joiners, selectors, tags."""
    return (
        char in "\u200c\u200d"
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0000" <= char <= "\U000e0fff"
    )
