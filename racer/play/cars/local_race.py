"""One race as one node lives it: its own car if it has one, and the cars of all others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import final

from net import NodeId, Pace
from racer.core.circuits.track import Track
from racer.core.drivers.driver import Driver
from racer.core.drivers.rubber_band import rubber_band
from racer.core.physics.car import CarState, Controls
from racer.core.physics.contact import on_one_level
from racer.core.recordings.car_codec import CarCodecError, CarFrame, pack_car, unpack_car
from racer.core.rules.laps import Progress, race_distance_m
from racer.core.tuning import JUMP_THROTTLE, JUMP_TICKS, TICK_HZ, CarTunables, tick_ms
from racer.play.cars.leased_car import Ward
from racer.play.cars.own_car import LapDone, Pilot, PilotEvent, cooled, grid_frame, resumed_frame
from racer.play.cars.remote_cars import Others
from racer.play.cars.send_rates import paces_around
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


def read_state(payload: bytes, term: bytes) -> CarFrame | None:
    """Return the frame in a stream's payload, if it was told under this race, or this lease of it.

    Args:
        term: see `Race.term_of`.
    """
    if payload[:_TAG_BYTES] != term[:_TAG_BYTES]:
        return None
    try:
        return unpack_car(payload[_TAG_BYTES:])
    except CarCodecError:
        return None


@final
class Stage:
    """Runs ticks of one race. Tick 0 is the green light."""

    def __init__(
        self,
        race: Race,
        track: Track,
        me: NodeId,
        driver: Driver,
        bot: bool,
        autopilot: Callable[[CarTunables], Driver] | None = None,
    ) -> None:
        self.race = race
        self.track = track
        self.others = Others(track, {number: race.spec_of(number) for number in race.cars})
        self.pilot: Pilot | None = None
        self.people: frozenset[int] = frozenset()  # numbers of those who are no bots
        self.tick = 0  # of the race, never before the green light
        self._crosses = track.has_bridge
        self._me = me
        self._driver = driver
        self._bot = bot
        self._granted: set[tuple[int, int]] = set()
        self._claimed: set[tuple[int, int]] = set()
        self._untold: list[LapDone] = []
        self._term = b""  # under which we drive our car
        self._left: CarFrame | None = None  # where we let go of it
        self.wards: dict[int, Ward] = {}
        self._autopilot = autopilot

    @property
    def number(self) -> int | None:
        """Our own car's number, if we race."""
        return self.race.number_of(self._me)

    @property
    def drives_own(self) -> bool:
        """Whether our own car is ours to drive now."""
        return self.number is not None and self.race.driver_of(self.number) == self._me

    def tick_at(self, race_ns: int) -> int:
        return (race_ns - self.race.green_ns) * TICK_HZ // SECOND

    def take_car(self, mine: StateSeen | None, laps: Sequence[LapTime], race_ns: int) -> bool:
        """Get into our car: on the grid, or where a former life of ours left it.

        Returns:
            Whether this is a return to a race that was under way.
        """
        number = self.number
        assert number is not None
        slot = self.race.slot_of(number)
        tick = max(self.tick_at(race_ns), 0)
        before = self._last_place(number, mine)
        if before is not None and before.progress.gate >= len(self.track.gates):
            before = None
        back = before is not None or bool(laps) or tick > TICK_HZ
        frame = resumed_frame(self.track, before, len(laps), slot)
        if not back:
            frame = grid_frame(self.track, slot)
        self.others.drop(number)
        self._untold = _untold(frame, laps)
        from_ms = self._untold[-1].race_ms if self._untold else laps[-1].race_ms if laps else 0
        spec = self.race.spec_of(number)
        self.pilot = Pilot(self.track, self.race.laps, frame, from_ms, spec)
        self._term = self.race.term_of(number)
        self.pilot.apart = self.race.form == "trial"
        if back:
            self.pilot.come_back(tick)
            self._granted.update(self._grants_until_now())
        return back

    def _last_place(self, number: int, mine: StateSeen | None) -> CarFrame | None:
        """Return our car as it was driven last: by what we saw, or by what gave it back to us.

        Where links fail in part, either may be the newer one. Else where we left it ourselves.
        """
        known = [self._placed(number)]
        if mine is not None and mine.lease + 1 >= self.race.lease_of(number):
            known.append(read_state(mine.payload, self.race.term_of(number, mine.lease)))
        newest = max((f for f in known if f is not None), key=lambda f: f.tick, default=self._left)
        if newest is None and mine is not None:
            return read_state(mine.payload, self.race.term_of(number, mine.lease))
        return newest

    def _placed(self, number: int) -> CarFrame | None:
        """Return a car as the decree tells it by which it goes now, if that does."""
        place = self.race.places.get(number)
        try:
            return None if place is None else unpack_car(place)
        except CarCodecError:
            return None

    def let_go(self) -> None:
        """Leave our car where it is not, or no more, by the present lease that it is ours."""
        number = self.number
        if self.pilot is None or number is None:
            return
        if not self.drives_own or self._term != self.race.term_of(number):
            self._left = self.pilot.frame
            self.pilot = None

    def wanted_wards(self) -> list[int]:
        """Let go of cars that others drive now; return numbers that we should drive and do not."""
        mine = [
            number
            for number, owner in self.race.cars.items()
            if owner != self._me and self.race.driver_of(number) == self._me
        ]
        self.wards = {
            number: ward
            for number, ward in self.wards.items()
            if number in mine and ward.term == self.race.term_of(number)
        }
        return [number for number in mine if number not in self.wards]

    def take_ward(self, number: int, laps: Sequence[LapTime], race_ns: int) -> None:
        """Drive an absent owner's car on from its last state: projections may be in a wall."""
        if self._autopilot is None:
            return
        remote = self.others.get(number)
        frame = self._placed(number)
        if remote is not None and (frame is None or frame.tick <= remote.frame.tick):
            frame = remote.frame
        if frame is not None:
            frame = replace(frame, ghost=False, respawning=False)
        if frame is None or frame.progress.laps_done < len(laps):
            slot = self.race.slot_of(number)
            frame = resumed_frame(self.track, frame, len(laps), slot)
        self.others.drop(number)
        from_ms = laps[-1].race_ms if laps else 0
        pilot = Pilot(self.track, self.race.laps, frame, from_ms, self.race.spec_of(number))
        pilot.apart = self.race.form == "trial"
        pilot.come_back(max(self.tick_at(race_ns), 0))
        lease, term = self.race.lease_of(number), self.race.term_of(number)
        driver = self._autopilot(pilot.spec)
        ward = Ward(number, self.race.cars[number], lease, term, pilot, driver)
        ward.granted.update(self._grants_until_now())
        self.wards[number] = ward

    def on_state(self, node: NodeId, state: StateSeen) -> None:
        """Take the newest state of an owner's car. By an older lease, or none, it is no state."""
        number = self.race.number_of(node)
        if number is None or number in self.wards:
            return
        writer = node if state.writer is None else state.writer
        if writer == self._me or writer != self.race.driver_of(number):
            return
        if state.lease != self.race.lease_of(number):
            return
        frame = read_state(state.payload, self.race.term_of(number))
        if frame is not None:
            self.others.on_frame(number, frame, self.tick)
            self._take_hit(number, frame)

    def on_wards(self, race_ns: int) -> list[tuple[Ward, PilotEvent]]:
        """Bring the cars that we drive for others to now. Call it before `on_tick`."""
        target = self.tick_at(race_ns)
        events: list[tuple[Ward, PilotEvent]] = []
        cans = self._cans()
        for _, ward in sorted(self.wards.items()):
            pilot = ward.pilot
            if target - pilot.tick > CATCH_UP_TICKS_MAX:
                pilot.skip_to(target - 1)
            while pilot.tick < target:
                solid = self._solid(pilot.tick + 1, ward.number)
                events.extend((ward, event) for event in ward.step(solid, cans))
                self._push(ward.number, pilot)
        return events

    def on_tick(self, controls: Controls, race_ns: int) -> list[PilotEvent]:
        """Bring all cars to now. `controls` are the driver's, if a person drives."""
        target = self.tick_at(race_ns)
        events: list[PilotEvent] = [*self._untold]
        self._untold = []
        pilot = self.pilot
        if pilot is not None and target - pilot.tick > CATCH_UP_TICKS_MAX:
            pilot.skip_to(target - 1)
        while pilot is not None and pilot.tick < target:
            self.others.advance(pilot.tick + 1, pilot.frame.car)
            events.extend(self._drive(pilot, controls))
        if pilot is not None and -JUMP_TICKS <= target < 0 and self._is_eager(controls):
            events.extend(pilot.jump_start())
        self.tick = max(target, 0)
        self.others.advance(self.tick, None)
        return events

    def _is_eager(self, controls: Controls) -> bool:
        """Tell whether the driver of our car is on the throttle, or would be, before the light."""
        return self._driver.jumps_start if self._bot else controls.throttle > JUMP_THROTTLE

    def judge(self, out: Collection[int]) -> None:
        """Take from the race those of our cars that are out, as the facts now have it."""
        for number, ward in sorted(self.wards.items()):
            ward.pilot.out = number in out
        if self.pilot is not None:
            self.pilot.out = self.number in out

    def rescue(self) -> None:
        """Put our car back onto the track, beside the cars of others."""
        if self.pilot is not None:
            self.pilot.rescue([remote.car for _, remote in self.others.items()])

    def state(self) -> bytes | None:
        """Return our car's state as all get it."""
        if self.pilot is None:
            return None
        return self._term[:_TAG_BYTES] + pack_car(self.pilot.frame)

    def ward_states(self) -> list[tuple[Ward, bytes]]:
        """Return the states of the cars that we drive for others."""
        return [
            (ward, ward.term[:_TAG_BYTES] + pack_car(ward.frame))
            for _, ward in sorted(self.wards.items())
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

    def claim(self, pickup: int, race_ms: int, ward: Ward | None = None) -> int | None:
        """Return which appearance of a pick-up a touch claims; None: none, or claimed before."""
        claimed = self._claimed if ward is None else ward.claimed
        generation = self.race.generation(pickup)
        if race_ms < self.race.returns_ms(pickup) or (pickup, generation) in claimed:
            return None
        claimed.add((pickup, generation))
        return generation

    def collect(self) -> None:
        """Take what decrees granted to the cars that we drive, each once."""
        hands = [(ward.owner, ward.pilot, ward.granted) for _, ward in sorted(self.wards.items())]
        if self.pilot is not None:
            hands.append((self._me, self.pilot, self._granted))
        for pickup, grants in sorted(self.race.grants.items()):
            for grant in grants:
                key = (pickup, grant.generation)
                for owner, pilot, granted in hands:
                    if grant.node == owner and key not in granted:
                        granted.add(key)
                        pilot.give_canister()

    def place_of(self, number: int) -> bytes | None:
        """Return a car as we know it, ours or another's, for whom drives it next."""
        remote, ward = self.others.get(number), self.wards.get(number)
        frame = None if remote is None else remote.frame
        if ward is not None:
            frame = ward.frame
        elif self.pilot is not None and number == self.number:
            frame = self.pilot.frame
        return None if frame is None else pack_car(replace(frame, hit=None))

    def sees(self, number: int) -> bool:
        """Tell whether we know where another's car, or our own in another's hands, is now."""
        remote = self.others.get(number)
        return remote is not None and not remote.is_stale(self.tick)

    def progress(self) -> dict[int, Progress]:
        """Return how far each car has come, as this node knows it."""
        known = {number: remote.progress for number, remote in self.others.items()}
        known |= {number: ward.pilot.frame.progress for number, ward in self.wards.items()}
        if self.pilot is not None and self.number is not None:
            known[self.number] = self.pilot.frame.progress
        return known

    def distances(self) -> dict[int, float]:
        """Return the way raced [m] by number, of cars that were seen."""
        progress = self.progress()
        return {number: race_distance_m(progress[number], self.track) for number in progress}

    def _drive(self, pilot: Pilot, controls: Controls) -> list[PilotEvent]:
        solid = self._solid(pilot.tick + 1, self.number)
        if self._bot or pilot.finished:
            frame = pilot.frame
            others = list(solid.values())
            cap = self._cap(frame.progress)
            cans = self._cans()
            controls = self._driver.decide(frame.car, frame.progress, others, pilot.tick, cap, cans)
            controls = cooled(controls) if pilot.finished else controls
        if pilot.is_stuck and (self._bot or controls.throttle > 0.0 or controls.brake > 0.0):
            self.rescue()  # a person who asks for nothing may just rest
        events = pilot.step(controls, list(solid.values()), tuple(solid))
        self._push(self.number, pilot)
        return events

    def _cans(self) -> list[int]:
        """Return the numbers of the pick-ups that are there now."""
        now_ms = tick_ms(self.tick)
        numbers = range(len(self.track.pickups))
        return [number for number in numbers if self.race.returns_ms(number) <= now_ms]

    def _cap(self, progress: Progress) -> float:
        """Return the share of its own speed that our bot may drive at."""
        if not self.race.band or not self._bot or not self.people:
            return 1.0
        people = [other for number, other in self.progress().items() if number in self.people]
        if not people:
            return 1.0
        best_m = max(race_distance_m(other, self.track) for other in people)
        return rubber_band(race_distance_m(progress, self.track) - best_m)

    def _push(self, number: int | None, pilot: Pilot) -> None:
        """Let the cars of others go where a touch of ours sends them."""
        for hit in pilot.given:
            if number is not None:
                self.others.push(number, hit)

    def _take_hit(self, number: int, frame: CarFrame) -> None:
        """Let one of our cars take the hit that another's owner tells, if it tells one."""
        hit = frame.hit
        if hit is None or frame.ghost or frame.respawning or frame.finished:
            return
        ward = self.wards.get(hit.other)
        pilot = self.pilot if hit.other == self.number else None if ward is None else ward.pilot
        if pilot is not None:
            pilot.take_hit(number, hit, frame.car)

    def _solid(self, tick: int, number: int | None) -> dict[int, CarState]:
        """Return the cars that one of ours may hit: those of others, and ours but itself."""
        ours = [(ward.number, ward.pilot) for _, ward in sorted(self.wards.items())]
        if self.pilot is not None and self.number is not None:
            ours.append((self.number, self.pilot))
        near = {n: p.frame.car for n, p in ours if n != number and not p.frame.ghost}
        solid = self.others.solid(tick) | near
        if number is None or not self._crosses:
            return solid
        ways = {n: progress.s_m for n, progress in self.progress().items()}
        return {n: c for n, c in solid.items() if on_one_level(self.track, ways[number], ways[n])}

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
