"""Whatever file a person names is read to a bound, of bytes and of time."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread

import pytest

from racer.app import bounded_reading
from racer.app.bounded_reading import read_bounded, read_text_bounded


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
