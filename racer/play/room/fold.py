"""The room as bytes: all that decrees and operations so far amount to, for a checkpoint (ADR 35).

What is over is not in it: laps, claims and wishes of races and lobbies that are closed, and all but
the newest lines of chat. Equal histories give equal bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta

from net import Digest, Dot, Member, NodeId, clean_text
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import CHAT_CHARS_MAX, TOLD_KEPT
from racer.play.room.messages import (
    GREEN_US_MAX,
    BestLap,
    BoardKept,
    CarKind,
    Claim,
    Grant,
    LapTime,
    LeaseNumber,
    LobbyEntry,
    LobbyId,
    Number,
    Offence,
    RaceId,
    Results,
    Setup,
    decode_fact,
    decode_ruling,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_Index = Annotated[int, Meta(ge=-1, le=2**53)]
_Count = Annotated[int, Meta(ge=0, le=2**53)]


class _Part(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Base of the parts of a fold."""


class LeasesFold(_Part, frozen=True):
    """Who has driven a car, by leases 1, 2, …, under which names, and where it was at the last."""

    car: Number
    drivers: tuple[NodeId, ...]
    terms: tuple[bytes, ...]
    place: bytes | None


class RaceFold(_Part, frozen=True):
    """The race that is on, or was last."""

    id: RaceId
    setup: RaceSetup
    cars: tuple[tuple[Number, NodeId], ...]  # front of the grid first
    green_ns: Annotated[int, Meta(ge=0, le=1000 * GREEN_US_MAX)]
    grants: tuple[Grant, ...]  # by pick-up, oldest first
    leases: tuple[LeasesFold, ...]
    results: Results | None
    results_index: _Index
    kinds: tuple[tuple[Number, CarKind], ...]
    qualifying: bool
    disqualified: tuple[tuple[NodeId, Offence], ...] = ()


class RoomFold(_Part, frozen=True):
    """What the decrees amount to."""

    setup: bytes = b""  # the ruling; empty: none
    seats: tuple[tuple[NodeId, Number, _Count], ...] = ()  # and by which decree
    race: RaceFold | None = None
    in_race: bool = False
    round: _Count = 0
    lobby: LobbyId = bytes(8)
    chat_before: _Count = 0  # lines before those of `chat`
    chat: tuple[tuple[Dot, _Count], ...] = ()  # and by which decree
    host: NodeId | None = None
    removed: tuple[tuple[NodeId, tuple[NodeId, ...]], ...] = ()  # and by whom, the newest last


class EntryFold(_Part, frozen=True):
    """The newest entry of a node."""

    race_us: _Count
    dot: Dot
    entry: LobbyEntry


class FetchFold(_Part, frozen=True):
    """How much of the room's circuit somebody has who lacked it."""

    content: Digest
    dot: Dot
    since_us: _Count
    quarters: Annotated[int, Meta(ge=0, le=4)]


class VoteFold(_Part, frozen=True):
    """A ballot that may still count."""

    race_us: _Count
    dot: Dot
    ballot: bytes  # the fact


class FactsFold(_Part, frozen=True):
    """What the operations amount to.

    `wishes_start`, `choice` and `ends` are of code before votes, `floods` of code that held authors
    to their own clocks: kept of old, and read no more.
    """

    lines: tuple[tuple[Dot, str], ...] = ()  # of the chat above, and those without a place yet
    entries: tuple[EntryFold, ...] = ()
    wishes_start: bool = False
    choice: tuple[_Count, Dot, bytes] | None = None
    laps: tuple[tuple[NodeId, NodeId, LapTime], ...] = ()  # of whose car, who says so
    claims: tuple[tuple[NodeId, NodeId, Claim], ...] = ()
    returns: tuple[tuple[NodeId, LeaseNumber], ...] = ()
    fetches: tuple[FetchFold, ...] = ()
    floods: tuple[tuple[Member, _Count, _Count], ...] = ()
    records: tuple[tuple[NodeId, BestLap | BoardKept], ...] = ()  # what was told last of them
    ends: tuple[NodeId, ...] = ()
    votes: tuple[VoteFold, ...] = ()  # by dot


class RoomAndFacts(_Part, frozen=True):
    """All of it."""

    room: RoomFold = RoomFold()
    facts: FactsFold = FactsFold()


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(RoomAndFacts)


def pack_fold(fold: RoomAndFacts) -> bytes:
    """Return a fold as bytes."""
    return _ENCODER.encode(fold)


def read_fold(data: bytes) -> RoomAndFacts | None:
    """Return what some bytes hold; empty ones: nothing yet; None: they are no fold."""
    if not data:
        return RoomAndFacts()
    try:
        fold: RoomAndFacts = _DECODER.decode(data)
    except (ValueError, RecursionError):
        return None
    return RoomAndFacts(fold.room, _cleaned(fold.facts)) if _is_room(fold.room) else None


def _is_room(room: RoomFold) -> bool:
    """Whether a room is what decrees can make of one: they give each its own, and each once."""
    return (
        _are_different(node for node, *_ in room.seats)
        and _are_different(number for _, number, _ in room.seats)
        and _are_different(node for node, _ in room.removed)
        and (room.race is None or _is_race(room.race))
    )


def _is_race(race: RaceFold) -> bool:
    """Whether a race is what decrees can make of one."""
    cars = dict(race.cars)
    out = {node for node, _ in race.disqualified}
    return (
        len(cars) == len(race.cars)
        and _are_different(cars.values())
        and _are_different(node for node, _ in race.disqualified)
        and set(cars.values()) > out
        and _are_different(number for number, _ in race.kinds)
        and _are_different(each.car for each in race.leases)
        and all(
            each.car in cars and cars[each.car] not in out and len(each.drivers) == len(each.terms)
            for each in race.leases
        )
        and _is_setup(race.setup)
    )


def _are_different(keys: Iterable[NodeId] | Iterable[int]) -> bool:
    told = list(keys)
    return len(set(told)) == len(told)


def _is_setup(race: RaceSetup) -> bool:
    setup = Setup(race, 0)
    return decode_ruling(encode(setup)) == setup


def _cleaned(facts: FactsFold) -> FactsFold:
    """Return facts with their text as who hears it takes it: what is clean stays as it is."""
    entries = tuple(
        msgspec.structs.replace(each, entry=_as_heard(each.entry)) for each in facts.entries
    )
    lines = tuple((dot, clean_text(text, CHAT_CHARS_MAX)) for dot, text in facts.lines)
    return msgspec.structs.replace(facts, entries=entries, lines=lines)


def _as_heard(entry: LobbyEntry) -> LobbyEntry:
    heard = decode_fact(encode(entry))
    assert isinstance(heard, LobbyEntry), "it was decoded as one"
    return heard


def keep_told(
    told: Sequence[tuple[NodeId, BestLap | BoardKept]], by: NodeId, what: BestLap | BoardKept
) -> list[tuple[NodeId, BestLap | BoardKept]]:
    """Return what was told of records, with one more: TOLD_KEPT in all.

    Who told most gives up what it told first, so nobody's own word is lost by another's many.
    """
    kept = [*told, (by, what)]
    if len(kept) > TOLD_KEPT:
        counts = Counter(node for node, _ in kept)
        most = max(counts.values())
        del kept[next(k for k, (node, _) in enumerate(kept) if counts[node] == most)]
    return kept
