"""What a follower judges by, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from net import Dot, NodeId
from racer.play.limits import CLOCK_SHARED_MS, LONG_SAID_NS, MILLISECOND
from racer.play.room.facts import Facts
from racer.play.room.messages import Claim, LapTime
from racer.play.room.polls import WasHere, unknown_presence


class Misruling(StrEnum):
    """Why a decree cannot be an honest coordinator's."""

    UNFOUNDED = "nobody told of that"
    PASSED_OVER = "it passes over what all have long known"
    CONTRADICTED = "it rests on what its own author's car contradicts"
    OUT_OF_ORDER = "it is not in order"
    OTHER_CARS = "it is not of the cars that race"
    TOO_SOON = "the race is not over"
    PRESENT = "who drives that car is here"
    EARLY = "so soon after the start nobody can tell who is gone"
    FUTURE = "it lies in the future"
    STALE = "it lies long past"
    REPEATED = "one before it decreed that, and it is so no more"
    FLOODING = "it gives one driver's lines more places than anybody gets"
    REMOVED = "it gives a place to who was put out"
    RACING = "nobody loses a number while a race is on"
    WITHHELD = "the room waits for what it does not decide"
    NOT_STARTED = "all wait for the race, and it does not begin it"
    NOT_DRIVEN = "a car has no driver, and it gives it none"
    NOT_GRANTED = "somebody took a canister, and it gives it to nobody"
    NOT_PLACED = "it leaves somebody's lines out of the chat"

    @property
    def may_lack(self) -> bool:
        """Whether what is still to come may show that it is right: a word, a state, or the clock.

        After a merge ours may be another's yet.
        """
        return self in {
            Misruling.UNFOUNDED,
            Misruling.PRESENT,
            Misruling.EARLY,
            Misruling.FLOODING,
            Misruling.FUTURE,
            Misruling.STALE,
            Misruling.TOO_SOON,
        }

    @property
    def may_be_honest(self) -> bool:
        """Whether who decrees, or does not, may lack what we have, or be held up."""
        return self in {
            Misruling.PASSED_OVER,
            Misruling.REPEATED,
            Misruling.WITHHELD,
            Misruling.NOT_STARTED,
            Misruling.NOT_DRIVEN,
            Misruling.NOT_GRANTED,
            Misruling.NOT_PLACED,
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a follower holds."""

    facts: Facts
    drives_on: Callable[[int], bool]  # whether a car is seen to be driven, all the time
    knows: Callable[[NodeId, LapTime | Claim], bool]  # whether a fact is true for certain
    length_of: Callable[[str], float | None]
    by: NodeId  # who coordinates …
    epoch: int  # … since when: what was decreed in one before it, it repeats
    race_ns: int
    here: Mapping[NodeId, int]  # and since when, by this node's own clock
    holds: Callable[[Dot], bool]  # whether an operation has come, or a checkpoint counts it
    now_ns: int  # by this node's own clock
    convicted: Collection[NodeId] = ()  # of saying two things: what they said is here no more
    was_here: WasHere = unknown_presence

    def is_long_said(self, author: NodeId, said_us: int) -> bool:
        """Whether who decrees has what somebody said at a time, and had it when it decreed.

        They and we have been together since then, and for LONG_SAID_NS: a decree may be repeated,
        by who leads after who made it; after a split clocks may be off by seconds.
        """
        if author not in self.here or self.by not in self.here:
            return False
        together_ns = self.now_ns - max(self.here[author], self.here[self.by])
        return min(together_ns, self.race_ns - 1000 * said_us) >= LONG_SAID_NS

    @property
    def shares_clock(self) -> bool:
        """Whether who decrees has been here so long that our race clocks go alike."""
        since_ns = self.here.get(self.by, self.now_ns)
        return self.now_ns - since_ns >= CLOCK_SHARED_MS * MILLISECOND
