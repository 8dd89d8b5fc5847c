"""Authors that say two things in one place, which their two signatures prove (ADR 63)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import msgspec

from net.cluster.causal.log_reader import LogReader
from net.cluster.causal.signing import said_by
from net.ids import DIGEST_BYTES, Digest
from net.limits import CONVICTED_MAX
from net.recent import Recent
from net.wire.decrees import Convict, Equivocation, Noop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from net.cluster.log import DecreeLog
    from net.ids import Member, NodeId
    from net.wire.decrees import Decree
    from net.wire.messages import Operation


def next_chain(before: Digest, operation: Operation) -> Digest:
    """Return what a life has said so far, as a digest, with one operation more.

    Signatures are left out: one thing signed twice is no contradiction.
    """
    data = before + said_by(operation)
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES, person=b"racer author").digest()


def contradiction(one: Operation, other: Operation) -> Equivocation | None:
    """Return the proof that two operations of one dot, both authentic, are; None: they agree."""
    assert one.dot == other.dot
    low, high = sorted((said_by(each), each.signature) for each in (one, other))
    if low[0] == high[0]:
        return None
    return Equivocation(one.dot, one.key, (low[0], high[0]), (low[1], high[1]))


def convicted_by(
    before: Iterable[Equivocation],
    decrees: Iterable[Decree],
    proves: Callable[[Equivocation], bool],
) -> tuple[Equivocation, ...]:
    """Return who is convicted once some decrees count, the newest last: one proof for each life.

    Who goes beyond CONVICTED_MAX was convicted first, and may come in again.
    """
    proofs = {proof.dot.member: proof for proof in before}
    for decree in decrees:
        match decree.what:
            case Convict(proof=proof) if proof.dot.member not in proofs and proves(proof):
                proofs[proof.dot.member] = proof
            case _:
                pass
    return tuple(proofs.values())[-CONVICTED_MAX:]


@dataclass(frozen=True, slots=True)
class Equivocated:
    """A node signed two things in one place; or a machine was copied while it ran, and both spoke.

    It is out, for as long as the room lasts, and is heard no more; it may be us. All that counts
    without what it said since the checkpoint is told anew, behind a `Folded`.
    """

    node: NodeId


@final
class Convictions:
    """What is proved against authors: heard of, or decreed in the log that we follow.

    Nothing of a convicted life counts but what a checkpoint holds, whichever proof one has; and its
    node is out, in any life.

    CONVICTED_MAX are remembered of those whom we had heard ourselves, and as many of others: so
    who coordinates crowds out none of the first by decrees against keys that it makes up.
    """

    def __init__(
        self, proves: Callable[[Equivocation], bool], has_heard: Callable[[Member], bool]
    ) -> None:
        self._proves = proves
        # Proofs, and whether each holds.
        self._looked_at: Recent[Equivocation, bool] = Recent(2 * CONVICTED_MAX)
        self._has_heard = has_heard  # whether something of a life was delivered here
        self.found: list[Equivocation] = []  # by us, and not taken yet
        self._proofs: dict[Member, Equivocation] = {}  # the newest last
        self._heard: set[Member] = set()  # of them: whom we had heard
        self._decreed: tuple[Equivocation, ...] = ()
        self._reader = LogReader()
        self.nodes: set[NodeId] = set()
        self._is_news = False  # somebody is convicted of whom it was not known
        self._forgotten: list[NodeId] = []  # who may come in again, and was not told yet

    def proves(self, proof: Equivocation) -> bool:
        """Whether a proof holds, for this room. What comes again costs no check."""
        if proof not in self._looked_at:
            self._looked_at.note(proof, self._proves(proof))
        return self._looked_at[proof]

    def __contains__(self, life: object) -> bool:
        return life in self._proofs

    def take_found(self) -> list[Equivocation]:
        """Return what we found to prove that authors say two things, since this was last asked."""
        found, self.found = self.found, []
        return found

    def take_news(self) -> bool:
        """Whether somebody was convicted since this was last asked."""
        is_news, self._is_news = self._is_news, False
        return is_news

    def take_forgotten(self) -> list[NodeId]:
        """Return who may come in again since this was last asked, for others have its place."""
        forgotten, self._forgotten = self._forgotten, []
        return [node for node in dict.fromkeys(forgotten) if node not in self.nodes]

    def add(self, proof: Equivocation) -> bool:
        """Take what may be a proof. Returns whether it is one, and against a life that was free."""
        life = proof.dot.member
        if life in self._proofs or not self.proves(proof):
            return False
        self._proofs[life], self._is_news = proof, True
        if self._has_heard(life):
            self._heard.add(life)
        alike = [each for each in self._proofs if (each in self._heard) == (life in self._heard)]
        for first in alike[:-CONVICTED_MAX]:
            del self._proofs[first]
            self._heard.discard(first)
            self._forgotten.append(first.node)
        self.nodes.clear()
        self.nodes.update(each.node for each in self._proofs)
        return True

    def follow(self, log: DecreeLog) -> list[Equivocation]:
        """Read what is new in the log that we hold now. Returns what was proved to us by it."""
        news = self._reader.news(log)
        if news is None:
            return []
        before = self._decreed
        if news.anew:
            before = () if log.checkpoint is None else log.checkpoint.content.convicted
        self._decreed = convicted_by(before, news.decrees, self.proves)
        return [proof for proof in self._decreed if self.add(proof)]

    def as_counts(self, decree: Decree) -> Decree:
        """Return a decree as it counts: one that convicts by what proves nothing says nothing."""
        match decree.what:
            case Convict(proof=proof) if not self.proves(proof):
                return msgspec.structs.replace(decree, what=Noop())
            case _:
                return decree

    def undecreed(self) -> list[Equivocation]:
        """Return what our log does not tell: its coordinator should decree it.

        No more than a log tells, those whom we heard first: else one is decreed for another, and
        that one again, without end.
        """
        decreed = {proof.dot.member for proof in self._decreed}
        due = sorted(self._proofs, key=self._heard.__contains__)[-CONVICTED_MAX:]
        return [self._proofs[life] for life in due if life not in decreed]

    def against(self, node: NodeId) -> list[Equivocation]:
        """Return what is proved against a node."""
        return [proof for proof in self._proofs.values() if proof.dot.node == node]
