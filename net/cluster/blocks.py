"""Content by digest, in blocks from several sources at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, final

from net.ids import DIGEST_BYTES, Digest, NodeId
from net.limits import BLOCK_BYTES, BLOCK_RETRY_NS, BLOCKS_IN_FLIGHT_MAX, CONTENT_BYTES_MAX

if TYPE_CHECKING:
    from random import Random


def content_digest(content: bytes) -> Digest:
    """Return the name of some content."""
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES, person=b"racer content").digest()


def split(content: bytes) -> list[bytes]:
    """Return the content's blocks in order."""
    return [content[k : k + BLOCK_BYTES] for k in range(0, len(content), BLOCK_BYTES)]


def block_of(content: bytes, number: int) -> bytes:
    """Return one block of some content; empty: it has not so many."""
    return content[number * BLOCK_BYTES : (number + 1) * BLOCK_BYTES]


@final
class BlockFetch:
    """Fetches content of known digest and size.

    Blocks are asked for in order, spread over the sources, at most BLOCKS_IN_FLIGHT_MAX at once;
    one that does not come in BLOCK_RETRY_NS is asked of another source.
    """

    def __init__(self, digest: Digest, size: int, sources: Sequence[NodeId], rng: Random) -> None:
        assert 0 < size <= CONTENT_BYTES_MAX
        assert sources
        self._digest = digest
        self._size = size
        self._sources = list(sources)
        self._rng = rng
        self._blocks: list[bytes | None] = [None] * -(-size // BLOCK_BYTES)
        self._asked: dict[int, tuple[int, NodeId]] = {}
        self.wrong = 0  # how often all blocks were there and made something else

    @property
    def share(self) -> float:
        """How many of the blocks are here, 0..1."""
        return sum(block is not None for block in self._blocks) / len(self._blocks)

    def on_tick(self, now_ns: int) -> list[tuple[NodeId, list[int]]]:
        """Return which blocks to ask of whom now."""
        late = {n for n, (at, _) in self._asked.items() if now_ns - at >= BLOCK_RETRY_NS}
        room = BLOCKS_IN_FLIGHT_MAX - (len(self._asked) - len(late))
        wanted = [
            number
            for number, block in enumerate(self._blocks)
            if block is None and (number not in self._asked or number in late)
        ][: max(room, 0)]
        asks: dict[NodeId, list[int]] = {}
        for number in wanted:
            source = self._pick_source(number)
            self._asked[number] = (now_ns, source)
            asks.setdefault(source, []).append(number)
        return sorted(asks.items())

    def on_block(self, number: int, data: bytes, source: NodeId) -> bytes | None:
        """Take a block. Returns the content once it is whole and its digest right.

        Whole but wrong: somebody lied or mixed something up, and all of it is fetched again.
        """
        if source not in self._sources or not 0 <= number < len(self._blocks):
            return None
        if self._blocks[number] is not None or len(data) != self._block_length(number):
            return None
        self._blocks[number] = data
        self._asked.pop(number, None)
        if any(block is None for block in self._blocks):
            return None
        content = b"".join(block for block in self._blocks if block is not None)
        if content_digest(content) == self._digest:
            return content
        self.wrong += 1
        self._blocks = [None] * len(self._blocks)
        return None

    def _block_length(self, number: int) -> int:
        return min(BLOCK_BYTES, self._size - number * BLOCK_BYTES)

    def _pick_source(self, number: int) -> NodeId:
        before = self._asked.get(number)
        others = [s for s in self._sources if before is None or s != before[1]]
        return self._rng.choice(others or self._sources)
