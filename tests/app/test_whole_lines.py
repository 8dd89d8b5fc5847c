"""A line is written whole, whoever else has the same output: programs read one object a line."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from unittest.mock import patch

import pytest

from racer.app.commands import bot_beside
from racer.app.commands.bot_beside import BotBeside
from racer.app.log_reading import read_records
from racer.app.output import Output
from racer.app.terminal import complain, guarded_stdout
from racer.play.reports import PhaseEntered

LONG = 200_000  # a pipe holds less, so its writer waits in the midst of a line
LINES = 20
SPEAK = f"""
import sys
for _ in range({LINES}):
    print(sys.argv[1] * {LONG}, flush=True)
sys.stdout.write("killed in the midst of it")
"""


@contextmanager
def unbuffered() -> Iterator[tuple[io.TextIOWrapper, socket.socket]]:
    """Yield a stream as of PYTHONUNBUFFERED, and where each of its writes comes out by itself."""
    mouth, ear = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ear.settimeout(5)
    with mouth, ear, open(mouth.fileno(), "wb", buffering=0, closefd=False) as raw:
        stream = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
        yield stream, ear
        stream.detach()


def test_a_line_is_one_write_though_python_buffers_nothing() -> None:
    with unbuffered() as (stream, ear):
        with patch.object(sys, "stdout", stream), guarded_stdout():
            print("{}", flush=True)
            print('{"name": "größte"}')
        assert [ear.recv(99).decode() for _ in range(2)] == ["{}\n", '{"name": "größte"}\n']


def test_a_complaint_is_one_write_though_python_buffers_nothing() -> None:
    with unbuffered() as (stream, ear):
        with patch.object(sys, "stderr", stream):
            complain("the disk is full")
        assert ear.recv(99) == b"racer: the disk is full\n"


def speaker(words: Sequence[str], passphrase: str | None, output: int) -> subprocess.Popen[bytes]:
    """Stand in for a bot: one that says much, and is killed in the midst of a line."""
    return subprocess.Popen([sys.executable, "-c", SPEAK, *words], stdout=output)


def test_lines_of_bots_come_out_whole_among_ours_however_long() -> None:
    ear, mouth = os.pipe()
    with os.fdopen(ear, encoding="utf-8") as heard, os.fdopen(mouth, "w") as stream:
        told: list[str] = []
        reading = Thread(target=lambda: told.extend(heard), daemon=True)
        reading.start()
        with (
            patch.object(sys, "stdout", stream),
            patch.object(bot_beside, "start_racer", speaker),
            guarded_stdout(),
        ):
            bots = [BotBeside([letter], None) for letter in "ab"]
            assert [bot.wait() for bot in bots] == [0, 0]
        stream.close()
        reading.join(10)
    assert sorted(told) == [letter * LONG + "\n" for letter in "ab" for _ in range(LINES)]


def test_a_bot_of_which_nobody_reads_ends_too() -> None:
    ear, mouth = os.pipe()
    os.close(ear)
    with (
        os.fdopen(mouth, "w") as stream,
        patch.object(bot_beside, "start_racer", speaker),
        patch.object(sys, "stdout", stream),
        guarded_stdout(),
    ):
        assert BotBeside(["a"], None).wait() == 1, "its own output told it, in the midst of a word"


@pytest.mark.parametrize(
    ("cut", "stays"),
    [
        ('{"t": 2.0, "event": "lef', ""),
        ('{"t": 2.0, "event": "left"}', '{"t": 2.0, "event": "left"}\n'),
        ("racer: races on as", "racer: races on as\n"),
        ("ra", ""),
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_a_crash_left_of_a_line_never_becomes_a_part_of_the_next(
    cut: str, stays: str, mark: str, tmp_path: Path
) -> None:
    path = tmp_path / "race.log"
    before = mark + '{"t": 1.0, "event": "phase", "phase": "lobby"}\n'
    path.write_text(before + cut, encoding="utf-8")
    output = Output(None, path)
    output.report(PhaseEntered("grid"))
    output.close()
    assert path.read_text(encoding="utf-8").startswith(before + stays + '{"t": ')
    [(_, records)] = read_records(path)
    assert records[-1].fields["phase"] == "grid"
