"""A whole race as bytes, as one node saw it: a crash costs its last second and no more.

Chunks are only added. A chunk is its length, a checksum and a part: the head, a second of samples
of all cars, an event, or the table. Nothing of a tape is acted on; it is looked at.
"""

from __future__ import annotations

import json
import math
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import Struct, error
from typing import Any, Final, TypeAlias, assert_never

from racer.core.tuning import TICK_HZ

TAPE_BYTES_MAX: Final = 24_000_000  # an hour of a full grid
SAMPLE_TICKS: Final = 4  # 15 a second: between them cars go along curves
SAMPLE_S: Final = SAMPLE_TICKS / TICK_HZ
BATCH_SAMPLES: Final = 15  # of all cars in one chunk
CARS_MAX: Final = 64
TEXT_CHARS_MAX: Final = 200
GAP_MS: Final = 500  # nothing was seen for longer: cars stand until they are seen again
_CHUNK: Final = Struct("<II")
WHOLE_MAX: Final = 2**40
_SAMPLE: Final = Struct("<iiHHbBBBH")
_BATCH: Final = Struct("<QB")
_TURN: Final = 2.0 * math.pi / 65536.0


@dataclass(frozen=True, slots=True)
class CarSample:
    """A car at one moment."""

    x: float  # m
    y: float
    heading: float
    speed_ms: float
    steer: float
    sliding: bool
    braking: bool
    boosting: bool
    ghost: bool
    away: bool  # somebody else drives it
    place: int
    lap: int
    way_m: float


@dataclass(frozen=True, slots=True)
class TapeCar:
    """A car of the race."""

    number: int
    name: str
    bot: bool
    kind: int
    mine: bool


@dataclass(frozen=True, slots=True)
class TapeHead:
    """What was raced, and by whom."""

    race: str  # name of the room
    id: bytes
    track: str  # name of the circuit …
    content: bytes | None  # … and id of its text
    laps: int
    mode: str
    cars: tuple[TapeCar, ...]


@dataclass(frozen=True, slots=True)
class TapeSamples:
    """Samples of these cars, SAMPLE_TICKS apart; packed, then compressed."""

    from_ms: int
    numbers: tuple[int, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class TapeEvent:
    """Something that one may want to see again."""

    ms: int
    kind: str  # lap, finish, away, back, canister
    number: int  # of the car
    text: str


@dataclass(frozen=True, slots=True)
class TapeRow:
    """A line of the results."""

    place: int
    number: int
    name: str
    laps: int
    ms: int | None
    best_ms: int | None


@dataclass(frozen=True, slots=True)
class TapeTable:
    """The official results."""

    rows: tuple[TapeRow, ...]


TapePart: TypeAlias = TapeHead | TapeSamples | TapeEvent | TapeTable
Moment: TypeAlias = dict[int, CarSample]
"""Where the cars are, by number."""


@dataclass(frozen=True, slots=True)
class Tape:
    """A race to be looked at. `times` and `moments` belong together, in order of time."""

    head: TapeHead
    times: tuple[int, ...]  # ms
    moments: tuple[Moment, ...]
    events: tuple[TapeEvent, ...]
    table: TapeTable | None  # None: the recording ends before the race

    @property
    def length_ms(self) -> int:
        return self.times[-1] if self.times else 0

    def at(self, ms: float) -> Moment:
        """Return where the cars are at a time, between samples along a curve."""
        k = bisect_right(self.times, ms)
        if k == 0 or not self.times:
            return self.moments[0] if self.moments else {}
        if k == len(self.times) or self.times[k] - self.times[k - 1] > GAP_MS:
            return self.moments[k - 1]
        span = self.times[k] - self.times[k - 1]
        part = (ms - self.times[k - 1]) / span
        before, after = self.moments[k - 1], self.moments[k]
        return {
            number: _blend_samples(sample, after[number], part, span / 1000.0)
            for number, sample in before.items()
            if number in after
        }


def pack_part(part: TapePart) -> bytes:
    """Return a chunk."""
    payload = _payload_of(part)
    return _CHUNK.pack(len(payload), zlib.crc32(payload)) + payload


def pack_samples(from_ms: int, moments: Iterable[Moment]) -> bytes:
    """Return a chunk of samples of the same cars, SAMPLE_TICKS apart."""
    rows = list(moments)
    numbers = tuple(sorted(rows[0])) if rows else ()
    packed = b"".join(_pack_sample(row[number]) for row in rows for number in numbers)
    return pack_part(TapeSamples(from_ms, numbers, zlib.compress(packed, 6)))


def whole_bytes(data: bytes) -> int:
    """Return how many bytes of a file are whole chunks: behind them a crash tore one apart."""
    return max((end for end, _ in _read_chunks(data)), default=0)


def read_head(data: bytes) -> TapeHead | None:
    """Return what a tape that begins so is of, or None where it is none."""
    for _, part in _read_chunks(data):
        return part if isinstance(part, TapeHead) else None
    return None


def read_tape(data: bytes) -> Tape | None:
    """Return a tape, as far as it is whole; None where it is none."""
    head: TapeHead | None = None
    table: TapeTable | None = None
    seen: dict[int, Moment] = {}
    events: dict[tuple[int, str, int], TapeEvent] = {}  # who comes back is told all again
    for _, part in _read_chunks(data[:TAPE_BYTES_MAX]):
        match part:
            case TapeHead():
                head = head or part
            case TapeSamples():
                seen.update(_read_samples(part))
            case TapeEvent():
                events[part.ms, part.kind, part.number] = part
            case TapeTable():
                table = part
    if head is None or not seen:
        return None
    times = sorted(seen)
    told = sorted(events.values(), key=lambda event: event.ms)
    return Tape(head, tuple(times), tuple(seen[ms] for ms in times), tuple(told), table)


def _read_chunks(data: bytes) -> Iterator[tuple[int, TapePart]]:
    """Yield the parts of a tape, each with where it ends, up to one that is not whole."""
    at = 0
    while at + _CHUNK.size <= len(data):
        length, check = _CHUNK.unpack_from(data, at)
        payload = data[at + _CHUNK.size : at + _CHUNK.size + length]
        if len(payload) != length or zlib.crc32(payload) != check:
            return
        try:
            part = _read_payload(payload)
        except (ValueError, TypeError, error, RecursionError):
            return
        at += _CHUNK.size + length
        yield at, part


# --- what a chunk holds: a letter, and JSON; of samples a few bytes instead -----------------------


def _payload_of(part: TapePart) -> bytes:
    match part:
        case TapeSamples(from_ms=from_ms, numbers=numbers, data=data):
            return b"s" + _BATCH.pack(from_ms, len(numbers)) + bytes(numbers) + data
        case TapeHead():
            content = None if part.content is None else part.content.hex()
            cars = [[car.number, car.name, car.bot, car.kind, car.mine] for car in part.cars]
            told: list[object] = [part.race, part.id.hex(), part.track, content, part.laps]
            return b"h" + _json_of([*told, part.mode, cars])
        case TapeEvent():
            return b"e" + _json_of([part.ms, part.kind, part.number, part.text])
        case TapeTable():
            rows = [[r.place, r.number, r.name, r.laps, r.ms, r.best_ms] for r in part.rows]
            return b"t" + _json_of(rows)
        case _:
            assert_never(part)


def _json_of(told: list[Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def _read_payload(payload: bytes) -> TapePart:
    """Return the part of a chunk.

    Raises:
        ValueError, TypeError, struct.error: it holds none.
    """
    letter, rest = payload[:1], payload[1:]
    if letter == b"s":
        from_ms, count = _BATCH.unpack_from(rest)
        numbers = tuple(rest[_BATCH.size : _BATCH.size + count])
        return TapeSamples(from_ms, numbers, rest[_BATCH.size + count :])
    told = json.loads(rest)
    match letter:
        case b"h":
            race, race_id, track, content, laps, mode, cars = told
            known = None if content is None else bytes.fromhex(content)
            head = (
                _read_text(race),
                bytes.fromhex(race_id),
                _read_text(track),
                known,
                _read_whole(laps),
            )
            return TapeHead(
                *head, _read_text(mode), tuple(_read_car(car) for car in cars[:CARS_MAX])
            )
        case b"e":
            ms, kind, number, text = told
            return TapeEvent(
                _read_whole(ms), _read_text(kind), _read_whole(number), _read_text(text)
            )
        case b"t":
            return TapeTable(tuple(_read_row(row) for row in told[:CARS_MAX]))
        case _:
            raise ValueError("no part of a tape")


def _read_car(told: list[Any]) -> TapeCar:
    number, name, bot, kind, mine = told
    return TapeCar(_read_whole(number), _read_text(name), bool(bot), _read_whole(kind), bool(mine))


def _read_row(told: list[Any]) -> TapeRow:
    place, number, name, laps, ms, best_ms = told
    times = [None if value is None else _read_whole(value) for value in (ms, best_ms)]
    return TapeRow(
        _read_whole(place), _read_whole(number), _read_text(name), _read_whole(laps), *times
    )


def _read_text(value: object) -> str:
    if not isinstance(value, str) or len(value) > TEXT_CHARS_MAX:
        raise ValueError("no text")
    return value


def _read_whole(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= WHOLE_MAX:
        raise ValueError("no number")
    return value


# --- samples  ------------------------------------------------------------------------


def _read_samples(part: TapeSamples) -> Iterator[tuple[int, Moment]]:
    size = _SAMPLE.size * len(part.numbers)
    most = size * BATCH_SAMPLES
    try:
        data = zlib.decompressobj().decompress(part.data, most + 1)
    except zlib.error:
        return
    if not size or len(data) > most or len(data) % size:
        return
    for k in range(len(data) // size):
        places = (k * size + n * _SAMPLE.size for n in range(len(part.numbers)))
        moment = {
            number: _read_sample(data, at) for number, at in zip(part.numbers, places, strict=True)
        }
        yield part.from_ms + round(1000 * SAMPLE_S * k), moment


def _pack_sample(car: CarSample) -> bytes:
    flags = (car.sliding, car.braking, car.boosting, car.ghost, car.away)
    packed_flags = sum(on << k for k, on in enumerate(flags))
    try:
        return _SAMPLE.pack(
            round(1000.0 * car.x),
            round(1000.0 * car.y),
            round(car.heading / _TURN) & 0xFFFF,
            min(65535, max(0, round(100.0 * car.speed_ms))),
            round(127.0 * max(-1.0, min(1.0, car.steer))),
            packed_flags,
            min(255, max(0, car.place)),
            min(255, max(0, car.lap)),
            min(65535, max(0, round(4.0 * car.way_m))),
        )
    except error:  # a place beyond all circuits
        return _SAMPLE.pack(0, 0, 0, 0, 0, 8, 0, 0, 0)


def _read_sample(data: bytes, at: int) -> CarSample:
    x, y, heading, speed, steer, flags, place, lap, way = _SAMPLE.unpack_from(data, at)
    sliding, braking, boosting, ghost, away = (bool(flags >> k & 1) for k in range(5))
    return CarSample(
        x / 1000.0,
        y / 1000.0,
        heading * _TURN,
        speed / 100.0,
        steer / 127.0,
        sliding,
        braking,
        boosting,
        ghost,
        away,
        place,
        lap,
        way / 4.0,
    )


def _blend_samples(a: CarSample, b: CarSample, part: float, span_s: float) -> CarSample:
    """Return a car between two samples: a cubic by places and speeds, ghosts of a leap stand."""
    if math.hypot(b.x - a.x, b.y - a.y) > 8.0 + 2.0 * span_s * max(a.speed_ms, b.speed_ms):
        return a
    turn = (b.heading - a.heading + math.pi) % (2.0 * math.pi) - math.pi
    way = part * part * (3.0 - 2.0 * part)
    share = part if min(a.speed_ms, b.speed_ms) > 1.0 else way
    return CarSample(
        a.x + (b.x - a.x) * share,
        a.y + (b.y - a.y) * share,
        a.heading + turn * part,
        a.speed_ms + (b.speed_ms - a.speed_ms) * part,
        a.steer + (b.steer - a.steer) * part,
        a.sliding,
        a.braking,
        a.boosting,
        a.ghost,
        a.away,
        a.place,
        a.lap,
        a.way_m if b.way_m < a.way_m else a.way_m + (b.way_m - a.way_m) * part,
    )
