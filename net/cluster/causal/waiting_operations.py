"""Operations whose causes have not arrived yet."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from net.ids import Dot
    from net.wire.messages import Operation


@final
class WaitingOperations:
    """Each is looked at once when it comes, and once for each cause that it lacked."""

    def __init__(self) -> None:
        self._all: dict[Dot, Operation] = {}
        self._blocked: dict[Dot, list[Dot]] = {}  # which of them wait for what, each for one
        self._due: deque[Dot] = deque()  # which of them may be ready
        self._stale: set[Dot] = set()  # that waited already when a checkpoint was last begun from

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, dot: Dot) -> bool:
        return dot in self._all

    def add(self, operation: Operation) -> None:
        self._all[operation.dot] = operation
        self._due.append(operation.dot)

    def next_due(self) -> Operation | None:
        """Return one that may be ready now; None: none may."""
        while self._due:
            operation = self._all.get(self._due.popleft())
            if operation is not None:
                return operation
        return None

    def block(self, operation: Operation, cause: Dot) -> None:
        """Look at it again when that cause is delivered."""
        self._blocked.setdefault(cause, []).append(operation.dot)

    def remove(self, dot: Dot) -> None:
        del self._all[dot]

    def on_delivered(self, dot: Dot) -> None:
        """Note that whoever waited for this may be ready."""
        self._due.extend(self._blocked.pop(dot, ()))

    def take_all(self) -> tuple[list[Operation], int]:
        """Return all, and wait for none; but for those that `note_stale` knew: only how many."""
        taken = [each for dot, each in self._all.items() if dot not in self._stale]
        stale = len(self._all) - len(taken)
        self._all, self._blocked, self._due, self._stale = {}, {}, deque(), set()
        return taken, stale

    def note_stale(self) -> None:
        """Give all that wait now one more checkpoint's time."""
        self._stale = set(self._all)
