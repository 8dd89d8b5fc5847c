"""Nobody ends the evening by deciding nothing."""

from __future__ import annotations

import pytest

from racer.play.limits import OWED_NS, SECOND
from tests.lies.idlers import decrees_nothing
from tests.lies.liars_in_races import race_with
from tests.lies.verdicts import fault_of

pytestmark = pytest.mark.sim


def test_a_race_whose_coordinator_decrees_nothing_has_its_results_from_another() -> None:
    raced = race_with(decrees_nothing, lies=0)
    assert fault_of(raced, proved=False) == ""
    assert all(row.laps == 1 for row in raced.results[raced.honest[0].number].table)
    told = [each for machine in raced.honest for each in raced.disbelieved[machine.number]]
    assert {each.why for _, each in told} == {"withheld"}
    assert raced.world.now_ns < min(at_ns for at_ns, _ in told) + 20 * SECOND
    assert min(at_ns for at_ns, _ in told) >= raced.lied_ns + OWED_NS // 2
