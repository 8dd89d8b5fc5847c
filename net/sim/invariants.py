"""What must hold at every step of every run; numbers as in the list of `docs/SIMULATION.md`."""

from __future__ import annotations

from typing import TypeAlias, final

from net.ids import Dot, LineageId, Member, NodeId
from net.node.program import Committed, CoordinatorChanged, Delivered, Event, LineageEntered
from net.wire.messages import Decree


class Violation(AssertionError):  # noqa: N818 - named for what it is
    """An invariant does not hold; the text says which, and who saw what."""


Life: TypeAlias = tuple[int, int]
"""(machine, how often it was started)."""


@final
class Invariants:
    """Watches what all nodes of a room are told."""

    def __init__(self) -> None:
        self._histories: dict[LineageId, dict[int, Decree]] = {}
        self._reigns: dict[tuple[LineageId, int], NodeId] = {}
        self._next: dict[Life, int] = {}
        self._delivered: dict[Life, dict[Member, int]] = {}
        self.checks = 0

    def on_event(self, life: Life, event: Event) -> None:
        """Take what the node of a life tells its program.

        Raises:
            Violation: something must not be.
        """
        self.checks += 1
        match event:
            case LineageEntered():
                self._next[life] = 0
            case Committed(decree=decree, lineage=lineage):
                self._committed(life, decree, lineage)
            case CoordinatorChanged(lineage=lineage, node=node, epoch=epoch):
                if node is not None and self._reigns.setdefault((lineage, epoch), node) != node:
                    raise Violation(f"two coordinators of epoch {epoch} of {lineage.hex()}")
            case Delivered(operation=operation):
                self._deliver(life, operation.dot)
            case _:
                pass

    def _committed(self, life: Life, decree: Decree, lineage: LineageId) -> None:
        if decree.index != self._next.get(life, 0):
            raise Violation(f"{life} was told decree {decree.index} out of order")
        self._next[life] = decree.index + 1
        history = self._histories.setdefault(lineage, {})
        if history.setdefault(decree.index, decree) != decree:
            raise Violation(f"{life} committed another decree {decree.index} than others did")

    def _deliver(self, life: Life, dot: Dot) -> None:
        told = self._delivered.setdefault(life, {})
        if dot.n <= told.get(dot.member, 0):
            raise Violation(f"{life} was told operation {dot} twice, or backwards")
        told[dot.member] = dot.n
