"""Delivered operations as they are kept: by life, without the first of each that were dropped."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final, NamedTuple, final

from net.cluster.checkpoint import GENESIS
from net.limits import OPERATIONS_HELD_AGAINST, OPERATIONS_PER_REPLY_MAX

if TYPE_CHECKING:
    from net.cluster.causal.vector_clock import VectorClock
    from net.cluster.checkpoint import Authors
    from net.ids import Digest, Dot, Member
    from net.wire.messages import Operation


_NOTHING: Final = (0, GENESIS)  # so many operations, and what they say


class Delivery(NamedTuple):
    """An operation, and its place in the order of all."""

    order: int  # of its delivery here
    operation: Operation
    chain: Digest  # what its author had said with it


@final
class KeptOperations:
    """Delivered operations by life, but for the first of each that were dropped."""

    def __init__(self) -> None:
        self._by_member: dict[Member, list[Delivery]] = {}
        self._dropped: dict[Member, tuple[int, Digest]] = {}  # how many, and what they say
        self._count = 0
        self._order = 0
        self._turn = 0

    def __len__(self) -> int:
        return self._count

    def members(self) -> list[Member]:
        return sorted(self._by_member)

    def operations(self) -> list[Operation]:
        """Return all, in the order of their delivery."""
        delivered = [each for written in self._by_member.values() for each in written]
        return [each.operation for each in sorted(delivered, key=lambda each: each.order)]

    def dropped_of(self, member: Member) -> int:
        return self._dropped.get(member, _NOTHING)[0]

    def count_of(self, member: Member) -> int:
        """Return how many of a life were delivered, dropped ones too."""
        return self.dropped_of(member) + len(self._by_member.get(member, ()))

    def last_of(self, member: Member) -> Operation | None:
        written = self._by_member.get(member)
        return written[-1].operation if written else None

    def at(self, dot: Dot) -> Operation | None:
        """Return an operation; None: it was not delivered, or is dropped."""
        place = dot.n - 1 - self.dropped_of(dot.member)
        written = self._by_member.get(dot.member, ())
        return written[place].operation if 0 <= place < len(written) else None

    def chain_at(self, member: Member, n: int) -> Digest | None:
        """Return the digest of the first n of a life; None: they are dropped, or not here."""
        dropped, chain = self._dropped.get(member, _NOTHING)
        if n == dropped:
            return chain
        place = n - 1 - dropped
        written = self._by_member.get(member, ())
        return written[place].chain if 0 <= place < len(written) else None

    def cut(self, member: Member, n: int) -> int:
        """Keep of a life nothing after its first `n`. Returns how many go."""
        written = self._by_member.pop(member, [])
        left = written[: max(n - self.dropped_of(member), 0)]
        if left:
            self._by_member[member] = left
        self._count -= len(written) - len(left)
        return len(written) - len(left)

    def some_of(self, member: Member, upto: int) -> list[Delivery]:
        """Return some of the first of a life, others each time, to be held against another's."""
        self._turn += 1
        written = self._by_member.get(member, [])[: max(upto - self.dropped_of(member), 0)]
        step = OPERATIONS_HELD_AGAINST
        start = len(written) - step * (1 + self._turn % max(-(-len(written) // step), 1))
        return written[max(start, 0) : start + step]

    def since(self, member: Member, n: int) -> list[Delivery]:
        """Return the next of a life after its first `n`, up to a bound."""
        written = self._by_member.get(member, [])
        start = bisect_left(written, n + 1, key=lambda delivered: delivered.operation.dot.n)
        return written[start : start + OPERATIONS_PER_REPLY_MAX]

    def add(self, operation: Operation, chain: Digest) -> None:
        """Take the next operation of its life."""
        delivered = Delivery(self._order, operation, chain)
        self._by_member.setdefault(operation.dot.member, []).append(delivered)
        self._order += 1
        self._count += 1

    def begin_from(self, authors: Authors, floor: Authors, clock: VectorClock) -> None:
        """Keep of all only what a checkpoint holds, and drop what another one before it holds.

        Args:
            clock: what was delivered: of a life that lacks some of the checkpoint's none is kept.
        """
        before, self._by_member, self._count = self._by_member, {}, 0
        dropped, self._dropped = self._dropped, {}
        for member, author in sorted(authors.lives.items()):
            if floor.closes(member):
                continue
            folded = (author.n, author.chain)
            floored = floor.lives.get(member)
            below = _NOTHING if floored is None else (floored.n, floored.chain)
            first = min(max(dropped.get(member, _NOTHING), below), folded)
            written = before.get(member, ())
            held = [each for each in written if first[0] < each.operation.dot.n <= author.n]
            whole = clock.of(member) >= author.n and (not held or held[-1].chain == author.chain)
            self._dropped[member] = first if whole else folded
            if whole and held:
                self._by_member[member] = held
                self._count += len(held)
