"""What the window asks of the application: races nearby, and a seat in one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from racer.app.window.base.paints import Eyes

if TYPE_CHECKING:
    from racer.app.window.scene import OpenRace, Trial
    from racer.core.circuits.track import Track
    from racer.core.recordings.race_tape import Tape, TapeHead
    from racer.play.view import Intent, Phase, RaceView


HUD_SIDES: Final = ("right", "left", "split")
TEXT_SIZES: Final = ("small", "usual", "large", "largest")
CAMERAS: Final = ("goes up with the speed", "sees farther", "stays far up")
ADDRESSES_MAX: Final = 8  # of friends, that are kept
ADDRESS_CHARS_MAX: Final = 80
EYES: Final = tuple(each.value for each in Eyes)
FRAME_LIMITS: Final = (30, 60, 75, 90, 120, 144, 165, 240)


def at_home(name: str) -> Path:
    """Return a folder of the person's home; without one, of the folder in which racer began."""
    try:
        return Path.home() / name
    except RuntimeError:
        return Path(name)


@dataclass(frozen=True, slots=True)
class RaceCard:
    """A race that was heard of on this network."""

    race: str
    players: int  # nodes in it: people, bots and who watches
    phase: Phase | None  # None: it does not tell strangers
    track: str  # name of the circuit; "" likewise
    locked: bool  # asks for a word to get in
    apart: str = ""  # why this machine cannot join it, in a few words
    unreached: str = ""  # why nobody in it answers us, as far as it is known
    cars: int | None = None  # that have a number; None: it does not say
    lap: str = ""  # that its first car drives, of how many: "2/3"
    ping_ms: float | None = None  # until it answers; None: not known
    note: str = ""  # what may keep one out of it, in a few words
    full: bool = False  # no car is free: who joins waits for one
    island: str = ""  # which one of a room that is in several; the largest has none
    beside: str = ""  # who is in it, and whom they do not hear


@dataclass(frozen=True, slots=True)
class LeftRace:
    """A race out of which a crash took this machine."""

    race: str
    locked: bool  # what is open under that name is another race
    old: bool = field(default=False, compare=False)  # by our clock too old to go on with alone


@dataclass(frozen=True, slots=True)
class Settings:
    """What a player sets once and finds again the next time."""

    name: str  # that one drives under
    car: int = 0  # the kind that one gets into: index into `CARS`
    aid: bool = False  # the racing line is drawn on the road
    sound: bool = True
    full: bool = False  # the window fills the screen
    muted: tuple[str, ...] = ()  # players whose lines are not shown, by their keys in hex
    autopilot: bool = False  # the car drives itself while its driver writes
    passphrases: tuple[tuple[str, str], ...] = ()  # races, and the words that open them
    hud: str = HUD_SIDES[0]  # where the driver has the board
    frame_limit: int = FRAME_LIMITS[-1]  # pictures a second at most
    engine: float = 1.0  # volumes, 0..1
    effects: float = 1.0
    interface_volume: float = 1.0
    text: str = TEXT_SIZES[1]
    camera: str = CAMERAS[0]
    eyes: str = EYES[0]  # that the paints of cars are chosen for
    brakes: bool = False  # the car brakes before corners by itself
    steers: bool = False  # … and is steered in part
    comma: bool = False  # figures have a decimal comma
    miles: bool = False  # … and speeds are in miles an hour
    network: str = ""  # interface that races use; "": all
    addresses: tuple[str, ...] = ()  # where friends raced, as they were typed; the last is last
    keys: tuple[tuple[str, tuple[str, ...]], ...] = ()  # by action, where they were bound anew
    buttons: tuple[tuple[str, tuple[str, ...]], ...] = ()
    second_keys: tuple[tuple[str, tuple[str, ...]], ...] = ()  # of who drives beside one


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A row of the record board, of any circuit."""

    circuit: str  # names its content
    track: str  # its name; "" where it is not on this machine
    here: bool  # this machine has just this circuit, so it can be driven
    car: int  # kind: index into `CARS`
    place: int  # among those of the same circuit and car
    name: str  # of the driver
    ms: int
    day: str  # by the driver's clock
    mine: bool


class RecordRows(Protocol):
    """The best laps that this machine knows, as they are being read."""

    rows: tuple[RecordRow, ...] | None  # the fastest first; None: not yet
    left_out: tuple[str, ...]  # what is kept and not among them, in lines for a person


@dataclass(frozen=True, slots=True)
class ReplayCard:
    """A race that was taped."""

    id: str
    when: str  # in words
    head: TapeHead


@dataclass(frozen=True, slots=True)
class TapedCircuit:
    """What is known of the circuit of a taped race."""

    track: Track | None  # its own form; None: whatever has its name on this machine
    same: bool  # that is the one that was raced on


class ShownFinding(Protocol):
    """One thing that was looked at."""

    @property
    def what(self) -> str: ...
    @property
    def mark(self) -> Enum:
        """Its value is a sign: ✓ fine, ! doubt, ✗ fault."""
        ...

    @property
    def found(self) -> str: ...
    @property
    def remedy(self) -> str: ...


class RunningDiagnosis(Protocol):
    """What keeps this machine from meeting others, as it is found out."""

    @property
    def findings(self) -> Sequence[ShownFinding]: ...
    @property
    def done(self) -> bool: ...


class RaceHandle(Protocol):
    """A place in one race. No method blocks; what fails later is told by `failure`."""

    def view(self) -> RaceView | None:
        """Return the newest view; None until the node has begun."""
        ...

    def send(self, intent: Intent) -> None:
        """Ask for something; what the race makes of it is seen in later views."""
        ...

    def failure(self) -> str | None:
        """Return one clear line when the node cannot go on, else None."""
        ...

    def needs_identity(self) -> bool:
        """Whether the race takes this machine in again only as another driver, by a new key."""
        ...

    def is_denied(self) -> bool:
        """Whether the race's machines have refused the passphrase that we came with."""
        ...

    def trouble_line(self) -> str:
        """Return one line about what does not work just now, and what to do; "" when all is well.

        In a race it is told for a while only, and never what the view's notices tell.
        """
        ...

    def codes(self) -> tuple[tuple[str, str], ...]:
        """Return where friends reach us who do not see this race, over which networks.

        Each is a network's name, and a code or an address; the best first, none where none is up.
        """
        ...

    def key_log(self) -> str:
        """Return the name of the file to which the node writes its session keys; "": to none."""
        ...

    def leave(self) -> None:
        """Leave the race in good order; the seat is of no use afterwards."""
        ...

    def add_bot(self, skill: float | None = None) -> None:
        """Let another bot of this machine join this race; None: of whatever skill is next."""
        ...

    def remove_bot(self) -> None:
        """Let the bot of this machine leave that came last."""
        ...

    def bots(self) -> int:
        """Return how many bots of this machine were asked to join."""
        ...


class RaceDirectory(Protocol):
    """Where one stands before a race: what is nearby, and what one likes."""

    settings: Settings  # the window sets it when the player changed something; it is kept
    pair: bool  # two drive at this machine: the window sets it, until it is closed

    def prepare(self) -> None:
        """Load what seats, records and replays take; in a thread, while nobody asks for them."""
        ...

    def nearby(self) -> tuple[RaceCard, ...]:
        """Return the races on this network, sorted for showing."""
        ...

    def network(self) -> str:
        """Return one line about the state of the network, or "" when all is well."""
        ...

    def seek(self, place: str) -> str:
        """Look for races at an address or code that a person gave; return what is wrong with it."""
        ...

    def diagnose(self) -> RunningDiagnosis:
        """Begin to find out what keeps this machine from meeting others."""
        ...

    def passphrase(self, race: str) -> str | None:
        """Return the word that is known to open a locked race of that name, if one is."""
        ...

    def join_race(self, race: str, passphrase: str | None = None, island: str = "") -> RaceHandle:
        """Join a race that is listed, or was left by a crash; wait until it answers.

        Args:
            island: of a room that is in several, the one whose nodes are called first.
        """
        ...

    def open_race(self, wish: OpenRace) -> RaceHandle:
        """Open the race of that name, or join it where it is open already."""
        ...

    def sit_beside(self) -> RaceHandle | None:
        """Take a second seat in the race of the last one; None where this machine cannot."""
        ...

    def watch_race(self, race: str, passphrase: str | None = None, island: str = "") -> RaceHandle:
        """Watch a race, and take no part; wait until it answers."""
        ...

    def practice(self) -> RaceHandle:
        """Race alone against bots on this machine."""
        ...

    def trial(self, wish: Trial) -> RaceHandle:
        """Drive alone against the clock, beside the ghosts of the best laps."""
        ...

    def record_rows(self) -> RecordRows:
        """Begin to read the best laps that this machine knows."""
        ...

    def replays(self) -> tuple[ReplayCard, ...]:
        """Return the races that were taped, the newest first."""
        ...

    def taped_circuit(self, head: TapeHead) -> TapedCircuit:
        """Return what is known of the circuit of a taped race."""
        ...

    def damaged_replays(self) -> int:
        """Return how many tapes are there of which nothing can be told."""
        ...

    def open_replay(self, replay: str) -> Tape | None:
        """Return the tape of a card's id; None where it cannot be read."""
        ...

    def networks(self) -> tuple[tuple[str, str], ...]:
        """Return the networks of this machine: interface and address of each."""
        ...

    def renew_identity(self) -> str:
        """Leave the race that one is in, and be another driver from now on, by a new key.

        The old key is put aside in the profile. What was not finished under it is not to be
        gone on with; settings, records and replays stay. Blocks for a moment.

        Returns:
            Why it could not be, in a line; "" where it is so.

        Raises:
            NetError: the profile cannot be used any more.
        """
        ...

    def resume_offer(self) -> LeftRace | None:
        """Return the race that a crashed life left, to which one may come back, else None."""
        ...

    def close(self) -> None:
        """Let go of the network and of every seat."""
        ...
