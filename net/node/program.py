"""What a node tells the program above it, and what the program may ask of the node.

A program is itself a sans-I/O machine: `net.node.host.Host` carries events up and commands down,
the same in `net.runtime` and in `net.sim`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol, TypeAlias, runtime_checkable

import msgspec

from net.cluster.causal.equivocation import Equivocated
from net.cluster.checkpoint import BoundReached, Fold, HistoryGivenUp
from net.cluster.content import ContentArrived
from net.cluster.judging.jury import Leader, Ruled
from net.cluster.streams import Pace
from net.counters import Counts
from net.errors import UnreadReason, WireFault
from net.ids import Address, Digest, Dot, LineageId, NodeId
from net.limits import CHECKPOINT_DECREES, CHECKPOINT_OPERATIONS
from net.readout import Lag, Readout
from net.transport.actions import Denied, PutOff, Transmit, TwinFound
from net.wire.decrees import Decree, Order, Rule
from net.wire.messages import Keyframe, Operation
from net.wire.versions import Versions

# --- events: node → program -------------------------------------------------------------------


class PeerState(StrEnum):
    """What this node thinks of a peer's present life."""

    ALIVE = "alive"
    SUSPECT = "suspect"
    DOWN = "down"
    LEFT = "left"


class PeerChanged(msgspec.Struct, frozen=True):
    """A peer appeared, or its state changed.

    `refused`: it is DOWN, and its machine said that nobody listens there: the program has died, and
    the machine has not. A hint.
    """

    node: NodeId
    incarnation: int
    name: str  # a label, cleaned; not unique
    state: PeerState
    refused: bool = False


class CoordinatorChanged(msgspec.Struct, frozen=True):
    """Who coordinates now; `node` None: nobody that we know of."""

    lineage: LineageId
    node: NodeId | None
    epoch: int


class LineageEntered(msgspec.Struct, frozen=True):
    """This node is in another history now: forget all decrees; Committed tells them from index 0.

    Operations stay delivered: they belong to the room, not to a lineage. But where a `Folded`
    follows, that and what comes after it is all there is.
    """

    lineage: LineageId


class Folded(msgspec.Struct, frozen=True):
    """All decrees before `index`, and most operations so far, amount to this: forget all others.

    What of them it does not hold is told again after it. It comes behind `LineageEntered`, and
    where this node has begun a checkpoint in the midst of a lineage.
    """

    index: int
    fold: bytes  # the program's own; empty: nothing has been folded


class CheckpointDiffered(msgspec.Struct, frozen=True):
    """The members hold another fold than ours of the same history. Theirs counts now."""

    index: int


class Committed(msgspec.Struct, frozen=True):
    """A decree counts now, and is on our disk (ADR 34).

    They come in order of index, each once between two `LineageEntered`; a `Convict` whose proof
    does not hold, as a `Noop`. `lineage` is where it was committed. When the majority is gone it
    changes on the way: the degraded one goes on with its parent's log, the uncommitted end too.
    """

    decree: Decree
    lineage: LineageId


class Delivered(msgspec.Struct, frozen=True):
    """An operation, ours too, arrived after all its causes. Each comes once."""

    operation: Operation


class StateReceived(msgspec.Struct, frozen=True):
    """A newer state of a stream than any before by its writer.

    Whether that writer may write it, by a lease, is for the program to judge.
    """

    node: NodeId  # whose stream it is
    writer: NodeId
    incarnation: int  # of the writer
    lease: int
    tick: int
    payload: bytes


class Synced(msgspec.Struct, frozen=True):
    """This life is a member of its lineage now, and holds all of it."""

    sources: tuple[NodeId, ...]  # whom the snapshot came from; empty: we founded it
    took_ms: int  # since the node was started or lost its lineage


class WaitReason(StrEnum):
    """Why a node is not in its room yet."""

    NOBODY = "nobody"  # is listed there, nor answers
    INCOMPATIBLE = "incompatible"  # somebody has it, and speaks no version that we do
    UNANSWERED = "unanswered"  # somebody is listed and does not answer
    GATHERING = "gathering"  # who answers is in no room either
    LEADERLESS = "leaderless"  # who answers is in one that nobody leads just now
    LEARNING = "learning"  # its history is on its way
    PASSPHRASE = "passphrase"  # somebody has it, under another passphrase
    LOCKED = "locked"  # somebody has one of that name with a passphrase, and we have none
    UNLOCKED = "unlocked"  # somebody has one without, and we have one
    FULL = "full"  # who is there speaks with as many as it can
    UNCONFIRMED = "unconfirmed"  # who is there answers, and does not say that it hears us
    BUSY = "busy"  # who is there is called by more than it hears
    TRIED = "tried"  # too many answer who may have another passphrase
    CROWDED = "crowded"  # more are listed than are called at once, and one of them does not answer
    ADMISSION = "admission"  # it is here, and we are no member yet


class Waiting(msgspec.Struct, frozen=True):
    """We are not in the room yet, and a person may wonder. Told again when it is another thing."""

    reason: WaitReason
    node: NodeId | None = None  # whom it hangs on, where that can be said …
    address: Address | None = None  # … and where that is listed


class VersionsDiffer(msgspec.Struct, frozen=True):
    """Somebody wants to be in our room, or has it, and we cannot speak with it.

    Told at most once in TELL_AGAIN_NS of each. A hint: what strangers say is not proved.
    """

    node: NodeId | None  # None: it has not said
    name: str  # "" unless it was a peer of ours before
    address: Address
    theirs: Versions
    ours: Versions


class PeerUnreadable(msgspec.Struct, frozen=True):
    """Somebody says what cannot be read, by another or a broken program, or is not looked at.

    Told at once, and again now and then while it goes on.
    """

    node: NodeId
    name: str  # "" of who is no peer
    fault: WireFault | UnreadReason  # of the newest
    count: int  # of such frames or operations since it was told last


class CommandFault(StrEnum):
    """Why a command is not performed."""

    MALFORMED = "malformed"  # of a type or a range that no receiver takes
    EMPTY = "empty"
    OVERSIZED = "oversized"
    TOO_MANY = "too_many"  # of its kind, or too fast
    NOT_DECIDING = "not_deciding"  # `NodeView.decides` does not hold, or no more


class Refused(msgspec.Struct, frozen=True):
    """A command of the program was not performed: nothing of it was sent, and nothing kept.

    Whoever answers it with the same command is refused again.
    """

    command: Command
    fault: CommandFault


class HistoryTooNew(msgspec.Struct, frozen=True):
    """The journal's history of this room is of a version that we do not speak: we go on without."""

    version: int


class Awaited(msgspec.Struct, frozen=True):
    """We hold a history of this room, and wait for these, who may hold more of it."""

    missing: tuple[NodeId, ...]


class Revived(msgspec.Struct, frozen=True):
    """We founded a lineage where all who had been in the room had lost power.

    `kept`: it goes on with our history. `sure`: that holds all that counted, and what we had is not
    given up. Else these were missing, or it was too old, which is told where others founded, too.
    """

    kept: bool
    sure: bool
    missing: tuple[NodeId, ...]


Event: TypeAlias = (
    PeerChanged
    | Awaited
    | Revived
    | CoordinatorChanged
    | LineageEntered
    | Folded
    | CheckpointDiffered
    | HistoryGivenUp
    | BoundReached
    | Committed
    | Delivered
    | Equivocated
    | StateReceived
    | Synced
    | ContentArrived
    | Waiting
    | PeerUnreadable
    | Refused
    | VersionsDiffer
    | HistoryTooNew
    | Denied
    | PutOff
    | TwinFound
)

# --- commands: program → node -----------------------------------------------------------------


class Submit(msgspec.Struct, frozen=True):
    """Author an operation. It is delivered to us at once, to all others soon; or `Refused`."""

    body: bytes


class Publish(msgspec.Struct, frozen=True):
    """Send the newest state of a stream to all peers: ours, or one that we hold by a lease.

    Those that `paces` does not name get it at pace `others`.
    """

    tick: int
    payload: bytes
    lease: int = 0
    owner: NodeId | None = None  # None: ours
    paces: Mapping[NodeId, Pace] = msgspec.field(default_factory=dict)
    others: Pace = Pace.EACH


class Propose(msgspec.Struct, frozen=True):
    """Decree these, in order: all, or none. Refused unless `NodeView.decides`."""

    whats: tuple[Rule | Order, ...]


class Share(msgspec.Struct, frozen=True):
    """Give this content to any member that wants it, by its `content_digest`."""

    content: bytes


class Want(msgspec.Struct, frozen=True):
    """Look for content among the members. `ContentArrived` tells of it, unless nobody has it."""

    digest: Digest
    size_max: int


class SetIdle(msgspec.Struct, frozen=True):
    """Whether the lineage is idle: at a merge, one with a running race goes before an idle one.

    `halved`: each second tick will do for the program, HEARTBEAT_NS apart, as beats are.
    """

    idle: bool
    halved: bool = False


class Exclude(msgspec.Struct, frozen=True):
    """Have these nodes, and no others, out of the room, as the program's decrees say.

    They are no members from here on and become none, they lead nobody, and what they write and
    where they are is not taken from them. They may follow the log: it tells them why.
    """

    nodes: frozenset[NodeId]


class Leave(msgspec.Struct, frozen=True):
    """Hand over if we coordinate, say farewell, stop."""


class Report(msgspec.Struct, frozen=True):
    """For whoever runs the program: a line to print, a thing to show. The node does not read it."""

    what: object


Command: TypeAlias = Submit | Publish | Propose | Share | Want | SetIdle | Exclude | Leave | Report

# --- what the program may read ----------------------------------------------------------------


class NodeView(Protocol):
    """The node as its program sees it while it handles an event."""

    @property
    def me(self) -> NodeId: ...

    @property
    def incarnation(self) -> int: ...

    @property
    def decides(self) -> bool:
        """We lead, our epoch is open, and nothing proposed is uncommitted: Propose will do."""

    @property
    def synced(self) -> bool:
        """We are a member of our lineage."""

    @property
    def given(self) -> int:
        """How many writes the disk was given until now: of every operation delivered, and more."""

    @property
    def kept(self) -> int:
        """How many of those are there, the first first; all, where the disk takes nothing."""

    def race_ns(self, now_ns: int) -> int:
        """The race clock: common to the room, monotone, nanoseconds, from the founding on."""

    def state_of(self, node: NodeId) -> PeerState:
        """DOWN for whom we never met. We ourselves are ALIVE."""

    def commit_of(self, node: NodeId) -> int:
        """How many decrees of our lineage a peer says it knows committed; 0 if of another."""

    def holds(self, dot: Dot) -> bool:
        """An operation was delivered here, or a checkpoint counts it."""

    def progress(self, digest: Digest) -> float | None:
        """How much of some content is here, 0..1; None: it is neither shared nor wanted."""

    def rtt_ms(self, node: NodeId) -> float | None: ...

    def loss(self, node: NodeId) -> float | None:
        """Share of its heartbeats that did not arrive lately, 0..1."""

    def lag(self, now_ns: int) -> Lag | None:
        """Why what others say comes late, or did some seconds ago; None: it comes as it should."""

    def counters(self) -> Counts:
        """What the node did and dropped since its start, by reason."""

    def readout(self, now_ns: int) -> Readout:
        """How the node and its peers stand, to be shown. It takes a moment: ask a few times a s."""


class Folding(msgspec.Struct, frozen=True):
    """How a program's state is folded, and how often: after so many of either."""

    fold: Fold
    decrees: int = CHECKPOINT_DECREES
    operations: int = CHECKPOINT_OPERATIONS


@runtime_checkable
class JudgesDecrees(Protocol):
    """A program that may also say whether what another decreed can be right.

    A refusal unseats who decreed it: so it may rest on nothing that an honest one could not know.
    """

    def judge(
        self, ahead: Sequence[Decree], by: Leader, waited_ns: int, node: NodeView, now_ns: int
    ) -> Ruled:
        """Judge the last of the decrees that would follow those that were told.

        Args:
            ahead: the decrees that were not told yet, and the one in question.
            by: who coordinates.
            waited_ns: for how long the answer has been WAITS.
        """
        ...


class Program(Protocol):
    """What runs on a node. Both methods return commands, performed in order."""

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]: ...

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        """Called TICK_NS apart, after all that arrived was handled."""
        ...


# --- actions: host → runtime or simulator -----------------------------------------------------


class SaveIncarnation(msgspec.Struct, frozen=True):
    """Note the life that we lead now, which nobody leads again; the shell has some reserved."""

    incarnation: int


class ToDisk(msgspec.Struct, frozen=True):
    """Base of what is given to the disk, in order; the shell says how much is there."""


class SaveOperation(ToDisk, frozen=True):
    """Keep an operation over restarts."""

    operation: Operation


class SaveDecree(ToDisk, frozen=True):
    """Keep a decree at its index, in the place of all that is kept from there on."""

    decree: Decree


class SaveContent(ToDisk, frozen=True):
    """Keep the content of a checkpoint that is decreed, in the place of that of the one before."""

    packed: bytes


class SaveCheckpoint(ToDisk, frozen=True):
    """Keep this in the place of all decrees before `index` and of all operations but these."""

    index: int
    packed: bytes  # empty: none; what was kept of one is of no use any more
    operations: tuple[Operation, ...]  # delivered beyond it, in the order of their delivery


class SaveMoment(ToDisk, frozen=True):
    """Keep what the race clock shows and the newest states, in the place of the last moment."""

    race_us: int
    keyframes: tuple[Keyframe, ...]


class SavePeer(ToDisk, frozen=True):
    """Remember who a peer of this room is, and where it was met, to dial it first next time."""

    node: NodeId
    address: Address
    name: str = ""
    alias: NodeId = b""  # by which it is advertised
    static: bytes = b""  # its key in handshakes: who holds it is heard among many who answer


class Stopped(msgspec.Struct, frozen=True):
    """The node has left; the shell may end."""


Write: TypeAlias = SaveOperation | SaveDecree | SaveContent | SaveCheckpoint | SaveMoment | SavePeer
"""What the shell gives to the disk in this order; it says how much of it is there (`on_kept`)."""
Persist: TypeAlias = SaveIncarnation | Write
Action: TypeAlias = Transmit | Persist | Report | Stopped


class KeptRoom(msgspec.Struct, frozen=True):
    """What a journal kept of a room for the next process."""

    operations: tuple[Operation, ...] = ()  # in the order of their delivery
    decrees: tuple[Decree, ...] = ()  # from the checkpoint on; what is no chain is cut off
    moment: SaveMoment = SaveMoment(0, ())  # the last one
    aged: bool = False  # the room was last used so long ago that we alone do not go on with it
    checkpoint: bytes = b""  # packed; empty: none
    content: bytes = b""  # of the one that was decreed last, begun or not; empty: none
