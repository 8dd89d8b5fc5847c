"""The board beside the world: kept as a picture, of which only what changed is drawn again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import pygame

from racer.app.window.base.copies import copied_often
from racer.app.window.hud.columns import GROUND, draw_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.columns import Columns


@dataclass(frozen=True, slots=True)
class BoardPart:
    """What a scene adds to the board, above the standings."""

    height: float
    key: Hashable  # all that it shows
    paint: Callable[[Canvas, Box], None]


@final
class BlankBoard:
    """A board that draws nothing, and keeps how each part would be drawn."""

    def __init__(self) -> None:
        self.paints: list[Callable[[], object]] = []

    def part(
        self, canvas: Canvas, slot: Hashable, box: Box, key: Hashable, paint: Callable[[], object]
    ) -> None:
        """Keep how a part is drawn."""
        self.paints.append(paint)


@final
class Board:
    """Remembers what each part of it showed last.

    A picture begins with `begin`, then each part says what it would show, then comes `end`.
    """

    def __init__(self) -> None:
        self._kept: list[tuple[pygame.Rect, pygame.Surface]] = []
        self._columns: Columns | None = None
        self._manner: Hashable = None  # how the canvas drew it
        self._shown: dict[Hashable, tuple[Box, Hashable]] = {}
        self._told: set[Hashable] = set()
        self._drawn: list[pygame.Rect] = []

    def begin(self, canvas: Canvas, columns: Columns) -> None:
        """Draw all as it was, or an empty board where it stands elsewhere now."""
        self._told.clear()
        self._drawn.clear()
        if self._columns == columns and self._manner == canvas.manner:
            canvas.surface.blits([(picture, rect) for rect, picture in self._kept], False)
            return
        self._columns, self._manner = columns, canvas.manner
        self._shown.clear()
        draw_columns(canvas, columns)
        bounds = canvas.surface.get_rect()
        rects = [canvas.rect(*box).clip(bounds) for box in {columns.first, columns.second}]
        self._kept = []
        for rect in rects:
            picture = copied_often(rect.size)
            picture.blit(canvas.surface, (0, 0), rect)
            self._kept.append((rect, picture))

    def part(
        self, canvas: Canvas, slot: Hashable, box: Box, key: Hashable, paint: Callable[[], object]
    ) -> None:
        """Draw a part, unless it stands there already.

        Args:
            slot: which part.
            box: where.
            key: all that it shows; the same one again is not drawn again.
            paint: draws it into its box.
        """
        self._told.add(slot)
        if self._shown.get(slot) == (box, key):
            return
        self._wipe(canvas, slot)
        for other in [
            each for each in self._shown.keys() - self._told if self._meets_box(each, box)
        ]:
            self._wipe(canvas, other)  # it stood here: it goes before this is drawn, not after
            del self._shown[other]
        self._shown[slot] = box, key
        canvas.bar(*box, GROUND)
        with canvas.clipped(*box):  # what is drawn beyond would be wiped away by nobody
            paint()
        self._drawn.append(canvas.rect(*box))

    def end(self, canvas: Canvas) -> None:
        """Take away what nobody told of any more, and remember the picture."""
        for slot in self._shown.keys() - self._told:
            self._wipe(canvas, slot)
            del self._shown[slot]
        for drawn in self._drawn:
            for rect, picture in self._kept:
                part = drawn.clip(rect)
                picture.blit(canvas.surface, part.move(-rect.x, -rect.y), part)

    def _meets_box(self, slot: Hashable, box: Box) -> bool:
        """Whether a part stands where a box is."""
        other = self._shown[slot][0]
        across = other.x < box.right and box.x < other.right
        return across and other.y < box.bottom and box.y < other.bottom

    def _wipe(self, canvas: Canvas, slot: Hashable) -> None:
        """Clear where a part stood."""
        shown = self._shown.get(slot)
        if shown is not None:
            canvas.bar(*shown[0], GROUND)
            self._drawn.append(canvas.rect(*shown[0]))
