"""Carries writes to virtual disks, and what became of them back to the processes that gave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, final

from net.node.group_commit import DiskState
from net.node.program import SaveDecree, Write

if TYPE_CHECKING:
    from net.node.host import Host
    from net.node.program import Action
    from net.sim.machine import Machine


class DiskWorld(Protocol):
    """What it needs of the world: the time, and the processes of machines."""

    @property
    def now_ns(self) -> int: ...

    def at(self, when_ns: int, what: Callable[[], None]) -> None: ...

    def take_step(self, machine: Machine, step: Callable[[Host], list[Action]]) -> None: ...

    def tell(self, who: object, what: str) -> None: ...


@final
class DiskTraffic:
    """Does in virtual time what the journal's thread does, with the same queue."""

    def __init__(self, world: DiskWorld) -> None:
        self._world = world

    def put(self, machine: Machine, write: Write) -> None:
        """Take a write of a process."""
        urgent = isinstance(write, SaveDecree)
        machine.disk.queue.put(write, self._world.now_ns, urgent=urgent)
        self._begin_commit(machine)

    def tell(self, machine: Machine) -> None:
        """Tell a process how its disk is, and how much of what it gave is there."""
        disk, world = machine.disk, self._world
        now_ns = machine.clock_ns(world.now_ns)
        (state_told, kept_told) = disk.told
        state, kept = disk.told = (disk.queue.state(world.now_ns), disk.queue.kept)
        if kept != kept_told:
            world.take_step(machine, lambda host: host.on_kept(kept, now_ns))
        if state != state_told:
            world.tell(machine.number, f"disk     {_disk_text(state)}")
            world.take_step(machine, lambda host: host.on_storage(state, now_ns))

    def _begin_commit(self, machine: Machine) -> None:
        """Have a disk begin with what waits, unless it is at something."""
        disk, life, now_ns = machine.disk, machine.life, self._world.now_ns
        batch = disk.queue.begin(now_ns)
        if batch:
            ends_ns = now_ns + disk.draw_commit_ns(now_ns)
            self._world.at(ends_ns, lambda: self._end_commit(machine, life, batch))
        elif (due_ns := disk.queue.due_ns) is not None:
            self._world.at(due_ns, lambda: self._begin_commit(machine))

    def _end_commit(self, machine: Machine, life: tuple[int, int], batch: list[Write]) -> None:
        if machine.host is None or machine.life != life:
            return
        disk, now_ns = machine.disk, self._world.now_ns
        if disk.takes(now_ns):
            disk.write(batch)
            disk.queue.succeed(now_ns)
        else:
            disk.queue.fail(now_ns)
        self._begin_commit(machine)
        if not machine.loop.paused_until_ns and not machine.loop.late_ns:
            self.tell(machine)


def _disk_text(state: DiskState) -> str:
    if not state.keeps:
        return "takes nothing"
    return "keeps what it is given" if state.prompt else "is slow"
