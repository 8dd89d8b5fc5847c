"""When a node leaves by itself: removed from the room, or a bot whose race is over for all."""

from __future__ import annotations

from typing import final

from net import Command, Leave, NodeView, PeerState
from racer.play.limits import LINGER_NS, LOST_NS
from racer.play.room.messages import RaceId
from racer.play.room.room import Room
from racer.play.room.roster import Roster


@final
class Departure:
    """Leaves the room once, on purpose or when its race is over.

    Args:
        stays: does not leave by itself.
    """

    def __init__(self, *, stays: bool) -> None:
        self._stays = stays
        self._raced: RaceId | None = None  # whose official results we had …
        self._official_ns = 0  # … and when
        self._leaving = False

    def leave(self) -> list[Command]:
        """Leave now, if we do not already."""
        if self._leaving:
            return []
        self._leaving = True
        return [Leave()]

    def on_tick(self, room: Room, roster: Roster, node: NodeView, now_ns: int) -> list[Command]:
        """Leave at once where we were removed; else when all whom we hear have the results too.

        A driver of the race whom nobody hears gets a moment to come back: a link that failed just
        at the end would else leave it with results of its own. A race that begins while we wait is
        not ours any more.
        """
        race = room.race
        if node.me in room.removed:
            return self.leave()
        if self._stays or race is None or race.qualifying:
            return []
        if race.results is None:
            return self.leave() if self._raced not in {None, race.id} else []
        if self._raced is None:
            self._raced, self._official_ns = race.id, now_ns
        informed = all(
            node.commit_of(peer) > race.results_index
            for peer in roster.living()
            if node.state_of(peer) in {PeerState.ALIVE, PeerState.SUSPECT}
        )
        waited_ns = now_ns - self._official_ns
        lost = any(roster.state_of(driver) is PeerState.DOWN for driver in race.cars.values())
        enough_ns = LOST_NS if lost else 0
        return self.leave() if waited_ns >= (enough_ns if informed else LINGER_NS) else []
