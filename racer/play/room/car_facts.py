"""What members said of the cars of a race: their laps, canisters, and that they are back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never, final

from net import Member, NodeId
from racer.core.circuits.trackfile import PLACES_MAX
from racer.core.rules.results import CarFinish, LapFact, Row
from racer.core.tuning import SPEED_MAX
from racer.play.limits import FALSE_FACTS_MAX
from racer.play.room.fold import FactsFold
from racer.play.room.messages import Claim, LapTime, RaceId, Return, timed_lap
from racer.play.room.room import Race


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim: for whose car, and who made it."""

    node: NodeId
    author: NodeId
    claim: Claim


@dataclass(frozen=True, slots=True)
class LapSaid:
    """A lap as one author told it, and in which of its lives; 0: a checkpoint does not say."""

    lap: LapTime
    life: int


LapTimes: TypeAlias = Sequence[LapTime]
"""Of one car, from its first lap on."""


@final
class CarFacts:
    """The part of the facts that tells who drove how, by whose word, and what of it counts.

    A set like all of them (`Facts`). Who may speak for a car, its owner always and others by their
    lease, follows from the race that is followed.
    """

    def __init__(self) -> None:
        self._laps: dict[RaceId, dict[tuple[NodeId, int], dict[NodeId, LapSaid]]] = {}
        self._returns: set[tuple[RaceId, NodeId, int]] = set()
        self._refused: dict[NodeId, set[LapTime | Claim]] = {}  # by author
        self._race: Race | None = None
        self._claims: dict[RaceId, list[Claimed]] = {}
        self._runs: dict[tuple[RaceId, NodeId, float], LapTimes] = {}  # laps as last asked for …
        self._finishes: tuple[Race, float, Mapping[int, CarFinish]] | None = (
            None  # … and who is done
        )
        self.revision = 0  # grows whenever an answer may have changed

    def add(self, by: Member, fact: LapTime | Claim | Return) -> None:
        """Take what a life of a node told."""
        self._mark_changed()
        node = by.node
        match fact:
            case LapTime(race=race, lap=lap, owner=owner):
                told = self._laps.setdefault(race, {}).setdefault((owner or node, lap), {})
                known = told.get(node)
                if known is None or fact.race_ms < known.lap.race_ms:
                    told[node] = LapSaid(fact, by.incarnation)
            case Claim(race=race, owner=owner):
                self._claims.setdefault(race, []).append(Claimed(owner or node, node, fact))
            case Return(race=race, lease=lease):
                self._returns.add((race, node, lease))
            case _:
                assert_never(fact)

    def wants_back(self, race: RaceId, node: NodeId, lease: int) -> bool:
        """Whether a car's owner is back and asks for it."""
        return (race, node, lease) in self._returns

    def follow(self, race: Race | None) -> None:
        """Let this race's leases say who may speak for whose car."""
        if race is not None and (self._race is None or race.id != self._race.id):
            self._refused = {
                author: {fact for fact in facts if fact.race == race.id}
                for author, facts in self._refused.items()
            }
        self._race = race
        self._mark_changed()

    def refuse(self, author: NodeId, fact: LapTime | Claim) -> None:
        """Count a fact no more at this node: the states that it holds speak against it.

        Others may hold other states, so it stays in the set, and in the fold. Of whom too many are
        refused in a race, all are.
        """
        refused = self._refused.setdefault(author, set())
        if len(refused) < FALSE_FACTS_MAX:
            refused.add(fact)
            self._mark_changed()

    def is_refused(self, author: NodeId, fact: LapTime | Claim) -> bool:
        refused = self._refused.get(author, ())
        return fact in refused or len(refused) >= FALSE_FACTS_MAX

    def told_of_cars(self, race: RaceId) -> Iterator[tuple[Member, LapTime | Claim]]:
        """Yield what was told of the cars of a race, and by which life: perhaps before it began."""
        for by_author in self._laps.get(race, {}).values():
            for author, said in by_author.items():
                yield Member(author, said.life), said.lap
        for claimed in self._claims.get(race, ()):
            yield Member(claimed.author, 0), claimed.claim

    def told_claims(self, race: RaceId) -> list[Claimed]:
        """Return the claims of those who drove the car that they are for, refused ones too."""
        return [
            claimed
            for claimed in self._claims.get(race, [])
            if self._may_report_for(race, claimed.node, claimed.author, claimed.claim.lease)
        ]

    def told_laps(self, race: RaceId, node: NodeId) -> LapTimes:
        """Return a car's laps as they were told first, from the first on, refused ones too."""
        told = self._laps.get(race, {})
        run: list[LapTime] = []
        while laps := told.get((node, len(run) + 1)):
            lap = min((said.lap for said in laps.values()), key=lambda lap: lap.race_ms)
            run.append(timed_lap(lap, run[-1].race_ms if run else 0))
        return run

    def claims(self, race: RaceId) -> list[Claimed]:
        """Return the claims of those who drove the car that they are for."""
        return [
            claimed
            for claimed in self.told_claims(race)
            if not self.is_refused(claimed.author, claimed.claim)
        ]

    def laps_of(self, race: RaceId, node: NodeId, length_m: float = 0.0) -> LapTimes:
        """Return a car's laps from the first on, up to one that is missing or cannot be.

        It is asked for each car at each tick, and changes once a lap.

        Args:
            length_m: of a lap; a lap faster than any car is none.
        """
        key = (race, node, length_m)
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = self._valid_laps(race, node, length_m)
        return run

    def _valid_laps(self, race: RaceId, node: NodeId, length_m: float) -> LapTimes:
        told = self._laps.get(race, {})
        least_ms = 1000.0 * length_m / SPEED_MAX
        run: list[LapTime] = []
        at_ms = 0
        while (
            lap := self._earliest_lap(race, node, told.get((node, len(run) + 1), {}))
        ) is not None:
            if lap.race_ms - at_ms < least_ms or lap.lap_ms < least_ms:
                break
            run.append(timed_lap(lap, at_ms))
            at_ms = lap.race_ms
        return run

    def table(self, race: Race, length_m: float, distances: dict[int, float]) -> tuple[Row, ...]:
        """Return the results as these facts have them.

        Args:
            length_m: of a lap; a lap faster than any car is none.
            distances: way raced [m] by number, to class those who did not finish.
        """
        rules = race.setup.mode.rules
        return rules.rank(self._lap_facts(race, length_m), race.setup.laps, distances)

    def out_laps(self, race: Race, length_m: float) -> dict[int, int]:
        """Return the numbers of cars that are out of a race, each with the lap of it."""
        return race.setup.mode.rules.out(self._lap_facts(race, length_m), race.cars)

    def finishes(self, race: Race, length_m: float) -> Mapping[int, CarFinish]:
        """Return the numbers of cars that have finished, each with how. Like `laps_of`, kept."""
        known = self._finishes
        if known is not None and known[0] is race and known[1] == length_m:
            return known[2]
        ends = {
            number: [lap.race_ms for lap in self.laps_of(race.id, node, length_m)]
            for number, node in race.cars.items()
        }
        finishes = race.setup.mode.rules.finishes(ends, race.setup.laps)
        self._finishes = (race, length_m, finishes)
        return finishes

    def counted_laps(self, race: Race, number: int, length_m: float) -> LapTimes:
        """Return a car's laps up to the one with which it has finished, if it has."""
        finish = self.finishes(race, length_m).get(number)
        laps = self.laps_of(race.id, race.cars[number], length_m)
        return laps if finish is None else laps[: finish.lap]

    def _lap_facts(self, race: Race, length_m: float) -> Iterator[LapFact]:
        return (
            LapFact(number, lap.lap, lap.race_ms, lap.lap_ms)
            for number, node in race.cars.items()
            for lap in self.laps_of(race.id, node, length_m)
        )

    # --- checkpoints --------------------------------------------------------------------------

    def begin_from(self, fold: FactsFold, race: Race | None) -> None:
        """Forget all, and take what a fold holds of the cars of its race."""
        self._laps, self._claims, self._returns = {}, {}, set()
        if race is not None:
            for owner, author, lap in fold.laps:
                told = self._laps.setdefault(race.id, {}).setdefault((owner, lap.lap), {})
                told[author] = LapSaid(lap, 0)
            self._claims[race.id] = [Claimed(*each) for each in fold.claims]
            self._returns = {(race.id, node, lease) for node, lease in fold.returns}
        self.follow(race)

    # Nobody swells a fold: of a car's facts those that may count, of its drivers alone. It holds
    # the decrees that they follow from, so no lease is far ahead of those, and no appearance.

    def kept_laps(self, race: Race) -> tuple[tuple[NodeId, NodeId, LapTime], ...]:
        told = self._laps.get(race.id, {})
        return tuple(
            (owner, author, said.lap)
            for (owner, _), by_author in sorted(told.items(), key=lambda each: each[0])
            for author, said in sorted(by_author.items(), key=lambda each: each[0])
            if race.number_of(owner) is not None
            and self._may_report_for(race.id, owner, author, said.lap.lease)
        )

    def open_claims(self, race: Race) -> tuple[tuple[NodeId, NodeId, Claim], ...]:
        """Return what may yet be granted: of each author's claims of an appearance the first."""
        if race.results is not None:
            return ()
        firsts: dict[tuple[NodeId, NodeId, int, int], Claimed] = {}
        for each in self.told_claims(race.id):
            pickup, generation = each.claim.pickup, each.claim.generation
            ahead = generation - race.generation(pickup)
            if pickup >= PLACES_MAX or not 0 <= ahead <= 1 or race.number_of(each.node) is None:
                continue
            if ahead == 0 and each.claim.race_ms < race.returns_ms(pickup):
                continue
            first = firsts.setdefault((each.node, each.author, pickup, generation), each)
            if each.claim.race_ms < first.claim.race_ms:
                firsts[each.node, each.author, pickup, generation] = each
        return tuple((each.node, each.author, each.claim) for each in firsts.values())

    def asked_back(self, race: Race) -> tuple[tuple[NodeId, int], ...]:
        """Return who asks for its car by the lease by which it goes."""
        asking = [
            (node, race.number_of(node), lease) for r, node, lease in self._returns if r == race.id
        ]
        return tuple(
            sorted(
                (node, lease)
                for node, number, lease in asking
                if number is not None and 0 <= lease - race.lease_of(number) <= 1
            )
        )

    def _mark_changed(self) -> None:
        self.revision += 1
        self._runs.clear()
        self._finishes = None

    def _earliest_lap(
        self, race: RaceId, owner: NodeId, told: Mapping[NodeId, LapSaid]
    ) -> LapTime | None:
        """Return the earliest of what those tell who drove the car."""
        counted = [
            said.lap
            for author, said in sorted(told.items(), key=lambda each: each[0])
            if self._may_report_for(race, owner, author, said.lap.lease)
            and not self.is_refused(author, said.lap)
        ]
        return min(counted, key=lambda lap: lap.race_ms, default=None)

    def _may_report_for(self, race: RaceId, owner: NodeId, author: NodeId, lease: int) -> bool:
        """Whether an author may speak for a car: its owner always, others by their lease."""
        if author == owner:
            return True
        known = self._race
        return known is not None and known.id == race and known.may_drive(author, owner, lease)
