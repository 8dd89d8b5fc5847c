"""The file of an evening holds lines and results, each once, and costs nobody a wait."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from net import Dot
from racer.app.evening import NAME, WAITING_MAX, EveningFile
from racer.play.reports import ChatSeen, LapSeen, RaceReport, ResultsSeen

ADA, RACE = bytes([1]) * 16, bytes(8)


def line(n: int) -> ChatSeen:
    return ChatSeen(n, ADA, f"line {n}", Dot(ADA, 1, n + 1), None, n)


def kept(folder: Path, *reports: RaceReport) -> list[dict[str, object]]:
    evening = EveningFile(folder, "friday")
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
    evening = EveningFile(tmp_path, "friday")
    evening.note(line(1))
    evening.flush()
    rows = (tmp_path / NAME).read_text().splitlines()
    assert len(rows) == 3
    assert json.loads(rows[2])["text"] == "line 1"


def test_a_disk_that_takes_nothing_costs_nobody_a_wait(tmp_path: Path) -> None:
    evening = EveningFile(tmp_path / "missing", "friday")
    for n in range(2 * WAITING_MAX):
        evening.note(line(n))
    evening.flush()
    assert not (tmp_path / "missing").exists()


@pytest.mark.parametrize("line", ["5", "[]", '{"dot": [1]}', '{"dot": {}}', "[" * 5000, "\0"])
def test_a_damaged_line_costs_no_line_after_it(tmp_path: Path, line: str) -> None:
    (tmp_path / NAME).write_text(f"{line}\n")
    evening = EveningFile(tmp_path, "friday")
    evening.note(ChatSeen(0, ADA, "hello", Dot(ADA, 1, 1), None, 0))
    evening.close()
    assert json.loads((tmp_path / NAME).read_text().splitlines()[-1])["text"] == "hello"
