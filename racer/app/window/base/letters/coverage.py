"""Which characters a font has, read from the font itself: the drawing library does not tell.

Source: OpenType 1.9, `cmap` formats 4 and 12.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from struct import error, unpack_from
from typing import Final

_SEGMENTS_MAX: Final = 50_000
_COLLECTION: Final = b"ttcf"


@dataclass(frozen=True, slots=True)
class Coverage:
    """A set of code points, as rising ranges."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]  # the last of each

    def __contains__(self, code: int) -> bool:
        at = bisect_right(self.starts, code) - 1
        return at >= 0 and code <= self.ends[at]


def read_coverage(font: bytes) -> Coverage:
    """Return what a font has; of a collection, its first font. What cannot be read has nothing."""
    try:
        ranges = sorted(_read_ranges(font))
    except (error, IndexError):
        ranges = []
    return Coverage(tuple(start for start, _ in ranges), tuple(end for _, end in ranges))


def _read_ranges(font: bytes) -> list[tuple[int, int]]:
    start: int = unpack_from(">I", font, 12)[0] if font[:4] == _COLLECTION else 0
    (tables,) = unpack_from(">H", font, start + 4)
    for at in range(start + 12, start + 12 + 16 * tables, 16):
        tag, _, offset, _ = unpack_from(">4sIII", font, at)
        if tag == b"cmap":
            return _read_character_map(font, offset)
    return []


def _read_character_map(font: bytes, start: int) -> list[tuple[int, int]]:
    """Return the ranges of the largest Unicode subtable."""
    (count,) = unpack_from(">H", font, start + 2)
    found: dict[int, int] = {}  # where, by format
    for at in range(start + 4, start + 4 + 8 * count, 8):
        platform, _, offset = unpack_from(">HHI", font, at)
        if platform in {0, 3}:
            found[unpack_from(">H", font, start + offset)[0]] = start + offset
    if 12 in found:
        return _read_groups(font, found[12])
    return _read_segments(font, found[4]) if 4 in found else []


def _read_groups(font: bytes, at: int) -> list[tuple[int, int]]:
    (count,) = unpack_from(">I", font, at + 12)
    groups = range(at + 16, at + 16 + 12 * min(count, _SEGMENTS_MAX), 12)
    return [unpack_from(">II", font, group) for group in groups]


def _read_segments(font: bytes, at: int) -> list[tuple[int, int]]:
    (doubled,) = unpack_from(">H", font, at + 6)
    count = doubled // 2
    ends = unpack_from(f">{count}H", font, at + 14)
    starts = unpack_from(f">{count}H", font, at + 16 + doubled)
    return [(s, e) for s, e in zip(starts, ends, strict=True) if s <= e and s != 0xFFFF]
