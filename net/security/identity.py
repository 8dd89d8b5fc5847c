"""Who a node is: two key pairs of one seed, and the statement that they belong together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Self, final

from net.ids import NODE_ID_BYTES, NodeId
from net.security.primitives import KEY_BYTES

if TYPE_CHECKING:
    from net.security.primitives import Primitives

VEIL_BYTES: Final = 16
NO_VEIL: Final = bytes(VEIL_BYTES)
_BINDING: Final = b"racer 1: this key exchange key is mine"


@final
@dataclass(frozen=True, slots=True)
class Identity:
    """A node's long-term keys. The signing key names the node; the other opens its sessions."""

    node_id: NodeId
    signing_public: bytes
    static_public: bytes  # X25519
    binding: bytes  # our signature that `static_public` is ours; see `is_bound`
    static_private: bytes = field(repr=False)
    _signing_secret: bytes = field(repr=False)

    @classmethod
    def from_seed(cls, seed: bytes, primitives: Primitives) -> Self:
        """Return the identity of 32 secret bytes, always the same one.

        The two pairs are derived apart, so that neither use of a key can weaken the other.
        """
        assert len(seed) == KEY_BYTES
        signing_public, secret = primitives.signing_pair(_derive_key(seed, b"signing"))
        private = _derive_key(seed, b"key exchange")
        public = primitives.dh_public(private)
        binding = primitives.sign(secret, _BINDING + public)
        return cls(node_id_of(signing_public), signing_public, public, binding, private, secret)

    def in_room(self, tag: bytes, primitives: Primitives) -> Identity:
        """Return the same node with another key for its sessions, one for each room.

        Whoever calls a node learns that key, inside the room or not: of two rooms it shows nothing.
        """
        private = hashlib.blake2b(
            tag, key=self.static_private, person=b"room key", digest_size=KEY_BYTES
        ).digest()
        public = primitives.dh_public(private)
        binding = self.sign(_BINDING + public, primitives)
        return replace(self, static_public=public, static_private=private, binding=binding)

    def sign(self, data: bytes, primitives: Primitives) -> bytes:
        """Return our signature. `data` begins with a word that says what kind of thing it is."""
        return primitives.sign(self._signing_secret, data)


def node_id_of(signing_public: bytes) -> NodeId:
    """Return the id of the node that holds this Ed25519 key."""
    return hashlib.blake2b(signing_public, digest_size=NODE_ID_BYTES).digest()


def alias_of(node: NodeId, veil: bytes) -> NodeId:
    """Return by what a node is advertised that has drawn a veil; under NO_VEIL by its id.

    Strangers learn nothing of the node by it. Whoever is told the veil knows whose alias it is, and
    cannot make it its own: another node id makes another alias.
    """
    if veil == NO_VEIL:
        return node
    return hashlib.blake2b(veil + node, person=b"alias", digest_size=NODE_ID_BYTES).digest()


def is_bound(
    static_public: bytes, signing_public: bytes, binding: bytes, primitives: Primitives
) -> bool:
    """Tell whether the owner of the signing key claims this X25519 key as its own."""
    return primitives.verify(signing_public, _BINDING + static_public, binding)


def _derive_key(seed: bytes, use: bytes) -> bytes:
    return hashlib.blake2b(key=seed, person=use, digest_size=KEY_BYTES).digest()
