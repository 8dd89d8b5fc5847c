"""Islands: parts of one room that do not hear each other, told apart by their adverts (ADR 56).

Each is in a lineage of its own. An advert tells a mark of it, two bytes that mean nothing outside
the room and end with the lineage.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, final

from net.ids import NO_LINEAGE, LineageId
from net.limits import ISLAND_HEARD_NS, ISLAND_SETTLED_NS

if TYPE_CHECKING:
    from net.discovery.sightings import Sighting

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


def islands_of(sightings: Sequence[Sighting], now_ns: int) -> list[list[Sighting]]:
    """Return the sightings of a room by island, the largest first; mostly all of them are one.

    Only who was heard lately makes an island. Who tells no mark, or an old one, is in the first.
    """
    by_mark: dict[bytes, list[Sighting]] = {}
    for seen in sightings:
        if seen.island and now_ns - seen.heard_ns <= ISLAND_HEARD_NS:
            by_mark.setdefault(seen.island, []).append(seen)
    if len(by_mark) < 2:
        return [list(sightings)]
    marks = sorted(by_mark, key=lambda mark: (-len(by_mark[mark]), mark))
    told = {id(seen) for group in by_mark.values() for seen in group}
    rest = [seen for seen in sightings if id(seen) not in told]
    return [by_mark[marks[0]] + rest, *(by_mark[mark] for mark in marks[1:])]
