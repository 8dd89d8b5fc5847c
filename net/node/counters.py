"""What a node dropped of what its peers sent, by reason; nothing that they send ends it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from net.counters import Counters, loss


class Implausible(StrEnum):
    """Why something that a peer says of lineages and their coordinators is not believed."""

    EPOCH = "epoch"  # further ahead than elections lead, or out of order
    LINEAGE = "lineage"  # whose history was not shown, or does not bear out what was claimed
    VOTE = "vote"  # not signed by who is named in it
    VERSION = "version"  # that the room shall speak, and we cannot
    PROOF = "proof"  # that convicts somebody, and whose signatures do not hold
    HAND_OVER = "hand_over"  # not signed by who gave it, or not to who shows it


@dataclass(slots=True)
class LineageCounters(Counters):
    """What peers said of lineages and was not believed."""

    part: ClassVar[str] = "lineage"
    disbelieved: Counter[str] = field(default_factory=Counter)  # by its `Implausible`
    unelected: int = loss()  # decrees of whose votes nothing was shown, or not yet


@dataclass(slots=True)
class NodeCounters(Counters):
    """Whole numbers since the start; they only grow."""

    part: ClassVar[str] = "node"
    malformed: Counter[str] = field(default_factory=Counter)  # frames, by their `WireFault`
    peers_full: int = 0  # who came when PEERS_MAX were there
    excluded: int = 0  # what nodes wrote that are out of the room
    convicted: int = 0  # frames of who said two things in one place: nobody listens to it
    overasked: int = 0  # answers to a peer, and what it has passed on, beyond its quota
    no_way: int = loss()  # datagrams to be passed on to whom we hear neither
    out_of_place: int = loss()  # frames of a life that we do not know, or no more
    beats_of_other_life: int = loss()  # heartbeats of another life than their session's
    beats_overtaken: int = loss()  # heartbeats older than one that we had
