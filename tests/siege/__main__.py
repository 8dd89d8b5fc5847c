"""`make siege`: four bots race on a LAN of namespaces while a fifth machine does its worst.

Prints what the race was like before and under the attack, as JSON, and ends with 1 where a bound
of `Findings.broken` does not hold. Needs root, iproute2 and nftables.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, final

from tests.lan.lab import Box, Lan, Run, can_lan, ip

RACE: Final = "Siege"
RACERS: Final = 4
PORT: Final = 40_000
NEWCOMER_EVERY_S: Final = 45.0
FOUNDING: Final = ("--players", str(RACERS), "--track", "dockyard", "--laps", "99")
RATES: Final = {
    "hellos": 10_000,
    "sockets": 1000,
    "replays": 2000,
    "spoilt": 1000,
    "random": 1000,
    "goodbyes": 50,
    "races": 1000,
}
SWITCH_MEMORY_CS: Final = 30_000
LAST: Final = 19  # setpriority(2)
GAP_P99_MS_MAX: Final = 100
ENTERED_S_MAX: Final = 2.0

Line = dict[str, Any]


@dataclass(slots=True)
class Sights:
    """How all racers saw each other's cars over a while."""

    states: int = 0
    slow_ms: list[int] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)  # percent of a core, each node and second
    sent_bps: list[float] = field(default_factory=list)
    late_p99_ms: list[float] = field(default_factory=list)

    def take(self, line: Line) -> None:
        if line["event"] == "seen":
            self.states += line["states"]
            self.slow_ms += line["slow_ms"]
        elif line["event"] == "stats":
            self.processor.append(line["cpu_pct"])
            self.sent_bps.append(line["tx_bps"])
            self.late_p99_ms.append(line["late_p99_ms"])

    def gap_ms(self, share: float) -> int:
        """Return a percentile of the times between two states; 40 stands for all below."""
        beyond = int(self.states * (1 - share))
        return sorted(self.slow_ms, reverse=True)[beyond] if beyond < len(self.slow_ms) else 40

    def summary(self) -> dict[str, object]:
        return {
            "states": self.states,
            "gap_ms_p99": self.gap_ms(0.99),
            "gap_ms_max": max(self.slow_ms, default=0),
            "processor_pct": round(sum(self.processor) / max(len(self.processor), 1), 1),
            "sent_kbps": round(sum(self.sent_bps) / max(len(self.sent_bps), 1) / 1000),
            "late_p99_ms": sorted(self.late_p99_ms)[len(self.late_p99_ms) // 2],
        }


@dataclass(slots=True)
class Findings:
    """What was found under the attack."""

    quiet: Sights = field(default_factory=Sights)
    siege: Sights = field(default_factory=Sights)
    downs: list[Line] = field(default_factory=list)
    entered_quiet_s: float = 0.0  # from its first tick
    entered_s: list[float] = field(default_factory=list)
    rekeys: int = 0
    answered_bytes: int = 0  # to whom nobody is
    attack: Line = field(default_factory=dict)
    memory_kb: list[tuple[int, int]] = field(default_factory=list)  # each node: before, after
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def amplification(self) -> float:
        sent: dict[str, int] = self.attack["bytes"]
        return self.answered_bytes / max(sum(sent.values()), 1)

    def broken(self) -> Iterator[str]:
        """Yield each bound that did not hold."""
        if self.siege.gap_ms(0.99) > GAP_P99_MS_MAX:
            yield f"states came {self.siege.gap_ms(0.99)} ms apart (p99)"
        if self.downs:
            yield f"{len(self.downs)} were called down that were not"
        longer_s = max(self.entered_s, default=0) - self.entered_quiet_s
        if longer_s > ENTERED_S_MAX:
            yield f"a newcomer waited {longer_s:.1f} s longer"
        if self.amplification > 1:
            yield f"strangers got {self.amplification:.2f} of the bytes that they sent"

    def summary(self) -> dict[str, object]:
        return {
            "quiet": self.quiet.summary(),
            "siege": self.siege.summary(),
            "downs": len(self.downs),
            "entered_quiet_s": self.entered_quiet_s,
            "entered_s": self.entered_s,
            "amplification": round(self.amplification, 3),
            "memory_kb": self.memory_kb,
            "attack": self.attack,
            "dropped": dict(self.dropped.most_common()),
            "broken": list(self.broken()),
        }


@final
class Siege:
    """The racers, and who comes and attacks."""

    def __init__(self, lan: Lan, folder: Path) -> None:
        self._lan, self._folder = lan, folder
        self.found = Findings()
        self._racers = [self._bot(box, *FOUNDING) for box in lan.boxes[:RACERS]]
        self._read = [0] * RACERS
        self._nodes: set[str] = set()
        self._numbers = count()

    def begin(self) -> None:
        """Wait until all race."""
        for run in self._racers:
            run.wait_for(60, event="phase", phase="racing")
        self._nodes = {run.node for run in self._racers}
        for box in self._lan.boxes[:RACERS]:
            _count_answers(box, [each.address for each in self._lan.boxes[: RACERS + 1]])

    def attack(self, seconds: float, rates: dict[str, float]) -> None:
        """Be attacked for so long, while newcomers come."""
        found, box = self.found, self._lan.boxes[RACERS + 1]
        victims = ",".join(f"{each.address}:{PORT}" for each in self._lan.boxes[:RACERS])
        told = [f"{name}={rate:g}" for name, rate in rates.items()]
        words = [RACE, f"{seconds:g}", victims, *told]
        run = box.run(sys.executable, "-m", "tests.siege.attacker", *words)
        before = self._memory()
        found.entered_quiet_s = self._come_and_go(found.quiet)
        while not run.all("recorded"):
            self._watch(found.quiet, 0.5)
            run.look(0)
        _set_memory(
            self._lan, SWITCH_MEMORY_CS
        )  # or each datagram costs as many as there are boxes
        ends_s = time.monotonic() + seconds
        while time.monotonic() < ends_s:
            self._watch(found.siege, min(NEWCOMER_EVERY_S / 3, ends_s - time.monotonic()))
            if ends_s - time.monotonic() > NEWCOMER_EVERY_S / 2:
                found.entered_s.append(self._come_and_go(found.siege))
        found.attack = run.wait_for(60, event="attacked")
        found.memory_kb = list(zip(before, self._memory(), strict=True))
        found.answered_bytes = sum(map(_answered_bytes, self._lan.boxes[:RACERS]))
        for racer in self._racers:
            found.dropped.update(racer.all("stats")[-1]["dropped"])

    def _come_and_go(self, sights: Sights) -> float:
        """Have somebody new join, and leave again; return after how many seconds it was in."""
        run = self._bot(self._lan.boxes[RACERS], "--join", name=f"new{next(self._numbers)}")
        _set_priority(run, LAST)
        until_s = time.monotonic() + NEWCOMER_EVERY_S
        while not run.lines and time.monotonic() < until_s:
            self._watch(sights, 0.1)
            run.look(0)
        _set_priority(run, 0)
        while not run.all("joined") and time.monotonic() < until_s:
            self._watch(sights, 0.2)
            run.look(0)
            assert run.process.poll() is None, run.process.communicate()[1]
        joined = run.all("joined")
        self._watch(sights, 2.0)
        run.close()
        return round(joined[0]["t"] - run.lines[0]["t"], 2) if joined else NEWCOMER_EVERY_S

    def _bot(self, box: Box, *words: str, name: str = "") -> Run:
        name = name or box.address.replace(".", "-")
        where = ["--race", RACE, "--profile", str(self._folder / name), "--port", str(PORT)]
        how = ["--name", name, "--stats", *words]
        return box.run(sys.executable, "-m", "tests.lan.seeing_bot", "bot", *where, *how)

    def _watch(self, sights: Sights, seconds: float) -> None:
        """Let time pass, and read what the racers say."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            for number, run in enumerate(self._racers):
                run.look(0.02)
                assert run.process.poll() is None, run.lines[-20:]
                new, self._read[number] = run.lines[self._read[number] :], len(run.lines)
                for line in new:
                    sights.take(line)
                    if line.get("state") == "down" and line["node"] in self._nodes:
                        self.found.downs.append(line)

    def _memory(self) -> list[int]:
        """Return how much memory each racer holds, in KiB."""
        told = [Path(f"/proc/{run.process.pid}/status").read_text() for run in self._racers]
        return [int(re.findall(r"VmRSS:\s+(\d+)", each)[0]) for each in told]


_COUNTING: Final = """
table ip siege {{
    counter answered {{}}
    chain out {{
        type filter hook output priority 0;
        ip daddr {{ {members}, 224.0.0.0/4, 255.255.255.255, {broadcast} }} accept
        counter name answered
    }}
}}
"""


def _count_answers(box: Box, members: Sequence[str]) -> None:
    """Count what a box sends to who is no member."""
    broadcast = members[0].rpartition(".")[0] + ".255"
    rules = _COUNTING.format(members=", ".join(members), broadcast=broadcast)
    _nft(box, rules, "-f", "-")


def _answered_bytes(box: Box) -> int:
    told = json.loads(_nft(box, None, "-j", "list", "counter", "ip", "siege", "answered"))
    return next(int(each["counter"]["bytes"]) for each in told["nftables"] if "counter" in each)


def _nft(box: Box, told: str | None, *words: str) -> str:
    command = ["ip", "netns", "exec", box.name, "nft", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, input=told).stdout


def main() -> int:
    """Race under attack. Returns 1 where a bound did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.siege", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="(600)")
    parser.add_argument("--only", choices=list(RATES), action="append", help="repeatable (all)")
    parser.add_argument("--rate", type=float, help="of those, datagrams a second")
    asked = parser.parse_args()
    if not can_lan:
        sys.exit("a siege needs root and iproute2, for a LAN of namespaces")
    rates = {
        name: asked.rate or rate for name, rate in RATES.items() if name in (asked.only or RATES)
    }
    lan = Lan(RACERS + 2)
    try:
        _set_memory(lan, 0)  # who attacks hears all that members say to each other
        with TemporaryDirectory(prefix="racer-siege-") as folder:
            siege = Siege(lan, Path(folder))
            try:
                siege.begin()
                siege.attack(asked.seconds, rates)
            finally:
                lan.close()
            print(json.dumps(siege.found.summary(), indent=2))
            return int(any(siege.found.broken()))
    finally:
        lan.close()


def _set_priority(run: Run, nice: int) -> None:
    """Have all threads of a process wait for others, or no more.

    To start one takes a second of a processor, which in life is its own machine's.
    """
    for thread in Path(f"/proc/{run.process.pid}/task").iterdir():
        os.setpriority(os.PRIO_PROCESS, int(thread.name), nice)


def _set_memory(lan: Lan, centiseconds: int) -> None:
    """Have the switches remember for so long behind which port a card is; 0 makes hubs of them."""
    switch = f"{lan.boxes[0].name.rpartition('b')[0]}sw"
    for half in ("0", "1"):
        how = ("type", "bridge", "ageing_time", str(centiseconds))
        ip("-n", switch, "link", "set", f"br{half}", *how)


if __name__ == "__main__":
    sys.exit(main())
