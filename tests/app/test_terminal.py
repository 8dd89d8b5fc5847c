"""What commands say to a person, and what becomes of a standard output that fails."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import final

import pytest

from racer.app.terminal import (
    OutputClosedError,
    OutputError,
    ProgressLine,
    complain,
    guarded_stdout,
    harmless,
    in_one_line,
    print_line,
)


@final
class Screen(io.StringIO):
    """A terminal that keeps what was written, and a clock beside it."""

    def __init__(self, *, shows: bool = True) -> None:
        super().__init__()
        self.now_s = 0.0
        self._shows = shows

    def isatty(self) -> bool:
        return self._shows

    def clock(self) -> float:
        return self.now_s

    def seen(self) -> str:
        """Return what stands in the line now."""
        line = [" "] * 200
        for part in self.getvalue().split("\r"):
            line[: len(part)] = part
        return "".join(line).rstrip()


def test_progress_is_one_line_that_is_gone_in_the_end() -> None:
    screen = Screen()
    with ProgressLine(screen, screen.clock) as progress:
        progress.show("100 of 200 seeds done")
        assert screen.seen() == "100 of 200 seeds done"
        screen.now_s += 1.0
        progress.show("all done")
        assert screen.seen() == "all done"
    assert screen.seen() == ""
    assert "\n" not in screen.getvalue()


def test_progress_is_shown_a_few_times_a_second_but_a_new_stage_at_once() -> None:
    screen = Screen()
    progress = ProgressLine(screen, screen.clock)
    for number in range(100):
        progress.show(f"{number} of 100")
    assert screen.seen() == "0 of 100"
    progress.stage("drawing")
    assert screen.seen() == "drawing"


def test_a_file_or_a_pipe_gets_no_progress() -> None:
    screen = Screen(shows=False)
    with ProgressLine(screen, screen.clock) as progress:
        progress.stage("drawing")
    assert screen.getvalue() == ""


def test_what_is_printed_stands_above_the_progress(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    with ProgressLine(screen, screen.clock) as progress:
        progress.show("1 of 2")
        progress.print("seed 1 FAILED")
        assert screen.seen() == ""
    assert capsys.readouterr().out == "seed 1 FAILED\n"


def test_a_long_line_of_progress_fits_into_the_terminal() -> None:
    screen = Screen()
    ProgressLine(screen, screen.clock).show("x" * 500)
    assert len(screen.seen()) < 80


TURNED = "a\u202eb\x1b[2J\x9bc\u2028\u2066\x7f\r"
SHOWN = r"a\u202eb\u001b[2J\u009bc\u2028\u2066\u007f\u000d"


def test_what_steers_a_terminal_or_ends_a_line_is_written_as_an_escape() -> None:
    assert harmless(f"{TURNED}\n\tend") == f"{SHOWN}\n\tend"
    assert in_one_line(f"{TURNED}\n\tend") == rf"{SHOWN}\u000a" + "\tend"


def test_what_steers_a_terminal_is_shown_and_does_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    screen = Screen()
    ProgressLine(screen, screen.clock).show(f"{TURNED}\n")
    assert screen.seen().strip() == rf"{SHOWN}\u000a"
    complain(f"{TURNED}\nracer: all is well")
    with guarded_stdout():
        print(f"{TURNED}: é ä 👨\u200d👩 \u05d0")
        print(json.dumps({"name": TURNED}, ensure_ascii=False))
    said = capsys.readouterr()
    assert said.err == rf"racer: {SHOWN}\u000aracer: all is well" + "\n", "nobody speaks for us"
    first, second = said.out.splitlines()
    assert first == f"{SHOWN}: é ä 👨\u200d👩 \u05d0", "letters stay as they are"
    assert json.loads(second) == {"name": TURNED}


def test_where_nobody_can_hear_a_complaint_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w") as full:
        for stream in (None, full):
            monkeypatch.setattr(sys, "stderr", stream)
            complain("nobody hears this")
        with pytest.raises(OSError, match="No space"):
            print_line("nor this", full)


def test_a_standard_output_that_cannot_be_written_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(OutputError, match="No space left"), guarded_stdout():
            print("much")  # waits in a buffer until the end
        full.flush()  # what waited went nowhere


def test_a_standard_output_that_nobody_reads_is_known_as_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ear, mouth = os.pipe()
    os.close(ear)
    with os.fdopen(mouth, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        with pytest.raises(OutputClosedError), guarded_stdout():
            print("much", flush=True)


def test_letters_without_a_code_are_written_as_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    told = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(told, encoding="ascii"))
    with guarded_stdout():
        print("größte")
    assert told.getvalue() == b"gr\\u00f6\\u00dfte\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_json_stays_json_in_every_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"name": "Zoë 😀", "path": "a\udcff"}
    told = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(told, encoding=encoding))
    with guarded_stdout():
        print(json.dumps(said, ensure_ascii=False))
    assert json.loads(told.getvalue().decode(encoding)) == said


def test_without_a_standard_output_all_goes_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with guarded_stdout():
        print("nobody hears this")
