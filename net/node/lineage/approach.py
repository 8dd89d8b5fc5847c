"""How a node comes into a room: what is wanted of it, who is listed there, what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import final

from net.ids import Address, NodeId
from net.limits import LISTED_NS, NEVER, SIGHTINGS_MAX, WAIT_TOLD_NS
from net.node.peers import Peers
from net.node.program import Waiting


class Entry(Enum):
    """What a node may do to be in a room."""

    JOIN = "join"  # enter one that is there; found none
    EITHER = "either"  # enter one that is there or listed; found one where none is
    FOUND = "found"  # enter one that is there; else found one, whatever is listed
    WATCH = "watch"  # enter one that is there; found none, and lead none

    @property
    def may_found(self) -> bool:
        return self in {Entry.EITHER, Entry.FOUND}

    @property
    def may_lead(self) -> bool:
        return self is not Entry.WATCH


@dataclass(frozen=True, slots=True)
class Listing:
    """A node that discovery saw in our room. A hint: nothing in it is proved."""

    node: NodeId
    address: Address
    seen_ns: int


@final
class Approach:
    """Remembers who was listed in the room, and what was told of our waiting."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._listed: dict[NodeId, Listing] = {}
        self._told: Waiting | None = None
        self._told_ns = NEVER

    def on_listed(self, node: NodeId, address: Address, now_ns: int) -> None:
        """Note an advert of a node, or that it was seen again. At most SIGHTINGS_MAX are known."""
        self._listed.pop(node, None)
        if len(self._listed) >= SIGHTINGS_MAX:
            del self._listed[next(iter(self._listed))]
        self._listed[node] = Listing(node, address, now_ns)

    def unanswered(self, peers: Peers, now_ns: int) -> Listing | None:
        """Return one of those that are listed and do not answer: the least node id; or None."""
        found = [
            listing
            for listing in self._listed.values()
            if now_ns - listing.seen_ns < LISTED_NS
            and ((peer := peers.get(listing.node)) is None or not peer.lives)
        ]
        return min(found, key=lambda listing: listing.node, default=None)

    def settle(self) -> None:
        """Note that we are in: who is of the room goes on with it, with others or alone."""
        self._told = None
        if self.entry.may_lead:
            self.entry = Entry.FOUND

    def news(self, waiting: Waiting, since_ns: int, now_ns: int) -> list[Waiting]:
        """Return what we wait for, once it is worth telling, and again when it is another thing.

        Args:
            since_ns: when the wait began.
        """
        too_early = now_ns - max(since_ns, self._told_ns) < WAIT_TOLD_NS
        if too_early or waiting == self._told:
            return []
        self._told, self._told_ns = waiting, now_ns
        return [waiting]
