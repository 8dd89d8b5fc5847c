"""How soon a killed node is noticed, and replaced where it coordinated. Virtual time, real nodes.

What an operating system adds, a late wake-up of some milliseconds, is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import final

from benchmarks.figures import line
from net import (
    Command,
    Committed,
    CoordinatorChanged,
    Event,
    NodeId,
    NodeView,
    PeerChanged,
    PeerState,
    Propose,
    Report,
    Rule,
)
from net.sim import Conditions, Machine, World

SECOND = 1_000_000_000
SETTLED_NS = 4 * SECOND
SEEDS = 40


@final
class Decider:
    """Whoever coordinates decrees something whenever it may; all tell what they see."""

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        match event:
            case PeerChanged() | Committed() | CoordinatorChanged():
                return [Report(event)]
            case _:
                return []

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        return [Propose((Rule(b"x"),))] if node.decides else []


@dataclass(slots=True)
class Watch:
    """What happened after the kill, in ms."""

    killed_ns: int = 0
    victim: NodeId = b""
    coordinates: NodeId | None = None
    known: list[float] = field(default_factory=list)
    decreed: float | None = None

    def on_report(self, machine: Machine, what: object, now_ns: int) -> None:
        after_ms = (now_ns - self.killed_ns) / 1e6
        match what:
            case CoordinatorChanged(node=bytes(node)):
                self.coordinates = node
            case PeerChanged(node=node, state=PeerState.DOWN) if node == self.victim:
                self.known.append(after_ms)
            case Committed(decree=decree) if self.victim and self.decreed is None:
                if isinstance(decree.what, Rule) and self.coordinates != self.victim:
                    self.decreed = after_ms
            case _:
                pass


def kill_coordinator(seed: int, nodes: int, loss: float) -> Watch:
    """Let nodes settle, kill who coordinates, watch for three seconds."""
    watch = Watch()
    world = World(seed, watch.on_report, Conditions(loss=loss))

    def make(me: NodeId, rng: Random) -> Decider:
        return Decider()

    for number in range(nodes):
        world.add(make, number * SECOND // 50)
    world.run(SETTLED_NS + Random(seed).randrange(SECOND // 10))
    victim = next(m for m in world.machines if m.identity.node_id == watch.coordinates)
    watch.killed_ns, watch.victim = world.now_ns, victim.identity.node_id
    world.crash(victim)
    world.run(world.now_ns + 3 * SECOND)
    return watch


def report() -> Iterator[str]:
    """Yield lines of figures."""
    for nodes, loss in ((3, 0.0), (8, 0.0), (8, 0.2)):
        watches = [kill_coordinator(seed, nodes, loss) for seed in range(SEEDS)]
        where = f"{nodes} nodes, {loss:.0%} loss"
        known = [ms for watch in watches for ms in watch.known]
        decreed = [watch.decreed for watch in watches if watch.decreed is not None]
        yield line(f"coordinator killed, a survivor knows ({where})", known, "ms")
        yield line(f"coordinator killed, next decree ({where})", decreed, "ms")
