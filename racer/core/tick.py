"""One tick of one car: the order of what happens in it, which stands here and nowhere else.

Its owner drives it (`drive`): wake, step, contact, rounding, laps, pick-ups. All others foresee it
from its last state, with its controls held (`foreseen`), or cheaper where it is far (`coasted`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from racer.core.circuits.track import Track
from racer.core.physics.car import (
    STANDING,
    CarState,
    Controls,
    held_controls,
    quantise,
    quantised_controls,
    step,
)
from racer.core.physics.contact import Contact, resolve_contacts
from racer.core.physics.slipstream import slipstream
from racer.core.rules.laps import Progress, advance
from racer.core.rules.pickups import touched
from racer.core.tuning import CAR, TICK_S, CarTunables


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick made of a car, and what happened to it."""

    controls: Controls  # that it was driven by, rounded as a recording keeps them
    car: CarState  # quantised: what peers get is what the next tick starts from
    progress: Progress
    towed: float  # 0..1, how deep it was in the wake of another
    contacts: tuple[Contact, ...]
    crossing: float | None  # the part 0..1 of the tick at which a lap began, if one did
    touch: tuple[int, float] | None  # of a pick-up: which, and at which part of the tick


def drive(
    car: CarState,
    progress: Progress,
    controls: Controls,
    others: Sequence[CarState],
    track: Track,
    spec: CarTunables = CAR,
) -> Ticked:
    """Drive a car for one tick (1/60 s).

    Args:
        car: quantised.
        progress: its own.
        controls: any; they are rounded first, so that a recording of them gives the same tick.
        others: the cars that it may touch, as they are foreseen at the end of the tick.
        track: the circuit.
        spec: the kind of car.
    """
    hint = track.index_at(progress.s_m)
    controls = quantised_controls(controls)
    towed = slipstream(car, others)
    moved = step(car, controls, track, hint, spec, towed)
    resolved, contacts = resolve_contacts(moved, others, track, hint)
    after = quantise(resolved)
    reached, crossing = advance(progress, track, car, after)
    touch = touched(track, car, after)
    return Ticked(controls, after, reached, towed, contacts, crossing, touch)


def foreseen(
    car: CarState, progress: Progress, track: Track, spec: CarTunables = CAR, *, stands: bool
) -> CarState:
    """Return another's car a tick later, if it keeps doing what it does. Not quantised.

    It errs by what its owner changed since, and by a wake or a touch that only the owner knows.

    Args:
        car: as last told, or foreseen from there.
        progress: as last told.
        track: the circuit.
        spec: the kind of car.
        stands: whether it was put back, and waits.
    """
    hint = track.index_at(progress.s_m)
    controls = STANDING if stands else held_controls(car)
    return resolve_contacts(step(car, controls, track, hint, spec), (), track, hint)[0]


def coasted(car: CarState, ticks: int) -> CarState:
    """Return a car so many ticks later if it keeps its speed and goes on turning as it does.

    It costs a tenth of a step. It knows no barriers and no controls.
    """
    past_s = ticks * TICK_S
    turn = car.yaw_rate * past_s
    c, s = math.cos(turn / 2), math.sin(turn / 2)  # half way, it goes as it goes on average
    vx, vy = car.vx * c - car.vy * s, car.vx * s + car.vy * c
    return CarState(  # not `replace`, which takes twice as long: most cars of a race are coasted
        x=car.x + vx * past_s,
        y=car.y + vy * past_s,
        heading=car.heading + turn,
        vx=vx * c - vy * s,
        vy=vx * s + vy * c,
        yaw_rate=car.yaw_rate,
        steer=car.steer,
        throttle=car.throttle,
        brake=car.brake,
        boost_ticks=car.boost_ticks,
        rest_ticks=car.rest_ticks,
        handbrake=car.handbrake,
        boosting=car.boosting,
        reversing=car.reversing,
    )
