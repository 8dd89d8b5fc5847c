"""The referee: what the coordinator should decree next. Pure and without memory.

It reads committed decrees and delivered facts, so whoever coordinates next continues where the last
one stopped (ADR 15). Contended things go by the moment of touch, not by arrival.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never, final

from net import Dot, NodeId, Order, Rule
from racer.core.rules.grid_order import GridOrder, line_up
from racer.core.rules.modes import FinishRule
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import GRID_MAX
from racer.play.limits import (
    ABANDONED_NS,
    ABSENT_NS,
    CLAIM_WINDOW_NS,
    CLOSE_NS,
    COUNTDOWN_NS,
    IDLE_M_S,
    IDLE_NS,
    LEASED_FROM_NS,
    MILLISECOND,
    QUALIFIED_SHOWN_NS,
    RESULTS_SETTLE_NS,
    RESULTS_SHOWN_NS,
    RULINGS_AT_ONCE_MAX,
    SECOND,
    SETTLE_NS,
    UNSEAT_NS,
)
from racer.play.room.car_facts import Claimed
from racer.play.room.facts import Facts
from racer.play.room.messages import (
    Grant,
    Grid,
    Hosted,
    Lease,
    LobbyOpened,
    RaceId,
    ResultRow,
    Results,
    Ruling,
    Seat,
    Setup,
    Unseat,
    encode,
)
from racer.play.room.polls import (
    WasHere,
    chosen_setup,
    disqualification_due,
    end_poll,
    removals_due,
    start_ns,
    unknown_presence,
    upheld_due,
)
from racer.play.room.room import Race, Room
from racer.play.view import Phase


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who is here, as the coordinator sees it: race clock since when, by node."""

    here_ns: Mapping[NodeId, int]
    gone_ns: Mapping[NodeId, int]
    left: Collection[NodeId] = frozenset()  # those of the gone who went on purpose, or had to
    was_here: WasHere = unknown_presence

    def is_here(self, node: NodeId) -> bool:
        return node in self.here_ns


def close_ns(race: Race, facts: Facts, length_m: float) -> int | None:
    """Return the race clock at which the race closes, once a car has finished.

    Args:
        length_m: of a lap; who tells of a lap faster than any car has not finished.
    """
    match race.setup.mode.rules.finish:
        case FinishRule.LAST_LAP:
            return _last_laps_close_ns(race, facts, length_m)
        case FinishRule.LAST_CAR:
            return _last_car_close_ns(race, facts, length_m)
        case finish:
            assert_never(finish)


def idle_ns(race: Race, facts: Facts, length_m: float) -> int:
    """Return the race clock at which a race closes unless some car crosses the line before."""
    last_ms = max(
        (
            laps[-1].race_ms
            for node in race.cars.values()
            if (laps := facts.cars.laps_of(race.id, node, length_m))
        ),
        default=0,
    )
    lap_ns = round(length_m / IDLE_M_S) * SECOND
    return race.green_ns + last_ms * MILLISECOND + lap_ns + IDLE_NS


def shown_ns(race: Race) -> int:
    """Return how long the results of a race stand before the next lobby."""
    return QUALIFIED_SHOWN_NS if race.qualifying else RESULTS_SHOWN_NS


def _last_laps_close_ns(race: Race, facts: Facts, length_m: float) -> int | None:
    """Return when a race closes some time after the first finisher, or soon after the last."""
    finished = [each.race_ms for each in facts.cars.finishes(race, length_m).values()]
    if not finished:
        return None
    first, last = min(finished), max(finished)
    closes = race.green_ns + (first + first // 4) * MILLISECOND + CLOSE_NS
    if len(finished) == len(race.cars):
        closes = min(closes, race.green_ns + last * MILLISECOND + RESULTS_SETTLE_NS)
    return closes


def _last_car_close_ns(race: Race, facts: Facts, length_m: float) -> int | None:
    """Return when a race closes that is over a moment after one car alone is in."""
    won_ms = facts.cars.table(race, length_m, dict.fromkeys(race.cars, 0.0))[0].ms
    if won_ms is None:
        return None
    return race.green_ns + won_ms * MILLISECOND + RESULTS_SETTLE_NS


def _unknown_place(number: int) -> bytes | None:
    return None


def _whenever(_setup: Setup, _race_ns: int) -> bool:
    return True


@final
@dataclass(frozen=True, slots=True)
class Referee:
    """Decides for one room, by what its coordinator knows."""

    setup: Setup  # of a room that has none yet …
    length_of: Callable[[str], float | None]  # of a lap [m], by key; None: not known here (yet)
    place_of: Callable[[int], bytes | None] = _unknown_place  # of a car, packed; None: unknown
    host: NodeId | None = None  # … and whose word counts in it, if anybody's does
    may_choose: Callable[[Setup, int], bool] = _whenever  # what is raced next, at this race clock

    def due(
        self,
        room: Room,
        facts: Facts,
        presence: Attendance,
        distances: dict[int, float],
        race_ns: int,
        lines: Sequence[Dot] = (),
    ) -> list[Rule | Order]:
        """Return what to decree now, in order; nothing where nothing is due.

        Args:
            distances: way raced [m], by number.
            lines: of chat, whose turn it is to get a place (`ChatPace`).
        """
        rulings: list[Ruling] = [*removals_due(room, facts, presence.here_ns, race_ns)]
        rulings = rulings or [
            *upheld_due(room, facts, presence.here_ns, presence.was_here, race_ns)
        ]
        rulings += self._due_rulings(room, facts, presence, distances, race_ns)
        orders = [Order(dot) for dot in lines if dot.node not in room.removed]
        # A merge brings hundreds of lines; half of what is decreed at once is left to all else.
        most = max(RULINGS_AT_ONCE_MAX - len(rulings), RULINGS_AT_ONCE_MAX // 2)
        due: list[Rule | Order] = [*orders[:most], *(Rule(encode(ruling)) for ruling in rulings)]
        return due[:RULINGS_AT_ONCE_MAX]

    def _due_rulings(
        self,
        room: Room,
        facts: Facts,
        presence: Attendance,
        distances: dict[int, float],
        race_ns: int,
    ) -> list[Ruling]:
        if room.setup is None:
            return [self.setup] if self.host is None else [self.setup, Hosted(self.host)]
        race = room.race
        put_out = disqualification_due(race, facts, race_ns)
        if put_out is not None:
            return [put_out]  # all else is of the cars that are left
        match room.phase(race_ns):
            case Phase.LOBBY:
                return self._lobby_rulings(room, facts, presence, race_ns)
            case Phase.RACING if race is not None:
                if self._is_race_over(race, facts, presence, race_ns):
                    return [self._build_results(race, facts, distances, race_ns)]
                grants = grants_due(race, facts.cars.claims(race.id), race_ns)
                leases = leases_due(race, facts, presence, self._length_m(race), race_ns)
                return [*map(self._tell_place, leases), *grants]
            case Phase.FINISHED if race is not None:
                closed = race.green_ns if race.results is None else 1000 * race.results.closed_us
                return [LobbyOpened()] if race_ns > closed + shown_ns(race) else []
            case _:
                return []

    # --- lobby --------------------------------------------------------------------------------

    def _lobby_rulings(
        self, room: Room, facts: Facts, presence: Attendance, race_ns: int
    ) -> list[Ruling]:
        seating = _seat_rulings(room, facts, presence, race_ns)
        chosen = self._chosen_setup(room, facts, presence, race_ns)
        if seating or chosen is not None:
            return seating if chosen is None else [chosen, *seating]
        if room.setup is None or self.length_of(room.setup.race.circuit) is None:
            return self._replacement_setup(room, facts, presence, race_ns)
        return _start_rulings(room, facts, presence, race_ns)

    def _chosen_setup(
        self, room: Room, facts: Facts, presence: Attendance, race_ns: int
    ) -> Setup | None:
        """Return what the votes make of the next race, if it is not that already."""
        here = [node for node in sorted(room.seats) if presence.is_here(node)]

        def is_to_be_had(race: RaceSetup) -> bool:
            if race.content is None:
                return self.length_of(race.track) is not None  # else nobody says where it is
            return not facts.nobody_has(race.content, here, race_ns)

        found = chosen_setup(room, facts, presence.here_ns, is_to_be_had)
        if found is None or room.setup is None:
            return None
        chosen = replace(room.setup, race=found[0], choice=found[1])
        return chosen if self.may_choose(chosen, race_ns) else None

    def _replacement_setup(
        self, room: Room, facts: Facts, presence: Attendance, race_ns: int
    ) -> list[Ruling]:
        """Race elsewhere if the circuit is lost. Without it we could not tell who finished."""
        lost, own = room.setup, self.setup.race
        here = [node for node in sorted(room.seats) if presence.is_here(node)]
        if lost is None or own.content in {None, lost.race.content}:
            return []
        if not facts.nobody_has(lost.race.content, here, race_ns):
            return []
        race = replace(lost.race, track=own.track, laps=own.laps, content=own.content)
        return [replace(lost, race=race)]

    # --- race ---------------------------------------------------------------------------------

    def _is_race_over(self, race: Race, facts: Facts, presence: Attendance, race_ns: int) -> bool:
        length_m = self._length_m(race)
        closes = close_ns(race, facts, length_m)
        carried = end_poll(race, facts, presence.here_ns).carried
        if carried or race_ns >= (closes or idle_ns(race, facts, length_m)):
            return True
        if closes is not None:
            return False
        left = [presence.gone_ns.get(node, race.green_ns) for node in race.cars.values()]
        abandoned = not any(presence.is_here(node) for node in race.cars.values())
        return abandoned and race_ns - max(*left, race.green_ns) > ABANDONED_NS

    def _tell_place(self, lease: Lease) -> Lease:
        """Return a lease that tells where its car is."""
        return Lease(lease.race, lease.car, lease.lease, lease.driver, self.place_of(lease.car))

    def _build_results(
        self, race: Race, facts: Facts, distances: dict[int, float], race_ns: int
    ) -> Results:
        ways = {number: distances.get(number, 0.0) for number in race.cars}
        rows = facts.cars.table(race, self._length_m(race), ways)
        return Results(
            race.id,
            tuple(
                ResultRow(race.cars[row.car], row.car, row.laps, row.ms, row.best_ms, row.out_lap)
                for row in rows
            ),
            race_ns // 1000,
        )

    def _length_m(self, race: Race) -> float:
        return self.length_of(race.setup.circuit) or 0.0


def _seat_rulings(room: Room, facts: Facts, presence: Attendance, race_ns: int) -> list[Ruling]:
    """Give numbers to those who are here, and take those of the gone back."""
    rulings: list[Ruling] = [
        Unseat(node)
        for node in sorted(room.seats)
        if not presence.is_here(node)
        and race_ns - presence.gone_ns.get(node, race_ns - 2 * UNSEAT_NS) > UNSEAT_NS
    ]
    given: set[int] = set()
    for node in facts.entrants():
        if node in room.seats or node in room.removed or not presence.is_here(node):
            continue
        number = room.free_number(given, GRID_MAX)
        if number is not None:
            given.add(number)
            rulings.append(Seat(node, number))
    return rulings


def _start_rulings(room: Room, facts: Facts, presence: Attendance, race_ns: int) -> list[Ruling]:
    """Decree the next race, or the qualifying for it; the race follows a qualifying by itself."""
    assert room.setup is not None
    here = [node for node in room.seats if presence.is_here(node)]
    if not is_start_due(room, facts, presence, race_ns):
        return []
    if facts.fetchers(room.setup.race.content, here, race_ns):
        return []
    cars, qualifying = next_grid(room, [room.seats[node] for node in here])
    node_of = {number: node for node, number in room.seats.items()}
    kinds = tuple(facts.kind_of(node_of[number]) for number in cars)
    told = kinds if any(kinds) else ()
    return [Grid(cars, (race_ns + COUNTDOWN_NS) // 1000, told, qualifying)]


def is_start_due(room: Room, facts: Facts, presence: Attendance, race_ns: int) -> bool:
    """Whether the next race should begin, but for who may still fetch its circuit."""
    here = [node for node in room.seats if presence.is_here(node)]
    if room.setup is None or not here:
        return False
    players = room.setup.players
    settled = race_ns - max(presence.here_ns[node] for node in here) > SETTLE_NS
    complete = starts_by_itself(room, facts, here) and 0 < players <= len(here) and settled
    qualified = _is_by_laps(room.setup.race) and _is_qualified(room)
    asked_ns = start_ns(room, facts, presence.here_ns)
    return complete or qualified or (asked_ns is not None and asked_ns <= race_ns)


def next_grid(room: Room, numbers: Collection[int]) -> tuple[tuple[int, ...], bool]:
    """Return in which order cars stand on the next grid, and whether it is one of a qualifying.

    It follows from the decrees so far, so all that hold them agree.
    """
    assert room.setup is not None
    setup, results = room.setup.race, None if room.race is None else room.race.results
    rows = () if results is None else results.rows
    last = [room.seats[row.node] for row in rows if row.node in room.seats]
    cars = line_up(setup.grid, sorted(set(numbers)), room.round, room.lobby, last)
    return cars, _is_by_laps(setup) and not _is_qualified(room)


def starts_by_itself(room: Room, facts: Facts, here: Sequence[NodeId]) -> bool:
    """Whether the next race starts when enough are here, and nobody need ask for it.

    People who have raced once say themselves when they want to again; bots never tire.
    """
    return room.round == 0 or all(_is_bot(facts, node) for node in here)


def _is_by_laps(setup: RaceSetup) -> bool:
    """Whether a trial before the race says who stands where."""
    return setup.grid is GridOrder.QUALIFYING and not setup.mode.rules.alone


def _is_qualified(room: Room) -> bool:
    """Whether the last that was driven was the qualifying for the race that is set up."""
    race, setup = room.race, room.setup
    return race is not None and setup is not None and race.is_qualified_for(setup.race.circuit)


def leases_due(
    race: Race, facts: Facts, presence: Attendance, length_m: float, race_ns: int
) -> list[Lease]:
    """Give cars back to owners that ask, and those of absent drivers to somebody here.

    Not in the first seconds: nobody could tell that from taking them away.

    Args:
        length_m: of a lap: who has finished needs no driver.
    """
    leases: list[Lease] = []
    finishes = facts.cars.finishes(race, length_m)
    drivers = {number: race.driver_of(number) for number in sorted(race.cars)}
    for number, owner in sorted(race.cars.items()):
        if number in finishes:
            continue
        lease, driver = race.lease_of(number), drivers[number]
        asks = driver != owner and facts.cars.wants_back(race.id, owner, lease)
        if asks and presence.is_here(owner):
            leases.append(Lease(race.id, number, lease + 1, owner))
            continue
        left = driver == owner and owner in presence.left
        if presence.is_here(driver) or (left and not race.setup.mode.rules.drives_left):
            continue
        if race_ns - presence.gone_ns.get(driver, race_ns) < ABSENT_NS:
            continue
        if race_ns - race.green_ns < LEASED_FROM_NS:
            continue
        substitute = _least_busy(drivers, facts, presence)
        if substitute is not None:
            drivers[number] = substitute
            leases.append(Lease(race.id, number, lease + 1, substitute))
    return leases


def _least_busy(drivers: Mapping[int, NodeId], facts: Facts, presence: Attendance) -> NodeId | None:
    """Return who of the drivers here drives the fewest cars; who only watches drives none."""
    busy = list(drivers.values())
    able = {node for node in presence.here_ns if facts.entry_of(node) is not None}
    here = sorted(able | (set(busy) & set(presence.here_ns)), key=lambda n: (busy.count(n), n))
    return here[0] if here else None


def _is_bot(facts: Facts, node: NodeId) -> bool:
    entry = facts.entry_of(node)
    return entry is not None and entry.bot


def grants_due(race: Race, claims: list[Claimed], race_ns: int) -> list[Grant]:
    """Return which canisters go to whom now: each to its earliest touch, by a fair draw if equal.

    A first claim waits CLAIM_WINDOW_NS from its touch for a nearer one.
    """
    wanted: dict[int, list[Claimed]] = {}
    for claimed in claims:
        claim = claimed.claim
        is_open = claim.generation == race.generation(claim.pickup)
        is_back = claim.race_ms >= race.returns_ms(claim.pickup)
        if is_open and is_back and race.number_of(claimed.node) is not None:
            wanted.setdefault(claim.pickup, []).append(claimed)
    grants: list[Grant] = []
    for pickup in sorted(wanted):
        first = min(wanted[pickup], key=lambda c: (c.claim.race_ms, _claim_lot(race.id, c)))
        claim = first.claim
        touched_ns = race.green_ns + claim.race_ms * MILLISECOND
        if race_ns - touched_ns >= CLAIM_WINDOW_NS:
            grant = Grant(race.id, pickup, claim.generation, first.node, claim.race_ms)
            grants.append(grant)
    return grants


def _claim_lot(race: RaceId, claimed: Claimed) -> bytes:
    """Return a node's lot for one canister: not its id, which would always win or lose."""
    claim = claimed.claim
    seed = race + bytes([claim.pickup]) + claim.generation.to_bytes(4, "big") + claimed.node
    return hashlib.blake2b(seed, digest_size=8).digest()
