"""Telling again what is proved against authors: whoever coordinates, and who is turned away."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net.cluster.actions import Send
from net.limits import ACCUSE_AGAIN_NS, NEVER, TURNED_AWAY_TOLD
from net.wire.messages import Accusation

if TYPE_CHECKING:
    from net.cluster.causal.equivocation import Convictions
    from net.ids import NodeId


@final
class Accusations:
    """Tells a coordinator until its log has it, and some times who is convicted and comes again.

    These several times: while the other end does not know yet that a session is open, it reads
    nothing of it.
    """

    def __init__(self, convictions: Convictions) -> None:
        self._convictions = convictions
        self._told_ns = NEVER
        self._turned_away: dict[NodeId, int] = {}  # convicted nodes, to be told so often

    def turn_away(self, node: NodeId) -> list[Send]:
        """Return what tells a node that it is convicted, and why; nothing: it is not."""
        if told := self._tell_convicted(node):
            self._turned_away[node] = TURNED_AWAY_TOLD
        return told

    def on_tick(self, coordinator: NodeId | None, now_ns: int) -> list[Send]:
        """Return what is to be told again now."""
        if now_ns - self._told_ns < ACCUSE_AGAIN_NS:
            return []
        sends: list[Send] = []
        if coordinator is not None:
            undecreed = self._convictions.undecreed()
            sends.extend(Send(coordinator, Accusation(proof)) for proof in undecreed)
        for node, left in sorted(self._turned_away.items()):
            sends.extend(self._tell_convicted(node))
            if left > 1:
                self._turned_away[node] = left - 1
            else:
                del self._turned_away[node]
        if sends:
            self._told_ns = now_ns
        return sends

    def _tell_convicted(self, node: NodeId) -> list[Send]:
        return [Send(node, Accusation(proof)) for proof in self._convictions.against(node)]
