"""Lies about where a car is, a little in each state: each step alone could be true."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from net import Command, Publish, Submit
from racer.app.simulation.bullring_track import bullring
from racer.core.recordings.car_codec import CarFrame, pack_car, unpack_car
from racer.core.rules.laps import Progress, rounded_way
from racer.core.tuning import TICK_HZ
from racer.play.room.messages import LapTime, encode
from tests.lies.liars_in_races import TAG_BYTES, is_lap, published

if TYPE_CHECKING:
    from collections.abc import Callable

    from net import NodeView
    from racer.play.room.room import Race
    from tests.lies.liars_in_races import Liar, Lying

LAP_MS: Final = 8_400  # as soon as the rules let a lap be told; a bot needs more than ten seconds
CREPT_MS: Final = 12.0  # m/s that it tells of, and no more


def _sooner(shown: Callable[[CarFrame, float], CarFrame]) -> Lying:
    """Return a lie that has the car at the line by LAP_MS, however a driver shows it on its way."""

    def lie(
        liar: Liar, race: Race, commands: list[Command], _node: NodeView, now_ms: int
    ) -> list[Command]:
        own = [each for each in commands if isinstance(each, Publish) and each.owner is None]
        if not own:
            return [each for each in commands if not is_lap(each)]
        true = unpack_car(own[-1].payload[TAG_BYTES:])
        if not liar.count:
            liar.count, liar.way_m = true.tick, _way_of(true)
        track = bullring()[0]
        until = LAP_MS * TICK_HZ // 1000
        speed = (track.length_m - liar.way_m) * TICK_HZ / (until - liar.count)
        way_m = liar.way_m + speed * (true.tick - liar.count) / TICK_HZ
        frame = shown(_car_at(true, min(way_m, track.length_m + 5.0)), speed)
        told: list[Command] = [
            published(each, each.payload[:TAG_BYTES] + pack_car(frame)) if each in own else each
            for each in commands
            if not is_lap(each)
        ]
        if true.tick > until and not liar.told:
            liar.told = True
            told.append(Submit(encode(LapTime(race.id, 1, LAP_MS + 20, LAP_MS + 20))))
        return told

    return lie


def _way_of(frame: CarFrame) -> float:
    """Return the way since the line; negative before it."""
    if frame.progress.lap == 0:
        return frame.progress.s_m - bullring()[0].length_m
    return frame.progress.s_m


def _car_at(true: CarFrame, way_m: float) -> CarFrame:
    """Return a car on the centre line, as slow as it likes."""
    track = bullring()[0]
    x, y = track.point_at(way_m)
    passed = [n for n, gate in enumerate(track.gates) if gate * track.spacing_m <= way_m]
    progress = Progress(0, 0, rounded_way(way_m % track.length_m))
    if way_m >= track.length_m:
        progress = replace(progress, lap=2, gate=1)
    elif passed:
        progress = replace(progress, lap=1, gate=(passed[-1] + 1) % len(track.gates))
    car = replace(true.car, x=x, y=y, heading=track.heading_at(way_m))
    return CarFrame(tick=true.tick, car=car, progress=progress, finished=progress.lap > 1)


def _at_speed(frame: CarFrame, speed: float) -> CarFrame:
    ahead = frame.car.heading
    vx, vy = speed * math.cos(ahead), speed * math.sin(ahead)
    return replace(frame, car=replace(frame.car, vx=vx, vy=vy))


def _standing(frame: CarFrame, _speed: float) -> CarFrame:
    return replace(_at_speed(frame, 0.0), ghost=True, respawning=True)


creeps = _sooner(lambda frame, speed: _at_speed(frame, min(speed, CREPT_MS)))
"""Go farther in each state than its speed has it, by less than a touch may shift a car."""

corners_at_any_speed = _sooner(_at_speed)
"""Go through bends at a speed at which no tyre holds."""

put_back_forwards = _sooner(_standing)
"""Say in each state that the car has just been put back, and always a little farther on."""


def gates_by_standing(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, now_ms: int
) -> list[Command]:
    """Say that the car was put back where it is, and has passed one gate more, again and again."""
    told = put_back_forwards(liar, race, commands, node, now_ms)
    return [_where_it_was(liar, each) if isinstance(each, Publish) else each for each in told]


def _where_it_was(liar: Liar, state: Publish) -> Publish:
    frame = unpack_car(state.payload[TAG_BYTES:])
    there = _standing(_car_at(frame, liar.way_m), 0.0)
    return published(
        state, state.payload[:TAG_BYTES] + pack_car(replace(there, progress=frame.progress))
    )


ON_THE_WAY: Final[dict[str, Lying]] = {
    "creeps": creeps,
    "corners at any speed": corners_at_any_speed,
    "put back forwards": put_back_forwards,
    "gates by standing": gates_by_standing,
}

ONCE: Final = ("corners at any speed",)
"""Of which one leap or two are seen: the lap counts for nothing, and nobody is put out."""
