"""Every race is taped from what this node knows of it, chunk by chunk, for who looks at it later.

Nothing is kept here but the last second: what is on disk outlives this process, and a node that
comes back into the race goes on with the same tape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from racer.core.own_car import OwnCar
from racer.core.physics.car import CarState, is_sliding
from racer.core.recordings.race_tape import (
    BATCH_SAMPLES,
    SAMPLE_TICKS,
    CarSample,
    Moment,
    TapeCar,
    TapeEvent,
    TapeHead,
    TapeRow,
    TapeTable,
    pack_part,
    pack_samples,
)
from racer.core.rules.laps import Progress
from racer.core.rules.results import live_places, time_text
from racer.core.tuning import tick_ms
from racer.play.cars.local_race import LocalRace
from racer.play.reports import ControlSeen, FinishSeen, LapSeen, PickupSeen, RaceReport
from racer.play.room.messages import RaceId
from racer.play.room.room_state import RoomState


@dataclass(frozen=True, slots=True)
class SaveTape:
    """Add these chunks to the tape of a race, whole."""

    race: RaceId
    data: bytes


@final
class Taping:
    """Makes the tape of the race that is on.

    Args:
        room: its name.
    """

    def __init__(self, room: str) -> None:
        self._room = room
        self._race: RaceId | None = None  # whose head is written
        self._done: RaceId | None = None  # whose table is written
        self._tick = -1  # of the newest sample
        self._from_tick = 0
        self._moments: list[Moment] = []

    def on_tick(
        self, state: RoomState, local_race: LocalRace | None, told: Sequence[RaceReport]
    ) -> list[SaveTape]:
        """Return what is to be added.

        Args:
            told: what was reported at this tick.
        """
        race = state.room.race
        if local_race is None or race is None or race.id in {b"", self._done}:
            return self._flush_samples()
        parts: list[SaveTape] = []
        if race.id != self._race:
            parts.extend(self._flush_samples())
            self._race, self._tick = race.id, -1
            parts.append(SaveTape(race.id, pack_part(self._tape_head(state, local_race))))
        if local_race.tick >= self._tick + SAMPLE_TICKS and local_race.tick > 0:
            parts.extend(self._sample_cars(state, local_race))
        for report in told:
            event = _event_of(report, state, local_race)
            if event is not None:
                parts.append(SaveTape(race.id, pack_part(event)))
        if race.results is not None:
            parts.extend(self._flush_samples())
            parts.append(SaveTape(race.id, pack_part(_table_of(state, local_race))))
            self._done = race.id
        return parts

    def _tape_head(self, state: RoomState, local_race: LocalRace) -> TapeHead:
        race, me = local_race.race, local_race.number
        entries = {n: state.facts.entry_of(node) for n, node in race.cars.items()}
        cars = tuple(
            TapeCar(
                number,
                state.roster.name_of(node),
                (entry := entries[number]) is not None and entry.bot,
                race.kinds.get(number, 0),
                number == me,
            )
            for number, node in sorted(race.cars.items())
        )
        setup = race.setup
        track, content = setup.track, setup.content
        return TapeHead(self._room, race.id, track, content, setup.laps, setup.mode.value, cars)

    def _sample_cars(self, state: RoomState, local_race: LocalRace) -> list[SaveTape]:
        """Note where all cars are; begin another batch after a gap, or with other cars."""
        moment = _moment_of(state, local_race)
        tick = local_race.tick - local_race.tick % SAMPLE_TICKS
        due: list[SaveTape] = []
        after = self._from_tick + SAMPLE_TICKS * len(self._moments)
        if self._moments and (after != tick or self._moments[0].keys() != moment.keys()):
            due = self._flush_samples()
        if not self._moments:
            self._from_tick = tick
        self._tick = tick
        if moment:
            self._moments.append(moment)
        return [*due, *(self._flush_samples() if len(self._moments) >= BATCH_SAMPLES else [])]

    def _flush_samples(self) -> list[SaveTape]:
        """Return the samples that wait."""
        moments, self._moments = self._moments, []
        if not moments or self._race is None:
            return []
        return [SaveTape(self._race, pack_samples(tick_ms(self._from_tick), moments))]


def _moment_of(state: RoomState, local_race: LocalRace) -> Moment:
    progress = local_race.progress()
    finishes = state.facts.cars.finishes(local_race.race, local_race.track.length_m)
    places = live_places(progress, local_race.track, finishes)
    moment: Moment = {}
    for number in sorted(progress):
        leased_car, remote = local_race.leased_cars.get(number), local_race.others.get(number)
        own_car: OwnCar | None = None if leased_car is None else leased_car.own_car
        if number == local_race.number and local_race.own_car is not None:
            own_car = local_race.own_car
        if own_car is not None:
            ghost = own_car.frame.ghost or own_car.frame.respawning
            car = own_car.frame.car
            place = (car.x, car.y, car.heading)
        elif remote is not None:
            ghost, car = not remote.is_solid(local_race.tick), remote.car
            place = (remote.pose.x, remote.pose.y, remote.pose.heading)
        else:
            continue
        away = not state.roster.is_living(local_race.race.cars[number])
        at = (places[number], progress[number])
        moment[number] = _sample_of(local_race, number, car, place, at, ghost=ghost, away=away)
    return moment


def _sample_of(
    local_race: LocalRace,
    number: int,
    car: CarState,
    pose: tuple[float, float, float],
    at: tuple[int, Progress],
    *,
    ghost: bool,
    away: bool,
) -> CarSample:
    place, progress = at
    return CarSample(
        *pose,
        car.speed,
        car.steer,
        is_sliding(car, local_race.race.spec_of(number)),
        car.brake > 0.1 and not car.reversing,
        car.boosting,
        ghost,
        away,
        place,
        min(progress.lap, local_race.race.setup.laps),
        progress.s_m,
    )


def _event_of(report: RaceReport, state: RoomState, local_race: LocalRace) -> TapeEvent | None:
    race, name_of = local_race.race, state.roster.name_of
    now_ms = tick_ms(local_race.tick)
    match report:
        case LapSeen(race=race_id, node=node, lap=lap, ms=ms, race_ms=race_ms):
            kind, text = "lap", f"{name_of(node)}: lap {lap} in {time_text(ms)}"
        case FinishSeen(race=race_id, node=node, ms=race_ms):
            kind, text = "finish", f"{name_of(node)} finishes"
        case ControlSeen(race=race_id, car=node, driver=driver) if node == driver:
            kind, text, race_ms = "back", f"{name_of(node)} is back in the car", now_ms
        case ControlSeen(race=race_id, car=node):
            kind, text, race_ms = "away", f"{name_of(node)} is away: the car drives on", now_ms
        case PickupSeen(race=race_id, node=bytes() as node, ms=int() as race_ms):
            kind, text = "canister", f"{name_of(node)} gets a canister"
        case _:
            return None
    number = race.number_of(node)
    if race_id != race.id or number is None:
        return None
    return TapeEvent(max(0, race_ms), kind, number, text[:200])


def _table_of(state: RoomState, local_race: LocalRace) -> TapeTable:
    results = local_race.race.results
    rows = () if results is None else results.rows
    return TapeTable(
        tuple(
            TapeRow(k, row.number, state.roster.name_of(row.node), row.laps, row.ms, row.best_ms)
            for k, row in enumerate(rows, start=1)
        )
    )
