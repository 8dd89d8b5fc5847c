"""A recorded lap driven again, by the rules that make it a record, some ticks at a time."""

import math
from array import array
from collections import Counter
from typing import Final, final

from racer.core.circuits.track import PickupKind, Track
from racer.core.physics.car import CarState
from racer.core.recordings.recording import (
    RUN_UP_TICKS,
    Recording,
    controls_of,
    lap_ms,
    pickups_of,
)
from racer.core.rules.laps import rounded_way
from racer.core.rules.pickups import with_pickup
from racer.core.tick import drive
from racer.core.tuning import CARS, PHYSICS_VERSION, PICKUP_RESPAWN_TICKS

_SLACK_TICKS: Final = 1  # the return of a pick-up counts from within a tick


@final
class Trail:
    """Where the car was at each tick of a lap; the first place is the one before the line."""

    def __init__(self, fraction: float) -> None:
        self._fraction = fraction  # of the first tick, at which the line was crossed
        self._x = array("d")
        self._y = array("d")
        self._heading = array("d")

    def __len__(self) -> int:
        return len(self._x)

    def append(self, car: CarState) -> None:
        """Add the car a tick later."""
        self._x.append(car.x)
        self._y.append(car.y)
        self._heading.append(car.heading)

    def pose_at(self, ticks: float) -> tuple[float, float, float] | None:
        """Return x, y [m] and heading [rad] so long after the line; None beyond the lap."""
        place = ticks + self._fraction
        if not 0.0 <= place < len(self) - 1:
            return None
        k = int(place)
        part = place - k
        turn = math.remainder(self._heading[k + 1] - self._heading[k], math.tau)
        return (
            self._x[k] + part * (self._x[k + 1] - self._x[k]),
            self._y[k] + part * (self._y[k + 1] - self._y[k]),
            self._heading[k] + part * turn,
        )


@final
class Replay:
    """Drives one recording. Call `advance` until `done`.

    Then `lap_ms` is the lap's time, or None and `fault` says why it is no lap. `trail` is where
    the car was, if it is one.
    """

    def __init__(self, recording: Recording, track: Track) -> None:
        self.lap_ms: int | None = None
        self.fault: str | None = None
        self.trail = Trail(0.0)
        self._track = track
        self._inputs = recording.inputs
        self._tick = 0
        self._car = recording.start.car
        self._progress = recording.start.progress
        self._credit: Counter[PickupKind] = Counter()  # touched and not yet given
        self._returns = [0] * len(track.pickups)  # tick from which each can be touched again
        self._fraction = 0.0
        self.fault = self._start_fault(recording)
        if self.fault is None:
            self._spec = CARS[recording.car]

    @property
    def done(self) -> bool:
        return self.fault is not None or self.lap_ms is not None

    def advance(self, ticks: int) -> None:
        """Drive so many ticks on, or to the end."""
        end = min(self._tick + ticks, len(self._inputs))
        while self._tick < end and not self.done:
            self._drive_tick()
        if not self.done and self._tick == len(self._inputs):
            self.fault = "it does not come back to the line"

    def _start_fault(self, recording: Recording) -> str | None:
        if recording.physics != PHYSICS_VERSION:
            return "it was driven by other physics"
        if recording.car >= len(CARS):
            return "there is no such car"
        car, progress, track = self._car, self._progress, self._track
        if progress.gate >= len(track.gates):
            return "there is no such gate"
        place = track.project(car.x, car.y, track.index_at(progress.s_m))
        left, right = track.walls_at(place)
        if not -right <= place.lateral_m <= left or rounded_way(place.s_m) != progress.s_m:
            return "it begins beyond the barriers"
        return None

    def _drive_tick(self) -> None:
        before, quanta, track = self._car, self._inputs[self._tick], self._track
        for kind in pickups_of(quanta):
            if self._credit[kind] == 0:
                self.fault = f"it gets a {kind} that it never touched"
                return
            self._credit[kind] -= 1
            before = with_pickup(before, kind)
        ticked = drive(before, self._progress, controls_of(quanta), (), track, self._spec)
        self._car, self._progress = ticked.car, ticked.progress
        if ticked.touch is not None:
            self._credit_pickup(ticked.touch[0])
        self._judge_lap(before, ticked.car, ticked.crossing)
        self._tick += 1

    def _credit_pickup(self, pickup: int) -> None:
        if self._tick >= self._returns[pickup]:
            self._returns[pickup] = self._tick + PICKUP_RESPAWN_TICKS - _SLACK_TICKS
            self._credit[self._track.pickups[pickup].kind] += 1

    def _judge_lap(self, before: CarState, after: CarState, fraction: float | None) -> None:
        """Follow the lap: from its first crossing of the line, in its due tick, to the next."""
        if self._tick < RUN_UP_TICKS:
            return
        if self._tick == RUN_UP_TICKS:
            if fraction is None:
                self.fault = "it does not begin at the line"
                return
            self._fraction = fraction
            self.trail = Trail(fraction)
            self.trail.append(before)
        elif fraction is not None:
            if self._tick != len(self._inputs) - 1:
                self.fault = "it goes on beyond the line"
                return
            ticks = self._tick - RUN_UP_TICKS + fraction - self._fraction
            self.lap_ms = lap_ms(ticks)
        self.trail.append(after)
