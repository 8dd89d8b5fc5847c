"""What scenes get, and what they ask of the game."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from racer.core.rules.race_setup import RaceSetup


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture on the screen."""

    dt: float  # s since the last one, at most a tenth
    now_ns: int  # this machine's monotonic clock


@dataclass(frozen=True, slots=True)
class JoinRace:
    """Join the race of that name, which is listed; never open it."""

    race: str
    passphrase: str | None = None  # of a locked one
    keep: bool = False  # remember it once it has let us in


@dataclass(frozen=True, slots=True)
class OpenRace:
    """Open the race of that name, or join it where it is open already."""

    race: str
    passphrase: str | None = None  # locks it
    setup: RaceSetup | None = None  # what is raced first; None: as is usual
    bots: int = 0  # of this machine, to begin with
    skill: float | None = None  # of theirs, 0..1; None: of all kinds


@dataclass(frozen=True, slots=True)
class WatchRace:
    """Watch the race of that name, and take no part."""

    race: str
    passphrase: str | None = None  # of a locked one


@dataclass(frozen=True, slots=True)
class Practice:
    """Race alone against bots."""


@dataclass(frozen=True, slots=True)
class ShowReplays:
    """Look at races that were taped."""


@dataclass(frozen=True, slots=True)
class TakePicture:
    """Keep a picture of what is seen."""


@dataclass(frozen=True, slots=True)
class AskPassphrase:
    """Leave a locked race that does not let us in, and ask for another passphrase of it."""

    race: str


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
    | ShowReplays
    | TakePicture
    | AskPassphrase
    | Depart
    | Close
)
