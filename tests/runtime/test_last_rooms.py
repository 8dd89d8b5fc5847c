"""How long the journal's rooms count, which of them were last, and by which clocks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from net.limits import RESUME_S
from net.node.lineage.history_age import Clocks
from net.node.program import KeptRoom, SaveDecree, SaveOperation, SavePeer
from net.runtime.disk import journal as module
from net.runtime.disk import last_room
from net.runtime.disk.journal import Journal
from net.runtime.disk.last_room import LastRoom
from net.runtime.disk.machine_clocks import read_clocks
from tests.runtime.test_journal import (
    N1,
    OTHER,
    TAG,
    decree,
    moment,
    operation,
    race_that_lost_power,
)


def test_a_history_is_aged_by_and_by_and_that_of_a_race_that_was_left_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal"
    race_that_lost_power(path)
    journal = Journal(path)
    with monkeypatch.context() as later:
        clocks_show(later, passed_s=RESUME_S + 1)
        assert journal.room(TAG).kept().aged
        assert journal.room(TAG).kept().decrees, "it may go on with others who come back"
    assert journal.room(TAG).kept().decrees
    assert not journal.room(TAG).kept().aged
    journal.room(TAG).leave()
    journal.close()
    journal = Journal(path)
    assert journal.room(TAG).kept() == KeptRoom()
    journal.room(TAG).enter("Monza")
    journal.close()
    journal = Journal(path)
    assert journal.room(TAG).kept() == KeptRoom(), "to enter it again begins anew"
    journal.close()


@pytest.mark.parametrize(
    ("boot", "ahead_s"),
    [("", 10 * RESUME_S), ("after", RESUME_S - 60), ("after", -10 * RESUME_S)],
)
def test_no_clock_loses_a_history_that_nobody_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, boot: str, ahead_s: int
) -> None:
    path = tmp_path / "journal"
    race_that_lost_power(path)
    with monkeypatch.context() as later:
        clocks_show(later, boot=boot, ahead_s=ahead_s)
        journal = Journal(path)
        assert not journal.room(TAG).kept().aged
        journal.close()
    with monkeypatch.context() as later:
        clocks_show(later, boot="after", ahead_s=13 * 3600)
        journal = Journal(path)
        journal.room(OTHER).enter("Spa")
        assert journal.room(TAG).kept().aged
        journal.close()
    again = Journal(path)
    kept = again.room(TAG).kept()
    assert (kept.decrees, kept.moment, kept.aged) == (
        (decree(0), decree(1, 9)),
        moment(2000),
        False,
    ), "the clock is right again"
    again.close()


def test_what_a_racer_without_boots_wrote_is_as_old_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It sets `used_s` alone, of a row that this racer made earlier in the same boot."""
    path = tmp_path / "journal"
    race_that_lost_power(path)
    with closing(sqlite3.connect(path)) as older:
        older.execute(f"UPDATE room SET used_s = used_s + {RESUME_S}")
        older.commit()
    clocks_show(monkeypatch, passed_s=RESUME_S + 60)
    journal = Journal(path)
    assert not journal.room(TAG).kept().aged
    journal.close()
    with closing(sqlite3.connect(path)) as older:
        older.executescript("ALTER TABLE room DROP COLUMN boot; ALTER TABLE room DROP booted_s")
    journal = Journal(path)
    assert not journal.room(TAG).kept().aged
    journal.close()


def clocks_show(
    patch: pytest.MonkeyPatch, *, passed_s: int = 0, boot: str = "", ahead_s: int = 0
) -> None:
    """Have all clocks show a later time; that on the wall one that is ahead, or a new boot."""
    now = read_clocks()
    later = Clocks(now.wall_s + passed_s + ahead_s, boot or now.boot, now.ran_s + passed_s)
    patch.setattr(last_room, "read_clocks", lambda: later)


def test_rooms_with_a_history_may_be_resumed_the_last_first_until_left_on_purpose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = read_clocks()
    earlier = used._replace(wall_s=used.wall_s - 1000)
    monkeypatch.setattr(last_room, "read_clocks", lambda: used)
    journal = Journal(tmp_path / "journal")
    assert journal.unfinished_rooms() == []
    journal.room(TAG).enter("Monza")
    journal.room(TAG).save(SaveDecree(decree(0)))
    monkeypatch.setattr(last_room, "read_clocks", lambda: earlier)
    journal.room(OTHER).enter("Spa")
    journal.close()
    journal = Journal(tmp_path / "journal")
    monza = LastRoom("Monza", TAG, False, used)
    assert journal.unfinished_rooms() == [monza], "of the other there is no history"
    journal.room(OTHER).save(SaveDecree(decree(0)))
    journal.close()
    journal = Journal(tmp_path / "journal")
    spa = LastRoom("Spa", OTHER, False, earlier)
    assert journal.unfinished_rooms() == [spa, monza], "entered last, whatever the clock says"
    journal.room(OTHER).leave()
    journal.close()
    journal = Journal(tmp_path / "journal")
    assert journal.unfinished_rooms() == [monza]
    journal.room(TAG).leave()
    journal.close()
    journal = Journal(tmp_path / "journal")
    assert journal.unfinished_rooms() == []
    journal.close()


def test_a_room_that_was_left_and_rested_for_long_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal")
    journal.room(TAG).enter("Monza")
    journal.room(TAG).save(SaveOperation(operation(1)))
    journal.room(TAG).leave()
    journal.close()
    journal = Journal(tmp_path / "journal")
    assert journal.room(TAG).kept().operations == (operation(1),)
    clocks_show(monkeypatch, passed_s=RESUME_S + 60)
    assert journal.room(TAG).kept().operations == ()
    journal.room(TAG).enter("Monza")
    journal.close()
    journal = Journal(tmp_path / "journal")
    assert journal.room(TAG).kept().operations == ()
    journal.close()


def test_only_the_latest_rooms_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal")
    for n in range(module.ROOMS_MAX + 4):
        clocks_show(monkeypatch, ahead_s=-n)  # which has no word in it
        room = journal.room(bytes([n]) * 8)
        room.enter(f"race {n}")
        room.save(SavePeer(N1, ("10.0.0.1", 5000)))
        room.save(SaveOperation(operation(1)))
    journal.close()
    journal = Journal(tmp_path / "journal")
    kept = [bool(journal.room(bytes([n]) * 8).peers()) for n in range(module.ROOMS_MAX + 4)]
    assert kept == [False] * 4 + [True] * module.ROOMS_MAX
    assert journal.room(bytes(8)).kept().operations == ()
    assert journal.room(bytes([19]) * 8).kept().operations == (operation(1),)
    journal.close()
