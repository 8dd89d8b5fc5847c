"""What the race puts into operations (facts) and decrees (rulings), and its way to bytes and back.

A fact is what a member says of itself: I said this, I completed that lap. A ruling is what the
coordinator decided. Decoding checks every type and range, once; what does not decode is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Annotated, Any, Final, TypeAlias, get_args, get_type_hints

import msgspec
from msgspec import Meta, defstruct

from net import NAME_CHARS_MAX, Decree, Digest, Dot, NodeId, clean_text
from racer.core.recordings.car_codec import FRAME_SIZE_MAX
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import CARS, GRID_MAX, LAPS_MAX
from racer.play.limits import CHAT_CHARS_MAX
from racer.play.room.lap_record import LapRecord

RaceId: TypeAlias = Annotated[bytes, Meta(min_length=8, max_length=8)]
"""Names a race: the head of the chain hash before its `Grid`, so no two races share one."""

LobbyId: TypeAlias = RaceId
"""Names a lobby, likewise: what was wished in one, perhaps yesterday, counts in no other."""

Millis: TypeAlias = Annotated[int, Meta(ge=0, lt=2**32)]
"""49 days; five bytes at most, so that the results of 24 cars fit one decree."""

Laps: TypeAlias = Annotated[int, Meta(ge=1, le=LAPS_MAX)]
Number: TypeAlias = Annotated[int, Meta(ge=1, le=GRID_MAX)]
LeaseNumber: TypeAlias = Annotated[int, Meta(ge=0, le=2**20)]
"""Counts who drove a car: 0 is its owner from the start, each change is one more."""

GREEN_US_MAX: Final = 2**52

CarKind: TypeAlias = Annotated[int, Meta(ge=0, lt=len(CARS))]
"""A kind of car: index into `CARS`."""

Players: TypeAlias = Annotated[int, Meta(ge=0, le=GRID_MAX)]
TrackName: TypeAlias = Annotated[str, Meta(pattern=r"\A[a-z0-9-]{1,32}\Z")]


class _Part(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Base of facts and rulings: frozen, compact, closed."""


# --- facts ------------------------------------------------------------------------------------


class LobbyEntry(_Part, frozen=True, tag="entry"):
    """I want to race, under this name, in this kind of car. Said anew when one of them changes."""

    name: Annotated[str, Meta(max_length=2 * NAME_CHARS_MAX)]
    bot: bool
    car: CarKind = 0


class Said(_Part, frozen=True, tag="said"):
    """A line of chat."""

    text: Annotated[str, Meta(min_length=1, max_length=CHAT_CHARS_MAX)]


class StartWish(_Part, frozen=True, tag="start"):
    """Start the race of this lobby with whoever is here."""

    lobby: LobbyId


class Ready(_Part, frozen=True, tag="ready"):
    """I am ready for the race of this lobby; or no longer."""

    lobby: LobbyId
    on: bool


class EndWish(_Part, frozen=True, tag="end"):
    """I have had enough of this race: close it, if most drivers say so."""

    race: RaceId


class RemovalVote(_Part, frozen=True, tag="remove"):
    """I want this node out of the room; or no longer. It lapses after VOTE_NS."""

    node: NodeId
    on: bool


class Ousted(_Part, frozen=True, tag="ousted"):
    """In the history that I come from this node was put out of the room; this one lacks that.

    `since_us` is the race clock at which I saw it decreed; `lied`: it was for a lie in a race, by
    those who raced, and not by votes of people.
    """

    node: NodeId
    since_us: Annotated[int, Meta(ge=0, le=2**52)]
    lied: bool


class Lie(StrEnum):
    """What somebody tells that others can see is not so."""

    LAP = "lap"
    CLAIM = "claim"
    HIT = "hit"
    LEAP = "leap"
    RULING = "ruling"


class Offence(StrEnum):
    """Why a driver was put out of a race: for a lie, or for saying two things in one place."""

    LAP = "lap"
    CLAIM = "claim"
    HIT = "hit"
    LEAP = "leap"
    RULING = "ruling"
    EQUIVOCATION = "equivocation"


class Witnessed(_Part, frozen=True, tag="witnessed"):
    """I race too, and saw myself that this driver lies in this race."""

    race: RaceId
    node: NodeId
    lie: Lie


@dataclass(frozen=True, slots=True)
class Choice:
    """I vote for a race like this. Its setup is flat on the wire.

    `about` names the fields of it that the vote is about; none: all of them.
    """

    lobby: LobbyId
    race: RaceSetup
    about: tuple[str, ...] = ()


class Fetching(_Part, frozen=True, tag="fetching"):
    """I lack the circuit of this content, and have so many quarters of it; with four I have it."""

    content: Digest
    quarters: Annotated[int, Meta(ge=0, le=4)]


class LapTime(_Part, frozen=True, tag="lap"):
    """A car completed this lap, counted from 1, at `race_ms` after the green light.

    `owner` None: mine. Else the car of an absent owner, which I drove by the lease of that number.
    """

    race: RaceId
    lap: Laps
    race_ms: Millis
    lap_ms: Millis
    owner: NodeId | None = None
    lease: LeaseNumber = 0


def timed_lap(lap: LapTime, from_ms: int) -> LapTime:
    """Return a lap that takes no less than since the one before ended, whatever is told.

    Its driver may have told of that twice, or have known a later end of it than we do.
    """
    least_ms = lap.race_ms - from_ms
    return lap if lap.lap_ms >= least_ms else msgspec.structs.replace(lap, lap_ms=least_ms)


class Claim(_Part, frozen=True, tag="claim"):
    """I touched this canister, in its n-th appearance, at `race_ms`."""

    race: RaceId
    pickup: Annotated[int, Meta(ge=0, le=255)]
    generation: Annotated[int, Meta(ge=0, le=2**16)]
    race_ms: Millis
    owner: NodeId | None = None
    lease: LeaseNumber = 0


class Return(_Part, frozen=True, tag="return"):
    """I am back, and have all of the race: give me my car, which goes by this lease."""

    race: RaceId
    lease: LeaseNumber


class BestLap(_Part, frozen=True, tag="best"):
    """I drove this, as a recording that I share shows."""

    record: LapRecord


class BoardKept(_Part, frozen=True, tag="board"):
    """My record board is the content of this digest; I share it."""

    content: Digest


Fact: TypeAlias = (
    LobbyEntry
    | Said
    | StartWish
    | Ready
    | EndWish
    | RemovalVote
    | Ousted
    | Witnessed
    | Choice
    | Fetching
    | LapTime
    | Claim
    | Return
    | BestLap
    | BoardKept
)

# --- rulings ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setup:
    """What the next race is. It is flat on the wire.

    `players` start it by themselves; 0: a person does. `choice` names the operation that asked for
    it, if one did.
    """

    race: RaceSetup
    players: Players
    choice: Dot | None = None


class Seat(_Part, frozen=True, tag="seat"):
    """This node has this car number."""

    node: NodeId
    number: Number


class Unseat(_Part, frozen=True, tag="unseat"):
    """This node gives its number back."""

    node: NodeId


class Grid(_Part, frozen=True, tag="grid"):
    """A race begins: these numbers stand on the grid, front first; green at this race clock.

    `kinds` tells the kind of each car; of those that it does not reach it is 0. A qualifying is a
    trial of QUALIFYING_LAPS, whatever the setup says.
    """

    cars: Annotated[tuple[Number, ...], Meta(min_length=1, max_length=GRID_MAX)]
    green_us: Annotated[int, Meta(ge=0, le=GREEN_US_MAX)]
    kinds: Annotated[tuple[CarKind, ...], Meta(max_length=GRID_MAX)] = ()
    qualifying: bool = False


class Grant(_Part, frozen=True, tag="grant"):
    """The canister's n-th appearance went to this node, at the moment of its touch."""

    race: RaceId
    pickup: Annotated[int, Meta(ge=0, le=255)]
    generation: Annotated[int, Meta(ge=0, le=2**16)]
    node: NodeId
    race_ms: Millis


class ResultRow(_Part, frozen=True):
    """A line of the results, best first. `ms` is a finisher's race time.

    `out_lap` is the lap by which an elimination put the car out.
    """

    node: NodeId
    number: Number
    laps: Annotated[int, Meta(ge=0, le=LAPS_MAX)]
    ms: Millis | None
    best_ms: Millis | None
    out_lap: Laps | None = None


class Lease(_Part, frozen=True, tag="lease"):
    """From here on this node drives that car, its own or an absent one's, by this lease.

    `place` is the car as the coordinator saw it last, by `pack_car`; None: it never did.
    """

    race: RaceId
    car: Number
    lease: Annotated[int, Meta(ge=1, le=2**20)]
    driver: NodeId
    place: Annotated[bytes, Meta(max_length=FRAME_SIZE_MAX)] | None = None


class Results(_Part, frozen=True, tag="results"):
    """The race is closed, at this race clock; this is its table."""

    race: RaceId
    rows: Annotated[tuple[ResultRow, ...], Meta(min_length=1, max_length=GRID_MAX)]
    closed_us: Annotated[int, Meta(ge=0, le=2**52)] = 0


class LobbyOpened(_Part, frozen=True, tag="lobby"):
    """The results have been seen: back to the lobby, for the next round."""


class Hosted(_Part, frozen=True, tag="host"):
    """This room has a host, who alone chooses and starts while it is here, and may remove.

    It counts right behind the first `Setup` of a room, and nowhere else.
    """

    node: NodeId


class Removal(_Part, frozen=True, tag="removal"):
    """This node is out of the room for good, by these votes, or by the host's one."""

    node: NodeId
    votes: Annotated[tuple[Dot, ...], Meta(min_length=1, max_length=GRID_MAX)]


class Disqualification(_Part, frozen=True, tag="disqualified"):
    """This driver is out of the race and of the room, for a lie that most who race have seen.

    Its car leaves the track, and no lap of it counts.
    """

    race: RaceId
    node: NodeId
    lie: Lie  # that most of them name
    witnesses: Annotated[tuple[Dot, ...], Meta(min_length=1, max_length=GRID_MAX)]


Ruling: TypeAlias = (
    Setup
    | Hosted
    | Seat
    | Unseat
    | Removal
    | Disqualification
    | Grid
    | Grant
    | Lease
    | Results
    | LobbyOpened
)

# --- a race's setup on the wire -----------------------------------------------------------------
# Its fields stand among those of the fact or ruling that carries it, as they did before they were
# one value: what was kept of old can be read.

_CHECKED: Final = {"track": TrackName, "laps": Laps, "content": Digest | None}
"""Fields of which not every value of their type will do."""

_TYPES: Final = get_type_hints(RaceSetup) | _CHECKED
_FIELDS: Final = tuple(
    (each.name, _TYPES[each.name], msgspec.NODEFAULT if each.default is MISSING else each.default)
    for each in fields(RaceSetup)
)
_NAMES: Final = tuple(name for name, _, _ in _FIELDS)
_About = Annotated[tuple[Annotated[str, Meta(max_length=16)], ...], Meta(max_length=8)]
_FLAT: Final[Mapping[object, type[msgspec.Struct]]] = {
    Choice: defstruct(
        "Choice",
        # A setting that is added goes behind `about`.
        [("lobby", LobbyId), *_FIELDS[:7], ("about", _About, ()), *_FIELDS[7:]],
        bases=(_Part,),
        frozen=True,
        tag="choice",
    ),
    Setup: defstruct(
        "Setup",
        [*_FIELDS[:2], ("players", Players), ("choice", Dot | None), *_FIELDS[2:]],
        bases=(_Part,),
        frozen=True,
        tag="setup",
    ),
}
_CARRIERS: Final = {_FLAT[Choice]: Choice, _FLAT[Setup]: Setup}


def wire_forms(union: object) -> tuple[type[msgspec.Struct], ...]:
    """Return the structs that the facts, or the rulings, of a union are on the wire."""
    return tuple(_FLAT.get(part, part) for part in get_args(union))


def _flattened(part: Choice | Setup) -> msgspec.Struct:
    flat = _FLAT[type(part)]
    names = flat.__struct_fields__
    return flat(*(getattr(part.race if name in _NAMES else part, name) for name in names))


def _nested(part: msgspec.Struct) -> object:
    """Return what a struct was made of by `_flattened`, or itself."""
    carrier = _CARRIERS.get(type(part))
    if carrier is None:
        return part
    values = msgspec.structs.asdict(part)
    race = RaceSetup(**{name: values.pop(name) for name in _NAMES})
    return carrier(race=race, **values)


# --- bytes ------------------------------------------------------------------------------------

_ENCODER: Final = msgspec.msgpack.Encoder()
_FACTS: Final = msgspec.msgpack.Decoder(reduce(or_, wire_forms(Fact)))
_RULINGS: Final = msgspec.msgpack.Decoder(reduce(or_, wire_forms(Ruling)))


def encode(part: Fact | Ruling) -> bytes:
    """Return the body of an operation or a decree."""
    return _ENCODER.encode(_flattened(part) if isinstance(part, Choice | Setup) else part)


def decode_fact(body: bytes) -> Fact | None:
    """Return the fact of some bytes, its text cleaned, or None."""
    fact: Fact | None = _try_decode(_FACTS, body)
    match fact:
        case LobbyEntry(name=name, bot=bot, car=car):
            return LobbyEntry(clean_text(name, NAME_CHARS_MAX) or "nameless", bot, car)
        case Said(text=text):
            cleaned = clean_text(text, CHAT_CHARS_MAX)
            return Said(cleaned) if cleaned else None
        case _:
            return fact


def decode_ruling(body: bytes) -> Ruling | None:
    """Return the ruling of some bytes, or None."""
    ruling: Ruling | None = _try_decode(_RULINGS, body)
    return ruling


def name_of(decree: Decree) -> RaceId | LobbyId:
    """Return the name of the race or lobby that a decree begins."""
    return decree.previous[:8]


def _try_decode(decoder: msgspec.msgpack.Decoder[Any], body: bytes) -> Any:
    try:
        return _nested(decoder.decode(body))
    except (ValueError, RecursionError):
        return None
