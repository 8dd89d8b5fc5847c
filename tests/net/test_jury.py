"""A follower takes no decree that its program refuses, and follows nobody who decrees such."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net.cluster.judging.jury import Leader, Ruled
from net.cluster.log import DecreeLog
from net.node.counters import Implausible
from net.node.lineage.consensus import Consensus
from net.wire.decrees import Convict, Rule, SpeakVersion
from net.wire.messages import Append, Appended, Prepare
from net.wire.versions import OURS
from tests.net.guarded import (
    LINEAGE,
    NOW,
    OWN,
    A,
    B,
    C,
    append_of,
    consensus,
    elected,
    log_of,
    rules,
    sent,
    status_of,
)
from tests.net.test_equivocation import proof_against

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.ids import NodeId
    from net.wire.decrees import Decree


class Opinion:
    """A program that says of each decree what a test has it say."""

    def __init__(self, ruled: Ruled) -> None:
        self.ruled = ruled
        self.asked: list[tuple[list[bytes], NodeId, int]] = []

    def judge(self, ahead: Sequence[Decree], by: Leader, waited_ns: int, _now_ns: int) -> Ruled:
        bodies = [each.what.body for each in ahead if isinstance(each.what, Rule)]
        self.asked.append((bodies, by.node, waited_ns))
        return self.ruled if bodies[-1] == b"1" else Ruled.FITS


def following(ruled: Ruled) -> tuple[Consensus, Opinion, Append]:
    """Return B, that thinks so of the second of two rules, and the append by A with both."""
    follower, opinion = consensus(B, log_of(), A, C), Opinion(ruled)
    follower._peers.jury.judge = opinion.judge
    follower.on_message(A.node, elected(A, 2, A, B), OWN, NOW)
    return follower, opinion, append_of(log_of((A, B, C), *rules(2)), A, 2, 1, 1)


def take(follower: Consensus, append: Append | Prepare, now_ns: int = NOW) -> list[object]:
    return list(sent(follower.on_message(A.node, append, OWN, now_ns)))


def test_what_fits_is_taken_and_judged_after_what_goes_before_it() -> None:
    follower, opinion, append = following(Ruled.FITS)
    take(follower, append)
    assert follower.log.head == 3
    assert opinion.asked == [([b"0"], A.node, 0), ([b"0", b"1"], A.node, 0)]
    take(follower, append)
    assert len(opinion.asked) == 2, "what is in the log is not judged again"


@pytest.mark.parametrize(("version", "taken"), [(OURS.highest, 2), (OURS.highest + 1, 1)])
def test_nobody_speaks_by_decree_what_it_cannot(version: int, taken: int) -> None:
    follower = consensus(B, log_of(), A, C)
    follower.on_message(A.node, elected(A, 2, A, B), OWN, NOW)
    take(follower, append_of(log_of((A, B, C), SpeakVersion(version)), A, 2, 1, 1))
    assert follower.log.head == taken
    assert (follower.coordinator == A) is (taken == 2)
    told = follower._peers.counters.disbelieved
    assert told == ({} if taken == 2 else {Implausible.VERSION: 1})


@pytest.mark.parametrize(("epoch", "holds", "taken"), [(2, True, 2), (2, False, 1), (1, False, 2)])
def test_nobody_decrees_a_conviction_by_what_proves_nothing(
    epoch: int, holds: bool, taken: int
) -> None:
    """But whoever leads next has it in its log, and says so, and did not decree it itself."""
    follower = consensus(B, log_of(), A, C)
    follower._peers.jury.proves = lambda _proof: holds
    follower.on_message(A.node, elected(A, 2, A, B), OWN, NOW)
    convicting = log_of((A, B, C), Convict(proof_against(1)), epoch=epoch)
    take(follower, append_of(convicting, A, 2, 1, 1))
    assert follower.log.head == taken
    assert (follower.coordinator == A) is (taken == 2)
    told = follower._peers.counters.disbelieved
    assert told == ({} if taken == 2 else {Implausible.PROOF: 1})


def test_what_is_refused_never_stands_in_the_log_and_its_author_leads_no_more() -> None:
    follower, _, append = following(Ruled.REFUSED)
    assert take(follower, append) == []
    assert follower.log.head == 1
    assert follower.coordinator is None
    follower.on_message(A.node, elected(A, 4, A, C), OWN, NOW)
    again = append_of(log_of((A, B, C), *rules(1)), A, 4, 1, 1)
    assert take(follower, again) == []
    assert follower.log.head == 1
    assert take(follower, Prepare(LINEAGE, 9, A, None)) == []
    assert A not in follower._succession.live_members()
    follower.on_message(C.node, elected(C, 3, C, B), OWN, NOW)
    by_other = append_of(log_of((A, B, C), *rules(1)), C, 3, 1, 1)
    follower.on_message(C.node, by_other, OWN, NOW)
    assert follower.log.head == 2, "another leads"


def test_what_waits_is_taken_as_soon_as_what_it_rests_on_is_here() -> None:
    follower, opinion, append = following(Ruled.WAITS)
    (reply,) = take(follower, append)
    assert isinstance(reply, Appended)
    assert (follower.log.head, reply.upto) == (2, 2)
    assert follower.lacks_operation
    follower.on_tick(OWN, NOW + 7)
    assert opinion.asked[-1] == ([b"0", b"1"], A.node, 7)
    opinion.ruled = Ruled.FITS
    follower.on_tick(OWN, NOW + 9)
    assert follower.log.head == 3
    assert not follower.lacks_operation


def test_what_most_have_taken_counts_and_who_decreed_it_is_trusted_again() -> None:
    follower, _, append = following(Ruled.REFUSED)
    take(follower, append)
    settled = DecreeLog()
    settled.append(1, log_of().entry(0).what)
    for rule in rules(2):
        settled.append(1, rule)
    settled.commit_to(3)
    other = follower._peers.get(C.node)
    assert other is not None
    other.status = status_of(settled)
    follower.on_tick(OWN, NOW)
    take(follower, append)
    assert follower.log.head == 3
    assert follower.coordinator == A


def test_where_most_seem_to_lie_it_is_we_who_judge_wrongly() -> None:
    """A race of eight came to a halt: all refused what each of them decreed in turn."""
    follower, _, append = following(Ruled.REFUSED)
    jury = follower._peers.jury
    jury.distrusted.add(C.node)
    take(follower, append)
    assert follower.log.head == 3
    assert jury.distrusted == set()


def test_nobody_follows_or_promises_anything_to_who_is_excluded() -> None:
    follower, _, append = following(Ruled.FITS)
    take(follower, append)
    assert follower.coordinator == A
    follower._peers.jury.excluded = frozenset({A.node})
    follower.on_tick(OWN, NOW)
    assert follower.coordinator != A
    assert take(follower, append) == []
    assert take(follower, Prepare(LINEAGE, 9, A, None)) == []
    assert follower.coordinator != A
