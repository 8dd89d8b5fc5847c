"""What a member signs of who leads, so that others may show it: its votes, and hand-overs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Self, TypeAlias, assert_never, final

import msgspec

from net.ids import LineageId, Member, NodeId
from net.security.identity import node_id_of
from net.wire.messages import Ballot, HandOver

if TYPE_CHECKING:
    from net.security.identity import Identity
    from net.security.primitives import Primitives

Sign: TypeAlias = Callable[[bytes], bytes]
Verify: TypeAlias = Callable[[bytes, bytes, bytes], bool]

_ENCODER: Final = msgspec.msgpack.Encoder()
_VOTE: Final = "racer vote 1"
_HAND_OVER: Final = "racer hand-over 1"


@final
class Signet:
    """One node's hand in one room: `context` names the room, so that nothing passes into another.

    Args:
        verify: `verify(key, data, signature)`.
        node_of: returns whose key it is.
    """

    def __init__(
        self,
        key: bytes,
        sign: Sign,
        verify: Verify,
        context: bytes,
        node_of: Callable[[bytes], NodeId] = node_id_of,
    ) -> None:
        self._key = key
        self._sign = sign
        self._verify = verify
        self._context = context
        self._node_of = node_of

    @classmethod
    def of(cls, identity: Identity, primitives: Primitives, verify: Verify, context: bytes) -> Self:
        """Return the hand of an identity; `verify` checks the hands of others."""

        def sign(data: bytes) -> bytes:
            return identity.sign(data, primitives)

        return cls(identity.signing_public, sign, verify, context)

    def vote(self, lineage: LineageId, epoch: int, candidate: Member, voter: Member) -> Ballot:
        """Return our vote, as `voter`, for a candidate."""
        data = self._bytes_of(_VOTE, lineage, epoch, candidate, voter)
        return Ballot(lineage, epoch, candidate, voter, self._key, self._sign(data))

    def hand_over(
        self, lineage: LineageId, epoch: int, coordinator: Member, successor: Member
    ) -> HandOver:
        """Return what gives the office that we have, as `coordinator`, to a successor."""
        data = self._bytes_of(_HAND_OVER, lineage, epoch, coordinator, successor)
        return HandOver(lineage, epoch, coordinator, successor, self._key, self._sign(data))

    def holds(self, signed: Ballot | HandOver) -> bool:
        """Tell whether it was signed by who is named in it."""
        match signed:
            case Ballot(lineage, epoch, candidate, voter):
                signer = voter
                data = self._bytes_of(_VOTE, lineage, epoch, candidate, voter)
            case HandOver(lineage, epoch, coordinator, successor):
                signer = coordinator
                data = self._bytes_of(_HAND_OVER, lineage, epoch, coordinator, successor)
            case _:
                assert_never(signed)
        is_named = self._node_of(signed.key) == signer.node
        return is_named and self._verify(signed.key, data, signed.signature)

    def _bytes_of(self, word: str, lineage: bytes, epoch: int, one: Member, other: Member) -> bytes:
        return _ENCODER.encode((word, self._context, lineage, epoch, one, other))
