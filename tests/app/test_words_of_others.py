"""However many machines do not get in, a person is told of each kind now and then, by turns."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest

from racer.app.output import HELD_MAX, HELD_S, WORDS_APART_S, Output
from racer.play.reports import PassphraseSeen, PutOffSeen


@dataclass
class Others:
    """Reports of machines that do not get in, at times that a test sets."""

    capsys: pytest.CaptureFixture[str]
    now_s: float = 1000.0

    def __post_init__(self) -> None:
        self.output = Output(io.StringIO(), None, clock=lambda: self.now_s)

    def tell(self, number: int, after_s: float = 0.0, event: str = "put off") -> str:
        """Report of a machine; return what a person is told then."""
        self.now_s += after_s
        at, text = f"10.0.0.{number}:7", f"{event} {number}"
        report = PutOffSeen(at, "", "full", text)
        self.output.report(report if event == "put off" else PassphraseSeen(at, False, text))
        return self.capsys.readouterr().err.removeprefix("racer: ").strip()


def test_of_many_who_do_not_get_in_one_is_told_each_ten_seconds_and_all_by_turns(
    capsys: pytest.CaptureFixture[str],
) -> None:
    others = Others(capsys)
    told = [others.tell(turn % 4, after_s=2.5) for turn in range(40)]
    assert [words for words in told if words] == [f"put off {n % 4}" for n in range(10)]
    assert all(not any(told[n + 1 : n + 4]) for n in range(0, 40, 4))


def test_each_kind_of_those_is_told_at_once_and_what_is_over_no_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    others = Others(capsys)
    assert others.tell(1) == "put off 1"
    assert others.tell(2) == ""
    assert others.tell(3, event="passphrase") == "passphrase 3"
    assert others.tell(4, after_s=WORDS_APART_S) == "put off 2"
    assert others.tell(5, after_s=HELD_S) == "put off 5", "4 did not come again"


def test_however_many_wait_to_be_told_few_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    others = Others(capsys)
    for number in range(200):
        others.tell(number)
    assert len(others.output._pace._held) == HELD_MAX
    assert all(others.tell(1, after_s=WORDS_APART_S) for _ in range(3))
