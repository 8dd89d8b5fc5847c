"""What a node dropped of what its peers sent, by reason; nothing that they send ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from net.counters import Counters, loss


@dataclass(slots=True)
class NodeCounters(Counters):
    """Whole numbers since the start; they only grow."""

    part: ClassVar[str] = "node"
    malformed: int = 0  # frames of which something does not decode
    peers_full: int = 0  # who came when PEERS_MAX were there
    out_of_place: int = loss()  # frames of a life that we do not know, or no more
