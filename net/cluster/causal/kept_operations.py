"""Delivered operations as they are kept: by life, without the first of each that were dropped."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple, final

from net.limits import OPERATIONS_PER_REPLY_MAX

if TYPE_CHECKING:
    from net.cluster.causal.vector_clock import VectorClock
    from net.cluster.checkpoint import Authors
    from net.ids import Member
    from net.wire.messages import Operation


class Delivery(NamedTuple):
    """An operation, and its place in the order of all."""

    order: int  # of its delivery here
    operation: Operation


@final
class KeptOperations:
    """Delivered operations by life, but for the first of each that were dropped."""

    def __init__(self) -> None:
        self._by_member: dict[Member, list[Delivery]] = {}
        self._dropped: dict[Member, int] = {}
        self._count = 0
        self._order = 0

    def __len__(self) -> int:
        return self._count

    def members(self) -> list[Member]:
        return sorted(self._by_member)

    def operations(self) -> list[Operation]:
        """Return all, in the order of their delivery."""
        delivered = [each for written in self._by_member.values() for each in written]
        return [each.operation for each in sorted(delivered, key=lambda each: each.order)]

    def dropped_of(self, member: Member) -> int:
        return self._dropped.get(member, 0)

    def count_of(self, member: Member) -> int:
        """Return how many of a life were delivered, dropped ones too."""
        return self.dropped_of(member) + len(self._by_member.get(member, ()))

    def last_of(self, member: Member) -> Operation | None:
        written = self._by_member.get(member)
        return written[-1].operation if written else None

    def since(self, member: Member, n: int) -> list[Delivery]:
        """Return the next of a life after its first `n`, up to a bound."""
        written = self._by_member.get(member, [])
        start = bisect_left(written, n + 1, key=lambda delivered: delivered.operation.dot.n)
        return written[start : start + OPERATIONS_PER_REPLY_MAX]

    def add(self, operation: Operation) -> None:
        """Take the next operation of its life."""
        self._by_member.setdefault(operation.dot.member, []).append(
            Delivery(self._order, operation)
        )
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
            first = min(max(dropped.get(member, 0), floor.n_of(member)), author.n)
            held = [
                each for each in before.get(member, ()) if first < each.operation.dot.n <= author.n
            ]
            whole = clock.of(member) >= author.n
            self._dropped[member] = first if whole else author.n
            if whole and held:
                self._by_member[member] = held
                self._count += len(held)
