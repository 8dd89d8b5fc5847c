"""A driver that is not a person."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

from racer.core.car import CarState, Controls, clamped
from racer.core.traffic import Traffic, look_around
from racer.core.tuning import CAR, TICK_HZ
from racer.core.tyres import steer_angle_limit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from racer.core.laps import Progress
    from racer.core.line import RacingLine
    from racer.core.track import Track, TrackPoint

LOOK_AHEAD_M: Final = 4.5
LOOK_AHEAD_S: Final = 0.26
"""Aim point of the pursuit: nearer, the car weaves; further, it cuts corners."""

UNDERSTEER_S2_M: Final = 0.0022
"""Extra steering by speed²: at the limit the front slips more than the rear."""

BRAKE_AHEAD_S: Final = 0.06
"""The speed wanted is read so far ahead: pedals and tyres take their time."""

PACE_LEAST: Final = 0.80
PACE_MOST: Final = 1.0
"""Share of the line's speed at skill 0 and at skill 1."""

PACE_SPREAD: Final = 0.012
"""Drivers of one skill differ by so much either way, else a field never mixes."""

OFFSET_SPREAD_M: Final = 0.5
"""Each driver's own taste across the road."""

OFFSET_RATE: Final = 3.2  # m/s across the road while changing lanes
EDGE_M: Final = CAR.width_m / 2.0 + 0.25  # kept from the edge while passing

STUCK_SPEED: Final = 1.5
STUCK_TICKS: Final = TICK_HZ
BACKING_TICKS: Final = 80  # the reverse gear takes 0.4 s of them
LOST_ANGLE: Final = 2.0  # rad off the track's direction: first turn round


@final
class Driver:
    """Drives one car: along the line, round the others, and out of trouble.

    `skill` 0..1: 0 is beaten by a beginner, 1 drives at the limit. `rng` makes drivers differ; it
    is drawn from here only, so the same seed gives the same driver.
    """

    def __init__(self, track: Track, line: RacingLine, skill: float, rng: Random) -> None:
        self._track = track
        self._line = line
        pace = PACE_LEAST + (PACE_MOST - PACE_LEAST) * clamped(skill, 0.0, 1.0)
        self._pace = min(PACE_MOST, pace * (1.0 + PACE_SPREAD * (rng.random() - 0.5) * 2.0))
        self._taste_m = OFFSET_SPREAD_M * (2.0 * rng.random() - 1.0) * (1.0 - 0.7 * skill)
        self._offset_m = 0.0  # from the line, now; eased
        self._slow_ticks = 0
        self._backing_ticks = 0

    def decide(
        self, car: CarState, progress: Progress, others: Sequence[CarState], tick: int
    ) -> Controls:
        """Return the controls for the next tick. `others` touch this car (no ghosts)."""
        place = self._track.project(car.x, car.y, self._track.index_at(progress.s_m))
        astray = math.remainder(car.heading - self._track.heading_at(place.s_m), math.tau)
        trouble = self._out_of_trouble(car, place, astray)
        if trouble is not None:
            return trouble
        traffic = look_around(self._track, self._line, car, place, others)
        self._ease_offset(car, place, traffic)
        steer = self._steer(car, place)
        wanted = self._wanted_speed(car, place, traffic)
        gap = wanted - car.speed
        if gap < -0.4:
            return Controls(brake=clamped(-gap * 0.35, 0.0, 1.0), steer=steer)
        straight = abs(steer) < 0.25 and gap > 6.0
        return Controls(
            throttle=clamped(0.35 + gap * 0.5, 0.0, 1.0),
            steer=steer,
            boost=car.boost_ticks > 0 and straight and car.speed > 20.0,
        )

    def _out_of_trouble(self, car: CarState, place: TrackPoint, astray: float) -> Controls | None:
        """Return what a car does that hangs at a wall or faces the wrong way, or None."""
        self._slow_ticks = self._slow_ticks + 1 if car.speed < STUCK_SPEED else 0
        if self._slow_ticks > STUCK_TICKS and self._backing_ticks == 0:
            self._backing_ticks = BACKING_TICKS
        home = clamped(-astray * 2.0 - place.lateral_m * 0.05, -1.0, 1.0)
        if self._backing_ticks > 0:
            self._backing_ticks -= 1
            self._slow_ticks = 0
            return Controls(brake=1.0, steer=-home)
        if abs(astray) > LOST_ANGLE:
            turn = math.copysign(1.0, -astray)
            if car.speed > 9.0:
                return Controls(brake=0.7, steer=turn)
            return Controls(throttle=0.55, steer=turn)
        return None

    def _ease_offset(self, car: CarState, place: TrackPoint, traffic: Traffic) -> None:
        """Move towards the lane that traffic asks for, or back to the line."""
        wish = self._taste_m if traffic.offset_m is None else traffic.offset_m
        most = OFFSET_RATE / TICK_HZ
        self._offset_m += clamped(wish - self._offset_m, -most, most)
        point = self._track.centre[place.index]
        line = self._line.lateral_m[place.index]
        self._offset_m = clamped(
            self._offset_m, EDGE_M - point.right_m - line, point.left_m - EDGE_M - line
        )

    def _steer(self, car: CarState, place: TrackPoint) -> float:
        """Return the steering by pure pursuit (Coulter 1992) with an understeer allowance."""
        ahead = LOOK_AHEAD_M + LOOK_AHEAD_S * car.speed
        x, y = self._aim(place.s_m + ahead)
        dx, dy = x - car.x, y - car.y
        c, s = math.cos(car.heading), math.sin(car.heading)
        forward, left = dx * c + dy * s, dy * c - dx * s
        bend = 2.0 * left / (forward * forward + left * left + 1e-6)
        if forward < 0.0:
            return math.copysign(1.0, left)
        angle = math.atan(CAR.wheelbase_m * bend) + UNDERSTEER_S2_M * car.speed**2 * bend
        return clamped(angle / steer_angle_limit(car.speed), -1.0, 1.0)

    def _aim(self, s_m: float) -> tuple[float, float]:
        """Return the place of our own lane at a way along the lap."""
        track, line = self._track, self._line
        way = (s_m % track.length_m) / track.spacing_m
        i = int(way) % len(track.centre)
        j = (i + 1) % len(track.centre)
        part = way - int(way)
        point = track.centre[i]
        low = EDGE_M - point.right_m - line.lateral_m[i]
        high = point.left_m - EDGE_M - line.lateral_m[i]
        offset = clamped(self._offset_m, min(low, 0.0), max(high, 0.0))
        x = line.x[i] + part * (line.x[j] - line.x[i])
        y = line.y[i] + part * (line.y[j] - line.y[i])
        return x - offset * point.ty, y + offset * point.tx

    def _wanted_speed(self, car: CarState, place: TrackPoint, traffic: Traffic) -> float:
        line, track = self._line, self._track
        index = track.index_at(place.s_m + BRAKE_AHEAD_S * car.speed)
        # Off the line corners are tighter; a share of the offset is a fair guess of how much.
        stray = abs(place.lateral_m - line.lateral_m[place.index])
        bend = abs(line.curvature[index])
        wanted = line.speed[index] * self._pace * (1.0 - min(0.25, 1.6 * bend * stray))
        return wanted if traffic.speed is None else min(wanted, traffic.speed)
