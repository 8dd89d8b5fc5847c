"""Why we are not in the race yet, in a sentence; and what else is on nearby."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal, TypeAlias, assert_never

from net import Waiting, WaitReason
from racer.core.tuning import GRID_MAX
from racer.play.reports import WaitingSeen
from racer.play.room.roster import Roster

TurnedAway: TypeAlias = Literal[
    WaitReason.FULL,
    WaitReason.UNCONFIRMED,
    WaitReason.BUSY,
    WaitReason.TRIED,
    WaitReason.CROWDED,
]
"""Why who is there does not hear us."""

_BARS: Final = frozenset(
    {
        WaitReason.PASSPHRASE,
        WaitReason.LOCKED,
        WaitReason.UNLOCKED,
        WaitReason.INCOMPATIBLE,
    }
)
"""Why waiting alone does not let us in: somebody has to change something."""

_DOORS: Final = {
    WaitReason.PASSPHRASE: "under another passphrase (--passphrase-file)",
    WaitReason.LOCKED: "and needs a passphrase (--passphrase-file)",
    WaitReason.UNLOCKED: "and has no passphrase",
}


def waiting_seen(race: str, waiting: Waiting, roster: Roster) -> WaitingSeen:
    """Return the report of a wait."""
    name = roster.known_name(waiting.node) or "somebody"
    host = "" if waiting.address is None else waiting.address[0]
    words = f"{race}: {_words(waiting.reason, name, host)}"
    if waiting.reason is WaitReason.NOBODY:
        words = f"no race named {race} here"
    return WaitingSeen(race, waiting.reason.value, waiting.node, host or None, words)


def bars(seen: WaitingSeen | None) -> bool:
    """Whether waiting alone does not let us in, and so something has to be changed."""
    return seen is not None and seen.why in _BARS


def no_car_seen(race: str) -> WaitingSeen:
    """Return the report that all cars of the room are taken."""
    words = f"{race}: all {GRID_MAX} cars are taken: we watch, and drive once one is free"
    return WaitingSeen(race, "cars", None, None, words)


def with_nearby(seen: WaitingSeen, races: Sequence[str], *, closed: bool) -> WaitingSeen:
    """Add to a race that nobody is in what is on nearby.

    Args:
        races: names of others.
        closed: one of that very name is, to those with another passphrase, or to all.
    """
    if seen.why != WaitReason.NOBODY.value:
        return seen
    words = f"{seen.text}; races here: {', '.join(races) or 'none'}"
    if closed:
        words = f"{seen.race} is here, but not with this passphrase (--passphrase-file)"
    return replace(seen, text=words, races=tuple(races))


def _words(reason: WaitReason, name: str, host: str) -> str:
    match reason:
        case WaitReason.NOBODY:
            return "nobody is here"
        case WaitReason.INCOMPATIBLE:
            return f"{name} at {host} is in it, and runs another version"
        case WaitReason.PASSPHRASE | WaitReason.LOCKED | WaitReason.UNLOCKED:
            return f"it is at {host}, {_DOORS[reason]}"
        case WaitReason.UNANSWERED:
            return f"{name} is listed at {host} but has not answered"
        case WaitReason.GATHERING:
            return f"{name} waits for it too, and nobody has opened it"
        case WaitReason.LEADERLESS:
            return f"{name} is in it, but nobody leads it just now"
        case WaitReason.LEARNING:
            return "what has happened there is on its way"
        case WaitReason.ADMISSION:
            return f"{name} has to let us in"
        case _:
            return _turned_away_words(reason, name, host)


def _turned_away_words(reason: TurnedAway, name: str, host: str) -> str:
    match reason:
        case WaitReason.FULL:
            return f"{name} at {host} speaks with as many as it can, and with nobody new"
        case WaitReason.UNCONFIRMED:
            return (
                f"{name} at {host} answers, and does not let us in: the network loses much of what"
                " is sent (racer doctor), this machine's clock was set back, or too many have tried"
                " a passphrase there. We go on calling"
            )
        case WaitReason.BUSY:
            return (
                f"{name} at {host} is called by more than it hears, by machines near this one or"
                " in all: some machine floods the network. We go on calling"
            )
        case WaitReason.TRIED:
            return (
                f"{name} at {host} answers, and so did too many who may have another passphrase:"
                " ours is tried there within a minute"
            )
        case WaitReason.CROWDED:
            return (
                f"{name} is listed at {host} but has not answered, among more than are called at"
                " once: some machine makes them up? (--peer HOST:PORT names one that is there)"
            )
        case _:
            assert_never(reason)
