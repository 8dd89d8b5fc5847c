"""When a room is folded: seldom while a merge may want what it would drop (ADR 35)."""

from __future__ import annotations

from random import Random

from net.cluster.content import Contents
from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.ids import NO_LINEAGE, LineageId, Member
from net.limits import (
    CHECKPOINT_DECREES,
    CHECKPOINT_FORKED,
    CHECKPOINT_OPERATIONS,
    DECREES_MAX,
    DECREES_SPARE,
    OPERATIONS_MAX,
    SECOND,
)
from net.node.checkpoints import Checkpoints
from net.node.peers import Peer, Peers
from net.node.program import Folding
from net.node.replica import Replica
from net.security.identity import Identity
from net.security.primitives import SODIUM
from net.wire.decrees import FoundLineage, Rule
from net.wire.messages import Precedence, Status
from tests.net.healths import ON_TIME

ADA, EVE = (Identity.from_seed(bytes([number]) * 32, SODIUM) for number in (1, 2))
OURS, OTHER = b"lineage1", b"lineage2"


class Hall:
    """A room that Ada coordinates, and a peer of hers."""

    def __init__(self, lineage: LineageId, health: Health = Health.ALIVE) -> None:
        me, self.peers = Member(ADA.node_id, 1), Peers()
        replica = Replica(me, ADA, SODIUM, b"room tag", self.peers, ON_TIME)
        self.log = DecreeLog()
        self.log.append(1, FoundLineage(OURS, NO_LINEAGE, 0, (me,)))
        folding, contents = Folding(lambda *_: b""), Contents(Random(1))
        self.checkpoints = Checkpoints(folding, replica, contents, self.peers)
        precedence = Precedence(0, 1, 0, 0, 0, lineage)
        status = Status(precedence, 1, None, lineage != NO_LINEAGE, True, 1, 1, bytes(8), 1)
        self.peers.put(Peer(EVE.node_id, 1, "", health, status))

    def due_at(self) -> int:
        """Return after how many decrees a checkpoint is due."""
        while not self.checkpoints._is_due(self.log):
            assert not self.log.is_full, "never"
            self.log.append(1, Rule(b"a grant"))
            self.log.commit_to(self.log.head)
        return self.log.commit


def test_while_a_peer_is_in_another_lineage_a_room_is_folded_as_seldom_as_a_fork() -> None:
    """What was said on both sides comes together before one gives way. A liar stops nothing."""
    assert Hall(OTHER).due_at() == CHECKPOINT_FORKED * CHECKPOINT_DECREES


def test_nobody_slows_checkpoints_who_is_in_ours_or_nowhere_or_gone_or_doubted() -> None:
    for lineage in (OURS, NO_LINEAGE):
        assert Hall(lineage).due_at() == CHECKPOINT_DECREES
    for health in (Health.DOWN, Health.LEFT):
        assert Hall(OTHER, health).due_at() == CHECKPOINT_DECREES
    doubted = Hall(OTHER)
    doubted.peers.doubt(EVE.node_id, 5 * SECOND)
    assert doubted.due_at() == CHECKPOINT_DECREES


def test_a_room_that_is_folded_seldom_for_ever_reaches_no_bound() -> None:
    """It keeps what follows the checkpoint before the last, and what comes while one is made."""
    kept = 2 * CHECKPOINT_FORKED
    assert kept * CHECKPOINT_DECREES + 8 * CHECKPOINT_DECREES < DECREES_MAX - DECREES_SPARE
    assert kept * CHECKPOINT_OPERATIONS + 8 * CHECKPOINT_OPERATIONS < OPERATIONS_MAX
