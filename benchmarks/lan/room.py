"""A room of measured nodes, a box each: started, hurt, and listened to."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, final

from benchmarks.lan.story import Life, Story, Told, is_together, summary
from tests.lan.lab import Lan, Run

SETTLE_S = 30.0
LOOK_S = 0.1


class UnsettledError(Exception):
    """The room did not come to rest in time."""


class EndedError(Exception):
    """A node has ended that nobody has killed: what is measured from then on is another room."""


@final
class Tail:
    """Reads what was added to a file of JSON Lines."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("rb")
        self._rest = b""
        self.said = b""  # what was no line of JSON, last

    def read(self) -> list[dict[str, object]]:
        *whole, self._rest = (self._rest + self._file.read()).split(b"\n")
        self.said = next((line for line in reversed(whole) if line[:1] not in b"{"), self.said)
        return [json.loads(line) for line in whole if line.startswith(b"{")]

    def close(self) -> None:
        self._file.close()


@final
class Room:
    """Nodes on a LAN. Each says a line every `every_ms`."""

    def __init__(self, lan: Lan, directory: Path, every_ms: int, rng: Random) -> None:
        self.lan = lan
        self.story = Story()
        self._directory = directory
        self._every_ms = every_ms
        self._rng = rng
        self._starts = 0
        self._runs: dict[int, Run] = {}
        self._tails: dict[int, list[Tail]] = {}

    @property
    def size(self) -> int:
        return len(self.lan.boxes)

    def start(self, box: int) -> float:
        """Start the node of a box, with what is on its disk; return when."""
        self._starts += 1
        log = self._directory / f"{self._starts}.jsonl"
        profile = self._directory / f"box{box}"
        first_ms = self._rng.randrange(max(self._every_ms, 1))
        words = [sys.executable, "-m", "benchmarks.lan.node", str(profile)]
        began = time.time()
        words += [str(self._every_ms), str(first_ms)]
        self._runs[box] = self.lan.boxes[box].record(log, *words)
        self._tails.setdefault(box, []).append(Tail(log))
        return began

    def kill(self, box: int) -> float:
        """Kill the node of a box; return when."""
        at = time.time()
        self._runs.pop(box).kill()
        return at

    def pause(self, *boxes: int) -> float:
        at = time.time()
        for box in boxes:
            self._runs[box].pause()
        return at

    def go_on(self, *boxes: int) -> float:
        at = time.time()
        for box in boxes:
            self._runs[box].go_on()
        return at

    def life(self, box: int) -> Life:
        return self.story.lives[box]

    def nodes(self, boxes: Collection[int]) -> set[str]:
        return {self.life(box).node for box in boxes}

    def coordinator(self) -> int:
        """Return the box of the node that coordinates."""
        coordinates = next(iter(self.story.lives.values())).coordinator
        return next(box for box, life in self.story.lives.items() if life.node == coordinates)

    def look(self, for_s: float) -> None:
        """Let time pass, and read.

        Raises:
            EndedError: a node has ended by itself.
        """
        time.sleep(for_s)
        self.story.take(
            Told(box, line)
            for box, tails in self._tails.items()
            for tail in tails
            for line in tail.read()
        )
        for box, run in self._runs.items():
            check_running(f"the node of box {box}", run.process.poll(), self._tails[box][-1].said)

    def settle(self, holds: Callable[[Collection[Life]], bool] = is_together) -> None:
        """Wait until the room is at rest.

        Raises:
            UnsettledError: it was not in time.
        """
        deadline = time.monotonic() + SETTLE_S
        while True:
            self.look(LOOK_S)
            lives = [life for box, life in self.story.lives.items() if box in self._runs]
            if len(lives) == len(self._runs) and holds(lives):
                return
            if time.monotonic() > deadline:
                raise UnsettledError("; ".join(summary(life) for life in lives))

    def close(self) -> None:
        for tails in self._tails.values():
            for tail in tails:
                tail.close()


def check_running(who: str, status: int | None, said: bytes) -> None:
    """Make sure that a process of ours runs.

    Raises:
        EndedError: it has ended with a status, and what it said last.
    """
    if status is not None:
        raise EndedError(f"{who} ended with {status}: {said.decode(errors='replace')}")


@contextmanager
def opened(boxes: int, every_ms: int, seed: int) -> Iterator[Room]:
    """Build a LAN and start a node on each box; take all of it down at the end."""
    lan = Lan(boxes)
    try:
        lan.introduce()
        with TemporaryDirectory(prefix="racer-bench-") as directory:
            room = Room(lan, Path(directory), every_ms, Random(seed))
            try:
                for box in range(boxes):
                    room.start(box)
                room.settle()
                yield room
            finally:
                lan.close()
                room.close()
    finally:
        lan.close()


def told(life: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    """Return the lines of an event."""
    return [line for line in life if line["event"] == event]
