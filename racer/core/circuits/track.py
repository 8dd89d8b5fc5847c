"""A circuit: a closed centre line with widths, and all that is measured along it."""

import math
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final

SEARCH_STEPS: Final = 40
"""Centre points that `Track.project` walks from its hint before it searches the whole loop."""

LOST_M: Final = 4.0
"""Beyond the barrier by so much, the hint must have been wrong: no car ever gets there."""


class TrackError(ValueError):
    """A circuit's text is wrong. `line` counts from 1; 0 means the text as a whole."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


class Surface(IntEnum):
    """What lies under a wheel."""

    ASPHALT = 0
    KERB = 1
    GRASS = 2
    GRAVEL = 3
    WET = 4
    DIRT = 5
    WET_KERB = 6


class Weather(StrEnum):
    """What falls from the sky; in rain all asphalt is wet, and its kerbs."""

    DRY = "dry"
    RAIN = "rain"


class Light(StrEnum):
    """When it is; for drawing only."""

    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class CentrePoint:
    """One of the evenly spaced points of the centre line, with the road across it.

    `left_m` and `right_m` reach from the centre to the edge of the road, `left_wall_m` and
    `right_wall_m` to the barrier; all are positive. (`tx`, `ty`) is the unit tangent. Water lies
    between the offsets `wet_from_m` and `wet_to_m` (left is positive); none where they are equal.
    """

    x_m: float
    y_m: float
    tx: float
    ty: float
    curvature: float  # 1/m, positive to the left
    left_m: float
    right_m: float
    left_wall_m: float
    right_wall_m: float
    left_kerb: bool
    right_kerb: bool
    height_m: float = 0.0  # for drawing: hills do not slow a car
    road: Surface = Surface.ASPHALT
    level: int = 0  # 1 on a bridge, where the road passes over another part
    wet_from_m: float = 0.0
    wet_to_m: float = 0.0


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """Where a point lies on a track: nearest centre point, way along, offset (left is positive)."""

    index: int
    s_m: float
    lateral_m: float


@dataclass(frozen=True, slots=True)
class GridSlot:
    """Where a car stands at the start."""

    x: float
    y: float
    heading: float


@dataclass(frozen=True, slots=True)
class Patch:
    """Water on the road: so far along the lap, and between these offsets, left is positive."""

    from_m: float
    to_m: float
    right_m: float
    left_m: float


class PickupKind(StrEnum):
    """What lies on the road for one car to get; recordings know kinds by their order here."""

    CANISTER = "canister"  # boost


@dataclass(frozen=True, slots=True)
class Pickup:
    """A pick-up where its author puts it: so far along the lap, so far to the left."""

    kind: PickupKind
    s_m: float
    lateral_m: float


@dataclass(frozen=True, slots=True)
class PlacedPickup:
    """A pick-up where it lies."""

    kind: PickupKind
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Scenery:
    """A hint for drawing only: `kind` is tree, stand, pits, tyres, tent; `size_m` its length."""

    kind: str
    x: float
    y: float
    heading: float
    size_m: float


@dataclass(frozen=True, slots=True)
class Track:
    """A circuit, ready to race on. `centre` is a closed loop of evenly spaced points."""

    name: str  # [a-z0-9-]
    title: str
    theme: str
    centre: tuple[CentrePoint, ...] = field(repr=False)
    spacing_m: float
    kerb_width_m: float
    runoff: Surface  # what lies between the kerb and the barrier
    gates: tuple[int, ...]  # indices into `centre`; the first is 0, the start and finish line
    grid: tuple[GridSlot, ...] = field(repr=False)
    pickups: tuple[PlacedPickup, ...] = field(repr=False)  # claims name them by their place here
    scenery: tuple[Scenery, ...] = field(repr=False)
    weather: Weather = Weather.DRY
    light: Light = Light.DAY
    patches: tuple[Patch, ...] = field(default=(), repr=False)

    @property
    def length_m(self) -> float:
        """Length of one lap along the centre line."""
        return self.spacing_m * len(self.centre)

    def index_at(self, s_m: float) -> int:
        """Return the index of the centre point nearest to a way along the lap; any s is valid."""
        return round(s_m / self.spacing_m) % len(self.centre)

    def project(self, x: float, y: float, hint: int | None = None) -> TrackPoint:
        """Return where (x, y) lies on the track. With a near `hint` (an index) in O(1).

        A wrong hint costs time only: a point that is not between the barriers near it is
        searched on the whole loop.
        """
        index = self._nearest_everywhere(x, y) if hint is None else self._nearest_index(x, y, hint)
        point = self.centre[index]
        dx = x - point.x_m
        dy = y - point.y_m
        along = dx * point.tx + dy * point.ty
        lateral = dy * point.tx - dx * point.ty
        # To second order the centre line is an arc, not its tangent: this keeps both figures
        # continuous from one centre point to the next.
        curvature = point.curvature
        lateral -= 0.5 * curvature * along * along
        stretch = 1.0 - curvature * lateral
        along /= max(0.2, stretch)
        spacing_m = self.spacing_m
        s_m = (index * spacing_m + along) % (spacing_m * len(self.centre))
        return TrackPoint(index, s_m, lateral)

    def surface(self, x: float, y: float, hint: int | None = None) -> Surface:
        """Return what lies at (x, y)."""
        place = self.project(x, y, hint)
        return self.surface_at(place.index, place.lateral_m)

    def surface_at(self, index: int, lateral_m: float) -> Surface:
        """Return what lies across from a centre point, so far to the left."""
        point = self.centre[index]
        if lateral_m >= 0.0:
            beyond, kerb = lateral_m - point.left_m, point.left_kerb
        else:
            beyond, kerb = -lateral_m - point.right_m, point.right_kerb
        if beyond <= 0.0:
            if point.wet_from_m < lateral_m < point.wet_to_m:
                return Surface.WET
            return point.road
        if not kerb or beyond > self.kerb_width_m:
            return self.runoff
        wet = point.road is Surface.WET or point.wet_from_m < lateral_m < point.wet_to_m
        return Surface.WET_KERB if wet else Surface.KERB

    @property
    def has_bridge(self) -> bool:
        """Whether it crosses itself: then two cars at one place may be on two levels."""
        return any(point.level for point in self.centre)

    def walls_at(self, place: TrackPoint) -> tuple[float, float]:
        """Return the distances from the centre line to the left and the right barrier."""
        here = self.centre[place.index]
        offset = place.s_m / self.spacing_m - place.index
        if offset > 1.0:  # just behind the line the nearest point may be number 0
            offset -= len(self.centre)
        there = self.centre[(place.index + (1 if offset > 0.0 else -1)) % len(self.centre)]
        part = min(abs(offset), 1.0)
        return (
            here.left_wall_m + part * (there.left_wall_m - here.left_wall_m),
            here.right_wall_m + part * (there.right_wall_m - here.right_wall_m),
        )

    def point_at(self, s_m: float, lateral_m: float = 0.0) -> tuple[float, float]:
        """Return the place at a way along the lap, offset to the left. Any s is valid."""
        index = self.index_at(s_m)
        point = self.centre[index]
        along = self._way_beyond(s_m, index)
        # To second order, as in `project`: the normal turns while one goes along an arc.
        bow = 0.5 * point.curvature * along * along
        along *= 1.0 - point.curvature * lateral_m
        lateral_m += bow
        return (
            point.x_m + along * point.tx - lateral_m * point.ty,
            point.y_m + along * point.ty + lateral_m * point.tx,
        )

    def heading_at(self, s_m: float) -> float:
        """Return the direction of the track [rad, -pi..pi] at a way along the lap."""
        index = self.index_at(s_m)
        point = self.centre[index]
        heading = math.atan2(point.ty, point.tx) + point.curvature * self._way_beyond(s_m, index)
        return math.remainder(heading, math.tau)

    def edge(self, side: int) -> tuple[tuple[float, float], ...]:
        """Return the edge of the asphalt, a closed loop for drawing: side +1 left, -1 right."""
        return tuple(_offset_point(p, p.left_m if side > 0 else -p.right_m) for p in self.centre)

    def wall(self, side: int) -> tuple[tuple[float, float], ...]:
        """Return the barrier, a closed loop for drawing: side +1 left, -1 right."""
        return tuple(
            _offset_point(p, p.left_wall_m if side > 0 else -p.right_wall_m) for p in self.centre
        )

    def _way_beyond(self, s_m: float, index: int) -> float:
        """Return the way from a centre point on to `s_m`, the short way round."""
        return math.remainder(s_m - index * self.spacing_m, self.length_m)

    def _nearest_index(self, x: float, y: float, hint: int) -> int:
        centre = self.centre
        count = len(centre)
        index = hint % count
        point = centre[index]
        best = _distance_squared(point, x, y)
        # Downhill, one way and then the other: near the hint the distance has one minimum.
        for stride in (1, -1):
            for _ in range(SEARCH_STEPS):
                neighbour = (index + stride) % count
                # `_distance_squared`, written out: this runs some hundred times a tick.
                point = centre[neighbour]
                dx, dy = x - point.x_m, y - point.y_m
                distance = dx * dx + dy * dy
                if distance >= best:
                    break
                index, best = neighbour, distance
        point = centre[index]
        reach = max(point.left_wall_m, point.right_wall_m) + LOST_M
        return index if best <= reach * reach else self._nearest_everywhere(x, y)

    def _nearest_everywhere(self, x: float, y: float) -> int:
        distances = [_distance_squared(point, x, y) for point in self.centre]
        return distances.index(min(distances))


def _distance_squared(point: CentrePoint, x: float, y: float) -> float:
    dx = x - point.x_m
    dy = y - point.y_m
    return dx * dx + dy * dy


def _offset_point(point: CentrePoint, lateral_m: float) -> tuple[float, float]:
    return (point.x_m - lateral_m * point.ty, point.y_m + lateral_m * point.tx)
