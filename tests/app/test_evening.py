"""The file of an evening holds lines and results, each once, and costs nobody a wait."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from net import Dot
from racer.app import background_writer
from racer.app.evening import NAME, WAITING_MAX, EveningFile
from racer.play.reports import ChatSeen, LapSeen, RaceReport, ResultsSeen

ADA, RACE = bytes([1]) * 16, bytes(8)


def line(n: int) -> ChatSeen:
    return ChatSeen(n, ADA, f"line {n}", Dot(ADA, 1, n + 1), None, n)


def evening_in(folder: Path) -> EveningFile:
    """Return a file of which no line may be lost."""
    return EveningFile(folder, "friday", pytest.fail)


def kept(folder: Path, *reports: RaceReport) -> list[dict[str, object]]:
    evening = evening_in(folder)
    for report in reports:
        evening.note(report)
    evening.flush()
    return [json.loads(each) for each in (folder / NAME).read_text().splitlines()]


def test_lines_and_official_results_are_kept_and_nothing_else(tmp_path: Path) -> None:
    told = kept(
        tmp_path,
        line(0),
        LapSeen(RACE, ADA, 1, 30_000, 30_000),
        ResultsSeen(RACE, False, "", ()),
        ResultsSeen(RACE, True, "abcd", ()),
        ChatSeen(3, ADA, "moved by a merge", Dot(ADA, 1, 9), 2, 7),
    )
    assert [(each["room"], each["event"]) for each in told] == [
        ("friday", "chat"),
        ("friday", "results"),
    ]


def test_what_a_room_tells_again_after_a_restart_is_added_once(tmp_path: Path) -> None:
    kept(tmp_path, line(0), line(1))
    told = kept(tmp_path, line(0), line(1), line(2))
    assert [each["text"] for each in told] == ["line 0", "line 1", "line 2"]


def test_a_line_that_a_crash_tore_does_not_take_the_next_one_with_it(tmp_path: Path) -> None:
    kept(tmp_path, line(0))
    with (tmp_path / NAME).open("a") as file:
        file.write('{"at": "2026-11-')
    evening = evening_in(tmp_path)
    evening.note(line(1))
    evening.flush()
    rows = (tmp_path / NAME).read_text().splitlines()
    assert len(rows) == 3
    assert json.loads(rows[2])["text"] == "line 1"


def test_a_disk_that_takes_nothing_costs_nobody_a_wait_and_each_lost_line_is_counted() -> None:
    told: list[str] = []
    with TemporaryDirectory() as folder:
        evening = EveningFile(Path(folder) / "missing", "friday", told.append)
        for n in range(WAITING_MAX):
            evening.note(line(n))
        evening.flush()
        assert evening.counters.dropped == 0, "they are tried again"
        for n in range(5):
            evening.note(line(WAITING_MAX + n))
        evening.flush()
        assert evening.counters.dropped == 5
        evening.close()
        assert evening.counters.dropped == WAITING_MAX + 5
    (words,) = told
    assert "not kept: No such file or directory: " in words


def test_lines_that_the_disk_did_not_take_are_written_when_it_does() -> None:
    told: list[str] = []
    with TemporaryDirectory() as folder:
        missing = Path(folder) / "missing"
        evening = EveningFile(missing, "friday", told.append)
        evening.note(line(0))
        evening.note(line(1))
        evening.flush()
        missing.mkdir()
        evening.close()
        rows = [json.loads(each) for each in (missing / NAME).read_text().splitlines()]
    assert [row["text"] for row in rows] == ["line 0", "line 1"]
    assert (len(told), evening.counters.dropped) == (1, 0)


def test_a_disk_that_does_not_answer_is_told_and_what_it_holds_up_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_writer, "CLOSE_S", 0.01)
    told: list[str] = []
    os.mkfifo(tmp_path / NAME)  # who opens it waits for the other end
    evening = EveningFile(tmp_path, "friday", told.append)
    for n in range(2 * WAITING_MAX):
        evening.note(line(n))
    assert WAITING_MAX - 1 <= evening.counters.dropped <= WAITING_MAX
    evening.close()
    assert evening.counters.dropped == 2 * WAITING_MAX
    (words,) = told
    assert "not kept: the disk does not answer: " in words
    os.close(os.open(tmp_path / NAME, os.O_RDWR | os.O_NONBLOCK))  # and the thread may end


@pytest.mark.parametrize("line", ["5", "[]", '{"dot": [1]}', '{"dot": {}}', "[" * 5000, "\0"])
def test_a_damaged_line_costs_no_line_after_it(tmp_path: Path, line: str) -> None:
    (tmp_path / NAME).write_text(f"{line}\n")
    evening = evening_in(tmp_path)
    evening.note(ChatSeen(0, ADA, "hello", Dot(ADA, 1, 1), None, 0))
    evening.close()
    assert json.loads((tmp_path / NAME).read_text().splitlines()[-1])["text"] == "hello"
