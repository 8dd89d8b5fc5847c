"""Pictures that are copied in every frame as they are: quickly, wherever they go."""

from __future__ import annotations

import pygame


def copied_often(size: tuple[int, int]) -> pygame.Surface:
    """Return an opaque picture of a size, to be copied onto the screen again and again.

    Where all rows of both lie at multiples of 16 bytes, SDL writes past the cache. Rows that begin
    or end within a line of the cache then cost five times as much, up to 0.4 ms for a column of
    the screen. So the rows of this picture are a pixel longer than what is used of them.
    """
    width, height = size
    longer = width + 1 if width % 4 == 0 else width  # a screen's rows are a multiple of 4 pixels
    return pygame.Surface((longer, height), 0, 32).subsurface((0, 0, width, height))
