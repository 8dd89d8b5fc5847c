"""Tapes on disk: one file a race, over crashes of ours, and never too many."""

from __future__ import annotations

import errno
import os
import threading
from typing import TYPE_CHECKING

from racer.app import tape_store
from racer.app.tape_store import (
    BOT_TAPES_MAX,
    FOLDER,
    TAPES_MAX,
    TapeStore,
    damaged_tapes,
    load_tape,
    prune,
    tape_files,
)
from racer.play.show.taping import SaveTape
from tests.core.test_race_tape import HEAD, tape_bytes

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

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


def test_what_a_full_disk_tore_is_mended_before_more_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = len(tape_bytes()) // 2
    store = saved(tmp_path, tape_bytes()[:half])  # the disk took no more of it
    with monkeypatch.context() as full:
        full.setattr(tape_store, "open_private", no_space)
        store.save(SaveTape(RACE, b"more"))
        store.flush()
    assert "cannot be taped: No space left" in store.error
    assert store.counters.dropped == 1
    store.save(SaveTape(RACE, tape_bytes(3)))
    store.close()
    (file,) = tape_files(tmp_path)
    tape = load_tape(file.path)
    assert tape is not None
    assert tape.table is not None


def test_a_race_that_is_too_long_for_a_tape_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = saved(tmp_path, tape_bytes())
    monkeypatch.setattr(tape_store, "TAPE_BYTES_MAX", len(tape_bytes()))
    store.save(SaveTape(RACE, b"more"))
    store.close()
    assert "the rest of this race is not taped" in store.error
    assert store.counters.dropped == 1


def no_space(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_thread_of_a_race_ends_with_it_and_loses_nothing(tmp_path: Path) -> None:
    before = threading.active_count()
    store = TapeStore(tmp_path)
    store.save(SaveTape(RACE, tape_bytes()))
    store.close()
    assert threading.active_count() == before
    assert len(tape_files(tmp_path)) == 1


def test_a_bot_keeps_few_tapes_and_one_that_is_damaged_is_counted(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    for k in range(BOT_TAPES_MAX + 2):
        (folder / f"20260101-00000{k}-{k:016x}.tape").write_bytes(tape_bytes())
    store = TapeStore(tmp_path, bot=True)
    store.save(SaveTape(RACE, tape_bytes()))
    store.close()
    assert len(tape_files(tmp_path)) == BOT_TAPES_MAX
    assert damaged_tapes(tmp_path) == 0
    (folder / "20260101-000009-00.tape").write_bytes(b"no head" + tape_bytes()[9:])
    assert len(tape_files(tmp_path)) == BOT_TAPES_MAX
    assert damaged_tapes(tmp_path) == 1
