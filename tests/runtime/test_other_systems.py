"""Races by the paths that only Windows or macOS take, here; what they do not have is taken away."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from racer.app.simulation.bullring import NAME, TEXT
from tests.loopback import race_name
from tests.runtime.other_systems import BOOT_OF_MACOS, BOOT_OF_WINDOWS

pytestmark = pytest.mark.process


HERE = ("--interface", "127.0.0.1")
BUSY = "this machine is too busy"  # which is true of one that has other work


def start(
    system: str, home: Path, *words: str, stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.runtime.other_systems", system, *words],
        env={**os.environ, "XDG_DATA_HOME": str(home), "XDG_CACHE_HOME": str(home)},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(started: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Return the exit status, what was printed, and what was told but that others use the cores."""
    with started:
        try:
            out, told = started.communicate(timeout=120)
        finally:
            started.kill()
    words = [line for line in told.splitlines(keepends=True) if BUSY not in line]
    return started.returncode, out, "".join(words)


def have_short_circuit(home: Path) -> tuple[str, ...]:
    """Put a circuit into a home: systems differ, not laps. Return what races on it."""
    circuit = home / "racer" / "circuits" / f"{NAME}.track"
    circuit.parent.mkdir(parents=True)
    circuit.write_text(TEXT, encoding="utf-8")
    return "--laps", "1", "--track", NAME, *HERE


def test_bots_of_three_systems_race(tmp_path: Path) -> None:
    words = ("bot", "--race", race_name(), *have_short_circuit(tmp_path))
    bots = [
        start(system, tmp_path, *words, "--players", "3", "--profile", str(tmp_path / system))
        for system in ("linux", "macos", "windows")
    ]
    for status, out, told in [finish(bot) for bot in bots]:
        assert (status, told) == (0, "")
        assert "results" in [json.loads(line)["event"] for line in out.splitlines()]
    assert boot_noted(tmp_path / "macos") == BOOT_OF_MACOS
    assert boot_noted(tmp_path / "windows") == f"start {BOOT_OF_WINDOWS}"


def boot_noted(profile: Path) -> str:
    """Return which start of the machine a journal notes for its only room."""
    with closing(sqlite3.connect(profile / "journal")) as journal:
        ((boot,),) = journal.execute("SELECT boot FROM room").fetchall()
    return str(boot)


@pytest.mark.long
def test_bots_of_two_systems_race_behind_a_passphrase(tmp_path: Path) -> None:
    """One reads it from a file; two of one command, and one of a window, from their input."""
    file = tmp_path / "word"
    file.write_text("open sesame\n")
    race = race_name()
    locked = ("--race", race, "--players", "4", "--passphrase-file")
    words = ("bot", *have_short_circuit(tmp_path), *locked)
    host = start("macos", tmp_path, *words, str(file), "--profile", str(tmp_path / "host"))
    two = start("windows", tmp_path, *words, "-", "--count", "2", stdin=subprocess.PIPE)
    assert two.stdin is not None
    two.stdin.write("open sesame\n")
    two.stdin.flush()
    script = ("-m", "tests.runtime.bot_beside", race, "40000", "open sesame")
    beside = start("windows", tmp_path, *script, stdin=subprocess.PIPE)
    for bots, number in ((host, 1), (two, 2)):
        status, out, told = finish(bots)
        assert (status, told) == (0, "")
        assert [json.loads(line)["event"] for line in out.splitlines()].count("left") == number
    assert finish(beside) == (0, "", "")  # it reads the end of its input


@pytest.mark.parametrize("system", ["macos", "windows"])
def test_a_profile_is_for_one_process_of_another_system_too(system: str, tmp_path: Path) -> None:
    words = ("bot", "--race", race_name(), *HERE, "--profile", str(tmp_path / "driver"))
    first = start(system, tmp_path, *words)
    try:
        assert first.stdout is not None
        assert first.stdout.readline()  # it has its profile
        status, _, told = finish(start(system, tmp_path, *words))
    finally:
        first.terminate()
        finish(first)
    assert status != 0
    assert "in use by another racer" in told


@pytest.mark.parametrize("system", ["macos", "windows"])
def test_a_file_that_a_person_names_is_read_on_other_systems(system: str, tmp_path: Path) -> None:
    wrong = tmp_path / "mine.track"
    wrong.write_text("no circuit\n")
    status, out, told = finish(start(system, tmp_path, "tracks", "check", str(wrong)))
    assert status == 1
    assert "mine.track" in out + told
