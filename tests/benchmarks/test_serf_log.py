"""serf's log is read as its authors mean it."""

from __future__ import annotations

from benchmarks.lan.beside import ratio
from benchmarks.lan.serf import Heard, failures, known_ms, read_line, shown_ms

STAMP = "    2026/11/24 02:22:47 [INFO] "


def test_lines_of_use_are_read_and_others_left() -> None:
    joined = read_line(1.0, 0, f"{STAMP}serf: EventMemberJoin: n12 10.77.0.13")
    assert joined == Heard(1.0, 0, "Join", 12)
    failed = read_line(1.0, 0, f"{STAMP}serf: EventMemberFailed: n3 10.77.0.4")
    assert failed == Heard(1.0, 0, "Failed", 3)
    event = read_line(1.0, 2, f"{STAMP}agent: Received event: user-event: line-7")
    assert event == Heard(1.0, 2, "line-7", None)
    assert read_line(1.0, 0, f"{STAMP}memberlist: Suspect n3 has failed, no acks received") is None


def test_an_event_took_from_the_first_to_the_last_agent() -> None:
    heard = [Heard(1.0, 0, "line-1", None), Heard(1.25, 1, "line-1", None)]
    assert shown_ms(heard, "line-1", 2) == 250.0
    assert shown_ms(heard, "line-1", 3) is None


def test_failures_are_known_once_and_false_on_who_ran() -> None:
    heard = [Heard(3.0, 0, "Failed", 1), Heard(5.0, 0, "Failed", 1), Heard(4.0, 2, "Failed", 3)]
    assert known_ms(heard, 1, 1.0) == {0: 2000.0}
    assert failures(heard, 1.0, {3}) == 1
    assert failures(heard, 4.5, {3}) == 0


def test_the_ratio_is_theirs_over_ours() -> None:
    assert list(ratio("x", [100.0], [10.0])) == [
        "  x: serf takes 10.0 times ours at p50, 10.0 at p99"
    ]
    assert list(ratio("x", [], [10.0])) == []
