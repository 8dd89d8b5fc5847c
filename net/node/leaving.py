"""Going on purpose: hand over, say farewell often enough, then stop."""

from __future__ import annotations

from typing import final

from net.limits import FAREWELLS, STEP_DOWN_NS


@final
class Leaving:
    """How far a node is with going."""

    def __init__(self) -> None:
        self._began_ns: int | None = None
        self._farewells = 0

    @property
    def has_begun(self) -> bool:
        return self._began_ns is not None

    def begin(self, now_ns: int) -> None:
        if self._began_ns is None:
            self._began_ns = now_ns

    def hands_over(self, now_ns: int) -> bool:
        """Tell whether there is still time to wait for somebody else to coordinate."""
        return self._began_ns is not None and now_ns - self._began_ns < STEP_DOWN_NS

    def bids_farewell(self) -> bool:
        """Tell whether to say it once more, and count that; if not, the node may stop."""
        self._farewells += 1
        return self._farewells <= FAREWELLS
