"""Adopting a log: the better one of a peer before one leads (Lamport 1998), or a journal's."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net.cluster.actions import Send
from net.cluster.log import DecreeLog
from net.ids import LineageId, NodeId
from net.limits import DECREES_MAX, EPOCH_KEPT_MAX, HEARTBEAT_NS, NEVER
from net.wire.decrees import Decree, FoundLineage
from net.wire.messages import Fetch, Fetched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.cluster.checkpoint import KeptCheckpoint


def answer_fetch(log: DecreeLog, sender: NodeId, fetch: Fetch) -> list[Send]:
    """Return what of our log a peer asked for. Reading harms nobody, so anyone may.

    What it asks for is dropped here: then nothing, and where our log begins.
    """
    if fetch.lineage != log.lineage or fetch.index > log.head:
        return []
    start = max(fetch.index, log.base.index)
    entries = log.batch(start) if start == fetch.index else ()
    return [Send(sender, Fetched(fetch.lineage, fetch.epoch, start, entries, log.head))]


def kept_log(decrees: Sequence[Decree], checkpoint: KeptCheckpoint | None = None) -> DecreeLog:
    """Return the log of what a journal kept, all of it committed; without what is no chain.

    A journal that was cut off in the middle of entering another lineage ends in decrees of the old
    one, and may hold some from before its checkpoint.
    """
    log = DecreeLog(checkpoint)
    decrees = [decree for decree in decrees if not log.is_compacted(decree.index)]
    if checkpoint is None and (not decrees or not isinstance(decrees[0].what, FoundLineage)):
        return log
    for decree in decrees:
        if decree.epoch > EPOCH_KEPT_MAX:
            break  # what a liar had us keep
        if not log.store(log.head, log.head_hash, [decree]) or decree.index != log.head - 1:
            break
    log.commit_to(log.head)
    log.take_unkept(lambda _: True)
    log.kept = log.head
    return log


@final
class LogAdoption:
    """Fetches all behind our committed prefix from one peer, then replaces our tail with it."""

    def __init__(self, log: DecreeLog, source: NodeId, lineage: LineageId, epoch: int) -> None:
        self._log = log
        self._source = source
        self._lineage = lineage
        self._epoch = epoch
        self._start = log.commit
        self._entries: list[Decree] = []
        self._sent_ns = NEVER

    def on_tick(self, now_ns: int) -> list[Send]:
        if now_ns - self._sent_ns < HEARTBEAT_NS:
            return []
        self._sent_ns = now_ns
        fetch = Fetch(self._lineage, self._epoch, self._start + len(self._entries))
        return [Send(self._source, fetch)]

    def on_fetched(self, sender: NodeId, part: Fetched, now_ns: int) -> tuple[bool, list[Send]]:
        """Take a part.

        Returns:
            Whether the log is adopted now; and what to ask next.
        """
        expected = self._start + len(self._entries)
        if (
            sender != self._source
            or (part.lineage, part.epoch) != (self._lineage, self._epoch)
            or part.index != expected
            or len(self._entries) + len(part.entries) > DECREES_MAX
        ):
            return False, []
        self._entries.extend(part.entries)
        if self._start + len(self._entries) < part.head:
            self._sent_ns = NEVER
            return False, self.on_tick(now_ns)
        previous = self._log.hash_at(self._start)
        assert previous is not None
        if self._log.store(self._start, previous, self._entries):
            return True, []
        self._entries.clear()  # the source's tail changed under way: take it again
        return False, []
