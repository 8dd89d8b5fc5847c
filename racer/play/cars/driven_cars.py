"""Which cars this node drives, in the race that is on: its own, and those of absent owners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, assert_never, final

from net import Command, NodeId, Pace, Publish, Report, StateReceived, Submit, Synced
from racer.core.circuits.track import Track
from racer.core.drivers.driver import Driver
from racer.core.drivers.line import RacingLine
from racer.core.physics.car import Controls
from racer.core.tuning import CAR, TICK_HZ, CarTunables
from racer.play.cars.leased_car import Ward
from racer.play.cars.local_race import Stage, StateSeen, read_state
from racer.play.cars.own_car import Jumped, LapDone, PilotEvent, Touched
from racer.play.limits import AUTOPILOT_SKILL, RETURN_WAIT_NS, SECOND
from racer.play.reports import JumpStartSeen, Resumed
from racer.play.room.facts import Facts
from racer.play.room.messages import Claim, LapTime, RaceId, Return, encode
from racer.play.room.room import Race, Room

if TYPE_CHECKING:
    from random import Random

COOL_DOWN_SKILL: Final = 0.3  # of who drives a person's car when its race is over


@final
class Driving:
    """Follows the room from race to race, keeps the newest states, and steps our cars.

    Args:
        skill: of the driver, if it is a bot.
    """

    def __init__(
        self,
        me: NodeId,
        bot: bool,
        skill: float,
        facts: Facts,
        tracks: Mapping[str, Track],
        lines: Mapping[str, RacingLine],
        rng: Random,
    ) -> None:
        self.stage: Stage | None = None
        self._me = me
        self._bot = bot
        self._skill = skill
        self._facts = facts
        self._tracks = tracks
        self._lines = lines
        self._rng = rng
        self._states: dict[tuple[NodeId, NodeId], StateSeen] = {}  # by (owner, writer)
        self._wanted_ns: dict[tuple[RaceId, int], int] = {}  # since when we want our car back …
        self._asked: set[tuple[RaceId, int]] = set()  # … and the leases for which we asked

    def on_state(self, event: StateReceived) -> None:
        """Take the newest state of a stream by one writer."""
        state = StateSeen(event.incarnation, event.payload, event.writer, event.lease)
        self._states[event.node, event.writer] = state
        if self.stage is not None:
            self.stage.on_state(event.node, state)

    def rescue(self) -> None:
        """Put our car back onto the track."""
        if self.stage is not None:
            self.stage.rescue()

    def distances(self) -> dict[int, float]:
        """Return the way raced [m] by number, of cars that were seen."""
        return {} if self.stage is None else self.stage.distances()

    def place_of(self, number: int) -> bytes | None:
        """Return where a car is, as far as this node knows: for whom drives it next."""
        return None if self.stage is None else self.stage.place_of(number)

    def on_tick(
        self, room: Room, synced: Synced | None, controls: Controls, race_ns: int
    ) -> list[Command]:
        """Bring all cars to now; return what to tell of those that we drive.

        Args:
            synced: how we came into the room, while we are in it.
        """
        self._set_stage(room)
        stage = self.stage
        if stage is None:
            return []
        stage.let_go()
        commands: list[Command] = []
        if stage.race.results is None and synced is not None:
            commands.extend(self._take_cars(stage, synced, race_ns))
        stage.collect()
        stage.judge(self._facts.out_laps(stage.race, stage.track.length_m))
        for ward, event in stage.on_wards(race_ns):
            commands.extend(self._happened(stage, event, ward))
        for event in stage.on_tick(controls, race_ns):
            commands.extend(self._happened(stage, event, None))
        commands.extend(_published(stage, race_ns * TICK_HZ // SECOND))
        return commands

    def _set_stage(self, room: Room) -> None:
        """Let the stage follow the room: another race, or the same one in another lineage."""
        race = room.race
        if race is None or not room.in_race:
            self.stage = None
            return
        if self.stage is not None and self.stage.race.id == race.id:
            self.stage.race = race
            return
        track = self._tracks.get(race.circuit)
        if track is None:
            self.stage = None
            return
        skill = self._skill if self._bot else COOL_DOWN_SKILL
        number = race.number_of(self._me)
        spec = CAR if number is None else race.spec_of(number)
        driver = Driver(track, self._lines[race.circuit], skill, self._rng, spec)
        self.stage = Stage(race, track, self._me, driver, self._bot, self._autopilot)
        self.stage.people = self._people(race)
        for (owner, _), state in sorted(self._states.items(), key=lambda entry: entry[0]):
            self.stage.on_state(owner, state)

    def _people(self, race: Race) -> frozenset[int]:
        """Return the numbers of those who are no bots."""
        entries = {number: self._facts.entry_of(node) for number, node in race.cars.items()}
        return frozenset(n for n, entry in entries.items() if entry is not None and not entry.bot)

    def _autopilot(self, spec: CarTunables) -> Driver:
        """Return a driver for an absent owner's car."""
        assert self.stage is not None
        stage = self.stage
        line = self._lines[stage.race.circuit]
        return Driver(stage.track, line, AUTOPILOT_SKILL, self._rng, spec)

    def _take_cars(self, stage: Stage, synced: Synced, race_ns: int) -> list[Command]:
        """Get into our car, or ask for it; and into those we are to drive for others."""
        race = stage.race
        for number in stage.wanted_wards():
            laps = self._facts.laps_of(race.id, race.cars[number], stage.track.length_m)
            stage.take_ward(number, laps, race_ns)
        if stage.number is None or stage.pilot is not None:
            return []
        if stage.drives_own:
            return self._take_car(stage, synced, race_ns)
        return self._ask_for_car(stage, stage.number, race_ns)

    def _ask_for_car(self, stage: Stage, number: int, race_ns: int) -> list[Command]:
        """Ask for our car once we see where it is: we go on from there, and must not leap."""
        race = stage.race
        key = (race.id, race.lease_of(number))
        if key in self._asked:
            return []
        waited_ns = race_ns - self._wanted_ns.setdefault(key, race_ns)
        if not stage.sees(number) and waited_ns < RETURN_WAIT_NS:
            return []
        self._asked.add(key)
        return [Submit(encode(Return(*key)))]

    def _take_car(self, stage: Stage, synced: Synced, race_ns: int) -> list[Command]:
        race = stage.race
        laps = self._facts.laps_of(race.id, self._me, stage.track.length_m)
        mine = self._newest_of_mine(race)
        if self._should_hear_first(race, mine, race_ns):
            return []
        if not stage.take_car(mine, laps, race_ns):
            return []
        assert stage.pilot is not None
        lap = stage.pilot.frame.progress.lap
        return [Report(Resumed(lap, synced.sources, synced.took_ms))]

    def _should_hear_first(self, race: Race, mine: StateSeen | None, race_ns: int) -> bool:
        """Whether who drove our car until now may still tell where it is: it must not leap."""
        number = race.number_of(self._me)
        lease = 0 if number is None else race.lease_of(number)
        if number is None or lease == 0 or race.places.get(number) is not None:
            return False
        if mine is not None and mine.lease + 1 >= lease:
            return False
        waited_ns = race_ns - self._wanted_ns.setdefault((race.id, lease), race_ns)
        return waited_ns < RETURN_WAIT_NS

    def _newest_of_mine(self, race: Race) -> StateSeen | None:
        """Return the newest state of our car by whoever drove it last."""
        number = race.number_of(self._me)
        known = [
            state
            for (owner, writer), state in sorted(self._states.items(), key=lambda entry: entry[0])
            if owner == self._me
            and number is not None
            and race.may_drive(writer, owner, state.lease)
            and read_state(state.payload, race.term_of(number, state.lease)) is not None
        ]
        return max(known, key=lambda state: state.lease, default=None)

    def _happened(self, stage: Stage, event: PilotEvent, ward: Ward | None) -> list[Command]:
        race = stage.race
        owner, lease = (None, 0) if ward is None else (ward.owner, ward.lease)
        match event:
            case LapDone(lap=lap, race_ms=race_ms, lap_ms=lap_ms):
                return [Submit(encode(LapTime(race.id, lap, race_ms, lap_ms, owner, lease)))]
            case Touched(pickup=pickup, race_ms=race_ms):
                generation = stage.claim(pickup, race_ms, ward)
                if generation is None:
                    return []
                claim = Claim(race.id, pickup, generation, race_ms, owner, lease)
                return [Submit(encode(claim))]
            case Jumped():
                return [Report(JumpStartSeen(self._me))]
            case _:
                assert_never(event)


def _published(stage: Stage, tick: int) -> list[Publish]:
    """Return the states of the cars that we drive, for whom it concerns as often as it does."""
    states: list[Publish] = []
    state = stage.state()
    if state is not None and stage.pilot is not None and stage.number is not None:
        paces, lease = stage.paces(stage.pilot.frame.car), stage.race.lease_of(stage.number)
        states.append(Publish(tick, state, lease, None, paces, Pace.SELDOM))
    for ward, payload in stage.ward_states():
        paces = stage.paces(ward.frame.car)
        paces[ward.owner] = Pace.EACH  # it takes over where it last saw its car
        states.append(Publish(tick, payload, ward.lease, ward.owner, paces, Pace.SELDOM))
    return states
