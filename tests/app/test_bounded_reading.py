"""Whatever file a person names is read to a bound, of bytes and of time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from racer.app import bounded_reading
from racer.app.bounded_reading import read_bounded, read_line_of_input, read_text_bounded
from racer.app.commands import cli
from racer.app.commands.parser import WRONG_USE
from racer.app.log_reading import read_records


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 70_000)
    assert read_bounded(path, 70_000) == b"x" * 70_000
    with pytest.raises(OSError, match=r"larger than 69,999 bytes"):
        read_bounded(path, 69_999)


def test_a_device_that_never_ends_is_read_to_the_bound() -> None:
    with pytest.raises(OSError, match="larger than 100 bytes"):
        read_bounded(Path("/dev/zero"), 100)


def test_a_pipe_is_read_to_its_end(fifo: Path) -> None:
    writer = Thread(target=fifo.write_text, args=("open sesame\n",))
    writer.start()
    assert read_text_bounded(fifo, 100) == "open sesame\n"
    writer.join()


def test_a_pipe_into_which_nobody_writes_holds_nobody_up(
    fifo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_reading, "PATIENCE_S", 0.05)
    with pytest.raises(TimeoutError, match="does not end"):
        read_bounded(fifo, 100)


def test_a_pipe_that_nobody_ends_holds_nobody_up(
    fifo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_reading, "PATIENCE_S", 0.05)
    held = os.open(fifo, os.O_RDWR)
    os.write(held, b"word")
    with pytest.raises(TimeoutError, match="does not end"):
        read_bounded(fifo, 100)
    os.close(held)


@pytest.mark.parametrize(
    ("name", "why"), [("missing", "No such file"), (".", "directory"), ("bytes", "byte 2 is not")]
)
def test_why_a_file_is_no_text_is_told_in_a_few_words(name: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"ab\xff")
    with pytest.raises(OSError, match=why) as failed:
        read_text_bounded(tmp_path / name, 100)
    assert str(tmp_path) not in str(failed.value.strerror)


@pytest.fixture
def mouth(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where to write what is then our standard input; it does not end."""
    monkeypatch.setattr(bounded_reading, "PATIENCE_S", 0.05)
    ear, mouth = os.pipe()
    with open(ear, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield mouth
    os.close(mouth)


def test_the_first_line_of_input_is_read_and_what_follows_stays(mouth: int) -> None:
    os.write(mouth, b"open sesame\nand more")
    assert read_line_of_input(11) == "open sesame"
    assert os.read(sys.stdin.fileno(), 100) == b"and more"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"", "no line has come"),
        (b"open", "no line has come"),
        (b"open sesame!\n", "its first line is longer than 11 bytes"),
        (b"\xff\n", "byte 0 is not UTF-8"),
    ],
)
def test_a_line_of_input_that_cannot_be_read_is_told(mouth: int, said: bytes, why: str) -> None:
    os.write(mouth, said)
    with pytest.raises(OSError, match=why):
        read_line_of_input(11)


def test_input_that_was_closed_before_we_began_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(OSError, match="standard input is closed"):
        read_line_of_input(11)


def test_the_mark_that_editors_set_before_a_text_is_no_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbfopen sesame\r\n")
    assert read_text_bounded(path, 100) == "open sesame\r\n"
    with path.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert read_line_of_input(100) == "open sesame\r"
    path.write_bytes(b'\xef\xbb\xbf{"t": 1.0, "event": "phase"}\r\n')
    [(_, [record])] = read_records(path)
    assert record.event == "phase"


def test_a_relative_name_means_something_where_the_own_folder_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for command in ("verify a.log", "timeline a.log --svg out.svg"):
        assert cli.main(command.split()) == WRONG_USE
