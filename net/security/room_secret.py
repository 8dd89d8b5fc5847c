"""What all nodes of one race share: a public tag, and a secret that handshakes prove."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, final
from unicodedata import normalize

from net.security.primitives import KEY_BYTES, SALT_BYTES, SODIUM

if TYPE_CHECKING:
    from net.security.primitives import Primitives

TAG_BYTES: Final = 8
_SPACES: Final = str.maketrans(
    dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000", " ")
    | dict.fromkeys(map(chr, range(0x2000, 0x200B)), " ")
)


@final
class RoomSecret:
    """A race by name, open to all or closed by a passphrase.

    With a passphrase, making one takes about 0.15 s and 64 MiB (Argon2id, interactive limits): make
    it once, not on a thread that must not wait. Guesses are checked at the door, one by one
    (`cpace`); so dear is each to who has stolen `word` itself, and wants the passphrase too.
    """

    __slots__ = ("hello_key", "locked", "name", "tag", "word")

    def __init__(
        self, name: str, passphrase: str | None = None, primitives: Primitives = SODIUM
    ) -> None:
        self.name: Final = name
        self.locked: Final = passphrase is not None
        self.tag: Final = _room_hash(b"room tag", name, locked=self.locked)[:TAG_BYTES]
        """Tells this room's datagrams from others at a glance; says nothing of the passphrase."""
        salt = _room_hash(b"room salt", name, locked=self.locked)
        self.hello_key: Final = _room_hash(b"room hello", name, locked=self.locked)
        """Marks first messages: who knows the race's name, from an advert or a friend, can."""
        self.word: Final = (
            salt
            if passphrase is None
            else primitives.stretch(_prepare_passphrase(passphrase), salt[:SALT_BYTES])
        )
        """What handshakes prove that both sides know. Of an open room everybody does."""


def _prepare_passphrase(passphrase: str) -> bytes:
    """Return what is stretched: the same, whatever keyboard or file it came from.

    One system writes an umlaut as one character and another as two, and some type spaces that do
    not break: two friends who know one word would be told that theirs differ (RFC 8265, 4.2.2).
    """
    return normalize("NFC", passphrase.translate(_SPACES)).encode()


def _room_hash(use: bytes, name: str, *, locked: bool) -> bytes:
    data = (b"locked " if locked else b"open ") + name.encode()
    return hashlib.blake2b(data, person=use, digest_size=KEY_BYTES).digest()
