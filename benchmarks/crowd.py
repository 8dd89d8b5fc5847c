"""32 nodes in virtual time: more than a small machine can run on time as processes.

The same program as the real nodes of `benchmarks.lan`, the same loss, the same pauses.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from benchmarks.figures import line
from benchmarks.lan.talker import Said, Talker
from net import Committed, Dot, NodeId, Order, PeerChanged, PeerState
from net.sim import Conditions, Machine, World
from racer.app.simulation.pool import in_order

SECOND: Final = 1_000_000_000
NODES: Final = 32
EVERY_NS: Final = 2 * SECOND  # between two lines of a node: 16 lines a second of all
SETTLED_NS: Final = 4 * SECOND
AFTER_NS: Final = 2 * SECOND  # for the last lines to be shown
PERIOD_NS: Final = 5 * SECOND // 2  # of which a paused node is stopped 2 s
PAUSED_NS: Final = 2 * SECOND


@dataclass(frozen=True, slots=True)
class Case:
    """What a crowd lives through."""

    what: str
    loss: float
    paused: int
    seconds: int


CASES: Final = (
    Case("20 % loss each way", 0.2, 0, 60),
    Case("8 of 32 paused 2 of 2.5 s", 0.0, 8, 60),
    Case("no fault", 0.0, 0, 10),
)
QUICK_S: Final = 2


@dataclass(slots=True)
class Watch:
    """What the nodes told."""

    running: frozenset[NodeId] = frozenset()
    since_ns: int = SETTLED_NS
    until_ns: int = 0
    false: int = 0  # "down" about nodes that ran
    said: dict[Dot, int] = field(default_factory=dict)
    shown: dict[Dot, list[int]] = field(default_factory=dict)

    def on_report(self, machine: Machine, what: object, now_ns: int) -> None:
        match what:
            case PeerChanged(node=node, state=PeerState.DOWN) if node in self.running:
                self.false += self.since_ns <= now_ns <= self.until_ns
            case Said(dot=dot) if self.since_ns <= now_ns <= self.until_ns:
                self.said[dot] = now_ns
            case Committed(decree=decree) if isinstance(decree.what, Order):
                self.shown.setdefault(decree.what.dot, []).append(now_ns)
            case _:
                pass


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one case."""

    false: int
    chat: list[float]  # ms until a line was shown by all
    unshown: int


def run(case: Case) -> Figures:
    """Let a crowd live for a while."""
    watch = Watch(until_ns=SETTLED_NS + case.seconds * SECOND)
    world = World(1, watch.on_report)

    def make(me: NodeId, rng: Random) -> Talker:
        return Talker(EVERY_NS, rng.randrange(EVERY_NS))

    machines = [world.add(make, number * SECOND // 50) for number in range(NODES)]
    world.run(SETTLED_NS)
    stopped = Random(1).sample(machines, case.paused)
    watch.running = frozenset(m.identity.node_id for m in machines if m not in stopped)
    world.network.conditions = Conditions(loss=case.loss)
    for at_ns in range(SETTLED_NS, watch.until_ns, PERIOD_NS):
        world.run(at_ns)
        for machine in stopped:
            world.pause(machine, at_ns + PAUSED_NS)
    world.run(watch.until_ns)
    world.network.conditions = Conditions()
    world.run(watch.until_ns + AFTER_NS)
    shown = {dot: times for dot, times in watch.shown.items() if len(times) >= NODES}
    chat = [(max(shown[dot]) - at_ns) / 1e6 for dot, at_ns in watch.said.items() if dot in shown]
    return Figures(watch.false, chat, len(watch.said) - len(chat))


def report(*, quick: bool = False) -> Iterator[str]:
    """Yield lines of figures."""
    cases = [replace(case, seconds=QUICK_S) for case in CASES] if quick else CASES
    for case, found in zip(cases, in_order(run, cases, os.cpu_count() or 1), strict=True):
        counts = f"{case.seconds} s of virtual time: {found.false} false down"
        yield f"{NODES} nodes, {case.what}, {counts}"
        if not case.paused:
            yield line("  chat shown by all", found.chat, "ms", missing=found.unshown)
