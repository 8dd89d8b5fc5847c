"""Does a room of many hours cost more than one of one hour?

`python -m benchmarks.history --hours 48` takes a room through the history of so many hours of
sixteen drivers with chat, as fast as this machine can: the operations, decrees and restarts of an
hour are made in less than a minute of virtual time. All that keeps history is real: nodes with log,
operations, checkpoints and membership, on the simulator's disks. After each hour's worth a line
tells what the first of them holds, in memory and on disk, and how long a newcomer takes from its
start until it is a member that holds all. `--decrees 1000000` is the log of one node alone.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

import msgspec

from benchmarks.soak import forget_datagrams, resident_mib
from net import (
    CHECKPOINT_DECREES,
    Command,
    Committed,
    Decree,
    Delivered,
    Dot,
    Event,
    Folded,
    Folding,
    LineageEntered,
    Member,
    NodeId,
    NodeView,
    Operation,
    Order,
    Propose,
    Rule,
    Submit,
    Synced,
)
from net.cluster.checkpoint import GENESIS, CheckpointContent, keep
from net.cluster.log import DecreeLog
from net.ids import NO_LINEAGE
from net.sim import Conditions, Script, World
from net.sim.checks.inspection import log_of, member_of, operations_of
from net.sim.faults import Crash
from net.wire.decrees import FoundLineage
from racer.app.terminal import ProgressLine

SECOND: Final = 1_000_000_000
OPERATIONS_AN_HOUR: Final = 4500  # of sixteen drivers with chat
KILLS_AN_HOUR: Final = 6
NODES: Final = 4
PACE: Final = 100  # operations in a virtual second
TAIL: Final = 100  # words that a fold keeps
PARTS: Final = 10


class Words(msgspec.Struct, array_like=True, frozen=True):
    """How many words were ordered, the newest of them, and those without a place."""

    ordered: int = 0
    newest: tuple[Dot, ...] = ()
    waiting: tuple[Dot, ...] = ()


def fold_words(before: bytes, decrees: Sequence[Decree], operations: Sequence[Operation]) -> bytes:
    """Return the fold of what was said."""
    was = msgspec.msgpack.decode(before, type=Words) if before else Words()
    orders = [each.what.dot for each in decrees if isinstance(each.what, Order)]
    here = dict.fromkeys([*was.waiting, *(each.dot for each in operations)])
    for dot in orders:
        here.pop(dot, None)
    newest = (*was.newest, *orders)[-TAIL:]
    return msgspec.msgpack.encode(Words(was.ordered + len(orders), newest, tuple(here)))


class Speaker:
    """Says words at a pace, and orders those of all where it decides."""

    def __init__(self, me: NodeId, rng: Random) -> None:
        self.is_synced = False
        self._waiting: dict[Dot, None] = {}
        self._rng = rng

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        match event:
            case Delivered(operation=operation):
                self._waiting[operation.dot] = None
            case Committed(decree=decree) if isinstance(decree.what, Order):
                self._waiting.pop(decree.what.dot, None)
            case Folded(fold=fold):
                was = msgspec.msgpack.decode(fold, type=Words) if fold else Words()
                self._waiting = dict.fromkeys(was.waiting)
            case Synced():
                self.is_synced = True
            case LineageEntered():
                self.is_synced = False
            case _:
                pass
        return []

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        commands: list[Command] = []
        if self.is_synced and self._rng.random() < PACE / NODES / 60:
            commands.append(Submit(b"a line of some forty letters, like those said"))
        if node.decides and self._waiting:
            commands.append(Propose(tuple(map(Order, list(self._waiting)[:16]))))
        return commands


def history(hours: int, progress: ProgressLine) -> Iterator[str]:
    """Yield a line an hour's worth."""
    world = World(1, lambda *_: None, Conditions(), folding=Folding(fold_words))
    for number in range(NODES):
        world.add(Speaker, number * SECOND // 20)
    hour_ns = OPERATIONS_AN_HOUR * SECOND // PACE
    for hour in range(1, hours + 1):
        began_s, begins_ns = time.process_time(), world.now_ns
        for kill in range(KILLS_AN_HOUR):
            at_ns = begins_ns + (kill + 1) * hour_ns // (KILLS_AN_HOUR + 2)
            world.play(Script(Conditions(), ((at_ns, Crash(1 + kill % 3, SECOND // 2)),)))
        for part in range(PARTS):
            progress.show(f"hour {hour} of {hours}, {100 * part // PARTS} %")
            world.run(begins_ns + (part + 1) * hour_ns // PARTS)
            _forget_checks(world)
        joined_ms = _join(world)
        spent_s = time.process_time() - began_s
        yield f"{hour:3} h {_held(world)}, newcomer in {joined_ms:4} ms; {spent_s:.0f} s of a core"


def _join(world: World) -> int:
    """Start a machine; return after how many ms it was in the room, and let it go."""
    newcomer = world.add(Speaker, world.now_ns)
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


def _held(world: World) -> str:
    gc.collect()
    machine = world.machines[0]
    assert machine.host is not None
    log, store, kept = (
        log_of(machine.host.node),
        operations_of(machine.host.node),
        machine.disk.kept(),
    )
    assert log is not None
    disk = len(kept.checkpoint) + sum(
        len(msgspec.msgpack.encode(each)) for each in (*kept.decrees, *kept.operations)
    )
    return (
        f"{resident_mib(os.getpid()):6.1f} MiB, {log.head:7} decrees, {log.head - log.base.index:5}"
        f" kept, {len(store):7} operations, {store.kept:5} kept, {len(store.clock):3} lives,"
        f" journal {disk / 1024:6.0f} KiB"
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
    """Print the figures as they come."""
    parser = argparse.ArgumentParser(prog="benchmarks.history", description=__doc__)
    parser.add_argument("--hours", type=int, default=4, help="of history (4)")
    parser.add_argument("--decrees", type=int, help="in the log of one node, and nothing else")
    asked = parser.parse_args()
    with ProgressLine() as progress:
        lines = (
            history(asked.hours, progress)
            if asked.decrees is None
            else one_log(asked.decrees, progress)
        )
        for line in lines:
            progress.print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
