"""A car as bytes: what one node streams about its own car."""

import struct
from dataclasses import dataclass
from typing import Final

from racer.core.car import POSITION_MAX, CarState, heading_of, heading_quanta
from racer.core.laps import Progress
from racer.core.tuning import (
    BOOST_TICKS_MAX,
    LAPS_MAX,
    QUANTA_M,
    QUANTA_PEDAL,
    QUANTA_SPEED,
    QUANTA_STEER,
    QUANTA_WAY,
    QUANTA_YAW,
    REVERSE_HOLD_TICKS,
    SPEED_MAX,
    YAW_RATE_MAX,
)

_LAYOUT: Final = struct.Struct(">IiihhhhbBBBBBBBH")
"""tick, x, y, heading, vx, vy, yaw rate, steer, throttle, brake, boost, rest, flags, lap, gate,
way: big-endian, in the quanta of `tuning`, without padding."""

FRAME_SIZE: Final = _LAYOUT.size
TICK_MAX: Final = 2**32 - 1
_FLAGS: Final = 7


class CarCodecError(ValueError):
    """Bytes that are no car frame: wrong length, or a value out of range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarFrame:
    """One car at one tick of the race; tick 0 is the green light."""

    tick: int  # u32
    car: CarState  # quantised
    progress: Progress
    ghost: bool = False  # touches nobody
    respawning: bool = False  # standing after a rescue
    finished: bool = False
    away: bool = False  # driven for an owner that is not here


def pack_car(frame: CarFrame) -> bytes:
    """Return the `FRAME_SIZE` bytes of a frame whose car is quantised.

    Raises:
        CarCodecError: a value is beyond the range that `unpack_car` takes.
    """
    car, progress = frame.car, frame.progress
    flags = (
        car.handbrake,
        car.boosting,
        car.reversing,
        frame.ghost,
        frame.respawning,
        frame.finished,
        frame.away,
    )
    try:
        data = _LAYOUT.pack(
            frame.tick,
            round(car.x * QUANTA_M),
            round(car.y * QUANTA_M),
            heading_quanta(car.heading),
            round(car.vx * QUANTA_SPEED),
            round(car.vy * QUANTA_SPEED),
            round(car.yaw_rate * QUANTA_YAW),
            round(car.steer * QUANTA_STEER),
            round(car.throttle * QUANTA_PEDAL),
            round(car.brake * QUANTA_PEDAL),
            car.boost_ticks,
            car.rest_ticks,
            sum(flag << bit for bit, flag in enumerate(flags)),
            progress.lap,
            progress.gate,
            round(progress.s_m * QUANTA_WAY),
        )
    except (struct.error, ValueError, OverflowError) as error:
        raise CarCodecError(f"a value does not fit its field: {error}") from error
    unpack_car(data)  # its checks are ours: nobody sends what all others refuse
    return data


def unpack_car(data: bytes) -> CarFrame:
    """Return the frame of some bytes, or raise `CarCodecError`.

    Total: any bytes either are the only encoding of the frame they give, or raise. Whether the
    gate exists on the circuit is for the reader to check.
    """
    if len(data) != FRAME_SIZE:
        raise CarCodecError(f"{len(data)} bytes, a car frame has {FRAME_SIZE}")
    tick, x, y, heading, vx, vy, yaw, steer, throttle, brake, boost, rest, flags, lap, gate, way = (
        _LAYOUT.unpack(data)
    )
    car = CarState(
        x=_within(x / QUANTA_M, POSITION_MAX),
        y=_within(y / QUANTA_M, POSITION_MAX),
        heading=heading_of(heading),
        vx=_within(vx / QUANTA_SPEED, SPEED_MAX),
        vy=_within(vy / QUANTA_SPEED, SPEED_MAX),
        yaw_rate=_within(yaw / QUANTA_YAW, YAW_RATE_MAX),
        steer=_within(steer / QUANTA_STEER, 1.0),
        throttle=throttle / QUANTA_PEDAL,
        brake=brake / QUANTA_PEDAL,
        boost_ticks=int(_within(boost, BOOST_TICKS_MAX)),
        rest_ticks=int(_within(rest, REVERSE_HOLD_TICKS)),
        handbrake=bool(flags & 1),
        boosting=bool(flags & 2),
        reversing=bool(flags & 4),
    )
    if flags >> _FLAGS:
        raise CarCodecError("an unknown flag")
    return CarFrame(
        tick=tick,
        car=car,
        progress=Progress(int(_within(lap, LAPS_MAX + 1)), gate, way / QUANTA_WAY),
        ghost=bool(flags & 8),
        respawning=bool(flags & 16),
        finished=bool(flags & 32),
        away=bool(flags & 64),
    )


def _within(value: float, bound: float) -> float:
    if not -bound <= value <= bound:
        raise CarCodecError(f"{value:g} is beyond {bound:g}")
    return value
