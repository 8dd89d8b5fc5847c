"""What a store of operations counts, for people who look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from net.counters import Counters, loss


@dataclass(slots=True)
class OperationCounters(Counters):
    """Operations of peers that were dropped."""

    part: ClassVar[str] = "operations"
    forged: int = 0
    flooded: int = 0  # over a bound
    unread: int = 0  # beyond the pace of their author, or brought by who brings forgeries
    late: int = loss()  # of lives that a checkpoint has closed
    equivocated: int = 0  # lives that are proved to have signed two things in one place
    orphaned: int = 0  # whose causes are gone: the side of a merge that yielded had folded them
