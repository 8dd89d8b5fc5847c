"""When a coordinator that is overloaded asks another to coordinate."""

from __future__ import annotations

from typing import final

from net.limits import NEVER, OVERLOAD_WAIT_NS, STEP_DOWN_NS


@final
class HandOverPolicy:
    """Waits a moment first: where all are slow together, nobody would be better."""

    def __init__(self) -> None:
        self._since_ns: int | None = None
        self._asked_ns = NEVER

    def is_due(self, overloaded: bool, heir_is_fit: bool, now_ns: int) -> bool:
        """Tell whether to hand over now; note that we do. Call it at each tick of a leadership.

        Args:
            overloaded: our own loop runs late.
            heir_is_fit: that of the one who would be asked does not. Else we stay: so two that
                are slow do not pass the role to and fro.
        """
        if not overloaded:
            self._since_ns = None
            return False
        if self._since_ns is None:
            self._since_ns = now_ns
        waited = now_ns - self._since_ns >= OVERLOAD_WAIT_NS
        if not waited or not heir_is_fit or now_ns - self._asked_ns < STEP_DOWN_NS:
            return False
        self._asked_ns = now_ns
        return True
