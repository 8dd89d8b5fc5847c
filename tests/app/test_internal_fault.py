"""A node that finds its own state broken ends in every shell alike: one line, and no success."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from net import Command, InvariantError, NodeView
from net.runtime.disk.profile import Profile
from racer.app.commands.cli import main
from racer.app.options import Shared
from racer.app.output import INTERNAL_FAULT
from racer.app.player import launch, player_node
from racer.app.player.launch import LanDirectory, play
from racer.app.window.scene import OpenRace
from racer.play.session import Session
from tests.loopback import race_name
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

LINE = (
    "internal fault: epoch 5 would be promised after epoch 7;"
    " this node stops so that it cannot spread; please report"
)


@pytest.fixture(autouse=True)
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every session finds its node broken at its first tick; and no signal is taken from us."""

    def find_broken(session: Session, node: NodeView, now_ns: int) -> list[Command]:
        raise InvariantError("epoch 5 would be promised after epoch 7")

    monkeypatch.setattr(Session, "on_tick", find_broken)
    monkeypatch.setattr("signal.signal", lambda number, handler: None)


def shared(folder: Path) -> list[str]:
    options = ["--race", race_name(), "--interface", "127.0.0.1"]
    return [*options, "--profile", str(folder / "ada"), "--log", str(folder / "log")]


def lines(folder: Path) -> list[str]:
    return (folder / "log").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("command", [["bot"], ["watch", "--headless"]])
def test_a_command_says_so_in_one_line_and_ends_with_a_status_of_its_own(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, *shared(tmp_path)]) == INTERNAL_FAULT
    assert capsys.readouterr().err.splitlines() == [f"racer: {LINE}"]
    assert f"racer: {LINE}" in lines(tmp_path)


def sleeper(words: list[str], passphrase: str | None, **outputs: int) -> subprocess.Popen[bytes]:
    """Stand in for a bot: it stays until its input closes."""
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def test_in_the_window_the_line_stands_for_the_race_and_the_bots_beside_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(player_node, "start_racer", sleeper)
    options = Shared(name="ada", interface="127.0.0.1", log=tmp_path / "log")
    with closing(Profile.open(tmp_path / "ada")) as profile:
        directory = LanDirectory(options, profile)
        handle = directory.open_race(OpenRace(race_name()))
        handle.add_bot()
        until(lambda: handle.failure() is not None and bool(handle._bots), "a failure and a bot")
        assert handle.failure() == LINE
        assert [bot.poll() for bot in handle._bots] == [None]
        directory.close()
        for bot in handle._bots:
            assert bot.stdin is not None
            bot.stdin.close()
    assert directory.is_broken
    assert f"racer: {LINE}" in lines(tmp_path)
    assert f"racer: {LINE}" in capsys.readouterr().err.splitlines()


def test_the_window_ends_with_that_status_when_the_player_has_seen_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def race_once(directory: LanDirectory, ask: object) -> int:
        handle = directory.open_race(OpenRace(race_name()))
        until(lambda: handle.failure() is not None, "a failure")
        directory.close()
        return 0

    monkeypatch.setattr(launch, "run_window", race_once)
    options = Shared(name="ada", interface="127.0.0.1", profile=tmp_path / "ada")
    assert play(options, named=False) == INTERNAL_FAULT
