"""The process that paints: `python -m racer.app.window.world.tiles.process`, without a screen.

It reads orders from its input and ends with it (ADR 31); tiles leave by its output.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, assert_never

import pygame

from racer.app.window.world.land_shapes import LandShapes
from racer.app.window.world.tiles.orders import Circuit, PaintTile, TileHead, read_order, write_tile
from racer.app.window.world.tiles.tile_painter import TilePainter, blank_tile

if TYPE_CHECKING:
    from racer.app.window.world.tiles.orders import Pipe


def paint(orders: Pipe, tiles: Pipe) -> None:
    """Paint what is ordered until the orders end."""
    number, painters, picture = 0, list[TilePainter](), blank_tile()
    while (order := read_order(orders)) is not None:
        match order:
            case Circuit():
                shapes = LandShapes(order.track, order.line)
                painters = [TilePainter(shapes, scale) for scale in order.scales]
                number = order.number
                write_tile(tiles, TileHead(number, -1, 0, 0), None)
            case PaintTile():
                painters[order.scale].paint((order.column, order.row), picture)
                head = TileHead(number, order.scale, order.column, order.row)
                write_tile(tiles, head, picture.get_buffer().raw)
            case _:
                assert_never(order)


if __name__ == "__main__":
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    pygame.display.init()
    pygame.display.set_mode((1, 1), depth=32)  # nobody sees it; pictures are made for its pixels
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's; our input ends soon after
    try:
        paint(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        sys.stderr.close()  # the window is gone
