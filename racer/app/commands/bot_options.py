"""What `racer bot` was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from net import Entry

if TYPE_CHECKING:
    from racer.app.options import Shared
    from racer.core.rules.race_setup import RaceSetup


@dataclass(frozen=True, slots=True, kw_only=True)
class BotOptions:
    """What `racer bot` was asked for."""

    shared: Shared
    race: str  # name of the room
    setup: RaceSetup
    players: int
    skill: float
    car: int
    count: int
    say: tuple[str, ...]
    stats: bool
    stay: bool
    records: bool = False  # whether its laps become records
    entry: Entry = Entry.EITHER
    is_first: bool = True  # of its command: it tells for all of them what they all know
    hosts: bool = False  # its word counts in a room that it founds
