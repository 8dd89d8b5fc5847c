"""How long somebody has had us wait: while this machine stood still nobody could do anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from net.limits import PAUSE_NS


@final
@dataclass(slots=True)
class Patience:
    """Counts from look to look, by PAUSE_NS at most; it is looked at each tick while it lasts."""

    looked_ns: int  # when we looked last …
    waited_ns: int = 0  # … and how long we have waited by then

    def look(self, now_ns: int) -> int:
        """Return how long we have waited by now."""
        self.waited_ns += min(now_ns - self.looked_ns, PAUSE_NS)
        self.looked_ns = now_ns
        return self.waited_ns
