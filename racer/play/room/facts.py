"""The facts of the room: what members said of themselves, in whatever order it came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias, assert_never, final

from net import Counters, Dot, Member, NodeId, Operation
from racer.core.rules.results import LapFact, Row
from racer.core.tuning import SPEED_MAX
from racer.play.limits import FETCH_GIVE_UP_NS, FETCH_WAIT_NS
from racer.play.room.chat_allowance import ChatAllowance
from racer.play.room.messages import (
    BestLap,
    BoardKept,
    Choice,
    Claim,
    Fact,
    Fetching,
    LapTime,
    LobbyEntry,
    LobbyId,
    RaceId,
    Return,
    Said,
    StartWish,
    decode_fact,
)
from racer.play.room.room import Race, Room


@dataclass(slots=True)
class FactCounters(Counters):
    """Operations that are here and say nothing."""

    part: ClassVar[str] = "facts"
    malformed: int = 0  # of no fact that we know
    flooded: int = 0  # lines of chat over the bound


@dataclass(frozen=True, slots=True)
class Line:
    """A line of chat as its author wrote it."""

    dot: Dot
    text: str


@dataclass(frozen=True, slots=True)
class CircuitProgress:
    """How much of a circuit somebody has who lacked it."""

    dot: Dot  # of the operation that told it last
    since_us: int  # race clock at which that life first told of it
    quarters: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim: for whose car, and who made it."""

    node: NodeId
    author: NodeId
    claim: Claim


LapTimes: TypeAlias = Sequence[LapTime]
"""Of one car, from its first lap on."""


@final
class Facts:
    """A set that only grows; equal sets give equal answers, whatever the order of arrival.

    Only `lines` keeps an order, that of delivery, which is causal: the coordinator decrees it.
    """

    def __init__(self) -> None:
        self.lines: dict[Dot, Line] = {}
        self._unordered: dict[Dot, None] = {}  # what of `lines` has no place yet, at least
        self._unordered_in: Room | None = None  # and where
        self._entries: dict[NodeId, tuple[Dot, LobbyEntry]] = {}
        self._wishes: set[LobbyId] = set()
        self._choices: dict[LobbyId, tuple[int, Dot, Choice]] = {}
        self._laps: dict[RaceId, dict[tuple[NodeId, int], dict[NodeId, LapTime]]] = {}
        self._fetches: dict[tuple[bytes, NodeId], CircuitProgress] = {}
        self._returns: set[tuple[RaceId, NodeId, int]] = set()
        self._race: Race | None = None
        self._claims: dict[RaceId, list[Claimed]] = {}
        self._floods: dict[Member, ChatAllowance] = {}
        self._runs: dict[tuple[RaceId, NodeId, float], LapTimes] = {}  # laps as last asked for
        self.counters = FactCounters()
        self.revision = 0  # grows whenever an answer may have changed

    def add(self, operation: Operation) -> Fact | None:
        """Take a delivered operation. Returns its fact, or None where it has none that counts."""
        self._mark_changed()
        fact = decode_fact(operation.body)
        dot, node = operation.dot, operation.dot.node
        match fact:
            case None:
                self.counters.malformed += 1
                return None
            case LobbyEntry():
                before = self._entries.get(node)
                if before is None or before[0] < dot:
                    self._entries[node] = (dot, fact)
            case Said(text=text):
                if not self._spend_chat_allowance(dot.member, operation.race_us):
                    self.counters.flooded += 1
                    return None
                self.lines[dot] = Line(dot, text)
                self._unordered[dot] = None
            case StartWish(lobby=lobby):
                self._wishes.add(lobby)
            case Choice(lobby=lobby):
                chosen = self._choices.get(lobby)
                if chosen is None or chosen[:2] < (operation.race_us, dot):
                    self._choices[lobby] = (operation.race_us, dot, fact)
            case Fetching():
                self._add_fetch(dot, fact, operation.race_us)
            case LapTime() | Claim() | Return():
                self._add_race_fact(node, fact)
            case BestLap() | BoardKept():
                pass  # for the record book
            case _:
                assert_never(fact)
        return fact

    def _add_fetch(self, dot: Dot, fact: Fetching, race_us: int) -> None:
        known = self._fetches.get((fact.content, dot.node))
        if known is not None and known.dot > dot:
            return
        same = known is not None and known.dot.incarnation == dot.incarnation
        since_us = known.since_us if known is not None and same else race_us
        self._fetches[fact.content, dot.node] = CircuitProgress(dot, since_us, fact.quarters)

    def _add_race_fact(self, node: NodeId, fact: LapTime | Claim | Return) -> None:
        match fact:
            case LapTime(race=race, lap=lap, owner=owner):
                told = self._laps.setdefault(race, {}).setdefault((owner or node, lap), {})
                known = told.get(node)
                if known is None or fact.race_ms < known.race_ms:
                    told[node] = fact
            case Claim(race=race, owner=owner):
                self._claims.setdefault(race, []).append(Claimed(owner or node, node, fact))
            case Return(race=race, lease=lease):
                self._returns.add((race, node, lease))
            case _:
                assert_never(fact)

    def unordered(self, room: Room) -> list[Dot]:
        """Return the lines that no decree of the room has put in their place, as delivered.

        Asked at every tick, so it does not go through all that was ever said.
        """
        if self._unordered_in is not room:
            self._unordered_in, self._unordered = room, dict.fromkeys(self.lines)
        for dot in [dot for dot in self._unordered if room.is_ordered(dot)]:
            del self._unordered[dot]
        return list(self._unordered)

    def entry_of(self, node: NodeId) -> LobbyEntry | None:
        known = self._entries.get(node)
        return None if known is None else known[1]

    def kind_of(self, node: NodeId) -> int:
        """Return the kind of car that a node wants to drive."""
        entry = self.entry_of(node)
        return 0 if entry is None else entry.car

    def entrants(self) -> list[NodeId]:
        """Return who ever wanted to race, by node id."""
        return sorted(self._entries)

    def wishes_start(self, lobby: LobbyId) -> bool:
        return lobby in self._wishes

    def choice(self, lobby: LobbyId) -> tuple[Dot, Choice] | None:
        """Return the newest choice made in a lobby."""
        chosen = self._choices.get(lobby)
        return None if chosen is None else (chosen[1], chosen[2])

    def share_of(self, content: bytes | None, node: NodeId) -> float:
        """Return how much of a circuit somebody has, 0..1. Who says nothing has it."""
        fetch = None if content is None else self._fetches.get((content, node))
        return 1.0 if fetch is None else fetch.quarters / 4

    def fetchers(
        self, content: bytes | None, nodes: Sequence[NodeId], race_ns: int
    ) -> list[NodeId]:
        """Return who of these fetches a circuit, and not for longer than anybody waits."""
        if content is None:
            return []
        known = [(node, self._fetches.get((content, node))) for node in nodes]
        return [
            node
            for node, fetch in known
            if fetch is not None
            and fetch.quarters < 4
            and abs(race_ns - 1000 * fetch.since_us) < FETCH_WAIT_NS
        ]

    def nobody_has(self, content: bytes | None, nodes: Sequence[NodeId], race_ns: int) -> bool:
        """Whether all of these, and there are some, have lacked a circuit for long."""
        if content is None or not nodes:
            return False
        known = [self._fetches.get((content, node)) for node in nodes]
        return all(
            fetch is not None
            and fetch.quarters < 4
            and race_ns - 1000 * fetch.since_us > FETCH_GIVE_UP_NS
            for fetch in known
        )

    def wants_back(self, race: RaceId, node: NodeId, lease: int) -> bool:
        """Whether a car's owner is back and asks for it."""
        return (race, node, lease) in self._returns

    def follow(self, race: Race | None) -> None:
        """Let this race's leases say who may speak for whose car."""
        self._race = race
        self._mark_changed()

    def claims(self, race: RaceId) -> list[Claimed]:
        """Return the claims of those who drove the car that they are for."""
        return [
            claimed
            for claimed in self._claims.get(race, [])
            if self._may_report_for(race, claimed.node, claimed.author, claimed.claim.lease)
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
            at_ms = lap.race_ms
            run.append(lap)
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

    def _lap_facts(self, race: Race, length_m: float) -> Iterator[LapFact]:
        return (
            LapFact(number, lap.lap, lap.race_ms, lap.lap_ms)
            for number, node in race.cars.items()
            for lap in self.laps_of(race.id, node, length_m)
        )

    def _mark_changed(self) -> None:
        self.revision += 1
        self._runs.clear()

    def _earliest_lap(
        self, race: RaceId, owner: NodeId, told: Mapping[NodeId, LapTime]
    ) -> LapTime | None:
        """Return the earliest of what those tell who drove the car."""
        counted = [
            lap
            for author, lap in sorted(told.items())
            if self._may_report_for(race, owner, author, lap.lease)
        ]
        return min(counted, key=lambda lap: lap.race_ms, default=None)

    def _may_report_for(self, race: RaceId, owner: NodeId, author: NodeId, lease: int) -> bool:
        """Whether an author may speak for a car: its owner always, others by their lease."""
        if author == owner:
            return True
        known = self._race
        return known is not None and known.id == race and known.may_drive(author, owner, lease)

    def _spend_chat_allowance(self, author: Member, race_us: int) -> bool:
        """Hold a life to the flood bound.

        Each apart: only within one do operations come in one order, and by one race clock.
        """
        allowance = self._floods.get(author)
        if allowance is None:
            allowance = self._floods[author] = ChatAllowance(race_us)
        return allowance.spend(race_us)
