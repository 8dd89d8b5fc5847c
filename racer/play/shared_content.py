"""What members share by digest beside the race: its circuit, and lap records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from net import Command, ContentArrived, Counters, Digest, NodeId, NodeView
from racer.core.circuits.track import Track
from racer.play.cars.local_race import LocalRace
from racer.play.circuit_sync import CircuitCatalog, CircuitSync
from racer.play.records.record_book import RecordBook
from racer.play.room.messages import BestLap, BoardKept, Fact
from racer.play.room.room_state import RoomState
from racer.play.view import Phase


@final
class SharedContent:
    """Brings the room's circuit here and keeps records, as far as this node does either.

    Args:
        tracks: circuits by name; asking for one may be what brings it, some ticks later.
        catalog: where `tracks` come from, if circuits may come from other nodes.
        record_book: the records that this node keeps, if it keeps any.
    """

    def __init__(
        self,
        me: NodeId,
        tracks: Mapping[str, Track],
        catalog: CircuitCatalog | None,
        record_book: RecordBook | None,
    ) -> None:
        self.record_book = record_book
        self._me = me
        self._tracks = tracks
        self._catalog = catalog
        self._circuit_sync = None if catalog is None else CircuitSync(catalog)

    @property
    def counters(self) -> tuple[Counters, ...]:
        """What of records was not believed."""
        return () if self.record_book is None else (self.record_book.counters,)

    @property
    def share(self) -> float:
        """How much of the room's circuit is here, 0..1."""
        return 1.0 if self._circuit_sync is None else self._circuit_sync.share

    def digest_of(self, track: str) -> Digest | None:
        """Return the content of the circuit that this machine has by that name."""
        return None if self._catalog is None else self._catalog.digest_of(track)

    def length_of(self, track: str) -> float | None:
        """Return the length of a lap [m], once the circuit is here."""
        found = self._tracks.get(track)
        return None if found is None else found.length_m

    def circuit_of(self, state: RoomState) -> Track | None:
        """Return the circuit that the room has chosen, once it is here."""
        chosen = state.room.chosen
        return None if chosen is None else self._tracks.get(chosen.circuit)

    def on_fact(self, node: NodeId, fact: Fact | None) -> list[Command]:
        """Take what a member says of records."""
        if isinstance(fact, BestLap | BoardKept) and self.record_book is not None:
            return self.record_book.on_fact(node, fact)
        return []

    def on_content(self, event: ContentArrived) -> None:
        """Take a text or a recording that has come."""
        if self._circuit_sync is not None:
            self._circuit_sync.on_content(event)
        if self.record_book is not None:
            self.record_book.on_content(event)

    def sync_circuit(
        self, state: RoomState, node: NodeView, now_ns: int
    ) -> tuple[list[Command], tuple[str, ...]]:
        """Get the circuit of the room, and give it on. Returns lines for a person, too."""
        if self._circuit_sync is None:
            return [], ()
        step = self._circuit_sync.on_tick(state.room, node, now_ns)
        if step.arrived and self.record_book is not None:
            self.record_book.on_circuit()
        return list(step.commands), step.lines

    def advance_records(
        self, state: RoomState, local_race: LocalRace | None, node: NodeView
    ) -> tuple[list[Command], tuple[str, ...]]:
        """Note our lap, and bring what concerns records one tick on."""
        if self.record_book is None:
            return [], ()
        lobby = state.phase is Phase.LOBBY and node.synced
        turn = sum(peer < self._me for peer in state.roster.living()) if lobby else None
        racing = state.phase is Phase.RACING
        step = self.record_book.on_tick(local_race, racing=racing, turn=turn)
        return list(step.commands), step.lines
