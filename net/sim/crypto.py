"""Stand-ins for cryptography: as checkable as the real one, fast as a hash, and no secret.

Tags and signatures are keyed hashes, so whatever mixes up keys, nonces, headers or signers fails
here as it would in earnest. Bytes are not hidden.
"""

from __future__ import annotations

from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, final

from net.errors import SecurityError
from net.security.primitives import KEY_BYTES, SIGNATURE_BYTES, TAG_BYTES
from net.security.signet import Signet

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from net.ids import NodeId


@final
class StandInCrypto:
    """`Primitives` for simulations; all randomness comes from the seed.

    `on_reuse` is called where something else was encrypted before under a key and a nonce.
    """

    def __init__(self, rng: Random, on_reuse: Callable[[], None] | None = None) -> None:
        self._rng = rng
        self._on_reuse = on_reuse
        self._encrypted: dict[tuple[bytes, bytes], int] = {}

    def random(self, count: int) -> bytes:
        return self._rng.randbytes(count)

    def dh_public(self, private: bytes) -> bytes:
        return private

    def dh(self, private: bytes, public: bytes) -> bytes:
        if len(public) != KEY_BYTES or not any(public):
            raise SecurityError("public key of low order")
        return blake2b(_xor_keys(private, public), digest_size=KEY_BYTES).digest()

    def mapped_public(self, uniform: bytes, private: bytes) -> bytes:
        return _xor_keys(private, uniform)

    def signing_pair(self, seed: bytes) -> tuple[bytes, bytes]:
        public = blake2b(seed, digest_size=KEY_BYTES).digest()
        return public, public

    def sign(self, secret: bytes, data: bytes) -> bytes:
        return blake2b(data, key=secret, digest_size=SIGNATURE_BYTES).digest()

    def verify(self, key: bytes, data: bytes, signature: bytes) -> bool:
        return self.sign(key, data) == signature

    def encrypt(self, key: bytes, nonce: bytes, header: bytes, plaintext: bytes) -> bytes:
        tag = _auth_tag(key, nonce, header, plaintext)
        if self._on_reuse is not None:
            said = hash((header, plaintext))
            if self._encrypted.setdefault((key, nonce), said) != said:
                self._on_reuse()
        return plaintext + tag

    def decrypt(self, key: bytes, nonce: bytes, header: bytes, ciphertext: bytes) -> bytes:
        plaintext, tag = ciphertext[:-TAG_BYTES], ciphertext[-TAG_BYTES:]
        if len(ciphertext) < TAG_BYTES or tag != _auth_tag(key, nonce, header, plaintext):
            raise SecurityError("forged, or of other keys")
        return plaintext

    def stretch(self, passphrase: bytes, salt: bytes) -> bytes:
        return blake2b(passphrase, key=salt, digest_size=KEY_BYTES).digest()


def _xor_keys(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(KEY_BYTES)


def _auth_tag(key: bytes, nonce: bytes, header: bytes, plaintext: bytes) -> bytes:
    return blake2b(nonce + header + plaintext, key=key, digest_size=TAG_BYTES).digest()


def stand_in_signet(node: NodeId) -> Signet:
    """Return the hand of a node whose id is made up, and was not derived from a key."""
    key = 2 * node
    return Signet(key, partial(_sign_for, key), _is_signed, b"", _node_of)


def _sign_for(key: bytes, data: bytes) -> bytes:
    return blake2b(data, key=key, digest_size=SIGNATURE_BYTES).digest()


def _is_signed(key: bytes, data: bytes, signature: bytes) -> bool:
    return _sign_for(key, data) == signature


def _node_of(key: bytes) -> NodeId:
    return key[: len(key) // 2]
