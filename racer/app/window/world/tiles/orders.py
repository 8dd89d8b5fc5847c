"""What window and painting process say to each other, over two pipes."""

from __future__ import annotations

import struct
from typing import IO, Final, TypeAlias

import msgspec

from racer.app.window.world.tiles.tile_painter import TILE
from racer.core.circuits.track import Track  # msgspec reads it
from racer.core.drivers.line import RacingLine

TILE_BYTES: Final = 4 * TILE * TILE
Pipe: TypeAlias = IO[bytes]
_LENGTH: Final = struct.Struct("<I")
_HEAD: Final = struct.Struct("<Iiii")


class Circuit(msgspec.Struct, frozen=True, tag=0, array_like=True):
    """From now on this circuit is painted; what was ordered of another is not needed any more."""

    number: int  # counts circuits
    track: Track
    line: RacingLine
    scales: tuple[float, ...]


class PaintTile(msgspec.Struct, frozen=True, tag=1, array_like=True):
    """One tile of the circuit."""

    scale: int
    column: int
    row: int


class TileHead(msgspec.Struct, frozen=True):
    """What stands before a tile's pixels. The scale -1 has none: the land is built."""

    number: int  # of the circuit
    scale: int
    column: int
    row: int


_DECODER: Final[msgspec.msgpack.Decoder[Circuit | PaintTile]] = msgspec.msgpack.Decoder(
    Circuit | PaintTile
)


def write_order(pipe: Pipe, order: Circuit | PaintTile) -> None:
    """Say something to the painting process."""
    data = msgspec.msgpack.encode(order)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def read_order(pipe: Pipe) -> Circuit | PaintTile | None:
    """Return what is said next; None at the end."""
    length = pipe.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        return None
    data = pipe.read(*_LENGTH.unpack(length))
    return _DECODER.decode(data)


def write_tile(pipe: Pipe, head: TileHead, pixels: bytes | None) -> None:
    """Hand a tile to the window, or word that the land is built."""
    pipe.write(_HEAD.pack(head.number, head.scale, head.column, head.row))
    if pixels is not None:
        pipe.write(pixels)
    pipe.flush()


def read_tile(pipe: Pipe) -> tuple[TileHead, bytes] | None:
    """Return the next tile and its pixels, none for the scale -1; None at the end."""
    data = pipe.read(_HEAD.size)
    if len(data) < _HEAD.size:
        return None
    head = TileHead(*_HEAD.unpack(data))
    pixels = b"" if head.scale < 0 else pipe.read(TILE_BYTES)
    return None if head.scale >= 0 and len(pixels) < TILE_BYTES else (head, pixels)
