"""The fonts of this machine, for what those beside Play have not: asked for once, off the frame."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.letters.coverage import Coverage

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_S: Final = 20.0  # a cold cache of thousands of fonts takes seconds
FONTS_MAX: Final = 4000
ANSWER_CHARS_MAX: Final = 20_000_000
QUESTION: Final = (
    "fc-list",
    "--format",
    "%{index}\t%{color}\t%{variable}\t%{family[0]}\t%{style[0]}\t%{file}\t%{charset}\n",
)


@dataclass(frozen=True, slots=True)
class SystemFont:
    """A font that is installed here."""

    path: str
    coverage: Coverage
    coloured: bool


def ask_fontconfig() -> str:
    """Return what fontconfig lists, a font a line; nothing where there is none."""
    try:
        answer = subprocess.run(QUESTION, capture_output=True, timeout=WAIT_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.decode("utf-8", "replace")[:ANSWER_CHARS_MAX]


def read_listing(listing: str) -> list[SystemFont]:
    """Return the fonts of a listing that can be drawn with, those that suit Play best first."""
    rated = []
    for line in listing.splitlines()[:FONTS_MAX]:
        match line.split("\t"):
            case ["0", coloured, "False", family, style, path, charset]:
                rated.append((_strangeness(family, style), path, charset, coloured == "True"))
            case _:
                pass  # another font of a collection: the library opens the first one only
    rated.sort()
    return [
        SystemFont(path, _read_charset(charset), coloured) for _, path, charset, coloured in rated
    ]


def _strangeness(family: str, style: str) -> tuple[bool, bool, bool, int]:
    """Return how far a font is from ours, which is plain and without serifs."""
    plain = style in {"Regular", "Book", "Normal", "Medium"}
    fixed_or_serif = any(word in family for word in ("Mono", "Serif", "Code", "Condensed"))
    return not plain, fixed_or_serif, not family.startswith("Noto"), len(family)


def _read_charset(charset: str) -> Coverage:
    starts, ends = [], []
    for part in charset.split():
        start, _, end = part.partition("-")
        try:
            first, last = int(start, 16), int(end or start, 16)
        except ValueError:
            continue
        starts.append(first)
        ends.append(last)
    return Coverage(tuple(starts), tuple(ends))


@final
class SystemFonts:
    """Finds a font for a character. The first question starts the search and finds nothing yet."""

    def __init__(self, ask: Callable[[], str] = ask_fontconfig) -> None:
        self._ask = ask
        self._fonts: list[SystemFont] | None = None  # None: not known yet
        self._search: Thread | None = None

    @property
    def is_known(self) -> bool:
        """Whether the search is over: what was not found then is not there."""
        return self._fonts is not None

    def find(self, codes: list[int], *, coloured: bool) -> SystemFont | None:
        """Return a font that has all of these code points, if one is known."""
        if self._fonts is None:
            self._begin_search()
            return None
        having = [font for font in self._fonts if all(code in font.coverage for code in codes)]
        return next((font for font in having if font.coloured == coloured), None) or next(
            iter(having), None
        )

    def await_search(self) -> None:
        """Wait until the search that was begun is over."""
        if self._search is not None:
            self._search.join()

    def _begin_search(self) -> None:
        if self._search is None:
            self._search = Thread(target=self._list_fonts, name="fonts", daemon=True)
            self._search.start()

    def _list_fonts(self) -> None:
        self._fonts = read_listing(self._ask())
