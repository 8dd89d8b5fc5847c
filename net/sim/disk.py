"""A virtual machine's disk: writes reach it late, in groups, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, final

from net.cluster.blocks import content_digest
from net.cluster.checkpoint import Authors, read_checkpoint
from net.ids import NO_LINEAGE
from net.limits import MILLISECOND, SECOND
from net.node.group_commit import DiskState, GroupCommit
from net.node.program import (
    KeptRoom,
    SaveCheckpoint,
    SaveContent,
    SaveDecree,
    SaveMoment,
    SaveOperation,
    SavePeer,
    Write,
)
from net.wire.decrees import FoundLineage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from net.ids import Address, Digest, Dot, LineageId, NodeId
    from net.wire.decrees import Decree
    from net.wire.messages import Operation

LIFE_NS: Final = SECOND // 16  # lives are numbered by the time in such units, at least …
RESERVE: Final = 4  # … and reserved so many at a time, as in net.runtime.disk.profile
SYNC_MEANS_NS: Final = (MILLISECOND // 3, 2 * MILLISECOND, 8 * MILLISECOND)  # of good disks

_NO_MOMENT: Final = SaveMoment(0, ())
_NO_CHECKPOINT: Final = SaveCheckpoint(0, b"", ())


@final
@dataclass(slots=True)
class Lost:
    """Decrees that were on a disk, as its process may have said."""

    damaged: dict[int, Decree] = field(default_factory=dict)
    replaced: set[Decree] = field(default_factory=set)  # others took their place


@dataclass(slots=True)
class Disk:
    """What a machine keeps over a crash, and what is on its way there."""

    rng: Random
    reserved: int = 0  # lives up to here may have been led
    operations: list[Operation] = field(default_factory=list)
    dots: set[Dot] = field(default_factory=set)  # of the operations
    decrees: dict[int, Decree] = field(default_factory=dict)
    lost: Lost = field(default_factory=Lost)
    begun: SaveCheckpoint = _NO_CHECKPOINT
    content: bytes = b""  # of the checkpoint that was decreed last
    moment: SaveMoment = _NO_MOMENT
    peers: dict[NodeId, Address] = field(default_factory=dict)
    queue: GroupCommit[Write] = field(default_factory=GroupCommit)
    full_until_ns: int = 0
    slow: tuple[int, int] = (0, 0)  # how long a commit takes, and until when
    mean_ns: int = field(init=False)
    told: tuple[DiskState, int] = (DiskState(), 0)  # to the process that runs: state, how many kept

    def __post_init__(self) -> None:
        self.mean_ns = self.rng.choice(SYNC_MEANS_NS)

    # --- lives --------------------------------------------------------------------------------

    def begin_life(self, now_ns: int) -> int:
        """Return which life a process leads: one that none led, though the disk takes nothing."""
        life = max(self.reserved + 1, now_ns // LIFE_NS)
        self.reserve(life, now_ns)
        return life

    def reserve(self, life: int, now_ns: int) -> None:
        """Reserve lives behind one that is led now, if the disk takes it."""
        if life + RESERVE // 2 > self.reserved and self.takes(now_ns):
            self.reserved = life + RESERVE - 1

    # --- the journal --------------------------------------------------------------------------

    @property
    def checkpoint(self) -> bytes:
        return self.begun.packed

    @property
    def folded(self) -> int:
        """How many decrees it stands for."""
        return self.begun.index

    def takes(self, now_ns: int) -> bool:
        return now_ns >= self.full_until_ns

    def draw_commit_ns(self, now_ns: int) -> int:
        """Return how long a commit that begins now takes."""
        slow_ns, until_ns = self.slow
        mean_ns = slow_ns if now_ns < until_ns else self.mean_ns
        return mean_ns // 2 + int(self.rng.expovariate(2 / mean_ns))

    def write(self, batch: Sequence[Write]) -> None:
        for each in batch:
            self._write_one(each)

    def lose_power(self, now_ns: int) -> None:
        """Lose what waits; of the batch that was being committed some may be there, from its head.

        SQLite keeps all of a batch or nothing. A prefix is worse, and no worse than others are.
        """
        batch, self.queue = self.queue.unfinished(), GroupCommit()
        self.told = (DiskState(), 0)
        if batch and self.takes(now_ns):
            self.write(batch[: self.rng.randint(0, len(batch))])

    def damage(self) -> None:
        """Make what was written unreadable, but for the lives."""
        self.begun, self.content = _NO_CHECKPOINT, b""
        self.operations.clear()
        self.dots.clear()
        self.lost.damaged.update(self.decrees)
        self.decrees.clear()
        self.peers.clear()
        self.moment = _NO_MOMENT

    def kept(self, *, aged: bool = False) -> KeptRoom:
        """Return what the next process finds; `aged`: by the machine's clocks that is too old."""
        decrees = tuple(self.decrees[index] for index in sorted(self.decrees))
        kept = tuple(self.operations), decrees, self.moment
        return KeptRoom(*kept, aged, self.checkpoint, self.content)

    def _write_one(self, what: Write) -> None:
        match what:
            case SaveOperation(operation=operation):
                self.operations.append(operation)
                self.dots.add(operation.dot)
            case SaveDecree(decree=decree):
                for index in [n for n in self.decrees if n >= decree.index]:
                    self.lost.replaced.add(self.decrees.pop(index))
                self.decrees[decree.index] = decree
            case SaveContent(packed=packed):
                self.content = packed
            case SaveCheckpoint():
                self._begin_from(what)
            case SaveMoment():
                self.moment = what
            case SavePeer(node=node, address=address):
                self.peers[node] = address

    def _begin_from(self, what: SaveCheckpoint) -> None:
        """Put a checkpoint in the place of all that it stands for; what it folds counts as here."""
        self.begun = what
        self.operations = list(what.operations)
        self.dots.update(operation.dot for operation in what.operations)
        self.decrees = {n: decree for n, decree in self.decrees.items() if n >= what.index}

    def holds(self, dot: Dot) -> bool:
        """Whether an operation is here, or folded.

        A life that a checkpoint has closed is named in that one alone: what later ones hold of it
        nobody can tell by them, and nothing more of it counts.
        """
        authors = _authors_of(self.checkpoint)
        return dot in self.dots or authors.folds(dot) or authors.closes(dot.member)

    def holds_content(self, digest: Digest) -> bool:
        """Whether the content of a checkpoint is here."""
        return digest in {content_digest(each) for each in (self.checkpoint, self.content)}

    def find_lineage(self) -> LineageId:
        """Return whose decrees these are."""
        for index in sorted(self.decrees, reverse=True):
            match self.decrees[index].what:
                case FoundLineage(lineage=lineage):
                    return lineage
                case _:
                    pass
        found = read_checkpoint(self.checkpoint).content.base.found if self.checkpoint else None
        return NO_LINEAGE if found is None else found.lineage


@lru_cache(maxsize=64)  # disks are asked about each order anew
def _authors_of(checkpoint: bytes) -> Authors:
    return Authors.of(read_checkpoint(checkpoint) if checkpoint else None)
