"""What kind of country a circuit lies in: told by its name, its theme and its hills."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import Land, land, mixed

if TYPE_CHECKING:
    from racer.app.window.base.lettering import Colour
    from racer.core.circuits.track import Track

MOUNTAINS_M: Final = 50.0  # between the lowest and the highest point: more is no hill any more


class Country(StrEnum):
    """What surrounds a circuit."""

    COAST = "coast"
    FARMS = "farms"
    FOREST = "forest"
    MARSH = "marsh"
    MOOR = "moor"
    MOUNTAIN = "mountain"
    OVAL = "oval"
    PARK = "park"
    PORT = "port"
    QUARRY = "quarry"
    DESERT = "desert"


WORDS: Final[dict[str, Country]] = {
    "marsh": Country.MARSH, "fen": Country.MARSH, "swamp": Country.MARSH, "delta": Country.MARSH,
    "moor": Country.MOOR, "heath": Country.MOOR, "down": Country.MOOR,
    "pass": Country.MOUNTAIN, "peak": Country.MOUNTAIN, "alp": Country.MOUNTAIN,
    "mount": Country.MOUNTAIN, "ridge": Country.MOUNTAIN,
    "quarry": Country.QUARRY, "mine": Country.QUARRY, "pit": Country.QUARRY,
    "desert": Country.DESERT, "dune": Country.DESERT, "mesa": Country.DESERT,
    "bowl": Country.OVAL, "oval": Country.OVAL, "speedway": Country.OVAL,
    "park": Country.PARK, "garden": Country.PARK,
    "port": Country.PORT, "dock": Country.PORT, "yard": Country.PORT,
}  # fmt: skip
THEMES: Final = {
    "coast": Country.COAST,
    "meadow": Country.FARMS,
    "city": Country.PORT,
    "forest": Country.FOREST,
}
OF_ITS_THEME: Final = frozenset({"coast", "city"})  # themes that no word changes but its own


@dataclass(frozen=True, slots=True)
class Character:
    """How a country looks. Shares are 0..1; counts are for a square of 300 m."""

    country: Country
    fields: float = 0.0  # of the land that is tilled
    crops: tuple[Colour, ...] = ()
    woods: float = 0.0  # clumps of trees
    firs: float = 0.0  # of the trees
    ponds: float = 0.0
    houses: float = 0.0
    rocks: float = 0.0
    camps: int = 3  # of those who came to watch, in all
    dry: Colour = (150, 150, 96)  # what the ground turns to in patches …
    lush: Colour = (60, 104, 52)  # … and what elsewhere
    bloom: tuple[Colour, ...] = ()  # crowns among the leaves: blossom, or autumn
    blooming: float = 0.0  # share of the trees


GRAIN: Final[tuple[Colour, ...]] = (
    (206, 184, 98),
    (186, 172, 84),
    (132, 158, 70),
    (116, 150, 62),
    (148, 118, 78),
)
AUTUMN: Final[tuple[Colour, ...]] = ((196, 122, 42), (176, 84, 40), (206, 158, 58))
BLOSSOM: Final[tuple[Colour, ...]] = ((236, 196, 206), (244, 224, 226))
CHARACTERS: Final[dict[Country, Character]] = {
    each.country: each
    for each in (
        Character(
            Country.COAST,
            fields=0.30,
            crops=GRAIN[2:],
            woods=3.6,
            firs=0.15,
            ponds=0.2,
            houses=4.0,
            dry=(190, 178, 116),
            lush=(76, 128, 66),
        ),
        Character(
            Country.FARMS,
            fields=0.72,
            crops=GRAIN,
            woods=1.6,
            firs=0.1,
            ponds=0.4,
            houses=1.0,
            dry=(164, 164, 88),
            lush=(66, 120, 54),
        ),
        Character(
            Country.FOREST,
            fields=0.05,
            crops=GRAIN[2:4],
            woods=6.0,
            firs=0.7,
            ponds=0.5,
            houses=0.5,
            rocks=0.6,
            dry=(136, 136, 74),
            lush=(58, 92, 54),
            bloom=AUTUMN,
            blooming=0.22,
        ),
        Character(
            Country.MARSH,
            woods=3.0,
            firs=0.1,
            ponds=5.0,
            houses=0.3,
            dry=(150, 144, 88),
            lush=(64, 104, 76),
        ),
        Character(
            Country.MOOR,
            fields=0.10,
            crops=GRAIN[2:4],
            woods=1.4,
            firs=0.2,
            ponds=0.6,
            houses=0.3,
            rocks=1.2,
            dry=(150, 108, 132),
            lush=(104, 126, 70),
        ),
        Character(
            Country.MOUNTAIN,
            woods=5.0,
            firs=0.95,
            ponds=0.3,
            houses=0.5,
            rocks=2.6,
        ),
        Character(
            Country.OVAL,
            fields=0.55,
            crops=GRAIN,
            woods=1.2,
            firs=0.1,
            ponds=0.3,
            houses=0.8,
            camps=6,
            dry=(170, 156, 90),
            lush=(80, 122, 58),
        ),
        Character(
            Country.PARK,
            fields=0.08,
            crops=GRAIN[2:4],
            woods=3.6,
            firs=0.15,
            ponds=0.9,
            houses=0.6,
            dry=(136, 164, 84),
            lush=(58, 116, 56),
            bloom=BLOSSOM,
            blooming=0.35,
        ),
        Character(
            Country.PORT,
            houses=3.4,
            camps=1,
            dry=(138, 138, 134),
            lush=(96, 102, 106),
        ),
        Character(
            Country.QUARRY,
            woods=2.6,
            firs=0.5,
            ponds=0.6,
            houses=0.5,
            rocks=3.0,
            dry=(164, 152, 130),
            lush=(96, 116, 78),
        ),
        Character(
            Country.DESERT,
            woods=0.5,
            houses=0.4,
            rocks=2.2,
            dry=(226, 196, 142),
            lush=(182, 142, 96),
        ),
    )
}
GROUNDS: Final[dict[Country, Colour]] = {
    Country.FOREST: (88, 116, 64),
    Country.MARSH: (98, 122, 78),
    Country.MOOR: (112, 118, 74),
    Country.MOUNTAIN: (92, 112, 70),
    Country.QUARRY: (120, 124, 108),
    Country.DESERT: (208, 174, 122),
    Country.PORT: (122, 124, 126),
}
"""Of the land beyond the barriers, where the theme's own would not do."""


def country_of(track: Track) -> Country:
    """Return what surrounds a circuit: what a word of its name says, or its theme."""
    if track.theme not in OF_ITS_THEME:
        name = f"{track.name} {track.title}".lower()
        for word, country in WORDS.items():
            if word in name:
                return country
    heights = [point.height_m for point in track.centre]
    if track.theme == "forest" and max(heights) - min(heights) > MOUNTAINS_M:
        return Country.MOUNTAIN
    return THEMES.get(track.theme, Country.FARMS)


def character_of(track: Track) -> Character:
    """Return how the country of a circuit looks."""
    return CHARACTERS[country_of(track)]


def land_of(track: Track) -> Land:
    """Return a circuit's colours: those of its theme, with the ground of its country."""
    found = land(track.theme)
    ground = GROUNDS.get(country_of(track))
    if ground is None:
        return found
    return replace(found, ground=ground, verge=mixed(found.verge, ground, 0.38))
