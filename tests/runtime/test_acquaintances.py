"""Who was met is known again by name: by the alias of an advert, or as a guess by the address."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from net.limits import ACQUAINTANCES_MAX, HOSTS_MET_MAX
from net.node.program import SavePeer
from net.runtime.disk.acquaintances import Acquaintance, Acquaintances, read_acquaintances
from net.runtime.disk.journal import Journal

SAM, BEN, EVE = (bytes([n]) * 16 for n in (1, 2, 3))
VEILED = bytes([9]) * 16
HERE, THERE = ("10.0.0.1", 5000), ("10.0.0.2", 5000)
TAG, OTHER = b"room-one", b"room-two"


def meet(path: Path, *met: SavePeer, room: bytes = TAG) -> None:
    """Meet these in one evening, the last one last."""
    journal = Journal(path)
    journal.room(room).enter("Monza")
    for each in met:
        journal.room(room).save(each)
    journal.close()


def test_who_was_met_is_known_by_name_at_once_and_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.room(TAG).enter("Monza")
    journal.room(TAG).save(SavePeer(SAM, HERE, "Sam", VEILED))
    assert journal.acquaintances.names() == {SAM: "Sam", VEILED: "Sam"}
    journal.close()
    again = Journal(path)
    assert again.acquaintances.names() == {SAM: "Sam", VEILED: "Sam"}
    assert again.acquaintances.names_at(HERE[0]) == ["Sam"]
    assert again.acquaintances.names_at(THERE[0]) == []
    again.close()


def test_only_how_somebody_was_met_last_counts_in_whatever_room(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    meet(path, SavePeer(SAM, HERE, "Sam", VEILED), SavePeer(BEN, HERE, "Ben"))
    meet(path, SavePeer(SAM, THERE, "Samantha"), room=OTHER)
    again = Journal(path)
    assert again.acquaintances.names() == {SAM: "Samantha", BEN: "Ben"}
    assert again.acquaintances.names_at(HERE[0]) == ["Ben"]
    again.close()


def test_another_process_may_read_whom_an_open_profile_has_met(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.room(TAG).enter("Monza")
    journal.room(TAG).save(SavePeer(SAM, HERE, "Sam", VEILED))
    journal.close()
    still_open = Journal(tmp_path / "journal")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert read_acquaintances(tmp_path).names() == {SAM: "Sam", VEILED: "Sam"}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    still_open.close()


@pytest.mark.parametrize("content", [None, b"", b"no database at all" * 100])
def test_of_what_cannot_be_read_nobody_is_known(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "journal").write_bytes(content)
    assert read_acquaintances(tmp_path).names() == {}
    assert read_acquaintances(tmp_path / "nowhere").names() == {}


def test_a_journal_of_before_names_is_taken_over_and_older_code_passes_names_over(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal"
    meet(path, SavePeer(SAM, HERE, "Sam"))
    with closing(sqlite3.connect(path)) as older:
        version = older.execute("PRAGMA user_version").fetchone()
        older.execute("DROP TABLE acquaintance")
        older.commit()
    meet(path, SavePeer(BEN, THERE, "Ben"))
    assert read_acquaintances(tmp_path).names() == {BEN: "Ben"}
    with closing(sqlite3.connect(path)) as newer:
        assert newer.execute("PRAGMA user_version").fetchone() == version == (4,)


def test_of_many_the_latest_are_kept(tmp_path: Path) -> None:
    table = Acquaintances()
    for number in range(ACQUAINTANCES_MAX + 1):
        table.note(Acquaintance(number.to_bytes(16), b"", f"driver {number}", HERE))
    table.note(Acquaintance(EVE, b"", "", HERE))
    names = table.names()
    assert len(names) == ACQUAINTANCES_MAX
    assert bytes(16) not in names
    assert EVE not in names, "who tells no name is nobody's acquaintance"

    path = tmp_path / "journal"
    count = ACQUAINTANCES_MAX + 5
    meet(path, *(SavePeer(n.to_bytes(16), HERE, "x") for n in reversed(range(count))))
    with closing(sqlite3.connect(path)) as database:
        kept = {row[0] for row in database.execute("SELECT node FROM acquaintance")}
    assert kept == {n.to_bytes(16) for n in range(ACQUAINTANCES_MAX)}, "at once, the latest stay"


def test_a_name_that_somebody_wrote_into_the_file_is_cleaned(tmp_path: Path) -> None:
    meet(tmp_path / "journal", SavePeer(SAM, HERE, "Sam\x1b[31m\n" + "x" * 90))
    (name,) = set(read_acquaintances(tmp_path).names().values())
    assert name.startswith("Sam")
    assert name.isprintable()
    assert len(name) <= 20


def test_where_they_were_is_told_each_host_once_and_the_latest_first() -> None:
    met = Acquaintances()
    for number in range(2 * HOSTS_MET_MAX):
        met.note(Acquaintance(bytes([number]) * 16, b"", "Sam", (f"10.0.0.{number % 40}", 5000)))
    hosts = met.hosts()
    assert hosts[0] == f"10.0.0.{(2 * HOSTS_MET_MAX - 1) % 40}"
    assert len(hosts) == len(set(hosts)) == HOSTS_MET_MAX
