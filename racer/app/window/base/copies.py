"""Pictures that are copied in every frame as they are: quickly, wherever they go."""

from __future__ import annotations

import pygame


def copied_often(size: tuple[int, int], onto: pygame.Surface) -> pygame.Surface:
    """Return an opaque picture of a size, to be copied onto another again and again.

    Where all rows of both lie at multiples of 16 bytes, SDL writes past the cache. Rows that begin
    or end within a line of the cache then cost five times as much, up to 0.4 ms for a column of
    the screen. So the rows of this picture are of another length, of which not all is used.
    """
    width, height = size
    spare = (onto.get_pitch() // 4 + 1 - width) % 4
    return pygame.Surface((width + spare, height), 0, onto).subsurface((0, 0, width, height))
