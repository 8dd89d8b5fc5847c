"""What this node saw of the cars of others, and what it makes of what their drivers tell of them.

Each receiver judges for itself, by the states that it holds. What it refuses it does not count: not
where it shows the race, nor where it decrees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias, assert_never, final

from net import Counters, Member, NodeId
from racer.core.judging.trail import CarTrail
from racer.core.judging.verdict import (
    Contradiction,
    LapTold,
    Plausibility,
    Verdict,
    Watch,
    judge_lap,
    judge_seen_hit,
    judge_touch,
)
from racer.core.physics.contact import Hit
from racer.core.tuning import TICK_HZ
from racer.play.limits import (
    CATCH_UP_TICKS_MAX,
    CLOCK_SHARED_MS,
    DRIVEN_MS,
    HANDS_KNOWN_TICKS,
    JUDGED_AGAIN_MS,
    JUDGED_AT_ONCE,
    JUDGED_MS,
    NOTED_FACTS_MAX,
    TRAILS_MAX,
    TRAILS_OF_ONE_MAX,
    UNJUDGED_MAX,
    UNWATCHED_MS,
)
from racer.play.room.messages import Claim, LapTime

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.recordings.car_codec import CarFrame

CarFact: TypeAlias = LapTime | Claim
"""What a driver tells of a car that others have seen."""

NEVER_MS: Final = -(10**9)

Hands: TypeAlias = tuple[int, Member]
"""A car's number, and the life that drives it."""


@dataclass(slots=True)
class CarCounters(Counters):
    """What was told of cars and does not count."""

    part: ClassVar[str] = "cars"
    malformed: int = 0  # states told under the race that is on, and no state of a car
    leapt: int = 0  # states to which no car can have come from the state before
    refused: Counter[str] = field(default_factory=Counter)  # laps and claims, by what they fail
    witnessed: int = 0  # lies in a race that this node bore witness to


@dataclass(frozen=True, slots=True)
class Disbelief:
    """What does not count here, and what speaks against it; None: a state, of a leap."""

    author: NodeId
    fact: CarFact | Hit | None
    why: Contradiction


@dataclass(slots=True)
class _Unjudged:
    by: Member
    number: int
    fact: CarFact
    until_ms: int
    taken_ms: int | None  # when its author took the car from another; None: it does not have it
    again_ms: int = 0  # when it is looked at next; never before the light: all are here long by it
    by_our_clock: bool | None = None  # whether its author had been here for long by then


@final
class Witness:
    """Holds the trails of one race, and judges each fact as states come in around its moment.

    Args:
        least_lap_ms: no lap of this circuit takes less.
    """

    def __init__(
        self, track: Track, least_lap_ms: float = 0.0, counters: CarCounters | None = None
    ) -> None:
        self._counters = counters or CarCounters()
        self._track = track
        self._least_lap_ms = least_lap_ms
        self._trails: dict[tuple[Hands, bytes], CarTrail] = {}
        self._unjudged: dict[NodeId, list[_Unjudged]] = {}  # by author, who is looked at next first
        self._borne_out: dict[NodeId, set[CarFact]] = {}  # by author
        self._seen_through: list[Disbelief] = []  # leaps and hits, since this was last asked
        self._looked_ms: int | None = None
        self._began_ms = 0  # when we looked first: of what lies before it we saw nothing …
        self._awake_ms = 0  # … and since when we look without a break
        self._uninformed_ms = NEVER_MS  # when decrees last did not come here, or we stood still

    def sees(self, hands: Hands, term: bytes) -> bool:
        """Whether a car was seen in these hands, as they have it now."""
        return (hands, term) in self._trails

    def see(
        self, hands: Hands, term: bytes, frame: CarFrame, start: CarFrame | None = None
    ) -> bool:
        """Take a state of a car. Returns False where the car leapt, or did shortly before.

        Args:
            hands: whose car it is in now.
            term: what the state was told under, see `Race.term_of`.
            start: where the grid has it, or the decree that gave it to who drives it, of hands in
                which it was not seen yet.
        """
        trail = self._trails.get((hands, term)) or self._begin_trail(hands, term, start)
        if not trail.note(frame):
            self._counters.leapt += 1
            self._seen_through.append(Disbelief(hands[1].node, None, Contradiction.LEAPT))
        return not trail.is_doubted(frame.tick)

    def see_hit(self, by: tuple[int, NodeId], hurt: tuple[int, NodeId], hit: Hit) -> None:
        """Judge a hit between two cars of others, by what we saw of both.

        Args:
            by: the number of the car that gave it, and who drives it; `hurt` likewise.
        """
        theirs, other = self._newest_trail(*by), self._newest_trail(*hurt)
        if theirs is None or other is None or _is_young(other, hit.tick):
            return
        if isinstance(judge_seen_hit(hit, theirs, other), Contradiction):
            self.note_false_hit(by, hit)

    def _begin_trail(self, hands: Hands, term: bytes, start: CarFrame | None) -> CarTrail:
        """Begin a trail where the one before it ends, or where the car was put.

        Another life in the same hands goes on from what was seen of the one before. With a decree
        they change: who has the car now may have it from somebody whom we did not hear.
        """
        number, member = hands
        of_car = [(by, under, t) for ((car, by), under), t in self._trails.items() if car == number]
        same = [t for by, under, t in of_car if (by.node, under) == (member.node, term)]
        origins = _newest_of(same)
        if not same:
            origins += _newest_of([t for by, _, t in of_car if by.node == member.node])
            origins += _newest_of([t for _, _, t in of_car])
        if not same and start is not None:
            placed = CarTrail(self._track)
            placed.note(start)
            origins.append(placed)
        self._make_room(hands)
        trail = self._trails[hands, term] = CarTrail(self._track, origins, start)
        return trail

    def _make_room(self, hands: Hands) -> None:
        """Forget the oldest trail: of who has too many, so that no lives push others' out."""
        number, member = hands
        theirs = [k for k in self._trails if (k[0][0], k[0][1].node) == (number, member.node)]
        if len(theirs) >= TRAILS_OF_ONE_MAX:
            del self._trails[theirs[0]]
        elif len(self._trails) >= TRAILS_MAX:
            del self._trails[next(iter(self._trails))]

    def _newest_trail(self, number: int, driver: NodeId) -> CarTrail | None:
        trails = [
            t for ((car, by), _), t in self._trails.items() if (car, by.node) == (number, driver)
        ]
        return next(iter(_newest_of(trails)), None)

    def note_false_hit(self, by: tuple[int, NodeId], hit: Hit) -> None:
        """Note that a car was told to have been hit that was nowhere near.

        Where two groups have just come together, who gave it may not know yet who drives which car
        now: it hit one that somebody else drove there.
        """
        theirs = self._newest_trail(*by)
        if theirs is None or _is_young(theirs, hit.tick):
            return
        if not any(each.fact == hit for each in self._seen_through):
            self._counters.refused["hit"] += 1
            self._seen_through.append(Disbelief(by[1], hit, Contradiction.ELSEWHERE))

    @property
    def is_awake(self) -> bool:
        """Whether we have looked without a break for some seconds."""
        return self._looked_ms is not None and self._looked_ms - self._awake_ms >= DRIVEN_MS

    def has_seen(self, author: NodeId, fact: CarFact) -> bool:
        """Whether the states that we hold bear a fact out."""
        return fact in self._borne_out.get(author, ())

    def drives_on(self, number: int, driver: NodeId) -> bool:
        """Whether we see a car driven by somebody, and have for some seconds, without a gap."""
        if self._looked_ms is None or not self.is_awake:
            return False
        now_tick = self._looked_ms * TICK_HZ // 1000
        return any(
            trail.is_steady(now_tick, DRIVEN_MS * TICK_HZ // 1000)
            for ((car, by), _), trail in self._trails.items()
            if (car, by.node) == (number, driver)
        )

    def hear(self, by: Member, number: int, fact: CarFact, *, drives: bool = True) -> None:
        """Take what a driver tells of a car, to be judged.

        Args:
            drives: it has the car now. Then it was not to be seen in it while another drove it.
        """
        until_ms = JUDGED_MS + max(fact.race_ms, self._looked_ms or 0)
        taken_ms = self._taken_ms(number, by.node) if drives else None
        told = _Unjudged(by, number, fact, until_ms, taken_ms)
        self._unjudged.setdefault(by.node, []).append(told)

    def _taken_ms(self, number: int, driver: NodeId) -> int:
        """Return when we saw a car last in the hands of anybody else; NEVER_MS: we did not."""
        others = [
            trail
            for ((car, by), _), trail in self._trails.items()
            if car == number and by.node != driver
        ]
        newest = next((trail.newest for trail in _newest_of(others)), None)
        return NEVER_MS if newest is None else newest.tick * 1000 // TICK_HZ

    def judge(
        self, heard_ms: Mapping[NodeId, int], now_ms: int, *, is_informed: bool = True
    ) -> list[Disbelief]:
        """Return what is refused, each fact once, and the leaps that were seen.

        Args:
            heard_ms: race time since when each node that is here has been.
            now_ms: race time.
            is_informed: what is decreed comes here. Else our car, too, may have been given to
                somebody who drives it elsewhere, where others hit it.
        """
        if self._looked_ms is None:
            self._began_ms = now_ms
        if self._looked_ms is None or not 0 <= now_ms - self._looked_ms <= UNWATCHED_MS:
            self._awake_ms = now_ms
        if not is_informed or self._stood_still(now_ms):
            self._uninformed_ms = now_ms
        self._looked_ms = now_ms
        seen_through, self._seen_through = self._seen_through, []
        refused = [each for each in seen_through if not self._may_be_right(each.fact)]
        for author in list(self._unjudged):
            refused.extend(self._judge_author(author, heard_ms.get(author, now_ms), now_ms))
        return refused

    def _stood_still(self, now_ms: int) -> bool:
        """Whether our cars did: others saw them go on meanwhile, and hit them there."""
        looked_ms = now_ms if self._looked_ms is None else self._looked_ms
        return now_ms - looked_ms > CATCH_UP_TICKS_MAX * 1000 // TICK_HZ

    def _may_be_right(self, fact: CarFact | Hit | None) -> bool:
        """Whether this is a hit of a car that may have been in other hands, for all we knew."""
        known_ms = self._uninformed_ms + HANDS_KNOWN_TICKS * 1000 // TICK_HZ
        return isinstance(fact, Hit) and fact.tick * 1000 // TICK_HZ < known_ms

    def _judge_author(self, author: NodeId, here_ms: int, now_ms: int) -> list[Disbelief]:
        """Look at what somebody told: at once at what is new, in turns at what waits for states.

        Nothing counts that nobody looks at: what is too much to wait is refused, at the cost of who
        told it alone. Of what is long past no state is still to come.
        """
        refused: list[Disbelief] = []
        left: list[_Unjudged] = []
        again: list[_Unjudged] = []
        for each in self._unjudged.pop(author):
            is_new = each.by_our_clock is None
            if now_ms < each.again_ms or (len(again) >= JUDGED_AT_ONCE and not is_new):
                left.append(each)
                continue
            why = self._look_at(each, here_ms, now_ms)
            is_late = now_ms >= each.fact.race_ms + JUDGED_MS
            if why is Plausibility.UNKNOWN and now_ms < each.until_ms and self._saw(each.fact):
                if len(left) + len(again) < UNJUDGED_MAX:
                    each.again_ms = now_ms + JUDGED_AGAIN_MS
                    again.append(each)
                elif not is_late:
                    why = Contradiction.FLOODED
            if isinstance(why, Contradiction):
                self._counters.refused[why.name.lower()] += 1
                refused.append(Disbelief(author, each.fact, why))
        if left or again:
            self._unjudged[author] = left + again
        return refused

    def _look_at(self, each: _Unjudged, here_ms: int, now_ms: int) -> Verdict:
        if each.by_our_clock is None:
            each.by_our_clock = now_ms - here_ms >= CLOCK_SHARED_MS
        taken_ms = NEVER_MS if each.taken_ms is None else each.taken_ms
        since_ms = max(here_ms, self._awake_ms, taken_ms)
        watch = Watch(since_ms, now_ms, each.by_our_clock)
        verdict = self._verdict_on(each, watch)
        if verdict is Contradiction.UNSEEN and each.taken_ms is None:
            return Contradiction.AWAY  # it may not have heard yet that it has let go of the car
        if verdict is Plausibility.SEEN:
            seen = self._borne_out.setdefault(each.by.node, set())
            if len(seen) < NOTED_FACTS_MAX:
                seen.add(each.fact)
        return verdict

    def _saw(self, fact: CarFact) -> bool:
        """Whether we looked when it was, and states can say something of it."""
        return fact.race_ms >= self._began_ms

    def _verdict_on(self, each: _Unjudged, watch: Watch) -> Verdict:
        # In whatever life: who has just begun one may finish what it said in the one before.
        hands, saw = (each.number, each.by.node), self._saw(each.fact)
        known = [(by, t) for ((car, by), _), t in self._trails.items() if (car, by.node) == hands]
        trails = [trail for _, trail in known if saw]
        match each.fact:
            case LapTime(lap=lap, race_ms=race_ms):
                told = LapTold(lap, race_ms)
                own = _newest_of([trail for by, trail in known if saw and by == each.by])
                return judge_lap(told, trails, self._least_lap_ms, watch, next(iter(own), None))
            case Claim(pickup=pickup, race_ms=race_ms):
                return judge_touch(pickup, race_ms, self._track, trails, watch)
            case _:
                assert_never(each.fact)


def _is_young(trail: CarTrail, tick: int) -> bool:
    """Whether a car was in other hands, or its driver in another life, shortly before."""
    return tick - trail.first_tick < HANDS_KNOWN_TICKS


def _newest_of(trails: Sequence[CarTrail]) -> list[CarTrail]:
    """Return the trail in which a car was seen last, if there is any."""
    seen = [trail for trail in trails if trail.newest is not None]
    return seen and [max(seen, key=lambda t: -1 if t.newest is None else t.newest.tick)]
