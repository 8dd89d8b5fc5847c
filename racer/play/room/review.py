"""Whether what a coordinator decrees follows from what its followers hold themselves.

They may hold less than it did, or more: then nobody can say, and the decree stands. What rests on
what nobody told, passes over what has long been here, or takes a car from who drives it, an honest
coordinator does not decree. A ruling that changes nothing harms nobody. In which order lines of
chat stand is the coordinator's to say: after a merge the followers need not have them as it does;
how many of one author get a place is not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never, final

from net import Decree, Dot, NodeId, Order, Rule, Ruled
from racer.core.rules.modes import FinishRule, Mode, best_lap_key
from racer.core.rules.results import CarFinish, finish_key
from racer.play.limits import (
    COUNTDOWN_NS,
    MILLISECOND,
    PASSED_OVER_NS,
    REVIEW_CLOCK_NS,
    REVIEW_WAIT_NS,
    STALE_NS,
    VOTE_NS,
)
from racer.play.room.chat_pace import PlacesSeen
from racer.play.room.facts import Facts
from racer.play.room.messages import (
    Claim,
    Disqualification,
    Grant,
    Grid,
    LapTime,
    Lease,
    LobbyOpened,
    Removal,
    RemovalVote,
    ResultRow,
    Results,
    Ruling,
    Seat,
    Setup,
    Unseat,
    decode_ruling,
)
from racer.play.room.polls import people, removal_votes_needed
from racer.play.room.referee import close_ns, idle_ns, shown_ns
from racer.play.room.room import Race, Room
from racer.play.room.votes import END, LIES, READY, REMOVE, SETTINGS, START, Vote


class Misruling(StrEnum):
    """Why a decree cannot be an honest coordinator's."""

    UNFOUNDED = "nobody told of that"
    PASSED_OVER = "it passes over what all have long known"
    CONTRADICTED = "it rests on what its own author's car contradicts"
    OUT_OF_ORDER = "it is not in order"
    OTHER_CARS = "it is not of the cars that race"
    TOO_SOON = "the race is not over"
    PRESENT = "who drives that car is here"
    FUTURE = "it lies in the future"
    STALE = "it lies long past"
    FLOODING = "it gives one driver's lines more places than anybody gets"
    RACING = "nobody loses a number while a race is on"

    @property
    def may_lack(self) -> bool:
        """Whether what is still to come may show that it is right: a word, a state, or the clock.

        After a merge ours may be another's yet.
        """
        return self in {
            Misruling.UNFOUNDED,
            Misruling.PRESENT,
            Misruling.FLOODING,
            Misruling.FUTURE,
            Misruling.STALE,
            Misruling.TOO_SOON,
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a follower holds."""

    facts: Facts
    drives_on: Callable[[int], bool]  # whether a car is seen to be driven, all the time
    knows: Callable[[NodeId, LapTime | Claim], bool]  # whether a fact is true for certain
    length_of: Callable[[str], float | None]
    by: NodeId  # who decrees
    race_ns: int
    here: Collection[NodeId]
    holds: Callable[[Dot], bool]  # whether an operation has come, or a checkpoint counts it
    now_ns: int  # by this node's own clock
    convicted: Collection[NodeId] = ()  # of saying two things: what they said is here no more


@final
class Reviewer:
    """Judges decrees at one node, and remembers what facts it has long had."""

    def __init__(self) -> None:
        self._found: list[tuple[NodeId, Misruling]] = []  # against whom; to be told
        self._heard_ns: dict[tuple[NodeId, LapTime | Claim], int] = {}
        self.places = PlacesSeen()

    def hear(self, author: NodeId, fact: LapTime | Claim, race: Race | None, race_ns: int) -> None:
        """Note when a fact of the race that is on came. Those of the one before are forgotten."""
        if race is None or fact.race != race.id:
            return
        known = next(iter(self._heard_ns), None)
        if known is not None and known[1].race != race.id:
            self._heard_ns = {}
        self._heard_ns.setdefault((author, fact), race_ns)

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
                misruling = self._judge_place(ahead[-1], dot, evidence)
            case Rule(body=body):
                if len(ahead) > 1:
                    room = Room.begin_from(room.fold(evidence.facts.lines))
                    for decree in ahead[:-1]:
                        room.apply(decree)
                misruling = self._find_misruling(decode_ruling(body), room, evidence)
            case _:
                return Ruled.FITS
        if misruling is None:
            return Ruled.FITS
        if misruling.may_lack and waited_ns < REVIEW_WAIT_NS:
            return Ruled.WAITS
        if misruling is Misruling.UNFOUNDED and _rests_on_convicted(room, evidence):
            misruling = Misruling.PASSED_OVER  # who decreed it may have heard of that later
        self._found.append((evidence.by, misruling))
        return Ruled.REFUSED

    def _judge_place(self, decree: Decree, dot: Dot, evidence: Evidence) -> Misruling | None:
        """Hold a place in the chat against what was said, and against its author's share of it.

        What somebody said who is gone may have been heard by who coordinates alone.
        """
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
                return _judge_removal(ruling, room, evidence)
            case Disqualification():
                return None if _is_witnessed(ruling, evidence.facts) else Misruling.UNFOUNDED
            case Setup():
                return _judge_setup(ruling, room, evidence.facts)
            case Grid():
                return _judge_grid(ruling, room, evidence)
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
        heard_ns = self._heard_ns.get((author, fact), evidence.race_ns)
        return evidence.race_ns - heard_ns >= PASSED_OVER_NS and evidence.knows(author, fact)

    def _judge_grant(self, grant: Grant, race: Race, evidence: Evidence) -> Misruling | None:
        told = [
            each
            for each in evidence.facts.told_claims(race.id)
            if (each.claim.pickup, each.claim.generation) == (grant.pickup, grant.generation)
        ]
        named = [
            each for each in told if (each.node, each.claim.race_ms) == (grant.node, grant.race_ms)
        ]
        if not named or race.number_of(grant.node) is None:
            return Misruling.UNFOUNDED
        if race.green_ns + grant.race_ms * MILLISECOND > evidence.race_ns + STALE_NS:
            return Misruling.FUTURE
        refused = [evidence.facts.is_refused(each.author, each.claim) for each in named]
        if all(refused) and grant.node == evidence.by:
            return Misruling.CONTRADICTED
        passed_over = any(
            each.claim.race_ms < grant.race_ms
            and each.claim.race_ms >= race.returns_ms(grant.pickup)
            and race.number_of(each.node) is not None
            and self._has_long(each.author, each.claim, evidence)
            for each in told
            if each in evidence.facts.claims(race.id)
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
        if _is_out_of_order(results, race, length_m, evidence.facts):
            return Misruling.OUT_OF_ORDER
        return Misruling.TOO_SOON if _is_too_soon(race, length_m, evidence) else None

    def _judge_row(
        self, row: ResultRow, race: Race, length_m: float, flag_ms: int | None, evidence: Evidence
    ) -> Misruling | None:
        """Return what speaks against the laps and the time that a row gives a car.

        Args:
            flag_ms: when the winner finished, by its own row.
        """
        facts = evidence.facts
        run = facts.laps_of(race.id, row.node, length_m)
        if _hides_finish(row, race, run, flag_ms):
            return Misruling.UNFOUNDED
        if _is_borne_out(row, run, race, flag_ms):
            # Of a car that has finished, or is out, no later lap counts.
            counts_on = row.ms is None and row.out_lap is None
            beyond = run[row.laps : race.setup.laps] if counts_on else ()
            if any(self._has_long(row.node, lap, evidence) for lap in beyond):
                return Misruling.PASSED_OVER
            return None
        if not _is_borne_out(row, facts.told_laps(race.id, row.node), race, flag_ms):
            return Misruling.UNFOUNDED
        # Another's lie, that its coordinator could not see through, is not the coordinator's.
        return Misruling.CONTRADICTED if row.node == evidence.by else None


def _rests_on_convicted(room: Room, evidence: Evidence) -> bool:
    """Whether somebody races by the decrees whose words count no more, as who decrees may not know.

    Words that it rests on are gone here, and may have been there when it was decreed.
    """
    race = room.race
    if race is None or not room.in_race:
        return False
    racing = {*race.cars.values(), *map(race.driver_of, race.cars)}
    return any(node in racing for node in evidence.convicted)


def _judge_setup(setup: Setup, room: Room, facts: Facts) -> Misruling | None:
    """Hold a change of what is raced next against what was voted on at all.

    For what most are is not asked: who is here, each sees in its own way, and a voter's newest word
    may have come here first. A circuit that somebody lacks may be replaced without a vote.
    """
    if room.setup is None:
        return None
    was, race = room.setup.race, setup.race
    lacking = any(facts.share_of(was.content, node) < 1.0 for node in room.seats)
    changed = {name for name in SETTINGS if getattr(was, name) != getattr(race, name)}
    changed |= {"track"} if was.content != race.content else set()
    unasked = {name for name in changed if not facts.votes.on(name, room.lobby)}
    founded = not unasked or (lacking and unasked <= {"track", "laps"})
    return None if founded and setup.players == room.setup.players else Misruling.UNFOUNDED


def _is_unasked(room: Room, facts: Facts) -> bool:
    """Whether a race among people begins that none of them asked for.

    The first one of a room, that of bots, and that behind its qualifying begin by themselves.
    """
    entries = [facts.entry_of(node) for node in room.seats]
    alone = room.round == 0 or any(entry is None or entry.bot for entry in entries)
    if alone or (room.race is not None and room.race.qualifying):
        return False
    return not any(facts.votes.on(what, room.lobby) for what in (START, READY))


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


def _judge_removal(removal: Removal, room: Room, evidence: Evidence) -> Misruling | None:
    """Hold who is put out against the votes of others that were cast; a newer one may be here.

    It takes as many as of the others whom we see here, or the host's: whose link flickers is
    gone to one and here to another, and just that may be why it is to go.
    """
    cast = evidence.facts.votes.on(REMOVE, removal.node)
    named = {vote.node for vote in removal.votes} - {removal.node}
    voters = set(people(sorted(room.seats), evidence.facts, named)) | (named & {room.host})
    voted = all(
        (known := cast.get(vote.node)) is not None
        and known.dot >= vote
        and _stands(known, evidence)
        for vote in removal.votes
    )
    others = set(evidence.here) - {removal.node}
    needed = removal_votes_needed(room, evidence.facts, others)
    enough = voters == {room.host} or len(voters) >= needed
    return None if voted and enough else Misruling.UNFOUNDED


def _stands(vote: Vote, evidence: Evidence) -> bool:
    """Whether a vote to remove somebody counts, or did until so shortly that it may elsewhere."""
    ago_ns = evidence.race_ns - 1000 * vote.race_us
    on = isinstance(vote.ballot, RemovalVote) and vote.ballot.on
    return ago_ns < PASSED_OVER_NS or (on and ago_ns < VOTE_NS + PASSED_OVER_NS)


def _is_witnessed(ruling: Disqualification, facts: Facts) -> bool:
    """Whether who is named as a witness is one; that they are enough the room sees for itself."""
    told = facts.votes.on(LIES, ruling.race + ruling.node)
    return all(
        (known := told.get(dot.node)) is not None and known.dot >= dot for dot in ruling.witnesses
    )


def _judge_grid(grid: Grid, room: Room, evidence: Evidence) -> Misruling | None:
    """Hold a start against the clock, and against what people asked for."""
    green_ns = 1000 * grid.green_us
    if green_ns > evidence.race_ns + COUNTDOWN_NS + REVIEW_CLOCK_NS:
        return Misruling.FUTURE
    if green_ns < evidence.race_ns - STALE_NS:
        return Misruling.STALE
    return Misruling.UNFOUNDED if _is_unasked(room, evidence.facts) else None


def _judge_lease(
    lease: Lease, race: Race, removed: Container[NodeId], evidence: Evidence
) -> Misruling | None:
    owner, driver = race.cars[lease.car], race.driver_of(lease.car)
    asked = evidence.facts.wants_back(race.id, owner, race.lease_of(lease.car))
    if driver in removed or (asked and lease.driver == owner != driver):
        return None
    return Misruling.PRESENT if evidence.drives_on(lease.car) else None


def _is_borne_out(row: ResultRow, run: Sequence[LapTime], race: Race, flag_ms: int | None) -> bool:
    """Whether laps that were told make a row. Its best may be one that counts no more."""
    counted = run[: row.laps]
    if len(counted) < row.laps:
        return False
    if row.ms is not None and not _is_finish(row.ms, counted, race, flag_ms):
        return False
    return row.best_ms is None or any(lap.lap_ms == row.best_ms for lap in run)


def _hides_finish(row: ResultRow, race: Race, run: Sequence[LapTime], flag_ms: int | None) -> bool:
    """Whether a car has finished with the laps of its row, and is told not to have."""
    if race.setup.mode.rules.finish is FinishRule.LAST_CAR:
        return False
    counted = run[: row.laps]
    finished = bool(counted) and _is_finish(counted[-1].race_ms, counted, race, flag_ms)
    is_told = row.ms is not None
    return row.out_lap is not None or (not is_told and (finished or row.laps >= race.setup.laps))


def _is_finish(ms: int, counted: Sequence[LapTime], race: Race, flag_ms: int | None) -> bool:
    """Whether a car that told these laps has finished at this time.

    With the last of them, and by the rule of the race; but for an elimination, which may have
    been won some laps before.
    """
    ends = [lap.race_ms for lap in counted]
    match race.setup.mode.rules.finish:
        case FinishRule.LAST_CAR:
            return ms in ends
        case FinishRule.LAST_LAP if flag_ms is None or not ends or ends[-1] != ms:
            return False
        case FinishRule.LAST_LAP:
            laps, beside_winner = race.setup.laps, {0: [flag_ms] * race.setup.laps, 1: ends}
            found = race.setup.mode.rules.finishes(beside_winner, laps).get(1)
            return found == CarFinish(len(ends), ms)
        case finish:
            assert_never(finish)


def _is_out_of_order(results: Results, race: Race, length_m: float, facts: Facts) -> bool:
    """Whether the same rows, which are what we hold too, stand in an order that is not theirs."""
    if not _stand_in_order(results.rows, race.setup.mode):
        return True
    ways = {row.number: float(-place) for place, row in enumerate(results.rows)}
    table = facts.table(race, length_m, ways)
    ours = [(row.car, row.laps, row.ms, row.best_ms, row.out_lap) for row in table]
    theirs = [(row.number, row.laps, row.ms, row.best_ms, row.out_lap) for row in results.rows]
    return sorted(map(str, ours)) == sorted(map(str, theirs)) and ours != theirs


def _stand_in_order(rows: Sequence[ResultRow], mode: Mode) -> bool:
    """Whether rows stand as their own laps and times have it, whatever we hold.

    Of an elimination they do not tell when each car went out.
    """
    match mode:
        case Mode.RACE:
            keys = [finish_key(row.laps, row.ms) for row in rows]
        case Mode.TRIAL:
            keys = [best_lap_key(row.best_ms) for row in rows]
        case Mode.ELIMINATION:
            return True
        case _:
            assert_never(mode)
    return keys == sorted(keys)


def _is_too_soon(race: Race, length_m: float, evidence: Evidence) -> bool:
    """Whether some car still races that is here, nobody voted for the end, and time is left."""
    facts, now_ns = evidence.facts, evidence.race_ns
    if _is_end_asked(race, facts) or not any(map(evidence.drives_on, race.cars)):
        return False
    closes = close_ns(race, facts, length_m)
    due_ns = idle_ns(race, facts, length_m) if closes is None else closes
    return now_ns + REVIEW_CLOCK_NS < due_ns


def _is_end_asked(race: Race, facts: Facts) -> bool:
    """Whether somebody who races, and is no bot, has had enough of a race."""
    asked = facts.votes.on(END, race.id)
    entries = [facts.entry_of(node) for node in race.cars.values() if node in asked]
    return any(entry is None or not entry.bot for entry in entries)
