"""Who may write: lives that decrees have named, and those on whose behalf members bring words."""

from __future__ import annotations

from net.cluster.causal.admitted_authors import AdmittedAuthors
from net.cluster.causal.operations import OperationStore
from net.cluster.log import DecreeLog
from net.ids import Member
from net.limits import AUTHORS_ADDED_MAX, AUTHORS_BROUGHT_MAX, AUTHORS_BROUGHT_NS
from net.node.lineage.admitting import Admitting
from net.wire.decrees import AddAuthors, AddMember, FoundLineage, RemoveMember
from tests.net.guarded import A, B, C, D
from tests.net.test_operations import say, store

LINEAGE = b"lineage1"


def nobody(life: Member) -> bool:
    return False


def founded() -> DecreeLog:
    log = DecreeLog()
    log.append(0, FoundLineage(LINEAGE, bytes(8), 0, (A,)))
    return log


def test_members_and_who_was_one_and_authors_that_are_named_may_write() -> None:
    log, admitted = founded(), AdmittedAuthors()
    for what in (AddMember(B), RemoveMember(B), AddAuthors((C,))):
        log.append(1, what)
        admitted.follow(log)
    assert [life in admitted for life in (A, B, C, D)] == [True, True, True, False]


def test_a_decree_that_is_replaced_admits_nobody_any_more() -> None:
    ours, theirs, admitted = founded(), founded(), AdmittedAuthors()
    ours.append(1, AddMember(B))
    admitted.follow(ours)
    theirs.append(2, AddMember(C))
    assert ours.store(1, ours.entry(1).previous, [theirs.entry(1)])
    admitted.follow(ours)
    assert [life in admitted for life in (B, C)] == [False, True]


def test_what_a_stranger_says_waits_until_it_is_admitted() -> None:
    ada, lives = store(1), set[Member]()
    bob = store(2, admits=lives.__contains__)
    said = say(ada, "hello")
    assert bob.on_operations(said) == []
    lives.add(ada.writes_as)
    assert bob.on_admitted() == said


def test_a_coordinator_admits_who_is_here_already() -> None:
    """Such as who was admitted by a decree that was replaced, or in a history that is ours."""
    ada, bob = store(1), store(2, admits=nobody)
    bob.restore(say(ada, "hello"))
    assert Admitting().due(bob, (), 0) == (ada.writes_as,)


def brought(count: int) -> tuple[OperationStore, list[Member]]:
    """Return a store at which words of strangers wait that one node has brought."""
    bob, strangers = store(99, admits=nobody), [store(k) for k in range(1, count + 1)]
    for each in strangers:
        bob.on_operations(say(each, "hello"), A.node)
    return bob, [each.writes_as for each in strangers]


def test_it_admits_whom_a_member_brings_and_nobody_else_does() -> None:
    bob, strangers = brought(3)
    assert Admitting().due(bob, (B,), 0) == ()
    assert Admitting().due(bob, (A, B), 0) == tuple(sorted(strangers))


def test_one_member_brings_so_many_and_then_one_now_and_then() -> None:
    bob, _ = brought(3 * AUTHORS_BROUGHT_MAX)
    admitting, now_ns = Admitting(), 0
    rounds = [len(admitting.due(bob, (A,), now_ns)) for _ in range(5)]
    assert max(rounds) == AUTHORS_ADDED_MAX
    assert sum(rounds) == AUTHORS_BROUGHT_MAX
    assert len(admitting.due(bob, (A,), AUTHORS_BROUGHT_NS)) == 1
