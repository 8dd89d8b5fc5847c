"""`racer records`: the record board as this machine has it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from net import UsageError, short
from racer.app.circuits.known_names import known_names
from racer.app.options import profiles
from racer.app.record_store import FOLDER, KeptFiles, read_records
from racer.app.terminal import complain
from racer.core.rules.results import time_text
from racer.core.tuning import CARS
from racer.play.records.leaderboard import Leaderboard
from racer.play.room.lap_record import LapRecord

_EPOCH: Final = date(1970, 1, 1)


def show_records(profile: Path | None, track: str | None, *, as_json: bool) -> int:
    """Print the records of one profile, or of all of this person. Returns the exit status.

    May be called while races are on.

    Raises:
        UsageError: the profile is no folder that can be read.
    """
    if profile is not None:
        _require_folder(profile)
    board, read_all = Leaderboard(), KeptFiles()
    for directory in [profile] if profile is not None else profiles():
        read = read_records(directory / FOLDER)
        read_all.damaged += read.damaged
        read_all.other_physics += read.other_physics
        read_all.unread += read.unread
        for record, _ in read.kept:
            board.add(record)
    names = known_names(record.circuit for record in board.records())
    shown = [each for each in board.records() if track in {None, names.get(each.circuit)}]
    shown.sort(key=lambda each: (names.get(each.circuit, ""), each.circuit, each.car, each.rank))
    places: dict[tuple[bytes, int], int] = {}
    for record in shown:
        place = places[record.competes_in] = places.get(record.competes_in, 0) + 1
        name = names.get(record.circuit, record.circuit.hex()[:8])
        print(_as_json(place, name, record) if as_json else _as_text(place, name, record))
    if read_all.damaged:
        complain(f"{read_all.damaged} damaged records left out")
    for line in read_all.left_out():
        complain(line)
    if not shown:
        complain("no records yet: drive two laps in a row")
    return 0


def _require_folder(profile: Path) -> None:
    try:
        next(profile.iterdir(), None)
    except OSError as error:
        raise UsageError(f"{profile}: cannot be read: {error.strerror}") from None


def _as_json(place: int, track: str, record: LapRecord) -> str:
    found = {
        "track": track,
        "car": _car_key(record),
        "place": place,
        "ms": record.ms,
        "name": record.name,
        "node": short(record.driver),
        "day": _day_text(record),
    }
    return json.dumps(found, ensure_ascii=False)


def _as_text(place: int, track: str, record: LapRecord) -> str:
    head = f"{track} {_car_key(record)}" if place == 1 else ""
    return f"{head:<28} {place}. {time_text(record.ms)}  {record.name:<20}  {_day_text(record)}"


def _car_key(record: LapRecord) -> str:
    return CARS[record.car].key if record.car < len(CARS) else str(record.car)


def _day_text(record: LapRecord) -> str:
    return (_EPOCH + timedelta(days=record.day)).isoformat()
