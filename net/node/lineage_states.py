"""A node's ways into a lineage and out of it (docs/PROTOCOL.md, 8.4 and 8.5)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from net.state_table import StateTable


class Place(Enum):
    """Where a node stands between one lineage and the next."""

    LISTENING = "listening"
    LEARNING = "learning a history"
    ENTERED = "in a lineage"
    SYNCED = "synced"
    GONE = "gone"


class PlaceEvent(Enum):
    """What moves it."""

    SIGHTED = "a lineage in sight"
    VANISHED = "out of sight, or STUCK_NS are over"
    STRANGE = "it lacks our history, and is idle"
    LEARNED = "its snapshot is here"
    FOUNDED = "our turn to found one"
    SYNCED = "a member, operations as a peer has them"
    LOST = "lost it, incarnation + 1"
    LEFT = "lost it, and we leave"


_P, _E = Place, PlaceEvent
PLACE: Final = StateTable(
    _P.LISTENING,
    {
        (_P.LISTENING, _E.SIGHTED): _P.LEARNING,
        (_P.LISTENING, _E.FOUNDED): _P.ENTERED,
        (_P.LEARNING, _E.SIGHTED): _P.LEARNING,  # the one that we were sent to
        (_P.LEARNING, _E.VANISHED): _P.LISTENING,
        (_P.LEARNING, _E.STRANGE): _P.LISTENING,
        (_P.LEARNING, _E.LEARNED): _P.ENTERED,
        (_P.ENTERED, _E.SYNCED): _P.SYNCED,
        (_P.ENTERED, _E.LOST): _P.LISTENING,
        (_P.ENTERED, _E.LEFT): _P.GONE,
        (_P.SYNCED, _E.LOST): _P.LISTENING,
        (_P.SYNCED, _E.LEFT): _P.GONE,
    },
)


class Membership(Enum):
    """What one life is in one lineage."""

    LEARNER = "learner"
    MEMBER = "member"
    ENDING = "ending"
    OUT = "out"


class MembershipEvent(Enum):
    """What moves it."""

    ADDED = "in the list of members"
    REMOVED = "no more in the committed list"
    YIELDED = "Yield is committed"
    RELEASED = "nobody waits for us to tell of it"
    STRANDED = "no coordinator, or a better one elsewhere"


_M, _F = Membership, MembershipEvent
MEMBERSHIP: Final = StateTable(
    _M.LEARNER,
    {
        (_M.LEARNER, _F.ADDED): _M.MEMBER,
        (_M.LEARNER, _F.YIELDED): _M.ENDING,
        (_M.LEARNER, _F.STRANDED): _M.OUT,
        (_M.MEMBER, _F.REMOVED): _M.OUT,
        (_M.MEMBER, _F.YIELDED): _M.ENDING,
        (_M.MEMBER, _F.STRANDED): _M.OUT,
        (_M.ENDING, _F.RELEASED): _M.OUT,
        (_M.ENDING, _F.STRANDED): _M.OUT,
    },
)
