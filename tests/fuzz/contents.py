"""What peers share by digest, and what else is read besides datagrams: each a target."""

from __future__ import annotations

import json
from typing import Any, Final

from net import Dot, Order, WireError
from net.cluster.checkpoint import keep, read_checkpoint
from net.cluster.snapshot import decode_snapshot
from racer.app.doctor.consultation import (
    ClockAnswer,
    ClockQuestion,
    PortTrial,
    PortTrialWanted,
    decode_said,
    encode_said,
)
from racer.core.circuits.importing import read_survey
from racer.core.circuits.track import TrackError
from racer.core.recordings.recording import RecordingError, pack_recording, unpack_recording
from racer.play.room.facts import Facts
from racer.play.room.fold import RoomAndFacts, pack_fold, read_fold
from racer.play.room.folding import fold_room
from racer.play.room.lap_record import decode_records, encode_records
from racer.play.room.messages import Claim, LapTime, Lease, LobbyEntry, Removal, Said
from racer.play.room.room import Room
from tests.core.test_importing import eight
from tests.core.test_recording import LAP
from tests.fuzz.target import Target, text_of
from tests.play.rooms import ADA, BEN, CLEO, DAN, convict, operation, racing
from tests.play.test_lap_record import record
from tests.vectors.files import path_of


def _vector(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path_of(name).read_text(encoding="utf-8"))
    return told


def _parse_fold(data: bytes) -> object:
    fold = read_fold(data)
    if fold is None:
        return None
    room, facts = Room.begin_from(fold.room), Facts()
    facts.begin_from(fold.facts, room)
    kept = RoomAndFacts(room.fold(facts.lines), facts.fold(room))
    assert read_fold(pack_fold(kept)) == kept
    return kept


def _folds() -> list[bytes]:
    log = racing(ADA, BEN, CLEO)
    said = [
        operation(ADA, 1, LobbyEntry("ada", bot=False, car=1), 1),
        operation(ADA, 2, LapTime(log.race_id, 1, 30_000, 30_000), 30_000_000),
        operation(BEN, 1, Claim(log.race_id, 0, 0, 20_000), 20_000_000),
        operation(BEN, 2, Said("hello"), 41_000_000),
    ]
    log.append(Lease(log.race_id, 2, 1, ADA, b"place"))
    log.append(Order(said[3].dot))
    log.append(convict(CLEO))
    log.append(Removal(DAN, (Dot(ADA, 1, 7), Dot(BEN, 1, 7))))
    return [fold_room(b"", log.decrees, said), fold_room(b"", log.decrees[:3], said[:1])]


def _parse_checkpoint(data: bytes) -> object:
    kept = read_checkpoint(data)
    assert keep(kept.content).content == kept.content
    return kept


def _snapshots() -> list[bytes]:
    return [bytes.fromhex(_vector("checkpoint")["snapshot"]["content"])]


CONTENTS: Final = (
    Target("fold", _parse_fold, (), _folds),
    Target(
        "checkpoint",
        _parse_checkpoint,
        (WireError,),
        lambda: [bytes.fromhex(_vector("checkpoint")["checkpoint"])],
        4000,
    ),
    Target(
        "snapshot",
        lambda data: decode_snapshot(data, b"lineage!", None, 0),
        (WireError,),
        _snapshots,
        4000,
    ),
    Target(
        "recording",
        unpack_recording,
        (RecordingError,),
        lambda: [pack_recording(LAP)],
        4000,
    ),
    Target(
        "records", decode_records, (), lambda: [encode_records((record(1, 9000), record(2, 9100)))]
    ),
    Target(
        "doctor",
        decode_said,
        (WireError,),
        lambda: [
            encode_said(each)
            for each in (
                ClockQuestion(7),
                ClockAnswer(7, 10**18, 3),
                PortTrialWanted(7, 9),
                PortTrial(7),
            )
        ],
    ),
    Target(
        "survey",
        lambda data: read_survey(text_of(data)),
        (TrackError,),
        lambda: [eight(60).encode()],
        4000,
    ),
)
