"""The racing line: least curvature within the width, and the speeds it can be driven at."""

import math
from dataclasses import dataclass, field
from typing import Final

from racer.core.circuits.layout import POINT_MULTIPLE
from racer.core.circuits.track import CentrePoint, Surface, Track
from racer.core.drivers.speed_profile import DRIVEN, Limits, SpeedProfile, speed_profile
from racer.core.tuning import (
    CAR,
    CARS,
    HALF_TREAD_M,
    SURFACE_DRAG,
    SURFACE_GRIP,
    CarTunables,
)

ERROR_M: Final = 0.55
"""What a driver needs to err across the road."""

BODY_M: Final = CAR.width_m / 2.0 + ERROR_M
"""Kept from the edge of the road by the body, where no kerb is beyond it, and from barriers."""

WHEELS_M: Final = HALF_TREAD_M + ERROR_M
"""Kept from the far edge of a kerb by the wheels: the body may hang over it."""

SWEEPS: Final = 150
"""Relaxation sweeps on each of the refinements; more change the lap by less than 0.1 %."""

OVERRELAXATION: Final = 1.5
"""Between 1 (Gauss-Seidel) and 2 (unstable); the curvature of a bent rod relaxes slowly."""

KINDS: Final = CARS
"""The kinds of car that a line has a profile for."""


@dataclass(frozen=True, slots=True)
class RacingLine:
    """One entry for each `Track.centre` point; one profile for each kind of car."""

    lateral_m: tuple[float, ...] = field(repr=False)  # offset from the centre, left is positive
    x: tuple[float, ...] = field(repr=False)
    y: tuple[float, ...] = field(repr=False)
    curvature: tuple[float, ...] = field(repr=False)  # 1/m, left is positive
    way_m: tuple[float, ...] = field(repr=False)  # from each point to the next
    ground: tuple[tuple[float, float], ...] = field(repr=False)
    """Under the wheels of each point: grip, as a share of dry asphalt's, and resistance, as one of
    the weight."""
    profiles: tuple[SpeedProfile, ...] = ()  # as a driver counts on, in the order of `KINDS`

    @property
    def speed(self) -> tuple[float, ...]:
        """m/s, the speeds of the first kind of car."""
        return self.profiles[0].speed

    @property
    def lap_s(self) -> float:
        """A flying lap of the first kind of car."""
        return self.profiles[0].lap_s

    def profile(self, spec: CarTunables) -> SpeedProfile:
        """Return the speeds for a kind of car; computed here if it is none of `KINDS`."""
        if spec in KINDS:
            return self.profiles[KINDS.index(spec)]
        return self.profile_within(Limits(spec, DRIVEN))

    def profile_within(self, limits: Limits) -> SpeedProfile:
        """Return the speeds that some limits allow on this line."""
        return speed_profile(self.curvature, self.way_m, self.ground, limits)


def racing_line(track: Track) -> RacingLine:
    """Return the line of a track with all profiles. A pure function that takes a while: cache it.

    Least sum of squared second differences, a bent rod within the width, found by relaxation from
    coarse to fine. Source: Heilmeier et al., Minimum curvature trajectory planning (2020); they
    solve the same problem as one quadratic program.
    """
    lateral = [0.0] * len(track.centre)
    reach = [_reach(track, i) for i in range(len(track.centre))]
    stride = POINT_MULTIPLE
    while stride >= 1:
        _relax_line(track.centre, reach, lateral, stride)
        _fill_between(lateral, stride)
        stride //= 2
    return line_along(track, lateral)


def line_along(track: Track, lateral: list[float]) -> RacingLine:
    """Return the line that lies so far to the left of the centre [m] at each of its points."""
    x = [p.x_m - e * p.ty for p, e in zip(track.centre, lateral, strict=True)]
    y = [p.y_m + e * p.tx for p, e in zip(track.centre, lateral, strict=True)]
    curvature, ways = _curvature_and_ways(x, y)
    ground = [_ground_at(track, i, e) for i, e in enumerate(lateral)]
    profiles = tuple(speed_profile(curvature, ways, ground, Limits(spec, DRIVEN)) for spec in KINDS)
    return RacingLine(
        tuple(lateral), tuple(x), tuple(y), tuple(curvature), tuple(ways), tuple(ground), profiles
    )


def _reach(track: Track, index: int) -> tuple[float, float]:
    """Return how far to the right (negative) and to the left the line may lie at a point [m].

    A dry kerb is driven on, where it is one for the whole length of a car; a wet one is left alone.
    """
    point, kerb_m = track.centre[index], track.kerb_width_m
    right, left = point.right_m - BODY_M, point.left_m - BODY_M
    if _has_dry_kerb(track, index, -1):
        right = min(point.right_m + kerb_m - WHEELS_M, point.right_wall_m - BODY_M)
    if _has_dry_kerb(track, index, 1):
        left = min(point.left_m + kerb_m - WHEELS_M, point.left_wall_m - BODY_M)
    return -right, left


def _has_dry_kerb(track: Track, index: int, side: int) -> bool:
    for near in (index - 1, index, (index + 1) % len(track.centre)):
        point = track.centre[near]
        edge = point.left_m if side > 0 else point.right_m
        beyond = side * (edge + 0.5 * track.kerb_width_m)
        if track.surface_at(near, beyond) is not Surface.KERB:
            return False
    return True


def _ground_at(track: Track, index: int, lateral_m: float) -> tuple[float, float]:
    """Return grip and resistance under the wheels of a car that drives there along the road."""
    left = track.surface_at(index, lateral_m + HALF_TREAD_M)
    right = track.surface_at(index, lateral_m - HALF_TREAD_M)
    return (
        0.5 * (SURFACE_GRIP[left] + SURFACE_GRIP[right]),
        0.5 * (SURFACE_DRAG[left] + SURFACE_DRAG[right]),
    )


def _relax_line(
    centre: tuple[CentrePoint, ...],
    reach: list[tuple[float, float]],
    lateral: list[float],
    stride: int,
) -> None:
    """Move every `stride`th point across the track to where the line through it bends least."""
    picked = range(0, len(centre), stride)
    count = len(picked)
    xs = [centre[i].x_m - lateral[i] * centre[i].ty for i in picked]
    ys = [centre[i].y_m + lateral[i] * centre[i].tx for i in picked]
    # Gone through a hundred times: all that stays the same is looked up once.
    points = []
    for k, i in enumerate(picked):
        p = centre[i]
        around = (k - 2, k - 1, (k + 1) % count, (k + 2) % count)
        points.append((k, i, *around, p.x_m, p.y_m, p.tx, p.ty, *reach[i]))
    for _ in range(SWEEPS):
        for k, i, a, b, c, d, x, y, tx, ty, low, high in points:
            bend_x = xs[a] - 4.0 * xs[b] + 6.0 * xs[k] - 4.0 * xs[c] + xs[d]
            bend_y = ys[a] - 4.0 * ys[b] + 6.0 * ys[k] - 4.0 * ys[c] + ys[d]
            wish = lateral[i] - (bend_y * tx - bend_x * ty) * (OVERRELAXATION / 6.0)
            if wish > high:
                wish = high
            if wish < low:
                wish = low
            lateral[i] = wish
            xs[k] = x - wish * ty
            ys[k] = y + wish * tx


def _fill_between(lateral: list[float], stride: int) -> None:
    """Set the points halfway between the relaxed ones, for the next refinement to begin with."""
    half = stride // 2
    if half:
        for i in range(half, len(lateral), stride):
            lateral[i] = 0.5 * (lateral[i - half] + lateral[(i + half) % len(lateral)])


def _curvature_and_ways(x: list[float], y: list[float]) -> tuple[list[float], list[float]]:
    """Return curvature at each point, and the way from it to the next."""
    count = len(x)
    ways = [math.dist((x[i], y[i]), (x[(i + 1) % count], y[(i + 1) % count])) for i in range(count)]
    curvature = []
    for i in range(count):
        j = (i + 1) % count
        ax, ay = x[i] - x[i - 1], y[i] - y[i - 1]
        bx, by = x[j] - x[i], y[j] - y[i]
        turned = math.atan2(ax * by - ay * bx, ax * bx + ay * by)
        curvature.append(2.0 * turned / (ways[i - 1] + ways[i]))
    return curvature, ways
