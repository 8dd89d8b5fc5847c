"""Faults, drawn from a seed (swarm testing: each seed mixes other ones; Groce 2012)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from net.limits import MILLISECOND, SECOND
from net.sim.network import Conditions

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class Crash:
    """A machine's process is killed, and started again with its disk after a while."""

    machine: int
    down_ns: int

    def __str__(self) -> str:
        return f"kill {self.machine} for {self.down_ns // MILLISECOND} ms"


@dataclass(frozen=True, slots=True)
class Pause:
    """A machine's process is stopped, and goes on as if nothing had been."""

    machine: int
    for_ns: int

    def __str__(self) -> str:
        return f"pause {self.machine} for {self.for_ns // MILLISECOND} ms"


@dataclass(frozen=True, slots=True)
class Cut:
    """No datagram passes between one side and all others."""

    side: tuple[int, ...]
    for_ns: int
    one_way: bool = False  # from the side to the others only

    def __str__(self) -> str:
        side = ",".join(map(str, self.side))
        way = " one way" if self.one_way else ""
        return f"cut off {side}{way} for {self.for_ns // MILLISECOND} ms"


Fault: TypeAlias = Crash | Pause | Cut


@dataclass(frozen=True, slots=True)
class Script:
    """What happens to a room, and when."""

    conditions: Conditions = field(default_factory=Conditions)
    faults: tuple[tuple[int, Fault], ...] = ()  # by time

    @property
    def ends_ns(self) -> int:
        """When the last fault is over."""
        return max((at + _lasts(fault) for at, fault in self.faults), default=0)

    def __str__(self) -> str:
        links = self.conditions
        parts = [f"loss {links.loss:.0%}, doubled {links.duplicate:.0%}, late {links.late:.0%}"]
        parts += [f"{at / SECOND:.2f} s: {fault}" for at, fault in self.faults]
        return "; ".join(parts)


def draw_script(
    rng: Random, machines: int, from_ns: int, to_ns: int, loss_max: float, count_max: int
) -> Script:
    """Return conditions and faults for a room, all of which begin between two times."""
    conditions = Conditions(
        loss=rng.choice((0.0, rng.uniform(0.0, loss_max), loss_max)),
        duplicate=rng.choice((0.0, 0.05)),
        late=rng.choice((0.0, 0.02)),
        jitter_ns=rng.choice((MILLISECOND // 2, 3 * MILLISECOND)),
    )
    kinds = rng.sample(("crash", "pause", "cut"), rng.randint(1, 3))
    faults: list[tuple[int, Fault]] = []
    for _ in range(rng.randint(0, count_max)):
        at = rng.randrange(from_ns, to_ns)
        faults.append((at, _draw_fault(rng, machines, rng.choice(kinds))))
    return Script(conditions, tuple(sorted(faults, key=lambda entry: entry[0])))


def _draw_fault(rng: Random, machines: int, kind: str) -> Fault:
    if kind == "crash":
        return Crash(rng.randrange(machines), rng.randrange(50 * MILLISECOND, 4 * SECOND))
    if kind == "pause":
        return Pause(rng.randrange(machines), rng.randrange(50 * MILLISECOND, 3 * SECOND))
    side = tuple(sorted(rng.sample(range(machines), rng.randint(1, max(machines // 2, 1)))))
    for_ns = rng.randrange(200 * MILLISECOND, 6 * SECOND)
    return Cut(side, for_ns, one_way=rng.random() < 0.25)


def _lasts(fault: Fault) -> int:
    return fault.down_ns if isinstance(fault, Crash) else fault.for_ns
