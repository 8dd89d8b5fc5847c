"""Operations as their authors sign them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import msgspec

from net.ids import Dot
from net.security.identity import node_id_of
from net.wire.decrees import Equivocation
from net.wire.messages import Cause, Operation

Sign: TypeAlias = Callable[[bytes], bytes]
Verify: TypeAlias = Callable[[bytes, bytes, bytes], bool]

_ENCODER: Final = msgspec.msgpack.Encoder()
_DOMAIN: Final = "racer operation 2"  # another one with each change of what is signed


def digest_of(race_us: int, causes: Sequence[Cause], body: bytes) -> bytes:
    """Return 32 bytes that stand for what an author says at one dot."""
    said = _ENCODER.encode((race_us, causes, body))
    return hashlib.blake2b(said, digest_size=32, person=b"racer said").digest()


def said_by(operation: Operation) -> bytes:
    """Return the digest of what an operation says."""
    return digest_of(operation.race_us, operation.causes, operation.body)


def signed_bytes(dot: Dot, said: bytes, context: bytes) -> bytes:
    """Return what the author signs. `context` names the room: no operation passes into another.

    Args:
        said: a digest, so that a signature can be checked without what was said.
    """
    return _ENCODER.encode((_DOMAIN, context, dot, said))


def is_authentic(operation: Operation, context: bytes, verify: Verify) -> bool:
    """Whether it is what its author has signed, for this room."""
    if node_id_of(operation.key) != operation.dot.node:
        return False
    data = signed_bytes(operation.dot, said_by(operation), context)
    return verify(operation.key, data, operation.signature)


@final
@dataclass(frozen=True, slots=True)
class Signing:
    """How we sign our operations, and by what those of others are checked."""

    key: bytes  # our Ed25519 public key
    sign: Sign
    verify: Verify  # of key, data, signature
    context: bytes

    def write(self, dot: Dot, race_us: int, causes: tuple[Cause, ...], body: bytes) -> Operation:
        """Return an operation of ours."""
        data = signed_bytes(dot, digest_of(race_us, causes, body), self.context)
        return Operation(dot, race_us, causes, body, self.key, self.sign(data))

    def proves(self, proof: Equivocation) -> bool:
        """Whether one author has signed two things for one place, in this room."""
        low, high = proof.said
        return (
            low < high
            and node_id_of(proof.key) == proof.dot.node
            and all(
                self.verify(proof.key, signed_bytes(proof.dot, said, self.context), signature)
                for said, signature in zip(proof.said, proof.signatures, strict=True)
            )
        )
