"""Operations whose causes, or whose authors' admission, have not arrived yet."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias, final

from net.ids import Dot, Member
from net.limits import OPERATIONS_WAITING_MAX

if TYPE_CHECKING:
    from net.ids import NodeId
    from net.wire.messages import Operation

Crowd: TypeAlias = "tuple[NodeId, bool]"
"""On whose account operations wait: their author's, if it is admitted; else who brought them."""

Obstacle: TypeAlias = "Dot | Member"
"""What an operation waits for: another one, or that its author is admitted."""


@final
class WaitingOperations:
    """Each is looked at once when it comes, and once for each obstacle that it had.

    Of more than OPERATIONS_WAITING_MAX, the oldest of the largest crowd give way: who floods us,
    with one name or with many made-up ones, crowds out nobody else. What gave way is sent again by
    whoever has it, once its causes are here.
    """

    def __init__(self) -> None:
        self._all: dict[Dot, Operation] = {}
        self._crowds: dict[Crowd, dict[Dot, None]] = {}  # in the order in which they came
        self._crowd_of: dict[Dot, Crowd] = {}
        self._blocked: dict[Obstacle, dict[Dot, None]] = {}  # which wait for what, each for one
        self._obstacle_of: dict[Dot, Obstacle] = {}
        self._bringers: dict[Member, dict[NodeId, None]] = {}  # of lives that are not admitted
        self._due: deque[Dot] = deque()  # which of them may be ready
        self._stale: set[Dot] = set()  # that waited already when a checkpoint was last begun from

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, dot: Dot) -> bool:
        return dot in self._all

    def add(self, operation: Operation, crowd: Crowd) -> None:
        """Let one wait."""
        dot = operation.dot
        self._all[dot] = operation
        self._crowd_of[dot] = crowd
        self._crowds.setdefault(crowd, {})[dot] = None
        self._due.append(dot)

    def note_bringer(self, life: Member, bringer: NodeId) -> None:
        """Note who brings what a life wrote, for when it turns out that no decree admits it."""
        self._bringers.setdefault(life, {})[bringer] = None
        if len(self._bringers) > 2 * OPERATIONS_WAITING_MAX:
            self.strangers()

    def make_room(self) -> int:
        """Let go of those for whom there is no place. Returns how many."""
        excess = max(0, len(self._all) - OPERATIONS_WAITING_MAX)
        for _ in range(excess):
            largest = max(self._crowds.values(), key=len)
            self.remove(next(iter(largest)))
        return excess

    def get(self, dot: Dot) -> Operation | None:
        return self._all.get(dot)

    def drop(self, life: Member) -> None:
        """Let go of all that a life said; whoever waits for that waits no more."""
        for dot in [each for each in self._all if each.member == life]:
            self.remove(dot)
        for obstacle in list(self._blocked):
            if obstacle == life or (isinstance(obstacle, Dot) and obstacle.member == life):
                self.release(obstacle)

    def next_due(self) -> Operation | None:
        """Return one that may be ready now; None: none may."""
        while self._due:
            operation = self._all.get(self._due.popleft())
            if operation is not None:
                return operation
        return None

    def block(self, operation: Operation, obstacle: Obstacle) -> None:
        """Look at it again when that is out of the way."""
        self._unblock(operation.dot)
        self._blocked.setdefault(obstacle, {})[operation.dot] = None
        self._obstacle_of[operation.dot] = obstacle

    def remove(self, dot: Dot) -> None:
        del self._all[dot]
        crowd = self._crowd_of.pop(dot)
        del self._crowds[crowd][dot]
        if not self._crowds[crowd]:
            del self._crowds[crowd]
        self._unblock(dot)

    def release(self, obstacle: Obstacle) -> None:
        """Note that whoever waited for this may be ready."""
        ready = self._blocked.pop(obstacle, {})
        for each in ready:
            del self._obstacle_of[each]
        self._due.extend(ready)

    def strangers(self) -> dict[Member, tuple[NodeId, ...]]:
        """Return the lives that wait to be admitted, each with who brought what they wrote."""
        blocking = {each for each in self._blocked if isinstance(each, Member)}
        self._bringers = {k: each for k, each in self._bringers.items() if k in blocking}
        return {life: tuple(self._bringers.get(life, ())) for life in sorted(blocking)}

    def take_all(self) -> tuple[list[tuple[Operation, NodeId]], int]:
        """Return all, each with on whose account, and wait for none.

        But for those that `note_stale` knew: of them only how many.
        """
        taken = [
            (each, self._crowd_of[dot][0])
            for dot, each in self._all.items()
            if dot not in self._stale
        ]
        stale = len(self._all) - len(taken)
        self._all, self._crowds, self._crowd_of = {}, {}, {}
        self._blocked, self._obstacle_of, self._due, self._stale = {}, {}, deque(), set()
        return taken, stale

    def note_stale(self) -> None:
        """Give all that wait now one more checkpoint's time."""
        self._stale = set(self._all)

    def _unblock(self, dot: Dot) -> None:
        """Wait for nothing in particular any more."""
        obstacle = self._obstacle_of.pop(dot, None)
        if obstacle is not None:
            del self._blocked[obstacle][dot]
            if not self._blocked[obstacle]:
                del self._blocked[obstacle]
