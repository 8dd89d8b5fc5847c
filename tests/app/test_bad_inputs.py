"""Whatever is given to a command: it is told in a line what is wrong, soon, and nothing is lost."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn

import pytest

from net import NAME_CHARS_MAX, RACE_NAME_CHARS_MAX, UsageError
from racer.app import bounded_reading, log_reading
from racer.app.circuits.built_cache import BuiltCache
from racer.app.circuits.cache_folder import cache_folder
from racer.app.circuits.library import circuit_names, circuit_text, library
from racer.app.commands import argument_types, cli
from racer.app.commands.parser import FAILURE, WRONG_USE
from racer.app.doctor.finding import Grade
from racer.app.doctor.machine import examine_machine
from racer.app.options import checked_name, checked_race, read_met
from racer.app.window.ports import at_home
from tests.loopback import race_name

DRAW: Final = "--svg out.svg"

# What is asked, the exit status, and what the line says. Names are those of `home`.
READ: Final = (
    ("tracks check missing", WRONG_USE, "missing: cannot be read: No such file"),
    ("tracks check folder", WRONG_USE, "folder: cannot be read: Is a directory"),
    ("tracks check bytes", WRONG_USE, "bytes: cannot be read: it is no text: byte 2"),
    ("tracks check fifo", WRONG_USE, "fifo: cannot be read: it is a pipe"),
    ("tracks check /dev/zero", WRONG_USE, "/dev/zero: cannot be read: it is larger than 262,144"),
    ("tracks check large", WRONG_USE, "large: cannot be read: it is larger"),
    ("tracks import missing", WRONG_USE, "missing: cannot be read: No such file"),
    ("tracks import folder", WRONG_USE, "folder: cannot be read: Is a directory"),
    ("tracks import bytes", WRONG_USE, "bytes: cannot be read: it is no text"),
    ("tracks import fifo", WRONG_USE, "fifo: cannot be read: it is a pipe"),
    (
        "tracks import /dev/zero",
        WRONG_USE,
        "/dev/zero: cannot be read: it is larger than 4,000,000",
    ),
    ("tracks import empty", WRONG_USE, "empty: 0 points make no circuit"),
    ("tracks import survey.csv --name dockyard", WRONG_USE, "choose another --name"),
    ("tracks import survey.csv --name Spa!", WRONG_USE, "'Spa!' is no name of a circuit"),
    ("tracks import survey.csv --name mine", WRONG_USE, "mine.track: is there already"),
    ("bot --passphrase-file missing", WRONG_USE, "missing: the passphrase cannot be read: No such"),
    ("bot --passphrase-file folder", WRONG_USE, "folder: the passphrase cannot be read: Is a dir"),
    (
        "bot --passphrase-file bytes",
        WRONG_USE,
        "bytes: the passphrase cannot be read: it is no text",
    ),
    ("bot --passphrase-file fifo", WRONG_USE, "fifo: the passphrase cannot be read: it is a pipe"),
    ("bot --passphrase-file /dev/zero", WRONG_USE, "cannot be read: it is larger than 4,096 bytes"),
    ("bot --passphrase-file empty", WRONG_USE, "empty: the first line should be the passphrase"),
    ("--passphrase-file /dev/zero", WRONG_USE, "cannot be read: it is larger than 4,096 bytes"),
    (f"timeline missing {DRAW}", WRONG_USE, "missing: cannot be read: No such file"),
    (f"timeline folder {DRAW}", WRONG_USE, "folder: cannot be read: Is a directory"),
    (f"timeline fifo {DRAW}", WRONG_USE, "fifo: cannot be read: it is a pipe"),
    (f"timeline /dev/zero {DRAW}", WRONG_USE, "/dev/zero: too much at once: give 64 MB"),
    (f"timeline ada.log large {DRAW}", WRONG_USE, "large: too much at once"),
    (f"timeline bytes {DRAW}", FAILURE, "bytes:1: is no JSON"),
    (f"timeline empty {DRAW}", FAILURE, "empty: holds no event"),
    (f"timeline ada.log ada.log {DRAW}", WRONG_USE, "ada.log: is given twice"),
    (f"timeline ada.log ./ada.log {DRAW}", WRONG_USE, "ada.log: is given twice"),
    ("records --profile missing", WRONG_USE, "missing: cannot be read: No such file"),
    ("records --profile empty", WRONG_USE, "empty: cannot be read: Not a directory"),
)

WRITTEN: Final = (
    ("timeline ada.log --svg folder", "folder: cannot be written: Is a directory"),
    ("timeline ada.log --svg missing/out.svg", "out.svg: cannot be written: No such file"),
    (
        "timeline ada.log --svg empty",
        "empty: is there already; choose another name, or add --force",
    ),
    ("timeline ada.log --svg fifo", "fifo: cannot be written: No such device"),
    ("timeline ada.log --svg ada.log --force", "ada.log: is a log, and would be drawn over"),
    ("timeline missing --svg empty", "empty: is there already"),
    ("simulate --seeds 1 --timeline folder", "folder: cannot be written: Is a directory"),
    ("simulate --seeds 1 --timeline missing/out.svg", "out.svg: cannot be written: No such file"),
    ("simulate --seeds 1 --timeline empty", "empty: is there already"),
    ("bot --log folder", "folder: cannot be written: Is a directory"),
    ("bot --log missing/race.log", "race.log: cannot be written: No such file"),
    ("bot --log letter", "letter: is no log, and stays as it is; choose another name"),
    ("bot --log fifo", "fifo: cannot be written: No such device"),
    ("watch --headless --log letter", "letter: is no log, and stays as it is"),
    ("--log letter", "letter: is no log, and stays as it is"),
    ("--log missing/race.log", "race.log: cannot be written: No such file"),
)

USED: Final = (
    ("bot --port 65535 --count 2", "2 bots from --port 65535 on: ports end at 65535"),
    ("bot --profile / --count 2", "/: has no place beside it for the profiles of several bots"),
    ("bot --interface here", "'here' is no address of an interface"),
    ("bot --interface \u202e", "is no address of an interface"),
    (f"bot --interface {'x' * 300}", "is no address of an interface"),
    ("races --interface 192.0.2.77", "no interface of this machine that is up has the address"),
    ("races --interface here", "no interface of this machine that is up has the address 'here'"),
    ("--interface 192.0.2.77", "no interface of this machine that is up has the address"),
    ("simulate --seeds 0:2 --trace", "a trace tells one seed: give --seeds N"),
    ("simulate --contest --seeds 0:2 --trace", "a trace tells one seed: give --seeds N"),
    ("simulate --seeds 0:2 --timeline out.svg", "a drawing shows one seed: give --seeds N"),
    ("simulate --seeds 0 --timeline out.svg --messages", "messages are drawn between two moments"),
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with all sorts of files, which is where a person stands and keeps everything."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    circuit_names.cache_clear()
    (tmp_path / "folder").mkdir()
    (tmp_path / "bytes").write_bytes(b"ab\xff\xfe\n")
    (tmp_path / "empty").touch()
    (tmp_path / "letter").write_text("Dear Ada,\n")
    (tmp_path / "survey.csv").write_text("0,0,6,6\n")
    (tmp_path / "ada.log").write_text('{"t": 1.0, "event": "phase", "phase": "lobby"}\n')
    with (tmp_path / "large").open("wb") as large:
        large.truncate(10**9)
    os.mkfifo(tmp_path / "fifo")
    library().mkdir(parents=True)
    (library() / "mine.track").write_text("my own work")
    yield tmp_path
    circuit_names.cache_clear()  # what is kept of this home is not there for others


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pipes that do not end are found out at once."""
    monkeypatch.setattr(bounded_reading, "PATIENCE_S", 0.05)


def contents(home: Path) -> dict[str, bytes]:
    """Return what the person has, but for what a node keeps for itself, or a thread in a cache."""
    files = [path for path in home.rglob("*") if path.is_file() and path.name != "large"]
    kept = [path for path in files if not {"player", "bot", "watch", "cache"} & set(path.parts)]
    return {str(path.relative_to(home)): path.read_bytes() for path in kept}


def ask(arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Return the exit status, and the one line that was told."""
    code = cli.main(arguments.split())
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("racer: ")
    assert told.err.count("\n") == 1
    return code, told.err


@pytest.mark.parametrize(("arguments", "code", "why"), READ)
def test_what_cannot_be_read_is_told_in_one_line(
    arguments: str, code: int, why: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(home)
    status, told = ask(arguments, capsys)
    assert (status, why in told) == (code, True), told
    assert contents(home) == before


@pytest.mark.parametrize(("arguments", "why"), WRITTEN)
def test_what_cannot_be_written_is_told_before_the_work_and_stays_as_it_is(
    arguments: str,
    why: str,
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def work(*words: object, **named: object) -> None:
        raise AssertionError("the work has begun")

    from net.runtime.service import Service
    from racer.app.timeline import draw, simulated

    monkeypatch.setattr(draw, "read_logs", work)
    monkeypatch.setattr(simulated, "simulate", work)
    monkeypatch.setattr(Service, "run", work)
    before = contents(home)
    status, told = ask(arguments, capsys)
    assert (status, why in told) == (WRONG_USE, True), told
    assert contents(home) == before


@pytest.mark.parametrize(("arguments", "why"), USED)
@pytest.mark.usefixtures("home")
def test_what_makes_no_sense_is_told_in_one_line(
    arguments: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = ask(arguments, capsys)
    assert (status, why in told) == (WRONG_USE, True), told


@pytest.fixture
def homeless(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same folder, and a user of whom the system knows no home, as in many a container."""
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def unknown(number: int) -> NoReturn:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    circuit_names.cache_clear()
    return home


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("bot", FAILURE),
        ("watch --headless", FAILURE),
        ("records", FAILURE),
        ("tracks import survey.csv", WRONG_USE),
    ],
)
def test_who_has_no_home_is_told_what_to_set(
    arguments: str, code: int, homeless: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(homeless)
    status, told = ask(arguments, capsys)
    assert (status, "this user has no home folder" in told) == (code, True), told
    assert "set HOME" in told
    assert contents(homeless) == before


@pytest.mark.usefixtures("homeless")
def test_who_has_no_home_does_without_what_is_kept_there() -> None:
    assert circuit_names()[0] == "harbour-ring"
    assert read_met(None).hosts() == []
    assert at_home("Pictures") == Path("Pictures")
    built = BuiltCache(cache_folder() / "built")
    assert not built.holds(b"a circuit")
    [finding] = examine_machine(None)
    assert (finding.what, finding.mark) == ("profile", Grade.DOUBT)


def test_without_a_temporary_folder_the_doctor_and_the_list_say_what_they_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    assert read_met(tmp_path).hosts() == []
    _, finding = examine_machine(tmp_path)
    assert "cannot be looked at without a temporary folder" in finding.found


def test_a_circuit_that_cannot_be_read_hides_no_other(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(library() / "pipe.track")
    (library() / "noise.track").write_bytes(b"\xff")
    circuit_names.cache_clear()
    assert cli.main(["tracks"]) == FAILURE
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == len(circuit_names()) - 3
    assert [line.split(":")[1] for line in told.err.splitlines()] == [" mine", " noise", " pipe"]


def test_a_profile_whose_files_are_no_files_is_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = home / "profile"
    profile.mkdir()
    (profile / "identity").symlink_to("/dev/zero")
    (profile / "incarnation").symlink_to(home / "fifo")
    status, told = ask(f"bot --profile {profile}", capsys)
    assert status == FAILURE
    assert "cannot be read: it is no ordinary file" in told


def test_logs_are_read_up_to_what_they_may_hold_together(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    size = (home / "ada.log").stat().st_size
    shutil.copy(home / "ada.log", home / "ben.log")
    logs = [home / "ada.log", home / "ben.log"]
    assert len(log_reading.read_logs(*logs, bytes_max=2 * size)) == 2
    with pytest.raises(UsageError, match="too much at once"):
        log_reading.read_logs(*logs, bytes_max=2 * size - 1)


# --- standard output --------------------------------------------------------------------------

PRINTING: Final = (
    "--help",
    "bot --help",
    "--version",
    "tracks",
    "tracks check good.track",
    "timeline ada.log --svg out.svg --force",
    "simulate --seeds 1 --contest --json --jobs 1",
    f"bot --race {race_name()} --interface 127.0.0.1 --players 1 --laps 1",
    f"watch --headless --race {race_name()} --interface 127.0.0.1",
)

EACH_BY_A_PROCESS: Final = """
import json, os, runpy, sys
import racer.app.commands.bot, racer.app.commands.watch  # once for all: this takes the time

ends = []
ear, mouth = os.pipe()
os.close(ear)
for output in (os.open("/dev/full", os.O_WRONLY), mouth):
    for arguments in sys.argv[1:]:
        read, write = os.pipe()
        if (child := os.fork()) == 0:
            os.dup2(output, 1)
            os.dup2(write, 2)
            sys.argv = ["racer", *arguments.split()]
            runpy.run_module("racer", run_name="__main__", alter_sys=True)
        os.close(write)
        told = os.fdopen(read).read()
        ends.append((arguments, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told))
print(json.dumps(ends))
"""
"""Runs `racer` with each argument, the output a full disk and then a closed pipe; prints the exit
status and what was told of each."""


@pytest.mark.process
def test_a_full_disk_is_told_in_one_line_and_a_closed_pipe_not_at_all(home: Path) -> None:
    (home / "good.track").write_text(circuit_text("dockyard"))
    joined = '{"t": 1.0, "event": "joined", "race": "x", "node": "0a0a0a0a", "name": "ada"}\n'
    leads = '{"t": 2.0, "event": "coordinator", "race": "x", "node": "0a0a0a0a", "epoch": 1}\n'
    (home / "ada.log").write_text(joined + leads)
    done = subprocess.run(
        [sys.executable, "-c", EACH_BY_A_PROCESS, *PRINTING],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    told = "racer: standard output cannot be written: No space left on device\n"
    waits = r"racer: no race named Test-\w+ here; races here: .*\n"  # a watcher, meanwhile
    full = [[arguments, FAILURE, told] for arguments in PRINTING]
    closed = [[arguments, FAILURE, ""] for arguments in PRINTING]
    found = [
        [arguments, end, re.sub(waits, "", text)]
        for arguments, end, text in json.loads(done.stdout)
    ]
    assert found == full + closed


def test_a_name_that_would_be_cut_is_none() -> None:
    assert checked_name("x" * NAME_CHARS_MAX) == "x" * NAME_CHARS_MAX
    assert checked_race("  a   race of some letters ") == "a race of some letters"
    with pytest.raises(UsageError, match="no name"):
        checked_name("x" * (NAME_CHARS_MAX + 1))
    with pytest.raises(UsageError, match="no name for a race"):
        checked_race("x" * (RACE_NAME_CHARS_MAX + 1))
    with pytest.raises(UsageError, match=f"'{'x' * 60}…' is no name"):
        checked_race("x" * 90_000)
    with pytest.raises(ArgumentTypeError, match="this one has many more"):
        argument_types.line("x" * 90_000)


@pytest.mark.parametrize("text", ["０.5", "0_1", " 0.5", "nan", "inf", "1e999", "", "9" * 5000])
def test_what_python_takes_for_a_number_and_nobody_else_is_none(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="is no number from 0 to 1"):
        argument_types.share(text)
    with pytest.raises(ArgumentTypeError, match="is no whole number from 1 to"):
        argument_types.laps(text)
    assert argument_types.share("5e-1") == 0.5


def test_what_is_not_understood_is_quoted_without_what_steers_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["bot", "--\u202e\x1b[2J"])
    assert r"unrecognized arguments: --\u202e\u001b[2J;" in capsys.readouterr().err


def test_nothing_is_no_folder_and_no_address() -> None:
    with pytest.raises(ArgumentTypeError, match="'' is no folder"):
        argument_types.folder("")
    with pytest.raises(ArgumentTypeError, match="'' is no address"):
        argument_types.interface("")


@pytest.mark.parametrize(
    "command",
    [
        ["verify", ""],
        ["decode", ""],
        ["decode", "a.pcap", "--keys", ""],
        ["timeline", "", "--svg", "out.svg"],
        ["timeline", "ada.log", "--svg", ""],
        ["tracks", "check", ""],
        ["tracks", "import", ""],
        ["simulate", "--logs", ""],
        ["simulate", "--timeline", ""],
        *(["bot", option, ""] for option in ("--log", "--key-log", "--passphrase-file")),
    ],
)
def test_nothing_is_no_file_wherever_one_is_named(
    command: list[str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(home)
    with pytest.raises(SystemExit) as ended:
        cli.main(command)
    assert ended.value.code == WRONG_USE
    assert re.search("'' is no (file|folder): give its name", capsys.readouterr().err)
    assert contents(home) == before
