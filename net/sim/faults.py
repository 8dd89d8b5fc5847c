"""Faults that a script holds, each with a line that tells it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from net.limits import MILLISECOND, SECOND
from net.sim.network import Conditions, Link

COORDINATOR: Final = -1
"""As a machine's number: whichever coordinates when the fault begins, else machine 0."""


@dataclass(frozen=True, slots=True)
class Crash:
    """A machine's process is killed, and started again with its disk after a while.

    `after` kills it inside a step: the next one that has something to persist, when so many of
    its actions have been performed. Where no such step comes within a second, it is killed then.
    """

    machine: int
    down_ns: int
    after: int | None = None
    journal_lost: bool = False  # what was written is unreadable; the incarnation is not

    def __str__(self) -> str:
        when = "" if self.after is None else f" after action {self.after} of a step that persists"
        lost = ", its journal damaged" if self.journal_lost else ""
        return (
            f"kill {_machine_name(self.machine)}{when} for {self.down_ns // MILLISECOND} ms{lost}"
        )


@dataclass(frozen=True, slots=True)
class Blackout:
    """The power goes: all processes are killed at once, and started one by one with their disks."""

    down_ns: tuple[int, ...]  # by machine
    ahead_s: tuple[int, ...] = ()  # of the true time their clocks are from then on; empty: right

    def __str__(self) -> str:
        ahead = (
            f", their clocks {', '.join(map(str, self.ahead_s))} s ahead" if self.ahead_s else ""
        )
        down = ", ".join(str(each // MILLISECOND) for each in self.down_ns)
        return f"kill all for {down} ms{ahead}"


@dataclass(frozen=True, slots=True)
class Pause:
    """A machine's process is stopped, and goes on as if nothing had been."""

    machine: int
    for_ns: int

    def __str__(self) -> str:
        return f"pause {_machine_name(self.machine)} for {self.for_ns // MILLISECOND} ms"


@dataclass(frozen=True, slots=True)
class Slow:
    """A machine is overloaded: each tick of its process comes late, and so does all it reads."""

    machine: int
    by_ns: int
    for_ns: int

    def __str__(self) -> str:
        each = f"by {self.by_ns // MILLISECOND} ms a tick"
        return f"slow {_machine_name(self.machine)} {each} for {self.for_ns // MILLISECOND} ms"


@dataclass(frozen=True, slots=True)
class Cut:
    """No datagram passes between one side and all others."""

    side: tuple[int, ...]
    for_ns: int
    one_way: bool = False  # from the side to the others only

    def __str__(self) -> str:
        side = ",".join(map(_machine_name, self.side))
        way = " one way" if self.one_way else ""
        return f"cut off {side}{way} for {self.for_ns // MILLISECOND} ms"


@dataclass(frozen=True, slots=True)
class Sever:
    """No datagram passes on some links: shapes in which who hears whom is not transitive."""

    shape: str  # for people
    links: tuple[Link, ...]
    for_ns: int

    def __str__(self) -> str:
        return f"{self.shape} for {self.for_ns // MILLISECOND} ms"


@dataclass(frozen=True, slots=True)
class Clog:
    """One link after the other holds its datagrams back, and lets them go in another order.

    FoundationDB calls it swizzling. Each entry: link, how much later than the fault, how long.
    """

    machine: int  # for people: whose links
    links: tuple[tuple[Link, int, int], ...]

    def __str__(self) -> str:
        return f"clog links of {self.machine} for up to {self.for_ns // MILLISECOND} ms"

    @property
    def for_ns(self) -> int:
        return max((after + for_ns for _, after, for_ns in self.links), default=0)


@dataclass(frozen=True, slots=True)
class Leap:
    """A machine's clock leaps ahead, as when it wakes from suspension."""

    machine: int
    by_ns: int

    def __str__(self) -> str:
        return f"clock of {_machine_name(self.machine)} leaps {self.by_ns // MILLISECOND} ms"


@dataclass(frozen=True, slots=True)
class FullDisk:
    """A machine's disk takes nothing, as one that is full, or read-only."""

    machine: int
    for_ns: int

    def __str__(self) -> str:
        return f"disk of {_machine_name(self.machine)} full for {self.for_ns // MILLISECOND} ms"


@dataclass(frozen=True, slots=True)
class SlowDisk:
    """Each commit to a machine's disk takes long."""

    machine: int
    by_ns: int
    for_ns: int

    def __str__(self) -> str:
        each = f"{self.by_ns // MILLISECOND} ms a commit"
        disk = f"disk of {_machine_name(self.machine)}"
        return f"{disk} takes {each} for {self.for_ns // MILLISECOND} ms"


@dataclass(frozen=True, slots=True)
class AccessPointRestart:
    """The access point begins anew: all its stations are there again one by one."""

    back_ns: tuple[int, ...]  # by machine

    def __str__(self) -> str:
        return f"access point restarts; all are back after {self.for_ns // MILLISECOND} ms"

    @property
    def for_ns(self) -> int:
        return max(self.back_ns, default=0)


@dataclass(frozen=True, slots=True)
class Isolation:
    """The access point passes nothing on from station to station, but to and from cables."""

    for_ns: int

    def __str__(self) -> str:
        return f"stations are isolated for {self.for_ns // MILLISECOND} ms"


NetworkFault: TypeAlias = Cut | Sever | Clog | AccessPointRestart | Isolation
Fault: TypeAlias = Crash | Blackout | Pause | Slow | Leap | FullDisk | SlowDisk | NetworkFault


def aimed(fault: Fault, coordinator: int) -> Fault:
    """Return the fault with the machine that coordinates in the place of COORDINATOR."""
    match fault:
        case Cut(side=side):
            named = {coordinator if machine == COORDINATOR else machine for machine in side}
            return replace(fault, side=tuple(sorted(named)))
        case Blackout() | Sever() | Clog() | AccessPointRestart() | Isolation():
            return fault
        case _ if fault.machine == COORDINATOR:
            return replace(fault, machine=coordinator)
        case _:
            return fault


def _machine_name(machine: int) -> str:
    return "the coordinator" if machine == COORDINATOR else str(machine)


@dataclass(frozen=True, slots=True)
class Script:
    """What happens to a room, and when."""

    conditions: Conditions = field(default_factory=Conditions)
    faults: tuple[tuple[int, Fault], ...] = ()  # by time

    @property
    def ends_ns(self) -> int:
        """When the last fault is over."""
        return max((at + lasts_ns(fault) for at, fault in self.faults), default=0)

    def __str__(self) -> str:
        parts = [describe(self.conditions)]
        parts += [f"{at / SECOND:.2f} s: {fault}" for at, fault in self.faults]
        return "; ".join(parts)


def describe(links: Conditions) -> str:
    """Return a line that tells the conditions of a LAN."""
    parts = [f"loss {links.loss:.0%}, doubled {links.duplicate:.0%}"]
    parts.append(f"late {links.late:.0%} by {links.late_ns // MILLISECOND} ms")
    if links.corrupt:
        parts.append(f"spoilt {links.corrupt:.0%}")
    if links.burst is not None:
        burst = links.burst
        whose = "machine" if burst.by_machine else "link"
        means = f"{burst.bad_ns // MILLISECOND} of {burst.good_ns // MILLISECOND} ms"
        parts.append(f"bursts by {whose}: {burst.loss:.0%} in {means}")
    parts.append(f"buffers of {links.buffer}")
    if links.air is not None:
        parts.append(str(links.air))
    return ", ".join(parts)


def links_of(fault: Cut | Sever, machines: int) -> tuple[Link, ...]:
    """Return which links of a LAN of so many machines are cut."""
    if isinstance(fault, Sever):
        return fault.links
    others = [number for number in range(machines) if number not in fault.side]
    links = tuple((a, b) for a in fault.side for b in others)
    return links if fault.one_way else (*links, *((b, a) for a, b in links))


def lasts_ns(fault: Fault) -> int:
    """Return how long a fault takes; a kill, until the machine is up again."""
    match fault:
        case Crash(down_ns=down_ns, after=after):
            return down_ns + (0 if after is None else SECOND)
        case Blackout(down_ns=each):
            return max(each, default=0)
        case Leap():
            return 0
        case _:
            return fault.for_ns
