"""How far a list is scrolled."""

from __future__ import annotations

from typing import final


@final
class Scroll:
    """Keeps what has the ring in sight, and lets the wheel look elsewhere until the ring moves."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._at = ""
        self._length = self._height = 0.0  # of the list and its window, as of the last picture

    @property
    def share(self) -> tuple[float, float] | None:
        """From and to where of the list is in sight, as of the last `offset`; None: all of it."""
        if self._length <= self._height:
            return None
        return self._offset / self._length, (self._offset + self._height) / self._length

    def roll(self, by: float) -> None:
        """Move by so many units, + is down; `offset` keeps it within the list."""
        self._offset += by

    def offset(
        self, length: float, height: float, at: str, span: tuple[float, float] | None
    ) -> float:
        """Return how far the list is moved up.

        Args:
            length, height: of the list, and of the window that it is seen through.
            at: what has the ring.
            span: from and to where that lies in the list; None where it is not in it.
        """
        if span is not None and at != self._at:
            self._offset = min(self._offset, span[0])
            self._offset = max(self._offset, span[1] - height)
        self._at = at
        self._length, self._height = length, height
        self._offset = min(max(0.0, length - height), max(0.0, self._offset))
        return self._offset
