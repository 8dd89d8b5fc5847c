"""Processes that belong together end together, with a farewell; broken off, work tells how far."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import pytest

from tests.loopback import race_name

pytestmark = pytest.mark.process

Line = dict[str, object]

HERE: Final = ("--interface", "127.0.0.1")

WINDOW: Final = """
import sys
from functools import partial
from racer.app.commands.cli import main
from racer.app.player import seats
from racer.app.window import game
from racer.app.window.scene import Practice

def run(self):
    self.perform_ask(Practice())
    ordinary(self)

ordinary = game.Game.run
game.open_display = partial(game.open_display, hidden=True)
game.Game.run = run
seats.PRACTICE_BOTS = 2
sys.exit(main(sys.argv[1:]))
"""
"""The game with a race against two bots, on a display that nobody sees."""

INTERRUPTED: Final = """
import signal, sys
from racer.app.commands.cli import main

signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests may ignore it
sys.exit(main(sys.argv[1:]))
"""


@contextmanager
def process(tmp_path: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program that keeps what it keeps in a folder of its own; it is killed in the end."""
    with subprocess.Popen(
        [sys.executable, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def free_ports() -> int:
    """Return a UDP port that is free, as are the next ones in all likelihood."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return min(int(probe.getsockname()[1]), 60_000)


def lines(stream: IO[bytes] | None) -> Iterator[Line]:
    assert stream is not None
    return (json.loads(line) for line in stream)


def wait_for(told: Iterator[Line], wanted: dict[str, str]) -> None:
    """Read what a watcher prints until the drivers are what they should be, by their names.

    It may have led a life before that it sees as a peer, too.
    """
    found: dict[str, str] = {}
    for line in told:
        if line["event"] == "peer":
            found[str(line["name"])] = str(line["state"])
        if wanted.items() <= found.items():
            return
    raise AssertionError(f"the watcher ended; it saw {found}, not {wanted}")


def watcher(port: int, race: str) -> tuple[str, ...]:
    shared = ("--interface", "127.0.0.1", "--peer", f"127.0.0.1:{port}", "--name", "Eve")
    return ("-m", "racer", "watch", "--headless", "--race", race, *shared)


def test_bots_of_one_command_take_leave_when_it_is_killed(tmp_path: Path) -> None:
    port = free_ports()
    race = race_name()
    words = ("--race", race, "--count", "3", "--players", "16", "--name", "Bo", "--port", str(port))
    logs = ("--log", str(tmp_path / "race.log"))
    with (
        process(tmp_path, "-m", "racer", "bot", *HERE, *words, *logs) as bots,
        process(tmp_path, *watcher(port, race)) as eve,
    ):
        told = lines(eve.stdout)
        wait_for(told, dict.fromkeys(("Bo", "Bo 2", "Bo 3"), "alive"))
        bots.kill()
        wait_for(told, dict.fromkeys(("Bo 2", "Bo 3"), "left"))
        assert bots.stdout is not None
        bots.stdout.read()  # ends with the last of them
    assert {path.name for path in tmp_path.glob("*.log")} == {
        "race.log",
        "race-2.log",
        "race-3.log",
    }


@pytest.mark.parametrize(("number", "last"), [(signal.SIGKILL, "down"), (signal.SIGHUP, "left")])
def test_bots_of_a_window_take_leave_when_it_ends(
    number: signal.Signals, last: str, tmp_path: Path
) -> None:
    port = free_ports()
    name = f"Wendy {port}"  # and so a race of its own: other suites may run on this machine
    with (
        process(tmp_path, "-c", WINDOW, *HERE, "--port", str(port), "--name", name) as window,
        process(tmp_path, *watcher(port, f"{name}'s race")) as eve,
    ):
        told = lines(eve.stdout)
        wait_for(told, dict.fromkeys((name, "Bolt", "Comet"), "alive"))
        window.send_signal(number)
        wait_for(told, {name: last, "Bolt": "left", "Comet": "left"})


@pytest.mark.parametrize("kind", [("--nodes", "2", "--laps", "1", "--faults", "0"), ("--contest",)])
def test_a_sweep_that_is_broken_off_tells_how_far_it_was(
    kind: tuple[str, ...], tmp_path: Path
) -> None:
    words = ("simulate", "--seeds", "0:100000", "--json", "--jobs", "2", *kind)
    with process(tmp_path, "-c", INTERRUPTED, *words) as sweep:
        assert sweep.stdout is not None
        sweep.stdout.readline()
        sweep.send_signal(signal.SIGINT)
        sweep.stdout.read()  # ends with the last of its processes
        assert sweep.wait() == 130
        assert sweep.stderr is not None
        told = sweep.stderr.read().decode()
        assert told.startswith("racer: broken off: ")
        assert told.endswith(" of 100000 seeds done, 0 failed\n")
        assert told.count("\n") == 1
