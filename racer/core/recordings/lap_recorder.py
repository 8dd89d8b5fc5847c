"""What a car does, noted as it drives, so that each clean lap is a recording when it ends."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final, final

from racer.core.circuits.track import PickupKind
from racer.core.physics.car import CarState, Controls
from racer.core.recordings.car_codec import CarFrame
from racer.core.recordings.lap_replay import Trail
from racer.core.recordings.recording import (
    LAP_TICKS_MAX,
    RUN_UP_TICKS,
    Quanta,
    Recording,
    lap_ms,
    quanta_of,
    without_pickups,
)
from racer.core.rules.pickups import with_pickup
from racer.core.tuning import PHYSICS_VERSION

_SPAN: Final = RUN_UP_TICKS + 1  # the run-up and the tick that crosses the line


@dataclass(frozen=True, slots=True)
class DrivenLap:
    """A lap that can be driven again from its recording alone."""

    recording: Recording
    lap_ms: int
    trail: Trail


@dataclass(slots=True)
class _Lap:
    """The lap under way."""

    start: CarFrame
    fraction: float
    trail: Trail


@final
class LapRecorder:
    """Notes every tick of one car. A touch by another, a tow, a rescue: that lap is no record.

    Args:
        car: kind of car, index into `tuning.CARS`.
        circuit: content id of the circuit.
    """

    def __init__(self, car: int, circuit: bytes) -> None:
        self._car = car
        self._circuit = circuit
        self._starts: deque[CarFrame] = deque(maxlen=_SPAN)  # the car before each tick
        self._inputs: list[Quanta] = []  # of the lap and its run-up, or of the last ticks
        self._pickups: list[PickupKind] = []  # that came since the last tick
        self._last: CarState | None = None  # after the last tick
        self._lap: _Lap | None = None
        self._done: DrivenLap | None = None
        self.crossed: float | None = None
        """When the car began the lap that it is on: race ticks and a fraction."""

    def take(self) -> DrivenLap | None:
        """Return the lap that has just ended, once."""
        lap, self._done = self._done, None
        return lap

    def on_pickup(self, kind: PickupKind) -> None:
        """Note that the car got one, before the next tick."""
        self._pickups.append(kind)

    def spoil(self) -> None:
        """Forget all so far: it cannot be driven again from controls alone."""
        self._starts.clear()
        self._inputs.clear()
        self._last = None
        self._lap = None

    def on_step(
        self,
        before: CarFrame,
        controls: Controls,
        after: CarState,
        fraction: float | None,
        *,
        alone: bool,
    ) -> None:
        """Note a tick.

        Args:
            before: the car before it.
            controls: that it was driven by, quantised.
            after: the car after it.
            fraction: of the tick at which it crossed the line, if it did.
            alone: nobody and nothing but the circuit had a part in it.
        """
        if fraction is not None:
            self.crossed = before.tick + fraction
        if not self._is_continuous(before.car):
            self.spoil()
        pickups, self._pickups = self._pickups, []
        if not alone:
            self.spoil()
            return
        self._last = after
        self._starts.append(before)
        self._inputs.append(quanta_of(controls, pickups))
        if self._lap is not None:
            self._lap.trail.append(after)
        if fraction is not None:
            self._cross_line(before, after, fraction)
        if self._lap is None:
            del self._inputs[:-_SPAN]
        elif len(self._inputs) > RUN_UP_TICKS + LAP_TICKS_MAX:
            self.spoil()

    def _is_continuous(self, car: CarState) -> bool:
        """Tell whether a car is as the last tick left it, or nothing is known of that.

        Somebody's hit changes it between two ticks. A pick-up does so too, and is told: a tick has
        room for one of each kind.
        """
        last = self._last
        if last is None:
            return True
        for kind in PickupKind:
            if kind in self._pickups:
                last = with_pickup(last, kind)
        return car == last

    def _cross_line(self, before: CarFrame, after: CarState, fraction: float) -> None:
        """End the lap under way, and begin the next one where the run-up is long enough."""
        if self._lap is not None:
            self._done = self._driven_lap(self._lap, fraction)
        self._lap = None
        if len(self._starts) == _SPAN:
            trail = Trail(fraction)
            trail.append(before.car)
            trail.append(after)
            self._lap = _Lap(self._starts[0], fraction, trail)
            del self._inputs[:-_SPAN]

    def _driven_lap(self, lap: _Lap, fraction: float) -> DrivenLap:
        first, *others = self._inputs
        start = CarFrame(tick=0, car=lap.start.car, progress=replace(lap.start.progress, lap=1))
        inputs = (without_pickups(first), *others)  # the car at the start has had that one
        ticks = len(inputs) - 1 - RUN_UP_TICKS + fraction - lap.fraction
        recording = Recording(PHYSICS_VERSION, self._car, self._circuit, start, inputs)
        return DrivenLap(recording, lap_ms(ticks), lap.trail)
