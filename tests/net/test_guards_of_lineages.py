"""What a member refuses where lineages fork, merge, are joined and learned: one guard a test."""

from __future__ import annotations

from random import Random

import pytest

from net.cluster.blocks import BlockFetch, content_digest, split
from net.cluster.failure_detector import Health
from net.cluster.fork import ForkFounded, Forking
from net.cluster.log import DecreeLog
from net.cluster.membership import next_change
from net.cluster.replication import Leadership
from net.cluster.snapshot import (
    Learner,
    SnapshotCounters,
    SnapshotServer,
    decode_snapshot,
    encode_snapshot,
)
from net.errors import WireError
from net.ids import NO_LINEAGE, Member
from net.limits import (
    BLOCK_BYTES,
    BLOCKS_IN_FLIGHT_MAX,
    CANDIDACY_NS,
    CONTENT_BYTES_MAX,
    DOWN_ISOLATED_NS,
    ELSEWHERE_NS,
    FOUND_WAIT_NS,
    MAJORITY_LOST_NS,
    SECOND,
    STEP_DOWN_NS,
    STUCK_NS,
    TICK_NS,
)
from net.node.lineage.approach import Approach, Entry
from net.node.lineage.joining import Joining, Place
from net.node.lineage.lifecycle import IncarnationRaised
from net.node.lineage.lineage_readout import LineageLost, LineageReadout
from net.node.lineage.reconfiguration import Reconfiguration
from net.node.lineage.succession import Succession
from net.node.lineage.vetting import Vetting
from net.node.peers import Peer, Peers
from net.node.program import Synced
from net.wire.decrees import AddMember, FoundLineage, RemoveMember, Yield
from net.wire.messages import (
    Block,
    BlockRequest,
    Fetch,
    Fetched,
    ForkAnswer,
    ForkCall,
    Manifest,
    ManifestRequest,
)
from tests.net.guarded import (
    LINEAGE,
    NOW,
    OTHER,
    OWN,
    A,
    B,
    C,
    D,
    append_of,
    consensus,
    elected,
    founded,
    lifecycle,
    log_of,
    opened,
    rules,
    sent,
    show,
    status_of,
    voter,
)

CALLED = b"lineage3"

# --- forks -------------------------------------------------------------------------------------


def test_a_call_is_answered_where_nobody_coordinates_and_the_caller_is_who_it_says() -> None:
    forking = Forking(voter(C), Random(1))
    call = ForkCall(LINEAGE, CALLED, B)
    assert forking.on_fork_call(B.node, call, deserted=False) == []
    assert forking.on_fork_call(A.node, call, deserted=True) == []
    assert forking.on_fork_call(B.node, ForkCall(OTHER, CALLED, B), deserted=True) == []
    assert forking.answered is None
    assert sent(forking.on_fork_call(B.node, call, deserted=True))
    assert forking.answered == call


def calling() -> tuple[Forking, ForkCall]:
    """Return A, that calls B and C together."""
    forking = Forking(voter(A), Random(1))
    call = sent(forking.on_tick(True, (A, B, C), NOW))[0]
    assert isinstance(call, ForkCall)
    return forking, call


def test_only_the_first_that_lives_calls() -> None:
    forking = Forking(voter(B), Random(1))
    assert forking.on_tick(True, (A, B), NOW) == []
    assert forking.on_tick(False, (B,), NOW) == []


def test_an_answer_counts_for_its_own_and_for_this_call() -> None:
    forking, call = calling()
    stray = ForkAnswer(LINEAGE, OTHER, B, 1, 1)
    forking.on_fork_answer(B.node, stray, NOW)
    forking.on_fork_answer(B.node, ForkAnswer(LINEAGE, call.lineage, C, 1, 1), NOW)
    (founded,) = forking.on_tick(True, (A, B, C), NOW + CANDIDACY_NS + 1)
    assert isinstance(founded, ForkFounded)
    assert founded.found.members == (A,)


def test_a_fork_goes_on_from_the_best_log_with_those_who_answered_one_fork_further() -> None:
    forking, call = calling()
    forking.on_fork_answer(B.node, ForkAnswer(LINEAGE, call.lineage, B, 1, 3), NOW)
    later = NOW + CANDIDACY_NS + 1
    (asked,) = sent(forking.on_tick(True, (A, B, C), later))
    assert asked == Fetch(LINEAGE, 0, 1)
    better = log_of((A, B, C), *rules(2))
    part = Fetched(LINEAGE, 0, 1, better.batch(1), 3)
    (founded,) = forking.on_fetched(B.node, part, later)
    assert isinstance(founded, ForkFounded)
    assert (founded.found.members, founded.found.forks) == ((A, B), 1)
    assert founded.epoch > 1


def test_a_forks_epoch_is_above_all_that_was_promised() -> None:
    own = voter(A, promised=700)
    forking = Forking(own, Random(1))
    forking.on_tick(True, (A,), NOW)
    (founded,) = forking.on_tick(True, (A,), NOW + CANDIDACY_NS + 1)[-1:]
    assert isinstance(founded, ForkFounded)
    assert founded.epoch > 700


def test_who_learns_from_the_best_log_that_it_is_no_member_founds_no_fork() -> None:
    forking, call = calling()
    forking.on_fork_answer(B.node, ForkAnswer(LINEAGE, call.lineage, B, 1, 2), NOW)
    later = NOW + CANDIDACY_NS + 1
    forking.on_tick(True, (A, B, C), later)
    theirs = log_of((A, B, C), RemoveMember(A))
    part = Fetched(LINEAGE, 0, 1, theirs.batch(1), 2)
    assert forking.on_fetched(B.node, part, later) == []


def test_who_follows_pursues_no_call_of_its_own() -> None:
    member = consensus(A, None, B, C)
    for _ in range(3):
        member.on_tick(OWN, NOW)
    forking = member._forking
    forking.on_tick(True, (A, B, C), NOW)
    assert not forking.rests
    member.on_message(B.node, elected(B, 9, B, C), OWN, NOW)
    member.on_message(B.node, append_of(log_of(), B, 9, 1, 1), OWN, NOW)
    assert forking.rests


def test_members_do_not_fork_while_enough_of_them_live_to_elect() -> None:
    member = consensus(A, None, B, C)
    asked = [
        message
        for at in range(0, MAJORITY_LOST_NS + SECOND, TICK_NS)
        for message in sent(member.on_tick(OWN, NOW + at))
    ]
    assert asked
    assert not any(isinstance(message, ForkCall) for message in asked)


# --- members -----------------------------------------------------------------------------------


def test_out_comes_before_in_and_one_life_of_a_node_at_a_time() -> None:
    again = Member(B.node, 2)
    assert next_change((A, B), {B}, {D.node: D}) == RemoveMember(B)
    assert next_change((A, B), set(), {B.node: again}) is None
    assert next_change((A,), set(), {B.node: again}) == AddMember(again)


def reconfiguration(*peers: Peer) -> tuple[Reconfiguration, Leadership, DecreeLog]:
    """Return what A, whose opening counts, would decree of members, with these peers."""
    own, leadership = opened()
    table = Peers()
    for peer in peers:
        table.put(peer)
    return Reconfiguration(own, table, Vetting(table, Random(1)), 0), leadership, own.log


def peer_of(member: Member, log: DecreeLog | None = None) -> Peer:
    status = status_of(log or log_of(), A, 5)
    return Peer(member.node, member.incarnation, "", Health.ALIVE, status)


def test_no_member_changes_before_the_opening_counts_or_the_last_change_does() -> None:
    gone = peer_of(C)
    gone.health = Health.DOWN
    changing, leadership, log = reconfiguration(peer_of(B), gone)
    assert changing.next_decree(leadership, True, 0, NOW) == RemoveMember(C)
    log.append(5, RemoveMember(C))
    gone_too = peer_of(B)
    gone_too.health = Health.DOWN
    changing._peers.put(gone_too)
    assert changing.next_decree(leadership, True, 0, NOW) is None
    own = voter(A)
    own.promise(7, A)
    fresh = Leadership(own, NOW)
    anew = Reconfiguration(own, changing._peers, changing._vetting, 0)
    assert anew.next_decree(fresh, True, 0, NOW) is None


def test_who_leads_another_life_or_has_strayed_or_was_never_met_is_gone() -> None:
    again = peer_of(Member(B.node, 2))
    changing, leadership, log = reconfiguration(again, peer_of(C))
    assert changing.next_decree(leadership, True, 0, NOW) == RemoveMember(B)
    strayed = peer_of(B)
    strayed.strayed_ns = NOW
    changing, leadership, log = reconfiguration(strayed, peer_of(C))
    assert changing.next_decree(leadership, True, 0, NOW + ELSEWHERE_NS) is None
    assert changing.next_decree(leadership, True, 0, NOW + ELSEWHERE_NS + 1) == RemoveMember(B)
    changing, leadership, log = reconfiguration(peer_of(C))
    assert changing.next_decree(leadership, True, 0, DOWN_ISOLATED_NS) is None
    assert changing.next_decree(leadership, True, 0, DOWN_ISOLATED_NS + 1) == RemoveMember(B)
    assert log.members == (A, B, C)


def test_a_learner_comes_in_when_it_holds_nearly_all_of_the_log() -> None:
    changing, leadership, log = reconfiguration(peer_of(B), peer_of(C), peer_of(D))
    for what in rules(6):
        log.append(5, what)
    assert changing.next_decree(leadership, True, 0, NOW) is None
    leadership.on_status(D, log.head, None, log.commit, NOW)
    assert changing.next_decree(leadership, True, 0, NOW) == AddMember(D)


def test_a_lineage_ends_in_favour_of_a_better_one_alone_and_decrees_nothing_then() -> None:
    for forks, better in ((0, True), (3, False)):
        theirs, strangers = DecreeLog(), tuple(Member(bytes([n]) * 16, 1) for n in range(10, 15))
        theirs.append(1, FoundLineage(OTHER, NO_LINEAGE, forks, strangers))
        theirs.commit_to(1)
        precedence = theirs.precedence(idle=True, age_ns=0)
        peers = [peer_of(each, theirs) for each in strangers]
        for peer in peers:
            peer.status = status_of(theirs, strangers[0], precedence=precedence)
        changing, leadership, log = reconfiguration(peer_of(B), peer_of(C), *peers)
        assert changing.next_decree(leadership, True, 0, NOW) is None, "nothing was shown"
        rival = changing.rival(True, 0)
        assert (rival is not None) is better
        show(changing._vetting, rival, log, theirs)
        decreed = changing.next_decree(leadership, True, 0, NOW)
        assert decreed == (Yield(OTHER) if better else None)
        log.append(5, Yield(OTHER))
        gone = peer_of(C)
        gone.health = Health.DOWN
        changing._peers.put(gone)
        assert changing.next_decree(leadership, True, 0, NOW) is None


def test_who_coordinates_a_lineage_that_ended_stays_until_the_others_know() -> None:
    own = voter(A, log_of((A, B, C), Yield(OTHER)))
    table = Peers()
    table.put(peer_of(B))
    readout = LineageReadout(own, Succession(own, table))
    own.log.commit_to(2)
    assert not any(isinstance(each, LineageLost) for each in readout.read(True, NOW))
    later = NOW + STEP_DOWN_NS
    assert LineageLost(OTHER) in readout.read(True, later)


# --- lives -------------------------------------------------------------------------------------


def test_a_newcomer_listens_before_it_founds() -> None:
    _, at = founded()
    assert at > FOUND_WAIT_NS


def test_the_next_life_is_another_one_and_keeps_what_counted_alone() -> None:
    life, at = founded()
    assert life.consensus is not None
    log = life.consensus.log
    head = log.commit
    log.append(log.head_epoch, Yield(OTHER))
    log.commit_to(log.head)
    log.append(log.head_epoch, rules(1)[0])
    told = [*life.on_tick(False, 0, at), *life.on_tick(False, 0, at + STEP_DOWN_NS + 1)]
    assert IncarnationRaised(Member(A.node, 2)) in told
    assert life.me == Member(A.node, 2)
    assert life.status.head == head + 1


def test_nobody_is_in_before_it_is_a_member_for_good_and_holds_what_a_peer_holds() -> None:
    life, at = founded()
    assert life.consensus is not None
    log = life.consensus.log
    life._peers.put(peer_of(B, log))
    life._place = Place.ENTERED
    assert life._check_synced(False, at) == []
    log.append(log.head_epoch, AddMember(D))
    assert life._check_synced(True, at) == []
    log.commit_to(log.head)
    assert [type(told) for told in life._check_synced(True, at)] == [Synced]


def joining(history: DecreeLog, *peers: Peer, entry: Entry = Entry.FOUND) -> Joining:
    table = Peers()
    for peer in peers:
        table.put(peer)
    return Joining(A, None, history, Approach(entry), table, Random(1), SnapshotCounters(), 0)


def listener(member: Member, epoch: int, head: int) -> Peer:
    nowhere = joining(DecreeLog()).status()
    fields = {name: getattr(nowhere, name) for name in nowhere.__struct_fields__}
    status = type(nowhere)(**{**fields, "epoch": epoch, "head": head})
    return Peer(member.node, 1, "", Health.ALIVE, status)


def test_who_holds_the_longest_history_founds_first_and_stands_one_fork_further() -> None:
    history = log_of((A, B), *rules(2), epoch=7)
    history.commit_to(3)
    soon = FOUND_WAIT_NS + 1
    assert joining(history, listener(B, 7, 2)).should_found(soon)
    assert not joining(history, listener(B, 8, 2)).should_found(soon)
    assert not joining(history, listener(B, 7, 4)).should_found(soon)
    found = joining(history).found().found
    assert found is not None
    assert (found.forks, found.parent, found.members) == (1, LINEAGE, (A,))


def test_nobody_founds_beside_a_lineage_that_it_hears_of() -> None:
    life = peer_of(B)
    assert not joining(DecreeLog(), life).should_found(STUCK_NS)
    assert joining(DecreeLog(), life).should_found(STUCK_NS + 1)
    assert not joining(DecreeLog(), life, entry=Entry.EITHER).should_found(STUCK_NS + 1)


def test_who_joins_or_watches_founds_nothing_however_long_it_waits() -> None:
    for entry in Entry:
        founds = joining(DecreeLog(), entry=entry).should_found(10 * STUCK_NS)
        assert founds is (entry in {Entry.EITHER, Entry.FOUND})


def test_a_lineage_that_never_had_company_stands_behind_one_that_had() -> None:
    alone, together = DecreeLog(), log_of((A, B))
    alone.append(1, FoundLineage(OTHER, NO_LINEAGE, 0, (C,)))
    alone.commit_to(1)
    mine, theirs = (log.precedence(idle=True, age_ns=SECOND) for log in (alone, together))
    assert theirs < mine
    racing = alone.precedence(idle=False, age_ns=SECOND)
    assert theirs < racing


def test_an_idle_room_that_was_begun_anew_does_not_take_over_who_holds_the_old_one() -> None:
    history, theirs = log_of((A, B)), DecreeLog()
    theirs.append(1, FoundLineage(OTHER, NO_LINEAGE, 0, (C,)))
    assert joining(history)._is_foreign_lineage(theirs)
    assert not joining(history)._is_foreign_lineage(log_of((A, B), *rules(1)))
    assert not joining(DecreeLog())._is_foreign_lineage(theirs)


def test_who_goes_on_from_a_journal_coordinates_above_all_its_epochs() -> None:
    life = lifecycle()
    history = log_of((A, B), *rules(2), epoch=700)
    life.restore(history.entries(0, 3), None, aged=False)
    for at in range(0, 6 * SECOND, TICK_NS):
        life.on_tick(False, 0, at)
    assert life.consensus is not None
    assert life.consensus.voter.epoch > 700
    assert life.consensus.log.entries(0, 3) == history.entries(0, 3)


def test_who_was_sent_to_a_lineage_goes_there_though_another_is_better() -> None:
    one, other = peer_of(B), peer_of(C)
    theirs = DecreeLog()
    theirs.append(1, FoundLineage(OTHER, NO_LINEAGE, 9, (C,)))
    theirs.commit_to(1)
    other.status = status_of(theirs, C, precedence=theirs.precedence(idle=True, age_ns=0))
    one.status = status_of(log_of(), B)
    table = Peers()
    for peer in (one, other):
        table.put(peer)
    looking = Joining(
        A, OTHER, DecreeLog(), Approach(Entry.FOUND), table, Random(1), SnapshotCounters(), 0
    )
    asked = sent(looking.on_tick(TICK_NS))
    assert [message.lineage for message in asked if isinstance(message, ManifestRequest)] == [OTHER]


# --- snapshots ---------------------------------------------------------------------------------


def test_a_snapshot_is_of_its_lineage_and_of_what_counts_alone() -> None:
    log = log_of((A, B, C), *rules(4))
    log.commit_to(3)
    server = SnapshotServer()
    (told,) = sent(server.on_manifest_request(log, B.node, ManifestRequest(LINEAGE, ())))
    assert isinstance(told, Manifest)
    assert told.upto == 3
    whole = BlockRequest(LINEAGE, True, 0, 3, told.digest, (0,))
    assert sent(server.on_block_request(log, B.node, whole))
    beyond = BlockRequest(LINEAGE, True, 0, 5, told.digest, (0,))
    other = BlockRequest(LINEAGE, True, 0, 3, bytes(16), (0,))
    named = content_digest(encode_snapshot(None, log.entries(0, 5)))
    early = BlockRequest(LINEAGE, True, 0, 5, named, (0,))
    assert server.on_block_request(log, B.node, beyond) == []
    assert server.on_block_request(log, B.node, early) == []
    assert server.on_block_request(log, B.node, other) == []
    content = encode_snapshot(None, log.entries(0, 3))
    assert decode_snapshot(content, LINEAGE, None, 0).commit == 3
    with pytest.raises(WireError):
        decode_snapshot(content, OTHER, None, 0)


def test_a_newcomer_takes_no_manifest_of_what_it_cannot_continue_or_hold() -> None:
    for since, size in ((2, 100), (0, CONTENT_BYTES_MAX + 1), (0, 0)):
        learner = Learner(LINEAGE, log_of().prefix(1), Random(1), SnapshotCounters())
        manifest = Manifest(LINEAGE, since == 0, since, 9, size, bytes(16))
        assert learner.on_manifest(B.node, manifest, [], NOW) == []
        assert learner.on_block(B.node, Block(bytes(16), 0, b"x"), NOW) is None


def test_blocks_count_from_those_who_were_asked_where_all_make_what_was_named() -> None:
    content = bytes(range(256)) * 8
    fetch = BlockFetch(content_digest(content), len(content), [B.node], Random(1))
    assert fetch.on_block(0, split(content)[0], C.node) is None
    assert fetch.share == 0.0
    blocks = split(content)
    wrong = [fetch.on_block(n, bytes(len(block)), B.node) for n, block in enumerate(blocks)]
    assert wrong == [None] * 3
    assert fetch.wrong == 1
    right = [fetch.on_block(n, block, B.node) for n, block in enumerate(blocks)]
    assert right == [None, None, content]


def test_no_more_blocks_are_on_their_way_than_the_bound() -> None:
    size = 3 * BLOCKS_IN_FLIGHT_MAX * BLOCK_BYTES
    fetch = BlockFetch(bytes(16), size, [B.node, C.node], Random(1))
    asked = fetch.on_tick(0)
    assert sum(len(numbers) for _, numbers in asked) == BLOCKS_IN_FLIGHT_MAX
    assert fetch.on_tick(1) == []
