"""How many operations of others we look at, by our own clock: each costs a check of a signature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, final

from net.limits import (
    FORGERIES_BURST,
    FORGERIES_PER_S,
    OPERATIONS_TAKEN_BURST,
    OPERATIONS_TAKEN_PER_S,
)
from net.node.outgoing.quota import Quota

if TYPE_CHECKING:
    from net.cluster.causal.operations import OperationStore
    from net.ids import NodeId
    from net.wire.messages import Operation


@final
class Intake:
    """Holds each author to a pace at which nobody honest writes, whatever its clock says.

    What is over it is dropped unread, and asked for again as we have time. Whose name is on what
    another forged pays for it here; so who brings forgeries is soon heard on its own words alone.
    """

    def __init__(self, operations: OperationStore) -> None:
        self._operations = operations
        self._taken = Quota(OPERATIONS_TAKEN_BURST, OPERATIONS_TAKEN_PER_S)
        self._forgeries = Quota(FORGERIES_BURST, FORGERIES_PER_S)
        self._forged = 0  # of those that were counted
        self._forgers: set[NodeId] = set()

    def within_quotas(
        self, operations: Sequence[Operation], bringer: NodeId, now_ns: int
    ) -> list[Operation]:
        """Return those that may be looked at now; what is known already costs nothing."""
        if bringer in self._forgers and self._forgeries.may_take(bringer, 1, now_ns):
            self._forgers.remove(bringer)
        within: list[Operation] = []
        for operation in operations:
            author = operation.dot.node
            if self._operations.knows(operation.dot):
                within.append(operation)
            elif bringer in self._forgers and author != bringer:
                self._operations.counters.unread += 1
            elif self._taken.may_take(author, 1, now_ns):
                within.append(operation)
            else:
                self._operations.counters.unread += 1
        return within

    def note_forgeries(self, bringer: NodeId, now_ns: int) -> None:
        """Have who brought them pay for what of the last ones was forged."""
        forged = self._operations.counters.forged - self._forged
        self._forged = self._operations.counters.forged
        if forged and not self._forgeries.may_take(bringer, forged, now_ns):
            self._forgers.add(bringer)
