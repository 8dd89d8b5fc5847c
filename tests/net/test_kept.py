"""A decree counts when it is on the disks of a majority, and is told when it is on our own."""

from __future__ import annotations

import msgspec

from net.cluster.actions import Send
from net.cluster.failure_detector import Health
from net.cluster.log import DecreeLog
from net.cluster.log_adoption import kept_log
from net.cluster.replication import Leadership, follow_append
from net.cluster.storage import Storage
from net.cluster.voter import Voter
from net.ids import NO_LINEAGE, Digest, Dot, Member, NodeId
from net.limits import (
    FOUND_WAIT_NS,
    MAJORITY_LOST_NS,
    PAUSE_NS,
    PEERS_MAX,
    REVIVE_WAIT_NS,
    SECOND,
    TICK_NS,
)
from net.node.lineage.log_keeping import BACKING_WAIT_NS, DESERTED_WAIT_NS, LogKeeping
from net.node.lineage.revival import Revival
from net.node.peers import Peer, Peers
from net.node.program import SaveDecree
from net.sim.crypto import stand_in_signet
from net.wire.decrees import Checkpoint, FoundLineage, Order, Rule
from net.wire.messages import Append, Appended, Precedence, Status
from tests.net.disks import good_disk, keep, no_disk
from tests.net.healths import ON_TIME

A, B, C = (Member(bytes([n]) * 16, 1) for n in (1, 2, 3))
LINEAGE = b"lineage1"
WORD = Dot(C.node, 1, 7)
WORDS = tuple(Dot(C.node, 1, n) for n in (7, 8, 9))
CONTENT = bytes(range(16))
CHECKPOINT = Checkpoint(CONTENT, 100)


def history(*members: Member) -> DecreeLog:
    log = DecreeLog()
    log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, members or (A, B, C)))
    return log


# --- who coordinates ------------------------------------------------------------------------------


def leading(storage: Storage) -> tuple[Voter, Leadership]:
    voter = Voter(
        A, ON_TIME, storage, stand_in_signet(A.node), history(), promised=5, promised_to=A
    )
    leadership = Leadership(voter, 0)
    leadership.on_tick([B, C], 0)
    return voter, leadership


def says(leadership: Leadership, member: Member, upto: int, kept: int) -> None:
    leadership.on_appended(member.node, Appended(LINEAGE, 5, member, True, upto, kept), 0)


def test_what_a_majority_holds_and_does_not_keep_does_not_count() -> None:
    voter, leadership = leading(good_disk())
    keep(voter.log)
    says(leadership, B, 2, kept=0)
    says(leadership, C, 2, kept=1)
    assert voter.log.commit == 0
    says(leadership, C, 2, kept=2)
    assert voter.log.commit == 2


def test_a_coordinator_counts_itself_no_sooner_than_its_disk_does() -> None:
    voter, leadership = leading(good_disk())
    says(leadership, B, 2, kept=2)
    says(leadership, C, 2, kept=2)
    assert voter.log.commit == 0
    keep(voter.log)
    leadership.on_kept(0)
    assert voter.log.commit == voter.settled == 2


def test_a_heartbeat_tells_what_is_kept_as_an_answer_does() -> None:
    voter, leadership = leading(good_disk())
    keep(voter.log)
    leadership.on_status(B, head=2, kept=2, commit=0, heard_ns=0)
    assert voter.log.commit == 2


def test_where_fewer_than_a_majority_keep_anything_all_those_must() -> None:
    voter, leadership = leading(good_disk())
    keep(voter.log)
    leadership.on_status(B, head=2, kept=None, commit=0, heard_ns=0)
    assert voter.log.commit == 0, "C may keep it"
    leadership.on_status(C, head=2, kept=None, commit=0, heard_ns=0)
    assert voter.log.commit == 2


def test_who_keeps_nothing_is_no_disk_and_a_member_all_the_same() -> None:
    voter, leadership = leading(good_disk())
    leadership.on_status(B, head=2, kept=None, commit=0, heard_ns=0)
    leadership.on_status(C, head=0, kept=0, commit=0, heard_ns=0)
    keep(voter.log)
    leadership.on_kept(0)
    assert voter.log.commit == 0, "two disks of three are to have it, and C has not"
    says(leadership, C, 2, kept=2)
    assert voter.log.commit == 2


def test_nobody_waits_for_the_disk_of_who_has_not_answered_for_a_second() -> None:
    voter, leadership = leading(good_disk())
    keep(voter.log)
    leadership.on_status(B, head=2, kept=None, commit=0, heard_ns=2 * MAJORITY_LOST_NS)
    assert voter.log.commit == 0
    leadership.on_tick([B], 2 * MAJORITY_LOST_NS)
    assert voter.log.commit == 2


def test_in_a_room_where_nobody_remembers_memory_is_enough() -> None:
    voter, leadership = leading(no_disk())
    leadership.on_status(B, head=2, kept=None, commit=0, heard_ns=0)
    leadership.on_status(C, head=2, kept=None, commit=0, heard_ns=0)
    assert voter.log.commit == voter.settled == 2


# --- who follows ----------------------------------------------------------------------------------


def following(storage: Storage) -> Voter:
    voter = Voter(B, ON_TIME, storage, stand_in_signet(B.node), history(), promised=1, epoch=1)
    keep(voter.log)
    return voter


def append(voter: Voter, *whats: Rule | Order | Checkpoint) -> Append:
    ahead = history()
    decrees = tuple(ahead.append(5, what) for what in whats)
    previous = voter.log.hash_at(1)
    assert previous is not None
    return Append(LINEAGE, 5, A, 1, previous, decrees, 0, 0)


def wait(keeping: LogKeeping, from_ns: int, until_ns: int) -> list[SaveDecree]:
    """Look at every tick whether anything is to be written, and once more at the end."""
    looks = (*range(from_ns, until_ns, TICK_NS), until_ns)
    return [each for now_ns in looks for each in keeping.save_news(now_ns)]


def test_an_answer_waits_for_the_disk() -> None:
    voter = following(good_disk())
    keeping = LogKeeping(voter)
    assert follow_append(voter, A.node, append(voter, Rule(b"a"), Rule(b"b")), 0) == []
    first, second = keeping.save_news(0)
    assert keeping.on_kept([first]) == [Send(A.node, Appended(LINEAGE, 5, B, True, 3, 2))]
    assert keeping.on_kept([second]) == [Send(A.node, Appended(LINEAGE, 5, B, True, 3, 3))]
    assert keeping.on_kept([]) == []


def test_who_keeps_nothing_answers_at_once_and_says_so() -> None:
    voter = following(no_disk())
    told = follow_append(voter, A.node, append(voter, Rule(b"a")), 0)
    assert told == [Send(A.node, Appended(LINEAGE, 5, B, True, 2, 0))]


def test_after_a_promise_to_another_the_disk_answers_nobody() -> None:
    voter = following(good_disk())
    keeping = LogKeeping(voter)
    follow_append(voter, A.node, append(voter, Rule(b"a")), 0)
    saved = keeping.save_news(0)
    voter.promise(6, C)
    assert keeping.on_kept(saved) == []


def test_an_order_goes_to_disk_behind_the_operation_that_it_names() -> None:
    here: set[Dot] = set()
    voter = following(Storage(lambda dot: dot in here, lambda digest: True))
    keeping = LogKeeping(voter)
    follow_append(voter, A.node, append(voter, Rule(b"a"), Order(WORD), Rule(b"b")), 0)
    assert [each.decree.index for each in keeping.save_news(0)] == [1]
    assert keeping.lacks_operation
    here.add(WORD)
    assert [each.decree.index for each in keeping.save_news(0)] == [2, 3]
    assert not keeping.lacks_operation


def test_an_operation_that_nobody_brings_holds_up_no_log_for_ever() -> None:
    voter = following(Storage(lambda dot: False, lambda digest: True))
    keeping = LogKeeping(voter)
    follow_append(voter, A.node, append(voter, Order(WORD)), 0)
    assert wait(keeping, 0, BACKING_WAIT_NS - 1) == []
    assert [each.decree.index for each in keeping.save_news(BACKING_WAIT_NS)] == [1]


def test_of_many_operations_that_nobody_brings_none_waits_in_turn() -> None:
    """Seed 60996 of the contest: a fork held six lost ones, and did nothing else for 12 s."""
    voter = following(Storage(lambda dot: False, lambda digest: True))
    keeping = LogKeeping(voter)
    follow_append(voter, A.node, append(voter, *map(Order, WORDS)), 0)
    assert wait(keeping, 0, BACKING_WAIT_NS - 1) == []
    assert [each.decree.index for each in keeping.save_news(BACKING_WAIT_NS)] == [1, 2, 3]


def test_while_anybody_brings_operations_each_is_waited_for() -> None:
    here: set[Dot] = set()
    voter = following(Storage(lambda dot: dot in here, lambda digest: True))
    keeping = LogKeeping(voter)
    follow_append(voter, A.node, append(voter, *map(Order, WORDS)), 0)
    assert wait(keeping, 0, BACKING_WAIT_NS - 1) == []
    here.add(WORDS[1])
    assert [each.decree.index for each in keeping.save_news(BACKING_WAIT_NS)] == [1, 2]
    assert wait(keeping, BACKING_WAIT_NS, 2 * BACKING_WAIT_NS - 1) == []
    assert [each.decree.index for each in keeping.save_news(2 * BACKING_WAIT_NS)] == [3]


def test_what_was_decreed_since_is_waited_for_though_what_was_before_is_lost() -> None:
    voter = following(Storage(lambda dot: False, lambda digest: True))
    keeping = LogKeeping(voter)
    first = append(voter, Order(WORDS[0]))
    follow_append(voter, A.node, first, 0)
    assert wait(keeping, 0, BACKING_WAIT_NS - 1) == []
    follow_append(voter, A.node, append(voter, *map(Order, WORDS)), 0)
    assert [each.decree.index for each in keeping.save_news(BACKING_WAIT_NS)] == [1]
    assert wait(keeping, BACKING_WAIT_NS, 2 * BACKING_WAIT_NS - 1) == []
    assert [each.decree.index for each in keeping.save_news(2 * BACKING_WAIT_NS)] == [2, 3]


def test_what_has_taken_the_place_of_lost_decrees_is_waited_for() -> None:
    voter = following(Storage(lambda dot: False, lambda digest: True))
    keeping = LogKeeping(voter)
    follow_append(voter, A.node, append(voter, *map(Order, WORDS)), 0)
    assert wait(keeping, 0, BACKING_WAIT_NS - 1) == []
    other = history()
    first = other.append(5, Order(WORDS[0]))
    rest = tuple(other.append(6, Order(dot)) for dot in reversed(WORDS[1:]))
    previous = voter.log.hash_at(1)
    assert previous is not None
    told = Append(LINEAGE, 6, C, 1, previous, (first, *rest), 0, 0)
    follow_append(voter, C.node, told, BACKING_WAIT_NS - 1)
    assert [each.decree.index for each in keeping.save_news(BACKING_WAIT_NS)] == [1]


def test_while_a_machine_slept_nobody_could_bring_what_it_waits_for() -> None:
    """Seed 19 of the contest: one woke, and said that it kept a checkpoint without its content."""
    voter = following(Storage(lambda dot: True, lambda digest: False))
    keeping, woken_ns = LogKeeping(voter), 10 * BACKING_WAIT_NS
    follow_append(voter, A.node, append(voter, CHECKPOINT), 0)
    assert keeping.save_news(0) == []
    assert wait(keeping, woken_ns, woken_ns + BACKING_WAIT_NS - PAUSE_NS - 1) == []
    kept = keeping.save_news(woken_ns + BACKING_WAIT_NS - PAUSE_NS)
    assert [each.decree.index for each in kept] == [1]


def test_a_checkpoint_goes_to_disk_behind_its_content() -> None:
    here: set[Digest] = set()
    voter = following(Storage(lambda dot: True, lambda digest: digest in here))
    keeping = LogKeeping(voter)
    follow_append(voter, A.node, append(voter, Rule(b"a"), CHECKPOINT, Rule(b"b")), 0)
    assert [each.decree.index for each in keeping.save_news(0)] == [1]
    assert keeping.waits
    assert not keeping.lacks_operation, "no author has it"
    here.add(CONTENT)
    assert [each.decree.index for each in keeping.save_news(0)] == [2, 3]
    assert not keeping.waits


def test_the_content_of_a_checkpoint_that_counts_is_on_disks_enough() -> None:
    voter = following(Storage(lambda dot: True, lambda digest: False))
    keeping = LogKeeping(voter)
    told = append(voter, CHECKPOINT, Rule(b"b"))
    follow_append(voter, A.node, msgspec.structs.replace(told, commit=2), 0)
    assert [each.decree.index for each in keeping.save_news(0)] == [1, 2]


def test_what_a_coordinator_that_is_gone_took_with_it_holds_up_its_heir_for_a_moment() -> None:
    voter = following(Storage(lambda dot: True, lambda digest: False))
    keeping = LogKeeping(voter)
    follow_append(voter, A.node, append(voter, CHECKPOINT), 0)
    assert wait(keeping, 0, DESERTED_WAIT_NS) == [], "who decreed it may bring it yet"
    voter.promise(6, C)
    voter.follow(6, C, DESERTED_WAIT_NS)
    assert [each.decree.index for each in keeping.save_news(DESERTED_WAIT_NS)] == [1]


def test_what_was_replaced_before_its_write_was_done_is_not_kept() -> None:
    voter = following(good_disk())
    keeping = LogKeeping(voter)
    follow_append(voter, A.node, append(voter, Rule(b"a")), 0)
    saved = keeping.save_news(0)
    other = history()
    entry = other.append(6, Rule(b"other"))
    previous = voter.log.hash_at(1)
    assert previous is not None
    follow_append(voter, C.node, Append(LINEAGE, 6, C, 1, previous, (entry,), 0, 0), 0)
    assert keeping.on_kept(saved) == []
    assert voter.log.kept == 1
    assert [each.decree for each in keeping.save_news(0)] == [entry]


# --- after a blackout -----------------------------------------------------------------------------


def kept(*members: Member, longer: int = 0) -> DecreeLog:
    log = history(*members)
    for _ in range(longer):
        log.append(1, Rule(b"more"))
    return kept_log(log.entries(0, log.head))


def back(peers: Peers, node: NodeId, log: DecreeLog) -> None:
    nowhere = Precedence(1, 1, 255, PEERS_MAX, 255, NO_LINEAGE)
    hash8 = log.head_hash[:8]
    status = Status(nowhere, log.head_epoch, None, False, False, 0, log.head, hash8, 0)
    peers.put(Peer(node, 2, "", Health.ALIVE, status))


def revival(log: DecreeLog, peers: Peers, *, aged: bool = False) -> Revival:
    return Revival(Member(A.node, 2), log, peers, 0, aged=aged)


def test_who_sees_a_majority_and_no_better_log_goes_on_at_once() -> None:
    peers = Peers()
    waiting = revival(kept(), peers)
    assert waiting.missing() == (B.node, C.node)
    assert not waiting.may_found(0, FOUND_WAIT_NS + 1)
    back(peers, B.node, kept())
    waiting.on_tick(0)
    assert waiting.is_sure()
    assert waiting.may_found(0, FOUND_WAIT_NS + 1)


def test_who_is_back_alone_waits_and_says_for_whom_and_goes_on_in_the_end() -> None:
    waiting = revival(kept(), Peers())
    assert waiting.awaited(0) == ()
    assert waiting.awaited(FOUND_WAIT_NS + 1) == (B.node, C.node)
    assert not waiting.may_found(0, REVIVE_WAIT_NS)
    assert waiting.may_found(0, REVIVE_WAIT_NS + 1)
    assert not waiting.is_sure()


def test_who_sees_a_better_log_leaves_it_to_that_one() -> None:
    peers = Peers()
    waiting = revival(kept(), peers)
    back(peers, B.node, kept(longer=1))
    back(peers, C.node, kept())
    waiting.on_tick(SECOND)
    assert not waiting.may_found(0, SECOND + REVIVE_WAIT_NS), "it came back after a second"
    assert waiting.may_found(0, SECOND + REVIVE_WAIT_NS + 1)


def test_a_newcomer_leaves_the_room_to_who_was_in_it() -> None:
    peers = Peers()
    waiting = revival(DecreeLog(), peers)
    assert waiting.may_found(0, FOUND_WAIT_NS + 1)
    back(peers, B.node, kept())
    assert not waiting.may_found(0, FOUND_WAIT_NS + 1)


def test_a_clock_that_is_wrong_after_a_blackout_does_not_lose_the_race() -> None:
    peers = Peers()
    waiting = revival(kept(), peers, aged=True)
    assert not waiting.counts
    back(peers, bytes(16), kept())
    waiting.on_tick(0)
    assert not waiting.counts, "a stranger"
    back(peers, B.node, kept())
    waiting.on_tick(0)
    assert waiting.counts
