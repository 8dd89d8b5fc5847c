"""Circuits as text.

One statement a line; `#` begins a comment; lengths in metres, x right, y up:

    name harbour-ring          [a-z0-9-], the identity of the circuit
    title Harbour Ring         what people read
    theme coast                coast, meadow, city or forest: colours for drawing
    width 12                   of the asphalt, until the next `width`
    runoff 9 grass             from the asphalt to the barrier, and of what: grass or gravel
    kerb 1.1                   width of the kerbs, which stand where turns need them
    line 0.6                   the start, as a part of the straight before the first turn
    turn X Y RADIUS            a corner of the circuit's polygon, rounded; driven in this order
    pickup S LATERAL           a canister so far along the lap, offset to the left
    scenery KIND S LATERAL SIZE   tree, stand, pits, tyres or tent: only drawn
    trees 300                  scattered over the land
"""

import math
import re
from dataclasses import dataclass, field
from typing import Final, TypeVar

from racer.core.dressing import Dress, dress
from racer.core.layout import Turn, lay_out
from racer.core.track import Surface, Track, TrackError

__all__ = ["TrackError", "parse_track"]

TEXT_MAX: Final = 65_536  # characters: a long circuit needs 10 kB, and texts may come from peers
TURNS_MIN: Final = 3
TURNS_MAX: Final = 200
PLACES_MAX: Final = 64  # pick-ups, and scenery: a claim names a pick-up in a byte
TREES_MAX: Final = 2000
COORDINATE_MAX: Final = 5000.0  # m from the origin; a car frame carries positions much further
LENGTH_M_MIN: Final = 200.0  # the grid of 16 must stand on it
LENGTH_M_MAX: Final = 12_000.0  # below the 16 km that a car frame's way along the lap can tell
THEMES: Final = ("coast", "meadow", "city", "forest")
KINDS: Final = ("tree", "stand", "pits", "tyres", "tent")
T = TypeVar("T")

NAME: Final = re.compile(r"[a-z0-9-]{1,32}")


@dataclass(slots=True)
class _Draft:
    """What the lines so far have said."""

    name: str = ""
    title: str = ""
    theme: str = "meadow"
    width_m: float = 12.0
    runoff_m: float = 9.0
    runoff: Surface = Surface.GRASS
    kerb_m: float = 1.0
    line: float = 0.5
    trees: int = 0
    turns: list[Turn] = field(default_factory=list)
    pickups: list[tuple[int, float, float]] = field(default_factory=list)
    scenery: list[tuple[str, float, float, float]] = field(default_factory=list)


def parse_track(text: str) -> Track:
    """Return the track that a text describes.

    Raises:
        TrackError: with the line, the statement is unknown, lacks or exceeds its words, a number
            is no number or out of range, or turns do not fit; without, the whole is no circuit.
    """
    if len(text) > TEXT_MAX:
        raise TrackError(0, f"longer than {TEXT_MAX} characters")
    draft = _Draft()
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.partition("#")[0].split()
        if words:
            _read(draft, number, words[0], words[1:])
    if not draft.name:
        raise TrackError(0, "no name")
    if len(draft.turns) < TURNS_MIN:
        raise TrackError(0, f"fewer than {TURNS_MIN} turns")
    centre_line = lay_out(draft.turns, draft.line)
    length = centre_line.spacing_m * len(centre_line.points)
    if not LENGTH_M_MIN <= length <= LENGTH_M_MAX:
        raise TrackError(
            0, f"a lap of {length:.0f} m is not within {LENGTH_M_MIN:.0f}..{LENGTH_M_MAX:.0f}"
        )
    track = dress(centre_line, _wishes(draft))
    for number, s, lateral in draft.pickups:
        point = track.centre[track.index_at(s)]
        if not (s < length and -point.right_m < lateral < point.left_m):
            raise TrackError(number, "this pick-up is not on the road")
    return track


def _wishes(draft: _Draft) -> Dress:
    return Dress(
        name=draft.name,
        title=draft.title or draft.name,
        theme=draft.theme,
        runoff_m=draft.runoff_m,
        runoff=draft.runoff,
        kerb_width_m=draft.kerb_m,
        pickups=tuple((s, lateral) for _, s, lateral in draft.pickups),
        scenery=tuple(draft.scenery),
        trees=draft.trees,
    )


def _read(draft: _Draft, number: int, statement: str, words: list[str]) -> None:
    match statement, words:
        case "name", [name] if NAME.fullmatch(name):
            draft.name = name
        case "title", [_, *_]:
            draft.title = _title(number, " ".join(words))
        case "theme", [theme] if theme in THEMES:
            draft.theme = theme
        case "width", [width]:
            draft.width_m = _number(number, width, 6.0, 30.0)
        case "runoff", [runoff, ("grass" | "gravel") as surface]:
            draft.runoff_m = _number(number, runoff, 0.6, 60.0)
            draft.runoff = Surface.GRASS if surface == "grass" else Surface.GRAVEL
        case "kerb", [kerb]:
            draft.kerb_m = _number(number, kerb, 0.0, 3.0)
        case "line", [part]:
            draft.line = _number(number, part, 0.0, 1.0)
        case "trees", [count]:
            draft.trees = int(_number(number, count, 0, TREES_MAX))
        case _:
            _read_place(draft, number, statement, words)


def _read_place(draft: _Draft, number: int, statement: str, words: list[str]) -> None:
    match statement, words:
        case "turn", [x, y, radius]:
            place = _number(number, x, -COORDINATE_MAX, COORDINATE_MAX)
            height = _number(number, y, -COORDINATE_MAX, COORDINATE_MAX)
            turn = Turn(place, height, _number(number, radius, 5, 2000), draft.width_m, number)
            _append(number, draft.turns, turn, TURNS_MAX)
        case "pickup", [s, lateral]:
            pickup = (
                number,
                _number(number, s, 0, LENGTH_M_MAX),
                _number(number, lateral, -15, 15),
            )
            _append(number, draft.pickups, pickup, PLACES_MAX)
        case "scenery", [kind, s, lateral, size] if kind in KINDS:
            hint = (
                kind,
                _number(number, s, 0, LENGTH_M_MAX),
                _number(number, lateral, -200, 200),
                _number(number, size, 1, 200),
            )
            _append(number, draft.scenery, hint, PLACES_MAX)
        case _:
            shown = " ".join([statement, *words])[:60]
            raise TrackError(number, f"not a statement of this format: {shown!r}")


def _number(line: int, word: str, least: float, most: float) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not least <= value <= most:  # false for nan, too
        raise TrackError(line, f"{word[:20]!r} is not a number within {least:g}..{most:g}")
    return value


def _title(line: int, title: str) -> str:
    if len(title) > 40 or not title.isprintable():
        raise TrackError(line, "a title is up to 40 printable characters")
    return title


def _append(line: int, places: list[T], place: T, most: int) -> None:
    if len(places) >= most:
        raise TrackError(line, f"more than {most} of these")
    places.append(place)
