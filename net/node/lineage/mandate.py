"""What is believed of who coordinates: nobody does by its own word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from net.cluster.log import DecreeLog, majority
from net.cluster.voter import Voter
from net.ids import LineageId, Member
from net.node.counters import Implausible
from net.node.peers import Peers
from net.wire.messages import (
    Append,
    Elected,
    Fetched,
    ForkAnswer,
    ForkCall,
    HandOver,
    LogMessage,
    Prepare,
    Promise,
)


def may_follow(
    voter: Voter, append: Append, called: ForkCall | None, live: Sequence[Member], peers: Peers
) -> bool:
    """Tell whether whoever sends this may be followed; what is below our promise is only answered.

    By votes of a majority; as caller of the fork that we answered; or, where our list of members
    is too old to count votes by, in the eyes of most that live. A learner, who has no part in it,
    goes by what most say.

    Args:
        called: the call for a fork that we would go along with.
        live: members that live and sit in our lineage.
    """
    coordinator = append.coordinator
    if (append.epoch, coordinator) == (voter.epoch, voter.coordinator):
        return True
    if called is not None and append.lineage == called.lineage != voter.log.lineage:
        return coordinator == called.candidate
    if append.epoch < voter.promised or voter.is_elected(append.epoch, coordinator):
        return True
    told = _named(voter, append.lineage, peers)
    if voter.is_member:
        return told[coordinator] >= majority(len(live))
    return told[coordinator] >= max(told.values(), default=0)


def fault_of(voter: Voter, message: LogMessage) -> Implausible | None:
    """Return why a message says nothing that may be so; None: it may."""
    if not voter.may_be_honest(highest_epoch(message)):
        return Implausible.EPOCH
    match message:
        case Append(epoch=epoch, entries=entries) if any(each.epoch > epoch for each in entries):
            return Implausible.EPOCH
        case Prepare(transfer=HandOver() as transfer, candidate=candidate):
            forged = transfer.successor != candidate or not voter.signet.holds(transfer)
            return Implausible.HAND_OVER if forged else None
        case Elected(votes=votes):
            held = all(voter.signet.holds(vote) for vote in votes if voter.awaits(vote))
            return None if held else Implausible.VOTE
        case _:
            return None


def named_by_most(voter: Voter, peers: Peers) -> Member | None:
    """Return who coordinates our lineage, as it says and most of the others that live; or None."""
    others = [m for m in voter.log.members if m != voter.me and peers.life(m) is not None]
    told = _named(voter, voter.log.lineage, peers).most_common(1)
    if not told or told[0][1] < majority(len(others)):
        return None
    named = peers.life(told[0][0])
    itself = None if named is None or named.status is None else named.status.coordinator
    return itself if itself == told[0][0] else None


def _named(voter: Voter, lineage: LineageId, peers: Peers) -> Counter[Member]:
    """Return who coordinates as members say that live, and how many say so."""
    return Counter(
        peer.status.coordinator
        for member in voter.log.members
        if (peer := peers.life(member)) is not None
        and peer.status is not None
        and peer.status.coordinator is not None
        and peer.lineage == lineage
    )


def lags_behind_most(log: DecreeLog, peers: Peers) -> bool:
    """Tell whether most that live hold to be committed what a log has not even heard of."""
    others = peers.in_lineage(log.lineage)
    ahead = sum(peer.status is not None and peer.status.commit > log.head for peer in others)
    return ahead >= majority(len(others))


def highest_epoch(message: LogMessage) -> int:
    """Return the highest epoch that a message would have us know of."""
    match message:
        case Append(epoch=epoch, entries=entries) | Fetched(epoch=epoch, entries=entries):
            return max(epoch, *(decree.epoch for decree in entries), 0)
        case ForkCall():
            return 0
        case ForkAnswer():
            return message.head_epoch
        case Promise():
            return message.vote.epoch
        case Elected(votes=votes):
            return max(vote.epoch for vote in votes)
        case _:
            return message.epoch
