"""What a node dropped of what its peers sent, by reason; nothing that they send ends it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from net.counters import Counters, loss


@dataclass(slots=True)
class NodeCounters(Counters):
    """Whole numbers since the start; they only grow."""

    part: ClassVar[str] = "node"
    malformed: Counter[str] = field(default_factory=Counter)  # frames, by their `WireFault`
    peers_full: int = 0  # who came when PEERS_MAX were there
    overasked: int = 0  # answers to a peer, and what it has passed on, beyond its quota
    no_way: int = loss()  # datagrams to be passed on to whom we hear neither
    out_of_place: int = loss()  # frames of a life that we do not know, or no more
    beats_of_other_life: int = loss()  # heartbeats of another life than their session's
    beats_overtaken: int = loss()  # heartbeats older than one that we had
