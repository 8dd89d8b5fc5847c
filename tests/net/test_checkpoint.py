"""A log and operations are cut at checkpoints, and those who lag behind are not lost (ADR 35)."""

from __future__ import annotations

from random import Random
from unittest.mock import patch

import msgspec
import pytest

from net.cluster.actions import Send
from net.cluster.causal.operations import OperationStore
from net.cluster.checkpoint import (
    GENESIS,
    Author,
    Authors,
    CheckpointContent,
    KeptCheckpoint,
    in_one_order,
    keep,
    name_authors,
    read_checkpoint,
)
from net.cluster.log import DecreeLog
from net.cluster.log_adoption import answer_fetch, kept_log
from net.cluster.replication import is_behind
from net.cluster.snapshot import Learned, Learner, SnapshotCounters, SnapshotServer, Source
from net.errors import InvariantError, WireError
from net.ids import NO_LINEAGE, Digest, Member
from net.limits import AUTHORS_MAX, OPERATIONS_PER_MEMBER_MAX
from net.wire.decrees import AddMember, FoundLineage, Rule
from net.wire.messages import Append, Block, BlockRequest, Fetch, Fetched, Manifest, ManifestRequest
from net.wire.messages import Operation as Op
from tests.net.test_operations import exchange, say, store

A, B = (Member(bytes([n]) * 16, 1) for n in (1, 2))
LINEAGE = b"lineage1"


def log_of(count: int) -> DecreeLog:
    log = DecreeLog()
    log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, (A,)))
    log.append(1, AddMember(B))
    while log.head < count:
        log.append(1, Rule(b"%d" % log.head))
    log.commit_to(log.head)
    return log


def no_chain(life: Member) -> Digest:
    return GENESIS


def decree_checkpoint(log: DecreeLog, *stores: OperationStore) -> KeptCheckpoint:
    """Decree and commit a checkpoint of a log and of what the first of some stores holds."""
    before = Authors.of(log.checkpoint)
    newest = stores[0].newest_since(before) if stores else []
    chain_of = stores[0].clock.chain_of if stores else no_chain
    authors = name_authors(before, newest, chain_of, {A.node, B.node})
    count = sum(author.n for author in authors.named)
    content = CheckpointContent(
        log.base_at(log.head), GENESIS, count, authors.named, authors.forgotten_us, b"fold"
    )
    made = keep(content)
    log.append(1, made.decree)
    log.commit_to(log.head)
    return made


def cut_log(count: int, at: int) -> DecreeLog:
    """Return a log of so many decrees that begins at a checkpoint."""
    log = log_of(at)
    log.begin_at(decree_checkpoint(log), at)
    while log.head < count:
        log.append(1, Rule(b"%d" % log.head))
    log.commit_to(log.head)
    return log


# --- the log --------------------------------------------------------------------------------------


def test_a_log_that_was_cut_knows_all_but_what_was_dropped() -> None:
    whole, cut = log_of(10), log_of(10)
    for log in (whole, cut):
        decree_checkpoint(log)
    cut.begin_at(decree_checkpoint(log_of(10)), 10)
    assert (cut.base.index, cut.folded, cut.head) == (10, 10, whole.head)
    assert (cut.head_hash, cut.head_epoch, cut.members) == (whole.head_hash, 1, (A, B))
    assert (cut.found, cut.found_at, cut.lineage) == (whole.found, 1, LINEAGE)
    assert cut.origin == whole.origin
    assert cut.entries(10, 11) == whole.entries(10, 11)
    assert cut.hash_at(9) is None
    assert cut.hash_at(10) == whole.hash_at(10)
    cut.append(1, Rule(b"next"))
    whole.append(1, Rule(b"next"))
    assert cut.head_hash == whole.head_hash


def test_to_ask_a_log_for_what_it_dropped_breaks_an_invariant_and_says_so() -> None:
    cut = cut_log(20, at=10)
    assert cut.is_compacted(9)
    with pytest.raises(InvariantError, match="is dropped"):
        cut.entry(9)


def test_a_checkpoint_of_another_history_is_not_begun_from() -> None:
    log, other = log_of(10), log_of(9)
    other.append(1, Rule(b"another"))
    other.commit_to(10)
    decree_checkpoint(log)
    with pytest.raises(InvariantError, match="of another log"):
        log.begin_at(decree_checkpoint(other), 0)


def test_a_log_without_checkpoints_is_full_before_nobody_takes_more() -> None:
    with patch("net.cluster.log.DECREES_MAX", 20), patch("net.cluster.log.DECREES_SPARE", 5):
        assert not log_of(14).is_full
        assert log_of(15).is_full
        assert not cut_log(20, at=15).is_full, "a checkpoint makes room"


def test_what_a_checkpoint_stands_for_is_kept_when_the_disk_has_it() -> None:
    log = log_of(10)
    made = decree_checkpoint(log)
    log.begin_at(made, 0)
    assert (log.kept, log.take_unkept(lambda _: True)) == (0, [log.entry(10)])
    log.note_checkpoint_kept(b"another")
    assert log.kept == 0
    log.note_checkpoint_kept(made.packed)
    assert log.kept == 10
    assert DecreeLog(made).kept == 0, "nor has a newcomer it on disk"


def test_a_journal_goes_on_from_its_checkpoint_and_leaves_out_what_was_before() -> None:
    log = log_of(10)
    made = decree_checkpoint(log)
    log.append(1, Rule(b"after"))
    log.commit_to(12)
    again = kept_log(log.entries(8, 12), made)
    assert (again.base.index, again.head, again.commit) == (10, 12, 12)
    assert again.head_hash == log.head_hash
    assert kept_log([], made).head == 10
    assert kept_log(log.entries(8, 12)).head == 0, "without it, it is no history"


def test_who_shares_our_checkpoint_agrees_with_us_behind_it_only() -> None:
    ours, theirs = cut_log(40, at=20), cut_log(30, at=20)
    assert all(m.head > 20 for m in ours.milestones())
    assert ours.agrees_up_to(theirs.milestones()) >= 28
    assert cut_log(40, at=30).agrees_up_to(log_of(12).milestones()) == 0


# --- who lags behind ------------------------------------------------------------------------------


def append(log: DecreeLog, index: int) -> Append:
    previous = log.hash_at(index)
    assert previous is not None
    return Append(LINEAGE, 1, A, index, previous, (), log.commit, log.base.index)


def test_a_follower_that_lacks_what_is_dropped_is_behind() -> None:
    leader = cut_log(40, at=20)
    assert is_behind(log_of(12), append(leader, 20))
    assert not is_behind(log_of(12), append(leader, 30)), "its answer has yet to lead back"


def test_a_follower_that_began_further_on_is_not_behind() -> None:
    """Seed 78 of the contest: a newcomer left and learned again and again."""
    leader, newcomer = cut_log(40, at=20), cut_log(40, at=30)
    assert not is_behind(newcomer, append(leader, 20))


def test_a_candidate_hears_where_the_log_begins_that_it_asks_for() -> None:
    cut = cut_log(40, at=20)
    (told,) = answer_fetch(cut, B.node, Fetch(LINEAGE, 2, 12))
    assert told.message == Fetched(LINEAGE, 2, 20, (), cut.head)


# --- newcomers ------------------------------------------------------------------------------------


def learn(server: DecreeLog, history: DecreeLog) -> Learned:
    """Let a learner fetch what it lacks of a log."""
    giver, learner = SnapshotServer(), Learner(LINEAGE, history, Random(1), SnapshotCounters())
    sources = [Source(A.node, server.commit, coordinates=True)]
    asked = learner.on_tick(sources, 0)
    while asked:
        answers: list[Send] = []
        for send in asked:
            match send.message:
                case ManifestRequest() as request:
                    answers.extend(giver.on_manifest_request(server, B.node, request))
                case BlockRequest() as request:
                    answers.extend(giver.on_block_request(server, B.node, request))
                case _:
                    raise AssertionError(send)
        asked = []
        for send in answers:
            match send.message:
                case Manifest() as manifest:
                    asked.extend(learner.on_manifest(A.node, manifest, sources, 0))
                case Block() as block:
                    learned = learner.on_block(A.node, block, 0)
                    if learned is not None:
                        return learned
                case _:
                    raise AssertionError(send)
    raise AssertionError("nothing was learned")


def test_a_newcomer_takes_checkpoint_and_tail_and_no_more_for_an_old_room() -> None:
    sizes = []
    for age in (100, 1000):
        server = cut_log(age + 20, at=age)
        learned = learn(server, DecreeLog())
        assert learned.log.head_hash == server.head_hash
        assert (learned.log.folded, learned.since) == (age, age)
        sizes.append(len(learned.log.entries(age, learned.log.head)))
    assert sizes[0] == sizes[1] == 20


def test_who_holds_the_checkpoint_takes_only_what_follows() -> None:
    server, history = cut_log(60, at=20), cut_log(40, at=20)
    learned = learn(server, history)
    assert learned.since > 20
    assert learned.log.head_hash == server.head_hash


def test_who_left_before_the_checkpoint_takes_it_whole() -> None:
    server = cut_log(60, at=40)
    learned = learn(server, cut_log(30, at=20))
    assert (learned.since, learned.log.base.index) == (40, 40)


def test_bytes_that_are_no_checkpoint_are_a_fault_of_the_wire() -> None:
    made = decree_checkpoint(log_of(10))
    assert read_checkpoint(made.packed) == made
    with pytest.raises(WireError):
        read_checkpoint(made.packed[:-1])


@pytest.mark.parametrize("change", [{"found_at": 11}, {"found_at": 0}, {"found": None}])
def test_a_checkpoint_of_a_lineage_that_was_not_founded_before_it_is_none(
    change: dict[str, object],
) -> None:
    content = decree_checkpoint(log_of(10)).content
    base = msgspec.structs.replace(content.base, **change)
    with pytest.raises(WireError):
        read_checkpoint(keep(msgspec.structs.replace(content, base=base)).packed)


def test_a_checkpoint_of_a_room_without_members_or_with_one_twice_is_none() -> None:
    content = decree_checkpoint(log_of(10)).content
    for members in ((), 2 * content.base.members):
        base = msgspec.structs.replace(content.base, members=members)
        with pytest.raises(WireError):
            read_checkpoint(keep(msgspec.structs.replace(content, base=base)).packed)


# --- operations -----------------------------------------------------------------------------------


def begin(made: KeptCheckpoint | None, *stores: OperationStore) -> None:
    for each in stores:
        each.begin_from(made, made)


def test_what_is_folded_is_dropped_and_counts_as_delivered() -> None:
    ada, bob, log = store(1), store(2), log_of(10)
    for n in range(5):
        bob.on_operations(say(ada, f"line {n}"))
    made = decree_checkpoint(log, ada)
    begin(made, ada, bob)
    assert (bob.kept, len(bob)) == (0, 5)
    assert ada.vector_hash() == bob.vector_hash()
    late = say(ada, "after")
    assert late[0].dot.n == 6
    assert bob.on_operations(late) == late


def test_a_newcomer_delivers_what_follows_a_checkpoint() -> None:
    ada, eve, log = store(1), store(3), log_of(10)
    say(ada, "before")
    made = decree_checkpoint(log, ada)
    begin(made, ada)
    after = say(ada, "after")
    assert eve.on_operations(after) == [], "what is before it is nowhere any more"
    assert eve.begin_from(made, made).delivered == tuple(after)


def test_who_lacks_what_is_dropped_is_not_sent_what_follows_again_and_again() -> None:
    ada, eve, log = store(1), store(3), log_of(10)
    say(ada, "before")
    begin(decree_checkpoint(log, ada), ada)
    say(ada, "after")
    assert [ada.missing_for(digest) for digest in eve.digests()] == [[]]


def test_a_later_life_closes_the_one_before_it() -> None:
    old, new, bob, log = store(1, 1), store(1, 2), store(2), log_of(10)
    first, lost = say(old, "one"), say(old, "two")
    new.restore(first)
    second = say(new, "three")
    bob.on_operations([*first, *second])
    begin(decree_checkpoint(log, bob), bob)
    assert len(bob.clock) == 1
    assert bob.on_operations(lost) == []
    assert bob.counters.late == 1
    other = store(4)
    other.on_operations([*first, *lost])
    for digest in bob.digests():
        assert not any(each.dot == lost[0].dot for each in other.missing_for(digest)), "nor sent"


def test_who_has_closed_a_life_that_another_has_dropped_gets_what_follows() -> None:
    """Seed 13 of the contest: who was a checkpoint ahead got nothing any more."""
    old, new, bob, eve, log = store(1, 1), store(1, 2), store(2), store(3), log_of(10)
    said = say(old, "one")
    bob.on_operations(said)
    first = decree_checkpoint(log, bob)
    new.restore(said)
    later = say(new, "two")
    bob.on_operations(later)
    second = decree_checkpoint(log, bob)
    begin(first, bob)  # it lags: all that it folds is the first life
    begin(second, eve)
    last = say(new, "three")
    bob.on_operations(last)
    exchange(bob, eve)
    assert eve.clock.of(Member(new.writes_as.node, 2)) == 2


def test_the_side_that_yields_keeps_what_the_winner_can_deliver() -> None:
    ada, bob = store(1), store(2)
    common = say(ada, "common")
    bob.on_operations(common)
    made = decree_checkpoint(log_of(10), ada)  # of the winner
    said = say(bob, "on the losing side")
    assert bob.begin_from(made, made).delivered == tuple(said)
    begin(made, ada)
    exchange(bob, ada)
    assert ada.vector_hash() == bob.vector_hash()


def test_an_author_writes_again_what_has_lost_its_causes() -> None:
    ada, bob, eve = store(1), store(2), store(3)
    bob.on_operations(say(eve, "only the loser hears this"))
    begin(decree_checkpoint(log_of(9), bob), bob)  # of the loser
    said = say(bob, "an answer")
    say(ada, "elsewhere")
    made = decree_checkpoint(log_of(10), ada)  # of the winner
    bob.become(Member(bob.writes_as.node, 2))
    beyond = bob.begin_from(made, made)
    assert (beyond.delivered, beyond.lost) == ((), tuple(said))
    again = bob.author(beyond.lost[0].body, beyond.lost[0].race_us)
    begin(made, ada)
    assert ada.on_operations(again) == again
    assert again[-1].dot.incarnation == 2


def test_numbers_that_were_used_are_never_used_again() -> None:
    ada, bob, eve = store(1), store(2), store(3)
    bob.on_operations(say(eve, "only the loser hears this"))
    begin(decree_checkpoint(log_of(9), bob), bob)  # of the loser
    say(bob, "and nobody else can deliver an answer")
    say(ada, "elsewhere")
    made = decree_checkpoint(log_of(10), ada)
    lost = bob.begin_from(made, made).lost
    assert [operation.dot.n for operation in lost] == [1]
    assert not bob.has_room_for_own(1), "its first number is used, and what bears it is lost"
    before = bob.outlived
    bob.become(Member(B.node, 2))
    assert (before, bob.outlived) == (1, None)
    dot = bob.author(b"again", 1)[-1].dot
    assert (dot.incarnation, dot.n) == (2, 1)


def test_what_the_side_that_yields_had_folded_is_given_up_and_counted() -> None:
    ada, bob, eve = store(1), store(2), store(3)
    common = say(ada, "common")
    for each in (bob, eve):
        each.on_operations(common)
    made = decree_checkpoint(log_of(10), ada)  # of the winner
    for n in range(4):
        bob.on_operations(say(eve, f"only the loser hears this, {n}"))
    assert bob.begin_from(made, made).given_up == 0, "it holds that yet, and all get it"
    begin(decree_checkpoint(log_of(9), bob), bob)
    beyond = bob.begin_from(made, made)
    assert (beyond.delivered, beyond.lost, beyond.given_up) == ((), (), 4)
    assert bob.begin_from(made, made).given_up == 0, "that was told"


def test_what_its_author_writes_again_is_no_excuse_for_what_it_cannot() -> None:
    ada, bob = store(1), store(2)
    say(ada, "elsewhere")
    made = decree_checkpoint(log_of(10), ada)  # of the winner
    say(bob, "folded where only the loser is")
    begin(decree_checkpoint(log_of(9), bob), bob)
    newest = say(bob, "and one more")
    bob.become(Member(bob.writes_as.node, 2))
    beyond = bob.begin_from(made, made)
    assert (beyond.lost, beyond.given_up) == (tuple(newest), 1)


def test_what_waits_in_vain_is_dropped_at_the_second_checkpoint_and_counted() -> None:
    ada, bob, log = store(1), store(2), log_of(10)
    say(ada, "lost")
    bob.on_operations(say(ada, "waits for it"))
    begin(decree_checkpoint(log, bob), bob)
    assert bob.counters.orphaned == 0
    begin(decree_checkpoint(log, bob), bob)
    assert bob.counters.orphaned == 1


def test_an_author_at_its_bound_writes_nothing_until_a_checkpoint() -> None:
    ada, log = store(1), log_of(10)
    while ada.kept < OPERATIONS_PER_MEMBER_MAX:
        say(ada, "x")
    assert not ada.has_room_for_own(0)
    begin(decree_checkpoint(log, ada), ada)
    assert ada.has_room_for_own(0)


def test_operations_are_folded_in_one_order_with_causes_first() -> None:
    ada, bob = store(1), store(2)
    question = say(ada, "who?", at=50)
    bob.on_operations(question)
    answer = say(bob, "me", at=10)  # its clock is behind
    said: list[Op] = [*answer, *question, *say(ada, "later", at=60)]
    assert in_one_order(said) == in_one_order(said[::-1])
    assert in_one_order(said)[:2] == [*question, *answer]


def test_authors_are_forgotten_who_left_longest_ago() -> None:
    gone = [Author(bytes([0, n]) * 8, 1, 1, n, GENESIS) for n in range(AUTHORS_MAX + 2)]
    named = name_authors(Authors(gone), [], no_chain, {gone[0].node})
    assert len(named.named) == AUTHORS_MAX
    assert (gone[0] in named.named, gone[1] in named.named) == (True, False)
    assert named.forgotten_us == 2
