"""What a checkpoint decree names: all that the log and the operations before it amount to.

Everybody makes the same bytes of it: the coordinator when it decrees the checkpoint, the others
when they read the decree and hold their own against its digest (ADR 35).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heapify, heappop, heappush
from typing import Annotated, Final, TypeAlias, final

import msgspec
from msgspec import Meta

from net.cluster.blocks import content_digest
from net.errors import WireError
from net.ids import DIGEST_BYTES, Digest, Dot, Incarnation, Member, Natural, NodeId
from net.limits import (
    AUTHORS_MAX,
    CONVICTED_MAX,
    FOLD_BYTES_MAX,
    PEERS_MAX,
    VECTOR_ENTRIES_MAX,
)
from net.wire.decrees import Checkpoint, Decree, Equivocation, FoundLineage
from net.wire.messages import Operation
from net.wire.values import Epoch, Value
from net.wire.versions import FIRST_VERSION, VERSION_MAX

GENESIS: Final[Digest] = bytes(DIGEST_BYTES)

Fold: TypeAlias = Callable[[bytes, Sequence[Decree], Sequence[Operation]], bytes]
"""Returns what a program's state amounts to: of the fold before, and of what came since.

Pure, and the same bytes everywhere. It may be folded in one step or in several: the fold of a fold
and the rest is that of all. Operations come in one order, causes first.
"""


class Bound(StrEnum):
    """What a room holds only so much of."""

    DECREES = "decrees"  # since the checkpoint before the last
    OPERATIONS = "operations"  # likewise
    LIVES = "lives"  # that wrote since, and one of each who wrote before
    FOLD = "fold"  # bytes of what all before a checkpoint amounts to: so none can be made
    AUTHORS = "authors"  # nodes that wrote: who was silent longest is forgotten
    CONVICTED = "convicted"  # lives that said two things: the first is forgotten


@dataclass(frozen=True, slots=True)
class BoundReached:
    """The room takes no more of these. Told at once, and again where there was room meanwhile.

    Or it takes them, and forgets others: who, as they are forgotten, once a second at most.
    """

    bound: Bound
    forgotten: tuple[NodeId, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryGivenUp:
    """So many operations of the room that we come from are in none any more.

    They were folded there, as in a split of several checkpoints, and the room that we are in now
    did not have them.
    """

    operations: int


class LogBase(Value, frozen=True):
    """What a log keeps of the decrees before `index` once they are dropped."""

    index: Natural = 0
    chain: Digest = GENESIS  # hash after them
    origin: Digest = GENESIS  # hash after the first of them: two logs of one room share it
    epoch: Epoch = 0  # of the last of them
    members: Annotated[tuple[Member, ...], Meta(max_length=PEERS_MAX)] = ()
    found: FoundLineage | None = None
    found_at: Natural = 0  # how many decrees there were with it
    had_company: bool = False  # two members at once were among them
    version: Annotated[int, Meta(ge=1, le=VERSION_MAX)] = FIRST_VERSION  # that the room speaks


class Author(Value, frozen=True):
    """The first `n` operations of a life are folded; `race_us` is the time of the last of them.

    `chain` is a digest of what they say.
    """

    node: NodeId
    incarnation: Incarnation
    n: Natural
    race_us: Natural
    chain: Digest

    @property
    def member(self) -> Member:
        return Member(self.node, self.incarnation)


class CheckpointContent(Value, frozen=True):
    """The room at a checkpoint.

    Of each node the newest life in `authors` may write on; those before it are closed: what of
    theirs is not folded comes too late. Whoever is not in it wrote nothing after `forgotten_us`
    that was folded.
    """

    base: LogBase
    parent: Digest  # of the content that this one was folded from; zeros: of nothing
    operations: Natural  # how many are folded, in all
    authors: Annotated[tuple[Author, ...], Meta(max_length=2 * VECTOR_ENTRIES_MAX)]
    forgotten_us: Natural
    fold: Annotated[bytes, Meta(max_length=FOLD_BYTES_MAX)]  # the program's
    convicted: Annotated[tuple[Equivocation, ...], Meta(max_length=CONVICTED_MAX)] = ()


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final[msgspec.msgpack.Decoder[CheckpointContent]] = msgspec.msgpack.Decoder(
    CheckpointContent
)


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A checkpoint as a node holds it: read, and as bytes for others."""

    content: CheckpointContent
    packed: bytes
    digest: Digest

    @property
    def index(self) -> int:
        return self.content.base.index

    @property
    def decree(self) -> Checkpoint:
        """What a log says of it."""
        return Checkpoint(self.digest, len(self.packed))


def keep(content: CheckpointContent) -> KeptCheckpoint:
    """Return a checkpoint with its bytes."""
    packed = _ENCODER.encode(content)
    return KeptCheckpoint(content, packed, content_digest(packed))


def read_checkpoint(packed: bytes) -> KeptCheckpoint:
    """Return the checkpoint of some bytes.

    Raises:
        WireError: they are none.
    """
    try:
        content = _DECODER.decode(packed)
    except (ValueError, RecursionError) as error:
        raise WireError(str(error)) from None
    members, base = [author.member for author in content.authors], content.base
    if members != sorted(set(members)) or base.index == 0:
        raise WireError("checkpoint with authors out of order, or of nothing")
    if base.found is None or not 0 < base.found_at <= base.index:
        raise WireError("checkpoint of a lineage that was not founded before it")
    if not base.members or len(set(base.members)) != len(base.members):
        raise WireError("checkpoint of a room without members, or with one twice")
    return KeptCheckpoint(content, packed, content_digest(packed))


@final
class Authors:
    """What of everybody's operations a checkpoint holds; of no checkpoint: nothing."""

    def __init__(self, named: Sequence[Author] = (), forgotten_us: int = 0) -> None:
        self.named = tuple(named)
        self.forgotten_us = forgotten_us
        self.lives = {author.member: author for author in named}
        self.newest = {author.node: author.incarnation for author in named}  # they are sorted

    @classmethod
    def of(cls, checkpoint: KeptCheckpoint | None) -> Authors:
        if checkpoint is None:
            return cls()
        return cls(checkpoint.content.authors, checkpoint.content.forgotten_us)

    def folds(self, dot: Dot) -> bool:
        """Whether an operation is in it."""
        return dot.n <= self.n_of(dot.member)

    def n_of(self, member: Member) -> int:
        """Return how many operations of a life are in it."""
        author = self.lives.get(member)
        return 0 if author is None else author.n

    def closes(self, member: Member) -> bool:
        """Whether a life writes no more: a later one of its node is in it."""
        return member.incarnation < self.newest.get(member.node, 0)

    def settles(self, dot: Dot, race_us: int) -> bool:
        """Whether an operation is in it, or comes too late."""
        if dot.node not in self.newest:
            return 0 < race_us <= self.forgotten_us
        return self.folds(dot) or self.closes(dot.member)


def in_one_order(operations: Sequence[Operation]) -> list[Operation]:
    """Return operations in the one order in which all nodes fold them: by time, causes first.

    What is not among them but named as a cause is folded already.
    """
    by_dot = {operation.dot: operation for operation in operations}
    before: dict[Dot, int] = {}  # how many of an operation's causes have no place yet
    after: dict[Dot, list[Dot]] = {}
    for dot, operation in by_dot.items():
        causes = {Dot(c.node, c.incarnation, c.n) for c in operation.causes if c.n > 0}
        if dot.n > 1:
            causes.add(Dot(dot.node, dot.incarnation, dot.n - 1))
        causes &= by_dot.keys()
        before[dot] = len(causes)
        for cause in causes:
            after.setdefault(cause, []).append(dot)
    ready = [(by_dot[dot].race_us, dot) for dot, lacks in before.items() if lacks == 0]
    heapify(ready)
    ordered: list[Operation] = []
    while ready:
        _, dot = heappop(ready)
        ordered.append(by_dot[dot])
        for follower in after.get(dot, ()):
            before[follower] -= 1
            if before[follower] == 0:
                heappush(ready, (by_dot[follower].race_us, follower))
    return ordered


def name_authors(
    before: Authors,
    last: Iterable[Operation],
    chain_of: Callable[[Member], Digest],
    present: set[NodeId],
) -> Authors:
    """Return the authors of the next checkpoint.

    Of a node that wrote nothing since, its newest life stays. Beyond AUTHORS_MAX nodes who were
    silent longest are forgotten, but nobody that is a member.

    Args:
        before: of the last checkpoint.
        last: the newest operation of each life that wrote since.
        chain_of: digest of what a life has said with that.
        present: nodes that are members.
    """
    lives = {m: a for m, a in before.lives.items() if not before.closes(m)}
    for operation in last:
        dot = operation.dot
        chain = chain_of(dot.member)
        lives[dot.member] = Author(dot.node, dot.incarnation, dot.n, operation.race_us, chain)
    heard = dict.fromkeys(sorted({member.node for member in lives}), 0)
    for member, author in lives.items():
        heard[member.node] = max(heard[member.node], author.race_us)
    gone = sorted((us, node) for node, us in heard.items() if node not in present)
    forgotten = gone[: max(len(heard) - AUTHORS_MAX, 0)]
    forgotten_us = max([before.forgotten_us, *(us for us, _ in forgotten)])
    dropped = {node for _, node in forgotten}
    return Authors([lives[m] for m in sorted(lives) if m.node not in dropped], forgotten_us)
