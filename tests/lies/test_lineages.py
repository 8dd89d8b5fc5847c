"""Lies about lineages: invented ones, and real ones that are made to look better."""

from __future__ import annotations

from random import Random

import msgspec

from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.cluster.snapshot import SnapshotCounters
from net.ids import NO_LINEAGE, Member
from net.limits import (
    DOUBT_LEAVES_NS,
    DOUBT_NS,
    PAUSE_QUIET_NS,
    SECOND,
    STUCK_NS,
    TICK_NS,
    VET_NS,
)
from net.node.lineage.approach import Approach, Entry
from net.node.lineage.joining import Joining
from net.node.lineage.lifecycle import Lifecycle
from net.node.lineage.reconfiguration import Reconfiguration
from net.node.lineage.vetting import Vetting
from net.node.peers import Peer, Peers
from net.wire.decrees import AddMember, FoundLineage, RemoveMember, Yield
from net.wire.messages import ManifestRequest, Precedence
from tests.net.guarded import (
    NOW,
    OTHER,
    A,
    B,
    C,
    D,
    founded,
    lifecycle,
    log_of,
    opened,
    sent,
    show,
    status_of,
)

BEST = Precedence(0, 0, 0, 0, 0, OTHER)  # it wins over whatever is true
LIAR = D


def peer_of(member: Member, log: DecreeLog, coordinator: Member, told: Precedence) -> Peer:
    status = status_of(log, coordinator, 5, precedence=told)
    return Peer(member.node, member.incarnation, "", Health.ALIVE, status)


def room(*others: Peer) -> tuple[Reconfiguration, Vetting, Peers]:
    """Return what A decrees, that coordinates over B and C, with these besides."""
    own, _ = opened()
    table, log = Peers(), own.log
    for member in (B, C):
        table.put(peer_of(member, log, A, log.precedence(True, 0)))
    for other in others:
        table.put(other)
    vetting = Vetting(table, Random(1))
    changing = Reconfiguration(own, table, vetting, 0)
    return changing, vetting, table


def invented() -> DecreeLog:
    """Return a history that one member made up, with company that never was."""
    log, ghost = DecreeLog(), Member(bytes(16), 1)
    log.append(1, FoundLineage(OTHER, NO_LINEAGE, 0, (LIAR, *(_ghost(n) for n in range(95)))))
    for n in range(95):
        log.append(1, RemoveMember(_ghost(n)))
    log.append(1, AddMember(ghost))
    log.append(1, RemoveMember(ghost))
    log.commit_to(log.head)
    return log


def _ghost(n: int) -> Member:
    return Member(bytes([100, n]) * 8, 1)


def test_a_room_gives_way_to_no_lineage_of_which_nothing_is_shown_and_goes_on_meanwhile() -> None:
    own, leadership = opened()
    changing, vetting, table = room(peer_of(LIAR, log_of(), LIAR, BEST))
    for at in range(NOW, NOW + VET_NS + 2 * TICK_NS, TICK_NS):
        vetting.on_tick(changing.rival(True, 0), own.log, at)
        assert not isinstance(changing.next_decree(leadership, True, 0, at), Yield)
    assert table.doubts(LIAR.node)
    assert table.counters.disbelieved == {"lineage": 1}
    assert changing.rival(True, 0) is None
    again = msgspec.structs.replace(BEST, lineage=b"another1")
    table.put(peer_of(LIAR, log_of(), LIAR, again))
    assert changing.rival(True, 0) is None, "of another name it is the same liar's"
    table.on_tick(NOW + VET_NS + DOUBT_NS + SECOND)
    assert changing.rival(True, 0) is not None, "it may have been a bad line"


def test_who_showed_nothing_is_soon_believed_again_for_it_may_be_we_who_were_cut_off() -> None:
    """Seed 18 of the contest: cut off one way, two doubted all others for nine seconds more."""
    table = Peers()
    at = NOW
    for times in range(3):
        table.doubt(B.node, at)
        at += DOUBT_NS << times
        table.on_tick(at - 1)
        assert table.doubts(B.node)
        table.on_tick(at)
        assert not table.doubts(B.node)
    table.doubt(B.node, at + DOUBT_LEAVES_NS + 1)
    table.on_tick(at + DOUBT_LEAVES_NS + 1 + DOUBT_NS)
    assert not table.doubts(B.node), "and what was long ago is forgotten"


def test_that_we_stood_still_is_held_against_nobody_who_is_to_show_its_lineage() -> None:
    """Who was stopped again and again doubted all others, each time for twice as long."""
    own, _ = opened()
    changing, vetting, table = room(peer_of(LIAR, log_of(), LIAR, BEST))
    at = NOW
    for _ in range(8):
        vetting.on_tick(changing.rival(True, 0), own.log, at)
        at += 2 * VET_NS
    assert not table.doubts(LIAR.node)
    for _ in range(VET_NS // TICK_NS + 2):
        vetting.on_tick(changing.rival(True, 0), own.log, at)
        at += TICK_NS
    assert table.doubts(LIAR.node), "while we ran it showed nothing"


def test_nor_against_those_from_whom_we_learn() -> None:
    table, ours = Peers(), log_of((A, B))
    for member in (A, B):
        table.put(peer_of(member, ours, A, ours.precedence(True, 0)))
    approach, counters = Approach(Entry.FOUND), SnapshotCounters()
    joining = Joining(C, None, DecreeLog(), approach, table, Random(1), counters, 0)
    for times in range(8):
        joining.on_tick(TICK_NS + times * 2 * STUCK_NS)
    assert not table.doubts(A.node)
    for times in range(STUCK_NS // TICK_NS + 2):
        joining.on_tick(16 * STUCK_NS + times * TICK_NS)
    assert table.doubts(A.node), "while we ran they showed nothing"


def asked_by(life: Lifecycle, until_ns: int, since_ns: int, *, unread: bool) -> int:
    """Return how often somebody is asked for a history; what came is `unread` all the while."""
    count = 0
    for at in range(since_ns, until_ns, TICK_NS):
        if unread:
            life.on_pause(at + PAUSE_QUIET_NS)
        told = life.on_tick(False, 0, at)
        count += sum(isinstance(each, ManifestRequest) for each in sent(told))
    return count


def test_whose_history_may_have_come_and_is_unread_is_neither_asked_again_nor_doubted() -> None:
    """Stopped for two seconds of each 2.5, four of sixteen had two seconds of answers to read."""
    life, at = founded()
    life._peers.put(peer_of(LIAR, log_of(), LIAR, BEST))
    assert asked_by(life, at + 2 * VET_NS, at, unread=True) == 1
    assert not life._peers.doubts(LIAR.node)
    assert asked_by(life, at + 4 * VET_NS, at + 2 * VET_NS, unread=False) > 1
    assert life._peers.counters.disbelieved == {"lineage": 1}


def test_nor_are_those_from_whom_we_learn() -> None:
    life, ours = lifecycle(), log_of((B, C))
    for member in (B, C):
        life._peers.put(peer_of(member, ours, B, ours.precedence(True, 0)))
    assert asked_by(life, 2 * STUCK_NS, 0, unread=True) == 1
    assert not life._peers.counters.disbelieved
    assert asked_by(life, 4 * STUCK_NS, 2 * STUCK_NS, unread=False) > 1
    assert life._peers.counters.disbelieved == {"lineage": 1}


def test_nothing_is_founded_while_what_others_say_of_theirs_is_unread() -> None:
    life = lifecycle()
    assert asked_by(life, 2 * STUCK_NS, 0, unread=True) == 0
    assert life.consensus is None
    asked_by(life, 2 * STUCK_NS + SECOND, 2 * STUCK_NS, unread=False)
    assert life.consensus is not None, "once it is known that nobody is there"


def test_a_lineage_is_what_its_history_says() -> None:
    own, leadership = opened()
    theirs = DecreeLog()
    theirs.append(1, FoundLineage(OTHER, NO_LINEAGE, 2, (LIAR,)))
    theirs.commit_to(1)
    changing, vetting, table = room(peer_of(LIAR, theirs, LIAR, BEST))
    show(vetting, changing.rival(True, 0), own.log, theirs)
    vetting.on_tick(changing.rival(True, 0), own.log, NOW)
    assert not isinstance(changing.next_decree(leadership, True, 0, NOW), Yield)
    assert table.doubts(LIAR.node)


def test_no_race_is_given_up_for_a_room_made_up_by_one_though_its_history_holds_together() -> None:
    own, leadership = opened()
    theirs = invented()
    changing, vetting, _ = room(peer_of(LIAR, theirs, LIAR, BEST))
    show(vetting, changing.rival(False, 0), own.log, theirs)
    assert not isinstance(changing.next_decree(leadership, False, 0, NOW), Yield)


def test_a_member_of_another_room_does_not_make_it_look_better_than_its_coordinator_says() -> None:
    theirs = log_of((B, C, LIAR))
    honest = Precedence(0, 1, 3, 93, 200, OTHER)
    others = [peer_of(Member(bytes([n]) * 16, 1), theirs, B, honest) for n in (10, 11)]
    changing, _, table = room(*others, peer_of(LIAR, theirs, B, BEST))
    assert changing.rival(False, 0) is None
    table.drop(others[0].node)
    table.drop(others[1].node)
    assert table.get(LIAR.node) is not None


def test_a_newcomer_goes_where_most_are_and_then_on_from_who_shows_nothing() -> None:
    table, ours = Peers(), log_of((A, B))
    for member in (A, B):
        table.put(peer_of(member, ours, A, ours.precedence(True, 0)))
    table.put(peer_of(LIAR, ours, LIAR, BEST))
    approach, counters = Approach(Entry.FOUND), SnapshotCounters()
    joining = Joining(C, None, DecreeLog(), approach, table, Random(1), counters, 0)
    asked = sent(joining.on_tick(TICK_NS))
    assert [each.lineage for each in asked if isinstance(each, ManifestRequest)] == [ours.lineage]
    for member in (A, B):
        table.drop(member.node)
    for at in range(2 * TICK_NS, 3 * STUCK_NS, TICK_NS):
        joining.on_tick(at)
    assert table.doubts(LIAR.node)
    assert joining.should_found(3 * STUCK_NS)
