"""How a node comes into a room: what is wanted of it, who is listed there, what it waits for."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, final

import msgspec

from net.ids import Address, NodeId
from net.limits import (
    DENIED_NS,
    DOOR_SHUT_NS,
    ELSEWHERE_HEARSAY_NS,
    ELSEWHERE_ROOM_NS,
    ELSEWHERE_WAIT_NS,
    LISTED_NS,
    NEVER,
    SIGHTINGS_MAX,
    WAIT_TOLD_NS,
)
from net.node.lineage.rapport import Rapports
from net.node.peers import Peers
from net.node.program import Waiting, WaitReason
from net.recent import Recent
from net.transport.actions import RoomFull, UnconfirmedReason

if TYPE_CHECKING:
    from net.transport.actions import Incompatible, Unconfirmed

_WAITS: Final = {
    UnconfirmedReason.UNSAID: WaitReason.UNCONFIRMED,
    UnconfirmedReason.BUSY: WaitReason.BUSY,
    UnconfirmedReason.TRIED: WaitReason.TRIED,
    UnconfirmedReason.CROWDED: WaitReason.CROWDED,
}


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


class Listing(msgspec.Struct, frozen=True):
    """A node that discovery saw in our room. A hint: nothing in it is proved."""

    node: NodeId
    address: Address
    seen_ns: int


@final
class Approach:
    """Remembers who was listed in the room, and what was told of our waiting."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._listed: Recent[NodeId, Listing] = Recent(SIGHTINGS_MAX)
        # For whom we do not wait: when that was noted last.
        self._foreign: Recent[NodeId, int] = Recent(SIGHTINGS_MAX)
        self._elsewhere = _Elsewhere(ELSEWHERE_WAIT_NS)  # as told by whom we called
        self._hearsay = _Elsewhere(ELSEWHERE_HEARSAY_NS)  # as told by who called us
        self._door: tuple[Waiting, int] | None = None  # the last one that was shut, and when
        self._turned_away: tuple[Waiting, int] | None = None  # who answered, and when
        self._crowded_ns = NEVER  # when somebody was last called no more, for too many are listed
        self.rapports = Rapports()
        self._told: Waiting | None = None
        self._told_ns = NEVER

    def on_listed(self, node: NodeId, address: Address, now_ns: int) -> None:
        """Note an advert of a node, or that it was seen again. At most SIGHTINGS_MAX are known."""
        self._listed.note(node, Listing(node, address, now_ns))

    def on_met(self, alias: NodeId, node: NodeId) -> None:
        """Note who it is that was listed by an alias."""
        listing = self._listed.pop(alias, None)
        if listing is not None:
            self._listed[node] = Listing(node, listing.address, listing.seen_ns)

    def on_incompatible(self, found: Incompatible, now_ns: int) -> None:
        """Note that somebody of our room speaks no version that we do."""
        self.rapports.on_explained(found.address, now_ns)
        if found.theirs.room > 0:
            (self._elsewhere if found.answers else self._hearsay).note(found, now_ns)
        elif found.node is not None:
            self.on_foreign(found.node, now_ns)

    def on_foreign(self, node: NodeId, now_ns: int) -> None:
        """Note that a node cannot be spoken with, and has no room that we know of."""
        self._foreign.note(node, now_ns)

    def on_door(self, node: NodeId | None, address: Address, why: WaitReason, now_ns: int) -> None:
        """Note that a room of our name is here, and we have not what opens it."""
        shut = self.door(now_ns)
        told = shut if shut is not None and shut.reason is why else Waiting(why, node, address)
        self._door = told, now_ns

    def door(self, now_ns: int) -> Waiting | None:
        """Return why a room of our name that is here is shut to us; None: none is.

        For as long as it is there: a second one of its name is no remedy for a wrong word.
        """
        return _if_recent(self._door, DOOR_SHUT_NS, now_ns)

    def on_turned_away(self, found: RoomFull | Unconfirmed, now_ns: int) -> None:
        """Note that somebody of our room did not let us in. It keeps us from nothing."""
        if isinstance(found, RoomFull):
            why = WaitReason.FULL
            self.rapports.on_full(found.address, now_ns)
        else:
            self.rapports.on_unconfirmed(found.address, found.why, now_ns)
            if found.why is UnconfirmedReason.UNANSWERED:  # it has turned nobody away
                return
            why = _WAITS[found.why]
        if why is WaitReason.CROWDED:
            self._crowded_ns = now_ns
            return
        before = self.turned_away(now_ns)
        told = before if before is not None and before.reason is why else None
        self._turned_away = told or Waiting(why, found.node, found.address), now_ns

    def turned_away(self, now_ns: int) -> Waiting | None:
        """Return who answered of late and did not let us in; or None."""
        return _if_recent(self._turned_away, DENIED_NS + LISTED_NS, now_ns)

    def unanswered_why(self, now_ns: int) -> WaitReason:
        """Return why who is listed may not have answered."""
        crowded = now_ns - self._crowded_ns < LISTED_NS
        return WaitReason.CROWDED if crowded else WaitReason.UNANSWERED

    def elsewhere(self, now_ns: int) -> Incompatible | None:
        """Return somebody who has our room in a version that we do not speak; None: nobody has.

        Not for ever, and of whom we have not called ourselves not for long: strangers hold no
        door shut.
        """
        return self._elsewhere.believed(now_ns) or self._hearsay.believed(now_ns)

    def unanswered(self, peers: Peers, now_ns: int) -> Listing | None:
        """Return one of those that are listed and do not answer: the least node id; or None."""
        found = [
            listing
            for listing in self._listed.values()
            if now_ns - listing.seen_ns < LISTED_NS
            and now_ns - self._foreign.get(listing.node, NEVER) >= ELSEWHERE_ROOM_NS
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


def _if_recent(noted: tuple[Waiting, int] | None, for_ns: int, now_ns: int) -> Waiting | None:
    """Return what was noted, unless that is so long ago."""
    return None if noted is None or now_ns - noted[1] >= for_ns else noted[0]


class _Elsewhere(msgspec.Struct):
    """What is told of our room being elsewhere. It is believed for so long at a stretch."""

    wait_ns: int
    found: Incompatible | None = None
    since_ns: int = NEVER
    last_ns: int = NEVER

    def note(self, found: Incompatible, now_ns: int) -> None:
        if not self._is_fresh(now_ns):
            self.since_ns = now_ns
        self.found, self.last_ns = found, now_ns

    def believed(self, now_ns: int) -> Incompatible | None:
        holds = self._is_fresh(now_ns) and now_ns - self.since_ns < self.wait_ns
        return self.found if holds else None

    def _is_fresh(self, now_ns: int) -> bool:
        return now_ns - self.last_ns < ELSEWHERE_ROOM_NS
