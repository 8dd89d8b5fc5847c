"""What must hold after each step, whatever came before; numbers as in docs/SIMULATION.md."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, final

from net.cluster.log import DecreeLog, majority
from net.ids import Digest, LineageId, Member
from net.sim.checks.invariants import Violation
from net.wire.decrees import Decree, FoundLineage, Noop

if TYPE_CHECKING:
    from net.cluster.voter import Voter
    from net.node.lineage.consensus import Consensus


@dataclass(slots=True)
class _Known:
    """What one life was seen to hold when it was looked at last."""

    log: DecreeLog
    commit: int = 0
    commit_hash: Digest = b""
    lineage: LineageId = b""
    promised: int = 0
    epoch: int = 0


@final
class Safety:
    """Remembers what was promised, led and committed, and holds all that follows against it."""

    def __init__(self) -> None:
        self._lives: dict[Member, _Known] = {}
        self._leaders: dict[tuple[LineageId, int], Member] = {}
        self._votes: dict[tuple[Member, LineageId, int], Member] = {}
        self._commits: dict[tuple[LineageId, int], tuple[Digest, int]] = {}
        self._entries: dict[tuple[LineageId, int, int], Digest] = {}

    def on_enter(self, me: Member, consensus: Consensus) -> None:
        """Note that a life enters a lineage with a history of which all counts."""
        log = consensus.log
        self._lives[me] = _Known(log, log.commit, log.head_hash, log.lineage)
        for index in range(log.commit):
            self._commits.setdefault((log.lineage, index), (log._hashes[index + 1], 0))

    def on_told(self, me: Member, told: int, decree: Decree) -> None:
        """Note what a program is told."""
        if decree.index != told:
            raise Violation(f"invariant 22: {me} was told decree {decree.index} after {told}")

    def look_at(self, consensus: Consensus) -> None:
        """Look at a life after a step of it.

        Raises:
            Violation: what must not be is.
        """
        voter, log = consensus.voter, consensus.log
        known = self._lives[voter.me]
        lineage = voter.moves_to if voter.is_moving and voter.moves_to else log.lineage
        if lineage != known.lineage:  # it founded one, or follows one that was
            known.lineage, known.promised, known.epoch = lineage, 0, 0
        self._check_promise(voter, known)
        if log.commit < known.commit or log.hash_at(known.commit) != known.commit_hash:
            raise Violation(f"invariant 21: {voter.me} lost what counted")
        self._check_entries(voter.me, log)
        since = known.commit
        self._check_commits(voter.me, log, since, voter.epoch)
        known.commit, known.commit_hash = log.commit, log.hash_at(log.commit) or b""
        if consensus.coordinates:
            self._check_leader(consensus)

    def _check_promise(self, voter: Voter, known: _Known) -> None:
        me, lineage = voter.me, known.lineage
        if voter.promised < known.promised or voter.epoch < known.epoch:
            raise Violation(f"invariant 20: {me} went back to an earlier epoch")
        known.promised, known.epoch = voter.promised, voter.epoch
        if voter.promised_to is not None:
            vote = (me, lineage, voter.promised)
            if self._votes.setdefault(vote, voter.promised_to) != voter.promised_to:
                raise Violation(f"invariant 20: {me} promised epoch {voter.promised} twice")

    def _check_entries(self, me: Member, log: DecreeLog) -> None:
        """Equal index and epoch of a lineage: equal logs up to there; members change one by one."""
        lineage, previous = b"", bytes(16)
        for index in range(log.head):
            decree = log._entries[index]
            what = decree.what
            if isinstance(what, FoundLineage):
                lineage = what.lineage
            if (decree.index, decree.previous) != (index, previous):
                raise Violation(f"invariant 21: {me} holds a log that is no chain")
            previous = log._hashes[index + 1]
            if self._entries.setdefault((lineage, index, decree.epoch), previous) != previous:
                raise Violation(f"invariant 21: {me} holds another decree {index} of its epoch")
        lists = [(at, frozenset(each)) for at, each in log._lists]
        for (_, one), (at, other) in pairwise(lists):
            founds = isinstance(log._entries[at - 1].what, FoundLineage)
            if not founds and len(one ^ other) != 1:
                raise Violation(f"invariant 27: {me} changes several members at once")

    def _check_commits(self, me: Member, log: DecreeLog, since: int, epoch: int) -> None:
        for index in range(since, log.commit):
            held = log._hashes[index + 1]
            key = (log.lineage, index)
            if key not in self._commits:
                self._commits[key] = (held, epoch)
                self._check_majority(me, log, index, held)
            elif self._commits[key][0] != held:
                raise Violation(f"invariant 21: {me} committed another decree {index}")

    def _check_majority(self, me: Member, log: DecreeLog, index: int, held: Digest) -> None:
        holders = [
            member
            for member in log.members
            if member in self._lives and self._lives[member].log.hash_at(index + 1) == held
        ]
        if len(holders) < majority(len(log.members)):
            raise Violation(
                f"invariant 25: {me} committed decree {index},"
                f" held by {len(holders)} of {len(log.members)} members"
            )

    def _check_leader(self, consensus: Consensus) -> None:
        voter, log = consensus.voter, consensus.log
        epoch, lineage = voter.epoch, log.lineage
        if self._leaders.setdefault((lineage, epoch), voter.me) != voter.me:
            raise Violation(f"invariant 20: two coordinators of epoch {epoch}")
        for (of, index), (held, committed) in self._commits.items():
            if of == lineage and committed < epoch and log.hash_at(index + 1) != held:
                raise Violation(f"invariant 22: {voter.me} coordinates without decree {index}")
        own = [at for at in range(log.head) if log._entries[at].epoch == epoch]
        opening = [at for at in own if isinstance(log._entries[at].what, Noop)]
        if own and (not opening or (own[-1] > opening[0] and log.commit <= opening[0])):
            raise Violation(f"invariant 23: {voter.me} decides before its opening counts")
        pending = [at for at, _ in log._lists if at > log.commit and at - 1 in own]
        if len(pending) > 1:
            raise Violation(f"invariant 27: {voter.me} changes members twice at once")
