"""Where a node and the session on it are put together: for a bot, a player and a watcher alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import TypeAlias, final

from net import Counts, Folding, Report
from net.discovery.sightings import RaceNearby
from net.runtime.disk.profile import Profile
from net.runtime.endpoint import Endpoint
from net.runtime.reaching.unreached import Unreached
from net.runtime.service import Service
from net.runtime.service_options import Trouble
from racer.app.circuits.on_demand import circuits_on_demand
from racer.app.evening import EveningFile
from racer.app.record_store import RecordStore
from racer.app.tape_store import TapeStore
from racer.app.unreached import unreached_seen
from racer.play.records.record_book import DropRecord, SaveRecord
from racer.play.reports import RaceReport, WaitingSeen
from racer.play.room.folding import fold_room
from racer.play.session import Player, Session
from racer.play.show.taping import SaveTape
from racer.play.show.waiting import with_nearby
from racer.play.view import Phase

Told: TypeAlias = RaceReport | Trouble
"""What a node in a race tells whoever runs it."""


@dataclass(frozen=True, slots=True)
class RecordKeeping:
    """Where the records of a node are kept. `enters`: whether its own laps become records."""

    store: RecordStore
    enters: bool


@final
class RaceNode:
    """One life of a node in one race. Its session is there at once, its service after `open`.

    Args:
        profile: whose life it is; closing it is the caller's.
        player: who takes part.
        keeping: what keeps its records; without it the node has none.
        tell: called in the thread that runs the service.
    """

    def __init__(
        self,
        profile: Profile,
        player: Player,
        keeping: RecordKeeping | None,
        tell: Callable[[Told], None],
    ) -> None:
        self._profile = profile
        self._keeping = keeping
        self._tell = tell
        self._service: Service | None = None
        self._room_tag = b""
        self._race = player.race
        circuits = circuits_on_demand()
        record_book = None
        if keeping is not None:
            record_book = keeping.store.record_book(
                profile, player.name, circuits, enters=keeping.enters
            )
        self._evening = EveningFile(profile.directory, player.race, self._on_unkept)
        self._tapes = TapeStore(profile.directory, bot=player.bot)
        self._told_untaped = False
        me = profile.identity.node_id
        self.session = Session(
            replace(player, tapes=True, met=profile.acquaintances.names()),
            me,
            circuits,
            circuits.lines,
            SystemRandom(),
            record_book,
            circuits,
        )

    def open(self, endpoint: Endpoint) -> Service:
        """Put the node behind its endpoint. It lives while the service runs, in whatever thread.

        Raises:
            NetError: the journal is damaged.
        """
        self._room_tag = endpoint.room.tag
        self._service = Service(
            endpoint,
            self.session,
            self._on_report,
            Folding(fold_room),
            lambda: self.session.placard,
        )
        return self._service

    def counters(self, service: Service) -> Counts:
        """Return what was done and dropped so far: by the node and its shell, in play, on disk."""
        kept = () if self._keeping is None else (self._keeping.store.counters,)
        written = Counts.of(*kept, self._evening.counters, self._tapes.counters)
        return service.counters() | self.session.counters | written

    def others_nearby(self) -> list[RaceNearby]:
        """Return the other races that are heard of. Any thread may ask."""
        races = () if self._service is None else self._service.races()
        return [race for race in races if race.tag != self._room_tag]

    def close(self) -> None:
        """Write what waits for the disk, once the service has ended."""
        self._tapes.close()
        self._evening.close()

    def _on_unkept(self, text: str) -> None:
        """Tell of lines that are not kept, from whatever thread, in the one that tells all else."""
        if self._service is not None:
            self._service.post(Report(Trouble("evening", text)))

    def _save_tape(self, part: SaveTape) -> None:
        """Add to the tape; tell once that the disk does not take it."""
        self._tapes.save(part)
        if self._tapes.error and not self._told_untaped:
            self._told_untaped = True
            self._tell(Trouble("tapes", self._tapes.error))

    def _on_report(self, what: object) -> None:
        """Sort what comes: the substrate carries reports of any kind, a session makes only these.

        Raises:
            TypeError: it is none of them.
        """
        if isinstance(what, SaveRecord | DropRecord):
            if self._keeping is not None:
                self._keeping.store.save(what)
        elif isinstance(what, SaveTape):
            self._save_tape(what)
        elif isinstance(what, WaitingSeen):
            self._tell(self._with_nearby(what))
        elif isinstance(what, Trouble):
            self._tell(what)
        elif isinstance(what, Unreached):
            if what.name or self.session.placard["phase"] == Phase.LOBBY:  # who races is not alone
                self._tell(unreached_seen(self._race, what, self._profile.acquaintances))
        elif isinstance(what, RaceReport):
            self._evening.note(what)
            self._tell(what)
        else:
            raise TypeError(f"no session reports {what!r}")

    def _with_nearby(self, seen: WaitingSeen) -> WaitingSeen:
        """Add what is on nearby, where nobody is in our race."""
        others = self.others_nearby()
        closed = any(race.race == seen.race for race in others)
        return with_nearby(seen, [race.race for race in others], closed=closed)
