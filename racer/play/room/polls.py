"""What votes amount to: pure judgments on facts, the room, and who is here (ADR 51).

The coordinator decrees by them, and every other node can tell from its own facts whether it did so
rightly. Bots have no vote; nor has who only watches, or is not here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from net import Dot, NodeId
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import GRID_MAX
from racer.play.limits import (
    OUSTED_NS,
    READY_WAIT_NS,
    REMOVAL_PER_CENT,
    REMOVAL_VOTES_MIN,
    VOTE_NS,
    WITNESSED_NS,
)
from racer.play.room.facts import Facts
from racer.play.room.messages import (
    Choice,
    Disqualification,
    Lie,
    Ousted,
    Ready,
    Removal,
    RemovalVote,
    Witnessed,
)
from racer.play.room.room import Race, Room
from racer.play.room.votes import END, LIES, OUSTED, READY, REMOVE, SETTINGS, START, Vote

WasHere: TypeAlias = Callable[[NodeId, int], bool | None]
"""Whether a node was in our history at a race clock [ns]; None: we cannot say."""

_TRACK: Final = "track"


def unknown_presence(_node: NodeId, _race_ns: int) -> bool | None:
    """Say that we cannot say who was in our history."""
    return None


@dataclass(frozen=True, slots=True)
class Poll:
    """How a question stands: whose votes it has, and how many it needs."""

    votes: tuple[Vote, ...]
    needed: int

    @property
    def voters(self) -> tuple[NodeId, ...]:
        """Return who is for it."""
        return tuple(vote.dot.node for vote in self.votes)

    @property
    def carried(self) -> bool:
        return len(self.votes) >= self.needed


def people(nodes: Sequence[NodeId], facts: Facts, here: Container[NodeId]) -> list[NodeId]:
    """Return who of these may vote."""
    return [
        node
        for node in nodes
        if node in here and (entry := facts.entry_of(node)) is not None and not entry.bot
    ]


def host_here(room: Room, here: Container[NodeId]) -> NodeId | None:
    """Return the room's host while it is here; without it votes decide."""
    return room.host if room.host is not None and room.host in here else None


# --- the end of a race --------------------------------------------------------------------------


def end_poll(race: Race, facts: Facts, here: Container[NodeId]) -> Poll:
    """Return who of a race's people have had enough of it: more than half close it."""
    voters = people(list(race.cars.values()), facts, here)
    cast = facts.votes.on(END, race.id)
    return Poll(tuple(cast[node] for node in voters if node in cast), len(voters) // 2 + 1)


# --- out of the room ----------------------------------------------------------------------------


def removal_polls(
    room: Room, facts: Facts, here: Container[NodeId], race_ns: int
) -> dict[NodeId, Poll]:
    """Return who is asked to be removed, with the votes that have not lapsed.

    Nobody is asked about who is not here and never entered: it may be made up.
    """
    asked = facts.votes.asked(REMOVE)
    if not asked:
        return {}
    voters = people(sorted(room.seats), facts, here)
    needed = removal_votes_needed(room, facts, here)
    host = host_here(room, here)
    polls: dict[NodeId, Poll] = {}
    for node in sorted(n for n in asked if n in here or facts.entry_of(n) is not None):
        cast = facts.votes.on(REMOVE, node)
        votes = [cast[each] for each in voters if each in cast and each != node]
        votes = [vote for vote in votes if _is_open(vote, race_ns)]
        if not votes or node in room.removed:
            continue
        said = [vote for vote in votes if vote.dot.node == host]
        polls[node] = Poll(tuple(said), 1) if said else Poll(tuple(votes), needed)
    return polls


def removal_votes_needed(room: Room, facts: Facts, here: Container[NodeId]) -> int:
    """Return how many votes remove somebody, where no host says so."""
    voters = people(sorted(room.seats), facts, here)
    return max(-(-len(voters) * REMOVAL_PER_CENT // 100), REMOVAL_VOTES_MIN)


def removals_due(room: Room, facts: Facts, here: Container[NodeId], race_ns: int) -> list[Removal]:
    """Return who is to be removed now, if anybody is; one after the other.

    Who goes takes its votes along: they count no more for who would go behind it.
    """
    for node, poll in removal_polls(room, facts, here, race_ns).items():
        if poll.carried:
            return [Removal(node, tuple(vote.dot for vote in poll.votes))]
    return []


def upheld_due(
    room: Room, facts: Facts, here: Container[NodeId], was_here: WasHere, race_ns: int
) -> list[Removal]:
    """Return who was put out on the other side of a split, and is to stay out; one after the other.

    All who come from there say so, and it takes as many of them as it took there: three in five of
    who was apart from us then, who is to go among them. Whom we had with us at that time they did
    not see, so it is not for them; and where we did not see it ourselves we say nothing.
    """
    for node in sorted(facts.votes.asked(OUSTED)):
        told = [vote for vote in ousted_votes(facts, node, race_ns) if vote.dot.node in here]
        if not told or node in room.removed or facts.entry_of(node) is None:
            continue
        said = [vote for vote in told if vote.dot.node == host_here(room, here)]
        if not said and race_ns - 1000 * min(vote.race_us for vote in told) < OUSTED_NS:
            continue  # others who come from there have not said so yet
        upheld = said or _upheld_by(facts, node, told, here, was_here)
        if upheld:
            return [Removal(node, tuple(vote.dot for vote in upheld)[:GRID_MAX])]
    return []


def _upheld_by(
    facts: Facts, node: NodeId, told: Sequence[Vote], here: Container[NodeId], was_here: WasHere
) -> list[Vote]:
    """Return by whose words somebody was put out apart from us; nobody's: they are too few."""

    def was_apart(each: NodeId, since_us: int) -> bool:
        entered = facts.had_entered(each, since_us)
        return entered and was_here(each, 1000 * since_us) is False

    apart = [vote for vote in told if was_apart(node, since_of(vote))]
    apart = [vote for vote in apart if was_apart(vote.dot.node, since_of(vote))]
    lied = all(ousted_of(vote).lied for vote in apart)
    entered = [each for each in facts.entrants() if each in here and each != node]
    may_say = entered if lied else people(entered, facts, here)
    apart = [vote for vote in apart if vote.dot.node in may_say]
    if not apart:
        return []
    since_us = min(map(since_of, apart))
    count = 1 + len([each for each in may_say if was_apart(each, since_us)])
    needed = max(-(-count * REMOVAL_PER_CENT // 100), REMOVAL_VOTES_MIN)
    return apart if len(apart) >= needed else []


def ousted_votes(facts: Facts, node: NodeId, race_ns: int, grace_ns: int = 0) -> list[Vote]:
    """Return who says that a node was put out in the history that it comes from, of late."""
    told = facts.votes.on(OUSTED, node)
    return [
        vote
        for each, vote in sorted(told.items())
        if each != node and abs(race_ns - 1000 * vote.race_us) < VOTE_NS + grace_ns
    ]


def ousted_of(vote: Vote) -> Ousted:
    """Return what somebody says of who was put out."""
    assert isinstance(vote.ballot, Ousted), "only such tell of another history"
    return vote.ballot


def since_of(vote: Vote) -> int:
    """Return the race clock at which somebody says that it saw another put out [us]."""
    return ousted_of(vote).since_us


def lapses_ns(poll: Poll) -> int:
    """Return the race clock at which the first vote of a poll counts no more."""
    return min(1000 * vote.race_us for vote in poll.votes) + VOTE_NS


def _is_open(vote: Vote, race_ns: int) -> bool:
    on = isinstance(vote.ballot, RemovalVote) and vote.ballot.on
    return on and abs(race_ns - 1000 * vote.race_us) < VOTE_NS


# --- out of a race ------------------------------------------------------------------------------


def lie_polls(race: Race, facts: Facts, race_ns: int) -> dict[NodeId, Poll]:
    """Return against which drivers others that race have borne witness of late."""
    asked = facts.votes.asked(LIES)
    if not asked:
        return {}
    polls: dict[NodeId, Poll] = {}
    judges, needed = sorted(race.judges), race.witnesses_needed
    for node in (each for each in race.cars.values() if race.id + each in asked):
        cast = facts.votes.on(LIES, race.id + node)
        votes = [cast[each] for each in judges if each in cast and each != node]
        votes = [vote for vote in votes if abs(race_ns - 1000 * vote.race_us) < WITNESSED_NS]
        if votes:
            polls[node] = Poll(tuple(votes), needed)
    return polls


def disqualification_due(race: Race | None, facts: Facts, race_ns: int) -> Disqualification | None:
    """Return who is to be put out of the race that is on, if anybody is; one after the other."""
    if race is None or race.results is not None:
        return None
    for node, poll in lie_polls(race, facts, race_ns).items():
        if poll.carried:
            named = Counter(map(_lie_of, poll.votes))
            lie = max(sorted(named), key=lambda each: named[each])
            return Disqualification(race.id, node, lie, tuple(vote.dot for vote in poll.votes))
    return None


def _lie_of(vote: Vote) -> Lie:
    assert isinstance(vote.ballot, Witnessed), "only testimonies say who lies"
    return vote.ballot.lie


# --- the next race ------------------------------------------------------------------------------


def ready(room: Room, facts: Facts) -> dict[NodeId, int]:
    """Return who of the people is ready for the next race, and since when by its clock [us].

    Who asks for the start is ready. Whose link flickers has its seat, and is waited for.
    """
    told = facts.votes.on(READY, room.lobby)
    asked = facts.votes.on(START, room.lobby)
    since: dict[NodeId, int] = {}
    for node in people(sorted(room.seats), facts, room.seats):
        both = [vote for vote in (told.get(node), asked.get(node)) if vote is not None]
        last = max(both, key=lambda vote: vote.dot, default=None)
        if last is not None and not (isinstance(last.ballot, Ready) and not last.ballot.on):
            since[node] = last.race_us
    return since


def start_ns(room: Room, facts: Facts, here: Container[NodeId]) -> int | None:
    """Return the race clock from which on the people's race may start; None: not as it stands.

    It starts when all are ready, and some time after half of them are: nobody waits for ever for
    who went for coffee. Where a host is here, it alone says so; where no people are, anybody does.
    """
    asked = facts.votes.on(START, room.lobby)
    voters = people(sorted(room.seats), facts, room.seats)
    host = host_here(room, here)
    if host is not None or not voters:
        saying = [vote for node, vote in asked.items() if host in {None, node}]
        return min((1000 * vote.race_us for vote in saying), default=None)
    since = sorted(ready(room, facts).values())
    if len(since) == len(voters):
        return 1000 * since[-1]
    half = -(-len(voters) // 2)
    return 1000 * since[half - 1] + READY_WAIT_NS if len(since) >= half else None


def setting_votes(room: Room, facts: Facts, here: Container[NodeId]) -> dict[str, list[Vote]]:
    """Return the votes on each setting of the next race: of people, or where none is of bots.

    Where a host is here, its word alone counts.
    """
    seated = sorted(node for node in room.seats if node in here)
    host = host_here(room, here)
    voters = [host] if host is not None else people(seated, facts, here) or seated
    return {
        name: [votes[node] for node in voters if node in votes]
        for name in SETTINGS
        for votes in (facts.votes.on(name, room.lobby),)
    }


def chosen_setup(
    room: Room,
    facts: Facts,
    here: Container[NodeId],
    to_be_had: Callable[[RaceSetup], bool],
) -> tuple[RaceSetup, Dot] | None:
    """Return what the votes make of the next race, and the vote that settled it; None: as it is.

    Each setting by itself: most votes, and of equals the newest. Where nobody votes it stays.

    Args:
        to_be_had: whether a circuit can be raced on here.
    """
    if room.setup is None:
        return None
    race, settled = room.setup.race, None
    for name, votes in setting_votes(room, facts, here).items():
        winner = _winning_vote(name, [vote for vote in votes if _can_be(vote, to_be_had)])
        if winner is None:
            continue
        value = value_of_vote(name, winner)
        if value != value_of(race, name):
            race, settled = replace(race, **value), winner.dot
    return None if settled is None else (race, settled)


def _winning_vote(name: str, votes: Sequence[Vote]) -> Vote | None:
    """Return the newest vote for what most are for."""
    values = [value_of_vote(name, vote) for vote in votes]
    return max(
        votes,
        key=lambda vote: (values.count(value_of_vote(name, vote)), vote.race_us, vote.dot),
        default=None,
    )


def _can_be(vote: Vote, to_be_had: Callable[[RaceSetup], bool]) -> bool:
    """Whether what is voted for can be raced: a ballot that names a circuit counts whole or not."""
    choice = choice_of(vote)
    return _TRACK not in (choice.about or SETTINGS) or to_be_had(choice.race)


def choice_of(vote: Vote) -> Choice:
    """Return the ballot of a vote on a setting."""
    assert isinstance(vote.ballot, Choice), "only choices answer what is raced"
    return vote.ballot


def value_of_vote(name: str, vote: Vote) -> dict[str, Any]:
    """Return what of a setting is voted for, as fields of a race."""
    return value_of(choice_of(vote).race, name)


def value_of(race: RaceSetup, name: str) -> dict[str, Any]:
    """Return a setting as fields of a race; a circuit is its name and its text."""
    names = (_TRACK, "content") if name == _TRACK else (name,)
    return {each: getattr(race, each) for each in names}
