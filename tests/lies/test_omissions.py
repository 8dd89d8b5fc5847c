"""Who coordinates leaves something out that all wait for: the others say so, and have it decided.

Honest places are kept: all race to the end, and hold one table.
"""

from __future__ import annotations

import pytest

from racer.play.limits import OWED_NS
from tests.lies.liars_in_races import Raced, race_with
from tests.lies.lies_of_omission import OMISSIONS
from tests.lies.verdicts import fault_of

pytestmark = [pytest.mark.sim, pytest.mark.long]

LAPS = 3


def led_by_another(raced: Raced, why: str) -> None:
    """Hold that all the honest left the liar for this reason alone, and had what it left out."""
    assert fault_of(raced, proved=False) == ""
    liar = raced.liar.identity.node_id
    for machine in raced.honest:
        told = [each for _, each in raced.disbelieved.get(machine.number, [])]
        assert {(each.node, each.why) for each in told} == {(liar, why)}
        assert raced.coordinators[machine.number][-1] != liar
    first_ns = min(at for told in raced.disbelieved.values() for at, _ in told)
    assert first_ns >= raced.lied_ns + OWED_NS, "it has its time"
    table = raced.results[raced.honest[0].number].table
    honest = {machine.identity.node_id for machine in raced.honest}
    assert {row.node for row in table if row.laps == LAPS} >= honest


def test_a_race_that_is_never_begun_is_begun_by_another() -> None:
    raced = race_with(OMISSIONS["never starts"], laps=LAPS)
    led_by_another(raced, "not_started")


@pytest.mark.parametrize("lie", ["grants nothing", "grants nothing to one"])
def test_who_grants_no_canister_leads_no_more(lie: str) -> None:
    raced = race_with(OMISSIONS[lie], laps=LAPS)
    led_by_another(raced, "not_granted")


def test_a_car_that_is_left_without_a_driver_gets_one_from_another() -> None:
    raced = race_with(OMISSIONS["leaves cars without drivers"], count=4, laps=LAPS, dies=3)
    led_by_another(raced, "not_driven")


def test_whose_lines_get_no_place_has_them_placed_by_another() -> None:
    raced = race_with(OMISSIONS["silences one"], laps=LAPS, says=True)
    led_by_another(raced, "not_placed")
    authors = {machine.identity.node_id for machine in raced.world.machines}
    assert all(raced.placed[machine.number] == authors for machine in raced.honest)


def test_who_leads_and_leaves_nothing_out_leads_on() -> None:
    raced = race_with(None, count=4, laps=LAPS, dies=3, says=True)
    assert fault_of(raced, proved=False) == ""
    assert not raced.disbelieved
