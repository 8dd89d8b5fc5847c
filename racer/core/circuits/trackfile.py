"""Circuits as text: `docs/CIRCUITS.md` tells the format with an example.

One statement a line; `#` begins a comment; lengths in metres, x right, y up. FROM, TO and S are
ways along the lap from the line; LATERAL, LEFT and RIGHT lie across it, LATERAL positive to the
left:

    name harbour-ring          [a-z0-9-], the identity of the circuit
    title Harbour Ring         what people read
    theme coast                coast, meadow, city or forest: colours for drawing
    weather rain               dry or rain: then all asphalt and its kerbs are wet
    light night                day, dusk or night: for drawing
    width 12                   of the road, until the next `width`
    runoff 9 grass             from the road to the barrier, and of what: grass or gravel
    kerb 1.1                   width of the kerbs, which stand where turns need them
    line 0.6                   the start, as a part of the straight before the first turn
    turn X Y RADIUS            a corner of the circuit's polygon, rounded; driven in this order
    at X Y LEFT RIGHT          or, instead of turns, a point of the line with the road beside it
    bridge FROM TO             this stretch passes over another part
    dirt FROM TO               the road of this stretch is rolled dirt
    height S HEIGHT            how high the road lies here; eased between such places
    wet FROM TO RIGHT LEFT     water, so far to the right and to the left of the centre line
    gate S                     a checkpoint, in driving order; without any they stand by themselves
    pickup S LATERAL [KIND]    a canister, or a pick-up of this kind
    scenery KIND S LATERAL SIZE   tree, stand, pits, tyres or tent: only drawn
    trees 300                  scattered over the land
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from racer.core.circuits.barriers import is_crowded
from racer.core.circuits.bounds import NAME, TEXT_MAX
from racer.core.circuits.build import CircuitSpec, Stretch, dress
from racer.core.circuits.layout import FAULTS_MAX, Turn, Waypoint, lay_free, lay_out
from racer.core.circuits.track import (
    Light,
    Patch,
    Pickup,
    PickupKind,
    Surface,
    Track,
    TrackError,
    Weather,
)
from racer.core.circuits.validate import inspect

if TYPE_CHECKING:
    from racer.core.circuits.layout import CentreLine

__all__ = ["TrackError", "parse_track", "read_track"]

TURNS_MIN: Final = 3
TURNS_MAX: Final = 200
WAYPOINTS_MIN: Final = 8
WAYPOINTS_MAX: Final = 2500
PLACES_MAX: Final = 64  # of each kind; a claim names a pick-up in a byte
GATES_GIVEN_MAX: Final = 200
TREES_MAX: Final = 2000
COORDINATE_MAX: Final = 5000.0  # m from the origin; a car frame carries positions much further
HALF_WIDTH_MIN: Final = 2.5
HALF_WIDTH_MAX: Final = 20.0
LENGTH_M_MIN: Final = 202.0  # on half of it stand 24 cars, each a length behind the next
LENGTH_M_MAX: Final = 12_000.0  # below the 16 km that a car frame's way along the lap can tell
THEMES: Final = ("coast", "meadow", "city", "forest")
PICKUPS: Final = tuple(kind.value for kind in PickupKind)
KINDS: Final = ("tree", "stand", "pits", "tyres", "tent")
T = TypeVar("T")


@dataclass(slots=True)
class _Parsed:
    """What the lines so far have said. Ways along the lap come with the line that tells them."""

    name: str = ""
    title: str = ""
    theme: str = "meadow"
    weather: Weather = Weather.DRY
    light: Light = Light.DAY
    width_m: float = 12.0
    runoff_m: float = 9.0
    runoff: Surface = Surface.GRASS
    kerb_m: float = 1.0
    line: float = 0.5
    trees: int = 0
    turns: list[Turn] = field(default_factory=list)
    waypoints: list[Waypoint] = field(default_factory=list)
    bridges: list[Stretch] = field(default_factory=list)
    dirt: list[Stretch] = field(default_factory=list)
    heights: list[tuple[float, float]] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    gates: list[tuple[int, float]] = field(default_factory=list)
    pickups: list[tuple[int, Pickup]] = field(default_factory=list)
    scenery: list[tuple[str, float, float, float]] = field(default_factory=list)
    ways: list[tuple[int, float]] = field(default_factory=list)  # must lie within the lap


def parse_track(text: str) -> Track:
    """Return the track that a text describes.

    Raises:
        TrackError: the first fault of `read_track`.
    """
    track, faults = read_track(text)
    if track is None:
        raise faults[0]
    return track


def read_track(text: str) -> tuple[Track | None, tuple[TrackError, ...]]:
    """Return the track that a text describes, and all that is wrong with it, by line.

    Total and bounded for any text: a second at most. A text with faults gives no track.
    """
    if len(text) > TEXT_MAX:
        return None, (TrackError(0, f"longer than {TEXT_MAX} characters: leave out points"),)
    faults: list[TrackError] = []
    parsed = _Parsed()
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.partition("#")[0].split()
        if words:
            try:
                _read_statement(parsed, number, words[0], words[1:])
            except TrackError as fault:
                faults.append(fault)
    if not parsed.name:
        faults.append(TrackError(0, "no name: add 'name SOME-NAME'"))
    track = _build_track(parsed, faults)
    known = {(fault.line, fault.reason): fault for fault in faults[:FAULTS_MAX]}
    ordered = tuple(sorted(known.values(), key=lambda fault: fault.line or math.inf))
    return (None if ordered else track), ordered


def _build_track(parsed: _Parsed, faults: list[TrackError]) -> Track | None:
    geometry: list[TrackError] = []
    line = _lay_centre_line(parsed, geometry)
    if line is not None and not LENGTH_M_MIN <= line.length_m <= LENGTH_M_MAX:
        reason = (
            f"a lap of {line.length_m:.0f} m is not within {LENGTH_M_MIN:.0f}..{LENGTH_M_MAX:.0f}"
        )
        geometry.append(TrackError(0, reason))
        line = None
    if line is not None and is_crowded(line.points):
        geometry.append(TrackError(0, "it goes to and fro too often in one place: spread it out"))
        line = None
    track = None
    if line is not None:
        track = dress(line, _track_options(parsed), geometry)
        geometry = [_located_fault(parsed, fault, line) for fault in geometry]
        inspect(track, parsed.ways, parsed.gates, parsed.pickups, geometry)
    faults.extend(geometry)
    return track


def _lay_centre_line(parsed: _Parsed, faults: list[TrackError]) -> CentreLine | None:
    turns, waypoints = parsed.turns, parsed.waypoints
    if turns and waypoints:
        faults.append(TrackError(waypoints[0].line, "both 'turn' and 'at': use one of them"))
    elif waypoints and len(waypoints) < WAYPOINTS_MIN:
        faults.append(TrackError(0, f"fewer than {WAYPOINTS_MIN} points"))
    elif not waypoints and len(turns) < TURNS_MIN:
        faults.append(TrackError(0, f"fewer than {TURNS_MIN} turns"))
    elif _polygon_length_m(turns or waypoints) > 2.0 * LENGTH_M_MAX:
        faults.append(TrackError(0, f"a lap is not within {LENGTH_M_MAX:.0f} m"))
    else:
        return lay_out(turns, parsed.line, faults) if turns else lay_free(waypoints, faults)
    return None


def _polygon_length_m(corners: list[Turn] | list[Waypoint]) -> float:
    """Return the way round all corners: a bound on the work before any is done."""
    places = [(corner.x, corner.y) for corner in corners]
    return math.fsum(math.dist(places[i - 1], places[i]) for i in range(len(places)))


def _located_fault(parsed: _Parsed, fault: TrackError, line: CentreLine) -> TrackError:
    """Return a fault with the line of the nearest corner of the circuit, if it has none."""
    found = re.match(r"near \((-?\d+), (-?\d+)\)", fault.reason)
    if fault.line or found is None:
        return fault
    x, y = float(found[1]), float(found[2])
    corners = [(turn.x, turn.y, turn.line) for turn in parsed.turns]
    corners += [(at.x, at.y, at.line) for at in parsed.waypoints]
    nearest = min(corners, key=lambda corner: math.dist(corner[:2], (x, y)))
    return TrackError(nearest[2], fault.reason)


def _track_options(parsed: _Parsed) -> CircuitSpec:
    return CircuitSpec(
        name=parsed.name,
        title=parsed.title or parsed.name,
        theme=parsed.theme,
        runoff_m=parsed.runoff_m,
        runoff=parsed.runoff,
        kerb_width_m=parsed.kerb_m,
        weather=parsed.weather,
        light=parsed.light,
        gates=tuple(s for _, s in parsed.gates),
        bridges=tuple(parsed.bridges),
        dirt=tuple(parsed.dirt),
        heights=tuple(sorted(parsed.heights)),
        patches=tuple(parsed.patches),
        pickups=tuple(pickup for _, pickup in parsed.pickups),
        scenery=tuple(parsed.scenery),
        trees=parsed.trees,
    )


def _read_statement(parsed: _Parsed, number: int, statement: str, words: list[str]) -> None:
    match statement, words:
        case "name", [name] if NAME.fullmatch(name):
            parsed.name = name
        case "width", [width]:
            parsed.width_m = _parse_number(number, width, 6.0, 30.0)
        case "runoff", [runoff, ("grass" | "gravel") as surface]:
            parsed.runoff_m = _parse_number(number, runoff, 0.6, 60.0)
            parsed.runoff = Surface.GRASS if surface == "grass" else Surface.GRAVEL
        case "kerb", [kerb]:
            parsed.kerb_m = _parse_number(number, kerb, 0.0, 3.0)
        case "line", [part]:
            parsed.line = _parse_number(number, part, 0.0, 1.0)
        case "trees", [count]:
            parsed.trees = int(_parse_number(number, count, 0, TREES_MAX))
        case "turn", [_, _, _]:
            x, y, radius = _parse_numbers(number, words, _COORDINATES, _COORDINATES, (5.0, 2000.0))
            _append_bounded(
                number, parsed.turns, Turn(x, y, radius, parsed.width_m, number), TURNS_MAX
            )
        case "at", [_, _, _, _]:
            x, y, left, right = _parse_numbers(
                number, words, _COORDINATES, _COORDINATES, _HALVES, _HALVES
            )
            waypoint = Waypoint(x, y, left, right, number)
            _append_bounded(number, parsed.waypoints, waypoint, WAYPOINTS_MAX)
        case _:
            if not _read_look(parsed, number, statement, words):
                _read_place(parsed, number, statement, words)


def _read_look(parsed: _Parsed, number: int, statement: str, words: list[str]) -> bool:
    """Take what tells how the circuit looks; return whether it was such a statement."""
    match statement, words:
        case "title", [_, *_]:
            parsed.title = _checked_title(number, " ".join(words))
        case "theme", [theme] if theme in THEMES:
            parsed.theme = theme
        case "weather", [("dry" | "rain") as weather]:
            parsed.weather = Weather(weather)
        case "light", [("day" | "dusk" | "night") as light]:
            parsed.light = Light(light)
        case _:
            return False
    return True


def _read_place(parsed: _Parsed, number: int, statement: str, words: list[str]) -> None:
    match statement, words:
        case ("bridge" | "dirt") as kind, [_, _]:
            start, end = _parse_numbers(number, words, _WAY, _WAY)
            stretches = parsed.bridges if kind == "bridge" else parsed.dirt
            _append_bounded(number, stretches, Stretch(start, end), PLACES_MAX)
            parsed.ways += [(number, start), (number, end)]
        case "height", [_, _]:
            s, height = _parse_numbers(number, words, _WAY, (-200.0, 200.0))
            _append_bounded(number, parsed.heights, (s, height), PLACES_MAX)
            parsed.ways.append((number, s))
        case "wet", [_, _, _, _]:
            start, end, right, left = _parse_numbers(number, words, _WAY, _WAY, _LATERAL, _LATERAL)
            _append_bounded(number, parsed.patches, Patch(start, end, right, left), PLACES_MAX)
            parsed.ways += [(number, start), (number, end)]
        case "gate", [s]:
            _append_bounded(
                number, parsed.gates, (number, _parse_number(number, s, *_WAY)), GATES_GIVEN_MAX
            )
        case "pickup", [_, _]:
            _read_place(parsed, number, statement, [*words, PickupKind.CANISTER])
        case "pickup", [_, _, kind] if kind in PICKUPS:
            pickup = Pickup(PickupKind(kind), *_parse_numbers(number, words[:2], _WAY, _LATERAL))
            _append_bounded(number, parsed.pickups, (number, pickup), PLACES_MAX)
        case "scenery", [kind, _, _, _] if kind in KINDS:
            s, lateral, size = _parse_numbers(
                number, words[1:], _WAY, (-200.0, 200.0), (1.0, 200.0)
            )
            _append_bounded(number, parsed.scenery, (kind, s, lateral, size), PLACES_MAX)
            parsed.ways.append((number, s))
        case _:
            shown = " ".join([statement, *words])[:60]
            raise TrackError(number, f"not a statement of this format: {shown!r}")


_COORDINATES: Final = (-COORDINATE_MAX, COORDINATE_MAX)
_HALVES: Final = (HALF_WIDTH_MIN, HALF_WIDTH_MAX)
_WAY: Final = (0.0, LENGTH_M_MAX)
_LATERAL: Final = (-HALF_WIDTH_MAX, HALF_WIDTH_MAX)


def _parse_numbers(line: int, words: list[str], *bounds: tuple[float, float]) -> list[float]:
    return [_parse_number(line, word, *bound) for word, bound in zip(words, bounds, strict=True)]


def _parse_number(line: int, word: str, least: float, most: float) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not least <= value <= most:  # false for nan, too
        raise TrackError(line, f"{word[:20]!r} is not a number within {least:g}..{most:g}")
    return value


def _checked_title(line: int, title: str) -> str:
    if len(title) > 40 or not title.isprintable():
        raise TrackError(line, "a title is up to 40 printable characters")
    return title


def _append_bounded(line: int, places: list[T], place: T, most: int) -> None:
    if len(places) >= most:
        raise TrackError(line, f"more than {most} of these")
    places.append(place)
