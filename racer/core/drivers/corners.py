"""The corners of a line as a driver knows them: where to brake, where it is slowest, which side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

CORNER_LEAST: Final = 0.06
"""Share of speed that a corner costs at least, before it and after it; less is a bend."""


@dataclass(frozen=True, slots=True)
class Corner:
    """One corner of a line. Indices are those of its points."""

    brake: int  # where speed is greatest before it
    apex: int  # where speed is least
    inside: int  # the side it turns to: 1 left, -1 right


def corners_ahead(speed: Sequence[float], curvature: Sequence[float]) -> tuple[Corner | None, ...]:
    """Return, for each point of a closed line, the corner whose apex comes next.

    All are None on a line without a corner. Both sequences have one entry a point; left is
    positive.
    """
    corners = [
        Corner(brake, apex, 1 if curvature[apex] >= 0.0 else -1)
        for brake, apex in _speed_valleys(speed, 1.0 - CORNER_LEAST)
    ]
    if not corners:
        return (None,) * len(speed)
    ahead: list[Corner | None] = []
    for before, corner in zip([corners[-1], *corners[:-1]], corners, strict=True):
        length = (corner.apex - before.apex) % len(speed) or len(speed)
        ahead.extend([corner] * length)
    # The first entry belongs to the point after the last apex.
    turn = (corners[-1].apex + 1) % len(speed)
    return tuple(ahead[-turn:] + ahead[:-turn]) if turn else tuple(ahead)


def _speed_valleys(speed: Sequence[float], share: float) -> list[tuple[int, int]]:
    """Return (peak, valley) of a closed curve, wherever both flanks are deeper than a share."""
    count = len(speed)
    start = max(range(count), key=speed.__getitem__)
    found: list[tuple[int, int]] = []
    peak = valley = start
    for step in range(start + 1, start + count + 1):
        at = step % count
        if speed[at] < speed[valley]:
            valley = at
        elif speed[valley] < share * min(speed[peak], speed[at]):
            found.append((peak, valley))
            peak = valley = at
        elif speed[valley] >= share * speed[peak] and speed[at] >= speed[peak]:
            peak = valley = at
    return found
