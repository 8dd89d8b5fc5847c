"""The best laps that a profile knows, as the window shows them; read beside the picture."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Thread
from typing import TYPE_CHECKING, Final, final

from racer.app.circuits.digests import circuit_ids
from racer.app.circuits.known_names import known_names
from racer.app.record_store import FOLDER, read_records
from racer.app.window.ports import RecordRow
from racer.play.records.leaderboard import Leaderboard

if TYPE_CHECKING:
    from pathlib import Path

    from net import NodeId
    from racer.play.room.lap_record import LapRecord

EPOCH: Final = date(1970, 1, 1)


@final
class RecordReader:
    """Begins to read at once, in a thread: each record's signature is checked.

    Args:
        profile: its folder.
        me: this node; its laps are its own.
    """

    def __init__(self, profile: Path, me: NodeId) -> None:
        self.rows: tuple[RecordRow, ...] | None = None  # None: they are still being read
        self.left_out: tuple[str, ...] = ()
        self._folder = profile / FOLDER
        self._me = me
        Thread(target=self._read_board, name="best laps", daemon=True).start()

    def _read_board(self) -> None:
        read = read_records(self._folder)
        board = Leaderboard(record for record, _ in read.kept)
        records = board.records()
        names, here = known_names(record.circuit for record in records), circuit_ids()
        places: dict[tuple[bytes, int], int] = {}
        rows = []
        for record in sorted(records, key=lambda each: each.rank):
            place = places[record.competes_in] = places.get(record.competes_in, 0) + 1
            name = names.get(record.circuit, "")
            rows.append(self._row_of(record, place, name, here.get(name) == record.circuit))
        self.left_out = read.left_out()
        self.rows = tuple(rows)

    def _row_of(self, record: LapRecord, place: int, track: str, here: bool) -> RecordRow:
        return RecordRow(
            circuit=record.circuit.hex(),
            track=track,
            here=here,
            car=record.car,
            place=place,
            name=record.name,
            ms=record.ms,
            day=(EPOCH + timedelta(days=record.day)).isoformat(),
            mine=record.driver == self._me,
        )
