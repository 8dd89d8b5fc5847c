"""A tick, and a circuit of some text, are what they were: else recorded laps are none any more.

The circuits are of this file's own, so that a better one of the game changes nothing here.
"""

from __future__ import annotations

import hashlib
import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.core.circuits.trackfile import parse_track
from racer.core.physics.car import CarState, Controls, quantise
from racer.core.recordings.car_codec import CarFrame, pack_car
from racer.core.rules.laps import start_progress
from racer.core.rules.pickups import with_pickup
from racer.core.tick import drive
from racer.core.tuning import CARS, PHYSICS_VERSION

if TYPE_CHECKING:
    from racer.core.circuits.track import Track

TICKS: Final = 1500
EVERY: Final = 10

DRY: Final = """
name proving-ground
width 11
runoff 7 gravel
kerb 1.0
line 0.6
turn -160 -80 40
turn 160 -80 25
turn 150 70 60
turn 10 10 30
turn -150 80 30
height 20 3
height 300 -2
dirt 520 600
wet 430 470 -6 2
pickup 60 0
pickup 120 1
pickup 250 -1
pickup 420 0
pickup 560 0
"""

WET: Final = DRY.replace(
    "name proving-ground", "name proving-ground-wet\nweather rain\nlight night"
)

PINNED: Final = {
    1: "add4da502e341c08525774e50808d83e",
    2: "0733c362b43e23b00e491e722afa15d9",  # kerbs are wet in the rain
}
"""The trace of each version. It is never changed: a new trace is a new version."""


def driven(track: Track, car: CarState, way_m: float, rng: Random) -> Controls:
    """Return what a driver asks for that follows the middle of the road, none too well."""
    ahead_x, ahead_y = track.point_at(way_m + 8.0 + 0.4 * car.speed, rng.uniform(-3.0, 3.0))
    wish = math.atan2(ahead_y - car.y, ahead_x - car.x)
    off = math.remainder(wish - car.heading, math.tau)
    fast = car.speed > 26.0 - 20.0 * min(abs(off), 1.0)
    return Controls(
        throttle=0.0 if fast else 1.0,
        brake=0.6 if fast and car.speed > 6.0 else 0.0,
        steer=max(-1.0, min(1.0, 3.0 * off)),
        handbrake=rng.random() < 0.03,
        boost=rng.random() < 0.5,
    )


def trace(text: str) -> bytes:
    """Drive each kind of car for a while, against barriers and over canisters too."""
    track = parse_track(text)
    found = hashlib.blake2b(digest_size=16)
    for spec in CARS:
        rng = Random(spec.key)
        slot = track.grid[0]
        car = quantise(CarState(x=slot.x, y=slot.y, heading=slot.heading))
        progress = start_progress(car, track)
        canisters = walls = 0
        for tick in range(TICKS):
            controls = driven(track, car, progress.s_m, rng)
            if tick % 500 > 420:
                controls = Controls(throttle=1.0, steer=0.3)  # off the road
            ticked = drive(car, progress, controls, (), track, spec)
            car, progress = ticked.car, ticked.progress
            if ticked.touch is not None:
                kind = track.pickups[ticked.touch[0]].kind
                car, canisters = with_pickup(car, kind), canisters + 1
            walls += len(ticked.contacts)
            if tick % EVERY == 0:
                found.update(pack_car(CarFrame(tick=tick, car=car, progress=progress)))
        assert canisters > 0
        assert walls > 0
        assert progress.lap > 0
    return found.digest()


def test_a_tick_gives_what_it_gave_when_this_version_began() -> None:
    found = hashlib.blake2b(trace(DRY) + trace(WET), digest_size=16).hexdigest()
    assert found == PINNED[PHYSICS_VERSION], (
        "recorded laps cannot be driven again as they were: raise PHYSICS_VERSION in"
        f" racer/core/recordings/recording.py and pin its trace here, {found!r}"
    )


def test_each_version_has_a_trace_of_its_own() -> None:
    assert sorted(PINNED) == list(range(1, PHYSICS_VERSION + 1))
    assert len(set(PINNED.values())) == len(PINNED)
