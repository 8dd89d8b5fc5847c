"""A driver that is not a person."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

from racer.core.drivers.corners import Corner, corners_ahead
from racer.core.drivers.personality import FLAWLESS, mistake_of, personality_of
from racer.core.drivers.pursuit import LOOK_AHEAD_M, LOOK_AHEAD_S, steering_towards
from racer.core.drivers.recovery import Recovery
from racer.core.drivers.speed_profile import limits_of
from racer.core.drivers.traffic import Racecraft, Stance, Traffic, neighbours
from racer.core.physics.car import STANDING, CarState, Controls, clamped
from racer.core.rules.pickups import rules_of
from racer.core.tuning import CAR, GRAVITY, PICKUP_RADIUS_M, TICK_HZ, CarTunables

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from random import Random

    from racer.core.circuits.track import Track, TrackPoint
    from racer.core.drivers.line import RacingLine
    from racer.core.rules.laps import Progress

SIDE_MOST: Final = 14.0
"""m/s² across on dry asphalt, for what the pedals count on: off the line it may be anything."""

OFF_LANE: Final = 1.6
"""Share of speed that each metre off the own lane costs, times the curvature there."""

COURSE_SHARE: Final = 0.5
"""Where the pursuit looks from: so far from the way the car points to the way it goes. In a fast
corner it points inwards, so by its nose alone it runs wide; by its course alone it weaves."""

COURSE_SPEED: Final = 5.0  # m/s; slower, a course is none

BRAKE_AHEAD_S: Final = 0.05
"""The speed wanted is read so far ahead: pedals and tyres take their time."""

SPEED_GAIN: Final = 4.0
"""1/s; a speed that is off by 1 m/s is worth so many m/s² more than what the line asks."""

OFFSET_RATE: Final = 4.5  # m/s across the road while changing lanes

CAN_AHEAD_M: Final = 60.0
CAN_ASIDE_M: Final = 4.0
CAN_REACH_M: Final = 0.7 * PICKUP_RADIUS_M
"""A canister that is so near ahead, and so near to the line, is worth passing within its reach."""


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
        self._corners = corners_ahead(self._profile.speed, line.curvature)
        self._rng = rng
        self._personality = personality_of(clamped(skill, 0.0, 1.0), self._rng)
        self._recovery = Recovery(track)
        self._racecraft = Racecraft(track, line)
        self._corner: Corner | None = None
        self._mistake = FLAWLESS
        self._offset_m = 0.0  # from the line, now; eased
        places = (track.project(pickup.x, pickup.y) for pickup in track.pickups)
        self._cans = tuple((p.s_m, p.lateral_m - line.lateral_m[p.index]) for p in places)

    @property
    def jumps_start(self) -> bool:
        """Whether it is on the throttle before the green light."""
        return self._personality.jumps_start

    def decide(
        self,
        car: CarState,
        progress: Progress,
        others: Sequence[CarState],
        tick: int,
        cap: float = 1.0,
        cans: Collection[int] = (),
    ) -> Controls:
        """Return the controls for the next tick.

        Args:
            car: ours.
            progress: ours.
            others: that touch this car (no ghosts).
            tick: of the race.
            cap: the share of its own speed that it may drive at (`rubber_band`).
            cans: numbers of the pick-ups that are there.
        """
        if tick < self._personality.reaction_ticks and progress.lap == 0:
            return STANDING
        place = self._track.project(car.x, car.y, self._track.index_at(progress.s_m))
        astray = math.remainder(car.heading - self._track.heading_at(place.s_m), math.tau)
        trouble = self._recovery.decide(car, place, astray)
        if trouble is not None:
            return trouble
        self._note_corner(self._corners[place.index])
        wanted, gain = self._target_speed(car, place, cap)
        traffic = self._assess_traffic(car, place, others, wanted)
        if traffic.speed is not None and traffic.speed < wanted:
            wanted, gain = traffic.speed, min(gain, 0.0)
        self._ease_offset(car, place, traffic, cans)
        steer = self._pursuit_steering(car, place)
        throttle, brake = self._pedal_positions(
            car.speed, gain + SPEED_GAIN * (wanted - car.speed), place
        )
        straight = abs(steer) < 0.25 and wanted - car.speed > 4.0
        return Controls(
            throttle=throttle,
            brake=brake,
            steer=steer,
            boost=car.boost_ticks > 0 and straight and cap >= 1.0 and car.speed > 20.0,
        )

    def _note_corner(self, corner: Corner | None) -> None:
        """Note the corner ahead, and how this driver will take it."""
        if corner is not None and corner != self._corner:
            self._corner = corner
            self._mistake = mistake_of(self._personality, self._rng)

    def _assess_traffic(
        self, car: CarState, place: TrackPoint, others: Sequence[CarState], wanted: float
    ) -> Traffic:
        near = neighbours(self._track, self._line, car, place, others)
        if not near:
            return Traffic(None, None)
        point = self._track.centre[place.index]
        speed = car.vx * point.tx + car.vy * point.ty
        brake_m, apex_m = self._distances_to_corner(place)
        stance = Stance(
            offset_m=place.lateral_m - self._line.lateral_m[place.index],
            speed=speed,
            wanted=wanted,
            braking=self._limits.loss(speed, 0.0, self._line.ground[place.index][0]),
            corner=self._corner,
            brake_s=brake_m / max(speed, 1.0),
            apex_s=apex_m / max(speed, 1.0),
            bold=self._personality.bold,
        )
        return self._racecraft.decide(stance, near)

    def _pedal_positions(self, speed: float, gain: float, place: TrackPoint) -> tuple[float, float]:
        """Return throttle and brake for an acceleration [m/s²] along the way."""
        grip, drag = self._line.ground[place.index]
        side = min(speed * speed * abs(self._line.curvature[place.index]), SIDE_MOST * grip)
        gain += GRAVITY * drag  # what the ground takes, pedals have to make up for
        coasting = self._limits.gain(speed, side, grip, throttle=0.0)
        if gain >= coasting:
            full = self._limits.gain(speed, side, grip)
            return clamped((gain - coasting) / max(full - coasting, 0.5), 0.0, 1.0), 0.0
        coasting -= self._spec.engine_brake_n / self._spec.mass_kg
        full = self._limits.loss(speed, 0.0, grip) + coasting
        return 0.0, clamped((coasting - gain) / max(full, 0.5), 0.0, 1.0)

    def _ease_offset(
        self, car: CarState, place: TrackPoint, traffic: Traffic, cans: Collection[int]
    ) -> None:
        """Move towards the lane that traffic asks for, or that of a pick-up, or our own."""
        wish = traffic.offset_m
        if wish is None:
            wish = self._pickup_lane(car, place, cans)
        if wish is None:
            outside = -1 if self._corner is None else -self._corner.inside
            wish = self._personality.habit_m + outside * self._mistake.wide_m
        most = OFFSET_RATE / TICK_HZ
        self._offset_m += clamped(wish - self._offset_m, -most, most)
        self._offset_m = self._racecraft.on_road(place.index, self._offset_m)

    def _pickup_lane(self, car: CarState, place: TrackPoint, cans: Collection[int]) -> float | None:
        """Return the offset at which a pick-up ahead is had by the way, if one is wanted."""
        for number in cans:
            s_m, offset_m = self._cans[number]
            ahead = (s_m - place.s_m) % self._track.length_m
            near = ahead < CAN_AHEAD_M and abs(offset_m) < CAN_ASIDE_M
            if near and rules_of(self._track.pickups[number].kind).is_wanted(car):
                habit = self._personality.habit_m
                return clamped(habit, offset_m - CAN_REACH_M, offset_m + CAN_REACH_M)
        return None

    def _pursuit_steering(self, car: CarState, place: TrackPoint) -> float:
        """Return the steering towards a place of our lane ahead."""
        ahead = LOOK_AHEAD_M + LOOK_AHEAD_S * car.speed
        x, y = self._lane_point(place.s_m + ahead)
        dx, dy = x - car.x, y - car.y
        look = car.heading
        if car.speed > COURSE_SPEED:
            astray = math.remainder(math.atan2(car.vy, car.vx) - car.heading, math.tau)
            look += COURSE_SHARE * astray
        return steering_towards(dx, dy, look, car.speed, self._spec)

    def _lane_point(self, s_m: float) -> tuple[float, float]:
        """Return the place of our own lane at a way along the lap."""
        track, line = self._track, self._line
        way = (s_m % track.length_m) / track.spacing_m
        i = int(way) % len(track.centre)
        j = (i + 1) % len(track.centre)
        part = way - int(way)
        point = track.centre[i]
        offset = self._racecraft.on_road(i, self._offset_m)
        x = line.x[i] + part * (line.x[j] - line.x[i])
        y = line.y[i] + part * (line.y[j] - line.y[i])
        return x - offset * point.ty, y + offset * point.tx

    def _target_speed(self, car: CarState, place: TrackPoint, cap: float) -> tuple[float, float]:
        """Return the speed wanted here [m/s], and how it changes along the line [m/s²].

        A lane beside the line is an arc about the same centre: inside of it tighter, and slower by
        the root of the radius. Outside of it no faster: the way there and back bends too.
        """
        line, profile, corner = self._line, self._profile, self._corner
        ahead_s = BRAKE_AHEAD_S - self._mistake.late_s
        index = self._track.index_at(place.s_m + ahead_s * car.speed)
        speed, gain = profile.speed[index], profile.gain[index]
        bend = line.curvature[index]
        square = speed * speed * clamped(1.0 - bend * self._offset_m, 0.4, 1.0)
        if corner is not None and gain < 0.0:
            offset = self._racecraft.on_road(corner.apex, self._offset_m)
            tighter = max(0.0, line.curvature[corner.apex] * offset)
            square = min(square, speed * speed - profile.speed[corner.apex] ** 2 * tighter)
        astray = abs(place.lateral_m - line.lateral_m[place.index] - self._offset_m)
        pace = self._personality.pace * cap * self._mistake.pace
        pace *= 1.0 - min(0.25, OFF_LANE * abs(bend) * max(0.0, astray - 0.3))
        return math.sqrt(max(1.0, square)) * pace, gain * pace * pace

    def _distances_to_corner(self, place: TrackPoint) -> tuple[float, float]:
        """Return the way to where the next corner's braking begins, and to its apex [m]."""
        corner, track = self._corner, self._track
        if corner is None:
            return math.inf, math.inf
        apex_m = (corner.apex * track.spacing_m - place.s_m) % track.length_m
        braking = (corner.apex - corner.brake) % len(track.centre)
        return apex_m - braking * track.spacing_m, apex_m
