"""Where things stand: seconds to pixels, and labels in rows so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final
from unicodedata import east_asian_width

FONT_PX: Final = 10.0
WIDE_PX: Final = 10.5  # of a character, at most, at that size
NARROW_PX: Final = 6.4
LABEL_GAP_PX: Final = 5.0
LABEL_OFFSET_PX: Final = 3.0  # from what it names to where it begins
TICKS_MAX: Final = 14
STEPS_S: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600)


@final
@dataclass(frozen=True, slots=True)
class Scale:
    """Time along the page. Seconds `from_s` to `to_s` lie between two pixels."""

    from_s: float
    to_s: float
    left: float
    right: float

    def x(self, at_s: float) -> float:
        """Return where a moment lies; moments outside lie on the nearer edge."""
        share = (at_s - self.from_s) / (self.to_s - self.from_s)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def shows(self, at_s: float) -> bool:
        return self.from_s <= at_s <= self.to_s

    def ticks(self) -> list[float]:
        """Return round moments, not more than fit."""
        span = self.to_s - self.from_s
        step = next((step for step in STEPS_S if span / step <= TICKS_MAX), span / TICKS_MAX)
        first = int(-(-self.from_s // step))
        last = int(self.to_s / step + 1e-9)
        return [round(number * step, 6) for number in range(first, last + 1)]


@final
@dataclass(frozen=True, slots=True)
class Label:
    """Words that belong to a moment. Lower ranks are placed first."""

    x: float
    text: str
    rank: int
    style: str = ""


@final
@dataclass(frozen=True, slots=True)
class Placed:
    """A label with its place: row 0 is the nearest to the line."""

    label: Label
    row: int
    left: float
    right: float


def width_px(text: str) -> float:
    """Return what a text takes at most; the reader's font is not known."""
    return sum(WIDE_PX if east_asian_width(c) in "WFA" else NARROW_PX for c in text)


def place(
    labels: Sequence[Label], left: float, right: float, rows_max: int
) -> tuple[list[Placed], list[Label]]:
    """Put labels into rows, each into the first one where it covers none that is there.

    Args:
        left: pixels, no label begins before it.
        right: no label ends behind it.

    Returns:
        The placed, from left to right; and those for which there was no room.
    """
    rows: list[list[Placed]] = [[] for _ in range(rows_max)]
    lost: list[Label] = []
    for label in sorted(labels, key=lambda label: (label.rank, label.x, label.text)):
        width = width_px(label.text)
        starts = label.x + LABEL_OFFSET_PX
        if starts + width > right:
            starts = max(label.x - LABEL_OFFSET_PX - width, left)
        row = _first_free_row(rows, starts, starts + width)
        if row is None:
            lost.append(label)
        else:
            rows[row].append(Placed(label, row, starts, starts + width))
    found = [placed for row in rows for placed in row]
    return sorted(found, key=lambda placed: (placed.left, placed.row)), lost


def _first_free_row(rows: list[list[Placed]], left: float, right: float) -> int | None:
    for number, row in enumerate(rows):
        if all(
            right + LABEL_GAP_PX <= other.left or other.right + LABEL_GAP_PX <= left
            for other in row
        ):
            return number
    return None
