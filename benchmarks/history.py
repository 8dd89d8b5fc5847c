"""Does a room of many hours cost more than one of one hour?

`python -m benchmarks.history --hours 48` takes a room through the history of so many hours of
sixteen drivers with chat, as fast as this machine can: the operations, decrees and restarts of an
hour are made in less than a minute of virtual time. All that keeps history is real: nodes with log,
operations, checkpoints and membership, on the simulator's disks. In each hour's worth the power of
all goes once, at any moment. After each a line tells what the first of them holds, in memory and on
disk, how long a newcomer takes from its start until it is a member that holds all, and after how
long all went on after the power loss. Whatever is beyond a bound is told at the end, and the exit
status is 1. With `--journals` lines of chat are said, and the program's own referee and fold make
decrees and checkpoints of them; each node has a journal in a file of its own, and starts with what
that gives back. `--decrees 1000000` is the log of one node alone.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from benchmarks.journaled import Driver, JournaledDisk
from benchmarks.soak import forget_datagrams, resident_mib
from benchmarks.speaker import NODES, PACE, Speaker, fold_words
from net import CHECKPOINT_DECREES, Folding, Member, Rule
from net.cluster.checkpoint import GENESIS, CheckpointContent, Fold, keep
from net.cluster.log import DecreeLog
from net.ids import NO_LINEAGE
from net.sim import Conditions, Machine, Script, World
from net.sim.checks.inspection import log_of, member_of, operations_of
from net.sim.faults import Blackout, Crash
from net.wire.decrees import FoundLineage
from racer.app.terminal import ProgressLine, complain
from racer.play.room.folding import fold_room

SECOND: Final = 1_000_000_000
OPERATIONS_AN_HOUR: Final = 4500  # of sixteen drivers with chat
KILLS_AN_HOUR: Final = 6
PARTS: Final = 10
GROWTH_MIB: Final = 1.0  # of memory and of the journal: an hour's worth and node, after the first
JOIN_MS: Final = 1000  # a newcomer is in the room within so long …
LATER_MAX: Final = 1.2  # … and in the later half of the history in no more than so much as before
HALVES_MIN: Final = 16  # hours: in fewer, what is kept and waited for by chance is more than that
RESUME_NS: Final = 30 * SECOND  # after a power loss, from the first that is back


@dataclass(frozen=True, slots=True)
class Hour:
    """What was measured of an hour's worth."""

    memory_mib: float  # of all nodes, and the simulator
    journal_mib: float  # of one node
    join_ms: int  # a newcomer
    resume_ms: int | None  # from the power loss until all went on; None: they did not


def beyond_bounds(hours: Sequence[Hour]) -> list[str]:
    """Return, in a line each, what of a history is not as it must be."""
    told: list[str] = []
    for number, hour in enumerate(hours, 1):
        if hour.join_ms >= JOIN_MS:
            told.append(f"hour {number}: a newcomer took {hour.join_ms} ms, {JOIN_MS} are allowed")
        if hour.resume_ms is None:
            told.append(f"hour {number}: the room did not go on after all had lost power")
    if len(hours) >= HALVES_MIN:
        first, last, more = hours[0], hours[-1], len(hours) - 1
        for what, grown in (
            ("memory", (last.memory_mib - first.memory_mib) / more / NODES),
            ("the journal", (last.journal_mib - first.journal_mib) / more),
        ):
            if grown >= GROWTH_MIB:
                told.append(f"{what} grew by {grown:.2f} MiB an hour and node, beyond {GROWTH_MIB}")
    if len(hours) >= HALVES_MIN:
        half = len(hours) // 2
        early, late = (fmean(x.join_ms for x in part) for part in (hours[:half], hours[half:]))
        if late > LATER_MAX * early:
            told.append(f"a newcomer took {early:.0f} ms early and {late:.0f} late")
    return told


@dataclass(frozen=True, slots=True)
class Cast:
    """Who makes history, and what keeps it. `folder`: of journals; None: the simulator's disks."""

    make: type[Speaker] = Speaker
    fold: Fold = fold_words
    folder: Path | None = None

    def add(self, world: World, start_ns: int) -> Machine:
        """Add a machine that starts at a time."""
        machine = world.add(self.make, start_ns)
        if self.folder is not None:
            path = self.folder / f"journal{machine.number}"
            disk = JournaledDisk(Random(machine.number), path, world.room.tag)
            machine.disk = disk
            world.invariants.durability.disks[machine.identity.node_id] = disk
        return machine

    def close(self, world: World) -> None:
        """Close the files of all."""
        for machine in world.machines:
            if isinstance(machine.disk, JournaledDisk):
                machine.disk.close()


def history(hours: int, cast: Cast, progress: ProgressLine, found: list[Hour]) -> Iterator[str]:
    """Yield a line an hour's worth; what was measured of each is added to `found`."""
    rng = Random(1)
    world = World(1, lambda *_: None, Conditions(), folding=Folding(cast.fold))
    for number in range(NODES):
        cast.add(world, number * SECOND // 20)
    hour_ns = OPERATIONS_AN_HOUR * SECOND // PACE
    for hour in range(1, hours + 1):
        began_s, begins_ns = time.process_time(), world.now_ns
        for kill in range(KILLS_AN_HOUR):
            at_ns = begins_ns + (kill + 1) * hour_ns // (KILLS_AN_HOUR + 2)
            world.play(Script(Conditions(), ((at_ns, Crash(1 + kill % 3, SECOND // 2)),)))
        resume_ms, dark = None, rng.randrange(PARTS)
        for part in range(PARTS):
            progress.show(f"hour {hour} of {hours}, {100 * part // PARTS} %")
            if part == dark:
                world.run(world.now_ns + rng.randrange(hour_ns // PARTS))
                dark_ns = world.now_ns
                resume_ms = black_out(world, rng)
                begins_ns += world.now_ns - dark_ns  # as much is said as in any other hour
            world.run(begins_ns + (part + 1) * hour_ns // PARTS)
            _forget_checks(world)
        found.append(Hour(*_held_mib(world), _join(world, cast), resume_ms))
        spent_s = time.process_time() - began_s
        yield (
            f"{hour:3} h {_held(world)}, newcomer in {found[-1].join_ms:4} ms, on after power loss"
            f" in {resume_ms} ms; {spent_s:.0f} s of a core"
        )
    cast.close(world)


def black_out(world: World, rng: Random) -> int | None:
    """Take the power from all; return after how many ms all go on with what they had shown.

    None: they do not. That nothing that was shown is lost the simulator checks, too.
    """
    logs = [log for each in world.machines if each.host and (log := log_of(each.host.node))]
    shown, origins = max(log.commit for log in logs), {log.origin for log in logs}
    began_ns = world.now_ns
    down_ns = tuple(rng.randrange(SECOND // 10, 4 * SECOND) for _ in range(NODES))
    world.inflict(Blackout(down_ns))

    def goes_on() -> bool:
        for machine in world.machines[:NODES]:
            program, log = machine.program, machine.host and log_of(machine.host.node)
            if not (isinstance(program, Speaker) and program.is_synced and log):
                return False
            if log.origin not in origins or log.commit < shown:
                return False
        return True

    world.run(began_ns + max(down_ns) + RESUME_NS, goes_on)
    return (world.now_ns - began_ns) * 1000 // SECOND if goes_on() else None


def _join(world: World, cast: Cast) -> int:
    """Start a machine; return after how many ms it was in the room, and let it go."""
    newcomer = cast.add(world, world.now_ns)
    since_ns = world.now_ns

    def is_in() -> bool:
        program = newcomer.program
        return isinstance(program, Speaker) and program.is_synced

    world.run(since_ns + 10 * SECOND, is_in)
    took_ms = (world.now_ns - since_ns) * 1000 // SECOND
    world.bar(newcomer)
    newcomer.disk.damage()
    world.run(world.now_ns + 2 * SECOND)
    return took_ms


def _forget_checks(world: World) -> None:
    """Drop what the simulator remembers to check the run by: it would hide the nodes."""
    forget_datagrams(world)
    checks = world.invariants
    durable = checks.durability
    for memory in (checks._histories, checks._commits, checks._decrees, checks.operations):
        memory.clear()
    durable._given_ns.clear()
    durable._told.clear()
    durable.waive()
    for disk in durable.disks.values():
        disk.dots.intersection_update({each.dot for each in disk.operations})
        disk.lost.replaced.clear()
    living = {member_of(machine.host.node) for machine in world.machines if machine.host}
    checks._logs = {life: log for life, log in checks._logs.items() if life in living}


def _held_mib(world: World) -> tuple[float, float]:
    """Return the memory of all, and the journal of the first."""
    gc.collect()
    disk = world.machines[0].disk
    if isinstance(disk, JournaledDisk):
        return resident_mib(os.getpid()), disk.size / 2**20
    kept = disk.kept()
    size = len(kept.checkpoint) + sum(
        len(msgspec.msgpack.encode(each)) for each in (*kept.decrees, *kept.operations)
    )
    return resident_mib(os.getpid()), size / 2**20


def _held(world: World) -> str:
    memory_mib, journal_mib = _held_mib(world)
    machine = world.machines[0]
    assert machine.host is not None
    log, store = log_of(machine.host.node), operations_of(machine.host.node)
    assert log is not None
    return (
        f"{memory_mib:6.1f} MiB, {log.head:7} decrees, {log.head - log.base.index:5}"
        f" kept, {len(store):7} operations, {store.kept:5} kept, {len(store.clock):3} lives,"
        f" journal {journal_mib * 1024:6.0f} KiB"
    )


def one_log(decrees: int, progress: ProgressLine) -> Iterator[str]:
    """Yield a line for each tenth of so many decrees in the log of one node."""
    log = DecreeLog()
    log.append(1, FoundLineage(b"lineage1", NO_LINEAGE, 0, (Member(bytes(16), 1),)))
    log.commit_to(1)
    for tenth in range(1, 11):
        began_s = time.process_time()
        while log.head < decrees * tenth // 10:
            log.append(1, Rule(b"a grant of some twenty-five bytes"))
            log.commit_to(log.head)
            if log.head - log.folded >= CHECKPOINT_DECREES:
                content = CheckpointContent(log.base_at(log.head), GENESIS, 0, (), 0, b"")
                checkpoint, before = keep(content), log.folded
                log.append(1, checkpoint.decree)
                log.commit_to(log.head)
                log.begin_at(checkpoint, before)
        gc.collect()
        progress.show(f"{log.head} of {decrees} decrees")
        spent_s = time.process_time() - began_s
        kept, mib = log.head - log.base.index, resident_mib(os.getpid())
        yield f"{log.head:8} decrees, {kept} kept, {mib:.1f} MiB, {spent_s:.1f} s"


def main() -> int:
    """Print the figures as they come. Returns 1 where any is beyond its bound."""
    parser = argparse.ArgumentParser(prog="benchmarks.history", description=__doc__)
    parser.add_argument("--hours", type=int, default=4, help="of history (4)")
    parser.add_argument("--journals", action="store_true", help="real ones, and the program's fold")
    parser.add_argument("--decrees", type=int, help="in the log of one node, and nothing else")
    asked = parser.parse_args()
    found: list[Hour] = []
    with ProgressLine() as progress, TemporaryDirectory() as folder:
        cast = Cast(Driver, fold_room, Path(folder)) if asked.journals else Cast()
        lines = (
            history(asked.hours, cast, progress, found)
            if asked.decrees is None
            else one_log(asked.decrees, progress)
        )
        for line in lines:
            progress.print(line)
    told = beyond_bounds(found)
    for line in told:
        complain(line)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
