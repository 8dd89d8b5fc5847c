"""Cuts a line into runs that one font draws in one direction, and draws them beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, final

import pygame

from racer.app.window.base.kept_pictures import MEGABYTE, KeptPictures
from racer.app.window.base.letters.bidi import levels, visual_order
from racer.app.window.base.letters.cleaning import graphemes
from racer.app.window.base.letters.scripts import PICTURES, is_coloured, script_of
from racer.app.window.base.letters.typefaces import PLAY, Face, Typefaces

if TYPE_CHECKING:
    from collections.abc import Iterator

Ink: TypeAlias = tuple[int, int, int]

PLAIN: Final = Face(PLAY[0], ours=True)
REACH: Final = 1.4  # of a line's height: what marks and tails of other scripts may take
PICTURES_BYTES_MAX: Final = 2 * MEGABYTE  # of coloured ones, kept at their size
PICTURE_HEIGHT: Final = 1.12  # of one in colours, beside the size of the type
DARK: Final = 40  # a shadow: of a picture in colours its outline
BOX_WIDTH: Final = 0.72  # of what no font has
BOX_DIGITS_FROM: Final = 14  # pixels: in a smaller box no digit could be read
WHITE: Final = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a line, as it is drawn at once."""

    text: str
    start: int  # where it begins in the line
    face: Face | None  # None: boxes
    script: str
    from_right: bool
    level: int


@dataclass(frozen=True, slots=True)
class Type:
    """How a line is set."""

    size: int  # height in pixels
    bold: bool = False
    from_right: bool = False  # the whole line, as its first letter asks


@final
class Typesetter:
    """Measures and draws lines of clean text."""

    def __init__(self, faces: Typefaces | None = None) -> None:
        self.faces = faces if faces is not None else Typefaces()
        self.lacking: set[str] = set()  # scripts that nothing here can show
        self._pictures: KeptPictures[tuple[str, int]] = KeptPictures(PICTURES_BYTES_MAX)

    def width(self, text: str, how: Type) -> int:
        """Return how wide a line is [pixels]."""
        return sum(self._run_width(run, how) for run in self._runs(text, how))

    def caret_x(self, text: str, at: int, how: Type) -> int:
        """Return where a caret stands that is before the character at this index [pixels].

        It follows what was typed last: behind a letter that is written from the right, that is
        at its left.
        """
        x = 0
        here = max(at - 1, 0)
        for run in self._runs(text, how):
            width = self._run_width(run, how)
            if run.start <= here < run.start + len(run.text):
                before = min(width, self._text_width(run, run.text[: at - run.start], how))
                return x + width - before if run.from_right else x + before
            x += width
        return 0

    def draw(self, text: str, how: Type, colour: Ink) -> pygame.Surface:
        """Return a line as a picture with alpha, at least a pixel wide."""
        runs = self._runs(text, how)
        if len(runs) == 1 and runs[0].face == PLAIN:
            return self._open_font(runs[0], how).render(text, True, colour)
        play = self.faces.open(PLAIN, how.size, bold=how.bold, from_right=False)
        ascent, height = play.get_ascent(), play.get_height()
        drawn = [self._draw_run(run, how, colour, ascent) for run in runs]
        width = sum(picture.get_width() for picture, _ in drawn)
        lowest = max((y + picture.get_height() for picture, y in drawn), default=height)
        size = (max(1, width), max(height, min(lowest, round(height * REACH))))
        line = pygame.Surface(size, pygame.SRCALPHA)
        x = 0
        for picture, y in drawn:
            line.blit(picture, (x, y))
            x += picture.get_width()
        return line

    def _runs(self, text: str, how: Type) -> list[Run]:
        """Return the runs of a line from left to right."""
        if text.isascii() and not how.from_right:
            return [Run(text, 0, PLAIN, "", from_right=False, level=0)] if text else []
        found = list(self._logical_runs(text, how.from_right))
        return [found[k] for k in visual_order([run.level for run in found])]

    def _logical_runs(self, text: str, from_right: bool) -> Iterator[Run]:
        level_of = levels(text, from_right=from_right)
        start = at = 0
        current: tuple[Face | None, str, int] | None = None
        for part in graphemes(text):
            face = self.faces.face_of(part)
            code = "" if face == PLAIN else script_of(part[0]).code
            if current is not None and not code and current[0] == face:
                code = current[1]  # marks and digits go with the letters before them
            if face is None and self.faces.system.is_known:
                self.lacking.add(PICTURES if is_coloured(part) else script_of(part[0]).code)
            this = (face, code, level_of[at])
            if current is not None and this != current:
                yield _make_run(text[start:at], start, current)
                start = at
            current = this
            at += len(part)
        if current is not None:
            yield _make_run(text[start:], start, current)

    def _open_font(self, run: Run, how: Type) -> pygame.font.Font:
        assert run.face is not None
        return self.faces.open(
            run.face, how.size, bold=how.bold, script=run.script, from_right=run.from_right
        )

    def _run_width(self, run: Run, how: Type) -> int:
        return self._text_width(run, run.text, how)

    def _text_width(self, run: Run, text: str, how: Type) -> int:
        if run.face is None:
            return len(graphemes(text)) * _box_width(how.size)
        if run.face.coloured:
            height = round(how.size * PICTURE_HEIGHT)
            return sum(
                self._coloured_picture(part, run, height).get_width() for part in graphemes(text)
            )
        return self._open_font(run, how).size(text)[0]

    def _draw_run(
        self, run: Run, how: Type, colour: Ink, ascent: int
    ) -> tuple[pygame.Surface, int]:
        """Return a run as a picture, and how far below the top of the line it stands."""
        if run.face is None:
            return self._draw_boxes(run, how, colour), 0
        if run.face.coloured:
            return self._draw_coloured(run, how, colour)
        font = self._open_font(run, how)
        return font.render(run.text, True, colour), ascent - font.get_ascent()

    def _draw_coloured(self, run: Run, how: Type, colour: Ink) -> tuple[pygame.Surface, int]:
        height = round(how.size * PICTURE_HEIGHT)
        parts = graphemes(run.text)
        pictures = [self._coloured_picture(part, run, height) for part in parts]
        if run.from_right:
            pictures.reverse()
        width = sum(picture.get_width() for picture in pictures)
        line = pygame.Surface((width, height), pygame.SRCALPHA)
        x = 0
        for picture in pictures:
            line.blit(picture, (x, 0))
            x += picture.get_width()
        if max(colour) < DARK:
            line.fill((*colour, 255), special_flags=pygame.BLEND_RGBA_MULT)
        return line, max(0, round(how.size * 0.03))

    def _coloured_picture(self, grapheme: str, run: Run, height: int) -> pygame.Surface:
        """Return a picture in colours at a height; such fonts have one size only."""
        key = (grapheme, height)
        picture = self._pictures.get(key)
        if picture is None:
            assert run.face is not None
            font = self.faces.open(run.face, 0, from_right=False)
            large = font.render(grapheme, True, WHITE)
            width = max(1, round(large.get_width() * height / large.get_height()))
            picture = pygame.transform.smoothscale(large, (width, max(1, height)))
            self._pictures.keep(key, picture)
        return picture

    def _draw_boxes(self, run: Run, how: Type, colour: Ink) -> pygame.Surface:
        """Draw for each grapheme that nothing here has a box with the code of its character."""
        width = _box_width(how.size)
        parts = graphemes(run.text)
        if run.from_right:
            parts.reverse()
        line = pygame.Surface((width * len(parts), how.size + how.size // 5), pygame.SRCALPHA)
        for k, part in enumerate(parts):
            frame = pygame.Rect(k * width + 1, how.size // 6, width - 2, how.size)
            pygame.draw.rect(line, colour, frame, 1)
            if how.size >= BOX_DIGITS_FROM:
                self._draw_code(line, frame, f"{ord(part[0]):04X}", colour)
        return line

    def _draw_code(self, line: pygame.Surface, frame: pygame.Rect, code: str, colour: Ink) -> None:
        half = (len(code) + 1) // 2
        small = self.faces.open(PLAIN, max(6, frame.height * 2 // 5), from_right=False)
        for row, digits in enumerate((code[:half], code[half:])):
            picture = small.render(digits, True, colour)
            width = min(picture.get_width(), frame.width - 3)
            picture = pygame.transform.smoothscale(picture, (width, picture.get_height()))
            middle = frame.top + frame.height * (1 + 2 * row) // 4
            line.blit(picture, picture.get_rect(center=(frame.centerx, middle)))


def _make_run(text: str, start: int, what: tuple[Face | None, str, int]) -> Run:
    face, script, level = what
    return Run(text, start, face, script, from_right=level % 2 == 1, level=level)


def _box_width(size: int) -> int:
    return max(3, round(size * BOX_WIDTH))
