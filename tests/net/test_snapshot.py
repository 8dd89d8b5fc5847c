"""A history comes in blocks, from whoever has it; what comes out wrong is counted."""

from __future__ import annotations

from random import Random

from net.cluster.actions import Send
from net.cluster.log import DecreeLog
from net.cluster.snapshot import Learner, SnapshotCounters, SnapshotServer, Source
from net.ids import NO_LINEAGE, Member
from net.wire.decrees import FoundLineage
from net.wire.messages import Block, Manifest, ManifestRequest

NEWCOMER, GIVER = (Member(bytes([n]) * 16, 1) for n in (1, 2))
LINEAGE = b"lineage1"
SOURCES = [Source(GIVER.node, 1, coordinates=True)]


def manifest() -> tuple[DecreeLog, Manifest]:
    log = DecreeLog()
    log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, (GIVER,)))
    log.commit_to(1)
    request = ManifestRequest(LINEAGE, ())
    (told,) = SnapshotServer().on_manifest_request(log, NEWCOMER.node, request)
    assert isinstance(told, Send)
    assert isinstance(told.message, Manifest)
    return log, told.message


def test_a_history_that_is_not_what_its_digest_says_is_counted_and_asked_for_again() -> None:
    counters = SnapshotCounters()
    learner = Learner(LINEAGE, DecreeLog(), Random(1), counters)
    _, told = manifest()
    assert learner.on_manifest(GIVER.node, told, SOURCES, 0)
    for times in (1, 2):
        wrong = Block(told.digest, 0, bytes(told.size))
        assert learner.on_block(GIVER.node, wrong, 0) is None
        assert counters.wrong == times
        assert learner.on_tick(SOURCES, 0)
