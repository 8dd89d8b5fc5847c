"""The same work done by HashiCorp's serf, where it is installed: agents on a LAN of their own.

Its log lines are stamped when we read them: its own stamps are of whole seconds.
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import subprocess
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from threading import Thread
from typing import Final, final

from tests.lan.drops import Drop
from tests.lan.lab import Lan, Run

MEMBER: Final = re.compile(r"serf: EventMember(Join|Failed|Update|Leave): n(\d+) ")
EVENT: Final = re.compile(r"agent: Received event: user-event: (\S+)")
JOIN_S: Final = 20.0
KNOWN_S: Final = 40.0
EVENT_S: Final = 8.0  # an event that has not come by then does not


@dataclass(frozen=True, slots=True)
class Heard:
    """A line of an agent's log: `what` is Join, Failed, or an event's name."""

    t: float
    agent: int
    what: str
    about: int | None  # which agent joined or failed


def read_line(t: float, agent: int, line: str) -> Heard | None:
    """Return what a line of the log tells, if it is of use."""
    if found := MEMBER.search(line):
        return Heard(t, agent, found[1], int(found[2]))
    if found := EVENT.search(line):
        return Heard(t, agent, found[1], None)
    return None


def known_ms(heard: Collection[Heard], failed: int, since: float) -> dict[int, float]:
    """Return by agent after how long it told that another has failed."""
    first: dict[int, float] = {}
    for each in heard:
        if each.what == "Failed" and each.about == failed and each.t >= since:
            first.setdefault(each.agent, 1000 * (each.t - since))
    return first


def shown_ms(heard: Collection[Heard], event: str, agents: int) -> float | None:
    """Return how long an event took from the first agent that told it to the last one."""
    times = {each.agent: each.t for each in heard if each.what == event}
    return 1000 * (max(times.values()) - min(times.values())) if len(times) == agents else None


def failures(heard: Collection[Heard], since: float, running: Collection[int]) -> int:
    """Return how often an agent that ran was called failed."""
    return sum(
        each.what == "Failed" and each.about in running and each.t >= since for each in heard
    )


@final
class Agents:
    """Agents of one cluster, a box each."""

    def __init__(self, lan: Lan, profile: str) -> None:
        self.lan = lan
        self.heard: list[Heard] = []
        self._selector = selectors.DefaultSelector()
        self._runs: list[Run] = []
        for box in range(len(lan.boxes)):
            self._start(box, profile)
        self._ended = False
        self._thread = Thread(target=self._read, name="serf", daemon=True)
        self._thread.start()

    @property
    def size(self) -> int:
        return len(self._runs)

    def wait_joined(self) -> bool:
        """Wait until all have told of all; tell whether they have."""
        deadline = time.monotonic() + JOIN_S
        while time.monotonic() < deadline:
            joined = {(each.agent, each.about) for each in self.heard if each.what == "Join"}
            if len(joined) == self.size**2:
                return True
            time.sleep(0.1)
        return False

    def event(self, box: int, name: str) -> None:
        """Have an agent tell all others something."""
        enter = ["ip", "netns", "exec", self.lan.boxes[box].name]
        command = [*enter, "serf", "event", "-coalesce=false", name, "hello"]
        subprocess.run(command, check=True, capture_output=True)

    def kill(self, box: int) -> float:
        at = time.time()
        self._runs[box].kill()
        return at

    def pause(self, boxes: Collection[int]) -> None:
        for box in boxes:
            self._runs[box].pause()

    def go_on(self, boxes: Collection[int]) -> None:
        for box in boxes:
            self._runs[box].go_on()

    def close(self) -> None:
        self._ended = True
        self._thread.join(2)
        self._selector.close()

    def _start(self, box: int, profile: str) -> None:
        place = self.lan.boxes[box]
        words = [f"-node=n{box}", f"-bind={place.address}:7946", f"-profile={profile}"]
        if box:
            words.append(f"-retry-join={self.lan.boxes[0].address}")
            words.append("-retry-interval=1s")
        run = place.run("serf", "agent", *words)
        self._runs.append(run)
        assert run.process.stdout is not None
        self._selector.register(run.process.stdout, selectors.EVENT_READ, box)

    def _read(self) -> None:
        rest: dict[int, bytes] = {}
        while not self._ended:
            for key, _ in self._selector.select(0.2):
                data = os.read(key.fd, 65536)
                t = time.time()
                if not data:
                    self._selector.unregister(key.fileobj)
                    continue
                *whole, rest[key.data] = (rest.get(key.data, b"") + data).split(b"\n")
                found = (read_line(t, key.data, line.decode()) for line in whole)
                self.heard.extend(each for each in found if each is not None)


@contextmanager
def joined(boxes: int, profile: str) -> Iterator[Agents | None]:
    """Build a LAN with an agent on each box; None where they do not join in time."""
    lan = Lan(boxes)
    try:
        lan.introduce()
        agents = Agents(lan, profile)
        try:
            yield agents if agents.wait_joined() else None
        finally:
            agents.close()
    finally:
        lan.close()


def installed() -> str | None:
    """Return the version of HashiCorp's serf, if that is what `serf` is here."""
    if shutil.which("serf") is None:
        return None
    told = subprocess.run(["serf", "version"], check=False, capture_output=True, text=True).stdout
    return told.split("\n", 1)[0].strip() if "Agent Protocol" in told else None


def chat(agents: Agents, lines: int, every_s: float) -> tuple[list[float], int]:
    """Return after how many ms all had each event, and how many never reached all."""
    names = [f"line-{number}" for number in range(lines)]
    for number, name in enumerate(names):
        agents.event(number % agents.size, name)
        time.sleep(every_s)
    time.sleep(EVENT_S)
    took = [shown_ms(agents.heard, name, agents.size) for name in names]
    shown = [ms for ms in took if ms is not None]
    return shown, lines - len(shown)


def kill(agents: Agents, boxes: list[int], every_s: float) -> tuple[list[float], int]:
    """Kill agents one after the other; return after how many ms others knew, and how many not."""
    survivors = set(range(agents.size)) - set(boxes)
    killed = {}
    for box in boxes:
        killed[box] = agents.kill(box)
        time.sleep(every_s)
    deadline = time.monotonic() + KNOWN_S
    while True:
        told = [known_ms(agents.heard, box, at) for box, at in killed.items()]
        known = [ms for each in told for agent, ms in each.items() if agent in survivors]
        missing = len(survivors) * len(boxes) - len(known)
        if not missing or time.monotonic() > deadline:
            return known, missing
        time.sleep(0.5)


def failures_at_loss(agents: Agents, share: float, seconds: float) -> int:
    """Return how often a running agent was called failed while datagrams are lost."""
    since = time.time()
    agents.lan.drop(Drop(tuple(range(agents.size)), share=share))
    time.sleep(seconds)
    found = failures(agents.heard, since, range(agents.size))
    agents.lan.drop()
    return found


def failures_at_pauses(agents: Agents, seconds: float, rng: Random) -> int:
    """Return how often a running agent was called failed while a quarter is paused."""
    since = time.time()
    paused = sorted(rng.sample(range(agents.size), agents.size // 4))
    while time.time() - since < seconds:
        agents.pause(paused)
        time.sleep(2.0)
        agents.go_on(paused)
        time.sleep(0.5)
    return failures(agents.heard, since, set(range(agents.size)) - set(paused))
