"""What is worth a report: each thing once, from whatever is known now."""

from __future__ import annotations

from typing import Final, TypeAlias, assert_never, final

from net import Dot, NodeId
from racer.core.rules.modes import FinishRule
from racer.core.rules.results import Row
from racer.play.cars.local_race import LocalRace
from racer.play.reports import (
    ChatFolded,
    ChatSeen,
    ControlSeen,
    FinishSeen,
    LapSeen,
    PhaseEntered,
    PickupSeen,
    RaceReport,
    ResultsSeen,
    SeatSeen,
    TableRow,
)
from racer.play.room.facts import Facts
from racer.play.room.messages import Grant, RaceId, Results
from racer.play.room.room import Race, Room
from racer.play.room.roster import Roster
from racer.play.show.disqualified import disqualified_rows
from racer.play.view import Phase

Taken: TypeAlias = dict[tuple[int, int], Grant]
"""Who got a pick-up's appearance, by (pick-up, generation)."""

NOWHERE: Final = -1
"""By no decree: a line whose place is another's, in the lineage that was entered since."""

Seats: TypeAlias = dict[int, tuple[NodeId, int]]
"""Whose a car number is, and by which decree."""


@final
class Reporter:
    """Compares the room with what was told before.

    Facts and decrees come in any order, and a merge may tell decrees again in another order; so
    reports are made from state, not from messages.
    """

    def __init__(self) -> None:
        self._room: Room | None = None
        self._compared: tuple[int, Phase, float] | None = None  # what the last news came from
        self._phase: Phase | None = None
        self._laps: set[tuple[RaceId, NodeId, int]] = set()
        self._leases: dict[tuple[RaceId, int, int], NodeId] = {}
        self._pickups: dict[RaceId, Taken] = {}
        self._places: dict[Dot, tuple[int, int]] = {}  # and by which decree
        self._folded: ChatFolded | None = None  # to be told
        self._seats: Seats = {}
        self._read: tuple[Room, int, int] | None = None  # of which chat all is told
        self._finished: set[tuple[RaceId, NodeId]] = set()  # as told; of an elimination who won
        self._done: dict[RaceId, int] = {}  # cars whose race was over, when last told
        self._results: dict[RaceId, str] = {}  # digests, as told last

    def news(
        self, room: Room, facts: Facts, roster: Roster, local_race: LocalRace | None, race_ns: int
    ) -> list[RaceReport]:
        """Return what is new, in an order that reads well."""
        phase = room.phase(race_ns)
        compared = (facts.revision, phase, 0.0 if local_race is None else local_race.track.length_m)
        if room is self._room and compared == self._compared:
            return []
        self._room, self._compared = room, compared
        news: list[RaceReport] = [*self._chat_reports(room, facts), *self._seat_reports(room)]
        race = room.race
        if race is not None and (phase is not Phase.LOBBY or self._has_new_results(race)):
            # Who was away as a race ended hears all of it at once, back in the lobby.
            news.extend(self._race_reports(race, facts, local_race))
        if race is not None and phase is Phase.RACING:
            news.extend(self._provisional_results(race, facts, local_race, roster))
        if phase is not self._phase:
            self._phase = phase
            qualifying = race is not None and race.qualifying and phase is not Phase.LOBBY
            news.append(PhaseEntered(phase.value, qualifying))
        if race is not None and race.results is not None:
            news.extend(self._official_results(race, race.results, roster))
        return news

    def forget_past(self, room: Room, decree: int) -> None:
        """Forget what was told of races that are over, and of lines that the room keeps no more.

        The race told last may be one that only decrees after the fold begin.

        Args:
            decree: all before it amount to this room.
        """
        shown = (room, self._room)
        races = {each.race.id for each in shown if each is not None and each.race is not None}
        self._laps = {key for key in self._laps if key[0] in races}
        self._leases = {key: node for key, node in self._leases.items() if key[0] in races}
        self._finished = {key for key in self._finished if key[0] in races}
        self._results = {key: told for key, told in self._results.items() if key in races}
        self._places = {dot: self._places[dot] for dot in room.chat if dot in self._places}
        self._folded = ChatFolded(room.chat_before, decree) if room.chat_before else None

    def _chat_reports(self, room: Room, facts: Facts) -> list[RaceReport]:
        # All of it only when there is more of it: after some hours it is long.
        read = (room, len(room.chat), len(facts.lines))
        if read == self._read:
            return []
        self._read = read
        news: list[RaceReport] = [] if self._folded is None else [self._folded]
        self._folded = None
        index = room.chat_before
        for dot in room.chat:
            line = facts.lines.get(dot)
            if line is None:
                continue  # ordered, but its operation is still on its way
            decree, told = room.ordered_by(dot), self._places.get(dot)
            if told != (index, decree):
                self._places[dot] = index, decree
                was = None if told is None else told[0]
                news.append(ChatSeen(index, dot.node, line.text, dot, was, decree))
            index += 1
        for dot in self._places.keys() - set(room.chat):
            self._places[dot] = self._places[dot][0], NOWHERE  # told again where it comes back
        return news

    def _seat_reports(self, room: Room) -> list[RaceReport]:
        """Tell who has which car number; first, which numbers are free again."""
        told = self._seats
        now = {number: (node, room.seated_by(node)) for node, number in room.seats.items()}
        if now == told:
            return []
        self._seats = now
        free = [number for number, (node, _) in told.items() if now.get(number, (None,))[0] != node]
        taken = [number for number, seat in now.items() if told.get(number) != seat]
        return [
            *(SeatSeen(number, None, None) for number in sorted(free)),
            *(SeatSeen(number, *now[number]) for number in sorted(taken)),
        ]

    def _race_reports(
        self, race: Race, facts: Facts, local_race: LocalRace | None
    ) -> list[RaceReport]:
        news: list[RaceReport] = []
        length_m = 0.0 if local_race is None else local_race.track.length_m
        out, finishes = facts.cars.out_laps(race, length_m), facts.cars.finishes(race, length_m)
        by_laps = race.setup.mode.rules.finish is FinishRule.LAST_LAP
        for number, node in race.cars.items():
            for lap in facts.cars.counted_laps(race, number, length_m):
                key = (race.id, node, lap.lap)
                if key in self._laps or lap.lap > out.get(number, race.setup.laps):
                    continue
                self._laps.add(key)
                news.append(LapSeen(race.id, node, lap.lap, lap.lap_ms, lap.race_ms))
            finish = finishes.get(number) if by_laps else None
            if finish is not None and (race.id, node) not in self._finished:
                self._finished.add((race.id, node))
                news.append(FinishSeen(race.id, node, finish.race_ms))
        return [
            *news,
            *self._win_reports(race, facts, local_race),
            *self._lease_reports(race),
            *self._pickup_reports(race),
        ]

    def _win_reports(
        self, race: Race, facts: Facts, local_race: LocalRace | None
    ) -> list[RaceReport]:
        """Tell who alone is left, where no last lap says it."""
        if race.setup.mode.rules.finish is not FinishRule.LAST_CAR:
            return []
        first = standings(race, facts, local_race)[0]
        node = race.cars[first.car]
        if first.ms is None or any(told == race.id for told, _ in self._finished):
            return []
        self._finished.add((race.id, node))
        return [FinishSeen(race.id, node, first.ms)]

    def _lease_reports(self, race: Race) -> list[RaceReport]:
        news: list[RaceReport] = []
        for number, drivers in sorted(race.leases.items()):
            for lease, driver in enumerate(drivers, start=1):
                key = (race.id, number, lease)
                if self._leases.get(key) != driver:
                    self._leases[key] = driver
                    news.append(ControlSeen(race.id, race.cars[number], driver, lease))
        return news

    def _pickup_reports(self, race: Race) -> list[RaceReport]:
        """Tell who got what, and what a merge of lineages took back."""
        now = {
            (pickup, grant.generation): grant
            for pickup, grants in sorted(race.grants.items())
            for grant in grants
        }
        told = self._pickups.get(race.id, {})
        self._pickups = {race.id: now}
        lost = [key for key in sorted(told) if key not in now]
        changed = [grant for key, grant in now.items() if told.get(key) != grant]
        return [
            *(PickupSeen(race.id, pickup, None, number, None) for pickup, number in lost),
            *(
                PickupSeen(race.id, each.pickup, each.node, each.generation, each.race_ms)
                for each in changed
            ),
        ]

    def _provisional_results(
        self, race: Race, facts: Facts, local_race: LocalRace | None, roster: Roster
    ) -> list[RaceReport]:
        length_m = 0.0 if local_race is None else local_race.track.length_m
        done = _count_done(race, facts, length_m)
        if self._done.get(race.id, 0) >= done:
            return []
        self._done = {race.id: done}
        table = tuple(
            TableRow(
                row.place, node, roster.name_of(node), row.laps, row.ms, row.best_ms, row.out_lap
            )
            for row in standings(race, facts, local_race)
            for node in (race.cars[row.car],)
        )
        out = disqualified_rows(race, roster)
        return [ResultsSeen(race.id, False, "", table, race.qualifying, out)]

    def _has_new_results(self, race: Race) -> bool:
        return race.results is not None and self._results.get(race.id) != race.digest

    def _official_results(self, race: Race, results: Results, roster: Roster) -> list[RaceReport]:
        if not self._has_new_results(race):
            return []
        self._results[race.id] = race.digest
        table = tuple(
            TableRow(
                place,
                row.node,
                roster.name_of(row.node),
                row.laps,
                row.ms,
                row.best_ms,
                row.out_lap,
            )
            for place, row in enumerate(results.rows, start=1)
        )
        out = disqualified_rows(race, roster)
        return [ResultsSeen(race.id, True, race.digest, table, race.qualifying, out)]


def _count_done(race: Race, facts: Facts, length_m: float) -> int:
    """Return for how many cars the race is over: provisional results are told with each."""
    match race.setup.mode.rules.finish:
        case FinishRule.LAST_LAP:
            return len(facts.cars.finishes(race, length_m))
        case FinishRule.LAST_CAR:
            return len(facts.cars.out_laps(race, length_m))
        case finish:
            assert_never(finish)


def standings(race: Race, facts: Facts, local_race: LocalRace | None) -> tuple[Row, ...]:
    """Return the table as this node has it now; official only once it is decreed."""
    ways = {} if local_race is None else local_race.distances()
    distances = {number: ways.get(number, 0.0) for number in race.cars}
    length_m = 0.0 if local_race is None else local_race.track.length_m
    return facts.cars.table(race, length_m, distances)
