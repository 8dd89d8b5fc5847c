"""Content in blocks, a checkpoint of decrees and operations, and the snapshot that begins with it.

The program's state in these is what it was, and all that was ruled and said since, in order.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, Final

import msgspec

from net.cluster.actions import Send
from net.cluster.content import Contents
from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.cluster.snapshot import SnapshotServer, encode_snapshot
from net.ids import NO_LINEAGE, Member
from net.limits import BLOCK_BYTES
from net.node.checkpoints import Checkpoints
from net.node.peers import Peer, Peers
from net.node.program import Folding, SaveOperation
from net.node.replica import Replica
from net.security.identity import Identity
from net.security.primitives import SODIUM
from net.security.room_secret import RoomSecret
from net.wire.codec import encode_message
from net.wire.decrees import AddMember, Decree, FoundLineage, Order, Rule
from net.wire.messages import (
    BlockRequest,
    ContentQuery,
    Manifest,
    ManifestRequest,
    Operation,
    Operations,
    PieceRequest,
)
from tests.net.healths import ON_TIME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from net.node.replica import ReplicaOutcome

_ASKER: Final = bytes(16)
_LINEAGE: Final = b"lineage!"


def content() -> dict[str, Any]:
    """Return some content of three blocks, and how a peer comes by it."""
    data = Random(3).randbytes(2 * BLOCK_BYTES + 500)
    held = Contents(Random(0))
    held.share(data)
    (digest,) = held._held
    query, wanted = ContentQuery(digest), PieceRequest(digest, (0, 1, 2))
    return {
        "content": data.hex(),
        "digest": digest.hex(),
        "query": encode_message(query).hex(),
        "offer": _hex_of(held.on_message(_ASKER, query, 0)),
        "request": encode_message(wanted).hex(),
        "pieces": _hex_of(held.on_message(_ASKER, wanted, 0)),
    }


def _hex_of(outcomes: Iterable[object]) -> list[str]:
    return [encode_message(each.message).hex() for each in outcomes if isinstance(each, Send)]


def checkpoint() -> dict[str, Any]:
    """Return decrees and operations, the checkpoint of them, and a snapshot that begins with it."""
    context = RoomSecret("Sunday cup").tag
    authors = [Identity.from_seed(bytes([number]) * 32, SODIUM) for number in (1, 2)]
    lives = [Member(each.node_id, life) for life, each in enumerate(authors, start=1)]
    log = _log_of(lives)
    peers = Peers()
    replicas = [
        Replica(life, each, SODIUM, context, peers, ON_TIME)
        for life, each in zip(lives, authors, strict=True)
    ]
    for replica in replicas:
        replica.follow(log)
    said = _said(replicas, lives)
    log.append(3, Order(said[0].dot))
    log.commit_to(log.head)
    checkpoints = Checkpoints(Folding(_fold), replicas[0], Contents(Random(0)), peers)
    made = checkpoints._fold_next(log, log.head)
    decrees = log.entries(0, log.head)
    log.append(3, made.decree)
    log.append(3, Rule(b"after it"))
    log.commit_to(log.head)
    log.begin_at(made, made.index)
    return {
        "context": context.hex(),
        "seeds": [(bytes([number]) * 32).hex() for number in (1, 2)],
        "decrees": [msgspec.msgpack.encode(each).hex() for each in decrees],
        "operations": [msgspec.msgpack.encode(each).hex() for each in said],
        "fold": made.content.fold.hex(),
        "chains": {each.node.hex(): each.chain.hex() for each in made.content.authors},
        "checkpoint": made.packed.hex(),
        "digest": made.digest.hex(),
        "decree": msgspec.msgpack.encode(log.entries(made.index, made.index + 1)[0]).hex(),
        "snapshot": _snapshot(log),
    }


def _log_of(lives: Sequence[Member]) -> DecreeLog:
    log = DecreeLog()
    log.append(1, FoundLineage(_LINEAGE, NO_LINEAGE, 0, (lives[0],)))
    log.append(1, AddMember(lives[1]))
    log.append(3, Rule(b"ruled"))
    log.commit_to(log.head)
    return log


def _said(replicas: Sequence[Replica], lives: Sequence[Member]) -> list[Operation]:
    """Return two words of the first, and one of the second between them that knows the first."""
    first, second = replicas
    hears = Peer(lives[0].node, lives[0].incarnation, "", Health.ALIVE)
    opening = _authored(first.author(b"one", 2_000))
    second.on_message(hears, Operations(tuple(opening)), 0)
    answer = _authored(second.author(b"two", 1_000))  # by a clock that is behind
    first.on_message(hears, Operations(tuple(answer)), 0)
    return [*opening, *answer, *_authored(first.author(b"three", 3_000))]


def _authored(outcomes: Iterable[ReplicaOutcome]) -> list[Operation]:
    return [each.operation for each in outcomes if isinstance(each, SaveOperation)]


def _fold(before: bytes, decrees: Sequence[Decree], operations: Sequence[Operation]) -> bytes:
    ruled = [each.what.body for each in decrees if isinstance(each.what, Rule)]
    return before + b"".join([*ruled, *(each.body for each in operations)])


def _snapshot(log: DecreeLog) -> dict[str, Any]:
    server = SnapshotServer()
    asked = ManifestRequest(log.lineage, ())
    (told,) = server.on_manifest_request(log, _ASKER, asked)
    manifest = told.message
    assert isinstance(manifest, Manifest)
    span = manifest.whole, manifest.since, manifest.upto
    wanted = BlockRequest(log.lineage, *span, manifest.digest, (0,))
    return {
        "content": encode_snapshot(log.checkpoint, log.entries(log.folded, log.commit)).hex(),
        "manifest_request": encode_message(asked).hex(),
        "manifest": encode_message(manifest).hex(),
        "block_request": encode_message(wanted).hex(),
        "blocks": _hex_of(server.on_block_request(log, _ASKER, wanted)),
    }
