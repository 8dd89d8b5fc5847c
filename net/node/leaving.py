"""Going on purpose: hand over, say farewell often enough, then stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net.cluster.actions import Send
from net.cluster.failure_detector import Health
from net.limits import FAREWELLS, STEP_DOWN_NS
from net.node.program import Stopped
from net.wire.messages import Farewell

if TYPE_CHECKING:
    from collections.abc import Callable

    from net.node.peers import Peers


@final
class Leaving:
    """How far a node is with going."""

    def __init__(self) -> None:
        self._began_ns: int | None = None
        self._farewells = 0

    def begin(self, now_ns: int) -> None:
        if self._began_ns is None:
            self._began_ns = now_ns

    def on_tick(
        self, hand_over: Callable[[], list[Send]], peers: Peers, incarnation: int, now_ns: int
    ) -> list[Send | Stopped]:
        """Return what the next step of it is; nothing while nobody goes.

        Args:
            hand_over: asks somebody else to coordinate, where we do and there is one.
        """
        if self._began_ns is None:
            return []
        if now_ns - self._began_ns < STEP_DOWN_NS and (handed := hand_over()):
            return [*handed]
        nodes = [peer.node for peer in peers if peer.health is not Health.DOWN]
        self._farewells += 1
        if not nodes or self._farewells > FAREWELLS:
            return [Stopped()]
        return [Send(node, Farewell(incarnation)) for node in nodes]
