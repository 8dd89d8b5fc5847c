"""Whether what a coordinator decrees follows from what its followers hold themselves.

They may hold less than it did, or more: then nobody can say, and the decree stands. What rests on
what nobody told, passes over what has long been here, or takes a car from who drives it, an honest
coordinator does not decree. A ruling that changes nothing harms nobody. In which order lines of
chat stand is the coordinator's to say: after a merge the followers need not have them as it does;
how many of one author get a place is not.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import final

from net import Decree, Dot, NodeId, Order, Rule, Ruled
from racer.play.limits import (
    LEASED_FROM_NS,
    MILLISECOND,
    NOTED_FACTS_MAX,
    PASSED_OVER_NS,
    REVIEW_CLOCK_NS,
    REVIEW_WAIT_NS,
    STALE_NS,
)
from racer.play.review.evidence import Evidence, Misruling
from racer.play.review.lobbies import judge_grid, judge_setup
from racer.play.review.rows import hides_finish, is_borne_out, is_out_of_order, is_too_soon
from racer.play.review.voters import is_witnessed, judge_removal
from racer.play.room.chat_pace import PlacesSeen
from racer.play.room.messages import (
    Claim,
    Disqualification,
    Grant,
    Grid,
    LapTime,
    Lease,
    LobbyOpened,
    RaceId,
    Removal,
    ResultRow,
    Results,
    Ruling,
    Seat,
    Setup,
    Unseat,
    decode_ruling,
)
from racer.play.room.referee import shown_ns
from racer.play.room.room import Race, Room


@final
class Reviewer:
    """Judges decrees at one node, and remembers what facts it has long had."""

    def __init__(self) -> None:
        self._found: list[tuple[NodeId, Misruling]] = []  # against whom; to be told
        self._heard_ns: dict[NodeId, dict[LapTime | Claim, int]] = {}  # by author, of one race
        self._heard_in: RaceId | None = None
        self.places = PlacesSeen()

    def hear(self, author: NodeId, fact: LapTime | Claim, race: Race | None, race_ns: int) -> None:
        """Note when a fact of the race that is on came. Those of the one before are forgotten."""
        if race is None or fact.race != race.id:
            return
        if race.id != self._heard_in:
            self._heard_ns, self._heard_in = {}, race.id
        heard = self._heard_ns.setdefault(author, {})
        if len(heard) < NOTED_FACTS_MAX:
            heard.setdefault(fact, race_ns)

    def take_found(self) -> list[tuple[NodeId, Misruling]]:
        """Return against whom something was found since this was last asked, and what."""
        found, self._found = self._found, []
        return found

    def review(
        self, ahead: Sequence[Decree], room: Room, evidence: Evidence, waited_ns: int
    ) -> Ruled:
        """Judge the last of some decrees that follow a room; it is left as it is."""
        match ahead[-1].what:
            case Order(dot=dot):
                before = [each for each in ahead[:-1] if not isinstance(each.what, Order)]
                removed = _room_after(before, room, evidence).removed
                misruling = self._judge_place(ahead[-1], dot, removed, evidence)
            case Rule(body=body):
                room = _room_after(ahead[:-1], room, evidence)
                misruling = self._find_misruling(decode_ruling(body), room, evidence)
            case _:
                return Ruled.FITS
        if misruling is None:
            return Ruled.FITS
        if misruling.may_lack and waited_ns < REVIEW_WAIT_NS:
            return Ruled.WAITS
        if misruling is Misruling.UNFOUNDED and _rests_on_convicted(room, evidence):
            misruling = Misruling.PASSED_OVER  # who decreed it may have heard of that later
        elif ahead[-1].epoch < evidence.epoch:
            misruling = Misruling.REPEATED  # it may have been so when somebody else decreed it
        self._found.append((evidence.by, misruling))
        return Ruled.REFUSED

    def _judge_place(
        self, decree: Decree, dot: Dot, removed: Container[NodeId], evidence: Evidence
    ) -> Misruling | None:
        """Hold a place in the chat against what was said, and against its author's share of it.

        What somebody said who is gone may have been heard by who coordinates alone. That somebody
        is out stands in the decrees before it, which both have.
        """
        if dot.node in removed:
            return Misruling.REMOVED
        if dot.node in evidence.here and not evidence.holds(dot):
            return Misruling.UNFOUNDED
        fits = self.places.take(dot.node, decree.index, decree.epoch, evidence.now_ns)
        return None if fits else Misruling.FLOODING

    def _find_misruling(
        self, ruling: Ruling | None, room: Room, evidence: Evidence
    ) -> Misruling | None:
        race = room.race
        match ruling:
            case Seat(node=node):
                known = evidence.facts.entry_of(node) is not None
                return None if known else Misruling.UNFOUNDED
            case Unseat(node=node):
                return Misruling.RACING if room.in_race and node in room.seats else None
            case Removal():
                return judge_removal(ruling, room, evidence)
            case Disqualification():
                return None if is_witnessed(ruling, evidence.facts) else Misruling.UNFOUNDED
            case Setup():
                return judge_setup(ruling, room, evidence)
            case Grid() if _counts_grid(ruling, room):
                return judge_grid(ruling, room, evidence)
            case LobbyOpened() if race is not None and race.results is not None and room.in_race:
                open_ns = 1000 * race.results.closed_us + shown_ns(race)
                early = evidence.race_ns + REVIEW_CLOCK_NS < open_ns
                return Misruling.TOO_SOON if early else None
            case Grant() if race is not None and _counts_grant(ruling, race):
                return self._judge_grant(ruling, race, evidence)
            case Lease() if race is not None and _counts_lease(ruling, race):
                return _judge_lease(ruling, race, room.removed, evidence)
            case Results() if race is not None and _counts_results(ruling, race, room):
                return self._judge_results(ruling, race, evidence)
            case _:
                return None

    def _has_long(self, author: NodeId, fact: LapTime | Claim, evidence: Evidence) -> bool:
        """Whether a fact is true, and has been here so long that whoever leads us has it, too."""
        heard_ns = self._heard_ns.get(author, {}).get(fact, evidence.race_ns)
        return evidence.race_ns - heard_ns >= PASSED_OVER_NS and evidence.knows(author, fact)

    def _judge_grant(self, grant: Grant, race: Race, evidence: Evidence) -> Misruling | None:
        told = [
            each
            for each in evidence.facts.cars.told_claims(race.id)
            if (each.claim.pickup, each.claim.generation) == (grant.pickup, grant.generation)
        ]
        named = [
            each for each in told if (each.node, each.claim.race_ms) == (grant.node, grant.race_ms)
        ]
        if not named or race.number_of(grant.node) is None:
            return Misruling.UNFOUNDED
        if race.green_ns + grant.race_ms * MILLISECOND > evidence.race_ns + STALE_NS:
            return Misruling.FUTURE
        refused = [evidence.facts.cars.is_refused(each.author, each.claim) for each in named]
        if all(refused) and grant.node == evidence.by:
            return Misruling.CONTRADICTED
        standing = set(evidence.facts.cars.claims(race.id))  # thousands may be told of one pick-up
        passed_over = any(
            each.claim.race_ms < grant.race_ms
            and each.claim.race_ms >= race.returns_ms(grant.pickup)
            and race.number_of(each.node) is not None
            and self._has_long(each.author, each.claim, evidence)
            for each in told
            if each in standing
        )
        return Misruling.PASSED_OVER if passed_over else None

    def _judge_results(self, results: Results, race: Race, evidence: Evidence) -> Misruling | None:
        length_m = evidence.length_of(race.setup.circuit)
        if length_m is None:
            return None
        if 1000 * results.closed_us > evidence.race_ns + REVIEW_CLOCK_NS:
            return Misruling.FUTURE
        if sorted((row.number, row.node) for row in results.rows) != sorted(race.cars.items()):
            return Misruling.OTHER_CARS
        finished = [row.ms for row in results.rows if row.laps >= race.setup.laps]
        flag_ms = min((ms for ms in finished if ms is not None), default=None)
        for row in results.rows:
            misruling = self._judge_row(row, race, length_m, flag_ms, evidence)
            if misruling is not None:
                return misruling
        if is_out_of_order(results, race, length_m, evidence.facts):
            return Misruling.OUT_OF_ORDER
        return Misruling.TOO_SOON if is_too_soon(race, length_m, evidence) else None

    def _judge_row(
        self, row: ResultRow, race: Race, length_m: float, flag_ms: int | None, evidence: Evidence
    ) -> Misruling | None:
        """Return what speaks against the laps and the time that a row gives a car.

        Args:
            flag_ms: when the winner finished, by its own row.
        """
        facts = evidence.facts
        run = facts.cars.laps_of(race.id, row.node, length_m)
        if hides_finish(row, race, run, flag_ms):
            return Misruling.UNFOUNDED
        if is_borne_out(row, run, race, flag_ms):
            # Of a car that has finished, or is out, no later lap counts.
            counts_on = row.ms is None and row.out_lap is None
            beyond = run[row.laps : race.setup.laps] if counts_on else ()
            if any(self._has_long(row.node, lap, evidence) for lap in beyond):
                return Misruling.PASSED_OVER
            return None
        if not is_borne_out(row, facts.cars.told_laps(race.id, row.node), race, flag_ms):
            return Misruling.UNFOUNDED
        # Another's lie, that its coordinator could not see through, is not the coordinator's.
        return Misruling.CONTRADICTED if row.node == evidence.by else None


def _room_after(decrees: Sequence[Decree], room: Room, evidence: Evidence) -> Room:
    """Return what a room will be by decrees that do not count yet; it is left as it is."""
    if not decrees:
        return room
    room = Room.begin_from(room.fold(evidence.facts.lines))
    for decree in decrees:
        room.apply(decree)
    return room


def _rests_on_convicted(room: Room, evidence: Evidence) -> bool:
    """Whether somebody races by the decrees whose words count no more, as who decrees may not know.

    Words that it rests on are gone here, and may have been there when it was decreed.
    """
    race = room.race
    if race is None or not room.in_race:
        return False
    racing = {*race.cars.values(), *map(race.driver_of, race.cars)}
    return any(node in racing for node in evidence.convicted)


def _counts_grid(grid: Grid, room: Room) -> bool:
    is_set_up = room.setup is not None and not room.in_race
    return is_set_up and set(grid.cars) <= set(room.seats.values())


def _counts_grant(grant: Grant, race: Race) -> bool:
    return (
        grant.race == race.id
        and race.results is None
        and grant.generation == race.generation(grant.pickup)
        and grant.race_ms >= race.returns_ms(grant.pickup)
    )


def _counts_lease(lease: Lease, race: Race) -> bool:
    return (
        lease.race == race.id
        and race.results is None
        and lease.car in race.cars
        and lease.lease == race.lease_of(lease.car) + 1
    )


def _counts_results(results: Results, race: Race, room: Room) -> bool:
    return room.in_race and results.race == race.id and race.results is None


def _judge_lease(
    lease: Lease, race: Race, removed: Container[NodeId], evidence: Evidence
) -> Misruling | None:
    owner, driver = race.cars[lease.car], race.driver_of(lease.car)
    asked = evidence.facts.cars.wants_back(race.id, owner, race.lease_of(lease.car))
    if driver in removed or (asked and lease.driver == owner != driver):
        return None
    if evidence.drives_on(lease.car):
        return Misruling.PRESENT
    early = evidence.race_ns + REVIEW_CLOCK_NS < race.green_ns + LEASED_FROM_NS
    return Misruling.EARLY if early and evidence.shares_clock else None
