"""When a room looks again at the history of a lineage that claims to be better."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net.cluster.log import DecreeLog
from net.ids import NO_LINEAGE, Member
from net.limits import TICK_NS, VET_NS
from net.wire.decrees import AddMember, FoundLineage, RemoveMember
from net.wire.messages import ManifestRequest
from tests.net.guarded import NOW, OTHER, sent, show, status_of
from tests.net.test_guards_of_lineages import peer_of, reconfiguration

if TYPE_CHECKING:
    from net.node.lineage.vetting import LineageClaim


@pytest.mark.parametrize(("grows_ns", "asks_ns"), [(VET_NS // 2, VET_NS), (3 * VET_NS, 3 * VET_NS)])
def test_a_history_is_looked_at_again_now_and_then_while_those_whom_it_names_are_gone(
    grows_ns: int, asks_ns: int
) -> None:
    """Not before it has grown, and not at once."""
    theirs, before = DecreeLog(), tuple(Member(bytes([n]) * 16, 1) for n in range(10, 15))
    after = tuple(Member(each.node, 2) for each in before)
    theirs.append(1, FoundLineage(OTHER, NO_LINEAGE, 0, before))
    theirs.commit_to(1)
    peers = [peer_of(each) for each in after]
    changing, _, log = reconfiguration(*peers)

    def claim() -> LineageClaim:
        precedence = theirs.precedence(idle=True, age_ns=0)
        for peer in peers:
            peer.status = status_of(theirs, after[0], precedence=precedence)
        found = changing.rival(True, 0)
        assert found is not None
        return found

    vetting, asked = changing._vetting, dict[int, list[object]]()
    show(vetting, claim(), log, theirs)
    for past_ns in range(0, asks_ns + 3 * TICK_NS, TICK_NS):
        if past_ns >= grows_ns and len(theirs.members) == len(set(theirs.members) & set(before)):
            for gone, here in zip(before, after, strict=True):
                theirs.append(1, RemoveMember(gone))
                theirs.append(1, AddMember(here))
            theirs.commit_to(theirs.head)
            assert not vetting.is_proved(claim(), log, idle=True)
        if sends := sent(vetting.on_tick(claim(), log, NOW + past_ns)):
            asked[past_ns] = list(sends)
    ((first_ns, (what,)),) = asked.items()
    assert isinstance(what, ManifestRequest)
    assert asks_ns <= first_ns <= asks_ns + 2 * TICK_NS
