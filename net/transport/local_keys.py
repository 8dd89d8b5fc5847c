"""What both sides of a handshake begin with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, final

from net.limits import KEYS_MET_MAX
from net.recent import Recent
from net.security.cpace import SHARE_BYTES, Exchange, generator_bytes
from net.security.identity import NO_VEIL, alias_of
from net.security.noise import XX_PSK3, HandshakeState
from net.security.primitives import KEY_BYTES, TAG_BYTES
from net.transport.admission import Tries
from net.transport.credentials import Credentials
from net.wire.versions import OURS, Versions

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from net.ids import NodeId
    from net.security.identity import Identity
    from net.security.primitives import Primitives
    from net.security.room_secret import RoomSecret
    from net.security.seal import Seal
    from net.security.session_keys import SessionKeys


@final
@dataclass(slots=True)
class LocalKeys:
    """This node as one party of handshakes: its keys, its room, and what it speaks by now."""

    identity: Identity
    primitives: Primitives
    room: RoomSecret
    versions: Versions
    veil: bytes = NO_VEIL  # over our node id, in adverts
    on_keys: Callable[[SessionKeys], None] | None = None  # whoever keeps a key log
    tries: Tries = field(default_factory=Tries)
    # Static keys that were in the room.
    _met: Recent[bytes, None] = field(default_factory=lambda: Recent(KEYS_MET_MAX))

    @classmethod
    def of_room(
        cls,
        identity: Identity,
        primitives: Primitives,
        room: RoomSecret,
        versions: Versions = OURS,
        veil: bytes = NO_VEIL,
        on_keys: Callable[[SessionKeys], None] | None = None,
    ) -> LocalKeys:
        """Return those of a node in a room, where its static key is another than elsewhere."""
        here = identity.in_room(room.tag, primitives)
        return cls(here, primitives, room, versions, veil, on_keys)

    @property
    def alias(self) -> NodeId:
        """By what we are advertised."""
        return alias_of(self.identity.node_id, self.veil)

    def vouch(self, incarnation: int, name: str) -> Credentials:
        """Return what we tell about ourselves in this life."""
        who = self.identity, self.veil, incarnation
        return Credentials.of(*who, self.versions, name, self.room.name)

    def tell_keys(self, seal: Seal, index: int, remote: NodeId, theirs: Versions) -> None:
        """Give new keys with a node to whoever keeps a key log, if somebody does."""
        if self.on_keys is not None:
            version = min(self.versions.highest, theirs.highest)
            self.on_keys(seal.reveal(index, self.identity.node_id, remote, version))

    def meet(self, static: bytes) -> None:
        """Note whose key was in the room: that has proved that it knows the passphrase."""
        self._met.note(static, None)

    def has_met(self, static: bytes) -> bool:
        """Whether who holds this key was in the room."""
        return static in self._met

    def may_try(self, static: bytes | None, host: str, now_ns: int) -> bool:
        """Whether a guess of the passphrase may be heard out, if it is one."""
        if not self.room.locked or static in self._met:
            return True
        return self.tries.may_try(host, now_ns)

    def note_try(self, static: bytes | None, host: str, now_ns: int) -> None:
        """Note what is, or may be, a wrong guess."""
        if self.room.locked and static not in self._met:
            self.tries.note(host, now_ns)

    def handshake(self, version: int, *, initiator: bool) -> HandshakeState:
        """Begin one. Versions and room are bound in: who differs fails to authenticate."""
        room = self.room
        versions = bytes([version]) + self.versions.program.to_bytes(4, "little")
        return HandshakeState(
            XX_PSK3,
            initiator=initiator,
            prologue=b"racer" + versions + room.tag + room.name.encode(),
            static=(self.identity.static_private, self.identity.static_public),
            psk=None if room.locked else room.word,
            primitives=self.primitives,
        )

    def exchange(self, first: bytes) -> Exchange | None:
        """Begin to agree on the psk of the handshake with this first message; None: all know it."""
        room = self.room
        if not room.locked:
            return None
        session = first[:KEY_BYTES]  # the ephemeral key
        uniform = generator_bytes(room.word, b"racer" + room.tag, session)
        return Exchange.begin(uniform, session, self.primitives)

    def agree(
        self, handshake: HandshakeState, exchange: Exchange | None, share: bytes, *, initiator: bool
    ) -> None:
        """Take the other side's share: the handshake has its psk now.

        Raises:
            SecurityError: it has a low order.
        """
        if exchange is None:
            return
        secret = exchange.initiator_secret if initiator else exchange.responder_secret
        agreed = secret(share, b"", self.primitives)
        handshake.psk = hashlib.blake2b(agreed, person=b"room psk", digest_size=KEY_BYTES).digest()


def share_of(exchange: Exchange | None) -> bytes:
    """Return what goes to the other side: zeros, where nothing needs to be agreed on."""
    return bytes(SHARE_BYTES) if exchange is None else exchange.public


def denial_tag(interim_secret: bytes, finish: bytes) -> bytes:
    """Return what only who got a Finish can say of it: that the passphrase is another."""
    return hashlib.blake2s(b"denied" + finish, key=interim_secret, digest_size=TAG_BYTES).digest()


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
