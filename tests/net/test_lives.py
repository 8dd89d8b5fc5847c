"""One key that begins anew without end costs its room a pace of work, and nobody a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net.cluster.causal.signing import Signing
from net.cluster.checkpoint import (
    GENESIS,
    Author,
    Bound,
    BoundReached,
    CheckpointContent,
    LogBase,
    keep,
)
from net.cluster.content import Contents
from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.ids import NO_LINEAGE, Dot, Member
from net.limits import (
    AUTHORS_MAX,
    CHECKPOINT_LIVES,
    FORGET_DOWN_NS,
    LIFE_APART_NS,
    LIVES_BURST,
    PEERS_MAX,
    SECOND,
    VECTOR_ENTRIES_MAX,
)
from net.node.checkpoints import Checkpoints, Forgetting
from net.node.peers import Peer, Peers
from net.node.program import Delivered, Folding
from net.node.replica import Replica
from net.security.identity import Identity
from net.security.primitives import SODIUM
from net.wire.decrees import AddMember, FoundLineage, RemoveMember
from net.wire.messages import Operations
from tests.net.healths import ON_TIME

if TYPE_CHECKING:
    from net.cluster.checkpoint import KeptCheckpoint

LINEAGE = b"lineage1"
AN_HOUR_OF_LIVES = LIVES_BURST + 3600 * SECOND // LIFE_APART_NS
ADA, EVE, NEW, GONE = (Identity.from_seed(bytes([k]) * 32, SODIUM) for k in (1, 2, 3, 4))


class Hall:
    """A room that Ada coordinates, of which Eve says each of her lives.

    Args:
        forks: that it has gone through; from the first on it misses somebody.
    """

    def __init__(self, forks: int = 0) -> None:
        me = Member(ADA.node_id, 1)
        peers = Peers()
        self.replica = Replica(me, ADA, SODIUM, b"room tag", peers, ON_TIME)
        self.log = DecreeLog()
        self.log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, (me, Member(GONE.node_id, 1))))
        for fork in range(1, forks + 1):
            self.log.append(1, FoundLineage(b"degraded", LINEAGE, fork, (me,)))
        contents = Contents(None)  # type: ignore[arg-type]
        self.checkpoints = Checkpoints(Folding(lambda *_: b""), self.replica, contents, peers)
        self.made: list[KeptCheckpoint] = []
        self.full = 0  # how often the room told that it takes no more

    @property
    def entries(self) -> int:
        return len(self.replica.operations.clock)

    def lead(self, who: Identity, life: int) -> bool:
        """Have somebody come in as another life, and say a word; tell whether that is heard."""
        log, former = self.log, Member(who.node_id, life - 1)
        if former in log.members:
            log.append(1, RemoveMember(former))
        log.append(1, AddMember(Member(who.node_id, life)))
        log.commit_to(log.head)
        self.replica.follow(log)
        signing = Signing(
            who.signing_public, lambda data: who.sign(data, SODIUM), SODIUM.verify, b"room tag"
        )
        word = signing.write(Dot(who.node_id, life, 1), 1000 * log.head, (), b"here again")
        peer = Peer(who.node_id, life, "", Health.ALIVE)
        told = self.replica.on_message(peer, Operations((word,)), log.head * SECOND)
        self.full += len(self.checkpoints._look_at_bounds(log, log.head * SECOND))
        self.fold_if_due()
        return any(isinstance(each, Delivered) for each in told)

    def fold_if_due(self) -> None:
        log = self.log
        if not self.checkpoints._is_due(log):
            return
        before, made = log.checkpoint, self.checkpoints._fold_next(log, log.head)
        log.append(1, made.decree)
        log.commit_to(log.head)
        log.begin_at(made, log.head - 1 if before is None else before.index)
        self.replica.begin_from(made, before)
        self.replica.follow(log)
        self.made.append(made)


@pytest.mark.parametrize("forks", [0, 1])
def test_lives_of_one_key_fill_no_clock_and_a_newcomer_is_heard(forks: int) -> None:
    hall = Hall(forks)
    most = 0
    for life in range(1, 2 * VECTOR_ENTRIES_MAX):
        assert hall.lead(EVE, life), "a machine that crashes again and again is heard each time"
        most = max(most, hall.entries)
    assert most <= CHECKPOINT_LIVES + 1
    assert hall.full == 0
    assert hall.lead(NEW, 1)
    assert max(len(made.content.authors) for made in hall.made) <= CHECKPOINT_LIVES + 2


def test_without_that_the_room_would_be_full_before_its_next_checkpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("net.node.checkpoints.CHECKPOINT_LIVES", AN_HOUR_OF_LIVES)
    hall = Hall(forks=1)
    assert not all(hall.lead(EVE, life) for life in range(1, VECTOR_ENTRIES_MAX + 2))
    assert not hall.lead(NEW, 1), "a newcomer is mute"
    assert hall.full == 1


def test_authors_and_lives_that_are_over_leave_room_for_those_to_come() -> None:
    assert AUTHORS_MAX + CHECKPOINT_LIVES <= VECTOR_ENTRIES_MAX - 2 * LIVES_BURST
    assert PEERS_MAX <= AUTHORS_MAX


def test_who_is_silent_until_it_is_forgotten_gains_no_lives_by_it() -> None:
    assert LIVES_BURST * LIFE_APART_NS <= FORGET_DOWN_NS, "its bucket is full again before that"


def of_authors(parent: KeptCheckpoint | None, nodes: range) -> KeptCheckpoint:
    """Return a checkpoint that knows these as authors."""
    authors = tuple(Author(bytes([n]) * 16, 1, 1, 1, GENESIS) for n in nodes)
    digest, index = (GENESIS, 5) if parent is None else (parent.digest, parent.index + 5)
    me = Member(ADA.node_id, 1)
    base = LogBase(index, members=(me,), found=FoundLineage(LINEAGE, NO_LINEAGE, 0, (me,)))
    return keep(CheckpointContent(base, digest, 0, authors, 0, b""))


def test_whom_a_checkpoint_forgets_is_told_and_counted() -> None:
    hall = Hall()
    first = of_authors(None, range(5))
    hall.checkpoints._note_forgotten(None, first)
    assert hall.checkpoints._look_at_bounds(hall.log, SECOND) == []
    hall.checkpoints._note_forgotten(first, of_authors(first, range(2, 9)))
    forgotten = (bytes(16), bytes([1]) * 16)
    told = hall.checkpoints._look_at_bounds(hall.log, 2 * SECOND)
    assert told == [BoundReached(Bound.AUTHORS, forgotten)]
    assert hall.checkpoints.counters.full == {"authors": 2}
    assert hall.checkpoints._look_at_bounds(hall.log, 3 * SECOND) == []


def test_another_history_forgets_nobody_of_ours() -> None:
    hall = Hall()
    hall.checkpoints._note_forgotten(of_authors(None, range(5)), of_authors(None, range(2, 9)))
    assert hall.checkpoints._look_at_bounds(hall.log, SECOND) == []


def test_who_is_forgotten_is_told_at_once_and_then_once_a_second() -> None:
    one, two, three = (bytes([n]) * 16 for n in range(1, 4))
    forgetting = Forgetting()
    forgetting.note(Bound.CONVICTED, [one])
    assert forgetting.take_news(SECOND) == [BoundReached(Bound.CONVICTED, (one,))]
    forgetting.note(Bound.CONVICTED, [two])
    forgetting.note(Bound.CONVICTED, [three, two])
    assert forgetting.take_news(2 * SECOND - 1) == []
    assert forgetting.take_news(2 * SECOND) == [BoundReached(Bound.CONVICTED, (two, three))]
    assert forgetting.take_news(9 * SECOND) == []
