"""How a node and its peers stand, as frozen values to be shown: nothing in `net` acts on them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from net.ids import Incarnation, LineageId, NodeId


class Lag(Enum):
    """Why what others say comes late."""

    NETWORK = "network"  # round trips take far longer than on this network at rest
    MACHINE = "machine"  # ours: our loop gets the processor late


@dataclass(frozen=True, slots=True)
class PeerReadout:
    """What we know of one peer, most of it by its own heartbeats."""

    node: NodeId
    name: str
    incarnation: Incarnation
    health: str  # alive, suspect, down, left
    heard_ms: int | None  # how long ago its newest beat came; None: it has sent none
    rtt_ms: float | None
    loss: float | None  # share of its beats that did not arrive lately, 0..1
    sent_bytes: int  # of frames for it, since it was met
    received_bytes: int
    version: int  # of the protocol that is spoken with it
    lineage: LineageId
    follows: NodeId | None  # who coordinates, as it says
    epoch: int
    commit: int  # decrees that it knows to count
    head: int  # decrees that it holds
    kept: int | None  # of those, on its disk; None: it keeps nothing
    is_member: bool
    is_fit: bool  # to coordinate
    operations: int  # that it holds
    is_equal: bool  # they are just those that we hold
    doubts: tuple[tuple[NodeId, int], ...]  # whom it does not hear, for how long [ms]


@dataclass(frozen=True, slots=True)
class Readout:
    """What a node knows of itself, of its lineage and of its peers."""

    me: NodeId
    incarnation: Incarnation
    place: str  # between one lineage and the next, in words
    lineage: LineageId | None
    coordinator: NodeId | None
    epoch: int
    promised: int  # it follows nobody below this epoch
    election: str  # how far it is with becoming coordinator, in words
    is_member: bool
    members: tuple[NodeId, ...]  # by seniority: who would lead next
    begins: int  # decrees before this one are folded away
    commit: int
    head: int
    kept: int | None  # decrees on disk; None: the disk takes nothing
    clock: tuple[tuple[NodeId, int], ...]  # operations of each node, since the checkpoint
    operations: int
    timeout_scale: float  # how many times as long it waits for others, for its loop runs late
    peers: tuple[PeerReadout, ...]  # by node id
