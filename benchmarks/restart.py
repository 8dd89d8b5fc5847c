"""How soon a killed driver is back in its car. Real processes on a LAN of network namespaces.

Every figure counts from the start of the process. The first time, nothing is compiled yet.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.figures import line
from racer.play.limits import LEASED_FROM_NS, SECOND
from tests.lan.lab import Lan, Line, Run

NODES: Final = 4
RESTARTS: Final = 15
ABSENT_S: Final = 2.0  # long enough for its car to have gone to another driver
ALL_PACKETS: Final = 3  # linux/if_ether.h, ETH_P_ALL
MULTICAST_DNS: Final = 5353


def watch(address: str) -> None:
    """Print when the first datagram of each port left this box."""
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PACKETS))
    packets.bind(("eth0", 0))
    seen = {MULTICAST_DNS}
    while True:
        packet = packets.recv(2048)
        at_s = time.time()
        is_udp = packet[12:14] == b"\x08\x00" and packet[23] == socket.IPPROTO_UDP
        port = int.from_bytes(packet[34:36], "big")
        if is_udp and packet[26:30] == socket.inet_aton(address) and port not in seen:
            seen.add(port)
            print(json.dumps({"t": at_s, "event": "sent", "port": port}), flush=True)


def measure(lan: Lan, profiles: Path) -> Iterator[tuple[float, float, float]]:
    """Yield seconds from a process's start to its hello, to `joined`, to its car."""
    words = ["--players", str(NODES), "--laps", "30"]
    runs = [box.bot(profiles / f"n{k}", *words) for k, box in enumerate(lan.boxes)]
    first, victim = runs[0], runs[1]
    box, node = lan.boxes[1], victim.node
    watcher = box.run(sys.executable, "-m", "benchmarks.restart", box.address)
    first.wait_for(60, event="phase", phase="racing")
    _read_for(runs, LEASED_FROM_NS / SECOND)
    for _ in range(RESTARTS):
        victim.kill()
        _read_for(runs, ABSENT_S)
        began_s = time.time()
        victim = runs[1] = box.bot(profiles / "n1", *words)
        joined = victim.wait_for(10, event="joined")["t"]
        later = partial(_is_later, began_s)
        back = first.wait_for(10, later, event="control", car=node, driver=node)["t"]
        hello = watcher.wait_for(5, later, event="sent")["t"]
        yield hello - began_s, joined - began_s, back - began_s
        _read_for(runs, 1.0)


def _is_later(than_s: float, line: Line) -> bool:
    return bool(line["t"] > than_s)


def _read_for(runs: list[Run], seconds: float) -> None:
    """Let time pass, and no pipe fill."""
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        for run in runs:
            if run.process.poll() is None:
                run.look(0.02)


def report() -> Iterator[str]:
    """Yield lines of figures."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        yield "killed and started again: not measured, network namespaces need root and iproute2"
        return
    lan = Lan(NODES)
    try:
        with tempfile.TemporaryDirectory() as profiles:
            found = list(measure(lan, Path(profiles)))
    finally:
        lan.close()
    names = ("hello sent", "joined", "drives its own car")
    for name, seconds in zip(names, zip(*found, strict=True), strict=True):
        yield line(f"started again → {name}", [1000 * s for s in seconds], "ms")


if __name__ == "__main__":
    watch(sys.argv[1])
