"""The place of a file is asked for before the work; it replaces another only where told to."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from net import UsageError
from racer.app.new_file import DiskError, NewFile


def test_a_file_is_there_when_it_is_written_and_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.svg"
    with NewFile(path, force=False) as file:
        assert not path.exists()
        file.write("a drawing")
    assert path.read_text() == "a drawing"
    assert list(tmp_path.iterdir()) == [path]


def test_work_that_is_broken_off_leaves_nothing_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out.svg"
    with pytest.raises(KeyboardInterrupt), NewFile(path, force=False):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == f"racer: broken off: {path} is not written\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_work_leaves_nothing_and_says_so(
    number: signal.Signals, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out.svg"
    with pytest.raises(SystemExit) as ended, NewFile(path, force=False):
        signal.raise_signal(number)
    assert ended.value.code == 128 + number
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == f"racer: broken off: {path} is not written\n"
    assert signal.getsignal(number) is signal.SIG_DFL


def test_a_signal_that_is_ignored_stays_so_while_a_file_is_made(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with NewFile(tmp_path / "out.svg", force=False) as file:
            signal.raise_signal(signal.SIGHUP)
            file.write("a drawing")
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (tmp_path / "out.svg").read_text() == "a drawing"


def test_a_file_that_is_there_stays_unless_its_end_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "out.svg"
    path.write_text("before")
    with pytest.raises(UsageError, match=r"there already.*--force"):
        NewFile(path, force=False)
    assert path.read_text() == "before"
    with NewFile(path, force=True) as file:
        file.write("after")
    assert path.read_text() == "after"


def test_a_file_that_somebody_makes_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "out.svg"
    with NewFile(path, force=False) as file:
        path.write_text("theirs")
        with pytest.raises(UsageError, match="there already"):
            file.write("ours")
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("before")
    link.symlink_to(target)
    with NewFile(link, force=True) as file:
        file.write("after")
    assert link.is_symlink()
    assert target.read_text() == "after"


@pytest.mark.parametrize(
    ("name", "why"),
    [(".", "directory"), ("missing/out.svg", "No such file"), ("fifo", "No such device")],
)
def test_what_cannot_be_written_is_told_before_the_work(
    name: str, why: str, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(UsageError, match=f"cannot be written: .*{why}"):
        NewFile(tmp_path / name, force=True)


def test_a_device_is_written_to_as_it_is_and_its_end_is_told() -> None:
    with NewFile(Path(os.devnull), force=False) as file:
        file.write("a drawing")
    full = NewFile(Path("/dev/full"), force=False)
    with full, pytest.raises(DiskError, match="No space left"):
        full.write("a drawing")


def test_folders_on_the_way_are_made_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "circuits" / "new.track"
    with NewFile(path, force=False, folders=True) as file:
        file.write("name new")
    assert path.read_text() == "name new"
