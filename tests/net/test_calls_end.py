"""Who leads, or follows somebody, pursues no call: neither one it made nor one it hears."""

from __future__ import annotations

from random import Random

import pytest

from net.cluster.actions import Send
from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.ids import NO_LINEAGE, Member
from net.limits import PEERS_MAX, SECOND, STUCK_NS, TICK_NS
from net.node.lineage.consensus import Consensus, ConsensusOutcome, OwnState
from net.node.peers import Peer, Peers
from net.sim.crypto import stand_in_signet
from net.wire.decrees import FoundLineage, Rule
from net.wire.messages import (
    Append,
    Appended,
    Fetch,
    Fetched,
    ForkAnswer,
    ForkCall,
    Precedence,
    Status,
)
from tests.net.disks import no_disk
from tests.net.guarded import elected, promise_to
from tests.net.healths import ON_TIME

A, B, C = (Member(bytes([n]) * 16, 1) for n in (1, 2, 3))
LINEAGE, CALLED = b"lineage1", b"lineage2"
OWN = OwnState(idle=True, leaving=False, fit=True)


def vacant_room(*living: Member) -> Consensus:
    """Return A's part in a lineage of three that nobody coordinates, in which these live too."""
    peers = Peers()
    for member in living:
        peer = Peer(member.node, 1, "", Health.ALIVE)
        place = Precedence(0, 1, 0, PEERS_MAX - 3, 255, LINEAGE)
        peer.status = Status(place, 1, None, True, True, 1, 1, bytes(8), 1)
        peers.put(peer)
    log = DecreeLog()
    log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, (A, B, C)))
    log.append(1, Rule(b"a rule"))
    log.commit_to(2)
    return Consensus(A, log, peers, ON_TIME, no_disk(), stand_in_signet(A.node), Random(1), 0)


def sent(told: list[ConsensusOutcome], kind: type) -> list[object]:
    return [what.message for what in told if isinstance(what, Send) and type(what.message) is kind]


def test_whoever_was_elected_a_moment_ago_answers_no_call() -> None:
    """It went over to the fork, led its old lineage on, and found no entry to send from there."""
    consensus = vacant_room(B, C)
    consensus.on_tick(OWN, SECOND)
    consensus.on_message(B.node, promise_to(A, consensus.voter.promised, B, 1, 2), OWN, SECOND)
    assert consensus.coordinates
    head, log = consensus.log.head, consensus.log

    called = consensus.on_message(B.node, ForkCall(LINEAGE, CALLED, B), OWN, SECOND)
    assert not sent(called, ForkAnswer)
    fork = log.prefix(2)
    fork.append(1, FoundLineage(CALLED, LINEAGE, 1, (A, B)))
    previous = log.hash_at(2)
    assert previous is not None
    stray = Append(CALLED, 1, B, 2, previous, fork.entries(2, 3), 3, 0)
    consensus.on_message(B.node, stray, OWN, SECOND)
    consensus.on_message(C.node, Appended(CALLED, 2, C, False, 2, 0), OWN, SECOND)
    consensus.on_tick(OWN, SECOND + TICK_NS)
    assert consensus.coordinator == A
    assert (consensus.log.lineage, consensus.log.head) == (LINEAGE, head)


def adopting() -> tuple[Consensus, int]:
    """Return A as it adopts C's log for a fork, and when: nobody was elected for too long."""
    consensus, now_ns = vacant_room(C), SECOND
    for now_ns in range(SECOND, SECOND + 2 * STUCK_NS, TICK_NS):
        told = consensus.on_tick(OWN, now_ns)
        if sent(told, Fetch):
            break
        for call in sent(told, ForkCall):
            assert isinstance(call, ForkCall)
            answer = ForkAnswer(LINEAGE, call.lineage, C, 9, 9)
            consensus.on_message(C.node, answer, OWN, now_ns)
    assert not consensus._forking.rests
    return consensus, now_ns


def better(consensus: Consensus) -> Fetched:
    """Return what C sends of its log: something else than what A holds uncommitted."""
    log = consensus.log.prefix(2)
    log.append(9, Rule(b"of C alone"))
    return Fetched(LINEAGE, 0, 2, log.entries(2, 3), 3)


def test_who_comes_to_lead_while_it_adopts_a_log_for_a_fork_keeps_its_own() -> None:
    consensus, now_ns = adopting()
    epoch = consensus.voter.promised
    consensus.on_message(B.node, promise_to(A, epoch, B, 1, 2), OWN, now_ns)
    assert consensus.coordinates
    consensus.on_message(C.node, better(consensus), OWN, now_ns)
    assert consensus.log.entry(2).epoch == epoch
    assert consensus.log.lineage == LINEAGE


@pytest.mark.parametrize("follows", [True, False], ids=["followed", "refused"])
def test_who_follows_somebody_while_it_adopts_a_log_keeps_what_that_one_counts_on(
    follows: bool,
) -> None:
    consensus, now_ns = adopting()
    log = consensus.log.prefix(2)
    decree = log.append(consensus.voter.promised + 1, Rule(b"of B"))
    epoch = decree.epoch if follows else 0
    append = Append(LINEAGE, epoch, B, 2, decree.previous, (decree,), 2, 0)
    consensus.on_message(B.node, elected(B, epoch, B, C), OWN, now_ns)
    consensus.on_message(B.node, append, OWN, now_ns)
    consensus.on_message(C.node, better(consensus), OWN, now_ns)
    assert (consensus.log.entry(2) == decree) is follows
