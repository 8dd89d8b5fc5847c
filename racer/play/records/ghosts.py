"""Ghosts: recorded laps driven once more, to be shown beside the car."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, final

from net import Recent
from racer.core.circuits.track import Track
from racer.core.recordings.lap_replay import Replay, Trail
from racer.core.recordings.recording import RecordingError, unpack_recording
from racer.play.room.lap_record import LapRecord
from racer.play.view import GhostView, Pose

_TRAILS_MAX: Final = 4  # of ghosts that are or were just shown: 100 kB for each minute


@final
class Ghosts:
    """Keeps the trails of a few records, each driven some ticks at a time.

    Args:
        track_of: returns a circuit by its content; asking for it may be what brings it.
    """

    def __init__(self, track_of: Callable[[bytes], Track | None]) -> None:
        self._track_of = track_of
        self._trails: Recent[bytes, Trail] = Recent(_TRAILS_MAX)  # by recording
        self._replay: tuple[bytes, Replay] | None = None  # under way

    def keep(self, recording: bytes, trail: Trail) -> None:
        """Take a trail that is known already. The oldest goes first."""
        self._trails.note(recording, trail)

    def advance(
        self,
        ticks: int,
        wanted: Sequence[LapRecord],
        packed_of: Callable[[bytes], bytes | None],
    ) -> bool:
        """Drive on the next wanted ghost that has no trail yet; tell whether there was one."""
        if self._replay is None:
            self._replay = self._next_replay(wanted, packed_of)
        if self._replay is None:
            return False
        recording, replay = self._replay
        replay.advance(ticks)
        if replay.done:
            self._replay = None
            self.keep(recording, replay.trail)
        return True

    def _next_replay(
        self, wanted: Sequence[LapRecord], packed_of: Callable[[bytes], bytes | None]
    ) -> tuple[bytes, Replay] | None:
        for record in wanted:
            if record.recording in self._trails:
                continue
            track, packed = self._track_of(record.circuit), packed_of(record.recording)
            if track is None or packed is None:
                continue
            try:
                return record.recording, Replay(unpack_recording(packed), track)
            except RecordingError:  # kept by a racer that knew another format
                self.keep(record.recording, Trail(0.0))
        return None

    def view(self, kind: str, record: LapRecord, ticks: float) -> GhostView | None:
        """Return a ghost so far into its lap, if its trail is there and goes so far."""
        trail = self._trails.get(record.recording)
        pose = None if trail is None else trail.pose_at(ticks)
        if trail is None or pose is None:
            return None
        before = trail.pose_at(ticks - 1.0) or pose
        return GhostView(kind, record.name, record.car, record.ms, Pose(*pose), Pose(*before))
