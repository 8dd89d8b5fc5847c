"""Snapshots: how a newcomer gets the history of a lineage, in blocks from several members.

The content is a span of the committed prefix of the log, so every member makes the same bytes for
it. Where there is a checkpoint the span begins with that, and is no longer for an old room than for
a young one. A span that begins late spares who comes from another lineage of the room what both
went through. Operations since need no snapshot: anti-entropy brings them, signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, TypeAlias, final

import msgspec
from msgspec import Meta

from net.cluster.actions import Send
from net.cluster.blocks import BlockFetch, content_digest, split
from net.cluster.checkpoint import KeptCheckpoint, read_checkpoint
from net.cluster.log import DecreeLog
from net.counters import Counters
from net.errors import WireError
from net.ids import Digest, LineageId, NodeId
from net.limits import (
    CONTENT_BYTES_MAX,
    DECREES_MAX,
    EPOCH_KEPT_MAX,
    LEARN_RETRY_NS,
    LEARN_STALL_NS,
    NEVER,
    SNAPSHOTS_KEPT,
)
from net.recent import Recent
from net.wire.decrees import Decree
from net.wire.messages import Block, BlockRequest, Manifest, ManifestRequest

if TYPE_CHECKING:
    from random import Random

_ENCODER: Final = msgspec.msgpack.Encoder()
_Decrees: TypeAlias = Annotated[list[Decree], Meta(min_length=1, max_length=DECREES_MAX)]
_Snapshot: TypeAlias = tuple[bytes, _Decrees]
_DECODER: Final[msgspec.msgpack.Decoder[_Snapshot]] = msgspec.msgpack.Decoder(_Snapshot)


def encode_snapshot(checkpoint: KeptCheckpoint | None, decrees: Sequence[Decree]) -> bytes:
    """Return the bytes of a snapshot: a checkpoint or none, and decrees, as they are."""
    return _ENCODER.encode((b"" if checkpoint is None else checkpoint.packed, decrees))


def decode_snapshot(
    content: bytes, lineage: LineageId, history: DecreeLog | None, since: int
) -> DecreeLog:
    """Return the log that a snapshot continues the first `since` decrees of ours to, all committed.

    What of it we held already stays as it is, on disk too: to write it again would be to lose it
    first, and it may count on our disk.

    Args:
        history: ours; None: it is whole, and begins with a checkpoint or with the first decree.

    Raises:
        WireError: the bytes are no chain of decrees from there on, or of another lineage, or a
            checkpoint is not what the first of them names.
    """
    try:
        packed, decrees = _DECODER.decode(content)
    except (ValueError, RecursionError) as error:
        raise WireError(str(error)) from None
    if history is None:
        return _decode_whole(packed, decrees, lineage)
    same = since
    while same < min(history.head, since + len(decrees)):
        if history.entry(same) != decrees[same - since]:
            break
        same += 1
    log = history.prefix(same)
    stored = log.store(same, log.head_hash, decrees[same - since :])
    if not stored or log.lineage != lineage or log.head_epoch > EPOCH_KEPT_MAX:
        raise WireError("snapshot is no chain of decrees of its lineage")
    log.commit_to(log.head)
    return log


def _decode_whole(packed: bytes, decrees: Sequence[Decree], lineage: LineageId) -> DecreeLog:
    checkpoint = read_checkpoint(packed) if packed else None
    if checkpoint is not None and decrees[0].what != checkpoint.decree:
        raise WireError("snapshot with another checkpoint than its decrees name")
    log = DecreeLog(checkpoint)
    stored = log.store(log.head, log.head_hash, decrees)
    if not stored or log.lineage != lineage or log.head_epoch > EPOCH_KEPT_MAX:
        raise WireError("snapshot is no chain of decrees of its lineage")
    log.commit_to(log.head)
    return log


@dataclass(slots=True)
class SnapshotCounters(Counters):
    """Snapshots that were fetched in vain."""

    part: ClassVar[str] = "snapshots"
    wrong: int = 0  # came whole, and were not what their digest says, or no history of theirs


@dataclass(frozen=True, slots=True)
class _Made:
    digest: Digest
    size: int
    blocks: tuple[bytes, ...]


@final
class SnapshotServer:
    """Answers newcomers. Keeps the last snapshots, for their blocks are asked for one by one."""

    def __init__(self) -> None:
        self._kept: Recent[tuple[LineageId, bool, int, int], _Made] = Recent(SNAPSHOTS_KEPT)

    def on_manifest_request(
        self, log: DecreeLog, sender: NodeId, request: ManifestRequest
    ) -> list[Send]:
        if request.lineage != log.lineage or log.commit == 0:
            return []
        agreed, upto = log.agrees_up_to(request.milestones), log.commit
        whole = agreed == 0
        since = log.folded if whole else agreed
        made = self._make_snapshot(log, whole, since, upto)
        if made is None or made.size > CONTENT_BYTES_MAX:
            return []
        return [Send(sender, Manifest(log.lineage, whole, since, upto, made.size, made.digest))]

    def on_block_request(self, log: DecreeLog, sender: NodeId, request: BlockRequest) -> list[Send]:
        if request.lineage != log.lineage or not request.since < request.upto <= log.commit:
            return []
        made = self._make_snapshot(log, request.whole, request.since, request.upto)
        if made is None or made.digest != request.digest:
            return []
        return [
            Send(sender, Block(made.digest, number, made.blocks[number]))
            for number in dict.fromkeys(request.blocks)
            if number < len(made.blocks)
        ]

    def _make_snapshot(self, log: DecreeLog, whole: bool, since: int, upto: int) -> _Made | None:
        """Return a span; None: it begins before our log, or at another checkpoint than ours."""
        if log.is_compacted(since) or since >= upto or (whole and since != log.folded):
            return None
        key = (log.lineage, whole, since, upto)
        made = self._kept.get(key)
        if made is None:
            content = encode_snapshot(log.checkpoint if whole else None, log.entries(since, upto))
            made = _Made(content_digest(content), len(content), tuple(split(content)))
            self._kept.note(key, made)
        return made


@dataclass(frozen=True, slots=True)
class Source:
    """A peer that sits in the lineage to learn."""

    node: NodeId
    commit: int
    coordinates: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """A lineage's history is here."""

    log: DecreeLog
    since: int  # how many of its decrees we held before, or it begins without
    sources: tuple[NodeId, ...]


@final
class Learner:
    """Fetches the snapshot of one lineage, as far as `history` does not hold it already."""

    def __init__(
        self, lineage: LineageId, history: DecreeLog, rng: Random, counters: SnapshotCounters
    ) -> None:
        self.lineage = lineage
        self._history = history
        self._rng = rng
        self._counters = counters
        self._asked_ns = NEVER
        self._manifest: Manifest | None = None
        self._fetch: BlockFetch | None = None
        self._progress_ns = NEVER
        self._used: set[NodeId] = set()

    def on_tick(self, sources: Sequence[Source], now_ns: int) -> list[Send]:
        """Ask for what is missing: the manifest of the coordinator or anyone, blocks of all."""
        if self._manifest is None or self._fetch is None:
            return self._ask_manifest(sources, now_ns)
        if now_ns - self._progress_ns > LEARN_STALL_NS:  # its sources have gone: begin again
            self._manifest = self._fetch = None
            return self._ask_manifest(sources, now_ns)
        manifest = self._manifest
        return [
            Send(
                source,
                BlockRequest(
                    manifest.lineage,
                    manifest.whole,
                    manifest.since,
                    manifest.upto,
                    manifest.digest,
                    tuple(wanted),
                ),
            )
            for source, wanted in self._fetch.on_tick(now_ns)
        ]

    def on_manifest(
        self, sender: NodeId, manifest: Manifest, sources: Sequence[Source], now_ns: int
    ) -> list[Send]:
        if self._manifest is not None or manifest.lineage != self.lineage:
            return []
        if not 0 < manifest.size <= CONTENT_BYTES_MAX:
            return []
        history = self._history
        if not (manifest.whole or history.folded < manifest.since <= history.head):
            return []
        nodes = {s.node for s in sources if s.commit >= manifest.upto} | {sender}
        self._manifest = manifest
        self._fetch = BlockFetch(manifest.digest, manifest.size, sorted(nodes), self._rng)
        self._progress_ns = now_ns
        return self.on_tick(sources, now_ns)

    def on_block(self, sender: NodeId, block: Block, now_ns: int) -> Learned | None:
        """Take a block.

        Returns:
            The history, once it is complete and its digest right.
        """
        if self._manifest is None or self._fetch is None or block.digest != self._manifest.digest:
            return None
        self._progress_ns = now_ns
        self._used.add(sender)
        wrong_before = self._fetch.wrong
        content = self._fetch.on_block(block.number, block.data, sender)
        if content is None:
            self._counters.wrong += self._fetch.wrong - wrong_before
            return None
        self._fetch = None
        manifest, self._manifest = self._manifest, None
        try:
            history = None if manifest.whole else self._history
            log = decode_snapshot(content, manifest.lineage, history, manifest.since)
        except WireError:
            self._counters.wrong += 1
            return None
        return Learned(log, manifest.since, tuple(sorted(self._used)))

    def _ask_manifest(self, sources: Sequence[Source], now_ns: int) -> list[Send]:
        if not sources or now_ns - self._asked_ns < LEARN_RETRY_NS:
            return []
        self._asked_ns = now_ns
        request = ManifestRequest(self.lineage, tuple(self._history.milestones()))
        coordinating = [s.node for s in sources if s.coordinates]
        node = (
            coordinating[0]
            if coordinating and self._rng.random() < 0.75
            else self._rng.choice([s.node for s in sources])
        )
        return [Send(node, request)]
