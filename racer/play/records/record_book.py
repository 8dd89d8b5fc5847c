"""The book of records of one node: laps of its own, those it has been shown, and their ghosts.

Own laps become records as they end. What others claim is driven again, a few ticks at a time, and
kept with its recording, so that it can be shown to whoever comes later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, assert_never, final

from net import Command, ContentArrived, Digest, NodeId, Report, Share
from racer.core.circuits.track import Track
from racer.core.recordings.lap_recorder import DrivenLap, LapRecorder
from racer.core.recordings.recording import RecordingError, pack_recording
from racer.core.rules.results import time_text
from racer.core.tuning import CARS
from racer.play.limits import REPLAY_TICKS_IDLE, REPLAY_TICKS_RACING
from racer.play.records.ghosts import Ghosts
from racer.play.records.gossip import Gossip
from racer.play.records.leaderboard import Leaderboard
from racer.play.records.verification import Failed, Passed, RecordCounters, RecordVerifier
from racer.play.reports import Disbelieved, RecordSeen
from racer.play.room.lap_record import (
    LapRecord,
    RecordKey,
    RecordSigner,
    is_authentic,
    is_comparable,
    make_record,
)
from racer.play.room.messages import BestLap, BoardKept
from racer.play.view import GhostView, RecordView

if TYPE_CHECKING:
    from racer.play.cars.local_race import LocalRace

_QUEUE: Final = 8  # while so many claims wait to be driven again, no more are fetched


@dataclass(frozen=True, slots=True)
class SaveRecord:
    """For the shell: keep this over restarts."""

    record: LapRecord
    packed: bytes  # its recording


@dataclass(frozen=True, slots=True)
class DropRecord:
    """For the shell: this has been beaten, and is of no use any more."""

    record: LapRecord


@dataclass(frozen=True, slots=True)
class BookStep:
    """What one tick of the book asks for, and tells a person."""

    commands: tuple[Command, ...] = ()
    lines: tuple[str, ...] = ()


KeptRecords: TypeAlias = Callable[[], Sequence[tuple[LapRecord, bytes]] | None]


class CircuitIndex(Protocol):
    """The circuits of this machine, and those that came to it. Nothing here takes long."""

    def digest_of(self, name: str) -> Digest | None:
        """Return the content of the circuit that this machine has by that name."""
        ...

    def name_of(self, content: Digest) -> str | None:
        """Return what a circuit is called, or None where it is not here."""
        ...

    def track_of(self, content: Digest) -> Track | None:
        """Return a circuit; asking for it may be what brings it."""
        ...


@final
class RecordBook:
    """Follows the race that is on, tick by tick.

    Args:
        name: of the driver, for records of our own.
        circuit_index: the circuits on which records are kept.
        kept: returns records of earlier days with their recordings, which were checked when they
            first came; None while they are still being read.
        enters: whether laps of our own become records.
    """

    def __init__(
        self,
        name: str,
        signer: RecordSigner,
        circuit_index: CircuitIndex,
        kept: KeptRecords = tuple,
        *,
        enters: bool = True,
    ) -> None:
        self.board = Leaderboard()
        self.counters = RecordCounters()
        self._name = name
        self._signer = signer
        self._circuit_index = circuit_index
        self._enters = enters
        self._verifier = RecordVerifier(circuit_index.track_of, self.counters)
        self._own: dict[RecordKey, LapRecord] = {}
        self._recordings: dict[bytes, bytes] = {}
        self._ghosts = Ghosts(circuit_index.track_of)
        self._key: RecordKey | None = None  # what we drive in just now
        self._gossip = Gossip(self.board, self.is_wanted, self.counters)
        self._kept: KeptRecords | None = kept
        self._unshared: list[bytes] = []  # recordings
        self._restore_records()

    # --- what comes in ------------------------------------------------------------------------

    def is_wanted(self, record: LapRecord) -> bool:
        """Tell whether the recording of a claimed record is worth fetching; checks who signed."""
        if not is_comparable(record) or self._circuit_index.name_of(record.circuit) is None:
            return False
        if not self.board.takes(record) or not self._verifier.trusts(record.driver):
            return False
        if not is_authentic(record, self._signer.verify):
            self.counters.forged += 1
            return False
        return True

    def on_claim(self, record: LapRecord, packed: bytes) -> None:
        """Take a record that is wanted, with its recording: it will be driven again."""
        if self.board.takes(record):  # another may have come first
            self._verifier.offer(record, packed)

    def on_fact(self, node: NodeId, fact: BestLap | BoardKept) -> list[Command]:
        """Take what a member says of records."""
        return self._gossip.on_fact(node, fact)

    def on_content(self, event: ContentArrived) -> None:
        """Take a recording or a board that we asked for."""
        for record in self._gossip.on_content(event.digest, event.content):
            self.on_claim(record, event.content)

    def on_circuit(self) -> None:
        """Note that a circuit has come: there may be records on it."""
        self._gossip.on_circuit()

    def recording(self, digest: bytes) -> bytes | None:
        """Return the recording of this digest, if we have it."""
        return self._recordings.get(digest)

    # --- time ---------------------------------------------------------------------------------

    def on_tick(
        self, local_race: LocalRace | None, *, racing: bool, turn: int | None = None
    ) -> BookStep:
        """Note how we drive, and drive on whatever is to be driven again.

        Args:
            racing: others wait for our car, so less time is taken, and only for its circuit.
            turn: how many members tell of their boards before we do; None: nobody does just now.
        """
        self._restore_records()
        commands: list[Command] = [Share(packed) for packed in self._unshared]
        self._unshared.clear()
        lines: list[str] = []
        if local_race is not None:
            own = self._collect_own_lap(local_race)
            commands.extend(own.commands)
            lines.extend(own.lines)
        only = (self._raced_circuit(local_race) or b"") if racing else None
        waiting = self._verifier.waiting

        def hungry(record: LapRecord) -> bool:
            return waiting < _QUEUE if only is None else record.circuit == only

        commands.extend(self._gossip.on_tick(None if waiting else turn, hungry))
        ticks = REPLAY_TICKS_RACING if racing else REPLAY_TICKS_IDLE
        wanted = [record for _, record in self._ghost_records()]
        if not self._ghosts.advance(ticks, wanted, self._recordings.get):
            checked = self._verify(ticks, only)
            commands.extend(checked.commands)
            lines.extend(checked.lines)
        return BookStep(tuple(commands), tuple(lines))

    def _verify(self, ticks: int, only: bytes | None) -> BookStep:
        """Drive a claim on; what has passed is kept."""
        verification = self._verifier.advance(ticks, only)
        match verification:
            case Passed(record=record, packed=packed):
                return self._accept_record(record, packed)
            case Failed(record=record, fault=fault):
                text = f"{record.name}'s record of {time_text(record.ms)} does not count: {fault}"
                told = Disbelieved(record.driver, record.name, "record", "untrue", 1, text)
                return BookStep((Report(told),), (text,))
            case None:
                return BookStep()
            case _:
                assert_never(verification)

    def _raced_circuit(self, local_race: LocalRace | None) -> Digest | None:
        if local_race is None:
            return None
        return self._circuit_content(local_race.track.name, local_race.race.setup.content)

    def _restore_records(self) -> None:
        """Take what was kept, once it has been read."""
        kept = None if self._kept is None else self._kept()
        if kept is not None:
            self._kept = None
            for record, packed in kept:
                self._keep_record(record, packed)
            self._gossip.on_change()
            self._unshared = list(self._recordings.values())

    def _collect_own_lap(self, local_race: LocalRace) -> BookStep:
        own_car, circuit = local_race.own_car, self._raced_circuit(local_race)
        if own_car is None or circuit is None or own_car.spec not in CARS:
            self._key = None
            return BookStep()
        self._key = (circuit, CARS.index(own_car.spec))
        recorder = own_car.recorder
        if recorder is None:
            recorder = LapRecorder(self._key[1], circuit)
            own_car.record(recorder)
        lap = recorder.take()
        if lap is None or not self._enters:
            return BookStep()
        return self._record_own_lap(lap, self._key)

    def _record_own_lap(self, lap: DrivenLap, key: RecordKey) -> BookStep:
        """Make a record of a lap of our own, if we were never as fast."""
        before = self._own.get(key)
        if before is not None and before.ms <= lap.lap_ms:
            return BookStep()
        try:
            packed = pack_recording(lap.recording)
        except RecordingError:
            return BookStep()  # too long; nobody would take it
        record = make_record(key, lap.lap_ms, self._name, packed, self._signer)
        self._ghosts.keep(record.recording, lap.trail)
        step = self._accept_record(record, packed)
        if record not in self.board.rows(key):
            return step
        return BookStep((*step.commands, *self._gossip.tell(record)), step.lines)

    def _accept_record(self, record: LapRecord, packed: bytes) -> BookStep:
        """Keep a record that is true, and tell of it."""
        before = {*self.board.records(), *self._own.values()}
        first = self.board.best(record.competes_in)
        stands = self._keep_record(record, packed)
        after = {*self.board.records(), *self._own.values()}
        commands: list[Command] = []
        if record in after:
            commands.extend((Report(SaveRecord(record, packed)), Share(packed)))
        for beaten in sorted(before - after, key=lambda each: each.rank):
            self._recordings.pop(beaten.recording, None)
            commands.append(Report(DropRecord(beaten)))
        if stands:
            self._gossip.on_change()
            commands.append(Report(self._seen_report(record)))
        return BookStep(tuple(commands), self._lines_about(record, first))

    def _lines_about(self, record: LapRecord, first: LapRecord | None) -> tuple[str, ...]:
        """Tell a person of a lap that concerns the race that is on. `first` was best before."""
        mine = record.key == self._signer.key
        if self._key is None or record.circuit != self._key[0]:
            return ()
        if self.board.best(record.competes_in) == record and not (mine and first is None):
            return (f"Record by {record.name}: {time_text(record.ms)}",)
        return (f"Your best lap: {time_text(record.ms)}",) if mine else ()

    def _keep_record(self, record: LapRecord, packed: bytes) -> bool:
        """Take a record onto the board, or as our own; tell whether it is on the board."""
        key = record.competes_in
        mine = self._own.get(key)
        if record.key == self._signer.key and (mine is None or record.rank < mine.rank):
            self._own[key] = record
        stands = self.board.add(record)
        if stands or self._own.get(key) == record:
            self._recordings[record.recording] = packed
        return stands

    def _seen_report(self, record: LapRecord) -> RecordSeen:
        track = self._circuit_index.name_of(record.circuit) or record.circuit.hex()
        return RecordSeen(track, CARS[record.car].key, record.driver, record.name, record.ms)

    def _circuit_content(self, track: str, content: Digest | None) -> Digest | None:
        """Return the content of a circuit: as the room names it, or of ours by that name."""
        return self._circuit_index.digest_of(track) if content is None else content

    # --- ghosts -------------------------------------------------------------------------------

    def _ghost_records(self) -> list[tuple[str, LapRecord]]:
        """Return whose ghosts drive with us: our own best, and the LAN's if it is another's."""
        if self._key is None:
            return []
        own, best = self._own.get(self._key), self.board.best(self._key)
        shown = [] if own is None else [("own", own)]
        if best is not None and best != own:
            shown.append(("best", best))
        return shown

    # --- showing ------------------------------------------------------------------------------

    def rows(self, track: str, content: Digest | None = None) -> tuple[RecordView, ...]:
        """Return the board of a circuit, car by car, best first. Without `content`: of ours."""
        circuit = self._circuit_content(track, content)
        if circuit is None:
            return ()
        return tuple(
            RecordView(place, car, row.name, row.ms, row.day, row.key == self._signer.key)
            for car in range(len(CARS))
            for place, row in enumerate(self.board.rows((circuit, car)), start=1)
        )

    def ghosts(self, local_race: LocalRace | None) -> tuple[GhostView, ...]:
        """Return the ghosts beside our car: each as far into its lap as we are into ours."""
        own_car = None if local_race is None else local_race.own_car
        recorder = None if own_car is None else own_car.recorder
        if own_car is None or recorder is None or recorder.crossed is None or own_car.finished:
            return ()
        ticks = own_car.tick - recorder.crossed
        shown = (self._ghosts.view(kind, record, ticks) for kind, record in self._ghost_records())
        return tuple(ghost for ghost in shown if ghost is not None)
