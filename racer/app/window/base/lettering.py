"""Words on the screen: cleaning what peers wrote, and pictures of text that are made once.

The drawing library fails on NUL, on lone surrogates and on lines of nothing but zero-width marks,
and very long lines cost seconds. So every string passes `clean` on its way to a font.
"""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from importlib.resources import files
from io import BytesIO
from typing import Final, TypeAlias, final

import pygame

Colour: TypeAlias = tuple[int, int, int]

SHOWN_CHARS_MAX: Final = 240  # a chat line is shorter; more would leave the screen anyway
MARKS_MAX: Final = 2  # combining marks on one letter: more only smear over the lines around
PICTURES_MAX: Final = 600  # a full screen of text has about a hundred, of which a few change
FONT_FILES: Final = ("Play-Regular.ttf", "Play-Bold.ttf")


def clean(text: str, limit: int = SHOWN_CHARS_MAX) -> str:
    """Return a text that is safe to draw on one line, cut to `limit` characters.

    Control, format, surrogate, private and unassigned characters go; white space becomes one
    space; piled-up combining marks are cut. The result may be empty.
    """
    kept: list[str] = []
    marks = 0
    for char in text[: 4 * limit]:
        kind = unicodedata.category(char)
        if char.isspace():
            kept.append(" ")
        elif kind[0] == "M":
            marks += 1
            if kept and marks <= MARKS_MAX:
                kept.append(char)
        elif kind[0] != "C":
            kept.append(char)
            marks = 0
    return " ".join("".join(kept).split())[:limit]


@final
class Lettering:
    """Renders text in the game's typeface and keeps the pictures of the last lines."""

    def __init__(self) -> None:
        folder = files("racer") / "assets"
        self._bytes = tuple((folder / name).read_bytes() for name in FONT_FILES)
        self._fonts: dict[tuple[int, bool], pygame.font.Font] = {}
        self._widths: dict[tuple[str, int, bool], int] = {}
        self._fitted: dict[tuple[str, int, int, bool], str] = {}
        self._pictures: OrderedDict[tuple[str, int, Colour, bool], pygame.Surface] = OrderedDict()

    def picture(
        self, text: str, size: int, colour: Colour, *, bold: bool = False
    ) -> pygame.Surface:
        """Return a text as a picture with alpha; it is shared, so leave it unchanged.

        Args:
            text: any string at all; it is cleaned here.
            size: height of the type in pixels, at least 1.
            colour: red, green, blue.
            bold: the heavier cut.
        """
        key = (text[: 4 * SHOWN_CHARS_MAX], size, colour, bold)
        picture = self._pictures.get(key)
        if picture is None:
            picture = self._render_text(clean(text), size, colour, bold)
            self._pictures[key] = picture
            if len(self._pictures) > PICTURES_MAX:
                self._pictures.popitem(last=False)
        else:
            self._pictures.move_to_end(key)
        return picture

    def width(self, text: str, size: int, *, bold: bool = False) -> int:
        """Return how wide a text is in pixels, without drawing it."""
        key = (text[: 4 * SHOWN_CHARS_MAX], size, bold)
        width = self._widths.get(key)
        if width is None:
            if len(self._widths) >= PICTURES_MAX:
                self._widths.clear()
            width = self._widths[key] = self._measure_width(clean(text), size, bold)
        return width

    def fitted(self, text: str, width: int, size: int, *, bold: bool = False) -> str:
        """Return a text as it is if it is not wider than so many pixels, else its beginning."""
        key = (text[: 4 * SHOWN_CHARS_MAX], width, size, bold)
        fitted = self._fitted.get(key)
        if fitted is None:
            if len(self._fitted) >= PICTURES_MAX:
                self._fitted.clear()
            fits = self.width(text, size, bold=bold) <= width
            fitted = text if fits else self._cut_to_width(clean(text), width, size, bold)
            self._fitted[key] = fitted
        return fitted

    def _cut_to_width(self, text: str, width: int, size: int, bold: bool) -> str:
        for length in range(len(text) - 1, 0, -1):
            cut = text[:length].rstrip() + "…"
            if self._measure_width(cut, size, bold) <= width:
                return cut
        return ""

    def _measure_width(self, text: str, size: int, bold: bool) -> int:
        try:
            return self._font_of_size(size, bold).size(text)[0]
        except (pygame.error, ValueError, UnicodeError):
            return 0

    def _render_text(self, text: str, size: int, colour: Colour, bold: bool) -> pygame.Surface:
        try:
            return self._font_of_size(size, bold).render(text, True, colour)
        except (pygame.error, ValueError, UnicodeError):
            # Nothing a peer writes may end the race: what has no picture is left out.
            return pygame.Surface((1, max(1, size)), pygame.SRCALPHA)

    def _font_of_size(self, size: int, bold: bool) -> pygame.font.Font:
        size = max(1, min(400, size))
        font = self._fonts.get((size, bold))
        if font is None:
            font = _font_of_size(self._bytes[bold], size)
            self._fonts[size, bold] = font
        return font


def _font_of_size(data: bytes, size: int) -> pygame.font.Font:
    # From memory: inside a zipped package there is no path to open.
    return pygame.font.Font(BytesIO(data), size)
