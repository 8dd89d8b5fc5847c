"""The messages that members of a room exchange inside sealed datagrams, and what they carry.

Each is a MessagePack array whose first item is the tag; docs/PROTOCOL.md, section 4, tells the
fields. Decoding checks every type, length and range here, once; the machines trust what they get.
Durations and clocks on the wire are microseconds.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from net.ids import Digest, Dot, Incarnation, LineageId, Member, Natural, NodeId
from tests.net.wire_v4.decrees import Decree, Equivocation
from tests.net.wire_v4.values import Epoch, Hash8, PublicKey, Signature, Value

Host: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(([1-9]|[1-9]\d|1\d\d|2[01]\d|22[0-3])(\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}"
        r"|(?!ff|::$)[\da-f]{0,4}(:[\da-f]{0,4}){2,7})$",
        max_length=39,
    ),
]
"""An address of one machine, in digits: no name, no group, not everybody. A link-local IPv6 one is
without its interface, whose number means nothing elsewhere: it is on a link of the sender's.
"""

Port: TypeAlias = Annotated[int, Meta(ge=1, le=2**16 - 1)]

# --- operations -------------------------------------------------------------------------------

ADDRESSES_PER_PEER_MAX: Final = 8
BLOCK_BYTES: Final = 1000
BLOCKS_IN_FLIGHT_MAX: Final = 32
DATAGRAM_BYTES_MAX: Final = 1232
DEPENDENCIES_MAX: Final = 8
MILESTONES_MAX: Final = 16
OPERATION_BODY_BYTES_MAX: Final = 700
PEERS_MAX: Final = 96
RELAY_HOPS_MAX: Final = 3
STREAM_BYTES_MAX: Final = 64
VECTOR_ENTRIES_PER_DIGEST: Final = 20
VOTES_PER_MESSAGE_MAX: Final = 6
YOUTH_MAX: Final = 255


class Cause(Value, frozen=True):
    """An entry of a vector clock: the first `n` operations of a member."""

    node: NodeId
    incarnation: Incarnation
    n: Natural


class Held(Value, frozen=True):
    """What the sender has of a life: its first `n` operations; `chain` is a digest of these."""

    node: NodeId
    incarnation: Incarnation
    n: Natural
    chain: Digest


class Operation(Value, frozen=True):
    """A durable fact, signed by its origin over `signed_bytes` (net.cluster.causal.signing).

    `causes` are the entries of the author's vector clock that changed since its operation before.
    """

    dot: Dot
    race_us: Natural
    causes: Annotated[tuple[Cause, ...], Meta(max_length=DEPENDENCIES_MAX)]
    body: Annotated[bytes, Meta(max_length=OPERATION_BODY_BYTES_MAX)]
    key: PublicKey  # of the author; its digest is the author's node id
    signature: Signature


# --- heartbeat --------------------------------------------------------------------------------


class Suspicion(Value, frozen=True):
    """First-hand evidence about a suspect: how long ago the sender itself heard it."""

    node: NodeId
    incarnation: Incarnation
    age: Annotated[int, Meta(ge=0, le=255)]  # in EVIDENCE_AGE_UNIT_NS, saturating


class Precedence(Value, frozen=True, order=True):
    """Which of two lineages wins a merge: the smaller.

    In a lineage `solitary` and `youth` only fall: what was heard of one a while ago makes it look
    worse than it is, never better, so no two can give way to each other. `idle` may change.
    """

    solitary: Annotated[int, Meta(ge=0, le=1)]  # 0: its history had two members at once
    idle: Annotated[int, Meta(ge=0, le=1)]  # 0: a race runs
    forks: Annotated[int, Meta(ge=0, le=255)]
    absent: Annotated[int, Meta(ge=0, le=255)]  # PEERS_MAX less the founders: more founders first
    youth: Annotated[int, Meta(ge=0, le=YOUTH_MAX)]  # the older first; only who leads it tells
    lineage: LineageId


class Status(Value, frozen=True):
    """Where a node stands in its lineage; zeros and None while it has none."""

    precedence: Precedence
    epoch: Epoch
    coordinator: Member | None
    member: bool  # the sender is in its own newest list of members
    fit: bool  # it is synced, and its loop keeps time: it may well coordinate
    commit: Natural
    head: Natural
    head_hash: Hash8
    kept: Natural | None  # up to here its disk has the log; None: it keeps nothing of the room


class Summary(Value, frozen=True):
    """What a node holds, and where it stands: seldom new, so it is told until it is known."""

    vector_hash: Hash8
    operations: Natural  # how many: of two that differ, who has fewer asks first
    status: Status


class Heartbeat(Value, frozen=True, tag=1):
    """30 times a second, to every peer: I live, I heard, I hold."""

    incarnation: Incarnation
    sent_us: Natural  # since the sender's process began
    echo_us: Natural  # the newest `sent_us` of the receiver that the sender saw; 0: none
    hold_us: Natural  # and how long ago it saw it
    race_us: Natural  # the sender's race clock at `sent_us`
    paused_ms: Annotated[int, Meta(ge=0, le=60_000)]  # length of a pause in the last second
    serial: Natural  # of the sender's account that holds now
    known: Natural  # serial of the receiver's account that the sender knows; 0: none
    summary: Summary | None  # None: the receiver said that it knows that of `serial`
    suspicions: Annotated[tuple[Suspicion, ...], Meta(max_length=PEERS_MAX)]


class Probe(Value, frozen=True, tag=2):
    """Answer at once with a heartbeat: somebody suspects you."""


class Farewell(Value, frozen=True, tag=3):
    """This life leaves on purpose; do not wait for it."""

    incarnation: Incarnation


class Introduction(Value, frozen=True, tag=4):
    """Other peers of the room that the sender talks to: one contact is enough."""

    peers: Annotated[tuple[tuple[NodeId, Host, Port], ...], Meta(max_length=ADDRESSES_PER_PEER_MAX)]


class Relayed(Value, frozen=True, tag=5):
    """A datagram that one member has for another, which does not hear it: pass it on.

    It is sealed, or a handshake's: whoever passes it on can neither read nor forge it.
    """

    source: NodeId
    target: NodeId
    hops: Annotated[int, Meta(ge=0, le=RELAY_HOPS_MAX)]  # members that have passed it on already
    datagram: Annotated[bytes, Meta(min_length=1, max_length=DATAGRAM_BYTES_MAX)]


class Tried(Value, frozen=True, tag=6):
    """Somebody there tried to get into our locked room, with another passphrase."""

    host: Host
    port: Port


# --- operations and streams -------------------------------------------------------------------


class VectorDigest(Value, frozen=True, tag=10):
    """The sender's vector clock for members from `low` to `high`, both included.

    The receiver sends what it holds of them and the sender lacks, and of a life of which it holds
    something else some of that. An entry with `n` 0 closes: the
    sender takes nothing more of that life, nor of those of its node before it.
    """

    low: Member
    high: Member
    entries: Annotated[tuple[Held, ...], Meta(max_length=VECTOR_ENTRIES_PER_DIGEST)]


class Operations(Value, frozen=True, tag=11):
    """New or missing operations, in causal order where they depend on each other."""

    operations: Annotated[tuple[Operation, ...], Meta(min_length=1, max_length=16)]


class StreamState(Value, frozen=True):
    """One state of one car, of a writer's the newest wins by (incarnation, tick)."""

    tick: Natural
    payload: Annotated[bytes, Meta(max_length=STREAM_BYTES_MAX)]


class Accusation(Value, frozen=True, tag=14):
    """Says who signed two things in one place. Whoever hears it first passes it on."""

    proof: Equivocation


class Stream(Value, frozen=True, tag=12):
    """The newest state of a stream that the sender writes.

    `owner` None: its own. Else another node's, which the sender holds by a lease of that number.
    """

    incarnation: Incarnation  # of the sender
    owner: NodeId | None
    lease: Natural
    state: StreamState


class Keyframe(Value, frozen=True, tag=13):
    """A state signed by its writer, so that others may pass it on."""

    owner: NodeId
    incarnation: Incarnation  # of the writer
    lease: Natural
    state: StreamState
    key: PublicKey  # of the writer; its digest is the writer's node id
    signature: Signature


# --- election and log -------------------------------------------------------------------------


class HandOver(Value, frozen=True, tag=29):
    """The coordinator of `epoch` gives the office to `successor`, who stands for election with it.

    Signed over its fields but the last two (net.security.signet): whoever is asked to promise sees
    that it comes from who presides, and is of this epoch.
    """

    lineage: LineageId
    epoch: Epoch
    coordinator: Member
    successor: Member
    key: PublicKey  # of the coordinator; its digest is the coordinator's node id
    signature: Signature


class Ballot(Value, frozen=True):
    """The voter follows nobody below `epoch`, and in it this candidate: signed, to be shown.

    Votes of a majority make a coordinator; without them nobody follows one.
    """

    lineage: LineageId
    epoch: Epoch
    candidate: Member
    voter: Member
    key: PublicKey  # of the voter; its digest is the voter's node id
    signature: Signature


class Prepare(Value, frozen=True, tag=20):
    """A candidate asks for a promise. `transfer`: by what its coordinator handed over to it."""

    lineage: LineageId
    epoch: Epoch
    candidate: Member
    transfer: HandOver | None


class Promise(Value, frozen=True, tag=21):
    """The sender will follow nobody below the epoch of its vote.

    (head_epoch, head) is the best log that it holds.
    """

    vote: Ballot
    head_epoch: Epoch
    head: Natural


class Elected(Value, frozen=True, tag=30):
    """Who voted for the sender: with the votes of a majority it coordinates."""

    votes: Annotated[tuple[Ballot, ...], Meta(min_length=1, max_length=VOTES_PER_MESSAGE_MAX)]


class Refusal(Value, frozen=True, tag=22):
    """No: the sender has promised `epoch` already, or still hears its coordinator."""

    lineage: LineageId
    epoch: Epoch


class Append(Value, frozen=True, tag=23):
    """The coordinator's log behind (`index`, `previous`), and how far it is committed."""

    lineage: LineageId
    epoch: Epoch
    coordinator: Member
    index: Natural  # of the first entry below; of the next entry where there is none
    previous: Digest  # chain hash of the entry before it
    entries: tuple[Decree, ...]
    commit: Natural
    base: Natural  # where its log begins: who lacks what was before must learn it anew


class Appended(Value, frozen=True, tag=24):
    """The sender's log equals the coordinator's up to, not including, `upto`; else ask from it.

    `kept`: up to there it is on the sender's disk too, with the operations that it orders.
    """

    lineage: LineageId
    epoch: Epoch
    follower: Member
    matched: bool
    upto: Natural
    kept: Natural


class Fetch(Value, frozen=True, tag=25):
    """Send me your log from `index` on: a candidate adopts the best log among its promises."""

    lineage: LineageId
    epoch: Epoch
    index: Natural


class Fetched(Value, frozen=True, tag=26):
    """Entries of the sender's log from `index`; `head` is where it ends.

    Where the log begins behind what was asked for: none, and `index` is where.
    """

    lineage: LineageId
    epoch: Epoch
    index: Natural
    entries: tuple[Decree, ...]
    head: Natural


class ForkCall(Value, frozen=True, tag=27):
    """The majority of `parent` is gone: will you go on with me in the degraded `lineage`?"""

    parent: LineageId
    lineage: LineageId
    candidate: Member


class ForkAnswer(Value, frozen=True, tag=28):
    """Yes; this is the best log of the parent that I hold."""

    parent: LineageId
    lineage: LineageId
    follower: Member
    head_epoch: Epoch
    head: Natural


# --- content by digest ------------------------------------------------------------------------


class Milestone(Value, frozen=True):
    """The chain hash of a log after its first `head` entries."""

    head: Natural
    chain: Hash8


class ManifestRequest(Value, frozen=True, tag=40):
    """What would a newcomer to your lineage need, who holds a history with these milestones?"""

    lineage: LineageId
    milestones: Annotated[tuple[Milestone, ...], Meta(max_length=MILESTONES_MAX)]


class Manifest(Value, frozen=True, tag=41):
    """A snapshot of the lineage's decrees from `since` to before `upto`.

    `whole`: it begins with the checkpoint at `since`, or `since` is 0: whoever takes it needs
    nothing else.
    """

    lineage: LineageId
    whole: bool
    since: Natural
    upto: Natural
    size: Natural
    digest: Digest


class BlockRequest(Value, frozen=True, tag=42):
    """Send these blocks of that snapshot."""

    lineage: LineageId
    whole: bool
    since: Natural
    upto: Natural
    digest: Digest
    blocks: Annotated[tuple[Natural, ...], Meta(min_length=1, max_length=BLOCKS_IN_FLIGHT_MAX)]


class Block(Value, frozen=True, tag=43):
    """One block of BLOCK_BYTES bytes; the last may be shorter."""

    digest: Digest
    number: Natural
    data: Annotated[bytes, Meta(max_length=BLOCK_BYTES)]


class OfContent(Value, frozen=True):
    """Base of the messages about content that members share."""


class ContentQuery(OfContent, frozen=True, tag=44):
    """Who has this content?"""

    digest: Digest


class ContentOffer(OfContent, frozen=True, tag=45):
    """We have it."""

    digest: Digest
    size: Natural


class PieceRequest(OfContent, frozen=True, tag=46):
    """Send these blocks of that content."""

    digest: Digest
    pieces: Annotated[tuple[Natural, ...], Meta(min_length=1, max_length=BLOCKS_IN_FLIGHT_MAX)]


class Piece(OfContent, frozen=True, tag=47):
    """One block of BLOCK_BYTES bytes of that content; the last may be shorter."""

    digest: Digest
    number: Natural
    data: Annotated[bytes, Meta(max_length=BLOCK_BYTES)]


LogMessage: TypeAlias = (
    Prepare
    | Promise
    | Refusal
    | Append
    | Appended
    | Fetch
    | Fetched
    | ForkCall
    | ForkAnswer
    | HandOver
    | Elected
)
"""What members say of the decree log, and of who leads."""

Message: TypeAlias = (
    Heartbeat
    | Probe
    | Farewell
    | Introduction
    | Relayed
    | Tried
    | VectorDigest
    | Operations
    | Accusation
    | Stream
    | Keyframe
    | LogMessage
    | ManifestRequest
    | Manifest
    | BlockRequest
    | Block
    | ContentQuery
    | ContentOffer
    | PieceRequest
    | Piece
)
