"""Somebody with keys, who knows no more than a person: what was seen 200 ms ago, and its own hands.

Nothing here steps a car. Where it is by now is believed: the car goes on in an arc from where it
was seen. Who feels the car also knows how it answers what the hands did since, by a few numbers
for all surfaces and speeds, so they are wrong by a bit everywhere. Of the road, no more counts than
is on the screen at its worst; the line on it is seen as the window's aid paints it.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol, final

from racer.app.window.input.wheel import HeldKeys, Wheel
from racer.core.drivers.line import RacingLine, line_along
from racer.core.drivers.speed_profile import corner_speeds, limits_of
from racer.core.physics.car import CarState, Controls, clamped
from racer.core.physics.tyres import steer_angle_limit
from racer.core.tuning import CAR, TICK_S

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.rules.laps import Progress

REACTION_TICKS: Final = 12  # 200 ms

# What one feels of a car, on dry asphalt.
HOLDS: Final = 13.0  # m/s² across at full lock …
TURNS_S: Final = 0.10  # … that much after the wheel
LOCK: Final = 0.19  # 1/m, the tightest turn
BRAKES: Final = 14.0  # m/s²
PULLS: Final = 8.0  # m/s², less towards the top speed
TOP_SPEED: Final = 57.0  # m/s
FADES: Final = 22.0  # m/s below the top speed, from which it pulls less
ROLLS: Final = 2.0  # m/s² that it loses by itself, and more with speed
AIR: Final = 0.0015  # 1/m

# How one drives it.
AIM_M: Final = 4.0
AIM_S: Final = 0.24  # the point of the line that is aimed at: so far ahead, more with speed
SIGHT_S: Final = 1.8  # of road that is on the screen at its worst (docs/DRIVING.md)
COUNTED_ON: Final = 8.0  # m/s² of the brakes, with a bend to come
EARLY_S: Final = 0.10  # before the place, for keys take their time
UNDERSTEER_S2_M: Final = 0.0045
LATER_S: Final = 0.15  # what the wheel does now is seen in the course so much later
BEND_S: Final = 0.10  # of road ahead, whose bend is steered for
LOOK_S: Final = 0.6  # of road, on which one comes back to the line …
LOOK_M: Final = 7.0  # … and at least so much
TURNS_IN: Final = 20.0  # m/s² across that full lock asks for, as one turns in
STEADY_LEAST: Final = 0.15
KEY_TICKS: Final = 4  # a steering key stays as it is for so long: seven taps a second at most
STEER_LEAST: Final = 0.10
STEER_STEP: Final = 0.08  # the wheel is left alone where it is so near to what is wanted
BRAKE_FROM: Final = 0.8  # m/s too fast
BRAKE_TO: Final = 0.1
THROTTLE_FROM: Final = 0.3  # m/s too slow


@dataclass(frozen=True, slots=True)
class Style:
    """How near to the limits somebody goes."""

    reach: float  # how far of the way from the middle of the road to the line the own one goes
    dares: float  # share of the speed that a bend allows


STYLES: Final = (
    Style(1.0, 1.0),
    Style(1.0, 0.96),
    Style(0.85, 1.0),
    Style(1.0, 0.92),
    Style(0.85, 0.96),
    Style(0.85, 0.92),
    Style(0.7, 0.92),
    Style(0.85, 0.85),
    Style(0.7, 0.85),
    Style(0.5, 0.85),
    Style(0.5, 0.75),
)
"""From bold to careful."""


@dataclass(frozen=True, slots=True)
class Belief:
    """Where one believes the car to be now, and how fast."""

    x: float
    y: float
    heading: float
    speed: float
    course: float = 0.0  # where it goes, which is not always where it points
    yaw_rate: float = 0.0
    turning: float = 0.0  # the yaw rate that the wheel, left as it is, leads to


@dataclass(frozen=True, slots=True)
class Hands:
    """How late somebody acts on what was shown, how often keys can change, and how one steers."""

    reaction_ticks: int
    key_ticks: int
    steady: bool = False  # by the shape of the line and how one lies to it, not at a point of it


QUICK: Final = Hands(REACTION_TICKS, 1)


class Screen(Protocol):
    """Tells how much of the road ahead is shown."""

    def __call__(self, car: CarState, index: int) -> float:
        """Return so many metres of it, a tick later; the car is near a centre point."""
        ...


@final
class Person:
    """Drives one car by keys.

    Args:
        track: that the car is on.
        line: of the track.
        style: how it drives.
        feels: whether it knows what its keys do; else the car goes on as seen, in an arc.
        screen: tells how much of the road ahead is shown; without one, so many seconds of it.
        hands: how late and how often they act.
    """

    def __init__(
        self,
        track: Track,
        line: RacingLine,
        style: Style,
        *,
        feels: bool,
        screen: Screen | None = None,
        hands: Hands = QUICK,
    ) -> None:
        self._track = track
        self._line = line_along(track, [style.reach * lateral for lateral in line.lateral_m])
        allowed = corner_speeds(self._line.curvature, self._line.ground, limits_of(CAR))
        self._bends = [style.dares * speed for speed in allowed]
        self._feels = feels
        self._screen = screen
        self._hands = hands
        self._ticks = 0
        self._seen = deque[tuple[CarState, int, float]](maxlen=hands.reaction_ticks + 1)
        self._done = deque[Controls](maxlen=hands.reaction_ticks)  # since what is seen
        self._wheel = Wheel()
        self._held = HeldKeys()
        self._age = KEY_TICKS  # ticks since a steering key changed

    def __call__(self, car: CarState, progress: Progress, _tick: int) -> Controls:
        """Return what the keys do next. The car is shown now, and acted on only later."""
        index = self._track.index_at(progress.s_m)
        shown_m = SIGHT_S * car.speed if self._screen is None else self._screen(car, index)
        self._seen.append((car, index, shown_m))
        seen, near, shown_m = self._seen[0]
        now = self._believed(seen, near)
        steer = self._steady_steering if self._hands.steady else self._steering
        place = self._track.project(now.x, now.y, near)
        off_m = abs(place.lateral_m - self._line.lateral_m[place.index])
        bend = abs(self._line.curvature[place.index])
        if self._screen is not None:  # what was shown lies before where the car was then
            shown_m -= math.dist((seen.x, seen.y), (now.x, now.y))
        dared = self._dared_speed(now.speed, place.index, shown_m)
        dared *= 1.0 - min(0.25, bend * max(0.0, off_m - 0.3))
        if self._ticks % self._hands.key_ticks == 0:
            self._press(steer(now, place.s_m), dared - now.speed)
        self._ticks += 1
        controls = self._wheel.turn(self._held, TICK_S)
        self._done.append(controls)
        return controls

    def _believed(self, seen: CarState, near: int) -> Belief:
        """Carry what was seen on to now."""
        heading, speed, yaw_rate = seen.heading, seen.speed, seen.yaw_rate
        course = math.atan2(seen.vy, seen.vx) if speed > 2.0 else heading
        x, y = seen.x, seen.y
        grip, _ = self._line.ground[near]
        turning = yaw_rate
        for controls in self._done:
            if self._feels:
                held = min(HOLDS * grip, LOCK * speed * speed)
                turning = controls.steer * held / max(speed, 1.0)
                yaw_rate += (turning - yaw_rate) * TICK_S / TURNS_S
                speed = max(1.0, speed + _felt_gain(controls, speed, grip) * TICK_S)
            course += yaw_rate * TICK_S
            heading += yaw_rate * TICK_S
            x += speed * math.cos(course) * TICK_S
            y += speed * math.sin(course) * TICK_S
        return Belief(x, y, heading, max(speed, 1.0), course, yaw_rate, turning)

    def _steering(self, now: Belief, s_m: float) -> float:
        """Return the share of full lock that leads to a point ahead on the line."""
        track, line = self._track, self._line
        way = (s_m + AIM_M + AIM_S * now.speed) / track.spacing_m
        i, part = int(way) % len(line.x), way - int(way)
        j = (i + 1) % len(line.x)
        dx = line.x[i] + part * (line.x[j] - line.x[i]) - now.x
        dy = line.y[i] + part * (line.y[j] - line.y[i]) - now.y
        c, s = math.cos(now.heading), math.sin(now.heading)
        forward, left = dx * c + dy * s, dy * c - dx * s
        bend = 2.0 * left / (forward * forward + left * left + 1e-6)
        angle = math.atan(CAR.wheelbase_m * bend) + UNDERSTEER_S2_M * now.speed * now.speed * bend
        return clamped(angle / steer_angle_limit(now.speed), -1.0, 1.0)

    def _steady_steering(self, now: Belief, s_m: float) -> float:
        """Return the share of full lock that brings the car onto the line, and along it.

        As one steers who looks along the road (Donges 1978): by how it bends, and against what one
        lies aside of the line and across it; of a moment later, for wheel and tyres take time.
        """
        track, line, later = self._track, self._line, now
        for _ in range(round(LATER_S / TICK_S)):
            later = _carried_on(later)
        i = track.project(later.x, later.y, track.index_at(s_m + LATER_S * now.speed)).index
        before, after = i - 1, (i + 1) % len(line.x)
        dx, dy = line.x[after] - line.x[before], line.y[after] - line.y[before]
        way = math.hypot(dx, dy)
        aside = ((later.y - line.y[i]) * dx - (later.x - line.x[i]) * dy) / way
        across = math.remainder(later.course - math.atan2(dy, dx), math.tau)
        ahead = track.index_at(i * track.spacing_m + BEND_S * now.speed)
        look_m = max(LOOK_M, LOOK_S * now.speed)
        bend = line.curvature[ahead] - 2.0 * across / look_m - aside / look_m**2
        speed2 = now.speed * now.speed
        return clamped(bend * speed2 / min(TURNS_IN, LOCK * speed2), -1.0, 1.0)

    def _dared_speed(self, speed: float, index: int, shown_m: float) -> float:
        """Return the speed from which every bend in sight can still be taken."""
        spacing = self._track.spacing_m
        dared = TOP_SPEED
        for k in range(int(shown_m / spacing) + 1):
            there = self._bends[(index + k) % len(self._bends)]
            way_m = max(0.0, k * spacing - EARLY_S * speed)
            dared = min(dared, math.sqrt(there * there + 2.0 * COUNTED_ON * way_m))
        return dared

    def _press(self, wish: float, lack: float) -> None:
        """Press and let go of keys, for a wish of the wheel and a lack of speed [m/s]."""
        steady = self._hands.steady
        steer = self._wheel.turn(self._held, 0.0).steer
        least = STEADY_LEAST if steady else STEER_LEAST
        lifts = steady and abs(wish) >= 1.0  # at full lock more power only pushes it wide
        full = abs(wish) > 0.75 and wish * steer > 0.0
        brake = lack < -(BRAKE_TO if self._held.brake else BRAKE_FROM)
        fresh = HeldKeys(
            left=wish > least and (full or wish > steer + STEER_STEP),
            right=wish < -least and (full or wish < steer - STEER_STEP),
            throttle=not brake
            and not lifts
            and lack > (-THROTTLE_FROM if self._held.throttle else THROTTLE_FROM),
            brake=brake,
        )
        turned = (fresh.left, fresh.right) != (self._held.left, self._held.right)
        if not steady and turned and self._age < KEY_TICKS:
            fresh = replace(fresh, left=self._held.left, right=self._held.right)
        self._age = 0 if turned and self._age >= KEY_TICKS else self._age + 1
        self._held = fresh


def _carried_on(now: Belief) -> Belief:
    """Return what is believed of a tick later, if the wheel stays as it is."""
    yaw_rate = now.yaw_rate + (now.turning - now.yaw_rate) * TICK_S / TURNS_S
    course = now.course + yaw_rate * TICK_S
    x = now.x + now.speed * math.cos(course) * TICK_S
    y = now.y + now.speed * math.sin(course) * TICK_S
    return replace(now, x=x, y=y, course=course, yaw_rate=yaw_rate)


def _felt_gain(controls: Controls, speed: float, grip: float) -> float:
    """Return what the pedals do to the speed [m/s²], as one feels it."""
    if controls.brake > 0.05:
        return -BRAKES * grip * controls.brake
    if controls.throttle > 0.05:
        return controls.throttle * clamped(PULLS * (TOP_SPEED - speed) / FADES, 0.0, PULLS * grip)
    return -ROLLS - AIR * speed * speed
