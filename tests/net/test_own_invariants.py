"""What a node holds is checked where it could break: it stops rather than tell others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from net.cluster.causal.vector_clock import VectorClock
from net.cluster.checkpoint import GENESIS
from net.cluster.log import DecreeLog
from net.cluster.voter import Voter
from net.errors import InvariantError
from net.ids import NO_LINEAGE, Dot, Member
from net.limits import SECOND
from net.node.lineage.consensus import Consensus, OwnState
from net.node.peers import Peers
from net.security.primitives import SODIUM
from net.security.seal import Seal
from net.sim.crypto import stand_in_signet
from net.wire.decrees import (
    AddMember,
    Decree,
    DecreeBody,
    FoundLineage,
    Noop,
    RemoveMember,
    Rule,
    Yield,
)
from net.wire.messages import (
    Append,
    Appended,
    Elected,
    Fetched,
    ForkAnswer,
    ForkCall,
    LogMessage,
    Prepare,
    Promise,
    Refusal,
)
from tests.net.disks import no_disk
from tests.net.healths import ON_TIME
from tests.net.test_operations import say, store

A, B, C = (Member(bytes([n]) * 16, 1) for n in (1, 2, 3))
LINEAGE, CALLED = b"lineage1", b"lineage2"
OWN = OwnState(idle=True, leaving=False, fit=True)


# --- the log ----------------------------------------------------------------------------------


def history(length: int = 4) -> DecreeLog:
    """Return a log of which all is committed."""
    log = DecreeLog()
    log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, (A, B, C)))
    for number in range(1, length):
        log.append(1, Rule(f"rule {number}".encode()))
    log.commit_to(length)
    return log


def spoilt(index: int) -> DecreeLog:
    log = history()
    log._entries[index] = replace(log._entries[index], what=Rule(b"another"))
    return log


@pytest.mark.parametrize(
    "use",
    [
        lambda log: log.entry(1),
        lambda log: log.entries(0, 4),
        lambda log: log.batch(1),
        lambda log: log.store(1, log.hash_at(1), [history().entry(1)]),
    ],
    ids=["told", "made a snapshot of", "sent", "compared"],
)
def test_a_decree_that_is_not_what_it_was_is_used_no_more(
    use: Callable[[DecreeLog], object],
) -> None:
    assert use(history())
    with pytest.raises(InvariantError, match="decree 1 is not what it was"):
        use(spoilt(1))


def test_nothing_follows_a_committed_decree_that_is_not_what_it_was() -> None:
    history().append(2, Noop())
    with pytest.raises(InvariantError, match="decree 3 is not what it was"):
        spoilt(3).append(2, Noop())


def test_a_decree_that_changed_before_it_counted_never_counts() -> None:
    log = history()
    log.append(1, Rule(b"one"))
    log._entries[4] = replace(log._entries[4], what=Rule(b"another"))
    with pytest.raises(InvariantError, match="decree 4 is not what it was"):
        log.commit_to(5)
    assert log.commit == 4


@pytest.mark.parametrize("commit", [3, 5])
def test_what_counts_neither_grows_nor_shrinks_by_itself(commit: int) -> None:
    log = history()
    log.commit = commit
    with pytest.raises(InvariantError):
        log.check()
    with pytest.raises(InvariantError):
        log.append(2, Noop())


def test_no_tail_is_dropped_below_what_counts() -> None:
    with pytest.raises(InvariantError, match="lose decrees from 2 on, of 4"):
        history()._truncate(2)


def test_a_decree_is_put_nowhere_but_behind_the_one_before_it() -> None:
    log = history()
    with pytest.raises(InvariantError, match="does not follow"):
        log._push_decree(history(6).entry(5))


def test_whoever_sends_other_decrees_than_those_that_count_is_wrong_and_not_we() -> None:
    ours, theirs = history(), history(2)
    theirs.append(9, Noop())
    assert not ours.store(2, ours.entry(2).previous, [theirs.entry(2)])
    ours.check()


# --- promises ---------------------------------------------------------------------------------


def test_an_epoch_is_promised_once_and_none_below_it_after() -> None:
    voter = Voter(A, ON_TIME, no_disk(), stand_in_signet(A.node))
    voter.promise(5, B)
    for epoch in (5, 4):
        with pytest.raises(InvariantError, match="would be promised after epoch 5"):
            voter.promise(epoch, C)
    with pytest.raises(InvariantError, match="would count after epoch 5"):
        voter.follow(4, B, 0)
    with pytest.raises(InvariantError, match="promised to another"):
        voter.follow(5, C, 0)
    voter.follow(5, B, 0)


def test_a_promise_that_was_forgotten_is_noticed_at_the_next_step() -> None:
    steps: Sequence[Callable[[Voter], None]] = (
        lambda voter: voter.promise(9, C),
        lambda voter: voter.follow(6, B, 0),
        lambda voter: voter.learn_promise(9),
        lambda voter: voter.enter_lineage(CALLED, 1, C),
        Voter.check,
    )
    for step in steps:
        voter = Voter(A, ON_TIME, no_disk(), stand_in_signet(A.node))
        voter.promise(6, B)
        voter.promised = 5
        with pytest.raises(InvariantError, match="promised epoch 6 became epoch 5"):
            step(voter)


def test_promises_begin_anew_in_another_lineage() -> None:
    voter = Voter(A, ON_TIME, no_disk(), stand_in_signet(A.node))
    voter.promise(6, B)
    voter.enter_lineage(CALLED, 2, C)
    voter.follow(2, C, 0)
    assert (voter.promised, voter.epoch, voter.coordinator) == (2, 2, C)


# --- operations -------------------------------------------------------------------------------


def test_the_clock_counts_the_next_operation_of_a_life_and_no_other() -> None:
    clock = VectorClock(set())
    clock.advance(Dot(A.node, 1, 1), GENESIS)
    for n in (1, 3):
        with pytest.raises(InvariantError, match=f"operation {n} of a life would follow 1"):
            clock.advance(Dot(A.node, 1, n), GENESIS)


def test_an_operation_that_was_skipped_is_noticed_when_the_next_one_comes() -> None:
    ada, bob = store(1), store(2)
    first, second, third = say(ada, "1"), say(ada, "2"), say(ada, "3")
    bob.on_operations(first)
    bob._clock.advance(second[0].dot, GENESIS)
    with pytest.raises(InvariantError, match="operation 3 of a life would follow 1"):
        bob.on_operations(third)


def test_nobody_is_told_of_operations_that_are_not_here() -> None:
    ada, bob = store(1), store(2)
    first, second = say(ada, "1"), say(ada, "2")
    bob.on_operations(first)
    bob._clock.advance(second[0].dot, GENESIS)
    with pytest.raises(InvariantError, match="of 2 operations of a life 1 are here"):
        say(bob, "I have heard both")
    with pytest.raises(InvariantError, match="of 2 operations of a life 1 are here"):
        bob.digests()


def test_nothing_is_delivered_before_its_causes() -> None:
    ada, bob, eve = store(1), store(2), store(3)
    bob.on_operations(say(ada, "who?"))
    answer = say(bob, "me")[0]
    with pytest.raises(InvariantError, match="before its causes"):
        eve._deliver_operation(answer)


# --- seals ------------------------------------------------------------------------------------


def test_no_counter_seals_twice() -> None:
    seal = Seal(bytes(32), bytes(32), 7, SODIUM)
    for _ in range(5):
        seal.seal(4, b"state")
    seal.sent -= 1
    with pytest.raises(InvariantError, match="sealed under 4 again"):
        seal.seal(4, b"another")


# --- and no peer can make us stop -----------------------------------------------------------------

EPOCHS = st.integers(0, 12)
INDICES = st.integers(0, 8)
LINEAGES = st.sampled_from([LINEAGE, CALLED, NO_LINEAGE])
MEMBERS = st.sampled_from([A, B, C, Member(B.node, 2)])
BODIES: st.SearchStrategy[DecreeBody] = st.one_of(
    st.just(Noop()),
    st.builds(Rule, st.sampled_from([b"rule 1", b"other"])),
    st.builds(AddMember, MEMBERS),
    st.builds(RemoveMember, MEMBERS),
    st.builds(FoundLineage, LINEAGES, LINEAGES, st.just(0), st.just((B, A))),
    st.builds(Yield, LINEAGES),
)


@st.composite
def chains(draw: st.DrawFn) -> tuple[int, bytes, tuple[Decree, ...]]:
    """Return entries that follow a prefix of our history, or nearly."""
    index = draw(st.integers(0, 5))
    log = history(max(index, 1)) if index else DecreeLog()
    for epoch, body in draw(st.lists(st.tuples(EPOCHS, BODIES), max_size=4)):
        log.append(epoch, body)
    previous = log.hash_at(index) or bytes(16)
    if draw(st.booleans()):
        return index, previous, log.entries(index, log.head)
    return draw(INDICES), draw(st.sampled_from([previous, bytes(16)])), log.entries(index, log.head)


@st.composite
def appends(draw: st.DrawFn) -> Append:
    index, previous, entries = draw(chains())
    return Append(draw(LINEAGES), draw(EPOCHS), B, index, previous, entries, draw(INDICES), 0)


@st.composite
def fetched(draw: st.DrawFn) -> Fetched:
    index, _, entries = draw(chains())
    return Fetched(draw(LINEAGES), draw(EPOCHS), index, entries, draw(INDICES))


VOTES = st.builds(
    lambda by, lineage, epoch, to: stand_in_signet(by.node).vote(lineage, epoch, to, by),
    MEMBERS,
    LINEAGES,
    EPOCHS,
    MEMBERS,
)
HANDED = st.builds(
    lambda by, lineage, epoch, to: stand_in_signet(by.node).hand_over(lineage, epoch, by, to),
    MEMBERS,
    LINEAGES,
    EPOCHS,
    MEMBERS,
)
WORDS: st.SearchStrategy[LogMessage] = st.one_of(
    appends(),
    fetched(),
    st.builds(Prepare, LINEAGES, EPOCHS, MEMBERS, st.none() | HANDED),
    st.builds(Promise, VOTES, EPOCHS, INDICES),
    st.builds(Elected, st.lists(VOTES, min_size=1, max_size=3).map(tuple)),
    st.builds(Refusal, LINEAGES, EPOCHS),
    st.builds(Appended, LINEAGES, EPOCHS, MEMBERS, st.booleans(), INDICES),
    st.builds(ForkCall, LINEAGES, LINEAGES, MEMBERS),
    st.builds(ForkAnswer, LINEAGES, LINEAGES, MEMBERS, EPOCHS, INDICES),
    HANDED,
)
SENT = st.tuples(st.sampled_from([B.node, C.node]), WORDS, st.integers(0, SECOND))


@given(sent=st.lists(SENT, max_size=12), leads=st.booleans())
def test_nothing_that_members_say_makes_a_node_find_itself_broken(
    sent: list[tuple[bytes, LogMessage, int]], leads: bool
) -> None:
    if leads:
        log = DecreeLog()
        log.append(1, FoundLineage(LINEAGE, NO_LINEAGE, 0, (A,)))
        consensus = Consensus.founding(
            A, log, 5, Peers(), ON_TIME, no_disk(), stand_in_signet(A.node), Random(1), 0
        )
    else:
        consensus = Consensus(
            A, history(), Peers(), ON_TIME, no_disk(), stand_in_signet(A.node), Random(1), 0
        )
    now_ns = 0
    for sender, message, later_ns in sent:
        now_ns += later_ns
        consensus.on_message(sender, message, OWN, now_ns)
        consensus.on_tick(OWN, now_ns)
        consensus.go_on(OWN, now_ns)
    consensus.log.check()


# --- nor make us say what nobody can read -------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        Prepare(LINEAGE, 2**53, B, None),
        Refusal(LINEAGE, 2**53),
        Append(LINEAGE, 2**53, B, 4, history().head_hash, (), 4, 0),
        Append(
            LINEAGE,
            3,
            B,
            4,
            history().head_hash,
            (Decree(2**53, 4, history().head_hash, Noop()),),
            4,
            0,
        ),
    ],
    ids=["prepare", "refusal", "append", "decree"],
)
def test_no_member_uses_up_all_epochs_by_one_word(word: LogMessage) -> None:
    """Ours must lie above: 2^53 + 1 decodes nowhere, and a node that says it is heard no more."""
    consensus = Consensus(
        A, history(), Peers(), ON_TIME, no_disk(), stand_in_signet(A.node), Random(1), 0
    )
    consensus.on_tick(OWN, 0)
    consensus.on_message(B.node, word, OWN, 0)
    for now_ns in range(0, 4 * SECOND, SECOND // 60):
        consensus.on_tick(OWN, now_ns)
    assert consensus.coordinates, "A went on alone"
    assert consensus.status(OWN).epoch < 2**53
    assert consensus.log.head_epoch < 2**53
