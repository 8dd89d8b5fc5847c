"""Races of real bots, a box each, in which one is killed, started again, and drives its own car.

First the race is let alone for a moment: how the others' cars come, and what a node costs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, final

from benchmarks.figures import line
from benchmarks.lan.room import LOOK_S, SETTLE_S, Tail, UnsettledError, check_running, told
from racer.play.limits import LEASED_FROM_NS, SECOND
from tests.lan.lab import Lan, Run

LAPS: Final = 99  # the race lasts longer than we look
AWAY_S: Final = 1.0  # until the others drive its car
BETWEEN_S: Final = 1.0
CALM_S: Final = 10.0
WORDS: Final = ("--race", "Bench", "--track", "dockyard", "--laps", str(LAPS), "--stats")

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Return:
    """How a killed bot came back, in ms from the start of its process."""

    joined: float  # it runs, and has told so
    resumed: float  # it is in its car
    driven: float  # all others have told that it drives its car itself
    leased: float  # from the kill: another node drove its car on


@final
class Bots:
    """A race's bots, a box each, and all that they have printed."""

    def __init__(self, lan: Lan, directory: Path) -> None:
        self._lan = lan
        self._directory = directory
        self._runs: dict[int, Run] = {}
        self._tails: dict[int, Tail] = {}
        self.lines: dict[int, list[Line]] = {}
        self.starts = 0

    def start(self, box: int) -> float:
        """Start a bot, with what is on its disk; return when."""
        self.starts += 1
        log = self._directory / f"{self.starts}.jsonl"
        where = ("--profile", str(self._directory / f"bot{box}"), "--name", f"Bot {box}")
        players = str(len(self._lan.boxes))
        program = (sys.executable, "-m", "tests.lan.seeing_bot", "bot")
        words = (*program, *where, "--players", players, *WORDS)
        at = time.time()
        self._runs[box] = self._lan.boxes[box].record(log, *words)
        if box in self._tails:
            self._tails[box].close()
        self._tails[box] = Tail(log)
        self.lines[box] = []
        return at

    def kill(self, box: int) -> float:
        at = time.time()
        self._runs[box].kill()
        return at

    def wait_for(self, box: int, since: float = 0.0, **wanted: object) -> Line:
        """Return the first line of a bot from `since` on that holds what is wanted.

        Raises:
            UnsettledError: none came in time.
            EndedError: the bot has ended without it.
        """
        deadline = time.monotonic() + SETTLE_S
        while True:
            status = self._runs[box].process.poll()
            self.lines[box].extend(self._tails[box].read())
            for found in self.lines[box]:
                if found["t"] >= since and wanted.items() <= found.items():
                    return found
            check_running(f"bot {box}", status, self._tails[box].said)
            if time.monotonic() > deadline:
                raise UnsettledError(f"bot {box} never told {wanted}")
            time.sleep(LOOK_S / 2)

    def look(self) -> None:
        """Read what all have printed."""
        for box, tail in self._tails.items():
            self.lines[box].extend(tail.read())

    def told(self, event: str, since: float = 0.0) -> list[Line]:
        """Return what all have told of a kind, of those that run, from `since` on."""
        lines = [each for life in self.lines.values() for each in told(life, event)]
        return [each for each in lines if each["t"] >= since]

    def close(self) -> None:
        for tail in self._tails.values():
            tail.close()


def report(cars: int, returns: int) -> Iterator[str]:
    """Yield the figures of a race, and of bots in it that were killed and started again."""
    lan = Lan(cars)
    try:
        with TemporaryDirectory(prefix="racer-bench-") as directory:
            bots = Bots(lan, Path(directory))
            try:
                yield from _measure(bots, cars, returns)
            except UnsettledError as error:
                yield f"  the race did not go on: {error}"
            finally:
                lan.close()
                bots.close()
    finally:
        lan.close()


def _measure(bots: Bots, cars: int, returns: int) -> Iterator[str]:
    began = [bots.start(box) for box in range(cars)]
    for box in range(cars):
        bots.wait_for(box, event="phase", phase="racing")
    joined = [1000 * (bots.wait_for(box, event="joined")["t"] - at) for box, at in enumerate(began)]
    time.sleep(LEASED_FROM_NS / SECOND)  # before that nobody drives an absent driver's car
    yield from _let_alone(bots, cars)
    found = []
    for number in range(returns):
        time.sleep(BETWEEN_S)
        found.append(come_back(bots, number % cars, cars))
    yield line("  started for the first time: joined", joined, "ms")
    yield line("  killed: its car is driven on", [each.leased for each in found], "ms")
    yield line("  started again: joined", [each.joined for each in found], "ms")
    yield line("  started again: resumed", [each.resumed for each in found], "ms")
    yield line(
        "  started again: drives its car, told by all", [each.driven for each in found], "ms"
    )


def _let_alone(bots: Bots, cars: int) -> Iterator[str]:
    """Yield how a race goes in which nobody is killed."""
    since = time.time()
    time.sleep(CALM_S)
    bots.look()
    downs = sum(found["state"] == "down" for found in bots.told("peer"))
    leases = len(bots.told("control"))
    yield f"  {cars} bots race, no fault: {leases} leases, {downs} false down"
    stats, seen = bots.told("stats", since), bots.told("seen", since + 1)
    yield line("  a node: processor", [each["cpu_pct"] for each in stats], "% of a core")
    yield line("  a node: datagrams out", [each["tx_pps"] for each in stats], "a second")
    yield line("  ticks late, p99 of a second", [each["late_p99_ms"] for each in stats], "ms")
    yield line("  another's car: states", [each["states"] for each in seen], "a second")
    yield line("  another's car: age, p99 of a second", [each["age_ms_p99"] for each in seen], "ms")
    gaps = [max([each["silent_ms"], *each["slow_ms"]]) for each in seen]
    yield line("  another's car: longest gap of a second", gaps, "ms")


def come_back(bots: Bots, box: int, cars: int) -> Return:
    """Kill a bot, start it again, and wait until it drives."""
    others = [other for other in range(cars) if other != box]
    node = bots.wait_for(box, event="joined")["node"]
    killed = bots.kill(box)
    time.sleep(AWAY_S)
    lease = [bots.wait_for(other, since=killed, event="control", car=node)["t"] for other in others]
    at = bots.start(box)
    joined = bots.wait_for(box, event="joined")["t"]
    resumed = bots.wait_for(box, event="resumed")["t"]
    driven = [
        bots.wait_for(other, since=at, event="control", car=node, driver=node)["t"]
        for other in others
    ]
    return Return(
        1000 * (joined - at),
        1000 * (resumed - at),
        1000 * (max(driven) - at),
        1000 * (max(lease) - killed),
    )
