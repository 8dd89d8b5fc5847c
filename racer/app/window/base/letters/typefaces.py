"""Which font draws what: Play, then one beside it, then one of the system, then a box."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Final, final

import pygame

from racer.app.window.base.letters.coverage import Coverage, read_coverage
from racer.app.window.base.letters.scripts import is_coloured, is_silent, script_of
from racer.app.window.base.letters.system_fonts import SystemFont, SystemFonts

FONTS_MAX: Final = 96  # opened at once: a few sizes of a few scripts
GRAPHEMES_MAX: Final = 4000  # whose face is remembered
PLAY: Final = ("Play-Regular.ttf", "Play-Bold.ttf")
STRIKE: Final = 109  # the size at which coloured fonts open, whichever is asked for


@dataclass(frozen=True, slots=True)
class Face:
    """A font file, at no size yet."""

    file: str  # in our assets, or a path of the system
    ours: bool
    height: float = 1.0  # of its type beside that of Play
    coloured: bool = False


@final
class Typefaces:
    """Chooses a face for each grapheme, and opens fonts."""

    def __init__(self, system: SystemFonts | None = None) -> None:
        self.system = system if system is not None else SystemFonts()
        self._faces: dict[str, Face | None] = {}
        self._fonts: OrderedDict[tuple[Face, int, bool, str, bool], pygame.font.Font] = (
            OrderedDict()
        )
        self.waits = False  # something is a box until the fonts of the system are known

    def is_news(self) -> bool:
        """Tell, once, that the fonts of the system are known now: boxes may become letters."""
        if not (self.waits and self.system.is_known):
            return False
        self.waits = False
        self._faces.clear()
        return True

    def face_of(self, grapheme: str) -> Face | None:
        """Return what draws a grapheme, or None: nothing here has it, or not yet."""
        if grapheme in self._faces:
            return self._faces[grapheme]
        if len(self._faces) >= GRAPHEMES_MAX:
            self._faces.clear()
        known = self.system.is_known  # asked first: it may be so a moment later
        face = self._faces[grapheme] = self._choose_face(grapheme)
        if not known and (face is None or is_coloured(grapheme)):
            self.waits = True
        return face

    def open(
        self, face: Face, size: int, *, bold: bool = False, script: str = "", from_right: bool
    ) -> pygame.font.Font:
        """Return a face at a size [pixels], set to shape a script in a direction.

        Raises:
            pygame.error, OSError: the file is gone, or no font.
        """
        key = (face, size, bold, script, from_right)
        font = self._fonts.get(key)
        if font is None:
            font = self._fonts[key] = _open_font(face, size, bold=bold)
            if script:
                font.set_script(script)
            if from_right:
                font.set_direction(pygame.DIRECTION_RTL)
            if len(self._fonts) > FONTS_MAX:
                self._fonts.popitem(last=False)
        else:
            self._fonts.move_to_end(key)
        return font

    def _choose_face(self, grapheme: str) -> Face | None:
        codes = [ord(char) for char in grapheme if not is_silent(char)]
        coloured = is_coloured(grapheme)
        if coloured:
            found = self.system.find(codes, coloured=True)
            if found is not None:
                return _system_face(found)
        if all(code in play_coverage() for code in codes):
            return Face(PLAY[0], ours=True)
        script = script_of(grapheme[0])
        if script.font and all(code in _shipped_coverage(script.font) for code in codes):
            return Face(f"noto/{script.font}-Regular.ttf", ours=True, height=script.height)
        found = None if coloured else self.system.find(codes, coloured=False)
        return None if found is None else _system_face(found)


def play_coverage() -> Coverage:
    """Return what Play has."""
    return _asset_coverage(PLAY[0])


def _shipped_coverage(font: str) -> Coverage:
    return _asset_coverage(f"noto/{font}-Regular.ttf")


def _system_face(font: SystemFont) -> Face:
    return Face(font.path, ours=False, coloured=font.coloured)


def _open_font(face: Face, size: int, *, bold: bool) -> pygame.font.Font:
    if face.file == PLAY[0]:
        # From memory: inside a zipped package there is no path to open.
        return pygame.font.Font(BytesIO(_asset_bytes(PLAY[bold])), size)
    if face.coloured:
        return pygame.font.Font(face.file, STRIKE)
    size = max(1, round(size * face.height))
    source = BytesIO(_asset_bytes(face.file)) if face.ours else face.file
    font = pygame.font.Font(source, size)
    font.bold = bold
    return font


@lru_cache(32)
def _asset_bytes(name: str) -> bytes:
    return files("racer").joinpath("assets", *name.split("/")).read_bytes()


@lru_cache(32)
def _asset_coverage(name: str) -> Coverage:
    return read_coverage(_asset_bytes(name))
