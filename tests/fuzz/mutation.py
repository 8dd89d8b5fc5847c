"""Bytes made of other bytes, by a seed."""

from __future__ import annotations

from random import Random
from typing import Final

_TELLING: Final = (0, 1, 0x7F, 0x80, 0xFF, 0xC0, 0xC4, 0xDC, 0xDD, 0xDF, 0xD9, 0xCF, 0x0A, 0x22)
"""Ends of ranges, heads of MessagePack's long values, the end of a line, a quote."""

_REPEATED_MAX: Final = 64  # of a part that is said again


def mutated(data: bytes, other: bytes, bytes_max: int, rng: Random) -> bytes:
    """Return bytes like these, with some change or several; parts of `other` may be in them."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        at = rng.randrange(len(made) + 1)
        match rng.randrange(8):
            case 0 if made:
                made[at % len(made)] ^= 1 << rng.randrange(8)
            case 1 if made:
                made[at % len(made)] = rng.choice(_TELLING)
            case 2:
                made[at:at] = rng.randbytes(rng.randint(1, 4))
            case 3:
                del made[at : at + rng.randint(1, 8)]
            case 4:
                del made[at:]
            case 5:
                again = made[at : at + rng.randint(1, 16)]
                made[at:at] = again * rng.randint(1, _REPEATED_MAX)
            case 6 if other:
                begin = rng.randrange(len(other))
                part = other[begin : begin + rng.randint(1, 32)]
                made[at : at + rng.choice((0, len(part)))] = part
            case _:
                size = rng.choice((1, 2, 4, 8))
                number = rng.choice((0, 1, (1 << 8 * size) - 1, 1 << (8 * size - 1)))
                made[at : at + size] = number.to_bytes(size, rng.choice(("big", "little")))
    return bytes(made[:bytes_max])
