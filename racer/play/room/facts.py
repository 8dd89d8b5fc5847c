"""The facts of the room: what members said of themselves, in whatever order it came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias, assert_never, final

from net import Counters, Dot, Member, NodeId, Operation
from racer.core.circuits.trackfile import PLACES_MAX
from racer.core.rules.results import CarFinish, LapFact, Row
from racer.core.tuning import SPEED_MAX
from racer.play.limits import (
    ENTRIES_KEPT,
    FALSE_FACTS_MAX,
    FETCH_GIVE_UP_NS,
    FETCH_WAIT_NS,
)
from racer.play.room.chat_lines import ChatLines, Line
from racer.play.room.fold import EntryFold, FactsFold, FetchFold, VoteFold, keep_told
from racer.play.room.messages import (
    BestLap,
    BoardKept,
    Choice,
    Claim,
    EndWish,
    Fact,
    Fetching,
    LapTime,
    LobbyEntry,
    Ousted,
    RaceId,
    Ready,
    RemovalVote,
    Return,
    Said,
    StartWish,
    Witnessed,
    decode_fact,
    encode,
    timed_lap,
)
from racer.play.room.room import Race, Room
from racer.play.room.votes import Vote, Votes


@dataclass(slots=True)
class FactCounters(Counters):
    """Operations that are here and say nothing."""

    part: ClassVar[str] = "facts"
    malformed: int = 0  # of no fact that we know
    flooded: int = 0  # lines of chat that got no place, for their author had too many


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


@dataclass(frozen=True, slots=True)
class LapSaid:
    """A lap as one author told it, and in which of its lives; 0: a checkpoint does not say."""

    lap: LapTime
    life: int


LapTimes: TypeAlias = Sequence[LapTime]
"""Of one car, from its first lap on."""


@final
class Facts:
    """A set that grows; equal sets give equal answers, whatever the order of arrival.

    Only `lines` keeps an order, that of delivery, which is causal: the coordinator decrees it. At a
    checkpoint it begins anew from what is not over.
    """

    def __init__(self) -> None:
        self.chat = ChatLines()
        self._entries: dict[NodeId, EntryFold] = {}
        self._first_us: dict[NodeId, int] = {}  # when each of them entered first, as we know
        self.votes = Votes()
        self._laps: dict[RaceId, dict[tuple[NodeId, int], dict[NodeId, LapSaid]]] = {}
        self._fetches: dict[tuple[bytes, NodeId], CircuitProgress] = {}
        self._returns: set[tuple[RaceId, NodeId, int]] = set()
        self._refused: dict[NodeId, set[LapTime | Claim]] = {}  # by author
        self._race: Race | None = None
        self._claims: dict[RaceId, list[Claimed]] = {}
        self._runs: dict[tuple[RaceId, NodeId, float], LapTimes] = {}  # laps as last asked for …
        self._finishes: tuple[Race, float, Mapping[int, CarFinish]] | None = (
            None  # … and who is done
        )
        self._records: list[tuple[NodeId, BestLap | BoardKept]] = []  # what was told last of them
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
                self._note_entry(node, operation.race_us)
                if before is None or before.dot < dot:
                    self._entries[node] = EntryFold(operation.race_us, dot, fact)
            case Said(text=text):
                self.chat.add(Line(dot, text))
            case StartWish() | Ready() | EndWish() | RemovalVote() | Ousted():
                self.votes.add(Vote(operation.race_us, dot, fact))
            case Witnessed() | Choice():
                self.votes.add(Vote(operation.race_us, dot, fact))
            case Fetching():
                self._add_fetch(dot, fact, operation.race_us)
            case LapTime() | Claim() | Return():
                self._add_race_fact(dot.member, fact)
            case BestLap() | BoardKept():
                self._records = keep_told(self._records, node, fact)
            case _:
                assert_never(fact)
        return fact

    def _note_entry(self, node: NodeId, race_us: int) -> None:
        self._first_us[node] = min(race_us, self._first_us.get(node, race_us))

    def _add_fetch(self, dot: Dot, fact: Fetching, race_us: int) -> None:
        known = self._fetches.get((fact.content, dot.node))
        if known is not None and known.dot > dot:
            return
        same = known is not None and known.dot.incarnation == dot.incarnation
        since_us = known.since_us if known is not None and same else race_us
        self._fetches[fact.content, dot.node] = CircuitProgress(dot, since_us, fact.quarters)

    def _add_race_fact(self, by: Member, fact: LapTime | Claim | Return) -> None:
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

    @property
    def lines(self) -> Mapping[Dot, Line]:
        """Lines of chat, of those that have a place the newest at least."""
        return self.chat.all

    @property
    def records(self) -> Sequence[tuple[NodeId, BestLap | BoardKept]]:
        """What was told last of lap records, and by whom."""
        return self._records

    def entry_of(self, node: NodeId) -> LobbyEntry | None:
        known = self._entries.get(node)
        return None if known is None else known.entry

    def entered_us(self, node: NodeId) -> int | None:
        """Return the race clock at which somebody said last that it wants to race, and in what."""
        known = self._entries.get(node)
        return None if known is None else known.race_us

    def had_entered(self, node: NodeId, race_us: int) -> bool:
        """Whether somebody had said by then that it wants to race, as far as is known here."""
        return self._first_us.get(node, race_us + 1) <= race_us

    def kind_of(self, node: NodeId) -> int:
        """Return the kind of car that a node wants to drive."""
        entry = self.entry_of(node)
        return 0 if entry is None else entry.car

    def entrants(self) -> list[NodeId]:
        """Return who ever wanted to race, by node id."""
        return sorted(self._entries)

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

    def begin_from(self, fold: FactsFold, room: Room) -> None:
        """Forget all, and take what a fold holds, of a room as its fold has it."""
        self.chat = self.chat.begin_from([Line(dot, text) for dot, text in fold.lines])
        self._entries = {each.dot.node: each for each in fold.entries}
        known, self._first_us = self._first_us, {}
        for node, each in self._entries.items():
            self._note_entry(node, min(each.race_us, known.get(node, each.race_us)))
        self.votes = Votes(_votes_of(fold))
        self._laps, self._claims, self._returns = {}, {}, set()
        race = None if room.race is None else room.race.id
        if race is not None:
            for owner, author, lap in fold.laps:
                self._laps.setdefault(race, {}).setdefault((owner, lap.lap), {})[author] = LapSaid(
                    lap, 0
                )
            self._claims[race] = [Claimed(*each) for each in fold.claims]
            self._returns = {(race, node, lease) for node, lease in fold.returns}
        self._fetches = {
            (each.content, each.dot.node): CircuitProgress(each.dot, each.since_us, each.quarters)
            for each in fold.fetches
        }
        self._records = list(fold.records)
        self.follow(room.race)

    def fold(self, room: Room) -> FactsFold:
        """Return what is not over, in the room as it is now."""
        self.follow(room.race)
        race = room.race if room.in_race else None
        votes = self.votes.kept({room.lobby, b"" if race is None else race.id})
        return FactsFold(
            self.chat.kept(room),
            self._newest_entries(room),
            laps=() if race is None else self._fold_laps(race),
            claims=() if race is None else self._open_claims(race),
            returns=() if race is None else self._asked_back(race),
            fetches=self._room_fetches(room),
            records=tuple(self._records),
            votes=tuple(VoteFold(each.race_us, each.dot, encode(each.ballot)) for each in votes),
        )

    def _newest_entries(self, room: Room) -> tuple[EntryFold, ...]:
        """Return the entries of who is seated or races, and of the others the newest."""
        race = room.race
        raced = set() if race is None else {*race.cars.values(), *race.disqualified}
        needed = set(room.seats) | raced
        ranked = sorted(
            self._entries.items(), key=lambda each: (each[0] in needed, each[1].race_us, each[0])
        )
        return tuple(entry for _, entry in sorted(ranked[-ENTRIES_KEPT:]))

    # Nobody swells a fold: of a car's facts those that may count, of its drivers alone. It holds
    # the decrees that they follow from, so no lease is far ahead of those, and no appearance.

    def _fold_laps(self, race: Race) -> tuple[tuple[NodeId, NodeId, LapTime], ...]:
        told = self._laps.get(race.id, {})
        return tuple(
            (owner, author, said.lap)
            for (owner, _), by_author in sorted(told.items(), key=lambda each: each[0])
            for author, said in sorted(by_author.items(), key=lambda each: each[0])
            if race.number_of(owner) is not None
            and self._may_report_for(race.id, owner, author, said.lap.lease)
        )

    def _open_claims(self, race: Race) -> tuple[tuple[NodeId, NodeId, Claim], ...]:
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

    def _asked_back(self, race: Race) -> tuple[tuple[NodeId, int], ...]:
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

    def _room_fetches(self, room: Room) -> tuple[FetchFold, ...]:
        wanted = {None if room.setup is None else room.setup.race.content}
        wanted.add(None if room.race is None else room.race.setup.content)
        return tuple(
            FetchFold(content, each.dot, each.since_us, each.quarters)
            for (content, _), each in sorted(self._fetches.items(), key=lambda each: each[0])
            if content in wanted
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


def _votes_of(fold: FactsFold) -> Iterator[Vote]:
    for each in fold.votes:
        ballot = decode_fact(each.ballot)
        if isinstance(ballot, StartWish | Ready | EndWish | RemovalVote | Witnessed | Choice):
            yield Vote(each.race_us, each.dot, ballot)
