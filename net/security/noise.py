"""The Noise Protocol Framework, revision 34: XX, IK, with a psk; 25519, ChaChaPoly, BLAKE2s.

Section numbers are the specification's. Names are its names.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, assert_never, final

from net.errors import SecurityError
from net.security.primitives import KEY_BYTES, TAG_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.security.primitives import Primitives


class Token(Enum):
    """What one side adds to a message, or mixes into its keys (7.1, 9.1)."""

    E = "e"
    S = "s"
    EE = "ee"
    ES = "es"
    SE = "se"
    SS = "ss"
    PSK = "psk"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A handshake as data: the tokens of each message, the initiator's first (7.5, 9.4)."""

    name: bytes
    messages: Sequence[Sequence[Token]]
    to_known: bool = False  # the initiator knows the responder's static key before (7.3)

    @property
    def has_psk(self) -> bool:
        return any(Token.PSK in message for message in self.messages)


XX: Final = Pattern(
    b"Noise_XX_25519_ChaChaPoly_BLAKE2s",
    ((Token.E,), (Token.E, Token.EE, Token.S, Token.ES), (Token.S, Token.SE)),
)
XX_PSK3: Final = Pattern(
    b"Noise_XXpsk3_25519_ChaChaPoly_BLAKE2s",
    ((Token.E,), (Token.E, Token.EE, Token.S, Token.ES), (Token.S, Token.SE, Token.PSK)),
)

_IK_MESSAGES: Final = (
    (Token.E, Token.ES, Token.S, Token.SS),
    (Token.E, Token.EE, Token.SE),
)
IK: Final = Pattern(b"Noise_IK_25519_ChaChaPoly_BLAKE2s", _IK_MESSAGES, to_known=True)
IK_PSK2: Final = Pattern(
    b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s",
    (_IK_MESSAGES[0], (*_IK_MESSAGES[1], Token.PSK)),
    to_known=True,
)


def nonce_of(counter: int) -> bytes:
    """Return the nonce of a counter: four zeros, then 64 bits, little-endian (12.3)."""
    return b"\0\0\0\0" + counter.to_bytes(8, "little")


def _hkdf(chaining_key: bytes, material: bytes, outputs: int) -> list[bytes]:
    """Derive two or three keys (4.3; HKDF of RFC 5869 over HMAC-BLAKE2s).

    The hash is named by its class: by its name OpenSSL would be asked in vain first, at three
    times the cost.
    """
    secret = hmac.digest(chaining_key, material, hashlib.blake2s)
    keys: list[bytes] = []
    block = b""
    for number in range(1, outputs + 1):
        block = hmac.digest(secret, block + bytes([number]), hashlib.blake2s)
        keys.append(block)
    return keys


@final
class SymmetricState:
    """The chaining key, the hash of all that was said, and the key of the moment (5.1, 5.2)."""

    def __init__(self, name: bytes, primitives: Primitives) -> None:
        short = len(name) <= KEY_BYTES
        self.hash = name.ljust(KEY_BYTES, b"\0") if short else hashlib.blake2s(name).digest()
        self._primitives = primitives
        self._chaining_key = self.hash
        self._key: bytes | None = None
        self._n = 0

    @property
    def tag_bytes(self) -> int:
        """How much `encrypt_and_hash` adds at this moment."""
        return 0 if self._key is None else TAG_BYTES

    def mix_hash(self, data: bytes) -> None:
        self.hash = hashlib.blake2s(self.hash + data).digest()

    def mix_key(self, material: bytes) -> None:
        self._chaining_key, self._key = _hkdf(self._chaining_key, material, 2)
        self._n = 0

    def mix_key_and_hash(self, material: bytes) -> None:
        self._chaining_key, hashed, self._key = _hkdf(self._chaining_key, material, 3)
        self.mix_hash(hashed)
        self._n = 0

    def encrypt_and_hash(self, plaintext: bytes) -> bytes:
        ciphertext = plaintext
        if self._key is not None:
            nonce = nonce_of(self._n)
            ciphertext = self._primitives.encrypt(self._key, nonce, self.hash, plaintext)
            self._n += 1
        self.mix_hash(ciphertext)
        return ciphertext

    def decrypt_and_hash(self, ciphertext: bytes) -> bytes:
        plaintext = ciphertext
        if self._key is not None:
            nonce = nonce_of(self._n)
            plaintext = self._primitives.decrypt(self._key, nonce, self.hash, ciphertext)
            self._n += 1
        self.mix_hash(ciphertext)
        return plaintext

    def split(self) -> tuple[bytes, bytes, bytes]:
        """Return the keys of both directions, the initiator's sending key first, and one to spare.

        The third is what one more round of the same HKDF gives: it tells nothing of the others.
        """
        first, second, spare = _hkdf(self._chaining_key, b"", 3)
        return first, second, spare


@final
class HandshakeState:
    """One side of one handshake (5.3).

    Call `write_message` and `read_message` in turn, the initiator writes first. A message that does
    not verify raises and leaves the state as it was: a forger cannot end a handshake.
    """

    def __init__(
        self,
        pattern: Pattern,
        *,
        initiator: bool,
        prologue: bytes,
        static: tuple[bytes, bytes],
        psk: bytes | None,
        primitives: Primitives,
        remote_static: bytes | None = None,
    ) -> None:
        assert pattern.has_psk or psk is None
        assert (pattern.to_known and initiator) == (remote_static is not None)
        self.remote_static = remote_static
        self._pattern = pattern
        self._initiator = initiator
        self._primitives = primitives
        self._symmetric = SymmetricState(pattern.name, primitives)
        self._symmetric.mix_hash(prologue)
        self._static_private, self._static_public = static
        self.psk = psk  # may come later, before it is mixed: some are agreed on meanwhile
        self._ephemeral_private = b""
        self._remote_ephemeral = b""
        self._done = 0  # messages so far
        if pattern.to_known:
            self._symmetric.mix_hash(remote_static or self._static_public)

    @property
    def finished(self) -> bool:
        return self._done == len(self._pattern.messages)

    @property
    def handshake_hash(self) -> bytes:
        """A value that only this handshake has (11.2)."""
        return self._symmetric.hash

    def interim_secret(self) -> bytes:
        """Return a secret of both sides as far as they are by now, for other uses than theirs."""
        return self._symmetric.split()[2]

    def reads_static(self, message: bytes) -> bytes | None:
        """Return the static key in the next message, if that much of it is authentic.

        It is no more than claimed: what proves it comes behind. Nothing changes here.
        """
        assert self._pattern.messages[self._done][0] is Token.S
        other = self.fork()
        try:
            other._read_token(Token.S, message)
        except SecurityError:
            return None
        return other.remote_static

    def fork(self) -> HandshakeState:
        """Return the same side of the same handshake, to go on with another answer to it."""
        other = copy.copy(self)
        other._symmetric = copy.copy(self._symmetric)
        return other

    def write_message(self, payload: bytes) -> bytes:
        """Return the next message, which carries `payload`, sealed as well as it can be by then.

        Raises:
            SecurityError: the peer's keys have low order.
        """
        assert not self.finished
        assert self._writes_next()
        parts = [self._write_token(token) for token in self._pattern.messages[self._done]]
        parts.append(self._symmetric.encrypt_and_hash(payload))
        self._done += 1
        return b"".join(parts)

    def read_message(self, message: bytes) -> bytes:
        """Return the payload of the peer's next message.

        Raises:
            SecurityError: the message is cut, forged, or of other keys. Nothing has changed.
        """
        assert not self.finished
        assert not self._writes_next()
        before = self.fork()
        try:
            rest = message
            for token in self._pattern.messages[self._done]:
                rest = self._read_token(token, rest)
            payload = self._symmetric.decrypt_and_hash(rest)
        except SecurityError:
            self.__dict__.update(before.__dict__)
            raise
        self._done += 1
        return payload

    def split(self) -> tuple[bytes, bytes]:
        """Return the sending and the receiving key of this side."""
        assert self.finished
        first, second, _ = self._symmetric.split()
        return (first, second) if self._initiator else (second, first)

    def successor_psk(self) -> bytes:
        """Return a secret of both sides for a handshake that follows this one."""
        assert self.finished
        return self._symmetric.split()[2]

    def _writes_next(self) -> bool:
        return (self._done % 2 == 0) == self._initiator

    def _write_token(self, token: Token) -> bytes:
        match token:
            case Token.E:
                self._ephemeral_private = self._primitives.random(KEY_BYTES)
                public = self._primitives.dh_public(self._ephemeral_private)
                self._mix_ephemeral(public)
                return public
            case Token.S:
                return self._symmetric.encrypt_and_hash(self._static_public)
            case _:
                self._mix_secret(token)
                return b""

    def _read_token(self, token: Token, message: bytes) -> bytes:
        match token:
            case Token.E:
                self._remote_ephemeral, rest = _split_prefix(message, KEY_BYTES)
                self._mix_ephemeral(self._remote_ephemeral)
                return rest
            case Token.S:
                sealed, rest = _split_prefix(message, KEY_BYTES + self._symmetric.tag_bytes)
                self.remote_static = self._symmetric.decrypt_and_hash(sealed)
                return rest
            case _:
                self._mix_secret(token)
                return message

    def _mix_ephemeral(self, public: bytes) -> None:
        self._symmetric.mix_hash(public)
        if self._pattern.has_psk:  # 9.2: so that a psk never encrypts twice alike
            self._symmetric.mix_key(public)

    def _mix_secret(self, token: Token) -> None:
        """Mix a shared secret; the first letter of a token is the initiator's key."""
        match token:
            case Token.EE:
                self._mix_dh(self._ephemeral_private, self._remote_ephemeral)
            case Token.ES if self._initiator:
                self._mix_dh(self._ephemeral_private, self._known_remote_static())
            case Token.ES:
                self._mix_dh(self._static_private, self._remote_ephemeral)
            case Token.SE if self._initiator:
                self._mix_dh(self._static_private, self._remote_ephemeral)
            case Token.SE:
                self._mix_dh(self._ephemeral_private, self._known_remote_static())
            case Token.SS:
                self._mix_dh(self._static_private, self._known_remote_static())
            case Token.PSK:
                assert self.psk is not None
                self._symmetric.mix_key_and_hash(self.psk)
            case Token.E | Token.S:
                raise AssertionError(token)
            case _:
                assert_never(token)

    def _mix_dh(self, private: bytes, public: bytes) -> None:
        self._symmetric.mix_key(self._primitives.dh(private, public))

    def _known_remote_static(self) -> bytes:
        assert self.remote_static is not None, "patterns send a static key before they mix it"
        return self.remote_static


def _split_prefix(message: bytes, count: int) -> tuple[bytes, bytes]:
    if len(message) < count:
        raise SecurityError("handshake message cut short")
    return message[:count], message[count:]
