"""How colours look to eyes that lack a kind of cone, and how far apart two of them are.

For palettes: what is told by colour must be told apart by every eye. Sources: Machado, Oliveira,
Fernandes (2009), matrices for full severity in linear RGB; CIE 1976 for lightness, and CIEDE2000
for differences (Sharma, Wu, Dalal 2005).
"""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from racer.app.window.base.lettering import Colour

_Row = tuple[float, float, float]


class Vision(Enum):
    """A kind of eye, by what it makes of linear red, green and blue."""

    NORMAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    PROTAN = (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    )
    DEUTAN = (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    )
    TRITAN = (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    )


class Lab(NamedTuple):
    """A colour in CIELAB, D65."""

    light: float
    a: float
    b: float


D65: Final[_Row] = (0.95047, 1.0, 1.08883)
TO_XYZ: Final[tuple[_Row, _Row, _Row]] = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)


def seen(colour: Colour, vision: Vision = Vision.NORMAL) -> Lab:
    """Return a colour as an eye sees it."""
    linear = [_linear_part(part / 255.0) for part in colour]
    cone = [min(1.0, max(0.0, _dot_product(row, linear))) for row in vision.value]
    x, y, z = (_lab_curve(_dot_product(TO_XYZ[k], cone) / D65[k]) for k in range(3))
    return Lab(116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z))


def difference(one: Lab, other: Lab) -> float:
    """Return CIEDE2000: 1 is just to be told apart side by side, 10 at a glance."""
    chroma = (math.hypot(one.a, one.b) + math.hypot(other.a, other.b)) / 2.0
    grey = 0.5 * (1.0 - math.sqrt(chroma**7 / (chroma**7 + 25.0**7)))
    a1, a2 = one.a * (1.0 + grey), other.a * (1.0 + grey)
    c1, c2 = math.hypot(a1, one.b), math.hypot(a2, other.b)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360.0 for a, b in ((a1, one.b), (a2, other.b)))
    turn = 0.0 if c1 * c2 == 0.0 else (h2 - h1 + 180.0) % 360.0 - 180.0
    hue = h1 + h2 if c1 * c2 == 0.0 else (h1 + turn / 2.0) % 360.0
    light, c = (one.light + other.light) / 2.0, (c1 + c2) / 2.0
    t = (
        1.0
        - 0.17 * math.cos(math.radians(hue - 30.0))
        + 0.24 * math.cos(math.radians(2.0 * hue))
        + 0.32 * math.cos(math.radians(3.0 * hue + 6.0))
        - 0.20 * math.cos(math.radians(4.0 * hue - 63.0))
    )
    s_light = 1.0 + 0.015 * (light - 50.0) ** 2 / math.sqrt(20.0 + (light - 50.0) ** 2)
    d_light = (other.light - one.light) / s_light
    d_chroma = (c2 - c1) / (1.0 + 0.045 * c)
    d_hue = 2.0 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2.0)) / (1.0 + 0.015 * c * t)
    twist = -2.0 * math.sqrt(c**7 / (c**7 + 25.0**7))
    twist *= math.sin(math.radians(60.0 * math.exp(-(((hue - 275.0) / 25.0) ** 2))))
    return math.sqrt(d_light**2 + d_chroma**2 + d_hue**2 + twist * d_chroma * d_hue)


def _linear_part(part: float) -> float:
    curve: float = ((part + 0.055) / 1.055) ** 2.4
    return part / 12.92 if part <= 0.04045 else curve


def _lab_curve(part: float) -> float:
    return math.cbrt(part) if part > 216.0 / 24389.0 else (24389.0 / 27.0 * part + 16.0) / 116.0


def _dot_product(row: _Row, parts: list[float]) -> float:
    return row[0] * parts[0] + row[1] * parts[1] + row[2] * parts[2]
