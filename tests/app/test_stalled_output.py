"""A standard output that is open and not read, as of a pager: the race waits for no reader."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from threading import Thread
from typing import IO, Final

import pytest

from racer.app import output
from racer.app.commands import bot_beside
from racer.app.commands.bot_beside import BotBeside
from racer.app.output import Output
from racer.app.terminal import OutputStalledError, guarded_stdout
from racer.play.reports import PhaseEntered

_SET_PIPE_SIZE: Final = 1031  # of Linux
_PIPE_BYTES: Final = 4096  # the least that a pipe may hold
LINES: Final = 400  # of some 70 bytes, so several times what it holds

FULL: Final = f"""
import fcntl, os, sys
from racer.app import output
from racer.app.terminal import guarded_stdout
from racer.play.reports import PhaseEntered
output.PATIENCE_S = 0.1
fcntl.fcntl(1, {_SET_PIPE_SIZE}, {_PIPE_BYTES})
with guarded_stdout():
    printed = output.Output(sys.stdout, None, beside=True)
    for number in range({LINES}):
        printed.report(PhaseEntered(f"phase {{number}}"))
    printed.close()
    print(printed.lost, file=sys.stderr)
    raise printed.lost
"""


@contextmanager
def narrow_pipe() -> Iterator[tuple[IO[str], FileIO]]:
    """Yield a stream that is soon full, and where it is read."""
    ear, mouth = os.pipe()
    fcntl.fcntl(mouth, _SET_PIPE_SIZE, _PIPE_BYTES)
    with open(mouth, "w", encoding="utf-8") as stream, FileIO(ear) as read:
        yield stream, read


def phases_of(printed: bytes) -> list[str]:
    return [json.loads(line)["phase"] for line in printed.splitlines()]


def print_phases(stream: IO[str]) -> Output:
    printed = Output(stream, None, beside=True)
    for number in range(LINES):
        printed.report(PhaseEntered(str(number)))
    return printed


def read_lines(read: FileIO, count: int) -> bytes:
    told = b""
    while told.count(b"\n") < count:
        told += read.read(_PIPE_BYTES)
    return told


def close_read(printed: Output, stream: IO[str], read: FileIO) -> bytes:
    """End it while somebody reads; return what that reads."""
    parts: list[bytes] = []
    reader = Thread(target=lambda: parts.append(read.readall() or b""))
    reader.start()
    printed.close()
    stream.close()
    reader.join(60)
    return b"".join(parts)


def test_who_reads_late_holds_up_nothing_and_gets_every_line_in_order() -> None:
    with narrow_pipe() as (stream, read):
        before_s = time.time()
        printed = print_phases(stream)
        after_s = time.time()
        told = read_lines(read, LINES)
        printed.close()
        assert printed.lost is None
    assert phases_of(told) == [str(number) for number in range(LINES)]
    times = [json.loads(line)["t"] for line in told.splitlines()]
    assert before_s - 0.001 <= times[0], "it has the time when it was so …"
    assert times[-1] <= after_s + 0.001, "… not when it was read"


def test_of_what_waits_no_more_is_kept_than_may_be_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(output, "LINES_WAITING_MAX", 100)
    with narrow_pipe() as (stream, read):
        printed = print_phases(stream)
        told = close_read(printed, stream, read)
    missing = LINES - told.count(b"\n")
    assert missing > 0
    numbers = [int(phase) for phase in phases_of(told)]
    assert numbers == sorted(set(numbers)), "each once, in order"
    assert str(printed.lost) == f"nobody read standard output: {missing} lines are not printed"


def test_what_is_left_out_is_told_where_it_is_missing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output, "LINES_WAITING_MAX", 100)
    with narrow_pipe() as (stream, read):
        printed = print_phases(stream)
        read_lines(read, 100)  # so that there is place for more
        printed.report(PhaseEntered("lobby"))
        told = close_read(printed, stream, read)
    assert phases_of(told)[-1] == "lobby"
    assert "racer: nobody read standard output: " in capfd.readouterr().err


def test_a_reader_that_does_not_read_holds_up_no_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(output, "PATIENCE_S", 0.05)
    with narrow_pipe() as (stream, read):
        printed = Output(stream, tmp_path / "race.log", beside=True)
        for number in range(LINES):
            printed.report(PhaseEntered(str(number)))
        printed.close()
        assert printed.lost is not None
        assert printed.is_log_whole
        assert (tmp_path / "race.log").read_text().count("\n") == LINES
        read_lines(read, LINES)  # so that its thread ends


def test_the_end_waits_for_who_does_not_read_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "PATIENCE_S", 0.05)
    with narrow_pipe() as (stream, read):
        printed = print_phases(stream)
        printed.close()
        assert isinstance(printed.lost, OutputStalledError)
        assert str(printed.lost).startswith("nobody read standard output: ")
        read_lines(read, LINES)  # so that its thread ends


def test_a_process_ends_though_a_thread_of_it_waits_for_a_reader() -> None:
    with narrow_pipe() as (stream, _):
        ended = subprocess.run(
            [sys.executable, "-c", FULL],
            check=False,
            stdout=stream,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    told = ended.stderr.decode()
    assert "Fatal" not in told
    assert told.splitlines()[0].startswith("nobody read standard output: ")
    assert ended.returncode == 1


def test_a_bot_beside_us_is_waited_for_no_longer_than_somebody_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bot_beside, "PATIENCE_S", 0.05)
    speak = [sys.executable, "-c", f"for _ in range({LINES}): print('x' * 70)"]

    def start(words: object, secret: object, output: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(speak, stdin=subprocess.PIPE, stdout=output)

    monkeypatch.setattr(bot_beside, "start_racer", start)
    with narrow_pipe() as (stream, read):
        monkeypatch.setattr(sys, "stdout", stream)
        with guarded_stdout():
            bot = BotBeside([], None)
            bot.dismiss()
            assert bot.wait() == 0
            read_lines(read, LINES)  # so that its thread ends
