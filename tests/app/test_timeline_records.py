"""Logs are read line by line; a damaged one is named with the line that is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from net import UsageError
from racer.app.log_reading import LogError, read_logs

if TYPE_CHECKING:
    from pathlib import Path

    from racer.app.log_reading import Log

ADA, BEN = "0a0a0a0a", "0b0b0b0b"


def line(t: float, event: str, **fields: object) -> str:
    return json.dumps({"t": t, "event": event, **fields})


def joined(t: float, node: str = ADA, name: str = "ada") -> str:
    return line(t, "joined", race="friday", node=node, name=name)


def read(folder: Path, *lines: str, end: str = "\n") -> list[Log]:
    path = folder / "ada.log"
    path.write_text("\n".join(lines) + end, encoding="utf-8")
    return read_logs(path)


def test_a_log_is_one_life_of_the_node_that_joined(tmp_path: Path) -> None:
    (log,) = read(tmp_path, line(10, "peer", node=BEN, state="alive"), joined(11))
    assert (log.node, log.name, log.starts_s, log.ends_s) == (ADA, "ada", 10, 11)
    assert [record.event for record in log.records] == ["peer", "joined"]


def test_a_node_that_never_joined_has_the_name_of_its_file(tmp_path: Path) -> None:
    (log,) = read(tmp_path, line(10, "peer", node=BEN, state="alive"))
    assert (log.node, log.name) == ("", "ada")


def test_a_node_that_was_started_again_has_lives_and_each_has_what_it_told(tmp_path: Path) -> None:
    first, second = read(
        tmp_path,
        joined(10),
        line(12, "lap", node=ADA, lap=1, ms=2000),
        line(12.1, "peer", node=BEN, state="suspect"),
        line(17.0, "peer", node=BEN, state="alive"),
        line(17.1, "coordinator", node=BEN, epoch=7),
        line(17.1, "incompatible", node=None, protocol=[4, 5]),
        line(17.1, "protocol", version=3),
        joined(17.2),
    )
    assert [record.at_s for record in first.records] == [10, 12, 12.1]
    assert [record.at_s for record in second.records] == [17.0, 17.1, 17.1, 17.1, 17.2]


def test_words_for_a_person_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    (log,) = read(tmp_path, "racer: no multicast here", "", joined(1))
    assert len(log.records) == 1


def test_a_last_line_that_a_crash_cut_off_is_passed_over(tmp_path: Path) -> None:
    (log,) = read(tmp_path, joined(1), '{"t": 2, "event": "la', end="")
    assert len(log.records) == 1


def test_a_last_line_that_is_whole_but_for_its_end_counts(tmp_path: Path) -> None:
    (log,) = read(tmp_path, joined(1), line(2, "phase", phase="racing"), end="")
    assert len(log.records) == 2


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ('{"t": 2, "event": "la', "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("\ufeff{}", "is no JSON"),
        ("7", "is no JSON object"),
        ('{"event": "lap"}', "has no time 't'"),
        ('{"t": "2", "event": "lap"}', "has no time 't'"),
        ('{"t": NaN, "event": "lap"}', "has no time 't'"),
        ('{"t": true, "event": "lap"}', "has no time 't'"),
        ('{"t": 1e300, "event": "lap"}', "has no time 't'"),
        (f'{{"t": 1{"0" * 400}, "event": "lap"}}', "has no time 't'"),
        ('{"t": 2, "event": 7}', "has no 'event'"),
    ],
)
def test_a_damaged_line_is_named_in_one_line(tmp_path: Path, bad: str, why: str) -> None:
    with pytest.raises(LogError) as caught:
        read(tmp_path, joined(1), "", bad, joined(9))
    assert str(caught.value) == f"{tmp_path / 'ada.log'}:3: {why}"


def test_bytes_that_are_no_text_are_named_too(tmp_path: Path) -> None:
    path = tmp_path / "ada.log"
    path.write_bytes(b"\xff\xfe\x00{}\n")
    with pytest.raises(LogError, match=r"ada\.log:1: is no JSON"):
        read_logs(path)


def test_two_nodes_in_one_log_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LogError, match=r"ada\.log:2: ben joins in the log of ada; one log a node"):
        read(tmp_path, joined(1), joined(2, BEN, "ben"))


def test_an_empty_log_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="holds no event"):
        read(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_logs(tmp_path / "other.log")


def test_a_field_of_the_wrong_kind_is_named_with_its_line(tmp_path: Path) -> None:
    (log,) = read(tmp_path, joined(1), line(2, "lap", node=7, lap="one"))
    with pytest.raises(LogError, match=r"ada\.log:2: 'node' should be text"):
        log.records[1].text("node")
    with pytest.raises(LogError, match=r"ada\.log:2: 'lap' should be a whole number"):
        log.records[1].number("lap")
    with pytest.raises(LogError, match="'ms' should be"):
        log.records[1].number("ms")


def test_text_that_would_steer_a_terminal_is_cleaned(tmp_path: Path) -> None:
    (log,) = read(tmp_path, joined(1, name="a\x1b[2Jda\ud800"))
    assert log.name == "a[2Jda"
