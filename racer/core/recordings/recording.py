"""A lap as it was driven: the car some seconds before the line, and every control from there on.

A tick is the same on every node, so this is all that it takes to drive the lap again; `lap_replay`
does. As bytes: a head, then the controls column by column, each as differences from tick to tick,
deflated. See docs/RECORDS.md.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from racer.core.circuits.track import PickupKind
from racer.core.physics.car import Controls, clamped
from racer.core.recordings.car_codec import (
    FRAME_SIZE,
    CarCodecError,
    CarFrame,
    pack_car,
    unpack_car,
)
from racer.core.tuning import QUANTA_PEDAL, QUANTA_STEER, TICK_HZ

RUN_UP_TICKS: Final = 8 * TICK_HZ
"""Recorded before the line: what a forged start could give is gone by then on any circuit with a
corner, and every honest lap but the first has so much before it."""

LAP_TICKS_MAX: Final = 5 * 60 * TICK_HZ
"""The slowest lap that is a record: three times what a bot needs for the longest real circuit."""

RECORDING_BYTES_MAX: Final = 32_768
"""As bytes: a 60 s lap by a hand that never rests takes 6 kB."""

CIRCUIT_ID_BYTES: Final = 16
CARS_MAX: Final = 255

_FORMAT: Final = 1
_HEAD: Final = struct.Struct(f">2sBHBI{CIRCUIT_ID_BYTES}s{FRAME_SIZE}s")
"""Magic, format, physics, kind of car, ticks, circuit, the car at the start."""
_MAGIC: Final = b"RL"
_TICKS_MAX: Final = RUN_UP_TICKS + LAP_TICKS_MAX
_COLUMNS: Final = 4
_STEER_MIDDLE: Final = int(QUANTA_STEER)
_HANDBRAKE: Final = 1
_BOOST: Final = 2
_PICKUPS: Final = {kind: 4 << place for place, kind in enumerate(PickupKind)}
"""The flag of each kind. There is room for six."""
_FLAGS_END: Final = 4 << len(PickupKind)


class RecordingError(ValueError):
    """Bytes that are no recording."""


class Quanta(NamedTuple):
    """The controls of one tick as a recording keeps them: a byte each."""

    throttle: int
    brake: int
    steer: int  # from `QUANTA_STEER` below the middle to as much above, the middle at that value
    flags: int  # handbrake, boost, and which kinds of pick-up came before this tick


@dataclass(frozen=True, slots=True)
class Recording:
    """A lap with its run-up: the line is crossed in tick `RUN_UP_TICKS`, and in the last one."""

    physics: int
    car: int  # kind of car: index into `tuning.CARS`
    circuit: bytes  # content id of the circuit's text
    start: CarFrame  # before tick 0; no flags, lap 1
    inputs: tuple[Quanta, ...]


def quanta_of(controls: Controls, pickups: Iterable[PickupKind] = ()) -> Quanta:
    """Return a tick's controls as a recording keeps them.

    Args:
        controls: any; they are clamped.
        pickups: kinds of which the car got one just before the tick.
    """
    flags = _HANDBRAKE * controls.handbrake + _BOOST * controls.boost
    for kind in pickups:
        flags |= _PICKUPS[kind]
    return Quanta(
        round(clamped(controls.throttle, 0.0, 1.0) * QUANTA_PEDAL),
        round(clamped(controls.brake, 0.0, 1.0) * QUANTA_PEDAL),
        round(clamped(controls.steer, -1.0, 1.0) * QUANTA_STEER) + _STEER_MIDDLE,
        flags,
    )


def controls_of(quanta: Quanta) -> Controls:
    """Return the controls of a recorded tick."""
    return Controls(
        throttle=quanta.throttle / QUANTA_PEDAL,
        brake=quanta.brake / QUANTA_PEDAL,
        steer=(quanta.steer - _STEER_MIDDLE) / QUANTA_STEER,
        handbrake=bool(quanta.flags & _HANDBRAKE),
        boost=bool(quanta.flags & _BOOST),
    )


def pickups_of(quanta: Quanta) -> tuple[PickupKind, ...]:
    """Return the kinds of which the car got one just before this tick."""
    return tuple(kind for kind, flag in _PICKUPS.items() if quanta.flags & flag)


def without_pickups(quanta: Quanta) -> Quanta:
    """Return the same controls, without a pick-up before them."""
    return quanta._replace(flags=quanta.flags & (_HANDBRAKE | _BOOST))


def lap_ms(ticks: float) -> int:
    """Return the time [ms] of a lap that took so many ticks."""
    return round(ticks * 1000.0 / TICK_HZ)


def pack_recording(recording: Recording) -> bytes:
    """Return the bytes of a recording.

    Raises:
        RecordingError: a value is beyond what `unpack_recording` takes, or the whole is too long.
    """
    _check_recording(recording)
    columns = zip(*recording.inputs, strict=True)
    body = zlib.compress(b"".join(_byte_differences(bytes(column)) for column in columns), 9)
    try:
        head = _HEAD.pack(
            _MAGIC,
            _FORMAT,
            recording.physics,
            recording.car,
            len(recording.inputs),
            recording.circuit,
            pack_car(recording.start),
        )
    except (struct.error, CarCodecError) as error:
        raise RecordingError(f"a value does not fit its field: {error}") from error
    if len(head) + len(body) > RECORDING_BYTES_MAX:
        raise RecordingError(f"more than {RECORDING_BYTES_MAX} bytes")
    return head + body


def unpack_recording(data: bytes) -> Recording:
    """Return the recording of some bytes, or raise `RecordingError`. Total and bounded.

    Whether such a car, circuit or gate exists, and whether it drives a lap, is for others to say.
    """
    if not _HEAD.size < len(data) <= RECORDING_BYTES_MAX:
        raise RecordingError(f"{len(data)} bytes are no recording")
    magic, form, physics, car, ticks, circuit, start = _HEAD.unpack_from(data)
    if magic != _MAGIC or form != _FORMAT:
        raise RecordingError("not a recording of this format")
    if not RUN_UP_TICKS < ticks <= _TICKS_MAX:
        raise RecordingError(f"{ticks} ticks are no lap")
    try:
        frame = unpack_car(start)
    except CarCodecError as error:
        raise RecordingError(f"its start is no car: {error}") from error
    columns = _inflate_exactly(data[_HEAD.size :], _COLUMNS * ticks)
    parts = [_running_sums(columns[k * ticks : (k + 1) * ticks]) for k in range(_COLUMNS)]
    recording = Recording(physics, car, circuit, frame, tuple(map(Quanta, *parts)))
    _check_recording(recording)
    return recording


def _check_recording(recording: Recording) -> None:
    start, inputs = recording.start, recording.inputs
    flags = (start.ghost, start.respawning, start.finished, start.away)
    if any(flags) or start.tick != 0 or start.progress.lap != 1:
        raise RecordingError("a lap begins with a car under way")
    if not RUN_UP_TICKS < len(inputs) <= _TICKS_MAX:
        raise RecordingError(f"{len(inputs)} ticks are no lap")
    if len(recording.circuit) != CIRCUIT_ID_BYTES:
        raise RecordingError("not the id of a circuit")
    highest = [max(column) for column in zip(*inputs, strict=True)]
    if highest[2] > 2 * _STEER_MIDDLE or highest[3] >= _FLAGS_END:
        raise RecordingError("controls out of range")


def _inflate_exactly(data: bytes, length: int) -> bytes:
    """Inflate to exactly this length; a bomb is given up one byte beyond it."""
    machine = zlib.decompressobj()
    try:
        found = machine.decompress(data, length + 1)
    except zlib.error as error:
        raise RecordingError(f"its controls are damaged: {error}") from error
    if len(found) != length or not machine.eof or machine.unused_data:
        raise RecordingError("its controls have another length than it says")
    return found


def _byte_differences(column: bytes) -> bytes:
    return bytes((b - a) & 255 for a, b in zip(b"\0" + column, column, strict=False))


def _running_sums(column: Iterable[int]) -> bytearray:
    return bytearray(total & 255 for total in accumulate(column))
