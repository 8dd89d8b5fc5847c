from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from net.cluster.checkpoint import CheckpointContent, LogBase, keep
from net.ids import NO_LINEAGE, Dot, Member
from net.limits import KEYS_MET_MAX, OPERATIONS_MAX, OPERATIONS_SPARE
from net.node import group_commit
from net.node.group_commit import DiskState, GroupCommit
from net.node.program import (
    KeptRoom,
    SaveCheckpoint,
    SaveContent,
    SaveDecree,
    SaveMoment,
    SaveOperation,
    SavePeer,
)
from net.runtime.disk import journal as module
from net.runtime.disk import statements
from net.runtime.disk.disk_trouble import LATE_MAX, DiskTroubleKind
from net.runtime.disk.journal import Journal
from net.wire.decrees import Decree, FoundLineage, Noop
from net.wire.messages import Cause, Keyframe, Operation, StreamState
from tests.waiting import until

N1, N2 = bytes([1]) * 16, bytes([2]) * 16
TAG, OTHER = b"room-one", b"room-two"


def operation(n: int, body: bytes = b"hello") -> Operation:
    return Operation(Dot(N1, 3, n), 10 * n, (Cause(N2, 1, n),), body, bytes(32), bytes(64))


def test_operations_come_back_in_the_order_of_their_delivery_and_by_room(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    room = journal.room(TAG)
    room.enter("Monza")
    for n in (2, 1, 3, 1):
        room.save(SaveOperation(operation(n)))
    journal.room(OTHER).enter("Spa")
    journal.room(OTHER).save(SaveOperation(operation(9)))
    journal.close()

    again = Journal(tmp_path / "journal")
    assert again.room(TAG).kept().operations == (operation(2), operation(1), operation(3))
    assert again.room(OTHER).kept().operations == (operation(9),)
    assert again.room(b"nowhere!").kept().operations == ()
    again.close()


def decree(index: int, epoch: int = 7) -> Decree:
    return Decree(epoch, index, bytes(16), Noop())


def moment(race_us: int) -> SaveMoment:
    state = StreamState(60, b"somewhere")
    return SaveMoment(race_us, (Keyframe(N1, 3, 0, state, bytes(32), bytes(64)),))


def race_that_lost_power(path: Path) -> None:
    journal = Journal(path)
    room = journal.room(TAG)
    room.enter("Monza")
    for each in (decree(0), decree(1), decree(2), decree(1, 9)):
        room.save(SaveDecree(each))
    room.save(moment(1000))
    room.save(moment(2000))
    journal.close()


def test_a_history_comes_back_with_its_last_moment(tmp_path: Path) -> None:
    race_that_lost_power(tmp_path / "journal")
    again = Journal(tmp_path / "journal")
    kept = again.room(TAG).kept()
    assert kept == KeptRoom((), (decree(0), decree(1, 9)), moment(2000)), "2 was behind 1"
    assert again.room(OTHER).kept() == KeptRoom()
    again.close()


def test_a_journal_of_before_histories_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    race_that_lost_power(path)
    with closing(sqlite3.connect(path)) as older:
        older.executescript("DROP TABLE decree; DROP TABLE moment; PRAGMA user_version = 1;")
    race_that_lost_power(path)
    again = Journal(path)
    assert len(again.room(TAG).kept().decrees) == 2
    again.close()


def test_a_peer_is_remembered_where_it_was_met_last(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    room = journal.room(TAG)
    room.enter("Monza")
    room.save(SavePeer(N1, ("10.0.0.1", 5000)))
    room.save(SavePeer(N2, ("10.0.0.2", 5000)))
    room.save(SavePeer(N1, ("10.0.0.9", 5001)))
    journal.close()
    again = Journal(tmp_path / "journal")
    assert sorted(again.room(TAG).peers()) == [(N1, ("10.0.0.9", 5001)), (N2, ("10.0.0.2", 5000))]
    assert sorted(again.hosts_met()) == ["10.0.0.2", "10.0.0.9"]
    again.close()


def test_keys_of_peers_are_kept_the_latest_last_and_no_more_than_so_many(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    room = journal.room(TAG)
    room.enter("Monza")
    for n in range(KEYS_MET_MAX + 3):
        node, static = n.to_bytes(16, "big"), n.to_bytes(32, "big")
        room.save(SavePeer(node, ("10.0.0.1", 5000), static=static))
    room.save(SavePeer((5).to_bytes(16, "big"), ("10.0.0.1", 5000), static=bytes([5]) * 32))
    journal.room(OTHER).save(SavePeer(N2, ("10.0.0.1", 5000), static=bytes(32)))
    journal.close()
    again = Journal(tmp_path / "journal")
    kept = [n.to_bytes(32, "big") for n in range(3, KEYS_MET_MAX + 3) if n != 5]
    assert again.room(TAG).keys_met() == [*kept, bytes([5]) * 32]
    assert again.room(OTHER).keys_met() == [bytes(32)]
    again.close()


def test_a_journal_of_before_keys_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.room(TAG).enter("Monza")
    journal.room(TAG).save(SavePeer(N1, ("10.0.0.1", 5000)))
    journal.close()
    with closing(sqlite3.connect(path)) as older:
        older.execute("ALTER TABLE peer DROP COLUMN static")
    journal = Journal(path)
    assert journal.room(TAG).peers() == [(N1, ("10.0.0.1", 5000))]
    assert journal.room(TAG).keys_met() == []
    journal.room(TAG).save(SavePeer(N1, ("10.0.0.1", 5000), static=bytes(32)))
    journal.close()
    again = Journal(path)
    assert again.room(TAG).keys_met() == [bytes(32)]
    again.close()


def test_batches_that_were_committed_survive_kill_9(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.waiting import every\n"
        "from net.runtime.disk.journal import Journal; from net.node.program import SaveOperation\n"
        "from net.ids import Dot; from net.wire.messages import Operation\n"
        "journal = Journal(Path(sys.argv[1])); room = journal.room(b'room-one')\n"
        "room.enter('Monza')\n"
        "for n in every(0.001):\n"
        "    dot = Dot(bytes([1]) * 16, 3, n)\n"
        "    what = Operation(dot, n, (), b'x', bytes(32), bytes(64))\n"
        "    room.save(SaveOperation(what))\n"
        "    if n % 50 == 0: print(len(room.kept().operations), flush=True)\n"
    )
    path = tmp_path / "journal"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        committed = 0
        while committed < 300:
            committed = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        child.wait()
    journal = Journal(path)
    numbers = [kept.dot.n for kept in journal.room(TAG).kept().operations]
    journal.close()
    assert len(numbers) >= committed
    assert numbers == list(range(1, len(numbers) + 1)), "a batch is whole or absent"


def test_a_full_disk_is_told_and_what_waited_is_written_when_there_is_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "RETRY_NS", 10**7)
    journal = Journal(tmp_path / "journal")
    room = journal.room(TAG)
    room.enter("Monza")
    pages = journal.rows("PRAGMA page_count")[0][0]
    journal.rows(f"PRAGMA max_page_count = {pages + 1}")
    for n in range(1, 101):
        room.save(SaveOperation(operation(n, bytes(600))))
    told = until(lambda: journal.trouble, "a word of the journal")
    assert told.kind is DiskTroubleKind.FAILING
    assert told.text.startswith("this machine will not remember: No space left on device: ")
    until(lambda: not room.state.keeps, "a disk that takes nothing")
    assert room.kept().operations == ()
    assert room.written == 0

    journal.rows("PRAGMA max_page_count = 100000")
    until(lambda: room.written == 100, "all that waited")
    assert room.state.keeps
    assert journal.trouble is None, "it remembers again"
    journal.close()
    again = Journal(tmp_path / "journal")
    assert len(again.room(TAG).kept().operations) == 100
    again.close()


def test_a_disk_that_does_not_answer_costs_a_bounded_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And from the first that found no room on none is taken: what is on disk has no holes."""
    waiting_max = 64
    monkeypatch.setattr(module, "GroupCommit", lambda: GroupCommit(waiting_max))
    journal = Journal(tmp_path / "journal")
    room = journal.room(TAG)
    room.enter("Monza")
    until(lambda: journal.rows(statements.ROOM, (TAG,)), "the room")
    with sqlite3.connect(tmp_path / "journal") as other:
        other.execute("BEGIN EXCLUSIVE")
        for n in range(2 * waiting_max):
            room.save(SaveOperation(operation(n + 1)))
        assert journal.counters.dropped == 2 * waiting_max
        assert room.written == 2 * waiting_max, "nobody waits for what will never be there"
        assert not room.state.keeps
        assert "64 writes wait for the disk" in str(journal.trouble)
        other.rollback()
    other.close()
    room.save(SaveOperation(operation(999)))
    journal.close()
    assert journal.trouble is not None, "what was given up stays so when all else is written"
    again = Journal(tmp_path / "journal")
    numbers = [each.dot.n for each in again.room(TAG).kept().operations]
    assert numbers == list(range(1, waiting_max + 1))
    again.close()


def test_a_disk_that_hangs_is_told_before_it_fails_and_taken_back_when_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "STUCK_NS", 10**7)
    journal = Journal(tmp_path / "journal")
    room = journal.room(TAG)
    room.enter("Monza")
    until(lambda: journal.rows(statements.ROOM, (TAG,)), "the room")
    with sqlite3.connect(tmp_path / "journal") as other:
        other.execute("BEGIN EXCLUSIVE")
        room.save(SaveOperation(operation(1)))
        told = until(lambda: journal.trouble, "a word of the journal")
        assert told.kind is DiskTroubleKind.HANGING
        assert journal.counters.failures == 0
        other.rollback()
    other.close()
    until(lambda: journal.trouble is None, "a disk that answers")
    journal.close()


def test_a_disk_that_is_slow_again_and_again_is_told_and_one_busy_moment_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal")
    room = journal.room(TAG)

    def write(n: int) -> DiskTroubleKind | None:
        room.save(SaveOperation(operation(n)))
        until(lambda: room.written == n, "a write")
        return None if journal.trouble is None else journal.trouble.kind

    with monkeypatch.context() as slow:
        slow.setattr(group_commit, "LATE_NS", 0)
        told = [write(n) for n in range(1, LATE_MAX + 1)]
    assert told == [*[None] * (LATE_MAX - 1), DiskTroubleKind.SLOW]
    monkeypatch.setattr(group_commit, "LATE_NS", 10**12)
    assert write(LATE_MAX + 1) is None
    journal.close()


def test_what_is_written_is_told_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    room, told = journal.room(TAG), Event()
    room.listen(told.set)
    room.save(SaveOperation(operation(1)))
    assert told.wait(5)
    until(lambda: room.written == 1, "a write")
    assert room.state == DiskState()
    journal.close()


def test_what_its_reader_would_refuse_is_never_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    room = journal.room(TAG)
    room.enter("Monza")
    room.save(SaveOperation(operation(1)))
    room.save(SaveOperation(operation(2, bytes(701))))
    assert "nobody could read again" in str(journal.trouble)
    assert not room.state.keeps
    journal.close()
    again = Journal(tmp_path / "journal")
    assert again.room(TAG).kept().operations == (operation(1),)
    again.close()


def test_a_damaged_entry_is_left_out_and_told_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.room(TAG).enter("Monza")
    for n in (1, 2, 3):
        journal.room(TAG).save(SaveOperation(operation(n)))
    journal.close()
    with sqlite3.connect(path) as other:
        other.execute("UPDATE operation SET content = x'c1' WHERE n = 2")
    other.close()
    journal = Journal(path)
    room = journal.room(TAG)
    assert room.kept().operations == (operation(1), operation(3))
    assert journal.counters.damaged == 1
    assert "1 damaged entries" in room.left_out["operation"]
    assert journal.trouble is None, "or it would hide that the disk is full"
    journal.close()


def test_all_that_a_node_may_keep_is_read_and_what_is_beyond_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal")
    room = journal.room(TAG)
    room.enter("Monza")
    room.save(SaveOperation(operation(1)))
    for index in range(3):
        room.save(SaveDecree(decree(index)))
    until(lambda: room.written == 4, "the writes")
    with closing(sqlite3.connect(tmp_path / "journal")) as other:
        other.execute(
            "WITH RECURSIVE more(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < ?)"
            " INSERT INTO operation (tag, node, incarnation, n, content)"
            " SELECT tag, node, incarnation, more.n, content FROM operation, more",
            (OPERATIONS_MAX + OPERATIONS_SPARE,),
        )
        other.commit()
    kept = room.kept()
    assert (len(kept.operations), len(kept.decrees)) == (OPERATIONS_MAX + OPERATIONS_SPARE, 3)
    assert not room.left_out

    monkeypatch.setattr(module, "DECREES_READ_MAX", 2)
    assert room.kept().decrees == (decree(0), decree(1))
    assert "the newest 1 of too many entries of kind decree" in room.left_out["newest decree"]
    assert journal.counters.unread == 1
    journal.close()


def packed_checkpoint(index: int) -> bytes:
    found = FoundLineage(b"lineage1", NO_LINEAGE, 0, (Member(bytes(16), 1),))
    base = LogBase(index, bytes(16), bytes(16), 7, found.members, found, 1)
    return keep(CheckpointContent(base, bytes(16), 2, (), 0, b"fold")).packed


def test_a_checkpoint_takes_the_place_of_what_was_before_it(tmp_path: Path) -> None:
    packed = packed_checkpoint(2)
    journal = Journal(tmp_path / "journal")
    room = journal.room(TAG)
    room.enter("Monza")
    for n in (1, 2, 3):
        room.save(SaveOperation(operation(n)))
    for index in range(4):
        room.save(SaveDecree(decree(index)))
    room.save(SaveCheckpoint(2, packed, (operation(3),)))
    journal.close()

    again = Journal(tmp_path / "journal")
    kept = again.room(TAG).kept()
    assert kept.checkpoint == packed
    assert kept.operations == (operation(3),)
    assert kept.decrees == (decree(2), decree(3))
    again.room(TAG).save(SaveCheckpoint(0, b"", ()))
    again.close()
    last = Journal(tmp_path / "journal")
    assert last.room(TAG).kept().checkpoint == b""
    last.close()


def test_the_content_of_a_decreed_checkpoint_is_kept_beside_the_one_begun(tmp_path: Path) -> None:
    path, packed = tmp_path / "journal", packed_checkpoint(5)
    race_that_lost_power(path)
    with closing(sqlite3.connect(path)) as older:
        older.executescript("DROP TABLE content; PRAGMA user_version = 3;")
    journal = Journal(path)
    journal.room(TAG).save(SaveContent(packed_checkpoint(4)))
    journal.room(TAG).save(SaveContent(packed))
    journal.room(TAG).save(SaveCheckpoint(2, packed_checkpoint(2), ()))
    journal.close()
    again = Journal(path)
    kept = again.room(TAG).kept()
    assert (kept.checkpoint, kept.content) == (packed_checkpoint(2), packed)
    again.close()


def test_a_journal_of_an_older_racer_is_read_where_the_disk_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal"
    race_that_lost_power(path)
    with closing(sqlite3.connect(path)) as older:
        older.executescript("DROP TABLE content; DROP TABLE checkpoint; PRAGMA user_version = 2;")
    monkeypatch.setattr(module, "open_database", read_only)
    journal = Journal(path)
    assert len(journal.room(TAG).kept().decrees) == 2
    assert journal.trouble is not None
    assert "will not remember" in journal.trouble.text
    journal.close()


def read_only(path: Path) -> sqlite3.Connection:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
