"""The cryptography of the protocol once more, by its specifications alone: slow, and for tests.

Nothing of `net` and no library is used but hashes, so what both sides agree on is what RFC 7748,
RFC 8439, RFC 9380, the Noise specification (revision 34) and the draft of CPace say.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

P: Final = 2**255 - 19
_A: Final = 486662  # of Curve25519


# --- RFC 7748, 5: X25519 --------------------------------------------------------------------------


def x25519(scalar: bytes, u_bytes: bytes) -> bytes:
    """Return the product, by the ladder of section 5."""
    clamped = bytes([scalar[0] & 248]) + scalar[1:31] + bytes([scalar[31] & 127 | 64])
    k, u = int.from_bytes(clamped, "little"), int.from_bytes(u_bytes, "little") % 2**255 % P
    x2, z2, x3, z3 = 1, 0, u, 1
    for t in reversed(range(255)):
        bit = k >> t & 1
        if bit:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
        if bit:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


BASE: Final = (9).to_bytes(32, "little")


# --- RFC 8439: ChaCha20-Poly1305 ------------------------------------------------------------------


def _quarter_round(s: list[int], a: int, b: int, c: int, d: int) -> None:
    for one, two, three, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[one] = (s[one] + s[two]) % 2**32
        word = s[three] ^ s[one]
        s[three] = (word << turn | word >> 32 - turn) % 2**32


def _chacha_block(key: bytes, counter: int, nonce: bytes) -> bytes:
    text = b"expand 32-byte k" + key + counter.to_bytes(4, "little") + nonce
    state = [int.from_bytes(text[at : at + 4], "little") for at in range(0, 64, 4)]
    work = list(state)
    for _ in range(10):
        for at in range(4):
            _quarter_round(work, at, at + 4, at + 8, at + 12)
        for at in range(4):
            _quarter_round(work, at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4)
    return b"".join(
        ((a + b) % 2**32).to_bytes(4, "little") for a, b in zip(work, state, strict=True)
    )


def _poly1305(key: bytes, data: bytes) -> bytes:
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(data), 16):
        total = (total + int.from_bytes(data[at : at + 16] + b"\1", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def seal(key: bytes, nonce: bytes, header: bytes, plaintext: bytes) -> bytes:
    """Return ciphertext and tag."""
    stream = b"".join(
        _chacha_block(key, 1 + at // 64, nonce) for at in range(0, len(plaintext), 64)
    )
    ciphertext = bytes(a ^ b for a, b in zip(plaintext, stream, strict=False))
    padded = b"".join(part + bytes(-len(part) % 16) for part in (header, ciphertext))
    lengths = len(header).to_bytes(8, "little") + len(ciphertext).to_bytes(8, "little")
    return ciphertext + _poly1305(_chacha_block(key, 0, nonce)[:32], padded + lengths)


def unseal(key: bytes, nonce: bytes, header: bytes, sealed: bytes) -> bytes:
    """Return the plaintext; the tag must be right."""
    plaintext = seal(key, nonce, header, sealed[:-16])[:-16]
    assert seal(key, nonce, header, plaintext) == sealed
    return plaintext


# --- Noise, revision 34 ---------------------------------------------------------------------------

PATTERNS: Final = {
    "Noise_XX_25519_ChaChaPoly_BLAKE2s": ("", "e", "e ee s es", "s se"),
    "Noise_XXpsk3_25519_ChaChaPoly_BLAKE2s": ("", "e", "e ee s es", "s se psk"),
    "Noise_IK_25519_ChaChaPoly_BLAKE2s": ("s", "e es s ss", "e ee se"),
    "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s": ("s", "e es s ss", "e ee se psk"),
}
"""What the initiator knows of the responder, then the tokens of each message (7.5, 9.4)."""


def _derive_keys(chaining_key: bytes, material: bytes) -> list[bytes]:
    temp = hmac.new(chaining_key, material, hashlib.blake2s).digest()
    one = hmac.new(temp, b"\1", hashlib.blake2s).digest()
    two = hmac.new(temp, one + b"\2", hashlib.blake2s).digest()
    return [one, two, hmac.new(temp, two + b"\3", hashlib.blake2s).digest()]


@dataclass
class Party:
    """One side of a handshake. Its keys are private ones; public ones are of who is there."""

    name: str
    initiates: bool
    prologue: bytes
    s: bytes
    e: bytes
    psk: bytes = b""
    rs: bytes = b""
    re: bytes = b""
    k: bytes = b""
    n: int = 0
    ck: bytes = b""
    h: bytes = b""
    done: int = field(default=1)

    def __post_init__(self) -> None:
        name = self.name.encode()
        self.h = name + bytes(32 - len(name)) if len(name) <= 32 else _blake2s(name)
        self.ck = self.h
        self._mix_hash(self.prologue)
        if PATTERNS[self.name][0]:
            self._mix_hash(self.rs if self.initiates else x25519(self.s, BASE))

    def write(self, payload: bytes) -> bytes:
        message = b""
        for token in self._next_tokens():
            if token == "e":
                message += x25519(self.e, BASE)
                self._mix_e(message[-32:])
            elif token == "s":
                message += self._encrypt_and_hash(x25519(self.s, BASE))
            else:
                self._mix_token(token)
        return message + self._encrypt_and_hash(payload)

    def read(self, message: bytes) -> bytes:
        for token in self._next_tokens():
            if token == "e":
                self.re, message = message[:32], message[32:]
                self._mix_e(self.re)
            elif token == "s":
                size = 48 if self.k else 32
                self.rs, message = self._decrypt_and_hash(message[:size]), message[size:]
            else:
                self._mix_token(token)
        return self._decrypt_and_hash(message)

    def split(self) -> list[bytes]:
        """Return the initiator's sending key, the responder's, and what one more round gives."""
        return _derive_keys(self.ck, b"")

    def _next_tokens(self) -> list[str]:
        self.done += 1
        return PATTERNS[self.name][self.done - 1].split()

    def _mix_hash(self, data: bytes) -> None:
        self.h = _blake2s(self.h + data)

    def _mix_key(self, material: bytes) -> None:
        self.ck, self.k, _ = _derive_keys(self.ck, material)
        self.n = 0

    def _mix_e(self, public: bytes) -> None:
        self._mix_hash(public)
        if "psk" in self.name:
            self._mix_key(public)

    def _mix_token(self, token: str) -> None:
        if token == "psk":
            self.ck, hashed, self.k = _derive_keys(self.ck, self.psk)
            self._mix_hash(hashed)
            self.n = 0
            return
        mine, theirs = token[not self.initiates], token[self.initiates]
        secret = self.e if mine == "e" else self.s
        self._mix_key(x25519(secret, self.re if theirs == "e" else self.rs))

    def _encrypt_and_hash(self, plaintext: bytes) -> bytes:
        ciphertext = seal(self.k, self._next_nonce(), self.h, plaintext) if self.k else plaintext
        self._mix_hash(ciphertext)
        return ciphertext

    def _decrypt_and_hash(self, ciphertext: bytes) -> bytes:
        plaintext = unseal(self.k, self._next_nonce(), self.h, ciphertext) if self.k else ciphertext
        self._mix_hash(ciphertext)
        return plaintext

    def _next_nonce(self) -> bytes:
        self.n += 1
        return bytes(4) + (self.n - 1).to_bytes(8, "little")


def _blake2s(data: bytes) -> bytes:
    return hashlib.blake2s(data).digest()


# --- CPace: CPACE-X25519-SHA512 -------------------------------------------------------------------


def elligator2(uniform: bytes) -> bytes:
    """Return the u-coordinate on Curve25519 (RFC 9380, 6.7.1, with Z = 2)."""
    u = int.from_bytes(uniform, "little") % 2**255 % P
    x = -_A * pow(1 + 2 * u * u, P - 2, P) % P or -_A % P
    y_squared = (x * x * x + _A * x * x + x) % P
    if pow(y_squared, (P - 1) // 2, P) not in {0, 1}:
        x = (-x - _A) % P
    return x.to_bytes(32, "little")


def generator(word: bytes, channel: bytes, session: bytes) -> bytes:
    """Return `calculate_generator`."""
    dsi = _with_length(b"CPace255")
    padding = bytes(max(0, 128 - 1 - len(_with_length(word)) - len(dsi)))
    text = (
        dsi
        + _with_length(word)
        + _with_length(padding)
        + _with_length(channel)
        + _with_length(session)
    )
    return elligator2(hashlib.sha512(text).digest()[:32])


def session_key(
    session: bytes, shared: bytes, first: tuple[bytes, bytes], second: tuple[bytes, bytes]
) -> bytes:
    """Return ISK of an initiator and a responder: share and associated data of each."""
    parts = (b"CPace255_ISK", session, shared, *first, *second)
    return hashlib.sha512(b"".join(map(_with_length, parts))).digest()


def _with_length(data: bytes) -> bytes:
    size, head = len(data), b""
    while size > 127:
        head, size = head + bytes([size % 128 + 128]), size // 128
    return head + bytes([size]) + data
