"""Members whose log is as a test says, for the tests of what each of them refuses."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from net.cluster.actions import Send
from net.cluster.election import Election
from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.cluster.replication import Leadership
from net.cluster.snapshot import SnapshotServer
from net.cluster.voter import Voter
from net.ids import NO_LINEAGE, LineageId, Member
from net.limits import NEVER, SECOND, TICK_NS
from net.node.lineage.approach import Entry
from net.node.lineage.consensus import Consensus, OwnState
from net.node.lineage.lifecycle import Lifecycle
from net.node.lineage.vetting import LineageClaim, Vetting
from net.node.peers import Peer, Peers
from net.sim.crypto import stand_in_signet
from net.wire.decrees import DecreeBody, FoundLineage, Rule
from net.wire.messages import (
    Append,
    Appended,
    Ballot,
    Block,
    BlockRequest,
    Elected,
    HandOver,
    Manifest,
    ManifestRequest,
    Message,
    Promise,
    Status,
)
from tests.net.disks import no_disk
from tests.net.healths import ON_TIME

A, B, C, D, E = (Member(bytes([n]) * 16, 1) for n in (1, 2, 3, 4, 5))
LINEAGE, OTHER = b"lineage1", b"lineage2"
NOW = SECOND
OWN = OwnState(idle=True, leaving=False, fit=True)


def log_of(members: Sequence[Member] = (A, B, C), *more: DecreeBody, epoch: int = 1) -> DecreeLog:
    """Return a log whose founding counts, and nothing behind it."""
    log = DecreeLog()
    log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, tuple(members)))
    log.commit_to(1)
    for what in more:
        log.append(epoch, what)
    return log


def rules(count: int) -> list[Rule]:
    return [Rule(b"%d" % n) for n in range(count)]


def voter(me: Member, log: DecreeLog | None = None, promised: int = 1) -> Voter:
    return Voter(
        me,
        ON_TIME,
        no_disk(),
        stand_in_signet(me.node),
        log or log_of(),
        promised=promised,
        epoch=1,
    )


def candidate(log: DecreeLog | None = None) -> Election:
    """Return A, that stands in epoch 2."""
    election = Election(voter(A, log), Random(1))
    election.on_tick(True, 0, NOW)
    return election


def leader(log: DecreeLog | None = None, epoch: int = 5) -> tuple[Voter, Leadership]:
    """Return A, that leads, and of which nobody has heard anything yet."""
    own = Voter(
        A,
        ON_TIME,
        no_disk(),
        stand_in_signet(A.node),
        log or log_of(),
        promised=epoch,
        promised_to=A,
    )
    leadership = Leadership(own, NOW)
    others = [m for m in own.log.members if m != A]
    for member in others:  # nobody has a disk: what counts is a matter of memory here
        leadership.on_status(member, 0, None, 0, NEVER)
    leadership.on_tick(others, NOW)
    return own, leadership


def opened(log: DecreeLog | None = None) -> tuple[Voter, Leadership]:
    """Return A, that leads, and whose opening counts, for B holds it too."""
    own, leadership = leader(log)
    leadership.on_appended(B.node, appended(own, B), NOW)
    assert leadership.is_settled
    return own, leadership


def appended(own: Voter, of: Member, *, matched: bool = True, epoch: int = 5) -> Appended:
    """Return the answer of a follower that holds all."""
    return Appended(LINEAGE, epoch, of, matched, own.log.head, 0)


def append_of(
    log: DecreeLog, by: Member, epoch: int, index: int, commit: int, lineage: LineageId = LINEAGE
) -> Append:
    """Return what a coordinator sends from its log on, from an index on."""
    previous = log.hash_at(index)
    assert previous is not None
    return Append(lineage, epoch, by, index, previous, log.batch(index), commit, 0)


def consensus(me: Member, log: DecreeLog | None = None, *others: Member) -> Consensus:
    """Return a member of whose peers these live."""
    log = log or log_of()
    peers = Peers()
    for other in others:
        peer = Peer(other.node, other.incarnation, "", Health.ALIVE)
        peer.status = status_of(log)
        peers.put(peer)
    made = Consensus(me, log, peers, ON_TIME, no_disk(), stand_in_signet(me.node), Random(1), NOW)
    made.begin(NOW)
    return made


def lifecycle(*peers: Peer) -> Lifecycle:
    table = Peers()
    for peer in peers:
        table.put(peer)
    return Lifecycle(
        A, Entry.EITHER, table, ON_TIME, no_disk(), stand_in_signet(A.node), Random(1), 0
    )


def founded() -> tuple[Lifecycle, int]:
    """Return a node that heard of nobody and founded a lineage, and when it did."""
    life = lifecycle()
    for at in range(0, 3 * SECOND, TICK_NS):
        life.on_tick(False, 0, at)
        if life.consensus is not None:
            return life, at
    raise AssertionError("nothing was founded")


def status_of(
    log: DecreeLog, coordinator: Member | None = None, epoch: int = 1, **instead: object
) -> Status:
    """Return what a member says that holds this log."""
    precedence = log.precedence(idle=True, age_ns=0)
    told = Status(
        precedence, epoch, coordinator, True, True, log.commit, log.head, log.head_hash[:8], None
    )
    return told if not instead else _replaced(told, instead)


def _replaced(told: Status, instead: dict[str, object]) -> Status:
    fields = {name: getattr(told, name) for name in told.__struct_fields__}
    return Status(**{**fields, **instead})


def vote_for(candidate: Member, epoch: int, by: Member, lineage: LineageId = LINEAGE) -> Ballot:
    """Return a member's signed vote."""
    return stand_in_signet(by.node).vote(lineage, epoch, candidate, by)


def promise_to(
    candidate: Member,
    epoch: int,
    by: Member,
    head_epoch: int = 1,
    head: int = 1,
    lineage: LineageId = LINEAGE,
) -> Promise:
    return Promise(vote_for(candidate, epoch, by, lineage), head_epoch, head)


def elected(candidate: Member, epoch: int, *by: Member) -> Elected:
    """Return what a candidate shows."""
    return Elected(tuple(vote_for(candidate, epoch, each) for each in by))


def handed_over(by: Member, epoch: int, to: Member, lineage: LineageId = LINEAGE) -> HandOver:
    return stand_in_signet(by.node).hand_over(lineage, epoch, by, to)


def show(vetting: Vetting, claim: LineageClaim | None, own: DecreeLog, theirs: DecreeLog) -> None:
    """Let the history that a claim is of be fetched from the first who makes it."""
    asked, server = vetting.on_tick(claim, own, NOW), SnapshotServer()
    while asked and claim is not None:
        peer, answers = claim.by[0], list[Send]()
        for request in sent(asked):
            match request:
                case ManifestRequest():
                    answers += server.on_manifest_request(theirs, peer.node, request)
                case BlockRequest():
                    answers += server.on_block_request(theirs, peer.node, request)
                case _:
                    raise AssertionError(request)
        asked = []
        for answer in sent(answers):
            match answer:
                case Manifest():
                    asked = vetting.on_manifest(peer, answer, NOW)
                case Block():
                    vetting.on_block(peer, answer, NOW)
                case _:
                    raise AssertionError(answer)


def sent(outcomes: Sequence[object]) -> list[Message]:
    return [each.message for each in outcomes if isinstance(each, Send)]
