"""Whose operations a coordinator admits by decree, besides those of members (ADR 48)."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net.limits import (
    AUTHORS_ADDED_MAX,
    AUTHORS_BROUGHT_MAX,
    AUTHORS_BROUGHT_NS,
    PEERS_MAX,
    SECOND,
    VECTOR_ENTRIES_MAX,
)
from net.node.outgoing.quota import Quota

if TYPE_CHECKING:
    from collections.abc import Iterable

    from net.cluster.causal.operations import OperationStore
    from net.ids import Member


@final
class Admitting:
    """Where two histories become one, authors come that no decree of ours names.

    Those that we have delivered ourselves we admit. Others on a member's word: it brought what they
    wrote, and so it has admitted them where it came from. Each member has so many of those, and all
    together leave room for a whole room of members.
    """

    def __init__(self) -> None:
        self._brought = Quota(AUTHORS_BROUGHT_MAX, SECOND / AUTHORS_BROUGHT_NS)

    def due(
        self, operations: OperationStore, members: Iterable[Member], now_ns: int
    ) -> tuple[Member, ...]:
        """Return the lives to admit now, by the word of these members."""
        due = operations.unadmitted()
        nodes = {member.node for member in members}
        room = VECTOR_ENTRIES_MAX - PEERS_MAX - len(operations.clock)
        for life, bringers in operations.strangers().items():
            if len(due) >= min(room, AUTHORS_ADDED_MAX):
                break
            if any(b in nodes and self._brought.may_take(b, 1, now_ns) for b in bringers):
                due.append(life)
        return tuple(due[:AUTHORS_ADDED_MAX])
