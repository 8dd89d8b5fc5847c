"""Does anything grow that should not? A room that races on and on, for an hour of virtual time.

`python -m benchmarks.soak` prints a line every ten minutes. `python -m benchmarks.soak real` does
the same with processes of `racer bot --stay` on this machine's loopback; at its end `racer verify`
judges the logs of all.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final, cast

from net import Folding, NodeId
from net.sim import Machine, World
from racer.app.circuits.catalog import circuit, circuit_line
from racer.app.commands.parser import INTERRUPTED
from racer.app.terminal import ProgressLine, complain
from racer.core.rules.race_setup import RaceSetup
from racer.play.reports import PhaseEntered
from racer.play.room.folding import fold_room
from racer.play.room.messages import Setup
from racer.play.session import Player, Session
from racer.play.view import Say

if TYPE_CHECKING:
    from net.sim.checks.watched import WatchedTransport
    from net.sim.crypto import StandInCrypto
    from net.transport.transport import Transport

SECOND: Final = 1_000_000_000
NODES: Final = 4
TRACK: Final = "dockyard"
STEP_MIN: Final = 10
SAYS_S: Final = 10  # somebody says a line so often
ROOT: Final = Path(__file__).parents[1]


def virtual(minutes: int, nodes: int, progress: ProgressLine) -> Iterator[str]:
    """Yield a line per STEP_MIN: what this process holds, and what a node costs."""
    races: list[int] = []
    sessions: list[Session] = []

    def sink(machine: Machine, what: object, now_ns: int) -> None:
        if machine.number == 0 and isinstance(what, PhaseEntered) and what.phase == "finished":
            races.append(now_ns)

    def make(me: NodeId, rng: Random) -> Session:
        setup = Setup(RaceSetup(TRACK, 2), nodes)
        player = Player(race="soak", name="bot", bot=True, setup=setup, stays=True, stats=True)
        tracks, lines = {TRACK: circuit(TRACK)}, {TRACK: circuit_line(TRACK)}
        sessions.append(Session(player, me, tracks, lines, rng))
        return sessions[-1]

    world = World(1, sink, folding=Folding(fold_room))
    for number in range(nodes):
        world.add(make, number * SECOND // 50)
    spent_s = time.process_time()
    for step in range(0, minutes, STEP_MIN):
        for now_s in range(60 * step, 60 * (step + STEP_MIN), SAYS_S):
            progress.show(f"{now_s / 60:.1f} of {minutes} minutes, {len(races)} races")
            world.run(now_s * SECOND)
            if sessions:
                sessions[now_s // SAYS_S % nodes].intend(Say(f"at {now_s} s"))
            forget_datagrams(world)
        world.run(60 * (step + STEP_MIN) * SECOND)
        before_s, spent_s = spent_s, time.process_time()
        cpu = 100 * (spent_s - before_s) / (60 * STEP_MIN * nodes)
        at_min = step + STEP_MIN
        yield f"{at_min:4} min {len(races):4} races {cpu:6.2f} % CPU a node {_held(world)}"


def forget_datagrams(world: World) -> None:
    """Drop what the simulator remembers of every datagram to check it: it would hide the nodes."""
    for machine in world.machines:
        if machine.host is not None:
            watched = cast("WatchedTransport", machine.host.node._transport)
            watched._opened.clear()
            transport = cast("Transport", watched._transport)
            cast("StandInCrypto", transport._keys.primitives)._encrypted.clear()


def _held(world: World) -> str:
    gc.collect()
    host = world.machines[0].host
    assert host is not None
    consensus = host.node._lifecycle.consensus
    assert consensus is not None
    store = host.node._replica._operations
    objects = len(gc.get_objects())
    return (
        f"{resident_mib(os.getpid()):6.1f} MiB {objects:7} objects {consensus.log.head:5} decrees"
        f" {len(store):6} operations of {len(store.clock)} lives"
    )


def real(minutes: int, nodes: int, progress: ProgressLine) -> Iterator[str]:
    """Yield a line a minute: races, memory and processor time, a journal; then the verdict."""
    with tempfile.TemporaryDirectory() as profiles:
        homes = [Path(profiles) / f"bot{number}" for number in range(nodes)]
        log = homes[0].with_suffix(".jsonl")
        bots = [_start_bot(home, nodes, 40_000 + os.getpid() % 20_000) for home in homes]
        try:
            spent_s = [_cpu_s(bot.pid) for bot in bots]
            for minute in range(1, minutes + 1):
                for second in range(60):
                    progress.show(f"{minute - 1}:{second:02} of {minutes} minutes")
                    time.sleep(1)
                before_s, spent_s = spent_s, [_cpu_s(bot.pid) for bot in bots]
                cpu = max(100 * (b - a) / 60 for a, b in zip(before_s, spent_s, strict=True))
                mib = max(resident_mib(bot.pid) for bot in bots)
                kib = sum(f.stat().st_size for f in homes[0].glob("journal*")) / 1024
                races = log.read_text().count('"phase": "finished"')
                yield (
                    f"{minute:4} min  {races:3} races  at most {cpu:5.2f} % CPU and {mib:6.1f} MiB"
                    f" a bot, journal {kib:6.0f} KiB"
                )
        finally:
            for bot in bots:
                bot.terminate()
            for bot in bots:
                bot.wait(10)
        yield _verdict([home.with_suffix(".jsonl") for home in homes])


def _start_bot(home: Path, nodes: int, port: int) -> subprocess.Popen[bytes]:
    words = ["--race", "Soak", "--track", "dockyard", "--laps", "2", "--players", str(nodes)]
    words += ["--profile", str(home), "--name", home.name, "--interface", "127.0.0.1", "--stay"]
    words += ["--log", str(home.with_suffix(".jsonl"))]
    is_first = home.name == "bot0"
    words += ["--port", str(port)] if is_first else ["--peer", f"127.0.0.1:{port}"]
    return subprocess.Popen(
        [sys.executable, "-m", "racer", "bot", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
    )


def _verdict(logs: list[Path]) -> str:
    """Return the last line of what `racer verify` says of these logs."""
    words = [sys.executable, "-m", "racer", "verify", *map(str, logs)]
    judged = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    said = (judged.stdout + judged.stderr).strip().splitlines()
    return f"verify ends with {judged.returncode}: {said[-1] if said else 'not a word'}"


def resident_mib(pid: int) -> float:
    """Return how much memory a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Print the figures as they come, until Ctrl-C at the latest."""
    parser = argparse.ArgumentParser(prog="benchmarks.soak", description=__doc__)
    kinds = ("virtual", "real")
    parser.add_argument("kind", nargs="?", choices=kinds, default="virtual", help="(virtual)")
    parser.add_argument("--minutes", type=int, help="(60 virtual ones, 10 real ones)")
    parser.add_argument("--nodes", type=int, default=NODES, help=f"of one room ({NODES})")
    asked = parser.parse_args()
    minutes = (10 if asked.kind == "real" else 60) if asked.minutes is None else asked.minutes
    if minutes < 1:
        parser.error("give --minutes from 1 on")
    if asked.nodes < 1:
        parser.error("give --nodes from 1 on")
    told = 0
    with ProgressLine() as progress:
        try:
            for line in (real if asked.kind == "real" else virtual)(minutes, asked.nodes, progress):
                progress.print(line)
                told += 1
        except KeyboardInterrupt:
            progress.clear()
            step = 1 if asked.kind == "real" else STEP_MIN
            complain(f"broken off: {told * step} of {minutes} minutes are told")
            return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
