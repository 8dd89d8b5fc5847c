"""A race of real bots: one is killed, started again, and drives its own car again."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, final

from benchmarks.figures import line
from benchmarks.lan.room import LOOK_S, SETTLE_S, Tail, UnsettledError, check_running
from racer.play.limits import LEASED_FROM_NS, SECOND
from tests.lan.lab import Lan, Run

BOTS: Final = 4
LAPS: Final = 99  # the race lasts longer than we look
AWAY_S: Final = 1.0  # until the others drive its car
BETWEEN_S: Final = 1.0
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
        words = (sys.executable, "-m", "racer", "bot", *where, "--players", str(BOTS), *WORDS)
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

    def close(self) -> None:
        for tail in self._tails.values():
            tail.close()


def report(returns: int) -> Iterator[str]:
    """Yield the figures of bots that were killed and started again."""
    lan = Lan(BOTS)
    try:
        with TemporaryDirectory(prefix="racer-bench-") as directory:
            bots = Bots(lan, Path(directory))
            try:
                yield from _measure(bots, returns)
            except UnsettledError as error:
                yield f"  the race did not go on: {error}"
            finally:
                lan.close()
                bots.close()
    finally:
        lan.close()


def _measure(bots: Bots, returns: int) -> Iterator[str]:
    began = [bots.start(box) for box in range(BOTS)]
    for box in range(BOTS):
        bots.wait_for(box, event="phase", phase="racing")
    joined = [1000 * (bots.wait_for(box, event="joined")["t"] - at) for box, at in enumerate(began)]
    found = []
    time.sleep(LEASED_FROM_NS / SECOND)  # before that nobody drives an absent driver's car
    for number in range(returns):
        time.sleep(BETWEEN_S)
        if number == 0:
            yield _control(bots)
        found.append(come_back(bots, number % BOTS))
    yield line("  started for the first time: joined", joined, "ms")
    yield line("  killed: its car is driven on", [each.leased for each in found], "ms")
    yield line("  started again: joined", [each.joined for each in found], "ms")
    yield line("  started again: resumed", [each.resumed for each in found], "ms")
    yield line(
        "  started again: drives its car, told by all", [each.driven for each in found], "ms"
    )


def _control(bots: Bots) -> str:
    """Return what happened in the race so far, in which nobody was killed."""
    lines = [found for told in bots.lines.values() for found in told]
    leases = sum(found["event"] == "control" for found in lines)
    downs = sum(found["event"] == "peer" and found["state"] == "down" for found in lines)
    return f"  {BOTS} bots race, no fault: {leases} leases, {downs} false down"


def come_back(bots: Bots, box: int) -> Return:
    """Kill a bot, start it again, and wait until it drives."""
    others = [other for other in range(BOTS) if other != box]
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
