"""Operations whose causes have not arrived yet."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias, final

from net.limits import OPERATIONS_WAITING_MAX

if TYPE_CHECKING:
    from net.ids import Dot, NodeId
    from net.wire.messages import Operation

Crowd: TypeAlias = "NodeId | None"
"""Whose operations wait: a node of which some are delivered; all others together are None."""


@final
class WaitingOperations:
    """Each is looked at once when it comes, and once for each cause that it lacked.

    Of more than OPERATIONS_WAITING_MAX, the oldest of the largest crowd give way: who floods us,
    with one name or with many made-up ones, crowds out nobody else. What gave way is sent again by
    whoever has it, once its causes are here.
    """

    def __init__(self) -> None:
        self._all: dict[Dot, Operation] = {}
        self._crowds: dict[Crowd, dict[Dot, None]] = {}  # in the order in which they came
        self._crowd_of: dict[Dot, Crowd] = {}
        self._blocked: dict[Dot, dict[Dot, None]] = {}  # which wait for what, each for one
        self._cause_of: dict[Dot, Dot] = {}
        self._due: deque[Dot] = deque()  # which of them may be ready
        self._stale: set[Dot] = set()  # that waited already when a checkpoint was last begun from

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, dot: Dot) -> bool:
        return dot in self._all

    def add(self, operation: Operation, *, known: bool) -> None:
        """Let one wait; `known`: something of its author is delivered already."""
        dot = operation.dot
        crowd = dot.node if known else None
        self._all[dot] = operation
        self._crowd_of[dot] = crowd
        self._crowds.setdefault(crowd, {})[dot] = None
        self._due.append(dot)

    def make_room(self) -> int:
        """Let go of those for whom there is no place. Returns how many."""
        excess = max(0, len(self._all) - OPERATIONS_WAITING_MAX)
        for _ in range(excess):
            largest = max(self._crowds.values(), key=len)
            self.remove(next(iter(largest)))
        return excess

    def next_due(self) -> Operation | None:
        """Return one that may be ready now; None: none may."""
        while self._due:
            operation = self._all.get(self._due.popleft())
            if operation is not None:
                return operation
        return None

    def block(self, operation: Operation, cause: Dot) -> None:
        """Look at it again when that cause is delivered."""
        self._unblock(operation.dot)
        self._blocked.setdefault(cause, {})[operation.dot] = None
        self._cause_of[operation.dot] = cause

    def remove(self, dot: Dot) -> None:
        del self._all[dot]
        crowd = self._crowd_of.pop(dot)
        del self._crowds[crowd][dot]
        if not self._crowds[crowd]:
            del self._crowds[crowd]
        self._unblock(dot)

    def on_delivered(self, dot: Dot) -> None:
        """Note that whoever waited for this may be ready."""
        ready = self._blocked.pop(dot, {})
        for each in ready:
            del self._cause_of[each]
        self._due.extend(ready)

    def take_all(self) -> tuple[list[Operation], int]:
        """Return all, and wait for none; but for those that `note_stale` knew: only how many."""
        taken = [each for dot, each in self._all.items() if dot not in self._stale]
        stale = len(self._all) - len(taken)
        self._all, self._crowds, self._crowd_of = {}, {}, {}
        self._blocked, self._cause_of, self._due, self._stale = {}, {}, deque(), set()
        return taken, stale

    def note_stale(self) -> None:
        """Give all that wait now one more checkpoint's time."""
        self._stale = set(self._all)

    def _unblock(self, dot: Dot) -> None:
        """Wait for nothing in particular any more."""
        cause = self._cause_of.pop(dot, None)
        if cause is not None:
            del self._blocked[cause][dot]
            if not self._blocked[cause]:
                del self._blocked[cause]
