"""The real `racer`, that tells how it sees the other cars.

Takes the arguments of `racer`. Each second of a race it prints a `seen` line for each other node:
how many states came, each time without one that was longer than SLOW_NS, and the 99th percentile of
the ages that its newest state had at our ticks; in ms.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from net import StateReceived
from racer.app.commands.cli import main
from racer.core.tuning import TICK_HZ
from racer.play.session import Session
from racer.play.view import Phase

if TYPE_CHECKING:
    from net import Command, Event, NodeId, NodeView

SECOND: Final = 1_000_000_000
MILLISECOND: Final = 1_000_000
SLOW_NS: Final = 40 * MILLISECOND

told = Session.on_event
ticked = Session.on_tick


@dataclass(slots=True)
class Sight:
    """What came of one other node's car since the last line."""

    heard_ns: int
    tick: int
    states: int = 0
    slow_ms: list[int] = field(default_factory=list)
    ages_ms: list[int] = field(default_factory=list)


seen: dict[NodeId, Sight] = {}
said_ns = [0]


def on_event(self: Session, event: Event, node: NodeView, now_ns: int) -> list[Command]:
    if isinstance(event, StateReceived):
        sight = seen.setdefault(event.node, Sight(now_ns, event.tick))
        gap_ns, sight.heard_ns, sight.tick = now_ns - sight.heard_ns, now_ns, event.tick
        sight.states += 1
        if gap_ns > SLOW_NS:
            sight.slow_ms.append(gap_ns // MILLISECOND)
    return told(self, event, node, now_ns)


def on_tick(self: Session, node: NodeView, now_ns: int) -> list[Command]:
    if self.placard["phase"] != Phase.RACING:
        seen.clear()
        said_ns[0] = now_ns
    for sight in seen.values():
        age_ns = node.race_ns(now_ns) - sight.tick * SECOND // TICK_HZ
        sight.ages_ms.append(age_ns // MILLISECOND)
    if now_ns - said_ns[0] >= SECOND:
        said_ns[0] = now_ns
        tell(now_ns)
    return ticked(self, node, now_ns)


def tell(now_ns: int) -> None:
    """Print a line for each car, and begin anew."""
    for node, sight in seen.items():
        line = {
            "t": time.time(),
            "event": "seen",
            "node": node.hex()[:8],
            "states": sight.states,
            "slow_ms": sight.slow_ms,
            "silent_ms": (now_ns - sight.heard_ns) // MILLISECOND,
            "age_ms_p99": sorted(sight.ages_ms)[int(0.99 * (len(sight.ages_ms) - 1))],
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sight.states, sight.slow_ms, sight.ages_ms = 0, [], []
    sys.stdout.flush()


if __name__ == "__main__":
    Session.on_event = on_event  # type: ignore[method-assign]
    Session.on_tick = on_tick  # type: ignore[method-assign]
    sys.exit(main())
