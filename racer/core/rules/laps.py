"""Laps: gates passed in order, and the moment within a tick at which the line was crossed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from racer.core.tuning import QUANTA_WAY

if TYPE_CHECKING:
    from racer.core.circuits.track import CentrePoint, Track
    from racer.core.physics.car import CarState


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a car has come.

    `lap` is the lap being driven: 0 on the grid, 1 after the start line was first crossed; a race
    of n laps is finished when it is n + 1. `gate` is the next gate to pass (0 is the line).
    `s_m` is the way along the lap, in quarters of a metre: a hint and a measure, not a judge.
    """

    lap: int
    gate: int
    s_m: float

    @property
    def laps_done(self) -> int:
        return max(self.lap - 1, 0)


def start_progress(car: CarState, track: Track) -> Progress:
    """Return the progress of a car on its grid slot."""
    return Progress(0, 0, rounded_way(track.project(car.x, car.y).s_m))


def advance(
    progress: Progress, track: Track, before: CarState, after: CarState
) -> tuple[Progress, float | None]:
    """Return the progress after one tick, and the line crossing.

    Gates count only forwards and in order; driving back over the line counts nothing.

    Returns:
        The new progress; and, where a lap began in this tick (`lap` grew), the fraction 0..1 of
        the tick at which the car's centre crossed the line, else None.
    """
    s_m = rounded_way(track.project(after.x, after.y, track.index_at(progress.s_m)).s_m)
    fraction = _crossing_fraction(track.centre[track.gates[progress.gate]], before, after)
    if fraction is None:
        return Progress(progress.lap, progress.gate, s_m), None
    following = (progress.gate + 1) % len(track.gates)
    if progress.gate != 0:
        return Progress(progress.lap, following, s_m), None
    return Progress(progress.lap + 1, following, s_m), fraction


def race_distance_m(progress: Progress, track: Track) -> float:
    """Return the way raced since the line was first crossed; negative on the grid.

    A car that leaves out a gate stays at that gate, however far it drives.
    """
    passed = track.gates[progress.gate - 1] * track.spacing_m
    lap = progress.lap - 1
    if progress.gate == 0 and progress.lap == 0:
        passed, lap = 0.0, 0  # on the grid: no gate is behind it, the line is ahead
    beyond = math.remainder(progress.s_m - passed, track.length_m)
    ahead = track.gates[progress.gate] * track.spacing_m - passed
    if progress.gate == 0:
        ahead = track.length_m - passed if progress.lap > 0 else 0.0
    return lap * track.length_m + passed + min(beyond, ahead)


def rounded_way(s_m: float) -> float:
    """Return a way along the lap as a car frame carries it."""
    return round(s_m * QUANTA_WAY) / QUANTA_WAY


def _crossing_fraction(gate: CentrePoint, before: CarState, after: CarState) -> float | None:
    """Return when within a tick the car crossed a gate forwards, as a fraction, or None."""
    behind = _distance_past_gate(gate, before)
    ahead = _distance_past_gate(gate, after)
    if not behind < 0.0 <= ahead:
        return None
    fraction = behind / (behind - ahead)
    x = before.x + fraction * (after.x - before.x)
    y = before.y + fraction * (after.y - before.y)
    lateral = (y - gate.y_m) * gate.tx - (x - gate.x_m) * gate.ty
    return fraction if -gate.right_wall_m <= lateral <= gate.left_wall_m else None


def _distance_past_gate(gate: CentrePoint, car: CarState) -> float:
    return (car.x - gate.x_m) * gate.tx + (car.y - gate.y_m) * gate.ty
