"""What scenes get, and what they ask of the game."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import pygame

    from racer.app.window.base.canvas import Canvas
    from racer.core.rules.race_setup import RaceSetup


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture on the screen."""

    dt: float  # s since the last one, at most a tenth
    now_ns: int  # this machine's monotonic clock
    told_below: float = 0.0  # units below the lobby's grid that somebody else tells something in
    under: bool = False  # a page lies over what is drawn: no menu of its own is to be seen below


@dataclass(frozen=True, slots=True)
class JoinRace:
    """Join the race of that name, which is listed; never open it."""

    race: str
    passphrase: str | None = None  # of a locked one
    keep: bool = False  # remember it once it has let us in
    island: str = ""  # of a room that is in several


@dataclass(frozen=True, slots=True)
class OpenRace:
    """Open the race of that name, or join it where it is open already."""

    race: str
    passphrase: str | None = None  # locks it
    setup: RaceSetup | None = None  # what is raced first; None: as is usual
    bots: int = 0  # of this machine, to begin with
    skill: float | None = None  # of theirs, 0..1; None: of all kinds
    hosts: bool = False  # our word counts in it; else votes decide
    keep: bool = False  # remember the passphrase once we are in


@dataclass(frozen=True, slots=True)
class WatchRace:
    """Watch the race of that name, and take no part."""

    race: str
    passphrase: str | None = None  # of a locked one
    keep: bool = False  # remember it once it has let us in
    island: str = ""  # of a room that is in several


@dataclass(frozen=True, slots=True)
class Practice:
    """Race alone against bots."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Drive alone against the clock."""

    track: str  # name of a circuit of this machine
    laps: int
    car: int  # kind: index into `CARS`


@dataclass(frozen=True, slots=True)
class PlanTrial:
    """Choose what to drive against the clock."""

    track: str = ""  # what stands there first; "": what is usual
    car: int | None = None  # kind; None: what one drives


@dataclass(frozen=True, slots=True)
class ShowRecords:
    """Look at the best laps."""


@dataclass(frozen=True, slots=True)
class ShowSettings:
    """Look at what can be set, over whatever is seen."""


@dataclass(frozen=True, slots=True)
class LeavePage:
    """Go back from a page to what it lies over."""


@dataclass(frozen=True, slots=True)
class ShowReplays:
    """Look at races that were taped."""


@dataclass(frozen=True, slots=True)
class TakePicture:
    """Keep a picture of what is seen."""


@dataclass(frozen=True, slots=True)
class FillScreen:
    """Fill the screen, or go back to a window."""


@dataclass(frozen=True, slots=True)
class AskPassphrase:
    """Leave a locked race that does not let us in, and ask for another passphrase of it."""

    race: str


@dataclass(frozen=True, slots=True)
class OfferIdentity:
    """Tell what a new identity costs, over a race that does not take us in by the old one."""


@dataclass(frozen=True, slots=True)
class TakeIdentity:
    """Be another driver from now on, and enter the race once more."""


@dataclass(frozen=True, slots=True)
class Depart:
    """Leave this race, or what else one looks at, back to the menu."""


@dataclass(frozen=True, slots=True)
class Close:
    """End the game."""


Ask = (
    JoinRace
    | OpenRace
    | WatchRace
    | Practice
    | Trial
    | PlanTrial
    | ShowRecords
    | ShowReplays
    | ShowSettings
    | LeavePage
    | TakePicture
    | FillScreen
    | AskPassphrase
    | OfferIdentity
    | TakeIdentity
    | Depart
    | Close
)


class Beside(NamedTuple):
    """What became of an event, while a page lies over the race."""

    ask: Ask | None = None  # of whoever goes on beside the page
    rest: pygame.Event | None = None  # what the page has of it, as if its part were the window


class OverlayPage(Protocol):
    """Something with a way back, that lies over title or race, or stands in its place."""

    @property
    def covers(self) -> bool:
        """Whether nothing of what it lies over is seen."""
        ...

    @property
    def front(self) -> object:
        """What of it takes what hands do; another one once a person has opened or closed it."""
        ...

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in an event of the window."""
        ...

    def wants_key(self, event: pygame.Event) -> bool:
        """Whether a key is for a line of text, or to be bound, whatever it is for elsewhere."""
        ...

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw it over what is there."""
        ...
