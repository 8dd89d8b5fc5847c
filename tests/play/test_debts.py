"""What who coordinates owes the room by its clock and facts, and how long all wait for it."""

from __future__ import annotations

import pytest

from net import NodeId
from racer.play.limits import (
    DEBTORS_MAX,
    DUES_LOOK_NS,
    OWED_NS,
    PASSED_OVER_NS,
    SECOND,
    SHUNNED_NS,
)
from racer.play.review.debts import Debt, Debts, Owed
from racer.play.review.dues import debt_of
from racer.play.room.facts import Facts
from racer.play.room.messages import LapTime, Lie, LobbyOpened, ResultRow, Results, Witnessed
from racer.play.room.referee import close_ns, idle_ns, shown_ns
from tests.play.rooms import ADA, BEN, CLEO, GREEN_NS, Log, operation, racing

LENGTH_M = 400.0
NOW = GREEN_NS + 30 * SECOND
RACE = bytes(8)


def owed(log: Log, facts: Facts, race_ns: int, length_m: float | None = LENGTH_M) -> Debt | None:
    return debt_of(log.room, facts, lambda _: length_m, race_ns)


def raced(log: Log, *drivers: NodeId) -> Facts:
    """Return facts by which some have driven all laps of a race."""
    race = log.room.race
    assert race is not None
    facts = Facts()
    facts.cars.follow(race)
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


class Wait:
    """One node that looks for what is due, as often as nodes do."""

    def __init__(self) -> None:
        self.debts = Debts()
        self.now_ns = NOW
        self.shunned: frozenset[NodeId] = frozenset()

    def look(
        self,
        seconds: float,
        by: NodeId | None,
        *due: Debt,
        step_ns: int = DUES_LOOK_NS,
        blind: bool = False,
    ) -> frozenset[NodeId]:
        """Look for so long, and say who is shunned at the end of it."""
        for _ in range(round(seconds * SECOND / step_ns)):
            self.now_ns += step_ns
            self.shunned = self.debts.debtors(None if blind else due, by, self.now_ns)
        return self.shunned


@pytest.mark.parametrize("what", list(Owed))
def test_who_does_not_decree_what_is_due_leads_nobody_for_a_while_and_is_tried_again(
    what: Owed,
) -> None:
    wait, debt = Wait(), Debt(what, RACE)
    patience = (PASSED_OVER_NS if what is Owed.DISQUALIFICATION else OWED_NS) / SECOND
    look = DUES_LOOK_NS / SECOND
    assert not wait.look(patience, BEN, debt)
    assert wait.look(look, BEN, debt) == {BEN}
    assert wait.debts.take_found() == [(BEN, what.misruling)], "once"
    shunned = SHUNNED_NS / SECOND
    assert wait.look(shunned - look, None, debt) == {BEN}, "while nobody leads"
    assert not wait.look(look, None, debt)
    assert not wait.look(patience, BEN, debt)
    assert wait.look(look, BEN, debt) == {BEN}
    assert wait.debts.take_found() == [(BEN, what.misruling)]


def test_what_is_decreed_is_owed_no_more_and_who_takes_over_has_its_time() -> None:
    wait, debt = Wait(), Debt(Owed.RESULTS, RACE)
    whole = OWED_NS / SECOND
    wait.look(whole, BEN, debt)
    assert not wait.look(whole, CLEO, debt)
    assert wait.look(1, CLEO, debt) == {CLEO}
    assert not Wait().look(whole, CLEO, debt)
    wait = Wait()
    wait.look(whole, CLEO, debt)
    wait.look(1, CLEO)
    assert not wait.look(whole, CLEO, debt), "it was decreed"
    assert not wait.look(whole, CLEO, Debt(Owed.LOBBY, RACE)), "and this is another"


def test_what_another_decreed_is_owed_by_nobody_who_led_before() -> None:
    wait, debt = Wait(), Debt(Owed.START, RACE)
    wait.look(OWED_NS / SECOND, BEN, debt)
    wait.look(1, CLEO)
    assert not wait.look(2, BEN, debt), "the next race is another"


def test_who_steps_down_before_its_time_is_over_goes_on_where_it_was() -> None:
    wait, debt = Wait(), Debt(Owed.START, RACE)
    assert not wait.look(OWED_NS / SECOND - 2, BEN, debt)
    assert not wait.look(60, None, debt), "nobody leads, so nobody owes anything"
    assert not wait.look(1, CLEO, debt)
    assert wait.look(3, BEN, debt) == {BEN}


def test_what_we_cannot_say_counts_for_nothing_nor_does_a_pause_of_ours() -> None:
    wait, debt = Wait(), Debt(Owed.CANISTER, RACE)
    assert not wait.look(60, BEN, debt, blind=True)
    assert not wait.look(OWED_NS / SECOND - 2, BEN, debt)
    assert not wait.look(60, BEN, debt, blind=True)
    assert not wait.look(60, BEN, debt, step_ns=60 * SECOND), "one look after a minute"
    assert wait.look(3, BEN, debt) == {BEN}


def test_of_who_led_no_more_is_kept_than_of_some() -> None:
    wait, debt = Wait(), Debt(Owed.START, RACE)
    wait.look(OWED_NS / SECOND - 1, BEN, debt)
    for k in range(DEBTORS_MAX):
        wait.look(1, bytes([100 + k]) * 16, debt)
    assert not wait.look(3, BEN, debt), "it was forgotten"


def test_who_leads_no_more_is_heard_again_as_soon_as_another_leads() -> None:
    wait, debt = Wait(), Debt(Owed.DISQUALIFICATION, RACE)
    assert wait.look(PASSED_OVER_NS / SECOND + 1, BEN, debt) == {BEN}
    assert wait.look(1, None, debt) == {BEN}
    assert not wait.look(1, CLEO, debt)
    assert wait.look(PASSED_OVER_NS / SECOND + 1, CLEO, debt) == {CLEO}
