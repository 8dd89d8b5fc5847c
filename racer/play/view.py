"""What one sees of a race: frozen values that the window draws and the command line prints.

`Session.view` makes one each tick, in the network thread; any thread may read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from racer.core.circuits.track import Track
from racer.core.physics.car import Controls
from racer.core.rules.race_setup import RaceSetup


class Phase(StrEnum):
    """Where the room stands."""

    LOBBY = "lobby"
    COUNTDOWN = "countdown"
    RACING = "racing"
    FINISHED = "finished"  # official results are shown; the next lobby follows by itself


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a car is drawn: metres in track axes, x right, y up; heading in radians."""

    x: float
    y: float
    heading: float


@dataclass(frozen=True, slots=True)
class CarView:
    """One car on the track. `before` is its pose one tick ago, to draw between the two."""

    number: int
    node: bytes
    name: str
    mine: bool
    bot: bool
    pose: Pose
    before: Pose
    speed_ms: float
    steer: float  # -1..1, + left
    sliding: bool
    braking: bool
    boosting: bool
    ghost: bool  # touches nobody: just rescued, finished, or its states are stale
    away: bool  # its node is down or left
    place: int  # as they run now, from 1
    lap: int  # being driven; 0 on the grid
    way_m: float  # along the lap, for the minimap
    last_ms: int | None
    best_ms: int | None
    finished_ms: int | None
    car: int = 0  # kind: index into `tuning.CARS`
    throttle: float = 0.0  # 0..1, as pressed


@dataclass(frozen=True, slots=True)
class DriverView:
    """Somebody in the room, driving or not yet."""

    node: bytes
    name: str
    number: int | None
    bot: bool
    mine: bool
    ready: bool  # for the next race; bots always are
    state: str  # alive, suspect, down, left
    coordinator: bool
    rtt_ms: float | None
    circuit: float = 1.0  # how much of the room's circuit is there, 0..1
    car: int = 0  # kind: index into `tuning.CARS`
    watching: bool = False  # takes no part, and is waited for by nobody
    host: bool = False  # its word counts here


@dataclass(frozen=True, slots=True)
class RemovalView:
    """A vote to remove somebody, under way."""

    node: bytes
    name: str
    voters: tuple[str, ...]  # names of who is for it
    needed: int
    lapses_ns: int  # race clock at which its first vote counts no more
    mine: bool  # we are for it


@dataclass(frozen=True, slots=True)
class SettingVotes:
    """Who is for what of a setting of the next race."""

    setting: str  # a field of `RaceSetup`
    race: RaceSetup  # that has it as they want it
    voters: tuple[str, ...]  # names


@dataclass(frozen=True, slots=True)
class ChatView:
    """A chat line. `index` None: said, not yet ordered."""

    index: int | None
    key: str  # names the line for good, whatever its index
    node: bytes
    name: str
    text: str
    mine: bool


@dataclass(frozen=True, slots=True)
class ResultView:
    """A row of the results."""

    place: int
    node: bytes
    name: str
    number: int
    laps: int
    ms: int | None
    best_ms: int | None
    mine: bool
    out_lap: int | None = None  # by which an elimination put the car out
    lap_ends_ms: tuple[int, ...] = ()  # of official ones: race time at the end of each lap
    away: bool = False  # somebody else drove its car for a while


@dataclass(frozen=True, slots=True)
class DisqualifiedView:
    """Who was put out of the race, and has no row in the results."""

    name: str
    number: int  # of the car that it had
    why: str  # what it did, in words


@dataclass(frozen=True, slots=True)
class RecordView:
    """A row of the record board of the circuit that is raced on."""

    place: int  # among those of the same car
    car: int  # kind: index into `tuning.CARS`
    name: str
    ms: int
    day: int  # since 1970, by the driver's clock
    mine: bool


@dataclass(frozen=True, slots=True)
class GhostView:
    """A lap of another day, driven beside ours. `before` is its pose one tick ago."""

    kind: str  # own: our best lap; best: the LAN's, if that is another's
    name: str
    car: int  # kind
    ms: int
    pose: Pose
    before: Pose


@dataclass(frozen=True, slots=True)
class Notice:
    """A short line that passes: the coordinator changed, somebody came or left."""

    text: str
    at_ns: int  # race clock


class NetworkKind(StrEnum):
    """What sort of thing happened in the network."""

    VACANT = "vacant"
    LEADER = "leader"
    MEMBER = "member"
    LINEAGE = "lineage"
    MERGE = "merge"
    DOUBT = "doubt"
    DOWN = "down"
    HEARD = "heard"
    LEFT = "left"
    LEASE = "lease"
    GRANT = "grant"
    DECREE = "decree"
    CHECKPOINT = "checkpoint"
    REFUSAL = "refusal"
    FULL = "full"
    BUSY = "busy"
    BREAKAGE = "breakage"


@dataclass(frozen=True, slots=True)
class NetworkEvent:
    """Something that happened in the network."""

    at_ns: int  # by this machine's clock
    kind: NetworkKind
    text: str


@dataclass(frozen=True, slots=True)
class NetworkPeer:
    """One node of the room as we know it; most of it by its own heartbeats."""

    node: bytes
    name: str
    number: int | None  # of its car
    mine: bool
    state: str  # alive, suspect, down, left
    leads: bool
    together: bool  # it is in the lineage that we are in
    rtt_ms: float | None
    loss: float | None  # share of its heartbeats that did not arrive lately, 0..1
    heard_ms: int | None  # how long ago we heard it
    sent_bps: int  # bytes a second for it …
    received_bps: int  # … and by it
    follows: str  # name of who leads, as it says
    epoch: int
    commit: int  # decrees that it knows to count
    head: int  # that it holds
    kept: int | None  # that its disk has; None: it has none
    operations: int
    equal: bool  # it holds just the operations that we hold
    doubts: tuple[tuple[bytes, int], ...]  # whom it does not hear, for how long [ms]


@dataclass(frozen=True, slots=True)
class NetworkView:
    """The network as this node has it. Composed while somebody looks at it."""

    peers: tuple[NetworkPeer, ...]  # this node too, by node id
    leader: bytes | None
    leader_name: str
    led_ns: int  # how long it has led, as far as we saw
    epoch: int
    promised: int  # we follow nobody below this epoch
    election: str  # how far we are with becoming the leader; empty: we do not try
    place: str  # between one lineage and the next, in words
    lineage: str
    begins: int  # decrees before this one are folded away
    commit: int
    head: int
    kept: int | None
    heirs: tuple[str, ...]  # names: who would lead next
    clock: tuple[tuple[str, int], ...]  # operations of each, by name
    operations: int
    timeout_scale: float
    drops: int  # what was dropped that should not have been
    events: tuple[NetworkEvent, ...]  # oldest first
    sandbox: bool  # this room lets one break one's own node
    now_ns: int  # by this machine's clock


class Breakage(StrEnum):
    """What one may do to one's own node in a sandbox."""

    KILL = "kill"  # SIGKILL to oneself
    CUT = "cut"  # nothing passes the socket for a while
    FREEZE = "freeze"  # the node stands still for a while


@dataclass(frozen=True, slots=True)
class RaceView:
    """All of a race at one tick."""

    race: str
    me: bytes
    phase: Phase
    synced: bool
    now_ns: int  # race clock at the tick
    tick: int
    green_ns: int | None  # race clock of the green light, from countdown on
    setup: RaceSetup  # of the race, or in the lobby of the next one
    players: int  # how many start the race by themselves; 0: a person starts it
    coordinator: bytes | None
    coordinator_name: str
    epoch: int
    cars: tuple[CarView, ...]  # by number
    drivers: tuple[DriverView, ...]  # by number, then name
    chat: tuple[ChatView, ...]  # the last CHAT_SHOWN, oldest first, pending ones last
    results: tuple[ResultView, ...]  # provisional while racing, from the first finisher on
    official: bool
    digest: str  # of the official results, else ""
    closes_ns: int | None  # race clock at which the race closes, once the first has finished
    taken: tuple[bool, ...]  # pick-ups that are gone just now
    boost: float  # our tank, 0..1
    wrong_way: bool
    notices: tuple[Notice, ...]  # of the last seconds, oldest first
    held: bool = False  # our car, for a jump start
    waiting: str = ""  # why we are not in the race yet, once that takes a while …
    barred: bool = False  # … which no waiting changes: somebody has to do something
    records: tuple[RecordView, ...] = ()  # of this circuit, by car, best first
    ghosts: tuple[GhostView, ...] = ()  # beside our car, where it is alone on the track
    circuit: Track | None = None  # what `setup` names, once it is here; it may have come to us
    network: NetworkView | None = None  # while somebody looks
    end_votes: int = 0  # drivers who have had enough of this race …
    end_needed: int = 0  # … and how many close it
    watches: bool = False  # we take no part, and never will
    removals: tuple[RemovalView, ...] = ()  # votes to remove somebody, under way
    votes: tuple[SettingVotes, ...] = ()  # on the next race, in the lobby; most votes first
    starts_ns: int | None = None  # race clock at which the race starts for who is not ready
    host_name: str = ""  # of who alone chooses and starts, while it is here
    may_start: bool = True  # we have a word in when the race starts
    removed: str = ""  # we were removed from the room: why, in a sentence
    disqualified: tuple[
        DisqualifiedView, ...
    ] = ()  # of the race that is on, or whose results stand

    @property
    def my_car(self) -> CarView | None:
        """Our own car, once it stands on the track."""
        return next((car for car in self.cars if car.mine), None)

    qualifying: bool = False  # what is driven is for the grid of the race that follows


# --- what a person asks for -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drive:
    """Hold these controls from now on."""

    controls: Controls


@dataclass(frozen=True, slots=True)
class Say:
    """Say a line in the chat."""

    text: str


@dataclass(frozen=True, slots=True)
class ChooseCar:
    """Drive this kind of car from the next race on: index into `tuning.CARS`."""

    car: int


@dataclass(frozen=True, slots=True)
class Start:
    """Be ready, and start the race where that is ours to say."""


@dataclass(frozen=True, slots=True)
class BeReady:
    """Be ready for the next race; or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class VoteRemoval:
    """Be for somebody's removal from the room; or no longer."""

    node: bytes
    on: bool


@dataclass(frozen=True, slots=True)
class Choose:
    """Vote for what the next race is. A circuit without `content`: as we have it, or the room's.

    `about`: the settings that are voted for; none: all of them.
    """

    setup: RaceSetup
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rescue:
    """Put our car back onto the track."""


@dataclass(frozen=True, slots=True)
class EndRace:
    """Wish that the race is closed now."""


@dataclass(frozen=True, slots=True)
class ShowNetwork:
    """Have the network in the views from now on, or not."""

    on: bool


@dataclass(frozen=True, slots=True)
class Break:
    """Break our own node, where the room is a sandbox."""

    breakage: Breakage


@dataclass(frozen=True, slots=True)
class Autopilot:
    """Let our car drive itself from the green light on, while its driver writes; or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave the room in good order."""


Wish = (
    Say
    | Start
    | BeReady
    | VoteRemoval
    | Choose
    | ChooseCar
    | Rescue
    | Autopilot
    | EndRace
    | ShowNetwork
    | Break
    | Quit
)
"""What is asked for once, and is not to be lost."""

Intent = Drive | Wish
