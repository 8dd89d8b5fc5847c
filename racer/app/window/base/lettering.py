"""Words on the screen: pictures of text that are made once.

The drawing library fails on NUL, on lone surrogates and on lines of nothing but zero-width marks,
and very long lines cost seconds. So every string passes `clean` on its way to a font.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, final

import pygame

from racer.app.window.base.kept_pictures import MEGABYTE, KeptPictures
from racer.app.window.base.letters.bidi import reads_from_right
from racer.app.window.base.letters.cleaning import SHOWN_CHARS_MAX, clean, graphemes
from racer.app.window.base.letters.typesetting import Type, Typesetter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

Colour: TypeAlias = tuple[int, int, int]

WHITE: Final = (255, 255, 255)
WIDTHS_MAX: Final = 600  # a full screen of text has about a hundred, of which a few change
BYTES_MAX: Final = 6 * MEGABYTE  # of pictures: such a screen has 0.6 at 720 pixels, 5 at 2160


@final
class Lettering:
    """Renders text, in the game's typeface where it can, and keeps the pictures of the last lines.

    Wherever a text has a direction of its own, that is asked for: a sentence of ours that holds a
    name from elsewhere still reads from the left. What a person wrote reads as its first letter.
    """

    def __init__(self, setter: Typesetter | None = None) -> None:
        self.renewals = 0  # how often texts have begun to look otherwise
        self._setter = setter if setter is not None else Typesetter()
        self._faces = self._setter.faces
        self._widths: dict[tuple[str, int, bool], int] = {}
        self._fitted: dict[tuple[str, int, int, bool], str] = {}
        self._pictures: KeptPictures[tuple[str, int, Colour, bool, bool]] = KeptPictures(BYTES_MAX)

    @property
    def lacking(self) -> AbstractSet[str]:
        """The scripts, by their codes of ISO 15924, that were asked for and no font here has."""
        return self._setter.lacking

    def picture(
        self, text: str, size: int, colour: Colour, *, bold: bool = False, own_way: bool = False
    ) -> pygame.Surface:
        """Return a text as a picture with alpha; it is shared, so leave it unchanged.

        Args:
            text: any string at all; it is cleaned here.
            size: height of the type in pixels, at least 1.
            colour: red, green, blue.
            bold: the heavier cut.
            own_way: read from the right where the first letter is of such a script.
        """
        if self._faces.waits and self._faces.is_news():
            self._forget_pictures()
        key = (text[: 4 * SHOWN_CHARS_MAX], size, colour, bold, own_way)
        picture = self._pictures.get(key)
        if picture is None:
            how = _type_of(text, size, bold, own_way)
            picture = self._pictures.keep(key, self._draw_line(_shown_part(text), how, colour))
        return picture

    def width(self, text: str, size: int, *, bold: bool = False) -> int:
        """Return how wide a text is in pixels, without drawing it."""
        key = (text[: 4 * SHOWN_CHARS_MAX], size, bold)
        width = self._widths.get(key)
        if width is None:
            if len(self._widths) >= WIDTHS_MAX:
                self._widths.clear()
            how = _type_of(text, size, bold, False)
            width = self._widths[key] = self._measure_line(_shown_part(text), how)
        return width

    def make_letters(self, text: str, size: int, bold: bool) -> None:
        """Have the letters of a text made, of this size, so that no line waits for them."""
        self._draw_line(text, Type(size, bold), WHITE)

    def caret_x(self, text: str, at: int, size: int) -> int:
        """Return where a caret stands in a text that reads its own way [pixels].

        Args:
            at: the caret stands before the character of this index.
        """
        try:
            return self._setter.caret_x(text, at, _type_of(text, size, False, True))
        except (pygame.error, ValueError, OSError):
            return 0

    def fitted(self, text: str, width: int, size: int, *, bold: bool = False) -> str:
        """Return a text as it is if it is not wider than so many pixels, else its beginning."""
        key = (text[: 4 * SHOWN_CHARS_MAX], width, size, bold)
        fitted = self._fitted.get(key)
        if fitted is None:
            if len(self._fitted) >= WIDTHS_MAX:
                self._fitted.clear()
            fits = self.width(text, size, bold=bold) <= width
            how = _type_of(text, size, bold, False)
            fitted = text if fits else self._cut_to_width(clean(text), width, how)
            self._fitted[key] = fitted
        return fitted

    def _forget_pictures(self) -> None:
        """Let all be drawn anew: with more fonts it looks otherwise."""
        self.renewals += 1
        self._pictures.clear()
        self._widths.clear()
        self._fitted.clear()

    def _cut_to_width(self, text: str, width: int, how: Type) -> str:
        parts = graphemes(text)
        fits, most = 0, len(parts) - 1
        while fits < most:  # bisected: a line that is measured at each of its letters costs 0.3 s
            middle = (fits + most + 1) // 2
            if self._measure_line(_cut_after(parts, middle), how) <= width:
                fits = middle
            else:
                most = middle - 1
        return _cut_after(parts, fits) if fits > 0 else ""

    def _measure_line(self, text: str, how: Type) -> int:
        try:
            return self._setter.width(text, how)
        except (pygame.error, ValueError, OSError):
            return 0

    def _draw_line(self, text: str, how: Type, colour: Colour) -> pygame.Surface:
        try:
            return self._setter.draw(text, how, colour)
        except (pygame.error, ValueError, OSError):
            # Nothing a peer writes may end the race: what has no picture is left out.
            return pygame.Surface((1, how.size), pygame.SRCALPHA)


def _cut_after(parts: Sequence[str], count: int) -> str:
    return "".join(parts[:count]).rstrip() + "…"


def _type_of(text: str, size: int, bold: bool, own_way: bool) -> Type:
    from_right = own_way and not text.isascii() and reads_from_right(text)
    return Type(max(1, min(400, size)), bold, from_right)


def _shown_part(text: str) -> str:
    """Return what is drawn of a text; of the blanks at its end one stays, for who types it."""
    cleaned = clean(text)
    return f"{cleaned} " if cleaned and text[-1] == " " else cleaned
