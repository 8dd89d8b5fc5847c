"""Vector clocks over lives of nodes (Fidge 1988, Mattern 1989)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, final

from net.cluster.checkpoint import GENESIS
from net.errors import InvariantError
from net.ids import Digest, Dot, Member, NodeId
from net.limits import AUTHORS_MAX, CHECKPOINT_LIVES
from net.wire.messages import Cause, Held

if TYPE_CHECKING:
    from collections.abc import Container

    from net.cluster.checkpoint import Authors


@final
class VectorClock:
    """How many operations of each member have been delivered, without gaps, and which.

    It may begin with what a checkpoint counts: then lives that are closed there have no entry, and
    all of theirs counts as delivered. So does all of a convicted life that is not counted there:
    nothing of it is to come. Invariant: no entry ever falls, but of such a life.

    Args:
        convicted: lives of which it is proved that they say two things in one place.
    """

    def __init__(self, convicted: Container[Member], authors: Authors | None = None) -> None:
        self._convicted = convicted
        self._closed: dict[NodeId, int] = {}  # lives of a node below this one
        self._counts: dict[Member, int] = {}
        self._chains: dict[Member, Digest] = {}  # what each has said so far
        self._hash: bytes | None = None
        if authors is not None:
            self._closed = {node: n for node, n in authors.newest.items() if n > 1}
            lives = [(m, a) for m, a in authors.lives.items() if not authors.closes(m)]
            self._counts = {member: author.n for member, author in lives}
            self._chains = {member: author.chain for member, author in lives}

    def is_closed(self, member: Member) -> bool:
        """Whether nothing more of a life is to come."""
        return member.incarnation < self._closed.get(member.node, 0)

    def _is_over(self, member: Member) -> bool:
        return member in self._convicted or self.is_closed(member)

    def of(self, member: Member) -> int:
        return self._counts.get(member, 0)

    def chain_of(self, member: Member) -> Digest:
        """Return the digest of what a life has said so far."""
        return self._chains.get(member, GENESIS)

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, dot: Dot) -> bool:
        member = dot.member
        return dot.n <= self.of(member) or self._is_over(member)

    def includes(self, cause: Cause | Held) -> bool:
        """Whether all that the entry names has been delivered."""
        member = Member(cause.node, cause.incarnation)
        return cause.n <= self.of(member) or self._is_over(member)

    def cut(self, member: Member, n: int, chain: Digest) -> None:
        """Count of a convicted life only its first n."""
        if n == 0:
            self._counts.pop(member, None)
            self._chains.pop(member, None)
        else:
            self._counts[member], self._chains[member] = n, chain
        self._hash = None

    def advance(self, dot: Dot, chain: Digest) -> None:
        """Count the next operation of its author; `chain` is what it has said with that.

        Raises:
            InvariantError: it is not the next.
        """
        before = self.of(dot.member)
        if dot.n != before + 1:
            raise InvariantError(f"operation {dot.n} of a life would follow {before}")
        self._counts[dot.member], self._chains[dot.member] = dot.n, chain
        self._hash = None

    @property
    def superseded(self) -> int:
        """How many entries a checkpoint would close or forget, if there are CHECKPOINT_LIVES."""
        if len(self._counts) < CHECKPOINT_LIVES:
            return 0
        nodes = len({member.node for member in self._counts})
        return len(self._counts) - min(nodes, AUTHORS_MAX)

    def entries(self) -> tuple[Cause, ...]:
        """Return all entries, by member."""
        return tuple(
            Cause(member.node, member.incarnation, self._counts[member])
            for member in sorted(self._counts)
        )

    def told(self) -> list[Held]:
        """Return all entries, and for each node the last life that is closed, as one of none."""
        closed = [Held(node, first - 1, 0, GENESIS) for node, first in self._closed.items()]
        held = [
            Held(member.node, member.incarnation, n, self._chains[member])
            for member, n in self._counts.items()
        ]
        return sorted([*closed, *held], key=lambda each: (each.node, each.incarnation))

    def hash(self) -> bytes:
        """Return 8 bytes that are equal where the same has been delivered."""
        if self._hash is None:
            state = hashlib.blake2b(digest_size=8, person=b"racer vector")
            for member in sorted(self._counts):
                state.update(member.node)
                state.update(member.incarnation.to_bytes(8, "big"))
                state.update(self._counts[member].to_bytes(8, "big"))
                state.update(self._chains[member])
            self._hash = state.digest()
        return self._hash
