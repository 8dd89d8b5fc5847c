"""A network that is broken in one way: what is told of it, by whom, and the remedy that mends it.

Two machines want to meet. Each tells its own truth about why they do not, within eight seconds of
its first word; `racer doctor`, on the second one, names the cause in a line with a remedy; that
very remedy is applied, and the two meet.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, assert_never

from tests.lan.lab import Box, Lan, Line, Run

PORT: Final = "40000"
BEGUN_S: Final = 90.0
TOLD_S: Final = 8.0
RACER: Final = ("-m", "racer")

Words: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a bot that holds these; or others, where that hangs on who was there first."""

    fields: Line
    or_else: Line | None = None

    def is_told_by(self, line: Line) -> bool:
        return any(
            fields.items() <= line.items() for fields in (self.fields, self.or_else or self.fields)
        )


@dataclass(frozen=True, slots=True)
class Said:
    """Words that a bot says to a person."""

    words: str


@dataclass(frozen=True, slots=True)
class Meet:
    """It sees the others, broken as the network is."""


Outcome: TypeAlias = Event | Said | Meet
Cure: TypeAlias = Callable[[Lan, str], "Cured"]


@dataclass(frozen=True, slots=True)
class Cured:
    """How the machines start once the remedy was applied: options of the second, code of both."""

    words: Words = ()
    code: Words = RACER


@dataclass(frozen=True, slots=True)
class Symptom:
    """A finding of the doctor: what it is about and what is found, as regular expressions."""

    what: str
    found: str
    cure: Cure


@dataclass(frozen=True, slots=True)
class Broken:
    """A row of the table.

    Args:
        damage: makes it so.
        told: what becomes of each machine.
        symptom: what the doctor says on the second one; None: it says that nothing is wrong.
        words: options of each machine.
        asks: options of the doctor.
        code: what each machine runs.
        boxes: how many machines the network has; those behind the second wait for the cure.
    """

    name: str
    damage: Callable[[Lan], None]
    told: tuple[Outcome, Outcome]
    symptom: Symptom | None = None
    words: tuple[Words, Words] = ((), ())
    asks: Words = ()
    code: tuple[Words, Words] = (RACER, RACER)
    boxes: int = 2
    ipv6: bool = False


def undergo(row: Broken, lan: Lan, folder: Path) -> None:
    """Live through a row."""
    row.damage(lan)
    bots = [start(lan.boxes[at], folder, row.code[at], row.words[at], row.boxes) for at in range(2)]
    for bot, other, outcome in zip(bots, reversed(bots), row.told, strict=True):
        expect(bot, other, outcome)
    doctor = lan.boxes[1].racer(
        *("doctor", "--json", "--profile", str(folder / "doctor"), "--port", PORT, *row.asks)
    )
    doctor.finish(60)
    for bot, outcome in zip(bots, row.told, strict=True):
        end(bot, outcome)
    cured = Cured() if row.symptom is None else cure(row.symptom, doctor, lan)
    codes = row.code if cured.code == RACER else (cured.code, cured.code)
    words: tuple[Words, Words] = (row.words[0], cured.words)
    bots = [start(lan.boxes[at], folder, codes[at], words[at], row.boxes) for at in range(2)]
    for bot, other in zip(bots, reversed(bots), strict=True):
        expect(bot, other, Meet())


def start(box: Box, folder: Path, code: Words, words: Words, boxes: int) -> Run:
    """Start a bot that waits for more than there are, and so until it is killed."""
    name = f"driver{box.card[-2:]}"
    shared = ("--race", "Demo", "--name", name, "--port", PORT)
    players = () if "--join" in words else ("--players", str(boxes + 1))
    profile = () if "--profile" in words else ("--profile", str(folder / name))
    return box.run(sys.executable, *code, "bot", *shared, *players, *profile, *words)


def expect(bot: Run, other: Run, outcome: Outcome) -> None:
    """Have it come within the time, counted from the first word of the later one."""
    for run in (bot, other):
        run.wait_for(BEGUN_S)  # on a busy machine Python begins slowly
    match outcome:
        case Meet():
            bot.wait_for(20, event="peer", node=other.node, state="alive")
        case Event():
            told = bot.wait_for(20, outcome.is_told_by)
            began_s = max(bot.lines[0]["t"], other.lines[0]["t"])
            assert told["t"] - began_s < TOLD_S, f"{told} came after {told['t'] - began_s:.1f} s"
        case Said():
            pass  # stderr is read when it has ended
        case _:
            assert_never(outcome)


def end(bot: Run, outcome: Outcome) -> None:
    """End a bot, and look what it said to a person."""
    bot.kill()
    assert bot.process.stderr is not None
    said = bot.process.stderr.read().decode()
    if isinstance(outcome, Said):
        assert outcome.words in said, said or "nothing was said"


def cure(symptom: Symptom, doctor: Run, lan: Lan) -> Cured:
    """Find the doctor's line about the cause, and do what it says."""
    named = [
        line
        for line in doctor.lines
        if re.search(symptom.what, line["what"]) and re.search(symptom.found, line["found"])
    ]
    assert named, "\n".join(json.dumps(line, ensure_ascii=False) for line in doctor.lines)
    assert "\n" not in named[0]["found"] + named[0]["remedy"]
    return symptom.cure(lan, named[0]["remedy"])


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait a little for something of the system."""
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come"
