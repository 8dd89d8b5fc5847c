"""Where scenes draw: a surface of any size, seen as 720 units high and at least 1280 wide."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.figures import Figures
from racer.app.window.base.kept_pictures import MEGABYTE, KeptPictures
from racer.app.window.base.lettering import Lettering
from racer.app.window.base.letters.beforehand import LettersBeforehand
from racer.app.window.base.letters.wrapping import wrapped
from racer.app.window.base.paints import Eyes, paint
from racer.app.window.base.palette import PANEL, WHITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour

HEIGHT: Final = 720.0
WIDTH_MIN: Final = 1280.0
SMOOTH: Final = 3  # panels are drawn so many times larger, then shrunk: round corners without steps
PANELS_BYTES_MAX: Final = 5 * MEGABYTE  # of pictures, or twice as much as the canvas has
SIDE_PX_MAX: Final = 4096  # of a panel
STRIP_PX: Final = 64  # rows of a panel, between its corners, that its picture has
LETTERS_PX_MIN: Final = 11  # lower ones are hard to read, and run into each other
SHADE: Final = (8, 10, 16)  # behind text over the track


@final
class Canvas:
    """Draws in logical units, so that scenes look alike in a window of any size.

    A unit is 1/720 of the height, or less where the window is narrower than 16:9.

    Args:
        surface: what is drawn onto.
        width_min: units that are seen across it at least.
    """

    def __init__(self, surface: pygame.Surface, width_min: float = WIDTH_MIN) -> None:
        self.letters = Lettering()
        self._beforehand = LettersBeforehand(self.letters.make_letters)
        self.figures = Figures()  # how times and speeds are written
        self.eyes = Eyes.ANY  # that the paints of cars are chosen for
        self._growth = 1.0  # of small letters
        self._apart = False  # whether it is drawn for later
        self._width_min = width_min
        self._panels: KeptPictures[tuple[int, int, Colour, int, int]] = KeptPictures(
            PANELS_BYTES_MAX
        )
        self.surface = surface
        self.scale = 1.0
        self.width = WIDTH_MIN
        self.height = HEIGHT
        self.fit(surface)

    def fit(self, surface: pygame.Surface) -> None:
        """Draw onto this surface from now on; its size may have changed."""
        width, height = surface.get_size()
        scale = max(0.2, min(height / HEIGHT, width / self._width_min))
        if scale != self.scale:
            self._panels.clear()
            self._panels.bytes_max = max(PANELS_BYTES_MAX, 8 * width * height)
        self.surface, self.scale = surface, scale
        self.width, self.height = width / scale, height / scale

    @property
    def manner(self) -> tuple[float, float, Figures, int, Eyes]:
        """All that one and the same thing may be drawn differently by."""
        return (self.scale, self._growth, self.figures, self.letters.renewals, self.eyes)

    def grow_text(self, growth: float) -> None:
        """Draw letters larger from now on, or smaller: those as tall as a line, not headings."""
        self._growth = growth

    def write_like(self, other: Canvas) -> None:
        """Have letters, figures and paints as another canvas has them."""
        self.figures, self._growth, self.eyes = other.figures, other._growth, other.eyes

    def paint(self, number: int) -> Colour:
        """Return the colour of a car by its number, as whoever looks at this has it."""
        return paint(number, self.eyes)

    def _letter_px(self, size: float) -> int:
        """Return how high letters are drawn whose size is given in units [pixels]."""
        growth = self._growth
        if growth != 1.0:  # as much as that up to 16 units, nothing from 30 on
            size *= 1.0 + (growth - 1.0) * min(1.0, max(0.0, (30.0 - size) / 14.0))
        return max(LETTERS_PX_MIN, round(size * self.scale))

    def make_letters_ahead(self) -> bool:
        """Make letters that scenes will write, for two milliseconds; return whether any lacked."""
        return self._beforehand.step((self.scale, self._growth), self._letter_px)

    def px(self, units: float) -> int:
        """Return a length in pixels."""
        return round(units * self.scale)

    def rect(self, x: float, y: float, width: float, height: float) -> pygame.Rect:
        return pygame.Rect(self.px(x), self.px(y), self.px(width), self.px(height))

    def text(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        colour: Colour = WHITE,
        *,
        bold: bool = False,
        align: float = 0.0,
        fade: float = 1.0,
        shadow: bool = False,
        own_way: bool = False,
    ) -> float:
        """Draw one line of text, and return its width.

        Args:
            text: any string; what cannot be drawn is left out.
            x, y: the top left corner, or where `align` puts it.
            size: height of the type.
            align: 0 begins at x, 0.5 is centred on it, 1 ends there.
            fade: 1 is opaque, 0 invisible.
            shadow: a dark copy behind, for text over the track.
            own_way: what a person wrote: it may read from the right.
        """
        if fade <= 0.02:
            return 0.0
        scale = self.scale  # there are sixty texts in a frame: each call here is counted
        pixels = self._letter_px(size)
        picture = self.letters.picture(text, pixels, colour, bold=bold, own_way=own_way)
        width: int = picture.get_width()
        left, top = round(x * scale) - round(align * width), round(y * scale)
        top -= (pixels - round(size * scale)) * 5 // 8  # larger ones stand about the same middle
        if shadow:
            dark = self.letters.picture(text, pixels, SHADE, bold=bold, own_way=own_way)
            away = max(1, min(pixels // 14, self.px(3)))
            self.lay(dark, left + away, top + away, fade if pixels < 24 else fade * 0.7)
        self.lay(picture, left, top, fade)
        return width / scale

    def text_width(self, text: str, size: float, *, bold: bool = False) -> float:
        return self.letters.width(text, self._letter_px(size), bold=bold) / self.scale

    def rows(self, text: str, width: float, size: float, *, indent: float = 0.0) -> list[str]:
        """Return a clean text in rows that are to be drawn one below the other.

        Args:
            text: what is to be read whole; words stay together where they can.
            width: units that a row is wide at most.
            size: height of the type, as `text` takes it; not bold.
            indent: units by which the first row is shorter: something stands before it.

        Returns:
            One row at least, "" for an empty text; what is more than fits ROWS_MAX is cut, and an
            ellipsis tells so.
        """
        return wrapped(partial(self.text_width, size=size), text, width, indent)

    def caret_x(self, text: str, at: int, size: float) -> float:
        """Return where a caret before this character stands in a text that reads its own way."""
        return self.letters.caret_x(text, at, self._letter_px(size)) / self.scale

    def fitted(self, text: str, width: float, size: float, *, bold: bool = False) -> str:
        """Return a text, cut where it would be wider than this."""
        pixels = self._letter_px(size)
        return self.letters.fitted(text, int(width * self.scale), pixels, bold=bold)

    @contextmanager
    def clipped(self, x: float, y: float, width: float, height: float) -> Iterator[None]:
        """Let nothing be drawn beyond a rectangle."""
        whole = self.surface.get_clip()
        self.surface.set_clip(self.rect(x, y, width, height).clip(whole))
        try:
            yield
        finally:
            self.surface.set_clip(whole)

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """Let nothing of what is drawn be seen: it is drawn for what is made and kept for it."""
        whole = self.surface.get_clip()
        self.surface.set_clip((0, 0, 0, 0))
        try:
            yield
        finally:
            self.surface.set_clip(whole)

    @contextmanager
    def apart(self, picture: pygame.Surface) -> Iterator[None]:
        """Draw texts and panels into a picture with alpha, to be laid over the canvas as a whole.

        That is done with BLEND_PREMULTIPLIED, and looks as if they had been drawn one by one.
        """
        whole, self.surface, self._apart = self.surface, picture, True
        try:
            yield
        finally:
            self.surface, self._apart = whole, False

    def panel(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: Colour = PANEL,
        alpha: int = 208,
        radius: float = 10.0,
    ) -> None:
        """Draw a translucent rounded rectangle."""
        pixels = self.rect(x, y, width, height)
        wide, high = (max(1, min(SIDE_PX_MAX, side)) for side in pixels.size)
        corner = max(0, min(self.px(radius), wide // 2, high // 2))
        kept = min(high, 2 * corner + STRIP_PX)
        key = (wide, kept, colour, alpha, corner)
        picture = self._panels.get(key)
        if picture is None:
            picture = self._panels.keep(key, _panel_picture(*key))
        left, top = pixels.topleft
        for at, rows in _panel_bands(high, kept, corner):
            self._lay_over(picture, (left, top + at), (0, rows[0], wide, rows[1]))

    def bar(
        self, x: float, y: float, width: float, height: float, colour: Colour, share: float = 1.0
    ) -> None:
        """Fill a plain rectangle, or the left share 0..1 of it."""
        self.surface.fill(colour, self.rect(x, y, width * min(1.0, max(0.0, share)), height))

    def lay(self, picture: pygame.Surface, left: int, top: int, fade: float = 1.0) -> None:
        """Draw a picture at a place in pixels; at a fade of 0 nothing of it is seen."""
        if fade >= 0.98:
            self._lay_over(picture, (left, top))
            return
        picture.set_alpha(round(255 * fade))
        self._lay_over(picture, (left, top))
        picture.set_alpha(255)

    def _lay_over(
        self,
        picture: pygame.Surface,
        at: tuple[int, int],
        part: tuple[int, int, int, int] | None = None,
    ) -> None:
        if not self._apart:
            self.surface.blit(picture, at, part)
            return
        laid = (picture if part is None else picture.subsurface(part)).premul_alpha()
        faded = picture.get_alpha()
        if faded is not None and faded < 255:
            laid.fill((faded,) * 4, special_flags=pygame.BLEND_RGBA_MULT)
        self.surface.blit(laid, at, None, pygame.BLEND_PREMULTIPLIED)


def _panel_bands(high: int, kept: int, corner: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield where the parts of a panel stand, and which rows of its picture they are.

    All between the corners looks alike: of a panel as large as the screen a strip is kept, for
    whole it would drive the pictures of all others out.
    """
    if high == kept:
        yield 0, (0, high)
        return
    head = kept - corner
    yield 0, (0, head)
    at, end = head, high - corner
    while at < end:
        rows = min(STRIP_PX, end - at)
        yield at, (corner, rows)
        at += rows
    if corner:
        yield end, (kept - corner, corner)


def _panel_picture(
    width: int, height: int, colour: Colour, alpha: int, radius: int
) -> pygame.Surface:
    flat = pygame.Surface((width, height), pygame.SRCALPHA)
    flat.fill((*colour, alpha))
    if radius < 1:
        return flat
    disc = _disc_picture(radius, alpha)
    for left, x in ((0, 0), (radius, width - radius)):  # a quarter of it for each corner
        for top, y in ((0, 0), (radius, height - radius)):
            flat.fill((*colour, 0), (x, y, radius, radius))
            flat.blit(disc, (x, y), (left, top, radius, radius), pygame.BLEND_RGBA_ADD)
    return flat


def _disc_picture(radius: int, alpha: int) -> pygame.Surface:
    """Return a disc without steps, to be added to a ground of its colour that is not seen."""
    side = 2 * radius
    large = pygame.Surface((side * SMOOTH, side * SMOOTH), pygame.SRCALPHA)
    pygame.draw.circle(large, (0, 0, 0, alpha), (radius * SMOOTH,) * 2, radius * SMOOTH)
    return pygame.transform.smoothscale(large, (side, side))
