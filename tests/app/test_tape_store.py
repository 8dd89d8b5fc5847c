"""Tapes on disk: one file a race, over crashes of ours, and never too many."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from racer.app.tape_store import FOLDER, TAPES_MAX, TapeStore, load_tape, prune, tape_files
from racer.play.show.taping import SaveTape
from tests.core.test_race_tape import HEAD, tape_bytes

if TYPE_CHECKING:
    from pathlib import Path

RACE = b"12345678"


def saved(directory: Path, *data: bytes) -> TapeStore:
    store = TapeStore(directory)
    for part in data:
        store.save(SaveTape(RACE, part))
    store.flush()
    assert store.error == ""
    return store


def test_what_is_saved_is_listed_and_loaded(tmp_path: Path) -> None:
    saved(tmp_path, tape_bytes())
    (file,) = tape_files(tmp_path)
    assert file.head == HEAD
    tape = load_tape(file.path)
    assert tape is not None
    assert tape.table is not None


def test_a_race_goes_on_in_its_file_and_what_a_crash_tore_is_cut_off(tmp_path: Path) -> None:
    half = len(tape_bytes()) // 2
    saved(tmp_path, tape_bytes()[:half])
    saved(tmp_path, tape_bytes(3))
    (file,) = tape_files(tmp_path)
    tape = load_tape(file.path)
    assert tape is not None
    assert tape.table is not None, "all that came after the crash is there"


def test_the_oldest_tapes_go(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    for k in range(TAPES_MAX + 5):
        (folder / f"20260101-0000{k:02}-{k:016x}.tape").write_bytes(tape_bytes())
    prune(folder)
    names = sorted(os.listdir(folder))
    assert len(names) == TAPES_MAX - 1
    assert names[-1].startswith(f"20260101-0000{TAPES_MAX + 4}")


def test_a_folder_that_cannot_be_written_is_told_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("in the way")
    store = TapeStore(tmp_path)
    store.save(SaveTape(RACE, tape_bytes()))
    store.flush()
    assert "cannot be taped" in store.error
    assert load_tape(tmp_path / FOLDER / "none.tape") is None
