"""What who coordinates owes the room by its clock and facts, and how long all wait for it."""

from __future__ import annotations

import pytest

from net import NodeId
from racer.play.limits import OWED_NS, PASSED_OVER_NS, SECOND, SHUNNED_NS
from racer.play.review.debts import Debt, Debts, Owed, debt_of
from racer.play.review.evidence import Misruling
from racer.play.room.facts import Facts
from racer.play.room.messages import LapTime, Lie, LobbyOpened, ResultRow, Results, Witnessed
from racer.play.room.polls import disqualification_due
from racer.play.room.referee import close_ns, idle_ns, shown_ns
from tests.play.rooms import ADA, BEN, CLEO, GREEN_NS, Log, operation, racing

LENGTH_M = 400.0
NOW = GREEN_NS + 30 * SECOND
RACE = bytes(8)


def owed(log: Log, facts: Facts, race_ns: int, length_m: float | None = LENGTH_M) -> Debt | None:
    due = disqualification_due(log.room.race, facts, race_ns)
    liar = None if due is None else due.node
    return debt_of(log.room, facts, liar, lambda _: length_m, race_ns)


def raced(log: Log, *drivers: NodeId) -> Facts:
    """Return facts by which some have driven all laps of a race."""
    race = log.room.race
    assert race is not None
    facts = Facts()
    facts.follow(race)
    for node in drivers:
        for lap in range(1, race.setup.laps + 1):
            fact = LapTime(log.race_id, lap, 20_000 * lap, 20_000)
            facts.add(operation(node, lap, fact, NOW // 1000))
    return facts


# --- what is owed -------------------------------------------------------------------------------


def test_results_are_due_from_when_the_race_has_closed_by_what_was_driven() -> None:
    log = racing(ADA, BEN)
    facts, race = raced(log, ADA), log.room.race
    assert race is not None
    closes_ns = close_ns(race, facts, LENGTH_M)
    assert closes_ns is not None
    assert owed(log, facts, closes_ns - 1) is None
    assert owed(log, facts, closes_ns) == Debt(Owed.RESULTS, log.race_id)
    assert owed(log, facts, closes_ns, None) is None, "without the circuit nobody can say"


def test_where_nobody_finishes_they_are_due_when_nobody_races_any_more() -> None:
    log = racing(ADA, BEN)
    facts, race = raced(log), log.room.race
    assert race is not None
    over_ns = idle_ns(race, facts, LENGTH_M)
    assert owed(log, facts, over_ns - 1) is None
    assert owed(log, facts, over_ns) == Debt(Owed.RESULTS, log.race_id)


def test_behind_the_results_the_next_lobby_is_due_and_in_it_nothing() -> None:
    log = racing(ADA, BEN)
    facts, race_id = raced(log, ADA, BEN), log.race_id
    rows = tuple(ResultRow(node, k, 1, 20_000, 20_000) for k, node in ((1, ADA), (2, BEN)))
    log.append(Results(race_id, rows, NOW // 1000))
    race = log.room.race
    assert race is not None
    due_ns = NOW + shown_ns(race)
    assert owed(log, facts, due_ns) is None
    assert owed(log, facts, due_ns + 1) == Debt(Owed.LOBBY, race_id)
    log.append(LobbyOpened())
    assert owed(log, facts, due_ns + SECOND) is None


def test_whom_most_saw_lie_is_due_to_be_put_out_before_all_else() -> None:
    log = racing(ADA, BEN, CLEO)
    facts = raced(log)
    for node in (ADA, BEN):
        facts.add(operation(node, 9, Witnessed(log.race_id, CLEO, Lie.LAP), NOW // 1000))
    assert owed(log, facts, NOW) == Debt(Owed.DISQUALIFICATION, log.race_id, CLEO)


# --- how long all wait for it -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "patience_ns"),
    [
        (Owed.DISQUALIFICATION, PASSED_OVER_NS),
        (Owed.RESULTS, OWED_NS),
        (Owed.LOBBY, OWED_NS),
    ],
)
def test_who_does_not_decree_what_is_due_leads_nobody_for_a_while_and_is_tried_again(
    what: Owed, patience_ns: int
) -> None:
    debts, debt = Debts(), Debt(what, RACE)
    assert debts.debtor(debt, BEN, NOW) is None
    late_ns = NOW + patience_ns
    assert debts.debtor(debt, BEN, late_ns - 1) is None
    assert debts.debtor(debt, BEN, late_ns) == BEN
    assert debts.debtor(debt, None, late_ns + 1) == BEN, "while nobody leads"
    assert debts.take_found() == [(BEN, Misruling.WITHHELD)], "once"
    again_ns = late_ns + SHUNNED_NS
    assert debts.debtor(debt, None, again_ns - 1) == BEN
    assert debts.debtor(debt, None, again_ns) is None
    assert debts.debtor(debt, BEN, again_ns + 1) is None
    assert debts.debtor(debt, BEN, again_ns + patience_ns) is None
    assert debts.debtor(debt, BEN, again_ns + 1 + patience_ns) == BEN
    assert debts.take_found() == [(BEN, Misruling.WITHHELD)]


def test_what_is_decreed_is_owed_no_more_and_who_takes_over_has_its_time() -> None:
    debts, debt = Debts(), Debt(Owed.RESULTS, RACE)
    debts.debtor(debt, BEN, NOW)
    late_ns = NOW + OWED_NS
    assert debts.debtor(debt, CLEO, late_ns) is None
    assert debts.debtor(debt, CLEO, late_ns + OWED_NS) == CLEO
    assert debts.debtor(None, CLEO, late_ns + OWED_NS) is None
    assert debts.debtor(Debt(Owed.LOBBY, RACE), CLEO, late_ns + OWED_NS) is None
    assert debts.debtor(None, None, late_ns + OWED_NS) is None
