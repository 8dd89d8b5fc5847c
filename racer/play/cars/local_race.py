"""One race as one node lives it: its own car if it has one, and the cars of all others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import final

from net import Member, NodeId, Pace
from racer.core.bot import drive_bot
from racer.core.circuits.track import Track
from racer.core.drivers.driver import Driver
from racer.core.drivers.rubber_band import rubber_band
from racer.core.judging.verdict import Contradiction, judge_hit
from racer.core.own_car import LapDone, OwnCar, OwnCarEvent, grid_frame, resumed_frame
from racer.core.physics.car import CarState, Controls
from racer.core.physics.contact import on_one_level
from racer.core.recordings.car_codec import TICK_MAX, CarCodecError, CarFrame, pack_car, unpack_car
from racer.core.rules.laps import Progress, race_distance_m
from racer.core.tuning import JUMP_THROTTLE, JUMP_TICKS, TICK_HZ, CarTunables, tick_ms
from racer.play.cars.leased_car import LeasedCar, PickupLog
from racer.play.cars.remote_cars import RemoteCars
from racer.play.cars.send_rates import paces_around
from racer.play.cars.witness import Witness
from racer.play.limits import CATCH_UP_TICKS_MAX, SECOND
from racer.play.room.messages import LapTime
from racer.play.room.room import Race

_TAG_BYTES = 4


@dataclass(frozen=True, slots=True)
class StateSeen:
    """A car's state as it came: the race it belongs to is checked when the race is known."""

    incarnation: int  # of the writer
    payload: bytes
    writer: NodeId | None = None  # None: the owner
    lease: int = 0


def is_told_under(payload: bytes, term: bytes) -> bool:
    """Tell whether a state is of this race, or of this lease of it."""
    return payload[:_TAG_BYTES] == term[:_TAG_BYTES]


def read_state(payload: bytes, term: bytes) -> CarFrame | None:
    """Return the frame in a stream's payload, if it was told under this race, or this lease of it.

    Args:
        term: see `Race.term_of`.
    """
    if not is_told_under(payload, term):
        return None
    try:
        return unpack_car(payload[_TAG_BYTES:])
    except CarCodecError:
        return None


@final
class LocalRace:
    """Runs ticks of one race. Tick 0 is the green light.

    Args:
        bot: whether `driver` drives our car, and not a person.
        autopilot: makes a driver for an absent owner's car; None: none is driven here.
        people: the numbers of those who are no bots.
        witness: judges what drivers tell of their cars.
    """

    def __init__(
        self,
        race: Race,
        track: Track,
        me: NodeId,
        driver: Driver,
        bot: bool,
        autopilot: Callable[[CarTunables], Driver] | None = None,
        people: frozenset[int] = frozenset(),
        witness: Witness | None = None,
    ) -> None:
        self.race = race
        self.track = track
        kinds = {number: race.spec_of(number) for number in race.cars}
        self.others = RemoteCars(track, kinds, witness)
        self._own: OwnCar | CarFrame | None = None  # our car, or where we let go of it
        self._people = people
        self.tick = 0  # of the race, never before the green light
        self._crosses = track.has_bridge
        self._me = me
        self._driver = driver
        self._bot = bot
        self._pickups = PickupLog()  # of our own car
        self._untold: list[LapDone] = []
        self._term = b""  # under which we drive our car, see `Race.term_of`
        self.leased_cars: dict[int, LeasedCar] = {}
        self._autopilot = autopilot

    @property
    def own_car(self) -> OwnCar | None:
        """Our own car, while we drive it."""
        return self._own if isinstance(self._own, OwnCar) else None

    @property
    def number(self) -> int | None:
        """Our own car's number, if we race."""
        return self.race.number_of(self._me)

    @property
    def drives_own(self) -> bool:
        """Whether our own car is ours to drive now."""
        return self.number is not None and self.race.driver_of(self.number) == self._me

    def follow(self, race: Race) -> None:
        """Take the same race as it stands now, perhaps in another lineage."""
        assert race.is_same_as(self.race)
        self.race = race
        for number in {number for number, _ in self.others.items()} - race.cars.keys():
            self.others.drop(number)
        if self.number is None:
            self._own = None  # put out of the race, or never in it
        self.leased_cars = {n: car for n, car in self.leased_cars.items() if n in race.cars}

    def tick_at(self, race_ns: int) -> int:
        """Return the tick of a race clock, which others set: no more than a state can tell."""
        return min((race_ns - self.race.green_ns) * TICK_HZ // SECOND, TICK_MAX)

    def take_car(self, mine: StateSeen | None, laps: Sequence[LapTime], race_ns: int) -> bool:
        """Get into our car: on the grid, or where a former incarnation left it.

        Returns:
            Whether this is a return to a race that was under way.
        """
        number = self.number
        assert number is not None
        slot = self.race.slot_of(number)
        tick = max(self.tick_at(race_ns), 0)
        before = self._last_own_frame(number, mine)
        if before is not None and before.progress.gate >= len(self.track.gates):
            before = None
        back = before is not None or bool(laps) or tick > TICK_HZ
        frame = resumed_frame(self.track, before, len(laps), slot)
        if not back:
            frame = grid_frame(self.track, slot)
        self.others.drop(number)
        self._untold = _untold(frame, laps)
        from_ms = self._untold[-1].race_ms if self._untold else laps[-1].race_ms if laps else 0
        self._own = own_car = self._put_on_track(frame, from_ms, number)
        self._term = self.race.term_of(number)
        if back:
            own_car.come_back(tick)
            self._pickups.granted.update(self._grants_until_now())
        return back

    def _put_on_track(self, frame: CarFrame, from_ms: int, number: int) -> OwnCar:
        """Return a car that this node drives on from a frame."""
        setup, spec = self.race.setup, self.race.spec_of(number)
        alone = setup.mode.rules.alone
        return OwnCar(self.track, setup.laps, frame, from_ms, spec, apart=alone)

    def _last_own_frame(self, number: int, mine: StateSeen | None) -> CarFrame | None:
        """Return our car as it was driven last: by what we saw, or by what gave it back to us.

        Where links fail in part, either may be the newer one. Else where we left it ourselves.
        """
        known = [self._decreed_frame(number)]
        if mine is not None and mine.lease + 1 >= self.race.lease_of(number):
            known.append(read_state(mine.payload, self.race.term_of(number, mine.lease)))
        left = self._own if isinstance(self._own, CarFrame) else None
        newest = max((f for f in known if f is not None), key=lambda f: f.tick, default=left)
        if newest is None and mine is not None:
            return read_state(mine.payload, self.race.term_of(number, mine.lease))
        return newest

    def _decreed_frame(self, number: int) -> CarFrame | None:
        """Return a car as the decree tells it by which it goes now, if that does.

        A coordinator may have decreed any bytes: a place at a gate that is not there is none.
        """
        place = self.race.places.get(number)
        if place is None:
            return None
        try:
            frame = unpack_car(place)
        except CarCodecError:
            return None
        return frame if frame.progress.gate < len(self.track.gates) else None

    def _start_of(self, number: int) -> CarFrame:
        """Return where the rules put a car: by the decree of who drives it, or on the grid."""
        return self._decreed_frame(number) or grid_frame(self.track, self.race.slot_of(number))

    def let_go(self) -> None:
        """Leave our car where it is not, or no more, by the present lease that it is ours."""
        number = self.number
        if self.own_car is None or number is None:
            return
        if not self.drives_own or self._term != self.race.term_of(number):
            self._own = self.own_car.frame

    def wanted_leases(self) -> list[int]:
        """Let go of cars that others drive now; return numbers that we should drive and do not."""
        mine = [
            number
            for number, owner in self.race.cars.items()
            if owner != self._me and self.race.driver_of(number) == self._me
        ]
        self.leased_cars = {
            number: leased_car
            for number, leased_car in self.leased_cars.items()
            if number in mine and leased_car.term == self.race.term_of(number)
        }
        return [number for number in mine if number not in self.leased_cars]

    def take_leased_car(self, number: int, laps: Sequence[LapTime], race_ns: int) -> None:
        """Drive an absent owner's car on from its last state: projections may be in a wall."""
        if self._autopilot is None:
            return
        remote = self.others.get(number)
        frame = self._decreed_frame(number)
        if remote is not None and (frame is None or frame.tick <= remote.frame.tick):
            frame = remote.frame
        if frame is not None:
            frame = replace(frame, ghost=False, respawning=False)
        if frame is None or frame.progress.laps_done < len(laps):
            slot = self.race.slot_of(number)
            frame = resumed_frame(self.track, frame, len(laps), slot)
        self.others.drop(number)
        from_ms = laps[-1].race_ms if laps else 0
        own_car = self._put_on_track(frame, from_ms, number)
        own_car.come_back(max(self.tick_at(race_ns), 0))
        lease, term = self.race.lease_of(number), self.race.term_of(number)
        driver = self._autopilot(own_car.spec)
        leased_car = LeasedCar(number, self.race.cars[number], lease, term, own_car, driver)
        leased_car.pickups.granted.update(self._grants_until_now())
        self.leased_cars[number] = leased_car

    def on_state(self, node: NodeId, state: StateSeen) -> bool:
        """Take the newest state of an owner's car. By an older lease, or none, it is no state.

        Returns:
            False where it is told under this race, and cannot be read.
        """
        number = self.race.number_of(node)
        if number is None or number in self.leased_cars:
            return True
        writer = node if state.writer is None else state.writer
        if writer == self._me or writer != self.race.driver_of(number):
            return True
        term = self.race.term_of(number)
        if state.lease != self.race.lease_of(number) or not is_told_under(state.payload, term):
            return True
        frame = read_state(state.payload, term)
        if frame is None:
            return False
        if self.others.believes(frame, self.tick):
            hands, witness = (number, Member(writer, state.incarnation)), self.others.witness
            start = None if witness.sees(hands, term) else self._start_of(number)
            comes = witness.see(hands, term, frame, start)
            self.others.on_frame(number, frame, self.tick, doubted=not comes)
            if comes:
                self._take_hit(number, frame)
        return True

    def on_leased_cars(self, race_ns: int) -> list[tuple[LeasedCar, OwnCarEvent]]:
        """Bring the cars that we drive for others to now. Call it before `on_tick`."""
        target = self.tick_at(race_ns)
        events: list[tuple[LeasedCar, OwnCarEvent]] = []
        cans = self._present_pickups()
        for _, leased_car in sorted(self.leased_cars.items()):
            own_car = leased_car.own_car
            if target - own_car.tick > CATCH_UP_TICKS_MAX:
                own_car.skip_to(target - 1)
            while own_car.tick < target:
                solid = self._touchable_cars(own_car.tick + 1, leased_car.number)
                everyone = self._other_cars(leased_car.number)
                told = drive_bot(own_car, leased_car.driver, solid, everyone, cans)
                events.extend((leased_car, event) for event in told)
                self._push_others(leased_car.number, own_car)
        return events

    def on_tick(self, controls: Controls, race_ns: int) -> list[OwnCarEvent]:
        """Bring all cars to now. `controls` are the driver's, if a person drives."""
        target = self.tick_at(race_ns)
        events: list[OwnCarEvent] = [*self._untold]
        self._untold = []
        own_car = self.own_car
        if own_car is not None and target - own_car.tick > CATCH_UP_TICKS_MAX:
            own_car.skip_to(target - 1)
        while own_car is not None and own_car.tick < target:
            self.others.advance(own_car.tick + 1, own_car.frame.car)
            events.extend(self._drive_tick(own_car, controls))
        if own_car is not None and -JUMP_TICKS <= target < 0 and self._is_jumping_start(controls):
            events.extend(own_car.jump_start())
        self.tick = max(target, 0)
        self.others.advance(self.tick, None)
        return events

    def decided_by(self, driver: Driver, own_car: OwnCar) -> Controls:
        """Return what a driver would do now with our car; it waits for the green light."""
        if self.tick <= 0:
            return Controls()
        solid = self._touchable_cars(own_car.tick + 1, self.number)
        frame, cans = own_car.frame, self._present_pickups()
        return driver.decide(
            frame.car, frame.progress, list(solid.values()), own_car.tick, 1.0, cans
        )

    def _is_jumping_start(self, controls: Controls) -> bool:
        """Tell whether the driver of our car is on the throttle, or would be, before the light."""
        return self._driver.jumps_start if self._bot else controls.throttle > JUMP_THROTTLE

    def judge(self, over: Collection[int]) -> None:
        """Let those of our cars roll on whose race is over, as the facts now have it."""
        for number, leased_car in sorted(self.leased_cars.items()):
            leased_car.own_car.judge(over=number in over)
        if self.own_car is not None:
            self.own_car.judge(over=self.number in over)

    def rescue(self) -> None:
        """Put our car back onto the track, beside the cars of others."""
        if self.own_car is not None:
            self.own_car.rescue(self._other_cars(self.number))

    def state(self) -> bytes | None:
        """Return our car's state as all get it."""
        if self.own_car is None:
            return None
        return self._term[:_TAG_BYTES] + pack_car(self.own_car.frame)

    def leased_states(self) -> list[tuple[LeasedCar, bytes]]:
        """Return the states of the cars that we drive for others."""
        return [
            (leased_car, leased_car.term[:_TAG_BYTES] + pack_car(leased_car.frame))
            for _, leased_car in sorted(self.leased_cars.items())
        ]

    def paces(self, car: CarState) -> dict[NodeId, Pace]:
        """Return how often other drivers need the states of one of our cars."""
        return paces_around(
            car,
            (
                (self.race.driver_of(number), remote.car, remote.is_stale(self.tick))
                for number, remote in self.others.items()
            ),
        )

    def claim(self, pickup: int, race_ms: int, leased_car: LeasedCar | None = None) -> int | None:
        """Return which appearance of a pick-up a touch claims; None: none, or claimed before."""
        claimed = (self._pickups if leased_car is None else leased_car.pickups).claimed
        generation = self.race.generation(pickup)
        if race_ms < self.race.returns_ms(pickup) or (pickup, generation) in claimed:
            return None
        claimed.add((pickup, generation))
        return generation

    def collect(self) -> None:
        """Take what decrees granted to the cars that we drive, each once."""
        hands = [
            (leased_car.owner, leased_car.own_car, leased_car.pickups.granted)
            for _, leased_car in sorted(self.leased_cars.items())
        ]
        if self.own_car is not None:
            hands.append((self._me, self.own_car, self._pickups.granted))
        pickups = self.track.pickups
        for pickup, grants in sorted(self.race.grants.items()):
            if pickup >= len(pickups):
                continue  # somebody claimed what is not there
            for grant in grants:
                key = (pickup, grant.generation)
                for owner, own_car, granted in hands:
                    if grant.node == owner and key not in granted:
                        granted.add(key)
                        own_car.take_pickup(pickups[pickup].kind)

    def place_of(self, number: int) -> bytes | None:
        """Return a car as we know it, ours or another's, for whom drives it next."""
        remote, leased_car = self.others.get(number), self.leased_cars.get(number)
        frame = None if remote is None else remote.frame
        if leased_car is not None:
            frame = leased_car.frame
        elif self.own_car is not None and number == self.number:
            frame = self.own_car.frame
        return None if frame is None else pack_car(replace(frame, hit=None))

    def sees(self, number: int) -> bool:
        """Tell whether we know where another's car, or our own in another's hands, is now."""
        remote = self.others.get(number)
        return remote is not None and not remote.is_stale(self.tick)

    def progress(self) -> dict[int, Progress]:
        """Return how far each car has come, as this node knows it."""
        known = {number: remote.progress for number, remote in self.others.items()}
        known |= {
            number: leased_car.own_car.frame.progress
            for number, leased_car in self.leased_cars.items()
        }
        if self.own_car is not None and self.number is not None:
            known[self.number] = self.own_car.frame.progress
        return known

    def distances(self) -> dict[int, float]:
        """Return the way raced [m] by number, of cars that were seen."""
        progress = self.progress()
        return {number: race_distance_m(progress[number], self.track) for number in progress}

    def _drive_tick(self, own_car: OwnCar, controls: Controls) -> list[OwnCarEvent]:
        solid = self._touchable_cars(own_car.tick + 1, self.number)
        if self._bot or own_car.finished:
            cap, cans = self._rubber_band_cap(own_car.frame.progress), self._present_pickups()
            everyone = self._other_cars(self.number)
            events = drive_bot(own_car, self._driver, solid, everyone, cans, cap)
        else:
            if own_car.is_stuck and (controls.throttle > 0.0 or controls.brake > 0.0):
                self.rescue()  # a person who asks for nothing may just rest
            events = own_car.step(controls, list(solid.values()), tuple(solid))
        self._push_others(self.number, own_car)
        return events

    def _present_pickups(self) -> list[int]:
        """Return the numbers of the pick-ups that are there now."""
        now_ms = tick_ms(self.tick)
        numbers = range(len(self.track.pickups))
        return [number for number in numbers if self.race.returns_ms(number) <= now_ms]

    def _rubber_band_cap(self, progress: Progress) -> float:
        """Return the share of its own speed that our bot may drive at."""
        if not self.race.setup.rubber_band or not self._bot or not self._people:
            return 1.0
        people = [other for number, other in self.progress().items() if number in self._people]
        if not people:
            return 1.0
        best_m = max(race_distance_m(other, self.track) for other in people)
        return rubber_band(race_distance_m(progress, self.track) - best_m)

    def _push_others(self, number: int | None, own_car: OwnCar) -> None:
        """Let the cars of others go where a touch of ours sends them."""
        for hit in own_car.given:
            if number is not None:
                self.others.push(number, hit)

    def _take_hit(self, number: int, frame: CarFrame) -> None:
        """Let one of our cars take the hit that another's owner tells, if it tells one."""
        hit = frame.hit
        if hit is None or not frame.is_solid:
            return
        ours = dict(self._cars_of_ours(None)).get(hit.other)
        if ours is None and hit.other in self.race.cars:
            by, hurt = ((n, self.race.driver_of(n)) for n in (number, hit.other))
            self.others.witness.see_hit(by, hurt, hit)
        if ours is None or ours.ghost:
            return
        if isinstance(judge_hit(hit, frame, ours.frame), Contradiction):
            self.others.witness.note_false_hit((number, self.race.driver_of(number)), hit)
            return
        ours.take_hit(number, hit, frame.car)

    def _touchable_cars(self, tick: int, number: int | None) -> dict[int, CarState]:
        """Return the cars that one of ours may hit: those of others, and ours but itself."""
        ours = self._cars_of_ours(number)
        near = {n: car.frame.car for n, car in ours if not car.frame.ghost}
        solid = self.others.solid(tick) | near
        if number is None or not self._crosses:
            return solid
        ways = {n: progress.s_m for n, progress in self.progress().items()}
        return {n: c for n, c in solid.items() if on_one_level(self.track, ways[number], ways[n])}

    def _other_cars(self, number: int | None) -> list[CarState]:
        """Return all cars but one of ours, ghosts too: it is not put into them."""
        remote = [car.car for _, car in self.others.items()]
        return [*remote, *(car.frame.car for _, car in self._cars_of_ours(number))]

    def _cars_of_ours(self, but: int | None) -> list[tuple[int, OwnCar]]:
        """Return the cars that this node drives, by number, but for one."""
        ours = [(car.number, car.own_car) for _, car in sorted(self.leased_cars.items())]
        if self.own_car is not None and self.number is not None:
            ours.append((self.number, self.own_car))
        return [(number, car) for number, car in ours if number != but]

    def _grants_until_now(self) -> set[tuple[int, int]]:
        return {
            (pickup, grant.generation)
            for pickup, grants in self.race.grants.items()
            for grant in grants
        }


def _untold(frame: CarFrame, laps: Sequence[LapTime]) -> list[LapDone]:
    """Return laps that our last frame shows and no fact tells: we fell before the fact was out.

    They get the time of the frame: a little late, never early.
    """
    told_ms = laps[-1].race_ms if laps else 0
    missing = frame.progress.laps_done - len(laps)
    each_ms = (tick_ms(frame.tick) - told_ms) // max(missing, 1)
    return [LapDone(len(laps) + k, told_ms + k * each_ms, each_ms) for k in range(1, missing + 1)]
