"""The few cryptographic functions that `net` uses, behind one interface.

The simulator hands in a fast stand-in; everybody else uses `SODIUM`. Hashes are not here: BLAKE2 of
the standard library is fast enough for both.
"""

from __future__ import annotations

from typing import Final, Protocol, final

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.utils import random

from net.errors import SecurityError

KEY_BYTES: Final = 32  # X25519 and Ed25519 keys, seeds, AEAD keys
SIGNATURE_BYTES: Final = 64
TAG_BYTES: Final = 16  # what authentication adds to a ciphertext
SALT_BYTES: Final = 16


class Primitives(Protocol):
    """X25519 (RFC 7748), Ed25519 (RFC 8032), ChaCha20-Poly1305 (RFC 8439), Argon2id (RFC 9106)."""

    def random(self, count: int) -> bytes:
        """Return bytes nobody can predict: ephemeral keys and secrets come from here only."""

    def dh_public(self, private: bytes) -> bytes:
        """Return the X25519 public key of a private key."""

    def dh(self, private: bytes, public: bytes) -> bytes:
        """Return the X25519 shared secret.

        Raises:
            SecurityError: `public` has a low order, so that the secret would be no secret.
        """

    def mapped_public(self, uniform: bytes, private: bytes) -> bytes:
        """Return the X25519 public key of a private key, over another generator than all use.

        Args:
            uniform: 32 bytes, mapped to it by Elligator 2 (RFC 9380, 6.7.1), as CPace has it.
        """

    def signing_pair(self, seed: bytes) -> tuple[bytes, bytes]:
        """Return the Ed25519 pair of a seed: public key, and what `sign` wants as its secret."""

    def sign(self, secret: bytes, data: bytes) -> bytes:
        """Return the 64-byte signature."""

    def verify(self, key: bytes, data: bytes, signature: bytes) -> bool:
        """Tell whether `key` signed `data`. False, never an error, for keys that are none."""

    def encrypt(self, key: bytes, nonce: bytes, header: bytes, plaintext: bytes) -> bytes:
        """Return ciphertext and tag. `header` is authenticated, not sent."""

    def decrypt(self, key: bytes, nonce: bytes, header: bytes, ciphertext: bytes) -> bytes:
        """Return the plaintext.

        Raises:
            SecurityError: the bytes are not what the holder of `key` sealed.
        """

    def stretch(self, passphrase: bytes, salt: bytes) -> bytes:
        """Return 32 bytes that cost a guesser much time and memory per passphrase."""


@final
class Sodium:
    """`Primitives` of libsodium. Without state."""

    def random(self, count: int) -> bytes:
        return random(count)

    def dh_public(self, private: bytes) -> bytes:
        return bindings.crypto_scalarmult_base(private)

    def dh(self, private: bytes, public: bytes) -> bytes:
        if len(public) != KEY_BYTES:  # the binding would read past a short key
            raise SecurityError("public key of a wrong length")
        try:
            return bindings.crypto_scalarmult(private, public)
        except (CryptoError, RuntimeError):
            raise SecurityError("public key of low order") from None

    def mapped_public(self, uniform: bytes, private: bytes) -> bytes:
        # libsodium maps to the curve as Edwards has it, times the cofactor 8. So the clamped
        # private key, a multiple of 8, is divided by that: the product is the same, and libsodium
        # does all of it, in constant time.
        clamped = bytes([private[0] & 248]) + private[1:31] + bytes([private[31] & 127 | 64])
        eighth = (int.from_bytes(clamped, "little") >> 3).to_bytes(KEY_BYTES, "little")
        generator = bindings.crypto_core_ed25519_from_uniform(uniform)
        point = bindings.crypto_scalarmult_ed25519_noclamp(eighth, generator)
        return bindings.crypto_sign_ed25519_pk_to_curve25519(point)

    def signing_pair(self, seed: bytes) -> tuple[bytes, bytes]:
        return bindings.crypto_sign_seed_keypair(seed)

    def sign(self, secret: bytes, data: bytes) -> bytes:
        return bindings.crypto_sign(data, secret)[:SIGNATURE_BYTES]

    def verify(self, key: bytes, data: bytes, signature: bytes) -> bool:
        if len(key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
            return False
        try:
            bindings.crypto_sign_open(signature + data, key)
        except CryptoError:
            return False
        return True

    def encrypt(self, key: bytes, nonce: bytes, header: bytes, plaintext: bytes) -> bytes:
        return bindings.crypto_aead_chacha20poly1305_ietf_encrypt(plaintext, header, nonce, key)

    def decrypt(self, key: bytes, nonce: bytes, header: bytes, ciphertext: bytes) -> bytes:
        if len(ciphertext) < TAG_BYTES:  # the binding would ask for a negative length
            raise SecurityError("shorter than a tag")
        try:
            return bindings.crypto_aead_chacha20poly1305_ietf_decrypt(
                ciphertext, header, nonce, key
            )
        except CryptoError:
            raise SecurityError("forged, or of other keys") from None

    def stretch(self, passphrase: bytes, salt: bytes) -> bytes:
        return bindings.crypto_pwhash_alg(
            KEY_BYTES,
            passphrase,
            salt,
            bindings.crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
            bindings.crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE,
            bindings.crypto_pwhash_ALG_ARGON2ID13,
        )


SODIUM: Final[Primitives] = Sodium()
