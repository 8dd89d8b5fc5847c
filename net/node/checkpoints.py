"""Checkpoints: when the room is folded, and that all fold it alike (ADR 35)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias, final

from net.cluster.actions import Send
from net.cluster.blocks import content_digest
from net.cluster.causal.equivocation import convicted_by
from net.cluster.checkpoint import (
    GENESIS,
    Authors,
    Bound,
    BoundReached,
    CheckpointContent,
    KeptCheckpoint,
    keep,
    name_authors,
    read_checkpoint,
)
from net.cluster.content import ContentArrived, Contents
from net.counters import Counters, done, loss
from net.errors import WireError
from net.limits import (
    CHECKPOINT_FORKED,
    CHECKPOINT_LIVES,
    CHECKPOINT_LOST_NS,
    CHECKPOINT_WAIT_NS,
    FOLD_BYTES_MAX,
    MILLISECOND,
    NEVER,
    OPERATIONS_MAX,
    SECOND,
    VECTOR_ENTRIES_MAX,
)
from net.node.program import CheckpointDiffered, Committed, Event, Persist, SaveContent
from net.wire.decrees import Checkpoint, Decree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from net.cluster.log import DecreeLog
    from net.ids import Digest, NodeId
    from net.node.lineage.consensus import Consensus
    from net.node.peers import Peers
    from net.node.program import Folding
    from net.node.replica import Replica

_LOOK_NS: Final = 100 * MILLISECOND  # a bound that is reached is told within a second


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
    full: Counter[str] = field(default_factory=Counter)  # bounds that the room reached, by name


@dataclass(frozen=True, slots=True)
class DecreeCheckpoint:
    """Decree this now, and nothing before it."""

    what: Checkpoint


@final
class Forgetting:
    """Who is forgotten for others, by bound: told at once, then once a second."""

    def __init__(self) -> None:
        self._nodes: dict[Bound, dict[NodeId, None]] = {}
        self._told_ns = NEVER

    def note(self, bound: Bound, nodes: Iterable[NodeId]) -> None:
        """Note that these are forgotten."""
        self._nodes.setdefault(bound, {}).update(dict.fromkeys(nodes))

    def take_news(self, now_ns: int) -> list[BoundReached]:
        """Return what is to be told now."""
        if now_ns - self._told_ns < SECOND:
            return []
        news = [BoundReached(bound, tuple(nodes)) for bound, nodes in self._nodes.items() if nodes]
        if news:
            self._told_ns = now_ns
        self._nodes.clear()
        return news


CheckpointOutcome: TypeAlias = Send | Persist | Event | DecreeCheckpoint


@dataclass(slots=True)
class _Pending:
    """A checkpoint that is decreed, if it counts yet or not, and not begun here."""

    decree: Decree
    what: Checkpoint
    decreed_ns: int  # when we read of it
    read: KeptCheckpoint | None = None
    tried: bool = False  # to fold it ourselves …
    own: bool = False  # … and `read` is what we folded
    read_ns: int | None = None  # when it was first held against ours

    @property
    def index(self) -> int:
        return self.decree.index


@final
class Checkpoints:
    """Decrees checkpoints where we coordinate, and begins those that count.

    Args:
        folding: of the program; None: it cannot be folded, so nothing is ever dropped.
        replica: whose operations are folded.
        contents: in which a checkpoint travels.
        peers: who may be in a lineage that ours merges with.
    """

    def __init__(
        self, folding: Folding | None, replica: Replica, contents: Contents, peers: Peers
    ) -> None:
        self.counters = CheckpointCounters()
        self._folding = folding
        self._replica = replica
        self._operations = replica.operations
        self._peers = peers
        self.contents = contents
        self._made: KeptCheckpoint | None = None  # the last one that we decreed
        self._pending: _Pending | None = None
        self._vouched = True  # we have folded all ourselves, from the room's first decree on
        self._saved: Digest | None = None  # what the disk was given last of those decreed
        self._given_up: dict[Digest, int | None] = {}  # until when; None: for good
        self._full: frozenset[Bound] = frozenset()  # bounds that are reached
        self._oversized_ns = NEVER  # when what we folded was too large
        self._forgetting = Forgetting()
        self._looked_ns = NEVER  # when we last looked which bounds are reached

    def restore(self, checkpoint: KeptCheckpoint | None, content: bytes) -> None:
        """Give on what the journal kept: perhaps nobody else has it.

        Args:
            content: of the checkpoint that was decreed last; empty: none.
        """
        if checkpoint is not None:
            self._vouched = False
            self.contents.share(checkpoint.packed)
        if content:
            self.contents.share(content)
            self._saved = content_digest(content)

    def keeps(self, digest: Digest) -> bool:
        """Whether the content of a checkpoint ahead was given to the disk."""
        return digest == self._saved

    def enter(self, checkpoint: KeptCheckpoint | None) -> list[Send | Persist | Event]:
        """Begin from the checkpoint of another history, where that or what we hold has one."""
        self._pending = self._made = None
        self._vouched = checkpoint is None
        self._given_up.clear()
        convicted = self._operations.convictions.take_news()
        if checkpoint is None and not self._operations.is_folded and not convicted:
            return []
        return self._begin_from(checkpoint, checkpoint)

    def on_content(self, arrived: ContentArrived) -> bool:
        """Take content, if it is that of the checkpoint. Returns whether it is."""
        pending = self._pending
        if pending is None or pending.what.digest != arrived.digest:
            return False
        if pending.read is None:
            try:
                pending.read = read_checkpoint(arrived.content)
            except WireError:
                self._give_up(pending, None)
                self.counters.wrong += 1
        return True

    def on_tick(
        self, consensus: Consensus | None, decides: bool, now_ns: int
    ) -> list[CheckpointOutcome]:
        """Begin the one that counts, once it is here and all that it folds; or decree the next."""
        if consensus is None:
            return []
        log, told = consensus.log, self.bring(consensus, now_ns)
        if self._pending is not None:
            told.extend(self._pursue_pending(consensus, self._pending, now_ns))
        elif decides and self._is_due(log) and now_ns - self._oversized_ns > CHECKPOINT_LOST_NS:
            told.extend(self._decree_next(log, now_ns))
        return [*told, *self._look_at_bounds(log, now_ns)]

    def _decree_next(self, log: DecreeLog, now_ns: int) -> list[CheckpointOutcome]:
        made = self._fold_next(log, log.head)
        if len(made.content.fold) > FOLD_BYTES_MAX:
            self._oversized_ns = now_ns
            self.counters.oversized += 1
            return []
        self._made = made
        return [*self._save(made), DecreeCheckpoint(made.decree)]

    def _look_at_bounds(self, log: DecreeLog, now_ns: int) -> list[BoundReached]:
        """Tell of each bound once that it is reached, and again after there was room."""
        if now_ns - self._looked_ns < _LOOK_NS:
            return []
        self._looked_ns = now_ns
        before, operations = self._full, self._operations
        used_up = (
            (Bound.DECREES, log.is_full),
            (Bound.OPERATIONS, operations.kept >= OPERATIONS_MAX),
            (Bound.LIVES, len(operations.clock) >= VECTOR_ENTRIES_MAX),
            (Bound.FOLD, now_ns - self._oversized_ns <= 2 * CHECKPOINT_LOST_NS),
        )
        self._full = frozenset(bound for bound, is_used_up in used_up if is_used_up)
        news = sorted(self._full - before)
        self.counters.full.update(bound.value for bound in news)
        self._forgetting.note(Bound.CONVICTED, operations.convictions.take_forgotten())
        forgotten = self._forgetting.take_news(now_ns)
        for each in forgotten:
            self.counters.full[each.bound.value] += len(each.forgotten)
        return [*map(BoundReached, news), *forgotten]

    def bring(self, consensus: Consensus | None, now_ns: int) -> list[CheckpointOutcome]:
        """Look which checkpoint is next, and see to it that we hold its content.

        Its decree goes to no disk before that, and so does not count: call it whenever there may be
        a new one. Who holds the operations that the coordinator held makes the content itself.
        """
        if consensus is None or self._folding is None:
            return []
        log = consensus.log
        pending = self._note_next(log, now_ns)
        if pending is None:
            return []
        digest, made = pending.what.digest, self._made
        if pending.read is None and not pending.tried:
            if made is None or made.digest != digest:
                made = self._fold_next(log, pending.index)
            pending.tried, pending.own = True, made.digest == digest
            pending.read = made if pending.own else None
        if pending.read is None:
            return [*self.contents.want(digest, pending.what.size)]
        return [] if digest == self._saved else [*self._save(pending.read)]

    def go_on(self, consensus: Consensus | None, now_ns: int) -> list[CheckpointOutcome]:
        """Tell anew what counts, where that is less than was told; and look what is next."""
        return [*self._tell_again(consensus), *self.bring(consensus, now_ns)]

    def _tell_again(self, consensus: Consensus | None) -> list[CheckpointOutcome]:
        """Tell all from our checkpoint on anew, where something that was told does not count."""
        if consensus is None or not self._operations.convictions.take_news():
            return []
        log = consensus.log
        decrees = log.entries(log.folded, consensus.told)
        told = [Committed(decree, log.lineage) for decree in decrees]
        return [*self._replica.tell_again(log.checkpoint), *told]

    def _note_next(self, log: DecreeLog, now_ns: int) -> _Pending | None:
        """Return the newest that is not given up: those before it need no beginning.

        One without its content is wanted again after a while, in which the next may be decreed:
        who was cut off when it gave up may now hear whoever has it.
        """
        ahead, pending = log.checkpoints_ahead, self._pending
        if not ahead:
            self._pending = None
            self._given_up.clear()
            return None
        over = [d for d, until in self._given_up.items() if until is not None and until <= now_ns]
        for digest in over:
            del self._given_up[digest]
        decree = next((each for each in ahead if _content_of(each) not in self._given_up), None)
        if decree is None:
            self._pending = None
        elif pending is None or pending.decree != decree:
            assert isinstance(decree.what, Checkpoint)
            self._pending = _Pending(decree, decree.what, now_ns)
        return self._pending

    def _save(self, checkpoint: KeptCheckpoint) -> list[SaveContent]:
        self.contents.share(checkpoint.packed)
        self._saved = checkpoint.digest
        return [SaveContent(checkpoint.packed)]

    def _give_up(self, pending: _Pending, until_ns: int | None) -> None:
        self._pending = None
        self._given_up[pending.what.digest] = until_ns

    # --- beginning ----------------------------------------------------------------------------

    def _pursue_pending(
        self, consensus: Consensus, pending: _Pending, now_ns: int
    ) -> list[CheckpointOutcome]:
        if pending.read is not None:
            if pending.index >= consensus.log.commit:
                return []
            return self._hold_against_ours(consensus, pending, pending.read, now_ns)
        if now_ns - pending.decreed_ns > CHECKPOINT_LOST_NS:
            self._give_up(pending, now_ns + CHECKPOINT_LOST_NS)
            self.counters.lost += 1
        return [*self.contents.want(pending.what.digest, pending.what.size)]

    def _hold_against_ours(
        self, consensus: Consensus, pending: _Pending, read: KeptCheckpoint, now_ns: int
    ) -> list[CheckpointOutcome]:
        log = consensus.log
        if log.base_at(pending.index) != read.content.base:
            self._give_up(pending, None)
            self.counters.wrong += 1
            return []
        pending.read_ns = now_ns if pending.read_ns is None else pending.read_ns
        authors = Authors.of(read)
        follows = read.content.parent == _digest_of(log.checkpoint)
        differed = False
        ready = consensus.told >= pending.index and self._operations.covers(authors)
        if follows and ready:
            ours = read if pending.own else self._fold_history(log, pending.index, authors)
            differed = ours.digest != read.digest
            self.counters.differed += differed
            if differed and self._vouched:  # others may ask for theirs; what we hold is ours
                read = replace(read, content=ours.content)
        elif follows and now_ns - pending.read_ns < CHECKPOINT_WAIT_NS:
            return []
        else:
            self.counters.adopted += 1
            self._vouched = False
        self._pending = self._made = None
        self.counters.begun += 1
        told: list[CheckpointOutcome] = [CheckpointDiffered(read.index)] if differed else []
        return [*told, *self._begin_checkpoint(consensus, read)]

    def _begin_checkpoint(
        self, consensus: Consensus, checkpoint: KeptCheckpoint
    ) -> list[CheckpointOutcome]:
        """Go on from a checkpoint; keep what follows the one before, for those who lag behind."""
        before = consensus.log.checkpoint
        self._note_forgotten(before, checkpoint)
        told_again = consensus.begin_at(checkpoint)
        return [*self._begin_from(checkpoint, before), *told_again]

    def _note_forgotten(self, before: KeptCheckpoint | None, checkpoint: KeptCheckpoint) -> None:
        """Note whom a checkpoint knows no more that goes on from the one before."""
        if before is not None and checkpoint.content.parent == before.digest:
            gone = Authors.of(before).newest.keys() - Authors.of(checkpoint).newest.keys()
            self._forgetting.note(Bound.AUTHORS, sorted(gone))

    def _begin_from(
        self, checkpoint: KeptCheckpoint | None, floor: KeptCheckpoint | None
    ) -> list[Send | Persist | Event]:
        if checkpoint is not None:
            self.contents.share(checkpoint.packed)
        return self._replica.begin_from(checkpoint, floor)

    # --- folding ------------------------------------------------------------------------------

    def _is_due(self, log: DecreeLog) -> bool:
        folding = self._folding
        if folding is None:
            return False
        # Who is missing since a fork may go on without us: a merge needs what that side lacks. It
        # brings, before it, what the other side said; so the first checkpoint comes in the midst
        # of it, and by that nobody is missing any more.
        merges = log.missing or self._peers.tell_of_another(log.lineage)
        times = CHECKPOINT_FORKED if merges else 1
        before = 0 if log.checkpoint is None else log.checkpoint.content.operations
        return (
            log.commit - log.folded >= times * folding.decrees
            or len(self._operations) - before >= times * folding.operations
            or self._operations.clock.superseded >= CHECKPOINT_LIVES  # or no newcomer is heard
        )

    def _fold_next(self, log: DecreeLog, index: int) -> KeptCheckpoint:
        """Return the checkpoint at an index of all operations that are here."""
        before = Authors.of(log.checkpoint)
        present = {member.node for member in log.base_at(index).members}
        last, chain_of = self._operations.newest_since(before), self._operations.clock.chain_of
        authors = name_authors(before, last, chain_of, present)
        return self._fold_history(log, index, authors)

    def _fold_history(self, log: DecreeLog, index: int, authors: Authors) -> KeptCheckpoint:
        """Return the checkpoint at an index that we make of our own and what came since."""
        assert self._folding is not None
        parent = None if log.checkpoint is None else log.checkpoint.content
        operations = self._operations.folded_between(Authors.of(log.checkpoint), authors)
        decrees = log.entries(log.folded, index)
        before = () if parent is None else parent.convicted
        convicted = convicted_by(before, decrees, self._operations.convictions.proves)
        counting = list(map(self._operations.convictions.as_counts, decrees))
        fold = self._folding.fold(b"" if parent is None else parent.fold, counting, operations)
        count = len(operations) + (0 if parent is None else parent.operations)
        return keep(
            CheckpointContent(
                log.base_at(index),
                _digest_of(log.checkpoint),
                count,
                authors.named,
                authors.forgotten_us,
                fold,
                convicted,
            )
        )


def _content_of(decree: Decree) -> Digest:
    assert isinstance(decree.what, Checkpoint)
    return decree.what.digest


def _digest_of(checkpoint: KeptCheckpoint | None) -> Digest:
    return GENESIS if checkpoint is None else checkpoint.digest
