"""Some lie together, or to one alone, or once they have come back: the others race on."""

from __future__ import annotations

import pytest

from tests.lies.liars_in_company import TO_ONE, laps_and_slander
from tests.lies.liars_in_races import LAPS, SECOND, race_with
from tests.lies.lies_of_drivers import DRIVERS
from tests.lies.verdicts import fault_of

pytestmark = pytest.mark.sim


@pytest.mark.long
def test_two_of_seven_that_lie_and_slander_one_are_out_and_it_is_not() -> None:
    raced = race_with(laps_and_slander, 7, lies=(1, 2))
    assert fault_of(raced) == ""
    honest = {machine.identity.node_id for machine in raced.honest}
    for machine in raced.honest:
        rows = raced.results[machine.number].table
        assert {row.node for row in rows} == honest
        assert all(row.laps == LAPS for row in rows)


def test_who_shows_its_car_elsewhere_to_one_alone_spoils_nothing_for_all() -> None:
    raced = race_with(TO_ONE["teleports for one"], 4, lies=1)
    assert fault_of(raced, proved=False) == ""
    seen = {number for number, told in raced.disbelieved.items() if told}
    assert len(seen) == 1, "to whom it lies sees it, and one puts nobody out"
    assert all(row.laps == LAPS for row in raced.results[raced.honest[0].number].table)


def test_who_lies_after_it_has_come_back_is_out_as_soon() -> None:
    raced = race_with(DRIVERS["shortened laps"], 4, lies=1, away_ns=2 * SECOND)
    assert fault_of(raced) == ""
    assert raced.liar.starts == 2
