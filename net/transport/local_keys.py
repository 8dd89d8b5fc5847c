"""What both sides of a handshake begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from net.security.noise import XX_PSK3, HandshakeState

if TYPE_CHECKING:
    from random import Random

    from net.security.identity import Identity
    from net.security.primitives import Primitives
    from net.security.room_secret import RoomSecret
    from net.wire.versions import Versions


@final
@dataclass(slots=True)
class LocalKeys:
    """This node as one party of handshakes: its keys, its room, and what it speaks by now."""

    identity: Identity
    primitives: Primitives
    room: RoomSecret
    versions: Versions

    def handshake(self, version: int, *, initiator: bool) -> HandshakeState:
        """Begin one. Versions and room are bound in: who differs fails to authenticate."""
        room = self.room
        versions = bytes([version]) + self.versions.program.to_bytes(4, "little")
        return HandshakeState(
            XX_PSK3,
            initiator=initiator,
            prologue=b"racer" + versions + room.tag + room.name.encode(),
            static=(self.identity.static_private, self.identity.static_public),
            psk=room.psk,
            primitives=self.primitives,
        )


@final
class Indices:
    """Hands out the 32-bit numbers by which arriving datagrams find their session."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[int] = set()

    def draw(self) -> int:
        while (index := self._rng.getrandbits(32)) in self._taken:
            pass
        self._taken.add(index)
        return index

    def release(self, index: int) -> None:
        self._taken.discard(index)
