"""Laps for tests: driven once by a bot that is alone on the short circuit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from net.security.identity import Identity
from net.security.primitives import SODIUM
from racer.core.circuits.track import PickupKind
from racer.core.drivers.driver import Driver
from racer.core.own_car import OwnCar, OwnCarEvent, Touched, grid_frame
from racer.core.recordings.lap_recorder import DrivenLap, LapRecorder
from racer.core.recordings.recording import pack_recording
from racer.play.room.lap_record import LapRecord, RecordSigner, make_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.core.physics.car import CarState

CIRCUIT = bytes(range(16))


class Atlas:
    """Circuits that are all here, by name and content."""

    def __init__(self, tracks: Mapping[str, Track], contents: Mapping[str, bytes]) -> None:
        self._tracks = dict(tracks)
        self._contents = dict(contents)

    def digest_of(self, name: str) -> bytes | None:
        return self._contents.get(name)

    def name_of(self, content: bytes) -> str | None:
        return next((name for name, each in self._contents.items() if each == content), None)

    def track_of(self, content: bytes) -> Track | None:
        name = self.name_of(content)
        return None if name is None else self._tracks[name]

    def add(self, track: Track, content: bytes) -> None:
        """Let a circuit come."""
        self._tracks[track.name], self._contents[track.name] = track, content


class Recorded:
    """A car with a recorder, and a bot at its wheel."""

    def __init__(
        self,
        track: Track,
        line: RacingLine,
        laps: int,
        skill: float = 0.9,
        circuit: bytes = CIRCUIT,
    ) -> None:
        self.own_car = OwnCar(track, laps, grid_frame(track, 0), 0)
        self.log = LapRecorder(0, circuit)
        self.own_car.record(self.log)
        self.laps: list[DrivenLap] = []
        self.canisters = 0
        self._driver = Driver(track, line, skill, Random(1))
        self._granted_ms = -10_000

    def step(self, others: Sequence[CarState] = ()) -> list[OwnCarEvent]:
        frame = self.own_car.frame
        controls = self._driver.decide(frame.car, frame.progress, (), frame.tick)
        controls = replace(controls, boost=frame.car.boost_ticks > 0)
        events = self.own_car.step(controls, others)
        for event in events:
            if isinstance(event, Touched) and event.race_ms >= self._granted_ms + 10_000:
                self._granted_ms = event.race_ms
                self.canisters += 1
                self.own_car.take_pickup(PickupKind.CANISTER)
        lap = self.log.take()
        if lap is not None:
            self.laps.append(lap)
        return events

    def until_lap(self, lap: int) -> Iterator[None]:
        """Drive until a lap has begun; yields before each tick."""
        while self.own_car.frame.progress.lap < lap:
            yield
            self.step()
            assert self.own_car.tick < 20_000


def signer(seed: int = 1) -> RecordSigner:
    """Return a driver's signer, with keys of its own."""
    identity = Identity.from_seed(bytes([seed]) * 32, SODIUM)
    return RecordSigner(
        identity.signing_public, lambda data: identity.sign(data, SODIUM), SODIUM.verify, 20_000
    )


@cache
def drive_lap(
    track: Track, line: RacingLine, skill: float = 0.9, circuit: bytes = CIRCUIT
) -> DrivenLap:
    """Return the first flying lap of a bot."""
    car = Recorded(track, line, 2, skill, circuit)
    for _ in car.until_lap(3):
        pass
    return car.laps[0]


def claim(lap: DrivenLap, by: RecordSigner, name: str = "ada") -> tuple[LapRecord, bytes]:
    """Return the record of a lap, and its recording as bytes."""
    packed = pack_recording(lap.recording)
    key = (lap.recording.circuit, lap.recording.car)
    return make_record(key, lap.lap_ms, name, packed, by), packed
