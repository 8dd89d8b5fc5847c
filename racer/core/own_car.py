"""One's own car: stepped here and nowhere else, judged by its own eyes, told to all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, final

from racer.core.circuits.track import PickupKind, Track
from racer.core.physics.car import STANDING, CarState, Controls, quantise
from racer.core.physics.collisions import Collisions, is_credible
from racer.core.physics.contact import Contact, Hit, apply_hit
from racer.core.recordings.car_codec import CarFrame
from racer.core.recordings.lap_recorder import LapRecorder
from racer.core.rules.laps import Progress, race_distance_m, start_progress
from racer.core.rules.pickups import with_pickup
from racer.core.rules.rescue import WRONG_WAY_TICKS, WayWatch, rescue
from racer.core.tick import Ticked, drive
from racer.core.tuning import (
    CAR,
    JUMP_HELD_TICKS,
    RESCUE_GHOST_TICKS,
    RESCUE_TICKS,
    CarTunables,
    tick_ms,
)


@dataclass(frozen=True, slots=True)
class LapDone:
    """The car completed a lap, counted from 1."""

    lap: int
    race_ms: int
    lap_ms: int


@dataclass(frozen=True, slots=True)
class Touched:
    """The car went over a pick-up's place."""

    pickup: int
    race_ms: int


@dataclass(frozen=True, slots=True)
class Jumped:
    """The driver was on the throttle before the green light; the car will be held."""


OwnCarEvent: TypeAlias = LapDone | Touched | Jumped


def grid_frame(track: Track, slot: int) -> CarFrame:
    """Return a car on a grid slot, counted from the front."""
    place = track.grid[slot % len(track.grid)]
    car = quantise(CarState(x=place.x, y=place.y, heading=place.heading))
    return CarFrame(tick=0, car=car, progress=start_progress(car, track))


def resumed_frame(track: Track, before: CarFrame | None, laps_done: int, slot: int) -> CarFrame:
    """Return the car of a driver who comes back: standing where it was, with all its laps.

    Args:
        before: its last frame that anybody has.
        laps_done: that the facts know; a lap may be newer than the frame.
    """
    if before is not None and before.progress.laps_done >= laps_done:
        car = replace(before.car, vx=0.0, vy=0.0, yaw_rate=0.0, boosting=False)
        return CarFrame(tick=before.tick, car=quantise(car), progress=before.progress)
    frame = before if before is not None else grid_frame(track, slot)
    if laps_done == 0:
        return frame
    at_line = Progress(laps_done + 1, 1 % len(track.gates), 0.0)
    return CarFrame(tick=frame.tick, car=rescue(frame.car, at_line, track), progress=at_line)


@final
class OwnCar:
    """Steps one car tick by tick from the green light on.

    `frame` is the car at `frame.tick`, quantised: what peers get is what the next tick starts from.

    Args:
        laps: of the race.
        lap_from_ms: when its present lap began, on the race clock.
        apart: whether it touches nobody in this whole race.
    """

    def __init__(
        self,
        track: Track,
        laps: int,
        frame: CarFrame,
        lap_from_ms: int,
        spec: CarTunables = CAR,
        *,
        apart: bool = False,
    ) -> None:
        self.frame = frame
        self.before = frame
        self.contacts: tuple[Contact, ...] = ()  # of its last tick
        self._recorder: LapRecorder | None = None
        self.ghost_until = 0
        self._apart = apart
        self._over = False  # whether its race is over before its last lap
        self._track = track
        self._laps = laps
        self.spec = spec
        self._lap_from_ms = lap_from_ms
        self._standing_until = 0
        self._held_until = 0
        self._collisions = Collisions()
        self._way = WayWatch(race_distance_m(frame.progress, track), frame.tick)

    @property
    def recorder(self) -> LapRecorder | None:
        """What notes its laps as recordings, if anybody wants them."""
        return self._recorder

    def record(self, recorder: LapRecorder) -> None:
        """Let every tick from now on be noted."""
        self._recorder = recorder

    @property
    def tick(self) -> int:
        return self.frame.tick

    @property
    def finished(self) -> bool:
        return self._over or self.frame.progress.laps_done >= self._laps

    @property
    def is_stuck(self) -> bool:
        """No progress for STUCK_TICKS."""
        return self._way.is_stuck(self.tick)

    @property
    def wrong_way(self) -> bool:
        """Whether its driver is to be told to turn round."""
        return self._way.wrong_way > WRONG_WAY_TICKS and not self.finished

    @property
    def held(self) -> bool:
        """Whether the car has to wait, for a jump start."""
        return self.tick < self._held_until

    @property
    def given(self) -> tuple[Hit, ...]:
        """What the car gave others by touches in its last tick."""
        return self._collisions.given

    @property
    def ghost(self) -> bool:
        return self._apart or self.finished or self.tick < self.ghost_until

    def judge(self, *, over: bool) -> None:
        """Take it that the race of this car is over, or is not: a late fact may bring it back."""
        self._over = over

    def skip_to(self, tick: int) -> None:
        """Let time pass without the car: this node was away or paused."""
        # A touch is told for some ticks; a state cannot tell of one from before the gap.
        self.frame = self.before = replace(self.frame, tick=tick, hit=None)
        self._way.begin_again(tick)
        if self._recorder is not None:
            self._recorder.spoil()

    def jump_start(self) -> list[OwnCarEvent]:
        """Note that the driver did not wait for the green light: the car is held after it."""
        if self.held:
            return []
        self._held_until = JUMP_HELD_TICKS
        return [Jumped()]

    def come_back(self, tick: int) -> None:
        """Enter a race that is under way, at first touching nobody."""
        self.skip_to(tick)
        self.ghost_until = tick + RESCUE_GHOST_TICKS
        self.frame = self.before = replace(self.frame, ghost=True)

    def step(
        self, controls: Controls, others: Sequence[CarState], numbers: Sequence[int] = ()
    ) -> list[OwnCarEvent]:
        """Drive one tick.

        Args:
            others: the cars that may be touched, at the tick after it.
            numbers: theirs, if hits are to be told to their owners.
        """
        before, tick = self.frame, self.frame.tick + 1
        respawning = tick < self._standing_until
        solid = () if self.ghost or respawning else others
        wanted = STANDING if respawning or self.held else controls
        ticked = drive(before.car, before.progress, wanted, solid, self._track, self.spec)
        self._record_tick(ticked, respawning=respawning)
        events = self._events_of(ticked)
        progress = _capped_progress(ticked.progress, self._laps)
        finished = self._over or progress.laps_done >= self._laps
        self.before, self.contacts = before, ticked.contacts
        self.frame = CarFrame(
            tick=tick,
            car=ticked.car,
            progress=progress,
            ghost=self._apart or finished or tick < self.ghost_until,
            respawning=respawning,
            finished=finished,
            hit=self._collisions.on_contacts(ticked.contacts, numbers, tick),
        )
        self._way.note(ticked.car, progress, self._track, tick)
        return events

    def take_hit(self, number: int, hit: Hit, theirs: CarState) -> None:
        """Take what we missed of a touch that the owner of another car saw.

        Args:
            number: of that car.
            hit: as its owner tells it.
            theirs: that car, with the hit behind it.
        """
        if self.ghost or self.frame.respawning or not is_credible(hit, theirs, self.frame.car):
            return
        share = self._collisions.on_told(number, hit, self.tick)
        if share > 0.0:
            self.frame = replace(self.frame, car=quantise(apply_hit(self.frame.car, hit, share)))
            if self._recorder is not None:
                self._recorder.spoil()

    def rescue(self, others: Sequence[CarState] = ()) -> None:
        """Put the car back on the track, beside the others; it stands, and then touches nobody."""
        if self.tick < self._standing_until or self.finished:
            return
        car = rescue(self.frame.car, self.frame.progress, self._track, others)
        self._standing_until = self.tick + RESCUE_TICKS
        self.ghost_until = self._standing_until + RESCUE_GHOST_TICKS
        self.frame = self.before = replace(self.frame, car=car, ghost=True, respawning=True)
        self._way.put_back(self.tick)
        if self._recorder is not None:
            self._recorder.spoil()

    def take_pickup(self, kind: PickupKind) -> None:
        """Take what a decree granted."""
        self.frame = replace(self.frame, car=with_pickup(self.frame.car, kind))
        if self._recorder is not None:
            self._recorder.on_pickup(kind)

    def _record_tick(self, ticked: Ticked, *, respawning: bool) -> None:
        if self._recorder is None or self.finished:
            return
        touches = any(contact.other is not None for contact in ticked.contacts)
        alone = not respawning and ticked.towed == 0.0 and not touches
        self._recorder.on_step(
            self.frame, ticked.controls, ticked.car, ticked.crossing, alone=alone
        )

    def _events_of(self, ticked: Ticked) -> list[OwnCarEvent]:
        """Return what a tick brought, before the frame shows it."""
        events: list[OwnCarEvent] = []
        before = self.frame
        if before.progress.laps_done < self._laps:  # over or not: a late fact may bring it back
            events = self._note_lap(ticked.progress, ticked.crossing, before.tick)
        if ticked.touch is not None and not self.finished:
            pickup, part = ticked.touch
            events.append(Touched(pickup, tick_ms(before.tick, part)))
        return events

    def _note_lap(self, progress: Progress, fraction: float | None, tick: int) -> list[OwnCarEvent]:
        if fraction is None or progress.lap == 1:  # the first lap counts from the green light
            return []
        race_ms = tick_ms(tick, fraction)
        lap = LapDone(progress.laps_done, race_ms, race_ms - self._lap_from_ms)
        self._lap_from_ms = race_ms
        return [lap]


def _capped_progress(progress: Progress, laps: int) -> Progress:
    """Count no lap after the last: a finished car drives on for show."""
    return progress if progress.lap <= laps + 1 else replace(progress, lap=laps + 1)
