"""Every option has its help, and none is passed over in silence."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import combinations
from typing import Final

import pytest

from racer.app.commands.cli import build_parser
from racer.app.commands.parser import Parser

VALUES: Final = {
    "--name": "ada",
    "--profile": "folder",
    "--interface": "127.0.0.1",
    "--port": "7000",
    "--peer": "10.0.0.1:7000",
    "--passphrase-file": "secret",
    "--log": "race.log",
    "--key-log": "race.keys",
    "--keys": "race.keys",
    "--logs": "printed",
    "--race": "friday",
    "--track": "dockyard",
    "--laps": "5",
    "--grid": "draw",
    "--players": "4",
    "--skill": "0.5",
    "--car": "bison",
    "--count": "2",
    "--say": "hi",
    "--wait": "1",
    "--nodes": "3",
    "--seeds": "7",
    "--loss": "0.1",
    "--faults": "2",
    "--jobs": "1",
    "--trace": "messages",
    "--timeline": "out.svg",
    "--from": "1",
    "--to": "2",
    "--svg": "out.svg",
    "--title": "Spa",
    "--scale": "2",
    "--seed": "3",
    "--number": "2",
}
"""What an option is given here; `--mode` is given each of its values in turn."""

MODES: Final = ("--mode race", "--mode trial", "--mode elimination")
NEED: Final = {
    "timeline": ("a.log", "--svg out.svg"),
    "verify": ("a.log",),
    "decode": ("a.pcap",),
    "check": ("a.track",),
    "import": ("a.csv",),
}
"""What a command cannot do without."""

DRAWN: Final = ("--messages", "--from 1", "--to 2", "--force")
"""What says how a seed is drawn, and so needs `--timeline`."""

OF_A_RACE: Final = (
    *("--nodes 3", "--laps 5", "--loss 0.1", "--faults 2", "--track dockyard", "--grid draw"),
    *("--band", "--sandbox"),
    *MODES,
)

OF_A_SWEEP: Final = ("--json", "--jobs 1", "--logs printed")

OF_A_ROOM: Final = (
    *("--track dockyard", "--laps 5", "--grid draw", "--band", "--sandbox", "--players 4"),
    *MODES,
)

REFUSED: Final = {
    "bot": {(one, "--join") for one in (*OF_A_ROOM, "--host", "--open")},
    "simulate": {
        ("--laps 5", "--mode elimination"),
        ("--grid draw", "--mode trial"),
        *((one, "--contest") for one in OF_A_RACE),
        ("--logs printed", "--contest"),
        *((one, "--explore") for one in (*OF_A_RACE[1:], *OF_A_SWEEP, "--air", "--contest")),
        *((one, "--explore") for one in ("--trace messages", *DRAWN[:3])),
        *((one, "--trace messages") for one in (*OF_A_SWEEP, "--timeline out.svg")),
        *((one, "--timeline out.svg") for one in (*OF_A_SWEEP, "--contest")),
    },
}
"""Pairs of which one has no effect, in either order."""


WITHOUT: Final = {"--passphrase-file", "--log", "--logs", "--trace", "--timeline"}
"""Options that are not there by default."""


def walk(parser: Parser) -> Iterator[Parser]:
    yield parser
    for command in parser.commands():
        yield from walk(command)


def given(action: argparse.Action) -> tuple[str, ...]:
    """Return how an option may be given."""
    flag = action.option_strings[0]
    if flag == "--mode":
        return MODES
    return (flag,) if action.nargs == 0 else (f"{flag} {VALUES[flag]}",)


COMMANDS: Final = {
    parser.prog.removeprefix("racer").strip(): parser for parser in walk(build_parser())
}


def words(command: str) -> list[str]:
    name = command.rsplit(maxsplit=1)[-1] if command else ""
    return [*command.split(), *" ".join(NEED.get(name, ())).split()]


PARSER: Final = build_parser()


def accepts(*asked: str) -> bool:
    try:
        PARSER.parse([word for part in asked for word in part.split()])
    except SystemExit:
        return False
    return True


# --- help -------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_and_every_command_has_its_help(command: str) -> None:
    parser = build_parser()
    for word in command.split():
        parser = next(one for one in parser.commands() if one.prog.endswith(f" {word}"))
    silent = [action.dest for action in parser.options() if not action.help]
    assert silent == []
    hidden = [action.dest for action in parser.options() if action.help == argparse.SUPPRESS]
    assert hidden == (["number"] if command == "bot" else [])
    listed = [
        each.help
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for each in action._choices_actions
    ]
    assert len(listed) == len(list(parser.commands()))
    assert all(listed)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_default_is_told(command: str) -> None:
    fallbacks = vars(build_parser().parse(words(command)))
    untold = [
        action.option_strings[0]
        for action in COMMANDS[command].options()
        if action.option_strings and not action.required and action.help != argparse.SUPPRESS
        if fallbacks[action.dest] not in (False, []) and "(default: " not in str(action.help)
    ]
    assert set(untold) <= WITHOUT


# --- options without effect -------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_pair_of_options_is_taken_or_refused_as_it_should_be(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    needed = " ".join(NEED.get(command.rsplit(maxsplit=1)[-1] if command else "", ()))
    options = [
        each
        for action in COMMANDS[command].options()
        if action.option_strings and action.option_strings[0] not in needed
        for each in given(action)
    ]
    refused = REFUSED.get(command, set())
    wrong = []
    for one, other in combinations(options, 2):
        if one.split()[0] == other.split()[0]:
            continue
        needs = {one, other} & set(DRAWN) if command == "simulate" else set()
        effective = not needs or "--timeline out.svg" in {one, other}
        expected = effective and not {(one, other), (other, one)} & refused
        if accepts(*words(command), one, other) is not expected:
            wrong.append((one, other))
    assert wrong == []
    told = capsys.readouterr().err.splitlines()
    assert all("has no effect" in line and line.endswith("--help") for line in told)


@pytest.mark.parametrize(
    "command", ["races", "records", "simulate", "timeline", "tracks import", "verify"]
)
def test_what_only_drivers_have_is_refused_before_commands_without_any(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not accepts("--name ada", *words(command))
    told = capsys.readouterr().err
    assert told.startswith(f"racer {command}: --name has no effect on 'racer {command}'")


def test_how_circuits_are_listed_is_refused_where_one_is_checked() -> None:
    assert accepts("tracks --json")
    assert not accepts("tracks --json check a.track")


def test_an_option_counts_before_a_command_that_has_it() -> None:
    assert accepts("--profile folder records")
    assert accepts("--interface 127.0.0.1 races")


def test_the_name_of_a_driver_is_not_that_of_a_circuit() -> None:
    parsed = build_parser().parse(["tracks", "import", "a.csv", "--name", "spa"])
    assert parsed.circuit == "spa"
