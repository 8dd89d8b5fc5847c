"""Content that members share by digest: circuits, recordings of laps. Whoever has some, gives it.

Who wants some asks all peers who has it, and fetches blocks from those who do. What comes out wrong
is fetched again from one source at a time, so that whoever gives wrong blocks is found and left.
What has arrived is shared on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never, final

from net.cluster.actions import Send
from net.cluster.blocks import BlockFetch, block_of, content_digest
from net.counters import Counters
from net.ids import Digest, NodeId
from net.limits import (
    CONTENT_BYTES_MAX,
    CONTENT_GIVE_UP_NS,
    CONTENT_SEEK_NS,
    CONTENT_STALL_NS,
    CONTENTS_AT_ONCE_MAX,
    CONTENTS_HELD_BYTES_MAX,
    CONTENTS_WANTED_MAX,
)
from net.wire.messages import ContentOffer, ContentQuery, Piece, PieceRequest

if TYPE_CHECKING:
    from random import Random

ContentMessage: TypeAlias = ContentQuery | ContentOffer | PieceRequest | Piece


@dataclass(frozen=True, slots=True)
class ContentArrived:
    """Content that was wanted is here, and is what its digest says."""

    digest: Digest
    content: bytes


Living: TypeAlias = Callable[[], Sequence[NodeId]]
ContentOutcome: TypeAlias = Send | ContentArrived


@dataclass(slots=True)
class ContentCounters(Counters):
    """Content that did not come to be."""

    part: ClassVar[str] = "content"
    wrong: int = 0  # came whole, and was not what its digest says


@dataclass(slots=True)
class _Want:
    """Content that we do not have yet."""

    size_max: int
    begun_ns: int | None = None
    sought_ns: int | None = None
    heard_ns: int = 0  # when a block came last, or the fetch began
    sources: dict[NodeId, int] = field(default_factory=dict)  # what size each says it has
    liars: set[NodeId] = field(default_factory=set)
    doubted: bool = False  # a whole was wrong: from now on one source at a time
    fetch: BlockFetch | None = None
    fetched_from: tuple[NodeId, ...] = ()


@final
class Contents:
    """What this node shares, and what it is after."""

    def __init__(self, rng: Random) -> None:
        self.counters = ContentCounters()
        self._rng = rng
        self._held: dict[Digest, bytes] = {}
        self._held_bytes = 0
        self._wants: dict[Digest, _Want] = {}

    def share(self, content: bytes) -> None:
        """Give this, of 1 to CONTENT_BYTES_MAX bytes, to whoever asks.

        Beyond CONTENTS_HELD_BYTES_MAX the oldest is let go.
        """
        digest = content_digest(content)
        if digest in self._held:
            return
        self._wants.pop(digest, None)
        self._held[digest] = content
        self._held_bytes += len(content)
        while self._held_bytes > CONTENTS_HELD_BYTES_MAX:
            oldest = next(iter(self._held))
            self._held_bytes -= len(self._held.pop(oldest))

    def has_room(self, digest: Digest) -> bool:
        """Whether some content may be wanted: it is here, or sought already, or few others are."""
        known = digest in self._held or digest in self._wants
        return known or len(self._wants) < CONTENTS_WANTED_MAX

    def want(self, digest: Digest, size_max: int) -> list[ContentOutcome]:
        """Look for content of that digest and at most that size; asking again does nothing more.

        Call it where there is room.
        It is given up when nobody gave any of it for CONTENT_GIVE_UP_NS.
        """
        if digest in self._held:
            return [ContentArrived(digest, self._held[digest])]
        if digest not in self._wants:
            self._wants[digest] = _Want(min(size_max, CONTENT_BYTES_MAX))
        return []

    def progress(self, digest: Digest) -> float | None:
        """Return how much of some content is here, 0..1; None: it is neither held nor wanted."""
        if digest in self._held:
            return 1.0
        want = self._wants.get(digest)
        if want is None:
            return None
        return 0.0 if want.fetch is None else want.fetch.share

    def on_tick(self, living: Living, now_ns: int) -> list[ContentOutcome]:
        """Ask for what is missing: who has it, or its blocks. The oldest wishes come first.

        Args:
            living: returns the peers that live; it is asked only if something is missing.
        """
        outcomes: list[ContentOutcome] = []
        for digest in list(self._wants)[:CONTENTS_AT_ONCE_MAX]:
            want = self._wants[digest]
            want.begun_ns = now_ns if want.begun_ns is None else want.begun_ns
            if now_ns - max(want.begun_ns, want.heard_ns) >= CONTENT_GIVE_UP_NS:
                del self._wants[digest]
                continue
            outcomes.extend(self._request_content(digest, want, living, now_ns))
        return outcomes

    def on_message(
        self, sender: NodeId, message: ContentMessage, now_ns: int
    ) -> list[ContentOutcome]:
        match message:
            case ContentQuery(digest=digest):
                content = self._held.get(digest)
                return [] if content is None else [Send(sender, ContentOffer(digest, len(content)))]
            case PieceRequest(digest=digest, pieces=pieces):
                return self._send_pieces(sender, digest, pieces)
            case ContentOffer(digest=digest, size=size):
                want = self._wants.get(digest)
                if want is not None and 0 < size <= want.size_max and sender not in want.liars:
                    want.sources[sender] = size
                return []
            case Piece():
                return self._receive_piece(sender, message, now_ns)
            case _:
                assert_never(message)

    def _request_content(
        self, digest: Digest, want: _Want, living: Living, now_ns: int
    ) -> list[ContentOutcome]:
        if want.fetch is not None and now_ns - want.heard_ns >= CONTENT_STALL_NS:
            want.fetch = None  # its sources have gone
            want.sources.clear()
        if want.fetch is None and want.sources:
            self._start_fetch(digest, want, now_ns)
        if want.fetch is not None:
            return [
                Send(node, PieceRequest(digest, tuple(numbers)))
                for node, numbers in want.fetch.on_tick(now_ns)
            ]
        if want.sought_ns is not None and now_ns - want.sought_ns < CONTENT_SEEK_NS:
            return []
        want.sought_ns = now_ns
        return [Send(node, ContentQuery(digest)) for node in living() if node not in want.liars]

    def _start_fetch(self, digest: Digest, want: _Want, now_ns: int) -> None:
        """Fetch from all who say the same size as one of them; from that one, where one lied."""
        first = self._rng.choice(sorted(want.sources))
        size = want.sources[first]
        nodes = [node for node in sorted(want.sources) if want.sources[node] == size]
        want.fetched_from = (first,) if want.doubted else tuple(nodes)
        want.fetch = BlockFetch(digest, size, want.fetched_from, self._rng)
        want.heard_ns = now_ns

    def _send_pieces(
        self, sender: NodeId, digest: Digest, pieces: Sequence[int]
    ) -> list[ContentOutcome]:
        content = self._held.get(digest)
        if content is None:
            return []
        return [
            Send(sender, Piece(digest, number, block))
            for number in dict.fromkeys(pieces)  # each once, however often it is asked for
            if (block := block_of(content, number))
        ]

    def _receive_piece(self, sender: NodeId, piece: Piece, now_ns: int) -> list[ContentOutcome]:
        want = self._wants.get(piece.digest)
        if want is None or want.fetch is None:
            return []
        content = want.fetch.on_block(piece.number, piece.data, sender)
        if content is not None:
            self.share(content)
            return [ContentArrived(piece.digest, content)]
        if want.fetch.wrong:
            self._discard_wrong_fetch(want)
        elif sender in want.fetched_from:
            want.heard_ns = now_ns
        return []

    def _discard_wrong_fetch(self, want: _Want) -> None:
        """Drop what came out wrong, and the source that it came from, if it was one alone."""
        self.counters.wrong += 1
        if len(want.fetched_from) == 1:
            want.liars.update(want.fetched_from)
            want.sources.pop(want.fetched_from[0], None)
        want.doubted = True
        want.fetch = None
