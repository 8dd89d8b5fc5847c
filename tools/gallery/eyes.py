"""A picture as eyes see it that lack a kind of cone (Machado, Oliveira, Fernandes 2009)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.vision import Vision

if TYPE_CHECKING:
    from racer.app.window.base.lettering import Colour

OTHER_EYES: Final = (Vision.PROTAN, Vision.DEUTAN, Vision.TRITAN)


def seen_by(vision: Vision, picture: pygame.Surface) -> pygame.Surface:
    """Return the picture as these eyes see it."""
    raw = pygame.image.tobytes(picture, "RGB")
    known: dict[bytes, bytes] = {}
    out = bytearray(len(raw))
    for at in range(0, len(raw), 3):
        colour = raw[at : at + 3]
        seen = known.get(colour)
        if seen is None:
            seen = known[colour] = bytes(seen_colour(vision, (colour[0], colour[1], colour[2])))
        out[at : at + 3] = seen
    return pygame.image.frombytes(bytes(out), picture.get_size(), "RGB")


def seen_colour(vision: Vision, colour: Colour) -> Colour:
    """Return what a colour looks like to these eyes."""
    linear = [_to_linear(part / 255.0) for part in colour]
    red, green, blue = (
        sum(share * part for share, part in zip(row, linear, strict=True)) for row in vision.value
    )
    return _to_srgb(red), _to_srgb(green), _to_srgb(blue)


def _to_linear(part: float) -> float:
    curve: float = ((part + 0.055) / 1.055) ** 2.4
    return part / 12.92 if part <= 0.04045 else curve


def _to_srgb(part: float) -> int:
    part = min(1.0, max(0.0, part))
    curve: float = 1.055 * part ** (1.0 / 2.4) - 0.055
    return round(255.0 * (12.92 * part if part <= 0.0031308 else curve))
