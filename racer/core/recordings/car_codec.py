"""A car as bytes: what one node streams about its own car."""

import struct
from dataclasses import dataclass
from typing import Final

from racer.core.physics.car import POSITION_MAX, CarState, heading_of, heading_quanta
from racer.core.physics.contact import Hit
from racer.core.rules.laps import Progress
from racer.core.tuning import (
    BOOST_TICKS_MAX,
    GRID_MAX,
    HIT_SPEED_MAX,
    HIT_TOLD_TICKS,
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

_HIT: Final = struct.Struct(">BBhhh")
"""The number of the car that was hit, ticks since, vx, vy, turn."""

FRAME_SIZE: Final = _LAYOUT.size
"""Of a car that tells no hit."""

FRAME_SIZE_MAX: Final = FRAME_SIZE + _HIT.size
TICK_MAX: Final = 2**32 - 1
_HIT_FLAG: Final = 1 << 7
_BOUNDS: Final = (
    TICK_MAX,
    int(POSITION_MAX * QUANTA_M),
    int(POSITION_MAX * QUANTA_M),
    2**15,
    int(SPEED_MAX * QUANTA_SPEED),
    int(SPEED_MAX * QUANTA_SPEED),
    int(YAW_RATE_MAX * QUANTA_YAW),
    int(QUANTA_STEER),
    255,
    255,
    BOOST_TICKS_MAX,
    REVERSE_HOLD_TICKS,
    2**8 - 1,
    LAPS_MAX + 1,
    255,
    2**16 - 1,
)
"""Of each field, in its quanta, on both sides of 0."""

_HIT_BOUNDS: Final = (
    GRID_MAX,
    HIT_TOLD_TICKS,
    int(HIT_SPEED_MAX * QUANTA_SPEED),
    int(HIT_SPEED_MAX * QUANTA_SPEED),
    int(YAW_RATE_MAX * QUANTA_YAW),
)


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
    hit: Hit | None = None  # the hardest touch of the last ticks, told to whom it was given

    @property
    def is_solid(self) -> bool:
        """Whether others may touch it."""
        return not (self.ghost or self.respawning or self.finished)


def pack_car(frame: CarFrame) -> bytes:
    """Return the bytes of a frame whose car is quantised: `FRAME_SIZE`, or more with a hit.

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
        frame.hit is not None,
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
    _check_bounds(_LAYOUT.unpack(data), _BOUNDS)  # nobody sends what all others refuse
    return data if frame.hit is None else data + _packed_hit(frame.hit, frame.tick)


def unpack_car(data: bytes) -> CarFrame:
    """Return the frame of some bytes, or raise `CarCodecError`.

    Total: any bytes either are the only encoding of the frame they give, or raise. Whether the
    gate exists on the circuit is for the reader to check.
    """
    if len(data) not in {FRAME_SIZE, FRAME_SIZE_MAX}:
        raise CarCodecError(f"{len(data)} bytes, a car frame has {FRAME_SIZE} or {FRAME_SIZE_MAX}")
    values = _LAYOUT.unpack(data[:FRAME_SIZE])
    _check_bounds(values, _BOUNDS)
    tick, x, y, heading, vx, vy, yaw, steer, throttle, brake, boost, rest, flags, lap, gate, way = (
        values
    )
    car = CarState(
        x=x / QUANTA_M,
        y=y / QUANTA_M,
        heading=heading_of(heading),
        vx=vx / QUANTA_SPEED,
        vy=vy / QUANTA_SPEED,
        yaw_rate=yaw / QUANTA_YAW,
        steer=steer / QUANTA_STEER,
        throttle=throttle / QUANTA_PEDAL,
        brake=brake / QUANTA_PEDAL,
        boost_ticks=boost,
        rest_ticks=rest,
        handbrake=bool(flags & 1),
        boosting=bool(flags & 2),
        reversing=bool(flags & 4),
    )
    return CarFrame(
        tick=tick,
        car=car,
        progress=Progress(lap, gate, way / QUANTA_WAY),
        ghost=bool(flags & 8),
        respawning=bool(flags & 16),
        finished=bool(flags & 32),
        away=bool(flags & 64),
        hit=_unpacked_hit(data[FRAME_SIZE:], tick, told=bool(flags & _HIT_FLAG)),
    )


def _packed_hit(hit: Hit, tick: int) -> bytes:
    try:
        data = _HIT.pack(
            hit.other,
            tick - hit.tick,
            round(hit.vx * QUANTA_SPEED),
            round(hit.vy * QUANTA_SPEED),
            round(hit.turn * QUANTA_YAW),
        )
    except (struct.error, ValueError, OverflowError) as error:
        raise CarCodecError(f"a value does not fit its field: {error}") from error
    _check_bounds(_HIT.unpack(data), _HIT_BOUNDS)
    return data


def _unpacked_hit(data: bytes, tick: int, *, told: bool) -> Hit | None:
    if told != bool(data):
        raise CarCodecError("the flag of a hit and the length do not agree")
    if not data:
        return None
    values = _HIT.unpack(data)
    _check_bounds(values, _HIT_BOUNDS)
    other, age, vx, vy, turn = values
    if age > tick:
        raise CarCodecError("a hit before the green light")
    return Hit(other, tick - age, vx / QUANTA_SPEED, vy / QUANTA_SPEED, turn / QUANTA_YAW)


def _check_bounds(values: tuple[int, ...], bounds: tuple[int, ...]) -> None:
    for value, bound in zip(values, bounds, strict=True):
        if not -bound <= value <= bound:
            raise CarCodecError(f"{value} is beyond {bound}")
