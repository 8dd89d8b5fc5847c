"""Islands: parts of one room that do not hear each other, told apart by their adverts (ADR 56).

Each is in a lineage of its own. An advert tells a mark of it, two bytes that mean nothing outside
the room and end with the lineage.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, final

from net.ids import NO_LINEAGE, LineageId
from net.limits import ISLAND_SETTLED_NS

MARK_BYTES: Final = 2


def island_mark(lineage: LineageId, tag: bytes) -> bytes:
    """Return the mark of a lineage of the room with this tag; equal ones are most likely one."""
    return blake2b(lineage, digest_size=MARK_BYTES, key=tag, person=b"island").digest()


@final
class OwnIsland:
    """The mark that our node tells: none while it is not settled in which lineage it is.

    Who died says the old one for as long as its advert is remembered. So after a fork of those who
    are left nobody tells the new one before that is over.
    """

    def __init__(self, tag: bytes) -> None:
        self._tag = tag
        self._lineage = NO_LINEAGE
        self._since_ns: int | None = None  # None: it is our first one, and nobody's before

    def mark(self, lineage: LineageId, now_ns: int) -> bytes:
        """Return what to tell now.

        Args:
            lineage: in which our node is; NO_LINEAGE: in none.
        """
        if lineage != self._lineage:
            self._since_ns = None if self._lineage == NO_LINEAGE else now_ns
            self._lineage = lineage
        if lineage == NO_LINEAGE:
            return b""
        settled = self._since_ns is None or now_ns - self._since_ns >= ISLAND_SETTLED_NS
        return island_mark(lineage, self._tag) if settled else b""
