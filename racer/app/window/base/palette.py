"""The game's colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from racer.core.circuits.track import Light, Weather

if TYPE_CHECKING:
    from racer.app.window.base.lettering import Colour
    from racer.core.circuits.track import Track

INK: Final[Colour] = (13, 17, 27)  # behind everything, and text on light ground
PANEL: Final[Colour] = (16, 21, 34)
PANEL_LIGHT: Final[Colour] = (34, 43, 64)
WHITE: Final[Colour] = (245, 248, 252)
SOFT: Final[Colour] = (176, 188, 208)  # what is read second
FAINT: Final[Colour] = (112, 126, 150)  # what is read last
UNLIT: Final[Colour] = (44, 52, 70)  # of a gauge, what does not glow
ACCENT: Final[Colour] = (255, 196, 46)  # what is chosen, what is ours
GOOD: Final[Colour] = (84, 214, 128)
BAD: Final[Colour] = (255, 92, 84)
BOOST: Final[Colour] = (74, 196, 255)
RAIN_TINT: Final[Colour] = (204, 214, 232)
DUSK: Final[Colour] = (16, 19, 26)  # behind the menu, until there is land to be seen
DUSK_TINT: Final[Colour] = (255, 214, 178)
BEST: Final[Colour] = (198, 120, 255)  # a best lap: the purple of every timing screen


@dataclass(frozen=True, slots=True)
class Land:
    """What a theme looks like from above."""

    ground: Colour  # beyond the barriers
    verge: Colour  # between the asphalt and the barrier, where it is grass
    gravel: Colour
    asphalt: Colour
    kerb: Colour  # every other stone; the ones between are white
    leaves: tuple[Colour, ...]
    water: Colour | None  # south of the circuit, where there is any
    sand: Colour
    dirt: Colour  # a road that is rolled, not laid


LANDS: Final[dict[str, Land]] = {
    "coast": Land(
        ground=(104, 142, 74),
        verge=(124, 164, 82),
        gravel=(204, 184, 140),
        asphalt=(72, 75, 82),
        kerb=(216, 48, 44),
        leaves=((52, 98, 56), (66, 116, 60), (84, 128, 58)),
        water=(42, 122, 160),
        sand=(214, 198, 154),
        dirt=(176, 140, 96),
    ),
    "meadow": Land(
        ground=(92, 138, 66),
        verge=(112, 160, 74),
        gravel=(196, 180, 140),
        asphalt=(74, 76, 80),
        kerb=(214, 52, 44),
        leaves=((46, 92, 48), (62, 110, 52), (88, 124, 50)),
        water=None,
        sand=(196, 180, 140),
        dirt=(160, 122, 82),
    ),
    "city": Land(
        ground=(112, 116, 120),
        verge=(98, 132, 84),
        gravel=(182, 172, 150),
        asphalt=(66, 69, 76),
        kerb=(38, 104, 210),
        leaves=((56, 96, 62), (72, 112, 66), (94, 128, 72)),
        water=None,
        sand=(150, 146, 138),
        dirt=(140, 118, 94),
    ),
    "forest": Land(
        ground=(58, 92, 52),
        verge=(92, 132, 66),
        gravel=(170, 148, 112),
        asphalt=(68, 70, 74),
        kerb=(220, 120, 30),
        leaves=((30, 68, 40), (38, 80, 44), (52, 92, 46)),
        water=None,
        sand=(150, 130, 96),
        dirt=(142, 102, 66),
    ),
}


def land(theme: str) -> Land:
    """Return the looks of a theme; one that is not known looks like a meadow."""
    return LANDS.get(theme, LANDS["meadow"])


def tints(track: Track) -> list[Colour]:
    """Return what all colours of a circuit's land are multiplied with."""
    rain = [RAIN_TINT] if track.weather is Weather.RAIN else []
    return [*rain, DUSK_TINT] if track.light is Light.DUSK else rain


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """Return a colour with a share 0..1 of another in it."""
    share = min(1.0, max(0.0, share))
    return (
        round(colour[0] + (other[0] - colour[0]) * share),
        round(colour[1] + (other[1] - colour[1]) * share),
        round(colour[2] + (other[2] - colour[2]) * share),
    )
