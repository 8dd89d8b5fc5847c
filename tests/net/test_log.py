"""The decree log: chains, tails that give way, prefixes that do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.cluster.checkpoint import GENESIS, CheckpointContent, keep
from net.cluster.log import DecreeLog, majority
from net.ids import NO_LINEAGE, Member
from net.limits import MILESTONES_MAX
from net.wire.decrees import (
    AddMember,
    Decree,
    FoundLineage,
    Noop,
    RemoveMember,
    Rule,
    SpeakVersion,
    Yield,
)
from net.wire.versions import FIRST_VERSION

A, B, C = (Member(bytes([n]) * 16, 1) for n in (1, 2, 3))
LINEAGE = b"lineage1"


def founded() -> DecreeLog:
    log = DecreeLog()
    log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, (A,)))
    return log


def test_members_rank_in_the_order_of_their_decrees() -> None:
    log = founded()
    log.append(1, AddMember(C))
    log.append(1, AddMember(B))
    assert list(log.members) == [A, C, B]
    log.append(1, RemoveMember(C))
    assert list(log.members) == [A, B]


def test_a_tail_that_differs_gives_way_and_takes_its_members_along() -> None:
    ours, theirs = founded(), founded()
    ours.append(1, AddMember(B))
    theirs.append(2, Noop())
    assert ours.store(1, theirs.entry(1).previous, [theirs.entry(1)])
    assert ours.members == (A,)
    assert ours.head_hash == theirs.head_hash


def test_a_committed_decree_never_gives_way() -> None:
    ours, theirs = founded(), founded()
    ours.append(1, Rule(b"done"))
    ours.commit_to(2)
    theirs.append(2, Noop())
    assert not ours.store(1, theirs.entry(1).previous, [theirs.entry(1)])
    assert ours.head == 2


def test_entries_behind_another_prefix_are_refused() -> None:
    ours, theirs = founded(), founded()
    ours.append(1, Rule(b"ours"))
    theirs.append(1, Rule(b"theirs"))
    theirs.append(1, Rule(b"next"))
    assert not ours.store(2, theirs.entry(2).previous, [theirs.entry(2)])


def test_a_yield_ends_a_lineage_until_a_found_continues_it() -> None:
    log = founded()
    log.append(1, Yield(b"lineage2"))
    assert (log.yields_to, log.is_over) == (b"lineage2", False)
    log.append(5, FoundLineage(b"lineage3", LINEAGE, 1, (A,)))
    assert (log.yields_to, log.lineage) == (None, b"lineage3")


def test_who_was_in_a_room_before_a_fork_is_missing_until_it_is_back_as_any_life() -> None:
    log = founded()
    log.append(1, AddMember(B))
    log.append(1, AddMember(C))
    assert log.missing == frozenset(), "nobody was in the room before it was founded"
    log.append(5, FoundLineage(b"lineage2", LINEAGE, 1, (A,)))
    assert log.missing == {B.node, C.node}
    log.append(5, AddMember(Member(B.node, 2)))
    assert log.missing == {C.node}
    log.append(5, RemoveMember(Member(B.node, 2)))
    assert log.missing == {C.node}, "it has been back"
    log.append(5, AddMember(Member(C.node, 2)))
    assert log.missing == frozenset()


def test_who_is_missing_since_a_fork_is_so_after_all_others_lost_power_too() -> None:
    log = founded()
    log.append(1, AddMember(B))
    log.append(1, AddMember(C))
    log.append(5, FoundLineage(b"lineage2", LINEAGE, 1, (A, B)))
    log.append(9, FoundLineage(b"lineage3", b"lineage2", 2, (B,)))
    log.append(9, AddMember(Member(A.node, 2)))
    assert log.missing == {C.node}


def test_a_checkpoint_forgets_who_is_missing() -> None:
    log = founded()
    log.append(1, AddMember(B))
    log.append(5, FoundLineage(b"lineage2", LINEAGE, 1, (A,)))
    log.commit_to(log.head)
    checkpoint = keep(CheckpointContent(log.base_at(log.head), GENESIS, 0, (), 0, b""))
    for begins in (0, log.head):
        log.begin_at(checkpoint, begins)
        assert log.missing == frozenset()
    log.append(9, FoundLineage(b"lineage3", b"lineage2", 2, (C,)))
    assert log.missing == {A.node}, "who was there at the checkpoint"


def long(head: int, other_from: int | None = None) -> DecreeLog:
    """Return a log that differs from others of its kind from one entry on."""
    log = founded()
    for n in range(log.head, head):
        mine = other_from is not None and n >= other_from
        log.append(1, Rule(b"other" if mine else b"%d" % n))
    log.commit_to(head)
    return log


@pytest.mark.parametrize("fork", [2, 100, 990, 999, 1000])
def test_logs_find_by_milestones_how_far_they_agree(fork: int) -> None:
    ours, theirs = long(1000), long(1000, other_from=fork)
    agreed = theirs.agrees_up_to(ours.milestones())
    assert (1000 - fork) <= 1000 - agreed <= max(2 * (1000 - fork), 1)
    assert ours.hash_at(agreed) == theirs.hash_at(agreed)


def test_who_left_a_lineage_has_a_milestone_where_it_did() -> None:
    theirs = long(100)
    ours = theirs.prefix(37)
    ours.append(2, FoundLineage(b"branched", ours.lineage, 1, ours.members))
    for n in range(900):
        ours.append(2, Rule(b"branch %d" % n))
    ours.commit_to(ours.head)
    assert len(ours.milestones()) <= MILESTONES_MAX
    assert theirs.agrees_up_to(ours.milestones()) == 37


def test_a_prefix_is_what_the_log_was_then() -> None:
    log = founded()
    log.append(1, AddMember(B))
    log.append(1, RemoveMember(A))
    log.commit_to(log.head)
    before = log.prefix(2)
    assert (before.head, before.commit, before.members) == (2, 2, (A, B))
    assert before.head_hash == log.hash_at(2)
    before.append(1, Rule(b"another"))
    assert log.members == (B,)


def test_a_version_is_spoken_when_it_is_committed_and_gone_with_its_decree() -> None:
    log, second, third = founded(), FIRST_VERSION + 1, FIRST_VERSION + 2
    assert (log.version, log.newest_version) == (FIRST_VERSION, FIRST_VERSION)
    log.append(1, SpeakVersion(second))
    assert (log.version, log.newest_version) == (FIRST_VERSION, second)
    log.commit_to(log.head)
    assert log.version == second
    log.append(1, SpeakVersion(third))
    assert log.prefix(2).newest_version == second
    previous = log.hash_at(2)
    assert previous is not None
    assert log.store(2, previous, [Decree(2, 2, previous, Noop())])
    assert (log.version, log.newest_version) == (second, second)


def test_any_two_majorities_share_a_member() -> None:
    for count in range(1, 40):
        assert 2 * majority(count) > count


@given(st.lists(st.binary(max_size=8), max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_a_log_stored_in_overlapping_pieces_equals_the_original(
    bodies: list[bytes], one: int, two: int
) -> None:
    theirs, ours = founded(), founded()
    for body in bodies:
        theirs.append(1, Rule(body))
    low, high = sorted((1 + one % (len(bodies) + 1), 1 + two % (len(bodies) + 1)))
    for start, stop in [(1, high), (low, theirs.head), (1, theirs.head)]:
        previous = theirs.hash_at(start)
        assert previous is not None
        assert ours.store(start, previous, theirs.entries(start, stop))
    assert ours.head_hash == theirs.head_hash
