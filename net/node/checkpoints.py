"""Checkpoints: when the room is folded, and that all fold it alike (ADR 35)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias, final

from net.cluster.actions import Send
from net.cluster.checkpoint import (
    GENESIS,
    Authors,
    CheckpointContent,
    KeptCheckpoint,
    keep,
    name_authors,
    read_checkpoint,
)
from net.cluster.content import ContentArrived, Contents
from net.counters import Counters, done, loss
from net.errors import WireError
from net.limits import CHECKPOINT_FORKED, CHECKPOINT_LOST_NS, CHECKPOINT_WAIT_NS, FOLD_BYTES_MAX
from net.node.program import CheckpointDiffered, Event, Persist
from net.wire.decrees import Checkpoint

if TYPE_CHECKING:
    from net.cluster.log import DecreeLog
    from net.ids import Digest
    from net.node.lineage.consensus import Consensus
    from net.node.program import Folding
    from net.node.replica import Replica


@dataclass(slots=True)
class CheckpointCounters(Counters):
    """Checkpoints that were decreed, and how this node came to them."""

    part: ClassVar[str] = "checkpoints"
    begun: int = done()
    adopted: int = (
        loss()
    )  # of them: we lacked what is folded there, so we could not fold it ourselves
    differed: int = 0  # of them: we folded something else
    wrong: int = 0  # of another history than the log that names them
    lost: int = loss()  # nobody gave their content
    oversized: int = 0  # a fold beyond its bound, of our own


@dataclass(frozen=True, slots=True)
class DecreeCheckpoint:
    """Decree this now, and nothing before it."""

    what: Checkpoint


CheckpointOutcome: TypeAlias = Send | Persist | Event | DecreeCheckpoint


@dataclass(slots=True)
class _Pending:
    """A checkpoint that is decreed, and not begun here."""

    index: int
    what: Checkpoint
    decreed_ns: int
    read: KeptCheckpoint | None = None
    read_ns: int | None = None  # when it was first held against ours


@final
class Checkpoints:
    """Decrees checkpoints where we coordinate, and begins those that count.

    Args:
        folding: of the program; None: it cannot be folded, so nothing is ever dropped.
        replica: whose operations are folded.
        contents: in which a checkpoint travels.
    """

    def __init__(self, folding: Folding | None, replica: Replica, contents: Contents) -> None:
        self.counters = CheckpointCounters()
        self._folding = folding
        self._replica = replica
        self._operations = replica.operations
        self.contents = contents
        self._made: KeptCheckpoint | None = None
        self._pending: _Pending | None = None
        self._lost = 0  # index of one that was given up

    def restore(self, checkpoint: KeptCheckpoint | None) -> None:
        """Give on what the journal kept: perhaps nobody else has it."""
        if checkpoint is not None:
            self.contents.share(checkpoint.packed)

    def enter(self, checkpoint: KeptCheckpoint | None) -> list[Send | Persist | Event]:
        """Begin from the checkpoint of another history, where that or what we hold has one."""
        self._pending = self._made = None
        self._lost = 0
        if checkpoint is None and not self._operations.is_folded:
            return []
        self.restore(checkpoint)
        return self._replica.begin_from(checkpoint, checkpoint)

    def on_content(self, arrived: ContentArrived) -> bool:
        """Take content, if it is that of the checkpoint. Returns whether it is."""
        pending = self._pending
        if pending is None or pending.what.digest != arrived.digest:
            return False
        if pending.read is None:
            try:
                pending.read = read_checkpoint(arrived.content)
            except WireError:
                self._pending, self._lost = None, pending.index
                self.counters.wrong += 1
        return True

    def on_tick(
        self, consensus: Consensus | None, decides: bool, now_ns: int
    ) -> list[CheckpointOutcome]:
        """Begin the one that counts, once it is here and all that it folds; or decree the next."""
        if consensus is None:
            return []
        log = consensus.log
        self._note_next(log, now_ns)
        if self._pending is not None:
            return self._pursue_pending(consensus, self._pending, now_ns)
        if not decides or not self._is_due(log):
            return []
        made = self._fold_next(log)
        if len(made.content.fold) > FOLD_BYTES_MAX:
            self.counters.oversized += 1
            return []
        self._made = made
        self.contents.share(made.packed)
        return [DecreeCheckpoint(made.decree)]

    def _note_next(self, log: DecreeLog, now_ns: int) -> None:
        """Look for a newer checkpoint that counts; the one before it is not begun any more."""
        decree, pending = log.next_checkpoint, self._pending
        if decree is None or self._folding is None:
            self._pending = None
        elif (pending is None or pending.index != decree.index) and decree.index != self._lost:
            assert isinstance(decree.what, Checkpoint)
            self._pending = _Pending(decree.index, decree.what, now_ns)

    # --- beginning ----------------------------------------------------------------------------

    def _pursue_pending(
        self, consensus: Consensus, pending: _Pending, now_ns: int
    ) -> list[CheckpointOutcome]:
        outcomes: list[CheckpointOutcome] = []
        made = self._made
        if pending.read is None and made is not None and made.digest == pending.what.digest:
            pending.read = made
        if pending.read is None:
            outcomes.extend(self.contents.want(pending.what.digest, pending.what.size))
        if pending.read is None:
            if now_ns - pending.decreed_ns > CHECKPOINT_LOST_NS:
                self._pending, self._lost = None, pending.index
                self.counters.lost += 1
            return outcomes
        return [*outcomes, *self._hold_against_ours(consensus, pending, pending.read, now_ns)]

    def _hold_against_ours(
        self, consensus: Consensus, pending: _Pending, read: KeptCheckpoint, now_ns: int
    ) -> list[CheckpointOutcome]:
        log = consensus.log
        if log.base_at(pending.index) != read.content.base:
            self._pending, self._lost = None, pending.index
            self.counters.wrong += 1
            return []
        pending.read_ns = now_ns if pending.read_ns is None else pending.read_ns
        authors = Authors.of(read)
        follows = read.content.parent == _digest_of(log.checkpoint)
        differed = False
        ready = consensus.told >= pending.index and self._operations.covers(authors)
        if follows and ready:
            differed = self._fold_history(log, pending.index, authors).digest != read.digest
            self.counters.differed += differed
        elif follows and now_ns - pending.read_ns < CHECKPOINT_WAIT_NS:
            return []
        else:
            self.counters.adopted += 1
        self._pending = self._made = None
        self.counters.begun += 1
        told: list[CheckpointOutcome] = [CheckpointDiffered(read.index)] if differed else []
        return [*told, *self._begin_checkpoint(consensus, read)]

    def _begin_checkpoint(
        self, consensus: Consensus, checkpoint: KeptCheckpoint
    ) -> list[CheckpointOutcome]:
        """Go on from a checkpoint; keep what follows the one before, for those who lag behind."""
        before = consensus.log.checkpoint
        told_again = consensus.begin_at(checkpoint)
        self.contents.share(checkpoint.packed)
        return [*self._replica.begin_from(checkpoint, before), *told_again]

    # --- folding ------------------------------------------------------------------------------

    def _is_due(self, log: DecreeLog) -> bool:
        folding = self._folding
        if folding is None:
            return False
        # Just after a fork a merge is likely, which may need what the other side lacks.
        found = log.found
        forked = found is not None and found.forks > 0 and log.found_at > log.folded
        times = CHECKPOINT_FORKED if forked else 1
        before = 0 if log.checkpoint is None else log.checkpoint.content.operations
        return (
            log.commit - log.folded >= times * folding.decrees
            or len(self._operations) - before >= times * folding.operations
        )

    def _fold_next(self, log: DecreeLog) -> KeptCheckpoint:
        before = Authors.of(log.checkpoint)
        present = {member.node for member in log.members}
        authors = name_authors(before, self._operations.newest_since(before), present)
        return self._fold_history(log, log.head, authors)

    def _fold_history(self, log: DecreeLog, index: int, authors: Authors) -> KeptCheckpoint:
        """Return the checkpoint at an index that we make of our own and what came since."""
        assert self._folding is not None
        parent = None if log.checkpoint is None else log.checkpoint.content
        operations = self._operations.folded_between(Authors.of(log.checkpoint), authors)
        fold = self._folding.fold(
            b"" if parent is None else parent.fold, log.entries(log.folded, index), operations
        )
        count = len(operations) + (0 if parent is None else parent.operations)
        return keep(
            CheckpointContent(
                log.base_at(index),
                _digest_of(log.checkpoint),
                count,
                authors.named,
                authors.forgotten_us,
                fold,
            )
        )


def _digest_of(checkpoint: KeptCheckpoint | None) -> Digest:
    return GENESIS if checkpoint is None else checkpoint.digest
