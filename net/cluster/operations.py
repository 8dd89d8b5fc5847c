"""Operations: signed, durable facts, told to everybody and delivered in causal order.

A grow-only set. Authors push; whoever differs compares vector clocks and sends what is missing
(anti-entropy, Demers 1987). An operation names its causes by the entries of its author's clock
that changed since the author's operation before, which it follows anyway.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple, TypeAlias, final

import msgspec

from net.cluster.vector_clock import VectorClock
from net.counters import Counters
from net.errors import InvariantError
from net.ids import Dot, Member
from net.limits import (
    DEPENDENCIES_MAX,
    FRAME_BYTES_MAX,
    OPERATIONS_MAX,
    OPERATIONS_PER_MEMBER_MAX,
    OPERATIONS_PER_REPLY_MAX,
    OPERATIONS_WAITING_MAX,
    VECTOR_ENTRIES_MAX,
    VECTOR_ENTRIES_PER_DIGEST,
)
from net.security.identity import node_id_of
from net.wire.messages import Cause, Operation, Operations, VectorDigest

Sign: TypeAlias = Callable[[bytes], bytes]
Verify: TypeAlias = Callable[[bytes, bytes, bytes], bool]

_ENCODER: Final = msgspec.msgpack.Encoder()
_DOMAIN: Final = "racer operation 1"
_BATCH_MAX: Final = 16
_LOWEST: Final = Member(bytes(16), 1)
_HIGHEST: Final = Member(b"\xff" * 16, 2**53)


def signed_bytes(
    dot: Dot, race_us: int, causes: Sequence[Cause], body: bytes, context: bytes
) -> bytes:
    """Return what the author signs. `context` names the room: no operation passes into another."""
    return _ENCODER.encode((_DOMAIN, context, dot, race_us, causes, body))


def batches(operations: Sequence[Operation]) -> list[Operations]:
    """Return messages that hold these operations in order, each small enough for a datagram."""
    messages: list[Operations] = []
    batch: list[Operation] = []
    size = 0
    for operation in operations:
        length = len(_ENCODER.encode(operation))
        if batch and (len(batch) == _BATCH_MAX or size + length > FRAME_BYTES_MAX - 16):
            messages.append(Operations(tuple(batch)))
            batch, size = [], 0
        batch.append(operation)
        size += length
    if batch:
        messages.append(Operations(tuple(batch)))
    return messages


@dataclass(slots=True)
class OperationCounters(Counters):
    """Operations of peers that were dropped."""

    part: ClassVar[str] = "operations"
    forged: int = 0
    flooded: int = 0  # over a bound


class _Delivered(NamedTuple):
    order: int  # of its delivery here
    operation: Operation


@final
class OperationStore:
    """Everybody's operations, as far as this node has them; and the writing of its own.

    Args:
        me: the life that writes.
        key: our Ed25519 public key.
        sign: makes our signature.
        verify: `verify(key, data, signature)`.
        context: names the room inside every signature.
    """

    def __init__(self, me: Member, key: bytes, sign: Sign, verify: Verify, context: bytes) -> None:
        self._me = me
        self._newest = me  # the life that would write if a new one had to
        self._race_us = 0  # of our last operation
        self._key = key
        self._sign = sign
        self._verify = verify
        self._context = context
        self._clock = VectorClock()
        self._told: dict[Member, int] = {}  # what our last operation already named as its past
        self._by_member: dict[Member, list[_Delivered]] = {}
        self._count = 0
        self._waiting: dict[Dot, Operation] = {}
        self._blocked: dict[Dot, list[Dot]] = {}  # which of them wait for what, each for one
        self._due: deque[Dot] = deque()  # which of them may be ready
        self.counters = OperationCounters()

    # --- writing ------------------------------------------------------------------------------

    def become(self, me: Member) -> None:
        """Lead another life from now on; it writes where the one before cannot go on.

        Each that writes is one more entry of everybody's vector clock, for ever, and a process
        forgets none of its operations. But those of one life go by one race clock: only where a
        merge set that back, a new one begins.
        """
        self._newest = me

    def has_room_for_own(self, race_us: int) -> bool:
        """Whether one more, and what its past may need, is within what others take of us."""
        writer = self._newest if self._begins_life(race_us) else self._me
        count = 1 + len(self._clock) // DEPENDENCIES_MAX
        return self._is_within_bounds(writer, self._clock.of(writer) + count, count)

    def author(self, body: bytes, race_us: int) -> list[Operation]:
        """Make an operation of our own. It counts as delivered here.

        Returns:
            The operation, last; before it, empty ones where its past did not fit into it.
        """
        if self._begins_life(race_us):
            self._me, self._told = self._newest, {}
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

    def _write_operation(self, body: bytes, race_us: int, causes: tuple[Cause, ...]) -> Operation:
        dot = Dot(self._me.node, self._me.incarnation, self._clock.of(self._me) + 1)
        data = signed_bytes(dot, race_us, causes, body, self._context)
        operation = Operation(dot, race_us, causes, body, self._key, self._sign(data))
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
        """Take operations that the journal kept; they were checked when they first came.

        Returns:
            Those that are delivered, in causal order.
        """
        for operation in operations:
            self._enqueue_operation(operation)
        return self._deliver_ready()

    def on_operations(self, operations: Sequence[Operation]) -> list[Operation]:
        """Take operations from a peer.

        Returns:
            What is newly delivered, in causal order. What is forged or too much is dropped, and
            counted.
        """
        for operation in operations:
            dot = operation.dot
            if dot in self._clock or dot in self._waiting:
                continue
            if not self._has_room(dot):
                self.counters.flooded += 1
            elif not self._is_authentic(operation):
                self.counters.forged += 1
            else:
                self._enqueue_operation(operation)
        return self._deliver_ready()

    def _has_room(self, dot: Dot) -> bool:
        """Hold a bound per life, per room, and on lives; our own former lives count as others."""
        if dot.member == self._me or len(self._waiting) >= OPERATIONS_WAITING_MAX:
            return False
        return self._is_within_bounds(dot.member, dot.n, 1)

    def _is_within_bounds(self, writer: Member, n: int, count: int) -> bool:
        """Whether `count` operations more may be kept, of which the last is a life's n-th."""
        return (
            n <= OPERATIONS_PER_MEMBER_MAX
            and self._count + count <= OPERATIONS_MAX
            and (writer in self._by_member or len(self._clock) < VECTOR_ENTRIES_MAX)
        )

    def _is_authentic(self, operation: Operation) -> bool:
        if node_id_of(operation.key) != operation.dot.node:
            return False
        data = signed_bytes(
            operation.dot, operation.race_us, operation.causes, operation.body, self._context
        )
        return self._verify(operation.key, data, operation.signature)

    def _enqueue_operation(self, operation: Operation) -> None:
        if operation.dot not in self._clock:
            self._waiting[operation.dot] = operation
            self._due.append(operation.dot)

    def _deliver_ready(self) -> list[Operation]:
        """Deliver what is ready. Each operation is looked at once for each cause it lacks."""
        delivered: list[Operation] = []
        while self._due:
            operation = self._waiting.get(self._due.popleft())
            if operation is None:
                continue
            if self._is_ready(operation):
                del self._waiting[operation.dot]
                self._deliver_operation(operation)
                delivered.append(operation)
            else:
                self._blocked.setdefault(self._missing_cause(operation), []).append(operation.dot)
        return delivered

    def _is_ready(self, operation: Operation) -> bool:
        dot = operation.dot
        return dot.n == self._clock.of(dot.member) + 1 and all(
            self._clock.includes(cause) for cause in operation.causes
        )

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
        self._clock.advance(dot)
        self._due.extend(self._blocked.pop(dot, ()))
        written = self._by_member.setdefault(dot.member, [])
        if len(written) != dot.n - 1:
            raise InvariantError(f"operation {dot.n} of a life would follow {len(written)}")
        written.append(_Delivered(self._count, operation))
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
            held = len(self._by_member.get(Member(cause.node, cause.incarnation), ()))
            if cause.n != held:
                raise InvariantError(f"of {cause.n} operations of a life {held} are here")
        return entries

    # --- comparing ----------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._count

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
        entries = self._held()
        step = VECTOR_ENTRIES_PER_DIGEST
        parts = [entries[k : k + step] for k in range(0, len(entries), step)] or [()]
        low, found = _LOWEST, []
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            high = _HIGHEST if last else Member(part[-1].node, part[-1].incarnation)
            found.append(VectorDigest(low, high, part))
            low = Member(high.node, min(high.incarnation + 1, 2**53))
        return found

    def missing_for(self, digest: VectorDigest) -> list[Operation]:
        """Return what a peer lacks within the digest's range, up to a bound.

        In the order in which they were delivered here, so that the causes of each are before it:
        by any other order a peer might get the same ones again and again, and deliver none.
        """
        held = {Member(c.node, c.incarnation): c.n for c in digest.entries}
        missing = [
            delivered
            for member in sorted(self._by_member)
            if digest.low <= member <= digest.high
            for delivered in self._operations_since(member, held.get(member, 0))
        ]
        missing.sort(key=lambda delivered: delivered.order)
        return [delivered.operation for delivered in missing[:OPERATIONS_PER_REPLY_MAX]]

    def _operations_since(self, member: Member, n: int) -> list[_Delivered]:
        written = self._by_member[member]
        start = bisect_left(written, n + 1, key=lambda delivered: delivered.operation.dot.n)
        return written[start : start + OPERATIONS_PER_REPLY_MAX]
