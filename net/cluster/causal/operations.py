"""Operations: signed, durable facts, told to everybody and delivered in causal order.

A set that grows; what a checkpoint holds is dropped, and counts as delivered (ADR 35). Authors
push; whoever differs compares vector clocks and sends what is missing
(anti-entropy, Demers 1987). An operation names its causes by the entries of its author's clock
that changed since the author's operation before, which it follows anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, final

from net.cluster.causal.anti_entropy import digests_of, missing_for
from net.cluster.causal.counters import OperationCounters
from net.cluster.causal.equivocation import Convictions, contradiction, next_chain
from net.cluster.causal.kept_operations import KeptOperations
from net.cluster.causal.signing import Signing, is_authentic
from net.cluster.causal.vector_clock import VectorClock
from net.cluster.causal.waiting_operations import Obstacle, WaitingOperations
from net.cluster.checkpoint import GENESIS, Authors, KeptCheckpoint, in_one_order
from net.errors import InvariantError
from net.ids import Dot, Incarnation, Member, NodeId
from net.limits import (
    DEPENDENCIES_MAX,
    OPERATIONS_MAX,
    OPERATIONS_PER_MEMBER_MAX,
    OPERATIONS_SPARE,
    VECTOR_ENTRIES_MAX,
)
from net.wire.decrees import Equivocation
from net.wire.messages import Cause, Operation, VectorDigest

if TYPE_CHECKING:
    from net.cluster.log import DecreeLog

Admits: TypeAlias = Callable[[Member], bool]


@dataclass(frozen=True, slots=True)
class Beyond:
    """What a store holds beyond a checkpoint that it begins from."""

    delivered: tuple[Operation, ...]
    """In causal order: for the program all that is to be told now, for the journal all to keep."""
    lost: tuple[Operation, ...]
    """What we wrote and had delivered, and what has lost its causes."""
    given_up: int
    """How many others we had folded, or delivered behind those, that are here no more."""


@dataclass(frozen=True, slots=True)
class _Base:
    authors: Authors = field(default_factory=Authors)  # of the checkpoint
    floor: Authors = field(default_factory=Authors)  # and of that of which nothing is kept
    is_folded: bool = False


@final
class OperationStore:
    """Everybody's operations, as far as this node has them; and the writing of its own.

    Args:
        me: the life that writes.
        admits: whether a life may write, as far as is decreed here. Once something of a life is
            delivered we go on with it: that it is admitted everywhere is for the coordinator.
    """

    def __init__(self, me: Member, signing: Signing, admits: Admits) -> None:
        self._me = me
        self._admits = admits
        self._heard: set[Member] = set()  # lives of which something was delivered
        self._newest = me  # the life that would write if a new one had to
        self._race_us = 0  # of our last operation
        self._signing = signing
        self.convictions = Convictions(signing.proves, lambda life: life in self._heard)
        self._clock = VectorClock(self.convictions)
        self._base = _Base()
        self._told: dict[Member, int] = {}  # what our last operation already named as its past
        self._written = 0  # how many we wrote as that life
        self._kept = KeptOperations()
        self._count = 0  # ever, what is dropped too
        self._waiting = WaitingOperations()
        self.counters = OperationCounters()

    # --- writing ------------------------------------------------------------------------------

    def become(self, me: Member) -> None:
        """Lead another life from now on; it writes where the one before cannot go on.

        Each that writes is one more entry of everybody's vector clock, for ever, and a process
        forgets none of its operations. But those of one life go by one race clock: only where a
        merge set that back, a new one begins.
        """
        self._newest = me
        if self._is_spent():
            self._begin_writing()

    @property
    def outlived(self) -> Incarnation | None:
        """The last life of this node that others know, where ours can write no more; else None.

        Nobody will deliver what it wrote, as its causes are gone, nor anything that follows. But
        others may hold it: its numbers are used, and only another life can say it again.
        """
        if self._me != self._newest or not self._is_spent():
            return None
        return max(self._me.incarnation, self._base.authors.newest.get(self._me.node, 0))

    def _is_spent(self) -> bool:
        """Whether the life that writes can do so no more."""
        return self._clock.of(self._me) != self._written or self._clock.is_closed(self._me)

    def has_room_for_own(self, race_us: int) -> bool:
        """Whether one more, and what its past may need, is within what others take of us."""
        writer = self._newest if self._begins_life(race_us) else self._me
        written = self._written if writer == self._me else 0
        if self._clock.is_closed(writer) or self._clock.of(writer) != written:
            return False  # another took up our numbers
        count = 1 + len(self._clock) // DEPENDENCIES_MAX
        return self._is_within_bounds(writer, written + count, count)

    def author(self, body: bytes, race_us: int) -> list[Operation]:
        """Make an operation of our own. It counts as delivered here.

        Returns:
            The operation, last; before it, empty ones where its past did not fit into it.
        """
        if self._begins_life(race_us):
            self._begin_writing()
        self._race_us = race_us
        written: list[Operation] = []
        causes = self._new_causes()
        while len(causes) > DEPENDENCIES_MAX:
            written.append(self._write_operation(b"", race_us, causes[:DEPENDENCIES_MAX]))
            causes = causes[DEPENDENCIES_MAX:]
        written.append(self._write_operation(body, race_us, causes))
        return written

    def _begins_life(self, race_us: int) -> bool:
        """Whether what is written now is of the newest life, which has written nothing yet."""
        return race_us < self._race_us and self._me != self._newest

    def _begin_writing(self) -> None:
        self._me, self._told, self._written = self._newest, {}, 0

    def _write_operation(self, body: bytes, race_us: int, causes: tuple[Cause, ...]) -> Operation:
        self._written += 1
        dot = Dot(self._me.node, self._me.incarnation, self._written)
        operation = self._signing.write(dot, race_us, causes, body)
        for cause in causes:
            self._told[Member(cause.node, cause.incarnation)] = cause.n
        self._deliver_operation(operation)
        return operation

    def _new_causes(self) -> tuple[Cause, ...]:
        return tuple(
            cause
            for cause in self._held()
            if (member := Member(cause.node, cause.incarnation)) != self._me
            and cause.n > self._told.get(member, 0)
        )

    # --- receiving ----------------------------------------------------------------------------

    def restore(self, operations: Sequence[Operation]) -> list[Operation]:
        """Take what the journal kept, checked when it came; return what is delivered, in order."""
        for operation in operations:
            self._heard.add(operation.dot.member)
            self._enqueue_operation(operation, None)
        return self._deliver_ready()

    def on_operations(
        self, operations: Sequence[Operation], bringer: NodeId | None = None
    ) -> list[Operation]:
        """Take operations from a peer.

        Args:
            bringer: who sent them: what is of strangers waits on its account. None: each is from
                its author.

        Returns:
            What is newly delivered, in causal order. What is forged or too much is dropped, and
            counted.
        """
        delivered: list[Operation] = []
        for operation in operations:
            dot = operation.dot
            if dot in self._waiting and bringer is not None:
                self._waiting.note_bringer(dot.member, bringer)
            if dot in self._clock or dot in self._waiting:
                self.counters.late += self._clock.is_closed(dot.member)
                self._hold_against_ours(operation)
                continue
            if self._base.authors.settles(dot, operation.race_us):
                self.counters.late += 1
            elif not self._has_room(dot):
                self.counters.flooded += 1
            elif not is_authentic(operation, self._signing.context, self._signing.verify):
                self.counters.forged += 1
            else:
                self._enqueue_operation(operation, bringer)
                delivered += self._deliver_ready()
        self.counters.flooded += self._waiting.make_room()
        return delivered

    def _hold_against_ours(self, operation: Operation) -> None:
        """Look whether its author says two things in one place, of which we hold one.

        A word of a stranger waits, and proves nothing before it counts.
        """
        ours = self.at(operation.dot)
        if ours is None or ours.signature == operation.signature:
            return
        proof = contradiction(ours, operation)
        if proof is None or not self.is_admitted(operation.dot.member):
            return
        if is_authentic(operation, self._signing.context, self._signing.verify):
            self.convictions.found.append(proof)
        else:
            self.counters.forged += 1

    def convict(self, proof: Equivocation) -> bool:
        """Count nothing of a proof's author, in that life, but what a checkpoint holds.

        Returns:
            Whether it is news. What is `beyond` the checkpoint is to be kept and told anew then.
        """
        life = proof.dot.member
        known = life.node == self._me.node or life in self._heard or self._admits(life)
        if not known or not self.convictions.add(proof):
            return False
        self._give_up(life)
        return True

    def follow(self, log: DecreeLog) -> list[Equivocation]:
        """Read off our log who is convicted. Returns what is news of that."""
        proofs = self.convictions.follow(log)
        for proof in proofs:
            self._give_up(proof.dot.member)
        return proofs

    def _give_up(self, life: Member) -> None:
        self.counters.equivocated += 1
        folded = self._base.authors.lives.get(life)
        n, chain = (0, GENESIS) if folded is None else (folded.n, folded.chain)
        self._count -= self._kept.cut(life, n)
        self._clock.cut(life, n, chain)
        self._waiting.drop(life)
        self._deliver_ready()

    def beyond(self) -> tuple[Operation, ...]:
        """Return what is here beyond the checkpoint, in the order of its delivery."""
        return tuple(x for x in self._kept.operations() if not self._base.authors.folds(x.dot))

    def _has_room(self, dot: Dot) -> bool:
        """Hold a bound per life, per room, and on lives; our own former lives count as others."""
        if dot.member == self._me:
            return False
        # Its author may have dropped more than we, and others may write at the same moment.
        counts_from = dot.n - OPERATIONS_PER_MEMBER_MAX
        return self._is_within_bounds(dot.member, counts_from, 1 - OPERATIONS_SPARE)

    def _is_within_bounds(self, writer: Member, n: int, count: int) -> bool:
        """Whether `count` operations more may be kept, of which the last is a life's n-th."""
        known = self._clock.of(writer) > 0
        return (
            n - self._kept.dropped_of(writer) <= OPERATIONS_PER_MEMBER_MAX
            and len(self._kept) + count <= OPERATIONS_MAX
            and (known or len(self._clock) < VECTOR_ENTRIES_MAX)
        )

    def _enqueue_operation(self, operation: Operation, bringer: NodeId | None) -> None:
        dot = operation.dot
        if dot in self._clock:
            return
        admitted = self.is_admitted(dot.member)
        self._waiting.add(operation, (dot.node if admitted or not bringer else bringer, admitted))
        if bringer is not None:
            self._waiting.note_bringer(dot.member, bringer)

    def is_admitted(self, life: Member) -> bool:
        """Whether what a life wrote is taken here as soon as its causes are."""
        return life in self._heard or self._admits(life)

    def _deliver_ready(self) -> list[Operation]:
        """Deliver what is ready. Each operation is looked at once for each cause it lacks."""
        delivered: list[Operation] = []
        while (operation := self._waiting.next_due()) is not None:
            if self._is_ready(operation):
                self._waiting.remove(operation.dot)
                self._deliver_operation(operation)
                delivered.append(operation)
            else:
                self._waiting.block(operation, self._obstacle_to(operation))
        return delivered

    def _is_ready(self, operation: Operation) -> bool:
        dot = operation.dot
        return (
            self.is_admitted(dot.member)
            and dot.n == self._clock.of(dot.member) + 1
            and all(self._clock.includes(cause) for cause in operation.causes)
        )

    def _obstacle_to(self, operation: Operation) -> Obstacle:
        """Return what must come before an operation that is not ready."""
        life = operation.dot.member
        return self._missing_cause(operation) if self.is_admitted(life) else life

    def _missing_cause(self, operation: Operation) -> Dot:
        """Return an operation that must be delivered before one that is not ready."""
        dot = operation.dot
        if dot.n != self._clock.of(dot.member) + 1:
            return Dot(dot.node, dot.incarnation, dot.n - 1)
        lacks = next(cause for cause in operation.causes if not self._clock.includes(cause))
        return Dot(lacks.node, lacks.incarnation, lacks.n)

    def _deliver_operation(self, operation: Operation) -> None:
        """Count an operation as delivered.

        Raises:
            InvariantError: one before it of the same life, or a cause of it, is not here.
        """
        dot = operation.dot
        self._check_causes(operation)
        chain = next_chain(self._clock.chain_of(dot.member), operation)
        self._clock.advance(dot, chain)
        self._heard.add(dot.member)
        self._waiting.release(dot)
        held = self._kept.count_of(dot.member)
        if held != dot.n - 1:
            raise InvariantError(f"operation {dot.n} of a life would follow {held}")
        self._kept.add(operation, chain)
        self._count += 1

    def _check_causes(self, operation: Operation) -> None:
        if not all(self._clock.includes(cause) for cause in operation.causes):
            raise InvariantError("an operation would be delivered before its causes")

    def _held(self) -> tuple[Cause, ...]:
        """Return the clock's entries, for others to go by: of each life so many are here.

        Raises:
            InvariantError: the clock says otherwise.
        """
        entries = self._clock.entries()
        for cause in entries:
            held = self._kept.count_of(Member(cause.node, cause.incarnation))
            if cause.n != held:
                raise InvariantError(f"of {cause.n} operations of a life {held} are here")
        return entries

    # --- admission ----------------------------------------------------------------------------

    def on_admitted(self) -> list[Operation]:
        """Look at what waited for its author to be admitted: somebody was.

        Returns:
            What is delivered now, in causal order.
        """
        for life in self._waiting.strangers():
            if self.is_admitted(life):
                self._waiting.release(life)
        return self._deliver_ready()

    def unadmitted(self) -> list[Member]:
        """Return lives whose operations are delivered here, and which no decree admits."""
        lives = [life for life in self._heard if not self._admits(life) and self._clock.of(life)]
        return sorted(lives)

    def strangers(self) -> dict[Member, tuple[NodeId, ...]]:
        """Return the lives whose operations wait for a decree, each with who brought them."""
        return self._waiting.strangers()

    # --- comparing ----------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many there were, those too that are folded and dropped."""
        return self._count

    @property
    def kept(self) -> int:
        """How many of them are held."""
        return len(self._kept)

    def knows(self, dot: Dot) -> bool:
        """Whether an operation is here, delivered or not."""
        return dot in self._clock or dot in self._waiting

    def at(self, dot: Dot) -> Operation | None:
        """Return an operation that is held here, delivered or not."""
        return self._kept.at(dot) or self._waiting.get(dot)

    def lacks(self, digest: VectorDigest) -> bool:
        """Tell whether the sender of a digest holds what we do not."""
        return not all(self._clock.includes(cause) for cause in digest.entries)

    @property
    def writes_as(self) -> Member:
        """The life that our operations are named by."""
        return self._me

    @property
    def clock(self) -> VectorClock:
        """How many operations of each member are here, to look at."""
        return self._clock

    def vector_hash(self) -> bytes:
        return self._clock.hash()

    def digests(self) -> list[VectorDigest]:
        """Return our whole clock, in ranges of members that fit a datagram each."""
        self._held()
        return digests_of(self._clock.told())

    def missing_for(self, digest: VectorDigest) -> list[Operation]:
        """Return what a peer lacks within the digest's range, up to a bound."""
        return missing_for(digest, self._kept, self._base.floor)

    # --- checkpoints --------------------------------------------------------------------------

    @property
    def is_folded(self) -> bool:
        """Whether what is here follows a checkpoint."""
        return self._base.is_folded

    def covers(self, authors: Authors) -> bool:
        """Whether all that a checkpoint holds is delivered here."""
        return all(
            self._kept.chain_at(member, author.n) == author.chain or self._clock.is_closed(member)
            for member, author in authors.lives.items()
        )

    def folded_between(self, before: Authors, after: Authors) -> list[Operation]:
        """Return what one checkpoint holds and one before it does not, in the order to fold it."""
        return in_one_order(
            [
                operation
                for operation in self._kept.operations()
                if after.folds(operation.dot) and not before.folds(operation.dot)
            ]
        )

    def newest_since(self, authors: Authors) -> list[Operation]:
        """Return the last operation of each life that wrote what a checkpoint does not hold."""
        last = (self._kept.last_of(member) for member in self._kept.members())
        return [each for each in last if each is not None and not authors.folds(each.dot)]

    def begin_from(self, checkpoint: KeptCheckpoint | None, floor: KeptCheckpoint | None) -> Beyond:
        """Count as delivered what a checkpoint holds, and of what else is here all that follows.

        Where it holds what was never here, as after a merge, some of ours may have lost its
        causes: that waits until the next checkpoint, and is dropped then. What of that we wrote
        ourselves is for us to write again, in the next life.

        Args:
            floor: what this one holds is dropped: a checkpoint before, for those who lag behind,
                or the same.
        """
        authors, clock, before = Authors.of(checkpoint), self._clock, self._base.authors
        here = self._kept.operations()
        waiting, stale = self._waiting.take_all()
        self.counters.orphaned += stale
        self._base = _Base(authors, Authors.of(floor), checkpoint is not None)
        self._clock = VectorClock(self.convictions, authors)
        self._kept.begin_from(authors, self._base.floor, clock)
        self._count = 0 if checkpoint is None else checkpoint.content.operations
        self._heard = {operation.dot.member for operation in here}
        again = [*((each, each.dot.node) for each in here), *waiting]
        for operation, bringer in again:
            if not authors.settles(operation.dot, operation.race_us):
                self._enqueue_operation(operation, bringer)
        delivered = self._deliver_ready()
        lost = [o for o in here if o.dot.node == self._me.node and o.dot in self._waiting]
        for operation in lost:
            self._waiting.remove(operation.dot)
        self._waiting.note_stale()
        if self._is_spent() and self._me != self._newest:
            self._begin_writing()
        saved = sum(before.folds(operation.dot) for operation in lost)
        given_up = max(self._given_up(before, authors) - saved, 0)
        return Beyond(tuple(delivered), tuple(lost), given_up)

    def _given_up(self, before: Authors, authors: Authors) -> int:
        """Return how many operations that were folded before are not here now.

        Of lives that are closed now, or forgotten, nobody can tell.
        """
        return sum(
            max(author.n - self._clock.of(member), 0)
            for member, author in before.lives.items()
            if not authors.closes(member)
            and not authors.settles(Dot(member.node, member.incarnation, author.n), author.race_us)
        )
