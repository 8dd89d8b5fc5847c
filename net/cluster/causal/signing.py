"""Operations as their authors sign them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import msgspec

from net.ids import Dot
from net.security.identity import node_id_of
from net.wire.messages import Cause, Operation

Sign: TypeAlias = Callable[[bytes], bytes]
Verify: TypeAlias = Callable[[bytes, bytes, bytes], bool]

_ENCODER: Final = msgspec.msgpack.Encoder()
_DOMAIN: Final = "racer operation 1"


def signed_bytes(
    dot: Dot, race_us: int, causes: Sequence[Cause], body: bytes, context: bytes
) -> bytes:
    """Return what the author signs. `context` names the room: no operation passes into another."""
    return _ENCODER.encode((_DOMAIN, context, dot, race_us, causes, body))


@final
@dataclass(frozen=True, slots=True)
class Signing:
    """Signs our operations, and checks those of others."""

    key: bytes  # our Ed25519 public key
    sign: Sign
    verify: Verify  # of key, data, signature
    context: bytes

    def write(self, dot: Dot, race_us: int, causes: tuple[Cause, ...], body: bytes) -> Operation:
        """Return an operation of ours."""
        data = signed_bytes(dot, race_us, causes, body, self.context)
        return Operation(dot, race_us, causes, body, self.key, self.sign(data))

    def is_authentic(self, operation: Operation) -> bool:
        """Whether it is what its author has signed, for this room."""
        if node_id_of(operation.key) != operation.dot.node:
            return False
        data = signed_bytes(
            operation.dot, operation.race_us, operation.causes, operation.body, self.context
        )
        return self.verify(operation.key, data, operation.signature)
