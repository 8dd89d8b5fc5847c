"""The paints of cars: 24 for any eyes, and 24 for each kind, which tells those apart better."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from racer.app.window.base.lettering import Colour


class Eyes(Enum):
    """Whose eyes the paints are chosen for."""

    ANY = "for any eyes"
    FULL = "for full colour vision"
    PROTAN = "for protan eyes (weak red)"
    DEUTAN = "for deutan eyes (weak green)"
    TRITAN = "for tritan eyes (weak blue)"


PAINTS: Final[tuple[Colour, ...]] = (
    (231, 40, 58),
    (91, 129, 170),
    (248, 190, 11),
    (85, 171, 109),
    (237, 128, 42),
    (149, 78, 228),
    (28, 199, 213),
    (230, 40, 146),
    (232, 238, 243),
    (48, 58, 79),
    (193, 236, 137),
    (119, 54, 13),
    (121, 155, 250),
    (175, 33, 69),
    (40, 111, 101),
    (211, 192, 161),
    (184, 255, 217),
    (255, 255, 78),
    (106, 12, 139),
    (74, 44, 30),
    (128, 103, 12),
    (177, 175, 173),
    (21, 12, 224),
    (110, 131, 107),
)
"""One for each car number. Any eye tells any two apart, also one without a kind of cone.

They were searched for from 24 plain hues: the least difference of all pairs to all eyes grew. One
and the twelfth after it, which has the same pattern, differ in lightness.
"""

_FULL: Final[tuple[Colour, ...]] = (
    (255, 50, 69),
    (50, 130, 226),
    (254, 186, 7),
    (3, 161, 118),
    (253, 117, 0),
    (152, 58, 255),
    (30, 198, 223),
    (255, 34, 170),
    (232, 238, 243),
    (37, 43, 2),
    (0, 223, 40),
    (165, 63, 0),
    (255, 181, 190),
    (147, 7, 66),
    (1, 121, 132),
    (36, 110, 0),
    (146, 255, 222),
    (241, 255, 2),
    (4, 0, 172),
    (62, 22, 0),
    (118, 94, 0),
    (157, 147, 138),
    (145, 155, 5),
    (182, 153, 226),
)
_PROTAN: Final[tuple[Colour, ...]] = (
    (226, 39, 67),
    (91, 138, 170),
    (173, 198, 0),
    (171, 172, 110),
    (189, 132, 0),
    (12, 98, 244),
    (109, 208, 254),
    (166, 72, 133),
    (232, 238, 243),
    (0, 0, 78),
    (249, 223, 152),
    (158, 7, 0),
    (55, 158, 255),
    (76, 152, 141),
    (43, 117, 116),
    (236, 186, 173),
    (255, 255, 229),
    (255, 255, 72),
    (135, 1, 119),
    (66, 22, 17),
    (145, 97, 0),
    (173, 182, 192),
    (0, 0, 222),
    (23, 139, 95),
)
_DEUTAN: Final[tuple[Colour, ...]] = (
    (238, 0, 14),
    (70, 140, 172),
    (255, 255, 0),
    (12, 163, 127),
    (253, 148, 22),
    (135, 30, 255),
    (25, 238, 255),
    (255, 83, 187),
    (232, 238, 243),
    (0, 0, 76),
    (200, 235, 145),
    (131, 56, 0),
    (119, 160, 255),
    (153, 0, 71),
    (39, 128, 117),
    (167, 166, 114),
    (255, 255, 229),
    (157, 3, 133),
    (86, 10, 112),
    (77, 25, 1),
    (0, 23, 2),
    (255, 142, 179),
    (0, 0, 220),
    (107, 124, 74),
)
_TRITAN: Final[tuple[Colour, ...]] = (
    (213, 0, 0),
    (132, 138, 255),
    (140, 86, 255),
    (10, 161, 27),
    (233, 130, 18),
    (147, 66, 224),
    (170, 157, 31),
    (214, 69, 255),
    (232, 238, 243),
    (77, 63, 0),
    (151, 201, 96),
    (128, 0, 0),
    (90, 0, 165),
    (204, 3, 141),
    (37, 108, 70),
    (255, 180, 254),
    (13, 255, 197),
    (241, 237, 42),
    (134, 20, 152),
    (30, 0, 49),
    (114, 114, 24),
    (169, 162, 198),
    (94, 2, 231),
    (111, 134, 74),
)
PAINTS_FOR: Final[dict[Eyes, tuple[Colour, ...]]] = {
    Eyes.ANY: PAINTS,
    Eyes.FULL: _FULL,
    Eyes.PROTAN: _PROTAN,
    Eyes.DEUTAN: _DEUTAN,
    Eyes.TRITAN: _TRITAN,
}
"""All by whom they are for; ADR 73 has how far apart they are, and how they were searched for.

Number 8 is white for all: a ghost is painted like it.
"""


def paint(number: int, eyes: Eyes) -> Colour:
    """Return the colour of a car number; any number has one."""
    return PAINTS_FOR[eyes][number % len(PAINTS)]
