"""What must hold at every step of every run; numbers as in the list of `docs/SIMULATION.md`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, final

from net.cluster.causal.equivocation import Equivocated
from net.cluster.checkpoint import GENESIS, Authors, read_checkpoint
from net.cluster.log import DecreeLog, chain_hash, majority
from net.ids import Digest, Dot, LineageId, Member, NodeId
from net.node.program import (
    CheckpointDiffered,
    Committed,
    CoordinatorChanged,
    Delivered,
    Event,
    Folded,
    LineageEntered,
    PeerChanged,
    Persist,
    SaveCheckpoint,
    SaveIncarnation,
    SaveOperation,
)
from net.sim.checks.durability import Durability
from net.sim.checks.inspection import log_of, member_of, voter_of
from net.wire.decrees import Decree, FoundLineage, Noop
from net.wire.messages import Operation

if TYPE_CHECKING:
    from net.node.node import Node


class Violation(AssertionError):  # noqa: N818 - named for what it is
    """An invariant does not hold; the text says which, and who saw what."""


IncarnationKey: TypeAlias = tuple[int, int]
"""(machine, how often it was started)."""


@dataclass(slots=True)
class _Told:
    """What one life was told."""

    next: int = 0  # index of the decree that must come next
    opened: set[int] = field(default_factory=set)  # epochs whose opening decree it was told
    operations: dict[Member, int] = field(default_factory=dict)  # the newest told, by author
    held: dict[Member, int] = field(default_factory=dict)  # how many it holds, by author …
    authors: Authors = field(default_factory=Authors)  # … and what the checkpoint counts
    lives: dict[NodeId, int] = field(default_factory=dict)  # the newest told, by node
    epochs: dict[LineageId, int] = field(default_factory=dict)
    race_ns: int = 0
    may_step: bool = False  # the race clock, once: to that of the lineage just entered


@final
class Invariants:
    """Watches what all nodes of a room are told, persist and propose.

    Args:
        blind: invariants that are not checked; for whoever breaks them on purpose.
    """

    def __init__(self, blind: frozenset[int] = frozenset()) -> None:
        self._blind = blind
        self._histories: dict[LineageId, dict[int, Decree]] = {}
        self._commits: dict[LineageId, dict[int, int]] = {}  # index → epoch that committed it
        self._reigns: dict[tuple[LineageId, int], NodeId] = {}
        self._logs: dict[Member, DecreeLog] = {}  # the newest of each life, dead ones too
        self._told: dict[IncarnationKey, _Told] = {}
        self._incarnations: dict[int, int] = {}
        self.durability = Durability(self.violated)
        self._decrees: dict[Digest, Decree] = {}  # all that were committed, by the hash after them
        self.operations: dict[Dot, Operation] = {}  # all that anybody delivered
        self.liars: set[NodeId] = set()  # who signs what no node of ours would
        self.checks = 0
        self.clock_leapt = False  # of any machine

    def violated(self, number: int, text: str) -> None:
        """Tell that an invariant does not hold."""
        if number not in self._blind:
            raise Violation(f"invariant {number}: {text}")

    def history_of(self, log: DecreeLog) -> list[Decree]:
        """Return all that is committed in a log, what it has dropped too."""
        history: list[Decree] = []
        chain = log.hash_at(log.commit)
        while chain is not None and chain != GENESIS:
            history.append(self._decrees[chain])
            chain = history[-1].previous
        return history[::-1]

    def _told_to(self, life: IncarnationKey) -> _Told:
        told = self._told.get(life)
        if told is None:
            told = self._told[life] = _Told()
        return told

    # --- what a program is told -----------------------------------------------------------------

    def on_event(self, life: IncarnationKey, event: Event, node: Node | None = None) -> None:
        """Take what the node of a life tells its program.

        Args:
            node: to look into; without it some invariants cannot be checked.

        Raises:
            Violation: something must not be.
        """
        self.checks += 1
        told = self._told_to(life)
        match event:
            case LineageEntered():
                told.next, told.race_ns, told.may_step = 0, 0, True
                told.opened.clear()
                told.epochs.clear()
                log = None if node is None else log_of(node)
                if node is not None and log is not None:
                    self._logs[member_of(node)] = log
            case Folded() | CheckpointDiffered():
                self._check_checkpoint(life, told, event, node)
            case Committed(decree=decree, lineage=lineage):
                self._check_committed(life, told, decree, lineage)
                if node is not None:
                    self._check_first_commit(life, decree, lineage, node)
            case CoordinatorChanged():
                self._check_coordinator(life, told, event, node)
            case Delivered(operation=operation):
                self._check_delivered(life, told, operation.dot)
            case PeerChanged() | Equivocated():
                self._check_verdict(life, told, event)
            case _:
                pass

    def _check_verdict(
        self, life: IncarnationKey, told: _Told, event: PeerChanged | Equivocated
    ) -> None:
        match event:
            case PeerChanged(node=node, incarnation=incarnation):
                if incarnation < told.lives.get(node, 0):
                    self.violated(3, f"{life} judged life {incarnation} after a later one")
                told.lives[node] = incarnation
            case Equivocated(node=node):
                if node not in self.liars:
                    self.violated(47, f"{life} convicts {node.hex()[:8]}, which is honest")

    def _check_committed(
        self, life: IncarnationKey, told: _Told, decree: Decree, lineage: LineageId
    ) -> None:
        if decree.index != told.next:
            self.violated(22, f"{life} was told decree {decree.index} out of order")
        told.next = decree.index + 1
        history = self._histories.setdefault(lineage, {})
        self._decrees.setdefault(chain_hash(decree), decree)
        if history.setdefault(decree.index, decree) != decree:
            self.violated(21, f"{life} committed another decree {decree.index} than others did")
        if isinstance(decree.what, Noop):
            told.opened.add(decree.epoch)

    def _check_checkpoint(
        self,
        life: IncarnationKey,
        told: _Told,
        event: Folded | CheckpointDiffered,
        node: Node | None,
    ) -> None:
        """Take that a program begins from a fold. Of the epoch there it was told no opening."""
        if isinstance(event, CheckpointDiffered):
            if self.liars:
                return  # one of them may have decreed it
            self.violated(44, f"{life} folds another state of {event.index} decrees than others do")
            return
        told.next = event.index
        told.operations.clear()
        log = None if node is None else log_of(node)
        if log is not None:  # by now it may have begun from a later checkpoint, too
            told.opened.add(log.base_at(max(event.index, log.base.index)).epoch)

    def _check_first_commit(
        self, life: IncarnationKey, decree: Decree, lineage: LineageId, node: Node
    ) -> None:
        """Check what holds at the moment at which a decree first counts anywhere."""
        commits = self._commits.setdefault(lineage, {})
        voter = voter_of(node)
        if decree.index in commits or voter is None:
            return
        commits[decree.index] = voter.epoch
        told, log = self._told[life], voter.log
        if not isinstance(decree.what, (Noop, FoundLineage)) and decree.epoch not in told.opened:
            self.violated(23, f"{life} committed decree {decree.index} before its epoch's opening")
        ends = decree.index + 1
        held = [
            member
            for member in log.members
            if member in self._logs and _holds(self._logs[member], decree, log.hash_at(ends))
        ]
        if len(held) < majority(len(log.members)):
            self.violated(
                25,
                f"{life} committed decree {decree.index}, held by {len(held)}"
                f" of {len(log.members)} members",
            )

    def _check_coordinator(
        self, life: IncarnationKey, told: _Told, event: CoordinatorChanged, node: Node | None
    ) -> None:
        lineage, epoch = event.lineage, event.epoch
        if epoch < told.epochs.get(lineage, 0):
            self.violated(20, f"{life} went back to epoch {epoch} of {lineage.hex()}")
        told.epochs[lineage] = epoch
        if event.node is None:
            return
        if self._reigns.setdefault((lineage, epoch), event.node) != event.node:
            self.violated(20, f"two coordinators of epoch {epoch} of {lineage.hex()}")
        if node is None or event.node != node.me:
            return
        log = log_of(node)
        for index, committed in self._commits.get(lineage, {}).items():
            if committed >= epoch or log is None or log.is_compacted(index):
                continue
            if index >= log.head or log.entry(index) != self._histories[lineage][index]:
                self.violated(22, f"{life} coordinates in epoch {epoch} without decree {index}")

    def _check_delivered(self, life: IncarnationKey, told: _Told, dot: Dot) -> None:
        if dot.n <= told.operations.get(dot.member, 0):
            self.violated(15, f"{life} was told operation {dot} twice, or backwards")
        told.operations[dot.member] = dot.n

    # --- what a node does -----------------------------------------------------------------------

    def on_start(
        self, life: IncarnationKey, restored: Sequence[Operation], checkpoint: bytes
    ) -> None:
        """Take what a process found on its disk."""
        told = self._told_to(life)
        self._begin_from(told, checkpoint)
        progress = True
        while progress:
            progress = False
            for operation in restored:
                dot = operation.dot
                if dot.n == told.held.get(dot.member, 0) + 1 and self._follows_causes(
                    operation, told
                ):
                    told.held[dot.member] = dot.n
                    progress = True

    def on_saved(self, life: IncarnationKey, what: Persist) -> None:
        """Take what a node persists, before it is done."""
        match what:
            case SaveIncarnation(incarnation=incarnation):
                self.on_saved_incarnation(life, incarnation)
            case SaveOperation(operation=operation):
                self.on_saved_operation(life, operation)
            case SaveCheckpoint(packed=packed, operations=operations):
                self._begin_from(self._told[life], packed)
                for operation in operations:
                    self.on_saved_operation(life, operation)
            case _:
                pass

    def _begin_from(self, told: _Told, checkpoint: bytes) -> None:
        """Take what a checkpoint counts as held, and nothing else."""
        told.authors = Authors.of(read_checkpoint(checkpoint) if checkpoint else None)
        told.held = {member: author.n for member, author in told.authors.lives.items()}

    def on_saved_operation(self, life: IncarnationKey, operation: Operation) -> None:
        """Take an operation that a node has delivered just now, in its order."""
        self.checks += 1
        told, dot = self._told[life], operation.dot
        held = told.held
        one = self.operations.setdefault(dot, operation)
        if one != operation and dot.node not in self.liars:
            self.violated(48, f"{life} delivered another operation {dot} than others")
        if dot.n != held.get(dot.member, 0) + 1:
            self.violated(15, f"{life} delivered operation {dot} with a gap, or again")
        if not self._follows_causes(operation, told):
            self.violated(16, f"{life} delivered operation {dot} before its causes")
        held[dot.member] = dot.n

    def on_saved_incarnation(self, life: IncarnationKey, incarnation: int) -> None:
        if incarnation <= self._incarnations.get(life[0], 0):
            self.violated(6, f"{life} leads life {incarnation}, not for the first time")
        self._incarnations[life[0]] = max(incarnation, self._incarnations.get(life[0], 0))

    def _follows_causes(self, operation: Operation, told: _Told) -> bool:
        """Whether all that an operation names was delivered, but what was said by who lies."""
        return all(
            cause.n <= told.held.get(life, 0) or told.authors.closes(life)
            for cause in operation.causes
            if (life := Member(cause.node, cause.incarnation)).node not in self.liars
        )

    def on_proposal(self, life: IncarnationKey, node: Node) -> None:
        """Take that the program of a node decides something, and the node lets it."""
        self.checks += 1
        voter = voter_of(node)
        if voter is not None and voter.epoch not in self._told[life].opened:
            self.violated(23, f"{life} decides in epoch {voter.epoch}, which is not open")

    def on_race_clock(self, life: IncarnationKey, race_ns: int) -> None:
        """Take what the race clock of a synced life shows, where no machine's clock leapt."""
        told = self._told_to(life)
        back_ns = told.race_ns - race_ns
        if back_ns > 0 and told.may_step:
            told.may_step = False
        elif back_ns > 0:
            self.violated(36, f"{life} saw the race clock run back by {back_ns} ns")
        told.race_ns = race_ns


def _holds(log: DecreeLog, decree: Decree, chain: Digest | None) -> bool:
    """Whether a log holds a decree, or has held it until a checkpoint."""
    return log.is_compacted(decree.index) or log.hash_at(decree.index + 1) == chain
