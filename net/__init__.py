"""A serverless substrate for programs of one LAN: see docs/PROTOCOL.md and ARCHITECTURE.md.

What a program needs is here; `net.runtime` runs it on a machine, `net.sim` in virtual time.
"""

from net.cluster.blocks import content_digest
from net.cluster.causal.equivocation import Equivocated
from net.cluster.checkpoint import Bound, BoundReached, HistoryGivenUp
from net.cluster.content import ContentArrived
from net.cluster.judging.jury import Leader, Ruled
from net.cluster.streams import Pace
from net.counters import Counters, Counts, loss
from net.errors import (
    InvariantError,
    NetError,
    ProfileError,
    SecurityError,
    UnreadReason,
    UsageError,
    WireError,
    WireFault,
)
from net.ids import Address, Digest, Dot, LineageId, Member, NodeId, address_text, short
from net.limits import CHECKPOINT_DECREES, NAME_CHARS_MAX, PEERS_MAX, RACE_NAME_CHARS_MAX
from net.node.lineage.approach import Entry
from net.node.program import (
    Awaited,
    CheckpointDiffered,
    Command,
    CommandFault,
    Committed,
    CoordinatorChanged,
    Delivered,
    Event,
    Exclude,
    Folded,
    Folding,
    HistoryTooNew,
    Leave,
    LineageEntered,
    NodeView,
    PeerChanged,
    PeerState,
    PeerUnreadable,
    Program,
    Propose,
    Publish,
    Refused,
    Report,
    Revived,
    SetIdle,
    Share,
    StateReceived,
    Submit,
    Synced,
    VersionsDiffer,
    Waiting,
    WaitReason,
    Want,
)
from net.readout import Lag, PeerReadout, Readout
from net.recent import Recent
from net.security.clean_text import clean_text
from net.security.graphemes import graphemes
from net.security.identity import node_id_of
from net.transport.actions import Denied, PutOff, PutOffReason, TwinFound, TwinPart
from net.wire.decrees import Convict, Decree, Equivocation, Order, Rule, SpeakVersion
from net.wire.messages import Operation
from net.wire.versions import Versions

__all__ = [
    "CHECKPOINT_DECREES",
    "NAME_CHARS_MAX",
    "PEERS_MAX",
    "RACE_NAME_CHARS_MAX",
    "Address",
    "Awaited",
    "Bound",
    "BoundReached",
    "CheckpointDiffered",
    "Command",
    "CommandFault",
    "Committed",
    "ContentArrived",
    "Convict",
    "CoordinatorChanged",
    "Counters",
    "Counts",
    "Decree",
    "Delivered",
    "Denied",
    "Digest",
    "Dot",
    "Entry",
    "Equivocated",
    "Equivocation",
    "Event",
    "Exclude",
    "Folded",
    "Folding",
    "HistoryGivenUp",
    "HistoryTooNew",
    "InvariantError",
    "Lag",
    "Leader",
    "Leave",
    "LineageEntered",
    "LineageId",
    "Member",
    "NetError",
    "NodeId",
    "NodeView",
    "Operation",
    "Order",
    "Pace",
    "PeerChanged",
    "PeerReadout",
    "PeerState",
    "PeerUnreadable",
    "ProfileError",
    "Program",
    "Propose",
    "Publish",
    "PutOff",
    "PutOffReason",
    "Readout",
    "Recent",
    "Refused",
    "Report",
    "Revived",
    "Rule",
    "Ruled",
    "SecurityError",
    "SetIdle",
    "Share",
    "SpeakVersion",
    "StateReceived",
    "Submit",
    "Synced",
    "TwinFound",
    "TwinPart",
    "UnreadReason",
    "UsageError",
    "Versions",
    "VersionsDiffer",
    "WaitReason",
    "Waiting",
    "Want",
    "WireError",
    "WireFault",
    "address_text",
    "clean_text",
    "content_digest",
    "graphemes",
    "loss",
    "node_id_of",
    "short",
]
