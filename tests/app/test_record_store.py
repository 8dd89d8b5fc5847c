from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from racer.app import record_store as recordstore
from racer.app.circuits.digests import circuit_ids
from racer.app.commands import cli
from racer.app.player.record_reader import RecordReader
from racer.app.record_store import FOLDER, RecordStore, read_records
from racer.core.tuning import PHYSICS_VERSION
from racer.play.records.record_book import DropRecord, SaveRecord
from racer.play.room import lap_record as records
from racer.play.room.lap_record import make_record
from tests.play.laps import signer
from tests.waiting import until

if TYPE_CHECKING:
    from racer.app.record_store import KeptRecord

DRIVER = signer(3)
PACKED = b"a recording, that nobody drives again here"


def kept(ms: int = 31_240, track: str = "dockyard", car: int = 1) -> KeptRecord:
    return make_record((circuit_ids()[track], car), ms, "ada", PACKED, DRIVER), PACKED


def store_with(profile: Path, *all_kept: KeptRecord) -> list[Path]:
    store = RecordStore(profile)
    for record, packed in all_kept:
        store.save(SaveRecord(record, packed))
    store.close()
    assert store.error is None
    return sorted((profile / FOLDER).iterdir())


def loaded(profile: Path) -> tuple[tuple[KeptRecord, ...], int]:
    store = RecordStore(profile)
    kept = store.load()
    store.close()
    found = kept()
    assert found is not None
    return tuple(found), store.counters.damaged


def test_what_was_saved_is_there_the_next_time(tmp_path: Path) -> None:
    store_with(tmp_path, kept(1), kept(2))
    found, damaged = loaded(tmp_path)
    assert set(found) == {kept(1), kept(2)}
    assert damaged == 0


def test_what_was_dropped_is_gone(tmp_path: Path) -> None:
    store_with(tmp_path, kept(1), kept(2))
    store = RecordStore(tmp_path)
    store.save(DropRecord(kept(1)[0]))
    store.save(DropRecord(kept(3)[0]))  # never was there
    store.close()
    assert store.error is None
    assert loaded(tmp_path)[0] == (kept(2),)


def test_a_profile_without_records_is_one(tmp_path: Path) -> None:
    assert loaded(tmp_path / "nowhere") == ((), 0)


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "huge", "text"])
def test_a_damaged_record_is_dropped_and_counted(tmp_path: Path, damage: str) -> None:
    path, *_ = store_with(tmp_path, kept(1), kept(2))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    content = {
        "cut": path.read_bytes()[:100],
        "flip": bytes(data),
        "empty": b"",
        "huge": bytes(100_000),
        "text": "grüße".encode(),
    }[damage]
    path.write_bytes(content)
    found, damaged = loaded(tmp_path)
    assert len(found) == 1
    assert damaged == 1
    assert not path.exists()
    assert loaded(tmp_path) == (found, 0)


def test_a_record_that_its_driver_did_not_sign_is_damaged(tmp_path: Path) -> None:
    store_with(tmp_path, kept())
    read = read_records(tmp_path / FOLDER, lambda *_: False)
    assert (read.kept, read.damaged, len(read.useless)) == ([], 1, 1)


@pytest.mark.parametrize("later", [1, -1])
def test_records_of_other_physics_stay_and_are_named(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    later: int,
) -> None:
    (path,) = store_with(tmp_path, kept())
    for module in (records, recordstore):
        monkeypatch.setattr(module, "PHYSICS_VERSION", PHYSICS_VERSION + later)
    assert cli.main(["records", "--profile", str(tmp_path)]) == 0
    told = f"1 lap of physics {PHYSICS_VERSION} kept, but not shown: this is physics"
    assert told in capsys.readouterr().err
    assert loaded(tmp_path) == ((), 0)
    assert path.exists()
    reader = RecordReader(tmp_path, bytes(16))
    until(lambda: reader.rows is not None, "the board")
    assert reader.left_out[0].startswith(told)


def test_records_of_other_physics_stay_whoever_reads_them() -> None:
    with TemporaryDirectory() as folder, patch.object(records, "PHYSICS_VERSION", 999):
        (path,) = store_with(Path(folder), kept())
        with patch.object(records, "PHYSICS_VERSION", 1000):
            assert loaded(Path(folder)) == ((), 0)
        assert path.exists()
        assert loaded(Path(folder)) == ((kept(),), 0)


def test_older_files_crowd_out_none_of_those_written_last() -> None:
    with TemporaryDirectory() as folder:
        last, *_ = store_with(Path(folder), *(kept(ms) for ms in range(1, 5)))[::-1]
        for path in last.parent.iterdir():
            os.utime(path, ns=(0, path == last))
        with patch.object(recordstore, "FILES_MAX", 1):
            read = read_records(last.parent)
        (only,) = read.kept
        assert recordstore._file_name(only[0]) == last.stem
        assert read.unread == 3
        assert read.left_out() == ("3 older files kept, but not read: there are over 1536",)


def test_a_disk_that_fails_is_noted_and_nothing_more(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder should be")
    store = RecordStore(tmp_path)
    store.save(SaveRecord(*kept()))
    store.close()
    assert store.error is not None
    assert loaded(tmp_path) == ((), 0)


# --- the command ------------------------------------------------------------------------------


def test_the_board_is_listed_best_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = make_record((circuit_ids()["dockyard"], 1), 30_000, "ben", PACKED, signer(4))
    store_with(tmp_path, kept(), (other, PACKED), kept(60_001, "harbour-ring"))
    assert cli.main(["records", "--profile", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-3] for line in lines] == ["0:30.000", "0:31.240", "1:00.001"]
    assert lines[0].startswith("dockyard kestrel")
    assert "2024-10-04" in lines[0]


def test_the_board_of_one_circuit_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store_with(tmp_path, kept(), kept(60_001, "harbour-ring"))
    arguments = ["records", "--track", "dockyard", "--json", "--profile", str(tmp_path)]
    assert cli.main(arguments) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert found["track"] == "dockyard"
    assert (found["car"], found["place"], found["ms"]) == ("kestrel", 1, 31_240)
    assert found["name"] == "ada"


def test_damage_is_told_and_is_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = store_with(tmp_path, kept())
    path.write_bytes(b"what?")
    assert cli.main(["records", "--profile", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "1 damaged" in said.err
    assert path.exists()  # only whoever holds the profile removes anything


def test_ids_of_circuits_are_those_of_their_texts() -> None:
    ids = circuit_ids()
    assert len(set(ids.values())) == len(ids)
    assert all(len(circuit) == 16 for circuit in ids.values())
