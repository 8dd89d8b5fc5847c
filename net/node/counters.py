"""What a node dropped of what its peers sent, by reason; nothing that they send ends it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class NodeCounters:
    """Whole numbers since the start; they only grow."""

    malformed: int = 0  # frames of which something does not decode
    out_of_place: int = 0  # frames of a life that we do not know, or no more
