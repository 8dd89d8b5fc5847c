"""What a coordinator has the room speak, of whom it knows what."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, cast

import pytest

from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.cluster.voter import Voter
from net.ids import NO_LINEAGE, Member
from net.limits import FORGET_DOWN_NS
from net.node.lineage.reconfiguration import Reconfiguration
from net.node.lineage.vetting import Vetting
from net.node.peers import Peer, Peers
from net.sim.crypto import stand_in_signet
from net.wire.decrees import FoundLineage, SpeakVersion
from net.wire.messages import Status
from net.wire.versions import Versions
from tests.net.disks import no_disk
from tests.net.healths import ON_TIME

if TYPE_CHECKING:
    from net.cluster.replication import Leadership

ME, BEN, CLEO = (Member(bytes([n]) * 16, 1) for n in (1, 2, 3))
OLD, BOTH, NEWER = Versions(3, 3), Versions(3, 4), Versions(4, 5)


class AllMatched:
    """A leadership whose followers all hold its log."""

    def matched(self, member: Member) -> int:
        return 1


def due(
    *peers: tuple[Member, Versions, Health],
    members: tuple[Member, ...] = (ME, BEN),
    idle: bool = False,
    forks: int = 0,
    after_ns: int = 1,
) -> int:
    """Return what a coordinator that can both decrees, where these are the peers."""
    log = DecreeLog()
    log.append(1, FoundLineage(b"lineage1", NO_LINEAGE, forks, members))
    log.commit_to(1)
    table = Peers(BOTH)
    for member, versions, health in peers:
        table.put(Peer(member.node, member.incarnation, "", health, versions=versions))
    voter = Voter(ME, ON_TIME, no_disk(), stand_in_signet(ME.node), log, promised=1, epoch=1)
    vetting = Vetting(table, Random(1))
    return Reconfiguration(voter, table, vetting, 0)._due_version(idle, after_ns)


ALIVE, DOWN, LEFT = Health.ALIVE, Health.DOWN, Health.LEFT


@pytest.mark.parametrize(
    ("cleo", "version"),
    [
        ((CLEO, BOTH, ALIVE), 4),
        ((CLEO, OLD, ALIVE), 3),  # no member, and here
        ((CLEO, OLD, DOWN), 3),  # it may come back
        ((CLEO, OLD, LEFT), 4),
        ((CLEO, NEWER, ALIVE), 4),
    ],
)
def test_in_a_race_it_is_what_all_can_that_may_be_here_again(
    cleo: tuple[Member, Versions, Health], version: int
) -> None:
    assert due((BEN, BOTH, ALIVE), cleo) == version


@pytest.mark.parametrize("health", [ALIVE, DOWN, LEFT])
def test_a_member_that_cannot_keeps_it_low_whatever_became_of_it(health: Health) -> None:
    assert due((BEN, OLD, health)) == 3


def test_a_member_that_it_has_not_met_keeps_it_as_it_is() -> None:
    assert due(members=(ME, BEN)) == 0
    assert due((BEN, BOTH, ALIVE), members=(ME, BEN, CLEO)) == 0
    assert due(members=(ME,)) == 4


def test_between_races_it_is_what_somebody_needs_and_all_can() -> None:
    assert due((BEN, BOTH, ALIVE), idle=True) == 3
    assert due((BEN, BOTH, ALIVE), (CLEO, NEWER, ALIVE), idle=True) == 4
    assert due((BEN, BOTH, ALIVE), (CLEO, NEWER, DOWN), idle=True) == 3
    assert due((BEN, OLD, ALIVE), (CLEO, NEWER, ALIVE), idle=True) == 0


def test_after_a_fork_it_waits_for_whoever_is_missing() -> None:
    assert due((BEN, BOTH, ALIVE), forks=1) == 3
    assert due((BEN, BOTH, ALIVE), forks=1, after_ns=FORGET_DOWN_NS) == 4


@pytest.mark.parametrize(("versions", "comes_in"), [(OLD, False), (BOTH, True), (NEWER, True)])
def test_who_does_not_speak_what_the_room_does_becomes_no_member(
    versions: Versions, comes_in: bool
) -> None:
    log = DecreeLog()
    log.append(1, FoundLineage(b"lineage1", NO_LINEAGE, 0, (ME,)))
    log.append(1, SpeakVersion(4))
    log.commit_to(1)  # the newest that is decreed counts, committed or not
    status = Status(log.precedence(True, 0), 1, ME, False, False, 1, 2, bytes(8), None)
    table = Peers(BOTH)
    table.put(Peer(BEN.node, 1, "ben", ALIVE, status, versions))
    reconfiguration = Reconfiguration(
        Voter(ME, ON_TIME, no_disk(), stand_in_signet(ME.node), log, promised=1, epoch=1),
        table,
        Vetting(table, Random(1)),
        0,
    )
    ready = reconfiguration._ready_learners(cast("Leadership", AllMatched()))
    assert ready == ({BEN.node: BEN} if comes_in else {})
