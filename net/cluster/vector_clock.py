"""Vector clocks over lives of nodes (Fidge 1988, Mattern 1989)."""

from __future__ import annotations

import hashlib
from typing import final

from net.errors import InvariantError
from net.ids import Dot, Member
from net.wire.messages import Cause


@final
class VectorClock:
    """How many operations of each member have been delivered, without gaps.

    Invariant: no entry ever falls.
    """

    def __init__(self) -> None:
        self._counts: dict[Member, int] = {}
        self._hash: bytes | None = None

    def of(self, member: Member) -> int:
        return self._counts.get(member, 0)

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, dot: Dot) -> bool:
        return dot.n <= self.of(dot.member)

    def includes(self, cause: Cause) -> bool:
        """Whether all that the entry names has been delivered."""
        return cause.n <= self.of(Member(cause.node, cause.incarnation))

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
