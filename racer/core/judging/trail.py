"""What was seen of one car in one pair of hands: its states as they came, summed up lap by lap.

A step from one state to the next is held against what no car can do: go further than its speed
allows, or pass gates so; and all of them together against what it may be out by (`StepBudget`).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, final

from racer.core.judging.sighting import (
    CarSighting,
    apart_m,
    reach_m,
    sighting_of,
    tick_of,
    was_put_back,
)
from racer.core.judging.step_budget import WAY_M, StepBudget, explained_m
from racer.core.rules.rescue import BACK_WAY_M
from racer.core.tuning import RESCUE_TICKS, TICK_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.core.circuits.track import Track
    from racer.core.recordings.car_codec import CarFrame

INSIDE: Final = 2.0  # the way on the centre line that a metre on the inside of a bend is worth
RECENT: Final = 96  # states at hand …
PUT_M: Final = 1.0  # a car that was put farther has been put anew
THIN_TICKS: Final = 3  # … of which none follows another sooner: five seconds at least
STEADY_TICKS: Final = TICK_HZ // 2  # without a state for longer a car is not seen all the time
DOUBTED_TICKS: Final = TICK_HZ  # a car that leapt touches nobody until it has moved well so long


@dataclass(slots=True)
class LapSightings:
    """What was seen of a car in one lap; the grid belongs to the first."""

    first_tick: int
    last_tick: int
    seen: int = 0


@final
class CarTrail:
    """The states of one car by one life of one driver, in order."""

    def __init__(
        self, track: Track, origins: Sequence[CarTrail] = (), start: CarFrame | None = None
    ) -> None:
        """Begin a trail.

        Args:
            origins: trails one of which the first state goes on from; none: it may be anywhere.
            start: where the rules put the car if nobody knows better: a ghost may begin there.
        """
        self._track = track
        self._gate_m = track.length_m / len(track.gates)
        self._recent: deque[CarSighting] = deque(maxlen=RECENT)
        self._origins = [each for each in origins if each.newest is not None]
        self._start = None if start is None else sighting_of(start, len(track.gates))
        self.newest: CarSighting | None = None
        self.laps: dict[int, LapSightings] = {}
        self.leapt_in: set[int] = set()  # laps that it began, ended or went through by a leap
        self.doubted_until = -1  # tick
        self._put_tick: int = max((each._put_tick for each in origins), default=-RESCUE_TICKS)
        self._stands_until = -1  # tick: as it was put back in this trail
        self._budget = StepBudget()

    def note(self, frame: CarFrame) -> bool:
        """Take a newer state. Returns False where the car cannot have come there."""
        seen, before = sighting_of(frame, len(self._track.gates)), self.newest
        if before is not None and seen.tick <= before.tick:
            return True
        comes = self._begins(seen) if before is None else self._comes_from(before, seen)
        lap = max(seen.lap, 1)
        told = self.laps.setdefault(lap, LapSightings(seen.tick, seen.tick))
        told.last_tick, told.seen = seen.tick, told.seen + 1
        if not comes:
            self.leapt_in.update(range(self._lap_before(seen), lap + 1))
            self.doubted_until = seen.tick + DOUBTED_TICKS
        if not self._recent or seen.tick >= self._recent[-1].tick + THIN_TICKS:
            self._recent.append(seen)
        self.newest, self._origins = seen, []
        return comes

    @property
    def first_tick(self) -> int:
        return min((lap.first_tick for lap in self.laps.values()), default=0)

    def tick_of_lap(self, lap: int) -> int:
        """Return the last tick at which the car was seen not to have completed a lap; else -1."""
        return max((seen.last_tick for of, seen in self.laps.items() if of <= lap), default=-1)

    def tick_beyond(self, lap: int) -> float:
        """Return the first tick at which the car was seen beyond a lap; else infinity."""
        return min(
            (seen.first_tick for of, seen in self.laps.items() if of > lap), default=math.inf
        )

    def is_doubted(self, tick: int) -> bool:
        """Whether the car leapt shortly before."""
        return tick < self.doubted_until

    def is_steady(self, now: int, ticks: int) -> bool:
        """Whether the car was seen all the time since so many ticks, and is now."""
        times = [now - ticks, *(seen.tick for seen in self._recent if seen.tick > now - ticks)]
        gaps = [after - before for before, after in pairwise([*times, now])]
        return max(gaps) <= STEADY_TICKS and self.first_tick <= now - ticks

    def around(self, tick: float) -> tuple[CarSighting | None, CarSighting | None]:
        """Return the last sighting up to a tick, and the first one from there on."""
        before = after = None
        for seen in self._recent:
            if seen.tick > tick:
                after = seen
                break
            before = seen
        newest = self.newest
        if after is None and newest is not None:
            if newest.tick > tick:
                after = newest
            else:
                before = newest
        return before, after

    def may_pass(self, gates: int, far_m: float) -> bool:
        """Whether a car that goes so far can pass so many gates."""
        return (gates - 1) * self._gate_m <= INSIDE * far_m

    def gates_of(self, lap: int) -> int:
        """Return how many gates a car has passed that has just completed a lap."""
        return lap * len(self._track.gates) + 1

    def gate_at(self, index: int) -> tuple[float, float, float]:
        """Return the middle of a gate, and how far from it one may pass."""
        gates = self._track.gates
        point = self._track.centre[gates[index % len(gates)]]
        return point.x_m, point.y_m, max(point.left_wall_m, point.right_wall_m)

    def _begins(self, seen: CarSighting) -> bool:
        """Whether a car can be there in a new life of its driver, or in new hands."""
        left = [each for each in self._origins if each.leads_to(seen)]
        if seen.ghost and not left:
            left = [each for each in self._origins if each.may_be_put(seen, self._start)]
            self._put_tick = max((tick_of(each.newest) for each in left), default=self._put_tick)
        self.doubted_until = max((each.doubted_until for each in left), default=-1)
        if left and not seen.ghost:
            nearest = min(left, key=lambda each: each._budget.way_m + each._budget.knocks_ms)
            return self._goes_on_from(nearest, seen)
        return bool(left) or not self._origins

    def _goes_on_from(self, origin: CarTrail, seen: CarSighting) -> bool:
        """Whether a car of another trail has enough left of what may stay unexplained."""
        self._budget = replace(origin._budget)
        return origin.newest is None or self._budget.covers(origin.newest, seen)

    def leads_to(self, seen: CarSighting) -> bool:
        """Whether a car of this trail can have driven there."""
        before = self.newest
        if before is None:
            return True
        far_m = reach_m(before, seen)
        return apart_m(before, seen) <= far_m and self._may_have_passed(before, seen, far_m)

    def may_be_put(self, seen: CarSighting, start: CarSighting | None) -> bool:
        """Whether a car of this trail can be there because somebody begins to drive it anew.

        That is where those who gave it the car saw it last, not where we did; or at the line, by
        laps that were told; or where it started.
        """
        before = self.newest
        if before is None:
            return True
        far_m = reach_m(before, seen)
        if not self.may_pass(seen.gates - before.gates, far_m):
            return False
        if self._was_near(seen, far_m) or (start is not None and apart_m(start, seen) <= far_m):
            return True
        return self._has_stood(seen) and self._is_put(before, seen, far_m)

    def _was_near(self, seen: CarSighting, far_m: float) -> bool:
        """Whether a car that goes so far may come there from where it was at any time of late."""
        newest = [] if self.newest is None else [self.newest]
        steps = pairwise([*self._recent, *newest, *newest])
        return any(apart_m(one, seen) <= far_m + reach_m(one, other) for one, other in steps)

    def _lap_before(self, seen: CarSighting) -> int:
        """Return the first lap that a leap to here counts against."""
        known = [each.newest for each in self._origins] if self.newest is None else [self.newest]
        return max(min([seen.lap, *(each.lap for each in known if each is not None)]), 1)

    def _comes_from(self, before: CarSighting, seen: CarSighting) -> bool:
        if seen.tick < self._stands_until and not seen.respawning:
            return False
        if seen.respawning and self._is_put_anew(before, seen, 0):
            return True
        if self._drives_on(before, seen):
            return True
        return was_put_back(before, seen) and self._is_put_anew(before, seen, RESCUE_TICKS)

    def _drives_on(self, before: CarSighting, seen: CarSighting) -> bool:
        passes = self._may_have_passed(before, seen, reach_m(before, seen))
        return self._budget.covers(before, seen) and passes

    def _is_put_anew(self, before: CarSighting, seen: CarSighting, stood: int) -> bool:
        """Whether the rules may have put a car there; note that it stands, if it was moved.

        Args:
            stood: so many ticks at least lie between the rescue and what was seen.
        """
        far_m = reach_m(before, seen, stood)
        if not (self._has_stood(seen) and self._is_put(before, seen, far_m)):
            return False
        gains_m = INSIDE * (explained_m(before, seen, stood) + WAY_M)
        if not self._gains_no_way(before, seen, gains_m):
            return False
        if not before.respawning or apart_m(before, seen) > PUT_M:
            self._put_tick = before.tick
            if seen.respawning:
                self._stands_until = before.tick + RESCUE_TICKS
        return True

    def _gains_no_way(self, before: CarSighting, seen: CarSighting, far_m: float) -> bool:
        """Whether a car came no farther along the lap by being put back, and by no gate by it."""
        for gate in range(before.gates, seen.gates):
            x, y, wide_m = self.gate_at(gate)
            if math.hypot(before.x - x, before.y - y) > far_m + wide_m:
                return False
        way_m, length_m = self._way_at(before), self._track.length_m
        if math.remainder(self._way_at(seen) - way_m, length_m) <= far_m:
            return True
        gates = self._track.gates
        passed_m = self._track.spacing_m * gates[(seen.gates - 1) % len(gates)]
        return self._gate_m < (way_m - passed_m) % length_m < length_m - PUT_M

    def _way_at(self, seen: CarSighting) -> float:
        return self._track.project(seen.x, seen.y).s_m

    def _may_have_passed(self, before: CarSighting, seen: CarSighting, far_m: float) -> bool:
        """Whether a car that goes so far passes the gates that it tells, each where it stands."""
        passed = seen.gates - before.gates
        return self.may_pass(passed, far_m) and all(
            self._came_by(before, seen, gate, far_m)
            for gate in range(before.gates, before.gates + max(passed, 0))
        )

    def _has_stood(self, seen: CarSighting) -> bool:
        """Whether a car that was put back before may be again: it stands for a while."""
        return seen.tick - self._put_tick >= RESCUE_TICKS

    def _is_put(self, before: CarSighting, seen: CarSighting, far_m: float) -> bool:
        """Whether the rules put a car there: onto the road beside it, or to a gate it left out."""
        *_, wide_m = self.gate_at(seen.gates)
        if apart_m(before, seen) <= far_m + BACK_WAY_M + 2.0 * wide_m:
            return True
        gates = [self.gate_at(gate) for gate in (seen.gates - 1, seen.gates) if gate >= 0]
        return any(
            math.hypot(seen.x - x, seen.y - y) <= far_m + BACK_WAY_M + wide_m
            for x, y, wide_m in gates
        )

    def _came_by(self, before: CarSighting, seen: CarSighting, gate: int, far_m: float) -> bool:
        x, y, wide_m = self.gate_at(gate)
        way_m = math.hypot(before.x - x, before.y - y) + math.hypot(seen.x - x, seen.y - y)
        return way_m <= far_m + 2.0 * wide_m
