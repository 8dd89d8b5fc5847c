"""The room: a pure fold over the decrees of its lineage. Equal logs give equal rooms."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from dataclasses import dataclass, field
from typing import ClassVar, assert_never, final

from net import Convict, Counters, Decree, Dot, InvariantError, NodeId, Order, Rule
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import CARS, PICKUP_RESPAWN_TICKS, TICK_HZ, CarTunables
from racer.play.limits import (
    CHAT_SHOWN,
    CHAT_UNSAID_MAX,
    MILLISECOND,
    REMOVAL_VOTES_MIN,
    REMOVED_MAX,
    WITNESSES_MIN,
)
from racer.play.room.fold import LeasesFold, RaceFold, RoomFold
from racer.play.room.messages import (
    Disqualification,
    Grant,
    Grid,
    Hosted,
    Lease,
    LobbyId,
    LobbyOpened,
    Offence,
    RaceId,
    Removal,
    Results,
    Ruling,
    Seat,
    Setup,
    Unseat,
    decode_ruling,
    encode,
    name_of,
)
from racer.play.view import Phase

RESPAWN_MS = 1000 * PICKUP_RESPAWN_TICKS // TICK_HZ


@dataclass(slots=True)
class RulingCounters(Counters):
    """Decrees of the program that say nothing."""

    part: ClassVar[str] = "rulings"
    malformed: int = 0  # of no ruling that we know
    forgotten: int = 0  # removals that the room forgets for newer ones


@dataclass(slots=True)
class Race:
    """The race that is on, or was last."""

    id: RaceId
    setup: RaceSetup  # as it is driven
    cars: dict[int, NodeId]  # that race, node by number, front of the grid first
    green_ns: int  # race clock of the green light
    grants: dict[int, list[Grant]] = field(default_factory=dict)  # by pick-up, oldest first
    leases: dict[int, list[NodeId]] = field(default_factory=dict)  # drivers by number: 1, 2, …
    terms: dict[int, list[bytes]] = field(default_factory=dict)  # names of those decrees
    places: dict[int, bytes | None] = field(default_factory=dict)  # as the newest of them tell them
    results: Results | None = None
    results_index: int = -1  # of the decree that closed it
    kinds: dict[int, int] = field(default_factory=dict)  # of car by number; index into `CARS`
    qualifying: bool = False  # for the grid of a race: a trial, and no race itself
    disqualified: dict[NodeId, Offence] = field(default_factory=dict)  # who stood there, and why
    _numbers: dict[NodeId, int] = field(init=False, repr=False)  # `cars` the other way round
    _grid: dict[int, NodeId] = field(init=False, repr=False)  # `cars` as they stood on it

    def __post_init__(self) -> None:
        self._grid = dict(self.cars)
        self._numbers = {node: number for number, node in self.cars.items()}

    @classmethod
    def begin_from(cls, fold: RaceFold) -> Race:
        race = cls(
            fold.id,
            fold.setup,
            dict(fold.cars),
            fold.green_ns,
            results=fold.results,
            results_index=fold.results_index,
            kinds=dict(fold.kinds),
            qualifying=fold.qualifying,
        )
        for grant in fold.grants:
            race.grants.setdefault(grant.pickup, []).append(grant)
        for each in fold.leases:
            race.leases[each.car] = list(each.drivers)
            race.terms[each.car] = list(each.terms)
            race.places[each.car] = each.place
        for node, offence in fold.disqualified:
            race.disqualify(node, offence)
        return race

    def fold(self) -> RaceFold:
        return RaceFold(
            self.id,
            self.setup,
            tuple(self._grid.items()),
            self.green_ns,
            tuple(grant for _, grants in sorted(self.grants.items()) for grant in grants),
            tuple(
                LeasesFold(car, tuple(drivers), tuple(self.terms[car]), self.places[car])
                for car, drivers in sorted(self.leases.items())
            ),
            self.results,
            self.results_index,
            tuple(self.kinds.items()),
            self.qualifying,
            tuple(self.disqualified.items()),
        )

    def is_qualified_for(self, circuit: str) -> bool:
        """Whether this was a qualifying on a circuit, and its times are official."""
        return self.qualifying and self.results is not None and self.setup.circuit == circuit

    def is_same_as(self, other: Race) -> bool:
        """Whether two lineages tell of one race.

        An id is not enough: a grid that one lineage never committed may stand in another, where one
        of the same id and other cars stands in the first.
        """
        return self is other or self._start == other._start

    @property
    def _start(self) -> tuple[object, ...]:
        """What was decreed at its start."""
        cars = tuple(self._grid.items())
        return (self.id, self.setup, cars, self.green_ns, self.kinds, self.qualifying)

    def number_of(self, node: NodeId) -> int | None:
        return self._numbers.get(node)

    def slot_of(self, number: int) -> int:
        """Return a car's place on the grid: the first for each where all drive alone."""
        return 0 if self.setup.mode.rules.alone else list(self._grid).index(number)

    def lease_of(self, number: int) -> int:
        """Return the number of the lease by which a car goes now."""
        return len(self.leases.get(number, ()))

    def spec_of(self, number: int) -> CarTunables:
        """Return the kind of a car."""
        return CARS[self.kinds.get(number, 0)]

    def term_of(self, number: int, lease: int | None = None) -> bytes:
        """Return what a car's states are told under: the decree of a lease, or of the race.

        Two sides of a split may both decree a car's lease 2: to them it is not the same one.

        Args:
            lease: None: the one by which it goes now.
        """
        terms = self.terms.get(number, [])
        lease = len(terms) if lease is None else lease
        return terms[lease - 1] if 0 < lease <= len(terms) else self.id

    def driver_of(self, number: int) -> NodeId:
        """Return who drives a car now."""
        drivers = self.leases.get(number)
        return drivers[-1] if drivers else self.cars[number]

    @property
    def judges(self) -> frozenset[NodeId]:
        """Who has a car and drives one now: they may bear witness against others that do."""
        return frozenset(map(self.driver_of, self.cars)) & frozenset(self.cars.values())

    @property
    def witnesses_needed(self) -> int:
        """How many put a driver out: most of all, so that liars alone never do."""
        return max(len(self.judges) // 2 + 1, WITNESSES_MIN)

    def disqualify(self, node: NodeId, offence: Offence) -> None:
        """Take a driver's car off the track, with all that was decreed of it."""
        number = self._numbers[node]
        self.disqualified[node] = offence
        del self._numbers[node]
        self.cars = {car: owner for car, owner in self.cars.items() if car != number}
        for known in (self.leases, self.terms, self.places):
            known.pop(number, None)

    def convict(self, node: NodeId) -> None:
        """Put out whose key signed two things in one place; but a race keeps its last car."""
        if self.results is None and self.number_of(node) is not None and len(self.cars) > 1:
            self.disqualify(node, Offence.EQUIVOCATION)

    def stood_at(self, node: NodeId) -> int:
        """Return the number of who stands on the grid, or stood there and was put out."""
        return next(number for number, owner in self._grid.items() if owner == node)

    def may_drive(self, node: NodeId, owner: NodeId, lease: int) -> bool:
        """Whether a node drove the owner's car by a lease of that number, now or before."""
        number = self.number_of(owner)
        if number is None or lease == 0:
            return number is not None and node == owner
        drivers = self.leases.get(number, [])
        return lease <= len(drivers) and drivers[lease - 1] == node

    def generation(self, pickup: int) -> int:
        """Return how often the pick-up was taken."""
        return len(self.grants.get(pickup, ()))

    def returns_ms(self, pickup: int) -> int:
        """Return from when on the pick-up is there, race time."""
        taken = self.grants.get(pickup)
        return taken[-1].race_ms + RESPAWN_MS if taken else 0

    def race_ms(self, race_ns: int) -> int:
        """Return the time since the green light; negative before it."""
        return (race_ns - self.green_ns) // MILLISECOND

    @property
    def digest(self) -> str:
        """Short hex, equal where the official tables are equal; empty without one."""
        if self.results is None:
            return ""
        table = Results(self.results.race, self.results.rows)
        return hashlib.blake2b(encode(table), digest_size=8).hexdigest()


@final
class Room:
    """What the decrees so far amount to. A ruling that does not fit the room changes nothing.

    Args:
        counters: of the room that this one takes the place of.
    """

    def __init__(self, counters: RulingCounters | None = None) -> None:
        self.counters = counters or RulingCounters()
        self.setup: Setup | None = None
        self.seats: dict[NodeId, int] = {}
        self._seated: dict[NodeId, int] = {}  # index of the decree
        self.race: Race | None = None
        self.in_race = False
        self.round = 0
        self.lobby: LobbyId = bytes(8)  # the one that is open, or was last
        self.host: NodeId | None = None
        self.removed: dict[NodeId, tuple[NodeId, ...]] = {}  # and by whose votes, the newest last
        self._founded = -1  # index of the first setup, if it is not folded away
        self.chat_before = 0  # lines before those of `chat`: a checkpoint keeps the newest
        self.chat: list[Dot] = []
        self._ordered: dict[Dot, int] = {}  # index of the decree

    @classmethod
    def begin_from(cls, fold: RoomFold, counters: RulingCounters | None = None) -> Room:
        """Return the room of a fold."""
        room = cls(counters)
        setup = decode_ruling(fold.setup)
        room.setup = setup if isinstance(setup, Setup) else None
        room.seats = {node: number for node, number, _ in fold.seats}
        room._seated = {node: index for node, _, index in fold.seats}
        room.race = None if fold.race is None else Race.begin_from(fold.race)
        room.in_race, room.round, room.lobby = fold.in_race, fold.round, fold.lobby
        room.chat_before, room._ordered = fold.chat_before, dict(fold.chat)
        room.chat = list(room._ordered)
        room.host, room.removed = fold.host, dict(fold.removed)
        return room

    def fold(self, lines: Container[Dot]) -> RoomFold:
        """Return all that counts of the room.

        Args:
            lines: the lines that have come. What has a place and has not come keeps it.
        """
        here = [dot for dot in self.chat if dot in lines]
        newest, unsaid = set(here[-CHAT_SHOWN:]), [dot for dot in self.chat if dot not in lines]
        newest.update(unsaid[-CHAT_UNSAID_MAX:])
        return RoomFold(
            b"" if self.setup is None else encode(self.setup),
            tuple((node, n, self._seated[node]) for node, n in sorted(self.seats.items())),
            None if self.race is None else self.race.fold(),
            self.in_race,
            self.round,
            self.lobby,
            self.chat_before + max(len(here) - CHAT_SHOWN, 0),
            tuple((dot, self._ordered[dot]) for dot in self.chat if dot in newest),
            self.host,
            tuple(self.removed.items()),
        )

    def phase(self, race_ns: int) -> Phase:
        race = self.race
        if race is None or not self.in_race:
            return Phase.LOBBY
        if race.results is not None:
            return Phase.FINISHED
        return Phase.COUNTDOWN if race_ns < race.green_ns else Phase.RACING

    @property
    def chosen(self) -> RaceSetup | None:
        """What is raced, or in the lobby: what will be."""
        if self.in_race and self.race is not None:
            return self.race.setup
        return None if self.setup is None else self.setup.race

    def is_ordered(self, dot: Dot) -> bool:
        return dot in self._ordered

    def ordered_by(self, dot: Dot) -> int:
        """Return the index of the decree that gave a line of `chat` its place."""
        return self._ordered[dot]

    def seated_by(self, node: NodeId) -> int:
        """Return the index of the decree that gave a driver of `seats` its number."""
        return self._seated[node]

    def free_number(self, taken: set[int], most: int) -> int | None:
        """Return the least number that nobody has, or None."""
        used = taken | set(self.seats.values())
        return next((number for number in range(1, most + 1) if number not in used), None)

    def apply(self, decree: Decree) -> Ruling | None:
        """Take the next decree. Returns its ruling where it counted."""
        match decree.what:
            case Order(dot=dot):
                if dot not in self._ordered:
                    self._ordered[dot] = decree.index
                    self.chat.append(dot)
                return None
            case Rule(body=body):
                ruling = decode_ruling(body)
                if ruling is None:
                    self.counters.malformed += 1
                    return None
                return ruling if self._apply_ruling(ruling, decree) else None
            case Convict(proof=proof):
                if self.race is not None:
                    self.race.convict(proof.dot.node)
                return None
            case _:
                return None

    def _apply_ruling(self, ruling: Ruling, decree: Decree) -> bool:
        match ruling:
            case Setup():
                if self.setup is None:
                    self.lobby, self._founded = name_of(decree), decree.index
                self.setup = ruling
                return True
            case Hosted(node=node):
                return self._name_host(node, decree)
            case Removal():
                return self._remove_node(ruling)
            case Seat(node=node, number=number):
                if node in self.seats or number in self.seats.values() or node in self.removed:
                    return False
                self.seats[node], self._seated[node] = number, decree.index
                return True
            case Unseat(node=node):
                return self.seats.pop(node, None) is not None
            case _:
                return self._apply_race_ruling(ruling, decree)

    def _name_host(self, node: NodeId, decree: Decree) -> bool:
        """Give the room a host: as it is founded, or never."""
        if self._founded < 0 or decree.index != self._founded + 1:
            return False
        self.host = node
        return True

    def _remove_node(self, removal: Removal) -> bool:
        """Shut a node out: by several, or by the host, and never by one alone."""
        node, voters = removal.node, tuple(dict.fromkeys(dot.node for dot in removal.votes))
        alone = len(voters) < REMOVAL_VOTES_MIN and voters != (self.host,)
        if alone or node in voters or node in self.removed:
            return False
        self._shut_out(node, voters)
        return True

    def _shut_out(self, node: NodeId, voters: tuple[NodeId, ...]) -> None:
        self.seats.pop(node, None)
        self.removed[node] = voters
        while len(self.removed) > REMOVED_MAX:
            del self.removed[next(iter(self.removed))]
            self.counters.forgotten += 1

    def _apply_race_ruling(
        self,
        ruling: Disqualification | Grid | Grant | Lease | Results | LobbyOpened,
        decree: Decree,
    ) -> bool:
        match ruling:
            case Disqualification():
                return self._disqualify(ruling)
            case Grid():
                return self._begin_race(ruling, decree)
            case Grant():
                return self._apply_grant(ruling)
            case Lease():
                return self._apply_lease(ruling, decree)
            case Results(race=race):
                if not self.in_race or self.race is None or self.race.id != race:
                    return False
                if self.race.results is not None:
                    return False
                self.race.results, self.race.results_index = ruling, decree.index
                return True
            case LobbyOpened():
                return self._open_lobby(decree)
            case _:
                assert_never(ruling)

    def _begin_race(self, grid: Grid, decree: Decree) -> bool:
        node_of = {number: node for node, number in self.seats.items()}
        if self.in_race or self.setup is None or not set(grid.cars) <= set(node_of):
            return False
        cars = {number: node_of[number] for number in grid.cars}
        chosen = self.setup.race
        setup = chosen.for_qualifying() if grid.qualifying else chosen.for_race(len(cars))
        self.race = Race(
            name_of(decree),
            setup,
            cars,
            1000 * grid.green_us,
            kinds=dict(zip(grid.cars, grid.kinds, strict=False)),
            qualifying=grid.qualifying,
        )
        self.in_race = True
        return True

    def _disqualify(self, ruling: Disqualification) -> bool:
        """Put a driver out of race and room, where most who race bore witness against it."""
        race, node = self.race, ruling.node
        if race is None or race.id != ruling.race or race.results is not None:
            return False
        named = dict.fromkeys(dot.node for dot in ruling.witnesses)
        judges = race.judges - {node} - self.removed.keys()
        witnesses = tuple(each for each in named if each in judges)
        if race.number_of(node) is None or len(witnesses) < race.witnesses_needed:
            return False
        race.disqualify(node, Offence(ruling.lie.value))
        self._shut_out(node, witnesses)
        return True

    def _open_lobby(self, decree: Decree) -> bool:
        if not self.in_race or self.race is None or self.race.results is None:
            return False
        self.in_race = False
        self.round += 1
        self.lobby = name_of(decree)
        return True

    def _apply_lease(self, control: Lease, decree: Decree) -> bool:
        race = self.race
        if race is None or control.race != race.id or race.results is not None:
            return False
        if len(race.leases.get(control.car, ())) != len(race.terms.get(control.car, ())):
            raise InvariantError(f"the leases of car {control.car} are not those that were decreed")
        if control.car not in race.cars or control.lease != race.lease_of(control.car) + 1:
            return False
        race.leases.setdefault(control.car, []).append(control.driver)
        race.terms.setdefault(control.car, []).append(name_of(decree))
        race.places[control.car] = control.place
        return True

    def _apply_grant(self, grant: Grant) -> bool:
        race = self.race
        if race is None or grant.race != race.id or race.results is not None:
            return False
        if grant.generation != race.generation(grant.pickup):
            return False
        if grant.race_ms < race.returns_ms(grant.pickup):
            return False
        race.grants.setdefault(grant.pickup, []).append(grant)
        return True
