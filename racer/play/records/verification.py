"""Scrutineering: a record that somebody claims is driven again before it is believed.

A lap takes a tenth of a second to drive again and more, so a tick of the node drives a small part
of one. Claims wait in a bounded queue; who claimed what was not true is not heard again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias, final

from net import Counters, Digest, NodeId, Recent, loss
from racer.core.circuits.track import Track
from racer.core.recordings.lap_replay import Replay, Trail
from racer.core.recordings.recording import Recording, RecordingError, unpack_recording
from racer.play.room.lap_record import LapRecord, RecordKey, has_recording

WAITING_MAX: Final = 64
"""Recordings that wait, with 32 kB each 2 MB; and of each, so many who claim it. The board of a
newcomer is asked for in parts."""

DRIVEN_KEPT: Final = 8
"""Recordings that were driven last are not driven anew for who else claims them."""

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


@dataclass(slots=True)
class _Claimed:
    """One recording, and all who claim that it shows the same."""

    packed: bytes
    records: list[LapRecord]


@dataclass(frozen=True, slots=True)
class _Driven:
    """What came of a recording that was driven again."""

    lap_ms: int | None
    fault: str | None
    trail: Trail


_Key: TypeAlias = tuple[Digest, RecordKey, int]  # recording, what it competes in, and physics


@final
class RecordVerifier:
    """Drives one recording at a time, in the order in which they came, and each but once.

    A key costs nothing: who has a recording can claim it under any number of them.
    """

    def __init__(self, find: FindTrack, counters: RecordCounters) -> None:
        self.counters = counters
        self._find = find
        self._waiting: dict[_Key, _Claimed] = {}  # the first has its turn
        self._driven: Recent[_Key, _Driven] = Recent(DRIVEN_KEPT)
        self._verdicts: deque[Verification] = deque()  # that were not told yet
        self._replay: Replay | None = None
        self._read: tuple[_Key, Recording] | None = None  # of the first: read once, it waits
        self._lacked = 0  # for how many calls the circuit of the first was not there
        self._liars: dict[NodeId, None] = {}

    @property
    def waiting(self) -> int:
        """How many recordings wait."""
        return len(self._waiting)

    def trusts(self, driver: NodeId) -> bool:
        """Tell whether a driver has not been caught yet."""
        return driver not in self._liars

    def offer(self, record: LapRecord, packed: bytes) -> None:
        """Take a claim whose signature was checked, with the bytes that should bear it out."""
        if not has_recording(record, packed) or not self.trusts(record.driver):
            return
        key = (record.recording, record.competes_in, record.physics)
        driven, claimed = self._driven.get(key), self._waiting.get(key)
        if driven is not None and len(self._verdicts) < WAITING_MAX:
            self._verdicts.append(self._compare(record, packed, driven))
        elif claimed is not None and len(claimed.records) < WAITING_MAX:
            claimed.records.append(record)
        elif driven is None and claimed is None and len(self._waiting) < WAITING_MAX:
            self._waiting[key] = _Claimed(packed, [record])
        else:
            self.counters.crowded += 1

    def advance(self, ticks: int, only: bytes | None = None) -> Verification | None:
        """Drive so many ticks of the recording whose turn it is; return a verdict that is due.

        Args:
            only: begin none on another circuit than this: to read one takes a core for a while.
        """
        if self._verdicts:
            return self._verdicts.popleft()
        if self._replay is None and only is not None and not self._move_to_front(only):
            return None
        key = next(iter(self._waiting), None)
        if key is None:
            return None
        if self._replay is None:
            self._begin_replay(key, self._waiting[key])
        else:
            self._replay.advance(ticks)
            if self._replay.done:
                replay, self._replay = self._replay, None
                self._settle(key, _Driven(replay.lap_ms, replay.fault, replay.trail))
        return self._verdicts.popleft() if self._verdicts else None

    def _begin_replay(self, key: _Key, claimed: _Claimed) -> None:
        claimed.records = [each for each in claimed.records if self.trusts(each.driver)]
        if not claimed.records:
            del self._waiting[key]
            return
        _, (circuit, car), physics = key
        if self._read is None or self._read[0] != key:
            try:
                self._read = (key, unpack_recording(claimed.packed))
            except RecordingError as error:
                self._settle(key, _Driven(None, str(error), Trail(0.0)))
                return
        recording = self._read[1]
        if (recording.circuit, recording.car, recording.physics) != (circuit, car, physics):
            fault = "its recording is of another circuit or car"
            self._settle(key, _Driven(None, fault, Trail(0.0)))
            return
        track = self._find(circuit)
        self._lacked = self._lacked + 1 if track is None else 0
        if track is not None:
            self._replay, self._read = Replay(recording, track), None
        elif self._lacked >= CIRCUIT_WAIT_CALLS:  # it may come; meanwhile others have their turn
            self._lacked = 0
            self._waiting[key] = self._waiting.pop(key)

    def _settle(self, key: _Key, driven: _Driven) -> None:
        """Judge all who claim a recording that was driven."""
        claimed = self._waiting.pop(key)
        self._driven.note(key, driven)
        for record in claimed.records:
            if self.trusts(record.driver):
                self._verdicts.append(self._compare(record, claimed.packed, driven))

    def _compare(self, record: LapRecord, packed: bytes, driven: _Driven) -> Verification:
        if driven.lap_ms == record.ms:
            return Passed(record, packed, driven.trail)
        return self._fail_claim(record, driven.fault or f"it takes {driven.lap_ms} ms")

    def _move_to_front(self, circuit: bytes) -> bool:
        """Put the first recording on a circuit at the head; tell whether there is one."""
        found = next((key for key in self._waiting if key[1][0] == circuit), None)
        if found is None:
            return False
        self._waiting = {found: self._waiting.pop(found), **self._waiting}
        return True

    def _fail_claim(self, record: LapRecord, fault: str) -> Failed:
        self.counters.untrue += 1
        if len(self._liars) < LIARS_MAX:
            self._liars[record.driver] = None
        return Failed(record, fault)
