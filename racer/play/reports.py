"""What a session tells whoever runs it; the command line prints each as one JSON object.

Field names are those of the design's section 7, and keep their meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from net import Dot, NodeId


@dataclass(frozen=True, slots=True)
class Joined:
    """We are in the room."""

    event: ClassVar[str] = "joined"
    race: str
    node: NodeId
    name: str


@dataclass(frozen=True, slots=True)
class PeerSeen:
    """Somebody came, fell silent, went."""

    event: ClassVar[str] = "peer"
    node: NodeId
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class IncompatibleSeen:
    """Somebody wants to be in our race, or has it, whose versions do not go with ours."""

    event: ClassVar[str] = "incompatible"
    node: NodeId | None
    address: str
    protocol: tuple[int, int]  # the oldest and the newest that it speaks
    physics: int
    our_protocol: tuple[int, int]
    our_physics: int
    text: str  # a line for a person


@dataclass(frozen=True, slots=True)
class PassphraseSeen:
    """Somebody wants our race, or has it, under another passphrase."""

    event: ClassVar[str] = "passphrase"
    address: str
    ours: bool  # it is ours that was refused there; else theirs, here
    text: str  # a line for a person


@dataclass(frozen=True, slots=True)
class TwinSeen:
    """Two machines have one identity: that of a driver who is here, or ours."""

    event: ClassVar[str] = "twin"
    node: NodeId
    address: str  # of the other one; "": it is not known
    part: str  # "stays": we are the older one; "goes": the newer; "witness": neither
    text: str  # a line for a person


@dataclass(frozen=True, slots=True)
class PutOffSeen:
    """Somebody wants to be in our race, and is not heard now."""

    event: ClassVar[str] = "put_off"
    address: str
    name: str  # "": it could not yet say it, and we have not met it
    why: str
    text: str  # a line for a person


@dataclass(frozen=True, slots=True)
class ConvictedSeen:
    """A driver's key signed two things in one place: it is out of the room for good."""

    event: ClassVar[str] = "convicted"
    node: NodeId
    name: str
    ours: bool  # it is ours: this machine has a copy, or the program was changed
    text: str  # a line for a person


@dataclass(frozen=True, slots=True)
class UnreachedSeen:
    """Somebody is heard of in our race, or was named, and is not reached."""

    event: ClassVar[str] = "unreached"
    address: str  # "": none of its addresses is on a network of ours
    why: str
    text: str  # a line for a person
    name: str = ""  # of whom we have met; "": it is not known, or a guess by the address alone


@dataclass(frozen=True, slots=True)
class HistoryTooNewSeen:
    """Newer code of this machine has been in this race: what it kept is not gone on with."""

    event: ClassVar[str] = "history_too_new"
    version: int  # of the protocol that the race spoke
    text: str  # a line for a person


@dataclass(frozen=True, slots=True)
class VersionSpoken:
    """The room speaks this version of the protocol from here on."""

    event: ClassVar[str] = "protocol"
    version: int


@dataclass(frozen=True, slots=True)
class CoordinatorSeen:
    """Who coordinates now."""

    event: ClassVar[str] = "coordinator"
    race: str
    node: NodeId
    epoch: int
    lineage: bytes


@dataclass(frozen=True, slots=True)
class CoordinatorVacant:
    """Nobody coordinates any more that we know of. `node`, `epoch`: the last who did."""

    event: ClassVar[str] = "vacant"
    race: str
    node: NodeId
    epoch: int


@dataclass(frozen=True, slots=True)
class LineageSeen:
    """Our decrees count in another lineage now: we entered the room, or it split or merged."""

    event: ClassVar[str] = "lineage"
    lineage: bytes
    was: bytes | None


@dataclass(frozen=True, slots=True)
class HistoryAwaited:
    """We hold what a race was that lost power, and wait for these, who may hold more."""

    event: ClassVar[str] = "awaits"
    missing: tuple[str, ...]  # names


@dataclass(frozen=True, slots=True)
class HistoryResumed:
    """We opened the room again. `kept`: with what we held; `sure`: that is all that counted."""

    event: ClassVar[str] = "revived"
    kept: bool
    sure: bool
    missing: tuple[str, ...]  # names of who was in it and is not back


@dataclass(frozen=True, slots=True)
class RoomTrouble:
    """Something is wrong with the room.

    `differed`: this node made another of it. `given up`: what a split folded away is in no room any
    more. `full`: at a bound. `network`: full, `machine`: busy. `forgotten`: who. `unread`: what.
    """

    event: ClassVar[str] = "trouble"
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class PhaseEntered:
    """The room's phase changed."""

    event: ClassVar[str] = "phase"
    phase: str
    qualifying: bool = False  # for the race, and not the race itself


@dataclass(frozen=True, slots=True)
class LapSeen:
    """A car completed a lap."""

    event: ClassVar[str] = "lap"
    race: bytes  # its name
    node: NodeId
    lap: int
    ms: int  # of the lap
    race_ms: int  # race time at its end


@dataclass(frozen=True, slots=True)
class FinishSeen:
    """A car completed its last lap."""

    event: ClassVar[str] = "finish"
    race: bytes
    node: NodeId
    ms: int  # race time


@dataclass(frozen=True, slots=True)
class ChatSeen:
    """A chat line has its place.

    Args:
        was: the place it had, if it was told before: a merge gave it another, or another decree.
        decree: index of the decree that put it there, in the lineage told last.
    """

    event: ClassVar[str] = "chat"
    index: int
    node: NodeId
    text: str
    dot: Dot
    was: int | None
    decree: int


@dataclass(frozen=True, slots=True)
class ChatFolded:
    """A checkpoint keeps the newest lines of the chat: who begins from it shows no older ones.

    Args:
        index: place of the first line after those that are folded away.
        decree: the checkpoint holds what all decrees before this one amount to.
    """

    event: ClassVar[str] = "chat_folded"
    index: int
    decree: int


@dataclass(frozen=True, slots=True)
class SeatSeen:
    """A car number is a driver's; or nobody's any more, where `node` and `decree` are None."""

    event: ClassVar[str] = "seat"
    number: int
    node: NodeId | None
    decree: int | None


@dataclass(frozen=True, slots=True)
class RemovalSeen:
    """Somebody was removed from the room for good, by whose votes; or we were."""

    event: ClassVar[str] = "removal"
    node: NodeId
    name: str
    by: tuple[str, ...]  # names of who voted, or of the host, or who saw it lie
    ours: bool  # it is us
    text: str  # a sentence for a person
    lie: str = ""  # what it lied about in a race, if that is why


@dataclass(frozen=True, slots=True)
class PickupSeen:
    """A canister went to a car. `generation`: its appearance, from 0.

    Told again with another node or time, or with None, where a merge of lineages took it back.
    """

    event: ClassVar[str] = "pickup"
    race: bytes
    id: int
    node: NodeId | None
    generation: int
    ms: int | None  # race time at which it was touched


@dataclass(frozen=True, slots=True)
class ControlSeen:
    """Somebody else drives a car from here on: for its absent owner, or the owner again."""

    event: ClassVar[str] = "control"
    race: bytes
    car: NodeId  # its owner
    driver: NodeId
    lease: int


@dataclass(frozen=True, slots=True)
class JumpStartSeen:
    """Our driver was on the throttle before the green light, and will be held."""

    event: ClassVar[str] = "jump_start"
    node: NodeId


@dataclass(frozen=True, slots=True)
class Resumed:
    """We are back in our car."""

    event: ClassVar[str] = "resumed"
    lap: int
    sources: tuple[NodeId, ...]  # `from` in the JSON
    ms: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of the results. `out_lap`: by which an elimination put the car out."""

    place: int
    node: NodeId
    name: str
    laps: int
    ms: int | None
    best_ms: int | None = None
    out_lap: int | None = None


@dataclass(frozen=True, slots=True)
class DisqualifiedRow:
    """Who was put out of a race, and has no row in its table."""

    node: NodeId
    name: str
    number: int  # of the car that it had
    why: str  # lap, claim, hit, leap, ruling: what it lied about; or equivocation
    text: str  # a sentence for a person


@dataclass(frozen=True, slots=True)
class ResultsSeen:
    """The results, provisional or official."""

    event: ClassVar[str] = "results"
    race: bytes
    official: bool
    digest: str
    table: tuple[TableRow, ...]
    qualifying: bool = False  # a race follows, with this grid
    disqualified: tuple[DisqualifiedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordSeen:
    """A lap that was driven again and found true has come onto the record board."""

    event: ClassVar[str] = "record"
    track: str
    car: str
    node: NodeId  # the driver's
    name: str
    ms: int


@dataclass(frozen=True, slots=True)
class CircuitSeen:
    """How much of the room's circuit is here, 0..1; with 1 it can be driven."""

    event: ClassVar[str] = "circuit"
    track: str
    content: str  # its digest, hex
    progress: float


@dataclass(frozen=True, slots=True)
class WaitingSeen:
    """We are not in the room yet."""

    event: ClassVar[str] = "waiting"
    race: str
    why: str
    node: NodeId | None  # whom it hangs on …
    address: str | None  # … and where that is listed
    text: str  # a sentence for a person
    races: tuple[str, ...] = ()  # others nearby, where nobody is in this one


@dataclass(frozen=True, slots=True)
class PeerUnreadableSeen:
    """Somebody says what cannot be read here, or is not read."""

    event: ClassVar[str] = "unreadable"
    node: NodeId
    name: str
    why: str  # what is wrong with its frames; "too much", "forged"; or "fact", "car"
    count: int  # of these, since it was told last
    text: str  # a sentence for a person


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """Something could not be done: nobody would have taken it."""

    event: ClassVar[str] = "refused"
    what: str  # "chat", "wish" of whoever plays, or a command of the substrate
    why: str
    text: str  # a sentence for a person


@dataclass(frozen=True, slots=True)
class Disbelieved:
    """What somebody tells does not go with what was seen of it here, and does not count here."""

    event: ClassVar[str] = "disbelieved"
    node: NodeId
    name: str
    what: str  # "lap", "claim" of a canister, "state" of a car, "record", "ruling" of who decides
    why: str
    count: int  # of these by this node, since it was told last
    text: str  # a sentence for a person


@dataclass(frozen=True, slots=True)
class BreakageAsked:
    """The player breaks this node, in a room that lets one; the shell performs it."""

    event: ClassVar[str] = "breakage"
    kind: str


@dataclass(frozen=True, slots=True)
class Stats:
    """The network as this node has it, and its car; the shell adds traffic and load."""

    event: ClassVar[str] = "stats"
    rtt_ms: float | None
    loss: float | None
    tick: int  # of the race clock: the car was there at that moment
    x: float | None  # m
    y: float | None


@dataclass(frozen=True, slots=True)
class HasLeft:
    """We have left the room on purpose; a process that is killed tells nothing."""

    event: ClassVar[str] = "left"


RaceReport: TypeAlias = (
    Joined
    | PeerSeen
    | UnreachedSeen
    | IncompatibleSeen
    | PassphraseSeen
    | TwinSeen
    | PutOffSeen
    | ConvictedSeen
    | HistoryTooNewSeen
    | VersionSpoken
    | CoordinatorSeen
    | CoordinatorVacant
    | LineageSeen
    | HistoryAwaited
    | HistoryResumed
    | RoomTrouble
    | PhaseEntered
    | LapSeen
    | FinishSeen
    | ChatSeen
    | ChatFolded
    | SeatSeen
    | RemovalSeen
    | PickupSeen
    | ControlSeen
    | JumpStartSeen
    | Resumed
    | ResultsSeen
    | RecordSeen
    | CircuitSeen
    | WaitingSeen
    | PeerUnreadableSeen
    | CommandRefused
    | Disbelieved
    | BreakageAsked
    | Stats
    | HasLeft
)

ToldInWords: TypeAlias = (
    CommandRefused
    | Disbelieved
    | PeerUnreadableSeen
    | IncompatibleSeen
    | PassphraseSeen
    | TwinSeen
    | PutOffSeen
    | ConvictedSeen
    | UnreachedSeen
    | HistoryTooNewSeen
    | RoomTrouble
    | WaitingSeen
    | RemovalSeen
)
"""What a person can act on: `text` is told on stderr too."""
