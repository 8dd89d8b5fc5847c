"""Whether what a driver tells of its car goes with the states that were seen of that car.

Pure. A verdict against a fact rests on states that are held, never on one that may be lost: where
too little was seen, it cannot be said, and the fact counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, TypeAlias

from racer.core.circuits.track import Track
from racer.core.drivers.line import RacingLine
from racer.core.judging.sighting import (
    CarSighting,
    reach_from_m,
    reach_m,
    strays_m,
    was_put_back,
)
from racer.core.judging.trail import CarTrail
from racer.core.physics.contact import Hit
from racer.core.recordings.car_codec import CarFrame
from racer.core.tuning import PICKUP_RADIUS_M, TICK_HZ

CLOCK_MS: Final = 1000  # by which race clocks of two nodes may differ: much more than they do
ROUNDING_TICKS: Final = 2.0  # a time is told in milliseconds, of a part of a tick
UNSEEN_MS: Final = 5000  # who is heard for so long, and whose car is not, drives none
SEEN_NEAR_TICKS: Final = 12  # of a touch: so near to it a car goes almost straight on
TOUCHED_M: Final = 8.0  # from centre to centre of cars that touch, as one sees them at the most
LATE_MS: Final = 1500  # what was seen of a car after a lap is here by then
LAP_SHARE: Final = 0.85
"""Of a perfect lap of the fastest car: below it lies no lap. The best bots need 1.04 of it; boost
and a better line than ours are worth a tenth."""


class Plausibility(Enum):
    """What can be said where nothing speaks against a fact."""

    SEEN = "the states that are held bear it out"
    UNKNOWN = "too few states are held"


class Contradiction(StrEnum):
    """What speaks against a fact."""

    FUTURE = "it lies in the future"
    TOO_FAST = "no car is so fast"
    UNSEEN = "no car was seen"
    AWAY = "somebody else drove its car"
    BEHIND = "its car had not come so far"
    AHEAD = "its car had come farther before"
    ELSEWHERE = "its car was elsewhere"
    LEAPT = "its car leapt"
    NOWHERE = "there is no such canister"
    FLOODED = "it tells more at once than any race holds"


Verdict: TypeAlias = Plausibility | Contradiction


@dataclass(frozen=True, slots=True)
class Watch:
    """Since when a driver was heard here without a break, and what time it is; race time [ms].

    `by_our_clock`: it spoke when it had gone by our race clock for long; who comes back from where
    another clock was followed tells by that one what it did there.
    """

    since_ms: int
    now_ms: int
    by_our_clock: bool = True

    def is_future(self, race_ms: int) -> bool:
        """Whether a time that was told lies ahead of the clock by which it was."""
        return self.by_our_clock and race_ms > self.now_ms + CLOCK_MS


@dataclass(frozen=True, slots=True)
class LapTold:
    """When a driver tells that a lap of its car ended.

    How long it took follows from the laps that count: the room may count an end of the one before
    that this driver did not know as it told this one.
    """

    lap: int
    race_ms: int


def least_lap_ms(line: RacingLine) -> float:
    """Return a time below which nobody laps a circuit, in whatever car."""
    return LAP_SHARE * 1000.0 * min(profile.lap_s for profile in line.profiles)


def judge_lap(
    told: LapTold,
    trails: Sequence[CarTrail],
    least_ms: float,
    watch: Watch,
    own: CarTrail | None = None,
) -> Verdict:
    """Return what speaks against a lap, if anything does.

    Args:
        told: by the driver.
        trails: of its car in that driver's hands, in each of its lives.
        least_ms: no lap of this circuit takes less.
        watch: of the driver.
        own: of these, that of the life that tells it: it knows when the lap ended. Who ends it late
            shortens the next. One that came back tells it by where others saw its car last.
    """
    if watch.is_future(told.race_ms):
        return Contradiction.FUTURE
    if told.race_ms < told.lap * least_ms:
        return Contradiction.TOO_FAST
    at = told.race_ms * TICK_HZ / 1000.0
    for trail in trails:
        contradiction = _lap_contradiction(told.lap, at, trail)
        if contradiction is not None:
            return contradiction
    if own is not None and own.tick_beyond(told.lap) < at - ROUNDING_TICKS:
        return Contradiction.AHEAD
    after = any(trail.newest is not None and trail.newest.tick > at for trail in trails)
    if after:
        in_lap = any(told.lap in trail.laps for trail in trails)
        return Plausibility.SEEN if in_lap else Plausibility.UNKNOWN
    unseen_ms = told.race_ms - max(watch.since_ms, _last_seen_ms(trails, at))
    is_late = watch.now_ms >= told.race_ms + LATE_MS
    return Contradiction.UNSEEN if is_late and unseen_ms >= UNSEEN_MS else Plausibility.UNKNOWN


def judge_touch(
    pickup: int, race_ms: int, track: Track, trails: Sequence[CarTrail], watch: Watch
) -> Verdict:
    """Return what speaks against a touch of a canister, if anything does. Arguments as above."""
    if pickup >= len(track.pickups):
        return Contradiction.NOWHERE
    if watch.is_future(race_ms):
        return Contradiction.FUTURE
    at, place = race_ms * TICK_HZ / 1000.0, track.pickups[pickup]
    verdicts = [_touch_verdict(place.x, place.y, at, trail) for trail in trails]
    for verdict in verdicts:
        if isinstance(verdict, Contradiction):
            return verdict
    if Plausibility.SEEN in verdicts:
        return Plausibility.SEEN
    unseen_ms = min(race_ms, watch.now_ms) - max(watch.since_ms, _last_seen_ms(trails, math.inf))
    return Contradiction.UNSEEN if unseen_ms >= UNSEEN_MS else Plausibility.UNKNOWN


def judge_hit(hit: Hit, theirs: CarFrame, ours: CarFrame) -> Verdict:
    """Return what speaks against a hit that the owner of another car says that it gave ours.

    Both are taken back to its moment. Honest ones were seen to be 4.7 m apart then, at the most.
    """
    (x, y), (our_x, our_y) = (_place_at(hit.tick, frame) for frame in (theirs, ours))
    is_near = math.hypot(x - our_x, y - our_y) <= TOUCHED_M
    return Plausibility.SEEN if is_near else Contradiction.ELSEWHERE


def judge_seen_hit(hit: Hit, theirs: CarTrail, hurt: CarTrail) -> Verdict:
    """Return what speaks against a hit between two cars of others, as we saw them around it.

    Args:
        theirs: of the car that gave it.
        hurt: of the one that was hit.
    """
    one, other = (_seen_near(hit.tick, trail) for trail in (theirs, hurt))
    if one is None or other is None:
        return Plausibility.UNKNOWN
    (x, y), (other_x, other_y) = (_straight_on(hit.tick, seen) for seen in (one, other))
    far_m = TOUCHED_M + strays_m(one, hit.tick) + strays_m(other, hit.tick)
    is_near = math.hypot(x - other_x, y - other_y) <= far_m
    return Plausibility.SEEN if is_near else Contradiction.ELSEWHERE


def _seen_near(tick: int, trail: CarTrail) -> CarSighting | None:
    """Return a car as it was seen next to a tick; None: not near enough, or it may have leapt."""
    seen = [each for each in trail.around(tick) if each is not None]
    if not seen or trail.is_doubted(tick) or any(s.ghost or s.respawning for s in seen):
        return None
    nearest = min(seen, key=lambda each: abs(each.tick - tick))
    return nearest if abs(nearest.tick - tick) <= SEEN_NEAR_TICKS else None


def _straight_on(tick: int, seen: CarSighting) -> tuple[float, float]:
    past_s = (tick - seen.tick) / TICK_HZ
    return seen.x + seen.vx * past_s, seen.y + seen.vy * past_s


def _place_at(tick: int, frame: CarFrame) -> tuple[float, float]:
    past_s = (frame.tick - tick) / TICK_HZ
    return frame.car.x - frame.car.vx * past_s, frame.car.y - frame.car.vy * past_s


def _last_seen_ms(trails: Sequence[CarTrail], at: float) -> float:
    """Return when a car was seen last, up to a tick."""
    seen = [trail.around(at)[0] for trail in trails]
    return max(
        (each.tick * 1000.0 / TICK_HZ for each in seen if each is not None), default=-math.inf
    )


def _lap_contradiction(lap: int, at: float, trail: CarTrail) -> Contradiction | None:
    if lap in trail.leapt_in:
        return Contradiction.LEAPT
    # A life that began later may not have known of that lap.
    if trail.first_tick <= at and trail.tick_of_lap(lap) > at + ROUNDING_TICKS:
        return Contradiction.BEHIND
    before, _ = trail.around(at)
    if before is None or before.tick > at:
        return None
    to_pass = trail.gates_of(lap) - before.gates
    if not trail.may_pass(to_pass, reach_from_m(before, at)):
        return Contradiction.ELSEWHERE
    return None


def _touch_verdict(x: float, y: float, at: float, trail: CarTrail) -> Verdict:
    before, after = trail.around(at)
    if trail.is_doubted(int(at)) and before is not None:
        return Contradiction.LEAPT
    parted = before is not None and after is not None and was_put_back(before, after)
    if before is not None and after is not None and not parted:
        way_m = math.hypot(before.x - x, before.y - y) + math.hypot(after.x - x, after.y - y)
        is_near = way_m <= reach_m(before, after) + 2.0 * PICKUP_RADIUS_M
        return Plausibility.SEEN if is_near else Contradiction.ELSEWHERE
    one = before or after
    if one is None or (before is None and one.ghost):  # it came back where others had its car
        return Plausibility.UNKNOWN
    far_m = math.hypot(one.x - x, one.y - y)
    if far_m > reach_from_m(one, at) + PICKUP_RADIUS_M:
        return Contradiction.ELSEWHERE
    return Plausibility.UNKNOWN
