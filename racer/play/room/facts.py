"""The facts of the room: what members said of themselves, in whatever order it came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, assert_never, final

from net import Counters, Dot, NodeId, Operation
from racer.play.limits import ENTRIES_KEPT, FETCH_GIVE_UP_NS, FETCH_WAIT_NS
from racer.play.room.car_facts import CarFacts
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
    Ready,
    RemovalVote,
    Return,
    Said,
    StartWish,
    Witnessed,
    decode_fact,
    encode,
)
from racer.play.room.room import Room
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
        self.cars = CarFacts()
        self._fetches: dict[tuple[bytes, NodeId], CircuitProgress] = {}
        self._records: list[tuple[NodeId, BestLap | BoardKept]] = []  # what was told last of them
        self.counters = FactCounters()
        self._added = 0

    def add(self, operation: Operation) -> Fact | None:
        """Take a delivered operation. Returns its fact, or None where it has none that counts."""
        self._added += 1
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
                self.cars.add(dot.member, fact)
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

    @property
    def revision(self) -> int:
        """A number that grows whenever an answer may have changed."""
        return self._added + self.cars.revision

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

    # --- checkpoints --------------------------------------------------------------------------

    def begin_from(self, fold: FactsFold, room: Room) -> None:
        """Forget all, and take what a fold holds, of a room as its fold has it."""
        self.chat = self.chat.begin_from([Line(dot, text) for dot, text in fold.lines])
        self._entries = {each.dot.node: each for each in fold.entries}
        known, self._first_us = self._first_us, {}
        for node, each in self._entries.items():
            self._note_entry(node, min(each.race_us, known.get(node, each.race_us)))
        self.votes = Votes(_votes_of(fold))
        self.cars.begin_from(fold, room.race)
        self._fetches = {
            (each.content, each.dot.node): CircuitProgress(each.dot, each.since_us, each.quarters)
            for each in fold.fetches
        }
        self._records = list(fold.records)

    def fold(self, room: Room) -> FactsFold:
        """Return what is not over, in the room as it is now."""
        self.cars.follow(room.race)
        race = room.race if room.in_race else None
        votes = self.votes.kept({room.lobby, b"" if race is None else race.id})
        return FactsFold(
            self.chat.kept(room),
            self._newest_entries(room),
            laps=() if race is None else self.cars.kept_laps(race),
            claims=() if race is None else self.cars.open_claims(race),
            returns=() if race is None else self.cars.asked_back(race),
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

    def _room_fetches(self, room: Room) -> tuple[FetchFold, ...]:
        wanted = {None if room.setup is None else room.setup.race.content}
        wanted.add(None if room.race is None else room.race.setup.content)
        return tuple(
            FetchFold(content, each.dot, each.since_us, each.quarters)
            for (content, _), each in sorted(self._fetches.items(), key=lambda each: each[0])
            if content in wanted
        )


def _votes_of(fold: FactsFold) -> Iterator[Vote]:
    for each in fold.votes:
        ballot = decode_fact(each.ballot)
        if isinstance(ballot, StartWish | Ready | EndWish | RemovalVote | Witnessed | Choice):
            yield Vote(each.race_us, each.dot, ballot)
