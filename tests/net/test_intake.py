"""What members write is looked at in the order of what it costs us, by our own clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from net.errors import UnreadReason
from net.limits import (
    FORGERIES_BURST,
    OPERATIONS_TAKEN_BURST,
    OPERATIONS_TAKEN_PER_S,
    SECOND,
    SUBMIT_NS,
    UNREADABLE_TOLD_NS,
)
from net.node.outgoing.quota import Intake
from tests.net.test_checks import checks_of
from tests.net.test_operations import say, store

if TYPE_CHECKING:
    from net.wire.messages import Operation

TOO_MUCH = UnreadReason.TOO_MUCH


def numbered(operation: Operation, count: int) -> list[Operation]:
    """Return as many that nobody has seen, in the name of one author."""
    return [
        msgspec.structs.replace(operation, dot=msgspec.structs.replace(operation.dot, n=n))
        for n in range(1, count + 1)
    ]


def test_of_one_author_so_many_are_looked_at_a_second_and_others_are_as_before() -> None:
    ada, ben, eve = store(1), store(2), store(3)
    intake = Intake(eve, checks_of())
    (by_ada,), (by_ben,) = say(ada, "one"), say(ben, "one")
    flood = numbered(by_ada, 3 * OPERATIONS_TAKEN_BURST)
    bringer = by_ada.dot.node
    assert len(intake.within_quotas(flood, bringer, 0)) == OPERATIONS_TAKEN_BURST
    assert len(intake.within_quotas(flood, bringer, SECOND)) == OPERATIONS_TAKEN_PER_S
    assert intake.within_quotas([by_ben], bringer, SECOND) == [by_ben]
    assert eve.counters.unread > OPERATIONS_TAKEN_BURST
    (told,) = intake.settle(bringer, SECOND)
    assert (told.node, told.fault, told.count) == (bringer, TOO_MUCH, eve.counters.unread)
    assert intake.settle(bringer, 60 * SECOND) == []


def test_the_pace_is_twice_what_an_honest_node_writes() -> None:
    assert OPERATIONS_TAKEN_PER_S >= 2 * SECOND // SUBMIT_NS


def test_what_is_known_already_costs_its_author_nothing() -> None:
    ada, eve = store(1), store(3)
    intake, known = Intake(eve, checks_of()), say(ada, "one")
    eve.on_operations(known)
    for _ in range(2 * OPERATIONS_TAKEN_BURST):
        assert intake.within_quotas(known, known[0].dot.node, 0) == known
    assert eve.counters.unread == 0


def test_who_brings_forgeries_is_heard_on_its_own_words_alone_and_later_again() -> None:
    ada, ben, eve = store(1), store(2), store(3)
    intake = Intake(eve, checks_of())
    (by_ada,), (by_ben,) = say(ada, "one"), say(ben, "one")
    liar = by_ben.dot.node
    forged = numbered(by_ada, FORGERIES_BURST + 1)[1:]
    eve.on_operations(intake.within_quotas(forged, liar, 0), liar)
    intake.settle(liar, 0)
    assert eve.counters.forged == len(forged)
    assert intake.within_quotas([by_ada], liar, 0) == [by_ada], "it has some left"
    eve.on_operations(intake.within_quotas(forged, liar, 0), liar)
    intake.settle(liar, 0)
    assert intake.within_quotas([by_ada], liar, 0) == []
    (told,) = intake.settle(liar, UNREADABLE_TOLD_NS)
    assert (told.node, told.fault) == (liar, TOO_MUCH), "who brought it pays"
    assert intake.within_quotas([by_ben], liar, 0) == [by_ben]
    assert intake.within_quotas([by_ada], by_ada.dot.node, 0) == [by_ada], "from itself it comes"
    assert intake.within_quotas([by_ada], liar, 60 * SECOND) == [by_ada]


def test_made_up_authors_are_on_the_account_of_who_brings_them() -> None:
    liar, eve = store(2), store(3, admits=lambda _life: False)
    intake, (model,) = Intake(eve, checks_of()), say(liar, "one")
    flood = [
        msgspec.structs.replace(
            model, dot=msgspec.structs.replace(model.dot, node=k.to_bytes(16, "big"))
        )
        for k in range(2 * OPERATIONS_TAKEN_BURST)
    ]
    assert len(intake.within_quotas(flood, model.dot.node, 0)) == OPERATIONS_TAKEN_BURST


def test_a_forger_has_nothing_checked_by_saying_what_is_known_in_other_words() -> None:
    ada, eve = store(1), store(3)
    intake, known = Intake(eve, checks_of()), say(ada, "one")
    liar = bytes(16)
    other = [msgspec.structs.replace(x, body=b"two", signature=bytes(64)) for x in known]
    eve.on_operations(known)
    for _ in range(2 * FORGERIES_BURST):
        eve.on_operations(intake.within_quotas(other, liar, 0), liar)
        intake.settle(liar, 0)
    assert eve.counters.forged == FORGERIES_BURST + 1
    assert intake.within_quotas(known, liar, 0) == known, "which costs nothing"
    assert intake.within_quotas(other, known[0].dot.node, 0) == other, "from others it is a proof"


def test_no_honest_author_pays_for_what_contradicts_it() -> None:
    """Else who floods us is not convicted as long as it does."""
    ada, eve = store(1), store(3)
    intake, known = Intake(eve, checks_of()), say(ada, "one")
    eve.on_operations(known)
    author = known[0].dot.node
    intake.within_quotas(numbered(known[0], 2 * OPERATIONS_TAKEN_BURST)[1:], author, 0)
    other = [msgspec.structs.replace(x, body=b"two", signature=bytes(64)) for x in known]
    assert intake.within_quotas(other, bytes(16), 0) == other


def test_operations_are_on_the_account_of_their_authors_alone() -> None:
    """Else who passes on what many wrote is heard no more on votes and accusations."""
    ada, checks = store(1), checks_of()
    eve = store(3, verify=checks.verify)
    intake, bringer = Intake(eve, checks), bytes(16)
    eve.on_operations(
        intake.within_quotas([*say(ada, "one"), *say(ada, "two")], bringer, 0), bringer
    )
    assert checks._made == 2
    assert intake.settle(bringer, 0) == []
    assert checks._made == 0
