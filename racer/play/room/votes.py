"""Votes: what people want of the room, each one's newest word on each question."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, TypeAlias, assert_never, final

from net import Dot, NodeId
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import REMOVAL_VOTES_KEPT, VOTE_NS, VOTES_KEPT
from racer.play.room.messages import (
    Choice,
    EndWish,
    Ousted,
    Ready,
    RemovalVote,
    StartWish,
    Witnessed,
)

Ballot: TypeAlias = StartWish | Ready | EndWish | RemovalVote | Ousted | Witnessed | Choice
"""A fact that answers a question."""

Question: TypeAlias = tuple[str, bytes]
"""What is asked, and of which lobby, race or node; of a driver of a race, of both: race first."""

SETTINGS: Final = tuple(each.name for each in fields(RaceSetup) if each.name != "content")
"""What of a race is voted for, each by itself; the content of a circuit goes with its name."""

START: Final = "start"
READY: Final = "ready"
END: Final = "end"
REMOVE: Final = "remove"
OUSTED: Final = "ousted"
LIES: Final = "lies"

_RACE_BYTES: Final = 8  # with which the names of lobbies, races and their drivers begin


@dataclass(frozen=True, slots=True)
class Vote:
    """A ballot, whose it is and of when."""

    race_us: int
    dot: Dot
    ballot: Ballot


def questions(ballot: Ballot) -> tuple[Question, ...]:
    """Return what a ballot answers."""
    match ballot:
        case StartWish(lobby=lobby):
            return ((START, lobby),)
        case Ready(lobby=lobby):
            return ((READY, lobby),)
        case EndWish(race=race):
            return ((END, race),)
        case RemovalVote(node=node):
            return ((REMOVE, node),)
        case Ousted(node=node):
            return ((OUSTED, node),)
        case Witnessed(race=race, node=node):
            return ((LIES, race + node),)
        case Choice(lobby=lobby, about=about):
            return tuple((name, lobby) for name in SETTINGS if not about or name in about)
        case _:
            assert_never(ballot)


@final
class Votes:
    """A set that grows: of each voter the newest ballot counts, whatever came first."""

    def __init__(self, votes: Iterable[Vote] = ()) -> None:
        self._on: dict[Question, dict[NodeId, Vote]] = {}
        for vote in votes:
            self.add(vote)

    def add(self, vote: Vote) -> None:
        node = vote.dot.node
        for question in questions(vote.ballot):
            votes = self._on.setdefault(question, {})
            known = votes.get(node)
            if known is None or known.dot < vote.dot:
                votes[node] = vote

    def on(self, what: str, of: bytes) -> Mapping[NodeId, Vote]:
        """Return who answered a question, and how."""
        return self._on.get((what, of), {})

    def asked(self, what: str) -> list[bytes]:
        """Return of what all something is asked, in no order."""
        return [of for kind, of in self._on if kind == what]

    def kept(self, lobbies_and_races: Container[bytes]) -> tuple[Vote, ...]:
        """Return what is not over, in the order of dots: of these, and of removals the newest.

        Of each voter only so many of those, so that they leave room for what others want.
        """
        removals = {vote for votes in self._removals().values() for vote in votes}
        newest_us = max((vote.race_us for vote in removals), default=0)
        open_us = newest_us - VOTE_NS // 1000
        kept = {vote for vote in removals if vote.race_us > open_us}
        kept |= {
            vote
            for (what, of), votes in self._on.items()
            if what != REMOVE and of[:_RACE_BYTES] in lobbies_and_races
            for vote in votes.values()
        }
        newest = sorted(kept, key=lambda vote: (vote.race_us, vote.dot))[-VOTES_KEPT:]
        return tuple(sorted(newest, key=lambda vote: vote.dot))

    def _removals(self) -> dict[NodeId, list[Vote]]:
        """Return whom each voter wants out, the newest of that alone."""
        by_voter: dict[NodeId, list[Vote]] = {}
        for of in self.asked(REMOVE):
            for node, vote in self.on(REMOVE, of).items():
                by_voter.setdefault(node, []).append(vote)
        return {
            node: sorted(votes, key=lambda vote: vote.dot)[-REMOVAL_VOTES_KEPT:]
            for node, votes in by_voter.items()
        }
