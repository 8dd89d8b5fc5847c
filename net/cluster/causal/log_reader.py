"""Reading a log as it is held, committed or not, once each entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, final

from net.cluster.checkpoint import GENESIS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.cluster.log import DecreeLog
    from net.wire.decrees import Decree


class LogNews(NamedTuple):
    """What a log holds that was not read before."""

    anew: bool  # what was read before counts no more: all begins with the log's checkpoint
    decrees: Sequence[Decree]


@final
class LogReader:
    """Remembers how far it has read. What is replaced in the log is noticed, and read anew."""

    def __init__(self) -> None:
        self._read = (GENESIS, 0, GENESIS)  # checkpoint, head, hash there

    def news(self, log: DecreeLog) -> LogNews | None:
        """Return what is new in the log that we hold now; None: nothing."""
        checkpoint, head, chain = self._read
        began = GENESIS if log.checkpoint is None else log.checkpoint.digest
        if log.head_hash == chain and began == checkpoint:
            return None
        self._read = (began, log.head, log.head_hash)
        anew = began != checkpoint or log.hash_at(head) != chain
        return LogNews(anew, log.entries(log.folded if anew else head, log.head))
