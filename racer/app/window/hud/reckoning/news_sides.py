"""On which side chat and news stand: where our car and the road before it are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.hud.layout import Anchor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from racer.app.window.base.box import Box

WIDE: Final = 530.0  # units that news take from a side of the world …
TALL: Final = 190.0  # … and from above or below
ROWS: Final = ((Anchor.TOP_LEFT, Anchor.TOP_RIGHT), (Anchor.BOTTOM_LEFT, Anchor.BOTTOM_RIGHT))


@final
class NewsSides:
    """Moves each of two rows to its other side only when the road comes there: seldom."""

    def __init__(self) -> None:
        self._right = [False] * len(ROWS)

    def on_road(self, places: Sequence[tuple[float, float]], world: Box) -> None:
        """Take in where the car and the road before it are seen [units]."""
        for row in range(len(ROWS)):
            hit = [self._is_hit(places, world, row, right) for right in (False, True)]
            if hit[self._right[row]] and not hit[not self._right[row]]:
                self._right[row] = not self._right[row]

    @property
    def moved(self) -> Mapping[Anchor, Anchor]:
        """Which places stand for which."""
        return {
            left: right for (left, right), moved in zip(ROWS, self._right, strict=True) if moved
        }

    @staticmethod
    def _is_hit(places: Sequence[tuple[float, float]], world: Box, row: int, right: bool) -> bool:
        for x, y in places:
            beside = x > world.right - WIDE if right else x < world.x + WIDE
            if beside and (y < world.y + TALL if row == 0 else y > world.bottom - TALL):
                return True
        return False
