"""A driver that is not a person."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

from racer.core.car import CarState, Controls, clamped
from racer.core.pace import limits_of
from racer.core.traffic import Traffic, look_around
from racer.core.tuning import CAR, TICK_HZ, CarTunables
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

SIDE_MOST: Final = 14.0
"""m/s² across on dry asphalt, for what the pedals count on: off the line it may be anything."""

OFF_LINE: Final = 1.6
"""Share of speed that each metre off the line costs, times the curvature there."""

UNDERSTEER_S2_M: Final = 0.0045
"""Extra steering by speed²: at the limit the front slips more than the rear."""

BRAKE_AHEAD_S: Final = 0.05
"""The speed wanted is read so far ahead: pedals and tyres take their time."""

SPEED_GAIN: Final = 4.0
"""1/s; a speed that is off by 1 m/s is worth so many m/s² more than what the line asks."""

PACE_LEAST: Final = 0.80
PACE_MOST: Final = 1.0
"""Share of the line's speed at skill 0 and at skill 1."""

PACE_SPREAD: Final = 0.012
"""Drivers of one skill differ by so much either way, else a field never mixes; the best less."""

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

    def __init__(
        self,
        track: Track,
        line: RacingLine,
        skill: float,
        rng: Random,
        spec: CarTunables = CAR,
    ) -> None:
        self._track = track
        self._line = line
        self._spec = spec
        self._limits = limits_of(spec)
        self._profile = line.profile(spec)
        pace = PACE_LEAST + (PACE_MOST - PACE_LEAST) * clamped(skill, 0.0, 1.0)
        spread = PACE_SPREAD * (1.0 - 0.8 * clamped(skill, 0.0, 1.0))
        self._pace = min(PACE_MOST, pace * (1.0 + spread * (2.0 * rng.random() - 1.0)))
        self._taste_m = OFFSET_SPREAD_M * (2.0 * rng.random() - 1.0) * (1.0 - 0.7 * skill)
        self._offset_m = 0.0  # from the line, now; eased
        self._slow_ticks = 0
        self._backing_ticks = 0

    def decide(
        self,
        car: CarState,
        progress: Progress,
        others: Sequence[CarState],
        tick: int,
        cap: float = 1.0,
    ) -> Controls:
        """Return the controls for the next tick.

        Args:
            car: ours.
            progress: ours.
            others: that touch this car (no ghosts).
            tick: of the race.
            cap: the share of its own speed that it may drive at (`band.rubber_band`).
        """
        place = self._track.project(car.x, car.y, self._track.index_at(progress.s_m))
        astray = math.remainder(car.heading - self._track.heading_at(place.s_m), math.tau)
        trouble = self._out_of_trouble(car, place, astray)
        if trouble is not None:
            return trouble
        traffic = look_around(self._track, self._line, car, place, others)
        self._ease_offset(car, place, traffic)
        steer = self._steer(car, place)
        wanted, gain = self._wanted(car, place, traffic, cap)
        throttle, brake = self._pedals(car.speed, gain + SPEED_GAIN * (wanted - car.speed), place)
        straight = abs(steer) < 0.25 and wanted - car.speed > 4.0
        return Controls(
            throttle=throttle,
            brake=brake,
            steer=steer,
            boost=car.boost_ticks > 0 and straight and cap >= 1.0 and car.speed > 20.0,
        )

    def _pedals(self, speed: float, gain: float, place: TrackPoint) -> tuple[float, float]:
        """Return throttle and brake for an acceleration [m/s²] along the way."""
        grip = self._line.grip[place.index]
        side = min(speed * speed * abs(self._line.curvature[place.index]), SIDE_MOST * grip)
        coasting = self._limits.gain(speed, side, grip, throttle=0.0)
        if gain >= coasting:
            full = self._limits.gain(speed, side, grip)
            return clamped((gain - coasting) / max(full - coasting, 0.5), 0.0, 1.0), 0.0
        coasting -= self._spec.engine_brake_n / self._spec.mass_kg
        full = self._limits.loss(speed, 0.0, grip) + coasting
        return 0.0, clamped((coasting - gain) / max(full, 0.5), 0.0, 1.0)

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
        angle = math.atan(self._spec.wheelbase_m * bend) + UNDERSTEER_S2_M * car.speed**2 * bend
        return clamped(angle / steer_angle_limit(car.speed, self._spec), -1.0, 1.0)

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

    def _wanted(
        self, car: CarState, place: TrackPoint, traffic: Traffic, cap: float
    ) -> tuple[float, float]:
        """Return the speed wanted here [m/s], and how it changes along the line [m/s²]."""
        line, track, profile = self._line, self._track, self._profile
        index = track.index_at(place.s_m + BRAKE_AHEAD_S * car.speed)
        # Off the line corners are tighter; a share of the offset is a fair guess of how much.
        stray = abs(place.lateral_m - line.lateral_m[place.index])
        bend = abs(line.curvature[index])
        pace = self._pace * cap * (1.0 - min(0.25, OFF_LINE * bend * max(0.0, stray - 0.3)))
        wanted, gain = profile.speed[index] * pace, profile.gain[index] * pace * pace
        if traffic.speed is not None and traffic.speed < wanted:
            return traffic.speed, min(gain, 0.0)
        return wanted, gain
