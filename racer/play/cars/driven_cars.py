"""Which cars this node drives, in the race that is on: its own, and those of absent owners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never, final

from net import Command, Dot, Member, NodeId, Pace, Publish, Report, StateReceived, Submit, Synced
from racer.core.circuits.track import Track
from racer.core.drivers.driver import Driver
from racer.core.drivers.line import RacingLine
from racer.core.judging.verdict import CLOCK_MS, least_lap_ms
from racer.core.own_car import Jumped, LapDone, OwnCarEvent, Touched
from racer.core.physics.car import Controls
from racer.core.tuning import CAR, TICK_HZ, CarTunables
from racer.play.cars.lease_guard import LeaseGuard
from racer.play.cars.leased_car import LeasedCar
from racer.play.cars.local_race import LocalRace, StateSeen, read_state
from racer.play.cars.witness import CarCounters, Disbelief, Witness
from racer.play.limits import AUTOPILOT_SKILL, RETURN_WAIT_NS, SECOND
from racer.play.reports import JumpStartSeen, Resumed
from racer.play.room.facts import Facts
from racer.play.room.messages import Claim, Fact, LapTime, RaceId, Return, encode
from racer.play.room.room import Race, Room

if TYPE_CHECKING:
    from random import Random

COOL_DOWN_SKILL: Final = 0.3  # of who drives a person's car when its race is over


@final
class DrivenCars:
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
        self.local_race: LocalRace | None = None
        self.counters = CarCounters()
        self._me = me
        self._bot = bot
        self._skill = skill
        self._facts = facts
        self._tracks = tracks
        self._lines = lines
        self._rng = rng
        self._guard = LeaseGuard(me)
        self._states: dict[tuple[NodeId, NodeId], StateSeen] = {}  # by (owner, writer)
        self._wanted_ns: dict[tuple[RaceId, int], int] = {}  # since when we want our car back …
        self._asked: set[tuple[RaceId, int]] = set()  # … and the leases for which we asked
        self.autopilot = False  # our own car drives itself from the green light on, for a person
        self._substitute: Driver | None = None  # at its wheel meanwhile

    def on_state(self, event: StateReceived) -> bool:
        """Take the newest state of a stream by one writer. False: it is no state of a car."""
        state = StateSeen(event.incarnation, event.payload, event.writer, event.lease)
        self._states[event.node, event.writer] = state
        if self.local_race is None or self.local_race.on_state(event.node, state):
            return True
        self.counters.malformed += 1
        return False

    def on_fact(self, dot: Dot, fact: Fact | None) -> None:
        """Take what another driver tells of a car, to be judged by what we see of it.

        What is told of a race that is not here yet is judged as it comes: see `_sync_local_race`.
        """
        race = None if self.local_race is None else self.local_race.race.id
        if isinstance(fact, LapTime | Claim) and fact.race == race:
            self._hear_fact(dot.member, fact)

    def _hear_fact(self, by: Member, fact: LapTime | Claim) -> None:
        local_race = self.local_race
        assert local_race is not None
        number = local_race.race.number_of(fact.owner or by.node)
        if number is not None and by.node != self._me:
            drives = local_race.race.driver_of(number) == by.node
            local_race.others.witness.hear(by, number, fact, drives=drives)

    def refuse_lies(
        self, heard_ns: Mapping[NodeId, int], race_ns: int, *, is_informed: bool
    ) -> list[Disbelief]:
        """Count no more what the states of cars that we hold speak against; return it.

        Args:
            heard_ns: race clock since when each node that is here was heard without a break.
            is_informed: what is decreed comes here.
        """
        if self.local_race is None:
            return []
        race = self.local_race.race
        heard_ms = {node: race.race_ms(since_ns) for node, since_ns in heard_ns.items()}
        witness, now_ms = self.local_race.others.witness, race.race_ms(race_ns)
        refused = witness.judge(heard_ms, now_ms, is_informed=is_informed)
        for each in refused:
            if isinstance(each.fact, LapTime | Claim):
                self._facts.cars.refuse(each.author, each.fact)
        return refused

    def knows(self, author: NodeId, fact: LapTime | Claim) -> bool:
        """Whether a fact is ours, or the states that we hold bear it out."""
        race = self.local_race
        return author == self._me or (
            race is not None and race.others.witness.has_seen(author, fact)
        )

    def drives_on(self, number: int) -> bool:
        """Whether a car is seen to be driven, by who drives it now, for some seconds and still."""
        local_race = self.local_race
        if local_race is None or number not in local_race.race.cars:
            return False
        driver = local_race.race.driver_of(number)
        if driver == self._me:
            return local_race.others.witness.is_awake
        return local_race.others.witness.drives_on(number, driver)

    def rescue(self) -> None:
        """Put our car back onto the track."""
        if self.local_race is not None:
            self.local_race.rescue()

    def distances(self) -> dict[int, float]:
        """Return the way raced [m] by number, of cars that were seen."""
        return {} if self.local_race is None else self.local_race.distances()

    def place_of(self, number: int) -> bytes | None:
        """Return where a car is, as far as this node knows: for whom drives it next."""
        return None if self.local_race is None else self.local_race.place_of(number)

    def on_tick(
        self, room: Room, synced: Synced | None, controls: Controls, race_ns: int
    ) -> list[Command]:
        """Bring all cars to now; return what to tell of those that we drive.

        Args:
            synced: how we came into the room, while we are in it.
        """
        self._sync_local_race(room)
        local_race = self.local_race
        if local_race is None:
            return []
        local_race.let_go()
        commands: list[Command] = []
        settled = synced if local_race.race.results is None else None
        if settled is not None:
            commands.extend(self._take_cars(local_race, settled, race_ns))
        self._guard.check(local_race, settled=settled is not None)
        local_race.collect()
        local_race.judge(self._over_cars(local_race))
        for leased_car, event in local_race.on_leased_cars(race_ns):
            commands.extend(self._on_own_car_event(local_race, event, leased_car))
        for event in local_race.on_tick(self._held_controls(local_race, controls), race_ns):
            commands.extend(self._on_own_car_event(local_race, event, None))
        commands.extend(_publish_states(local_race, race_ns * TICK_HZ // SECOND))
        return commands

    def _over_cars(self, local_race: LocalRace) -> set[int]:
        """Return the numbers of the cars that are out, or have finished."""
        race, length_m = local_race.race, local_race.track.length_m
        return {
            *self._facts.cars.out_laps(race, length_m),
            *self._facts.cars.finishes(race, length_m),
        }

    def _held_controls(self, local_race: LocalRace, controls: Controls) -> Controls:
        """Return what the wheel of our car is held at: by its driver, or for one who writes.

        Boost is the driver's own: nobody else spends it.
        """
        own_car = local_race.own_car
        if not self.autopilot or self._bot or own_car is None or own_car.finished:
            return controls
        if self._substitute is None:
            self._substitute = self._build_autopilot(own_car.spec)
        return replace(local_race.decided_by(self._substitute, own_car), boost=False)

    def _sync_local_race(self, room: Room) -> None:
        """Let the local race follow the room: another race, or the same one in another lineage."""
        race = room.race
        if race is None or not room.in_race:
            self.local_race = None
            return
        if self.local_race is not None and race.is_same_as(self.local_race.race):
            self.local_race.follow(race)
            return
        track = self._tracks.get(race.setup.circuit)
        if track is None:
            self.local_race = None
            return
        skill = self._skill if self._bot else COOL_DOWN_SKILL
        number = race.number_of(self._me)
        spec = CAR if number is None else race.spec_of(number)
        line = self._lines[race.setup.circuit]
        driver = Driver(track, line, skill, self._rng, spec)
        witness = Witness(track, least_lap_ms(line), self.counters)
        people = self._human_numbers(race)
        self._substitute = None
        self.local_race = LocalRace(
            race, track, self._me, driver, self._bot, self._build_autopilot, people, witness
        )
        for (owner, _), state in sorted(self._states.items(), key=lambda entry: entry[0]):
            self.local_race.on_state(owner, state)
        for by, fact in self._facts.cars.told_of_cars(race.id):
            self._hear_fact(by, fact)

    def _human_numbers(self, race: Race) -> frozenset[int]:
        """Return the numbers of those who are no bots."""
        entries = {number: self._facts.entry_of(node) for number, node in race.cars.items()}
        return frozenset(n for n, entry in entries.items() if entry is not None and not entry.bot)

    def _build_autopilot(self, spec: CarTunables) -> Driver:
        """Return a driver for an absent owner's car."""
        assert self.local_race is not None
        local_race = self.local_race
        line = self._lines[local_race.race.setup.circuit]
        return Driver(local_race.track, line, AUTOPILOT_SKILL, self._rng, spec)

    def _take_cars(self, local_race: LocalRace, synced: Synced, race_ns: int) -> list[Command]:
        """Get into our car, or ask for it; and into those we are to drive for others."""
        race = local_race.race
        for number in local_race.wanted_leases():
            laps = self._facts.cars.laps_of(race.id, race.cars[number], local_race.track.length_m)
            local_race.take_leased_car(number, laps, race_ns)
        if local_race.number is None or local_race.own_car is not None:
            return []
        if local_race.drives_own:
            return self._take_car(local_race, synced, race_ns)
        return self._ask_for_car(local_race, local_race.number, race_ns)

    def _ask_for_car(self, local_race: LocalRace, number: int, race_ns: int) -> list[Command]:
        """Ask for our car once we see where it is: we go on from there, and must not leap."""
        race = local_race.race
        key = (race.id, race.lease_of(number))
        if key in self._asked:
            return []
        waited_ns = race_ns - self._wanted_ns.setdefault(key, race_ns)
        if not local_race.sees(number) and waited_ns < RETURN_WAIT_NS:
            return []
        self._asked.add(key)
        return [Submit(encode(Return(*key)))]

    def _take_car(self, local_race: LocalRace, synced: Synced, race_ns: int) -> list[Command]:
        race = local_race.race
        laps = self._facts.cars.laps_of(race.id, self._me, local_race.track.length_m)
        mine = self._newest_own_state(race)
        if self._should_await_state(race, mine, race_ns):
            return []
        if mine is not None and self._is_clock_behind(local_race, mine, race_ns):
            return []
        if not local_race.take_car(mine, laps, race_ns):
            return []
        assert local_race.own_car is not None
        lap = local_race.own_car.frame.progress.lap
        return [Report(Resumed(lap, synced.sources, synced.took_ms))]

    def _should_await_state(self, race: Race, mine: StateSeen | None, race_ns: int) -> bool:
        """Whether who drove our car until now may still tell where it is: it must not leap."""
        number = race.number_of(self._me)
        lease = 0 if number is None else race.lease_of(number)
        if number is None or lease == 0 or race.places.get(number) is not None:
            return False
        if mine is not None and mine.lease + 1 >= lease:
            return False
        waited_ns = race_ns - self._wanted_ns.setdefault((race.id, lease), race_ns)
        return waited_ns < RETURN_WAIT_NS

    def _is_clock_behind(self, local_race: LocalRace, mine: StateSeen, race_ns: int) -> bool:
        """Whether the race clock has not come to where our own former life left our car.

        While the room of somebody who opened it meanwhile is merged, its clock is followed. By that
        our car would be told to be where nobody can have driven it so early: a leap.
        """
        number = local_race.number
        if number is None or mine.writer not in {None, self._me}:
            return False
        frame = read_state(mine.payload, local_race.race.term_of(number, mine.lease))
        ahead = 0 if frame is None else frame.tick - local_race.tick_at(race_ns)
        return ahead > CLOCK_MS * TICK_HZ // 1000

    def _newest_own_state(self, race: Race) -> StateSeen | None:
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

    def _on_own_car_event(
        self, local_race: LocalRace, event: OwnCarEvent, leased_car: LeasedCar | None
    ) -> list[Command]:
        race = local_race.race
        owner, lease = (None, 0) if leased_car is None else (leased_car.owner, leased_car.lease)
        match event:
            case LapDone(lap=lap, race_ms=race_ms, lap_ms=lap_ms):
                return [Submit(encode(LapTime(race.id, lap, race_ms, lap_ms, owner, lease)))]
            case Touched(pickup=pickup, race_ms=race_ms):
                generation = local_race.claim(pickup, race_ms, leased_car)
                if generation is None:
                    return []
                claim = Claim(race.id, pickup, generation, race_ms, owner, lease)
                return [Submit(encode(claim))]
            case Jumped():
                return [Report(JumpStartSeen(self._me))]
            case _:
                assert_never(event)


def _publish_states(local_race: LocalRace, tick: int) -> list[Publish]:
    """Return the states of the cars that we drive, for whom it concerns as often as it does."""
    states: list[Publish] = []
    state = local_race.state()
    if state is not None and local_race.own_car is not None and local_race.number is not None:
        paces = local_race.paces(local_race.own_car.frame.car)
        lease = local_race.race.lease_of(local_race.number)
        states.append(Publish(tick, state, lease, None, paces, Pace.SELDOM))
    for leased_car, payload in local_race.leased_states():
        paces = local_race.paces(leased_car.frame.car)
        paces[leased_car.owner] = Pace.EACH  # it takes over where it last saw its car
        states.append(
            Publish(tick, payload, leased_car.lease, leased_car.owner, paces, Pace.SELDOM)
        )
    return states
