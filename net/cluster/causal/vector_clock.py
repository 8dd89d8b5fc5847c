"""Vector clocks over lives of nodes (Fidge 1988, Mattern 1989)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, final

from net.errors import InvariantError
from net.ids import Dot, Member, NodeId
from net.wire.messages import Cause

if TYPE_CHECKING:
    from net.cluster.checkpoint import Authors


@final
class VectorClock:
    """How many operations of each member have been delivered, without gaps.

    It may begin with what a checkpoint counts: then lives that are closed there have no entry, and
    all of theirs counts as delivered. Invariant: no entry ever falls.
    """

    def __init__(self, authors: Authors | None = None) -> None:
        self._closed: dict[NodeId, int] = {}  # lives of a node below this one
        self._counts: dict[Member, int] = {}
        self._hash: bytes | None = None
        if authors is not None:
            self._closed = {node: n for node, n in authors.newest.items() if n > 1}
            lives = [(m, a) for m, a in authors.lives.items() if not authors.closes(m)]
            self._counts = {member: author.n for member, author in lives}

    def is_closed(self, member: Member) -> bool:
        """Whether nothing more of a life is to come."""
        return member.incarnation < self._closed.get(member.node, 0)

    def of(self, member: Member) -> int:
        return self._counts.get(member, 0)

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, dot: Dot) -> bool:
        member = dot.member
        return dot.n <= self.of(member) or self.is_closed(member)

    def includes(self, cause: Cause) -> bool:
        """Whether all that the entry names has been delivered."""
        member = Member(cause.node, cause.incarnation)
        return cause.n <= self.of(member) or self.is_closed(member)

    def advance(self, dot: Dot) -> None:
        """Count the next operation of its author.

        Raises:
            InvariantError: it is not the next.
        """
        before = self.of(dot.member)
        if dot.n != before + 1:
            raise InvariantError(f"operation {dot.n} of a life would follow {before}")
        self._counts[dot.member] = dot.n
        self._hash = None

    def entries(self) -> tuple[Cause, ...]:
        """Return all entries, by member."""
        return tuple(
            Cause(member.node, member.incarnation, self._counts[member])
            for member in sorted(self._counts)
        )

    def closed(self) -> tuple[Cause, ...]:
        """Return, for each node, the last life that is closed, as an entry of none."""
        return tuple(Cause(node, self._closed[node] - 1, 0) for node in sorted(self._closed))

    def hash(self) -> bytes:
        """Return 8 bytes that are equal where the clocks are equal."""
        if self._hash is None:
            state = hashlib.blake2b(digest_size=8, person=b"racer vector")
            for member in sorted(self._counts):
                state.update(member.node)
                state.update(member.incarnation.to_bytes(8, "big"))
                state.update(self._counts[member].to_bytes(8, "big"))
            self._hash = state.digest()
        return self._hash
