"""Whether those by whose words somebody is put out have said so."""

from __future__ import annotations

from collections.abc import Sequence

from racer.play.limits import PASSED_OVER_NS, REMOVAL_VOTES_MIN, VOTE_NS, WITNESSED_NS
from racer.play.review.evidence import Evidence, Misruling
from racer.play.room.facts import Facts
from racer.play.room.messages import Disqualification, Removal, RemovalVote
from racer.play.room.polls import ousted_votes, people, removal_votes_needed, since_of
from racer.play.room.room import Room
from racer.play.room.votes import LIES, REMOVE, Vote


def judge_removal(removal: Removal, room: Room, evidence: Evidence) -> Misruling | None:
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
    if voted and enough:
        return None
    return None if is_upheld(removal, room, evidence) else Misruling.UNFOUNDED


def is_upheld(removal: Removal, room: Room, evidence: Evidence) -> bool:
    """Whether several say, or the host does, that somebody was put out where they were apart.

    Not so whom we had with us at that time, or by whom: that took part in no other history. How
    many were apart is not held against it: more of them may have come back meanwhile.
    """
    node = removal.node
    told = ousted_votes(evidence.facts, node, evidence.race_ns, PASSED_OVER_NS)
    named = {vote.node: vote for vote in removal.votes}
    said = [vote for vote in told if vote.dot.node in named and vote.dot >= named[vote.dot.node]]
    if len(said) < len(named):
        return False
    if set(named) == {room.host}:
        return True
    was_here = evidence.was_here
    return len(said) >= REMOVAL_VOTES_MIN and not any(
        was_here(each, 1000 * since_of(vote)) for vote in said for each in (node, vote.dot.node)
    )


def _stands(vote: Vote, evidence: Evidence) -> bool:
    """Whether a vote to remove somebody counts, or did until so shortly that it may elsewhere."""
    ago_ns = evidence.race_ns - 1000 * vote.race_us
    on = isinstance(vote.ballot, RemovalVote) and vote.ballot.on
    return ago_ns < PASSED_OVER_NS or (on and ago_ns < VOTE_NS + PASSED_OVER_NS)


def is_witnessed(ruling: Disqualification, facts: Facts) -> bool:
    """Whether who is named as a witness is one; that they are enough the room sees for itself."""
    told = facts.votes.on(LIES, ruling.race + ruling.node)
    said = all(
        (known := told.get(dot.node)) is not None and known.dot >= dot for dot in ruling.witnesses
    )
    return said and _saw_it_together([told[dot.node] for dot in ruling.witnesses])


def _saw_it_together(testimonies: Sequence[Vote]) -> bool:
    """Whether somebody can have taken all of these at one moment.

    Of each it is less than WITNESSED_NS to that, by what its author gives as the time; whatever our
    own clock says, and however late they came. A newer one of the same author may be here.
    """
    times_us = [vote.race_us for vote in testimonies]
    return 1000 * (max(times_us) - min(times_us)) < 2 * WITNESSED_NS + PASSED_OVER_NS
