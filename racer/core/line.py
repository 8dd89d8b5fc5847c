"""The racing line: least curvature within the width, and the speed it can be driven at."""

import math
from dataclasses import dataclass, field
from typing import Final

from racer.core.layout import POINT_MULTIPLE
from racer.core.track import CentrePoint, Track
from racer.core.tuning import CAR, GRAVITY
from racer.core.tyres import WEIGHT_N, drive_force

EDGE_MARGIN_M: Final = CAR.width_m / 2.0 + 0.55
"""Kept from the edge of the asphalt: half a car, and what a driver needs to err."""

SWEEPS: Final = 150
"""Relaxation sweeps on each of the refinements; more change the lap by less than 0.1 %."""

OVERRELAXATION: Final = 1.5
"""Between 1 (Gauss-Seidel) and 2 (unstable); the curvature of a bent rod relaxes slowly."""

CORNER_GRIP: Final = 0.96 * CAR.friction_front
"""The friction the line counts on: the front axle's peak, less what balance and bumps take."""

BRAKE_GRIP: Final = 0.78 * CAR.friction_front
"""The friction braking counts on; less than the car can, so that a late brake still works."""

SPEED_TOP: Final = 62.0
"""m/s; above what the car reaches without boost: the profile's bound on a straight."""


@dataclass(frozen=True, slots=True)
class RacingLine:
    """One entry for each `Track.centre` point."""

    lateral_m: tuple[float, ...] = field(repr=False)  # offset from the centre, left is positive
    x: tuple[float, ...] = field(repr=False)
    y: tuple[float, ...] = field(repr=False)
    curvature: tuple[float, ...] = field(repr=False)  # 1/m, left is positive
    speed: tuple[float, ...] = field(repr=False)  # m/s, the fastest that keeps to the line
    lap_s: float  # a flying lap at that speed


def racing_line(track: Track) -> RacingLine:
    """Return the line of a track. A pure function that takes a while: cache it.

    Least sum of squared second differences, a bent rod within the width, found by relaxation from
    coarse to fine. Source: Heilmeier et al., Minimum curvature trajectory planning (2020); they
    solve the same problem as one quadratic program.
    """
    lateral = [0.0] * len(track.centre)
    stride = POINT_MULTIPLE
    while stride >= 1:
        _relax(track.centre, lateral, stride)
        _fill_between(lateral, stride)
        stride //= 2
    x = [p.x_m - e * p.ty for p, e in zip(track.centre, lateral, strict=True)]
    y = [p.y_m + e * p.tx for p, e in zip(track.centre, lateral, strict=True)]
    curvature, ways = _curvature(x, y)
    speed = _speed_profile(curvature, ways)
    count = len(x)
    lap_s = sum(2.0 * ways[i] / (speed[i] + speed[(i + 1) % count]) for i in range(count))
    return RacingLine(tuple(lateral), tuple(x), tuple(y), tuple(curvature), tuple(speed), lap_s)


def _relax(centre: tuple[CentrePoint, ...], lateral: list[float], stride: int) -> None:
    """Move every `stride`th point across the track to where the line through it bends least."""
    picked = [(i, centre[i]) for i in range(0, len(centre), stride)]
    count = len(picked)
    xs = [p.x_m - lateral[i] * p.ty for i, p in picked]
    ys = [p.y_m + lateral[i] * p.tx for i, p in picked]
    for _ in range(SWEEPS):
        for k, (i, p) in enumerate(picked):
            a, b, c, d = k - 2, k - 1, (k + 1) % count, (k + 2) % count
            bend_x = xs[a] - 4.0 * xs[b] + 6.0 * xs[k] - 4.0 * xs[c] + xs[d]
            bend_y = ys[a] - 4.0 * ys[b] + 6.0 * ys[k] - 4.0 * ys[c] + ys[d]
            pull = (bend_y * p.tx - bend_x * p.ty) * (OVERRELAXATION / 6.0)
            wish = lateral[i] - pull
            wish = max(EDGE_MARGIN_M - p.right_m, min(p.left_m - EDGE_MARGIN_M, wish))
            lateral[i] = wish
            xs[k] = p.x_m - wish * p.ty
            ys[k] = p.y_m + wish * p.tx


def _fill_between(lateral: list[float], stride: int) -> None:
    """Set the points halfway between the relaxed ones, for the next refinement to begin with."""
    half = stride // 2
    if half:
        for i in range(half, len(lateral), stride):
            lateral[i] = 0.5 * (lateral[i - half] + lateral[(i + half) % len(lateral)])


def _curvature(x: list[float], y: list[float]) -> tuple[list[float], list[float]]:
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


def _speed_profile(curvature: list[float], ways: list[float]) -> list[float]:
    """Return the greatest speeds that grip, drive and brakes allow; two rounds close the loop."""
    count = len(curvature)
    corner = CORNER_GRIP * GRAVITY
    speed = [min(SPEED_TOP, math.sqrt(corner / max(abs(k), 1e-6))) for k in curvature]
    for step in range(2 * count):
        i, j = step % count, (step + 1) % count
        gain = _acceleration(speed[i]) * _left_over(speed[i], curvature[i])
        speed[j] = min(speed[j], math.sqrt(max(1.0, speed[i] ** 2 + 2.0 * gain * ways[i])))
    for step in reversed(range(2 * count)):
        i, j = step % count, (step + 1) % count
        loss = BRAKE_GRIP * GRAVITY * _left_over(speed[j], curvature[j])
        speed[i] = min(speed[i], math.sqrt(speed[j] ** 2 + 2.0 * loss * ways[i]))
    return speed


def _acceleration(speed: float) -> float:
    """Return what full throttle gives on a straight [m/s²], drag and all subtracted."""
    pull = drive_force(speed, 1.0, 0.6 * CAR.friction_rear * WEIGHT_N)
    return (pull - CAR.drag_kg_m * speed * speed - CAR.rolling_n) / CAR.mass_kg


def _left_over(speed: float, curvature: float) -> float:
    """Return the share 0..1 of grip along the car that cornering leaves (friction circle)."""
    used = speed * speed * abs(curvature) / (CORNER_GRIP * GRAVITY)
    return math.sqrt(max(0.0, 1.0 - used * used))
