"""Facts of drivers are held against the states that got through, and honest ones always stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import TYPE_CHECKING

import pytest

from racer.app.simulation.bullring_track import bullring
from racer.core.heat import Heat
from racer.core.judging.trail import DOUBTED_TICKS, CarTrail
from racer.core.judging.verdict import (
    Contradiction,
    LapTold,
    Plausibility,
    Verdict,
    Watch,
    judge_lap,
    judge_touch,
    least_lap_ms,
)
from racer.core.rules.pickups import touched
from racer.core.tuning import TICK_HZ, tick_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from racer.core.circuits.track import Track
    from racer.core.recordings.car_codec import CarFrame
    from racer.core.rules.results import LapFact

LAPS = 2
ALWAYS = Watch(-10_000, 1_000_000)  # heard from the start, and all is over
ERRING = 1  # the car whose driver errs most


@dataclass(frozen=True)
class Raced:
    """A heat, as each of its cars lived it."""

    track: Track
    least_ms: float
    frames: tuple[tuple[CarFrame, ...], ...]  # by car
    laps: tuple[LapFact, ...]

    def touches(self, car: int) -> list[tuple[int, int]]:
        """Return the canisters that a car touched, and when [ms]."""
        found = []
        for before, after in zip(self.frames[car], self.frames[car][1:], strict=False):
            touch = touched(self.track, before.car, after.car)
            if touch is not None and not after.respawning:
                found.append((touch[0], tick_ms(before.tick, touch[1])))
        return found


@cache
def raced() -> Raced:
    """Race bots of which one errs, so that cars touch, hit barriers and are put back."""
    track, line = bullring()
    heat = Heat(track, line, [0.9, 0.1], Random(5), laps=LAPS)
    frames = [[entry.own_car.frame] for entry in heat.entries]
    while not heat.finished and heat.tick < 120 * TICK_HZ:
        heat.step()
        for entry in heat.entries:
            if heat.tick == 9 * TICK_HZ and entry.number == ERRING:
                entry.own_car.rescue()
            frames[entry.number].append(entry.own_car.frame)
    return Raced(track, least_lap_ms(line), tuple(map(tuple, frames)), tuple(heat.facts))


def trail_of(car: int, arrives: Callable[[int], bool] = lambda _: True) -> CarTrail:
    """Return what is seen of a car by who gets these of its states."""
    trail = CarTrail(raced().track)
    for frame in raced().frames[car]:
        if arrives(frame.tick):
            assert trail.note(frame), f"a leap at {frame.tick}"
    return trail


def lossy(seed: int) -> Callable[[int], bool]:
    """Let every fourth state be sent, four of ten be lost, and all of some seconds."""
    rng = Random(seed)
    gaps = [(at, at + rng.randrange(4 * TICK_HZ)) for at in (rng.randrange(1200), 500)]

    def arrives(tick: int) -> bool:
        return tick % 4 == 0 and rng.random() > 0.4 and not any(a < tick < b for a, b in gaps)

    return arrives


def lap_verdict(
    car: int, trail: CarTrail, lap: int = 1, watch: Watch = ALWAYS, ms: int = 0
) -> Verdict:
    """Judge a lap of a car, told as so many milliseconds later than it was."""
    fact = next(fact for fact in raced().laps if (fact.car, fact.lap) == (car, lap))
    told = LapTold(lap, fact.race_ms + ms)
    return judge_lap(told, [trail], raced().least_ms, watch)


@pytest.mark.parametrize("seed", range(3))
def test_what_honest_drivers_tell_stands_whatever_is_lost(seed: int) -> None:
    judged = 0
    for car in range(2):
        trail, arrives = CarTrail(raced().track), lossy(seed + 100 * car)
        laps = [fact for fact in raced().laps if fact.car == car]
        touches = raced().touches(car)
        for frame in raced().frames[car]:
            if arrives(frame.tick):
                assert trail.note(frame)
            watch = Watch(-5000, tick_ms(frame.tick))
            for fact in laps:
                if fact.race_ms <= tick_ms(frame.tick) < fact.race_ms + 500:
                    verdict = lap_verdict(car, trail, fact.lap, watch)
                    assert isinstance(verdict, Plausibility), (car, fact, verdict)
                    judged += 1
            for pickup, ms in touches:
                if ms <= tick_ms(frame.tick) < ms + 500:
                    verdict = judge_touch(pickup, ms, raced().track, [trail], watch)
                    assert isinstance(verdict, Plausibility), (car, pickup, ms, verdict)
                    judged += 1
    assert judged > 50


def test_all_of_it_seen_is_borne_out() -> None:
    for fact in raced().laps:
        assert lap_verdict(fact.car, trail_of(fact.car), fact.lap) is Plausibility.SEEN


@pytest.mark.parametrize(
    ("ms", "why"),
    [
        (-1000, Contradiction.BEHIND),
        (-5_000, Contradiction.TOO_FAST),
        (2_000_000, Contradiction.FUTURE),
    ],
)
def test_a_lap_told_at_another_moment_is_refused(ms: int, why: Contradiction) -> None:
    assert lap_verdict(0, trail_of(0), ms=ms) is why


def test_who_went_by_another_clock_is_judged_by_what_was_seen_of_its_car_alone() -> None:
    watch = replace(ALWAYS, by_our_clock=False)
    assert lap_verdict(0, trail_of(0), ms=2_000_000, watch=watch) is Plausibility.UNKNOWN
    assert lap_verdict(0, trail_of(0), ms=-1000, watch=watch) is Contradiction.BEHIND


def test_a_lap_is_refused_that_is_told_before_its_end() -> None:
    lap = next(fact for fact in raced().laps if (fact.car, fact.lap) == (0, 1))
    half = trail_of(0, lambda tick: tick_ms(tick) < lap.race_ms / 2)
    told = LapTold(1, lap.race_ms // 2 + 200)
    assert judge_lap(told, [half], 0.0, ALWAYS) is Contradiction.ELSEWHERE


def test_a_lap_without_a_car_is_refused_by_who_heard_the_driver_all_along() -> None:
    nothing = CarTrail(raced().track)
    assert lap_verdict(0, nothing) is Contradiction.UNSEEN
    soon = Watch(-10_000, raced().laps[0].race_ms + 1000)
    assert lap_verdict(0, nothing, watch=soon) is Plausibility.UNKNOWN, "it may still come"
    parked = trail_of(0, lambda tick: tick < 60)
    assert lap_verdict(0, parked) is Contradiction.UNSEEN
    just_come = Watch(raced().laps[0].race_ms - 1000, 1_000_000)
    assert lap_verdict(0, nothing, watch=just_come) is Plausibility.UNKNOWN


def test_a_canister_is_refused_to_who_was_elsewhere() -> None:
    track, trail = raced().track, trail_of(0, lambda tick: tick < 600)
    at = raced().frames[0][590].car
    far = max(
        range(len(track.pickups)),
        key=lambda n: (track.pickups[n].x - at.x) ** 2 + (track.pickups[n].y - at.y) ** 2,
    )
    assert judge_touch(far, tick_ms(590), track, [trail], ALWAYS) is Contradiction.ELSEWHERE
    assert judge_touch(far, tick_ms(605), track, [trail], ALWAYS) is Contradiction.ELSEWHERE
    assert judge_touch(99, tick_ms(590), track, [trail], ALWAYS) is Contradiction.NOWHERE
    unseen = judge_touch(far, 60_000, track, [CarTrail(track)], ALWAYS)
    assert unseen is Contradiction.UNSEEN


def test_a_car_that_leaps_is_doubted_until_it_has_moved_well_for_a_while() -> None:
    frames, trail = raced().frames[0], CarTrail(raced().track)
    for frame in frames[:300]:
        assert trail.note(frame)
    there = replace(frames[300], car=replace(frames[300].car, x=frames[300].car.x + 60.0))
    assert not trail.note(there)
    assert trail.is_doubted(300 + DOUBTED_TICKS - 1)
    assert not trail.is_doubted(300 + DOUBTED_TICKS)
    assert lap_verdict(0, trail) is Contradiction.LEAPT


def test_gates_are_passed_where_they_stand() -> None:
    """A car that tells of gates and stays where it is gets no lap by them."""
    frames, trail = raced().frames[0], CarTrail(raced().track)
    assert trail.note(frames[200])
    progress = replace(frames[230].progress, gate=frames[230].progress.gate + 2)
    assert not trail.note(replace(frames[200], tick=230, progress=progress))
