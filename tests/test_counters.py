"""Nothing is counted that nobody can read: every counter is behind the door, and documented."""

from __future__ import annotations

import ast
import gc
import importlib
import json
import pkgutil
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

import pytest

import net
import racer
from net import Counters
from net.runtime.disk.profile import Profile
from racer.app.commands.bot_options import BotOptions
from racer.app.commands.cli import main
from racer.app.commands.racing_bot import RacingBot
from racer.app.doctor.consultation import DoctorCounters
from racer.app.greeting import greet
from racer.play.reports import Stats
from tests.syntax import nodes

ROOT: Final = Path(__file__).parents[1]


@cache
def counter_classes() -> frozenset[type[Counters]]:
    """Return every kind of counters that the code has."""
    for package in (net, racer):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    gc.collect()  # a dataclass with slots leaves the class behind that it was made of
    found = Counters.__subclasses__()
    return frozenset(kind for kind in found if kind.__module__.startswith(("net.", "racer.")))


@pytest.fixture
def leaver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RacingBot]:
    """A bot that leaves as soon as it has begun."""
    asked: list[BotOptions] = []

    def run_none(options: BotOptions, number: int) -> int:
        asked.append(options)
        return number

    monkeypatch.setattr("racer.app.commands.bot.run_bots", run_none)
    main(["bot", "--race", "Counters", "--interface", "127.0.0.1", "--log", str(tmp_path / "log")])
    with closing(Profile.open(tmp_path / "profile")) as profile:
        bot = RacingBot(asked[0], profile, greet(profile, asked[0].race, asked[0].shared))
        bot.leave()
        yield bot


def unread(kinds: Iterable[type[Counters]], bot: RacingBot, patch: pytest.MonkeyPatch) -> set[str]:
    """Return which kinds of counters a bot that has run does not ask for their figures."""
    asked: set[type[Counters]] = set()

    def note(counters: Counters, kind: str) -> dict[str, int]:
        asked.add(type(counters))
        return {}

    with patch.context() as patched:
        patched.setattr(Counters, "figures", note)
        bot.counters()
    return {kind.__name__ for kind in set(kinds) - asked}


@dataclass(slots=True)
class Unread(Counters):
    part: ClassVar[str] = "nowhere"
    lost: int = 0


def test_every_counter_of_the_code_is_behind_the_door(
    leaver: RacingBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaver.run()
    kinds = counter_classes() - {DoctorCounters}  # `racer doctor` tells of those itself
    assert len(kinds) > 10
    assert unread(kinds, leaver, monkeypatch) == set()
    assert unread({*kinds, Unread}, leaver, monkeypatch) == {"Unread"}, "a new one is missed"


def test_a_bot_says_at_its_end_what_it_dropped(
    leaver: RacingBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for _ in range(3):
            stranger.sendto(b"no layout of ours" * 8, ("127.0.0.1", leaver._service.port))
    leaver.run()
    told = "dropped on the way: transport.malformed 3"
    line = f"racer: {told} (docs/COUNTERS.md says what each means)"
    assert capsys.readouterr().err.splitlines() == [line]
    assert line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()


def test_the_event_stats_tells_what_was_dropped_so_far(leaver: RacingBot, tmp_path: Path) -> None:
    leaver._store.counters.damaged += 2
    leaver._tell(Stats(None, None, 0, None, None))
    leaver.run()
    told = json.loads((tmp_path / "log").read_text(encoding="utf-8").splitlines()[0])
    assert (told["event"], told["dropped"]) == ("stats", {"files.damaged": 2})


def test_a_bot_that_dropped_nothing_of_note_says_nothing(
    leaver: RacingBot, capsys: pytest.CaptureFixture[str]
) -> None:
    leaver.run()
    assert capsys.readouterr().err == ""


# --- the code and the document -----------------------------------------------------------------


def figures() -> list[tuple[str, str]]:
    """Return all figures of the code by reason, each with its kind."""
    return [
        (f"{kind.part}.{each.name}", each.metadata.get("kind", "fault"))
        for kind in counter_classes()
        for each in fields(kind)  # type: ignore[arg-type]
    ]


def test_no_two_figures_have_one_name() -> None:
    assert len(dict(figures())) == len(figures())


def test_the_document_lists_the_figures_that_are() -> None:
    text = (ROOT / "docs" / "COUNTERS.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `([a-z_.]+)` \| (\w+) \| .+ \|$", text, re.MULTILINE))
    assert told == dict(figures())


def counted_unread(code: Iterable[ast.AST], known: Iterable[str]) -> set[str]:
    """Return attributes that some code counts up one by one, and no code ever reads."""
    counted: set[str] = set()
    read: set[str] = set()
    for node in code:
        match node:
            case ast.AugAssign(target=ast.Attribute(attr=name), value=ast.Constant(value=1)):
                counted.add(name)
            case ast.Attribute(attr=name, ctx=ast.Load()):
                read.add(name)
            case _:
                pass
    return counted - read - set(known)


def test_nothing_is_counted_that_nobody_reads() -> None:
    code = [
        node
        for package in ("net", "racer", "benchmarks")
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in nodes(path)
    ]
    known = {reason.partition(".")[2] for reason, _ in figures()}
    assert counted_unread(code, known) == set()
    dead = "class Store:\n    def drop(self) -> None:\n        self.spilt += 1\n"
    assert counted_unread(ast.walk(ast.parse(dead)), known) == {"spilt"}
