"""Scrutineering: a record that somebody claims is driven again before it is believed.

A lap takes a tenth of a second to drive again and more, so a tick of the node drives a small part
of one. Claims wait in a bounded queue; who claimed what was not true is not heard again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias, final

from net import Counters, NodeId, loss
from racer.core.circuits.track import Track
from racer.core.recordings.lap_replay import Replay, Trail
from racer.core.recordings.recording import Recording, RecordingError, unpack_recording
from racer.play.room.lap_record import LapRecord, has_recording

WAITING_MAX: Final = 64
"""Claims that wait: with 32 kB each, 2 MB. The board of a newcomer is asked for in parts."""

CIRCUIT_WAIT_CALLS: Final = 600
"""A claim waits so often for its circuit, ten seconds, before the next has its turn: so circuits
are read one after the other."""

LIARS_MAX: Final = 1024
"""Who are remembered; a key costs nothing, so this only keeps the table small."""

FindTrack: TypeAlias = Callable[[bytes], Track | None]
"""Returns the circuit of a content id; asking may be what brings it, some ticks later."""


@dataclass(frozen=True, slots=True)
class Passed:
    """The record is true."""

    record: LapRecord
    packed: bytes
    trail: Trail


@dataclass(frozen=True, slots=True)
class Failed:
    """It is not, and its driver signed it."""

    record: LapRecord
    fault: str


Verification: TypeAlias = Passed | Failed


@dataclass(slots=True)
class RecordCounters(Counters):
    """Records of others that were not believed."""

    part: ClassVar[str] = "records"
    forged: int = 0  # that their driver did not sign
    untrue: int = 0  # that it signed, and the recording does not bear out
    crowded: int = loss()  # claims for which there was no room, or none left of who told of them


@final
class RecordVerifier:
    """Judges one claim at a time, in the order in which they came."""

    def __init__(self, find: FindTrack, counters: RecordCounters) -> None:
        self.counters = counters
        self._find = find
        self._waiting: deque[tuple[LapRecord, bytes]] = deque()
        self._replay: Replay | None = None
        self._read: tuple[LapRecord, Recording] | None = None  # of the first: read once, it waits
        self._lacked = 0  # for how many calls the circuit of the first was not there
        self._liars: dict[NodeId, None] = {}

    @property
    def waiting(self) -> int:
        """How many claims wait."""
        return len(self._waiting)

    def trusts(self, driver: NodeId) -> bool:
        """Tell whether a driver has not been caught yet."""
        return driver not in self._liars

    def offer(self, record: LapRecord, packed: bytes) -> None:
        """Take a claim whose signature was checked, with the bytes that should bear it out."""
        if not has_recording(record, packed) or not self.trusts(record.driver):
            return
        if len(self._waiting) >= WAITING_MAX:
            self.counters.crowded += 1
            return
        self._waiting.append((record, packed))

    def advance(self, ticks: int, only: bytes | None = None) -> Verification | None:
        """Drive so many ticks of the claim whose turn it is; return the verdict once it is due.

        Args:
            only: begin none on another circuit than this: to read one takes a core for a while.
        """
        if self._replay is None and only is not None and not self._move_to_front(only):
            return None
        if not self._waiting:
            return None
        record, packed = self._waiting[0]
        if not self.trusts(record.driver):
            self._waiting.popleft()
            return None
        if self._replay is None:
            return self._begin_replay(record, packed)
        self._replay.advance(ticks)
        if not self._replay.done:
            return None
        replay, self._replay = self._replay, None
        self._waiting.popleft()
        if replay.lap_ms == record.ms:
            return Passed(record, packed, replay.trail)
        return self._fail_claim(record, replay.fault or f"it takes {replay.lap_ms} ms")

    def _begin_replay(self, record: LapRecord, packed: bytes) -> Verification | None:
        if self._read is None or self._read[0] is not record:
            try:
                self._read = (record, unpack_recording(packed))
            except RecordingError as error:
                self._waiting.popleft()
                return self._fail_claim(record, str(error))
        recording = self._read[1]
        if (recording.circuit, recording.car, recording.physics) != (
            *record.competes_in,
            record.physics,
        ):
            self._waiting.popleft()
            return self._fail_claim(record, "its recording is of another circuit or car")
        track = self._find(record.circuit)
        self._lacked = self._lacked + 1 if track is None else 0
        if track is not None:
            self._replay, self._read = Replay(recording, track), None
        elif self._lacked >= CIRCUIT_WAIT_CALLS:  # it may come; meanwhile others have their turn
            self._lacked = 0
            self._waiting.rotate(-1)
        return None

    def _move_to_front(self, circuit: bytes) -> bool:
        """Put the first claim on a circuit at the head; tell whether there is one."""
        found = next((claim for claim in self._waiting if claim[0].circuit == circuit), None)
        if found is None:
            return False
        self._waiting.remove(found)
        self._waiting.appendleft(found)
        return True

    def _fail_claim(self, record: LapRecord, fault: str) -> Failed:
        self.counters.untrue += 1
        if len(self._liars) < LIARS_MAX:
            self._liars[record.driver] = None
        return Failed(record, fault)
