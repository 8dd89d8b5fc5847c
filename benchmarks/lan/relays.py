"""Eight real nodes of which six hear two alone, and one of these two dies in mid-race.

`python -m benchmarks.lan.relays` (root) has them race in namespaces, each beside switches that drop
all between the six, multicast and broadcast too. Prints JSON: how the survivors saw each other's
cars before and after the kill, whom they called down, and how many results there are. Ends with 1
where another than the killed one was called down, a car was unseen for GAP_MS_MAX, or the results
differ.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.lan.room import Tail, told
from tests.lan.drops import Drop
from tests.lan.lab import Lan, Run, can_lan
from tests.waiting import until

NODES: Final = 8
RELAYS: Final = 2  # the last boxes
LAPS: Final = 3
RACED_S: Final = 12.0  # before the kill
WAIT_S: Final = 90.0
GAP_MS_MAX: Final = 500

Line = dict[str, Any]


def main() -> int:
    """Race, kill, and tell. Returns 1 where something broke."""
    if not can_lan:
        sys.exit("relays need root and iproute2, for a LAN of namespaces")
    lan = Lan(NODES)
    try:
        _deafen(lan)
        with TemporaryDirectory(prefix="racer-relays-") as folder:
            return _race(lan, Path(folder))
    finally:
        lan.close()


def _deafen(lan: Lan) -> None:
    """Drop all that goes between boxes that are no relays; these hear everybody."""
    lan.introduce()
    deaf = tuple(range(NODES - RELAYS))
    to_each = [
        Drop((sender,), to=lan.boxes[number].address)
        for sender in deaf
        for number in deaf
        if sender != number
    ]
    lan.drop(*to_each, Drop(deaf, to="224.0.0.0/4"), Drop(deaf, to="10.77.0.255"))


def _race(lan: Lan, folder: Path) -> int:
    runs: list[Run] = []
    lives: list[list[Line]] = [[] for _ in range(NODES)]
    tails: list[Tail] = []
    for number, box in enumerate(lan.boxes):
        log = folder / f"{number}.jsonl"
        where = ["--race", "Relays", "--profile", str(folder / str(number))]
        how = ["--name", f"Car {number}", "--track", "dockyard", "--players", str(NODES)]
        words = ["-m", "tests.lan.seeing_bot", "bot", *where, *how, "--laps", str(LAPS), "--stats"]
        runs.append(box.record(log, sys.executable, *words))
        tails.append(Tail(log))

    def look() -> None:
        for life, tail in zip(lives, tails, strict=True):
            life.extend(tail.read())

    try:
        killed = _kill_a_relay(runs, lives, look)
        survivors = [life for number, life in enumerate(lives) if number != NODES - RELAYS]
        _wait(look, lambda: all(results(life) for life in survivors), "results")
    finally:
        lan.close()
        for tail in tails:
            tail.close()
    return _tell(survivors, *killed)


def _kill_a_relay(
    runs: list[Run], lives: list[list[Line]], look: Callable[[], None]
) -> tuple[str, float]:
    """Wait until all race, and a while; return who was killed, and when."""
    _wait(look, lambda: all(told(life, "seen") for life in lives), "a race")
    ends_s = time.monotonic() + RACED_S
    _wait(look, lambda: time.monotonic() > ends_s, "the kill")
    relay = NODES - RELAYS
    runs[relay].kill()
    return str(told(lives[relay], "joined")[0]["node"]), time.time()


def _wait(look: Callable[[], None], condition: Callable[[], bool], what: str) -> None:
    def looked() -> bool:
        look()
        return condition()

    until(looked, what, WAIT_S)


def results(life: list[Line]) -> list[Line]:
    """Return the official ones."""
    return [line for line in told(life, "results") if line["official"]]


def _tell(survivors: list[list[Line]], dead: str, killed_s: float) -> int:
    # A second passes before and after, in which cars stop or a line tells of both times.
    began_s = max(told(life, "seen")[0]["t"] for life in survivors) + 1
    ended_s = min(results(life)[0]["t"] for life in survivors) - 2
    seen = [line for life in survivors for line in told(life, "seen") if line["node"] != dead]
    before = [line for line in seen if began_s < line["t"] < killed_s]
    after = [line for line in seen if killed_s < line["t"] < ended_s]
    downs = [line for life in survivors for line in told(life, "peer") if line["state"] == "down"]
    wrong = [line for line in downs if line["node"] != dead]
    digests = {line["digest"] for life in survivors for line in results(life)}
    found = {
        "before": sights(before),
        "after": sights(after),
        "called_down_wrongly": len(wrong),
        "results": len(digests),
    }
    print(json.dumps(found, indent=2))
    gap_ms = max(_gaps_ms([*before, *after]), default=0)
    return int(bool(wrong) or gap_ms > GAP_MS_MAX or len(digests) != 1)


def sights(seen: list[Line]) -> dict[str, object]:
    """Return how cars were seen: states a second (one line tells of about one), ages, gaps."""
    rates = sorted(line["states"] for line in seen)
    ages = sorted(line["age_ms_p99"] for line in seen)
    return {
        "states_a_second": {"least": rates[0], "p50": rates[len(rates) // 2]},
        "age_ms_p99": {"p50": ages[len(ages) // 2], "most": ages[-1]},
        "gap_ms_most": max(_gaps_ms(seen), default=0),
    }


def _gaps_ms(seen: list[Line]) -> Iterator[int]:
    for line in seen:
        yield from (*line["slow_ms"], line["silent_ms"])


if __name__ == "__main__":
    sys.exit(main())
