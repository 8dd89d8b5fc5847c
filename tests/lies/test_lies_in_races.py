"""One lies in a race: the others say who and why, and race as if it had not."""

from __future__ import annotations

from functools import cache

import pytest

from tests.lies.liars_in_races import SECOND, Raced, race_with
from tests.lies.lies_of_coordinators import COORDINATORS
from tests.lies.lies_of_drivers import DRIVERS
from tests.lies.verdicts import fault_of

pytestmark = pytest.mark.sim

NAMED_NS = 2 * SECOND  # from the lie to the last of the honest that names its author

LED, DRIVEN = "invented results", "hits that were none"
"""One lie of who leads and one of who drives; `python -m tests.lies` tries all of them."""


def honest_table(raced: Raced) -> list[tuple[str, int, int | None]]:
    """Return what all the honest hold for official, of themselves."""
    liar = raced.liar.identity.node_id
    tables = {raced.results[machine.number].digest for machine in raced.honest}
    assert len(tables) == 1, "one race, one table"
    results = raced.results[raced.honest[0].number]
    return [(row.name, row.laps, row.ms) for row in results.table if row.node != liar]


def test_a_coordinator_that_invents_the_results_leads_nobody_any_more() -> None:
    raced = race_with(COORDINATORS[LED])
    liar = raced.liar.identity.node_id
    for machine in raced.honest:
        ((at_ns, told),) = raced.disbelieved[machine.number]
        assert (told.node, told.what, told.why) == (liar, "ruling", "unfounded")
        assert at_ns - raced.lied_ns <= NAMED_NS
        assert raced.coordinators[machine.number][-1] != liar
    assert all(laps == 1 and ms is not None and ms > 5000 for _, laps, ms in honest_table(raced))
    assert fault_of(raced) == "", "and it is out, for all"


def test_nobody_loses_its_laps_by_a_row_of_who_coordinates() -> None:
    raced = race_with(COORDINATORS["rivals out"], count=4)
    liar = raced.liar.identity.node_id
    for machine in raced.honest:
        assert {told.node for _, told in raced.disbelieved[machine.number]} == {liar}
    assert all(laps == 1 and ms is not None for _, laps, ms in honest_table(raced))


@pytest.mark.parametrize("from_ns", [SECOND // 2, 3 * SECOND])
def test_nobody_loses_its_car_just_after_the_green_light(from_ns: int) -> None:
    raced = race_with(COORDINATORS["all removed"], count=4, from_ns=from_ns)
    liar = raced.liar.identity.node_id
    for machine in raced.honest:
        assert {told.node for _, told in raced.disbelieved[machine.number]} == {liar}
        assert raced.coordinators[machine.number][-1] != liar
    assert all(laps == 1 and ms is not None for _, laps, ms in honest_table(raced))
    assert fault_of(raced) == "", "and it is out, for all"


def test_cars_that_were_not_hit_go_on_as_if_nobody_had_said_so() -> None:
    raced = race_with(DRIVERS[DRIVEN], lies=1)
    liar = raced.liar.identity.node_id
    for machine in raced.honest:
        told = [each for _, each in raced.disbelieved[machine.number]]
        assert {(each.node, each.what) for each in told} == {(liar, "hit")}
    assert all(laps == 1 for _, laps, _ in honest_table(raced))
    assert fault_of(raced) == "", "and it is out, for all"


def test_who_leads_and_lies_of_its_car_is_put_out_though_it_decrees_nothing() -> None:
    raced = race_with(COORDINATORS["laps and silence"])
    assert fault_of(raced) == ""
    ((_, seen),) = raced.removals[raced.honest[0].number]
    assert (seen.lie, seen.by) == ("lap", ("bot 1", "bot 2"))
    assert len(honest_table(raced)) == 2, "the liar has no row"


@cache
def race_without_lies() -> Raced:
    return race_with(None, count=4)


def honest_as_without_it(lie: str, *, lies: int) -> None:
    """Race four with a lie and without: all but the liar get what they would have got."""
    truth, raced = race_without_lies(), race_with(DRIVERS[lie], count=4, lies=lies)
    assert fault_of(raced) == "", "and it is out, for all"
    liar = truth.world.machines[lies].identity.node_id
    wanted = [row for row in truth.results[0].table if row.node != liar]
    assert [name for name, _, _ in honest_table(raced)] == [row.name for row in wanted]
    assert all(laps == 1 and ms is not None for _, laps, ms in honest_table(raced))


@pytest.mark.parametrize("lie", ["laps before the lights", "canisters before the lights"])
def test_what_is_told_of_a_race_before_it_begins_is_judged(lie: str) -> None:
    honest_as_without_it(lie, lies=2)


def test_a_flood_pushes_no_lie_out_of_sight() -> None:
    honest_as_without_it("lap before a flood", lies=2)
