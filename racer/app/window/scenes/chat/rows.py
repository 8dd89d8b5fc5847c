"""Rows of chat: how one is drawn, and the picture of those that are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, final

import pygame

from racer.app.window.base.palette import PANEL
from racer.app.window.hud.badge import Badges

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour

SIZE: Final = 17.0
LINE: Final = 22.0  # units from row to row
TEXT: Final = 20.0  # where rows begin
GAP: Final = 8.0  # between the name and what it said
BADGE: Final = 10.5  # to the middle of a badge, left of where a row begins
RADIUS: Final = 6.5
INSET: Final = 6.0  # over the first row
FADES: Final = 24  # that rows go through: a picture each


class ChatRow(NamedTuple):
    """A row of a line as it is seen."""

    number: int | None  # of the car of who said it; before the first row, like the name
    name: str
    colour: Colour  # of the name
    words: str
    ink: Colour
    own_way: bool  # the words may read from the right
    fade: float

    def draw(self, canvas: Canvas, badges: Badges, x: float, y: float) -> float:
        """Draw it; return how wide the name is."""
        wide = 0.0
        if self.number is not None:  # who cannot tell names by their colours reads that
            badges.draw(canvas, self.number, x - BADGE, y + 11.5, RADIUS, fade=self.fade)
        if self.name:
            wide = canvas.text(
                self.name, x, y, SIZE, self.colour, bold=True, fade=self.fade, shadow=True
            )
            x += wide + GAP
        canvas.text(
            self.words, x, y, SIZE, self.ink, fade=self.fade, shadow=True, own_way=self.own_way
        )
        return wide


@final
class ClosedRows:
    """The picture of rows while nobody writes: made again when one of them changes."""

    def __init__(self) -> None:
        self._shown: Hashable = None
        self._picture = pygame.Surface((1, 1), pygame.SRCALPHA)
        self._names: list[float] = []
        self.badges = Badges()

    def draw(
        self, canvas: Canvas, box: Box, rows: Sequence[ChatRow], plate: int
    ) -> Sequence[float]:
        """Draw rows, the newest lowest, on a plate; return how wide the name of each is.

        Args:
            box: whose lowest part they fill.
            plate: alpha of the plate below them.
        """
        rows = [row._replace(fade=round(row.fade * FADES) / FADES) for row in rows]
        area = canvas.rect(box.x, box.y - INSET, box.width, box.height + 2.0 * INSET)
        what = (canvas.manner, box, tuple(rows), plate)
        if what != self._shown:
            self._shown = what
            self._picture = pygame.Surface(area.size, pygame.SRCALPHA)
            with canvas.apart(self._picture):
                if plate:
                    canvas.panel(0.0, 0.0, box.width, box.height + 2.0 * INSET, PANEL, plate)
                y = INSET + box.height - LINE * len(rows)
                self._names = [
                    row.draw(canvas, self.badges, TEXT, y + LINE * k) for k, row in enumerate(rows)
                ]
        canvas.surface.blit(self._picture, area, None, pygame.BLEND_PREMULTIPLIED)
        return self._names
