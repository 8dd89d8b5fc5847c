"""What this node bears witness to of who lies in a race, and whom it keeps out.

What one node sees puts nobody out: most who race must have seen it (`Race.witnesses_needed`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Final, assert_never, final

from net import Command, Exclude, NodeId, Submit
from racer.core.judging.verdict import Contradiction
from racer.core.physics.contact import Hit
from racer.core.tuning import HIT_SAME_TICKS
from racer.play.limits import (
    STATES_PROVE,
    STATES_PROVE_NS,
    WITNESS_AGAIN_NS,
)
from racer.play.room.messages import Claim, LapTime, Lie, RaceId, Witnessed, encode
from racer.play.room.polls import disqualification_due

if TYPE_CHECKING:
    from racer.play.cars.witness import CarCounters, Disbelief
    from racer.play.review.evidence import Misruling
    from racer.play.review.overseer import Overseer
    from racer.play.room.facts import Facts
    from racer.play.room.room import Race, Room


_UNPROVED: Final = {Contradiction.LEAPT, Contradiction.FLOODED, Contradiction.AWAY}
"""One leap may have been an error of ours; what was too much may have been true; and who has not
heard yet that another drives its car drove it on, where nobody took its states.
"""


@final
class Steward:
    """Says what lies we saw, each at once where it is proved, and again while it goes on.

    A fact is meant by who signs it, and so is a decree: one that what we hold speaks against is a
    lie. A state is not: so it takes some that are none within seconds.
    """

    def __init__(self, me: NodeId, counters: CarCounters, overseer: Overseer) -> None:
        self.overseer = overseer
        self._me = me
        self._counters = counters
        self._race: RaceId | None = None
        self._said_ns: dict[NodeId, int] = {}  # against whom, and when last
        self._odd_ns: dict[NodeId, deque[int]] = {}  # when states were none of a car, the newest
        self._hits: dict[NodeId, int] = {}  # tick of the newest hit that was none
        self._excluded: frozenset[NodeId] = frozenset()
        self._shut_ns: dict[NodeId, int] = {}  # when each of those was so last, in this race

    def on_tick(
        self,
        refused: Sequence[Disbelief],
        found: Sequence[tuple[NodeId, Misruling]],
        room: Room,
        race_ns: int,
    ) -> list[Command]:
        """Take what does not count here of drivers, and of who decrees; return what to say of it.

        Who does not race is no judge, and none of those who do not race is judged.
        """
        race = room.race
        if race is None or not room.in_race or race.results is not None:
            return []
        if race.id != self._race:
            self._race, self._said_ns, self._odd_ns, self._hits = race.id, {}, {}, {}
            self._shut_ns = {}
        lies = [(each.author, self._lie_of(each, race_ns)) for each in refused]
        lies += [(node, _lie_of_ruling(why)) for node, why in found]
        return [
            Submit(encode(Witnessed(race.id, node, lie)))
            for node, lie in lies
            if lie is not None and self._may_say(race, node, race_ns)
        ]

    def _may_say(self, race: Race, node: NodeId, race_ns: int) -> bool:
        if self._me not in race.judges or race.number_of(node) is None:
            return False
        if race_ns - self._said_ns.get(node, -WITNESS_AGAIN_NS) < WITNESS_AGAIN_NS:
            return False
        self._said_ns[node] = race_ns
        self._counters.witnessed += 1
        return True

    def _lie_of(self, told: Disbelief, race_ns: int) -> Lie | None:
        """Return what lie it is that something does not count; None: none that is proved yet."""
        match told.fact:
            case LapTime() | Claim() if told.why in _UNPROVED:
                return None
            case LapTime():
                return Lie.LAP
            case Claim():
                return Lie.CLAIM
            case Hit(tick=tick):
                known = self._hits.get(told.author)
                if known is not None and abs(tick - known) <= HIT_SAME_TICKS:
                    return None  # a hit is told in many states
                self._hits[told.author] = tick
                return Lie.HIT if self._is_often(told.author, race_ns) else None
            case None:
                return Lie.LEAP if self._is_often(told.author, race_ns) else None
            case _:
                assert_never(told.fact)

    def _is_often(self, node: NodeId, race_ns: int) -> bool:
        times = self._odd_ns.setdefault(node, deque(maxlen=STATES_PROVE))
        times.append(race_ns)
        return len(times) == STATES_PROVE and race_ns - times[0] < STATES_PROVE_NS

    def shut_out(
        self, room: Room, facts: Facts, debtors: Set[NodeId], race_ns: int
    ) -> list[Command]:
        """Have the node keep out whom the room has removed, and whom it has to.

        Who lies leads nobody until that is decreed.

        Args:
            debtors: who leads nobody for a while, for what it does not decree (`Overseer`).
        """
        due = disqualification_due(room.race, facts, race_ns) if room.in_race else None
        liars = set() if due is None else {due.node}
        excluded = frozenset(room.removed) | ((liars | debtors) - {self._me})
        self._shut_ns.update(dict.fromkeys(excluded, race_ns))
        if excluded == self._excluded:
            return []
        self._excluded = excluded
        return [Exclude(excluded)]

    def heard_since(self, here_ns: Mapping[NodeId, int]) -> dict[NodeId, int]:
        """Return since when we took without a break what each says: not while we shut it out.

        Args:
            here_ns: race clock since when each has been here.
        """
        shut_ns = self._shut_ns
        return {node: max(since, shut_ns.get(node, since)) for node, since in here_ns.items()}


def _lie_of_ruling(why: Misruling) -> Lie | None:
    """Return what lie a decree is; None: its author may lack what we have, or be held up."""
    return None if why.may_be_honest else Lie.RULING
