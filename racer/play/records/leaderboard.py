"""The record board: the best laps of each circuit and car, by different drivers."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final, final

from net import NodeId
from racer.play.room.lap_record import LapRecord, RecordKey, encode_records

ROWS_MAX: Final = 5
"""Drivers on the board of one circuit and car: what a lobby can list beside the rest."""

KEYS_MAX: Final = 256
"""Circuits and cars together: eighty circuits with three cars each, and 7 MB of recordings."""


@final
class Leaderboard:
    """Grows towards the best. Equal records make equal boards, in whatever order they came.

    Of each key it holds the best record of each driver, and of those the first ROWS_MAX. What
    falls off could never come back, so joining boards is commutative, associative, idempotent:
    nodes that hear of the same records end with the same board. (Beyond KEYS_MAX that ends.)
    """

    def __init__(self, records: Iterable[LapRecord] = ()) -> None:
        self._rows: dict[RecordKey, tuple[LapRecord, ...]] = {}
        for record in records:
            self.add(record)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Leaderboard) and self._rows == other._rows

    __hash__ = None  # type: ignore[assignment]

    def add(self, record: LapRecord) -> bool:
        """Take a record that is believed. Returns whether the board has changed."""
        key = record.competes_in
        before = self._rows.get(key, ())
        if not before and len(self._rows) >= KEYS_MAX:
            return False
        best: dict[NodeId, LapRecord] = {}
        for each in sorted((*before, record), key=lambda each: each.rank):
            best.setdefault(each.driver, each)
        after = tuple(best.values())[:ROWS_MAX]
        self._rows[key] = after
        return after != before

    def takes(self, record: LapRecord) -> bool:
        """Tell whether it would change the board."""
        key = record.competes_in
        rows = self._rows.get(key, ())
        if not rows:
            return len(self._rows) < KEYS_MAX
        same = [row for row in rows if row.driver == record.driver]
        rivals = same or (rows[-1:] if len(rows) == ROWS_MAX else ())
        return all(record.rank < rival.rank for rival in rivals)

    def rows(self, key: RecordKey) -> tuple[LapRecord, ...]:
        """Return the records of a circuit and car, best first."""
        return self._rows.get(key, ())

    def best(self, key: RecordKey) -> LapRecord | None:
        rows = self.rows(key)
        return rows[0] if rows else None

    def records(self) -> tuple[LapRecord, ...]:
        """Return all records, by circuit, car and rank."""
        return tuple(record for _, rows in sorted(self._rows.items()) for record in rows)

    def join(self, other: Leaderboard) -> None:
        """Take all records of another board that is believed."""
        for record in other.records():
            self.add(record)

    def digest(self) -> bytes:
        """Return what boards that are equal share, and no others."""
        return blake2b(encode_records(self.records()), digest_size=32).digest()
