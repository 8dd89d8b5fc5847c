"""Who is put out of a race on one side of a split stays out when all are one room again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lies.liars_in_races import SECOND, race_with
from tests.lies.lies_of_drivers import DRIVERS, teleports

if TYPE_CHECKING:
    from net import Command, NodeView
    from racer.play.room.room import Race
    from tests.lies.liars_in_races import Liar

pytestmark = [pytest.mark.sim, pytest.mark.long]

LIAR = 1


@pytest.mark.parametrize(
    ("count", "apart"),
    [(5, (0,)), (5, (0, 2)), (7, (LIAR, 3, 4))],
    ids=["by all but who led", "by two of five", "by two of seven"],
)
def test_who_was_put_out_on_one_side_is_out_for_all_behind_the_merge(
    count: int, apart: tuple[int, ...]
) -> None:
    raced = race_with(DRIVERS["teleports"], count, lies=LIAR, apart=apart)
    liar = raced.liar.identity.node_id
    told = {each.number: raced.removals[each.number] for each in raced.honest}
    assert {each.node for seen in told.values() for _, each in seen} == {liar}
    assert len({raced.results[number].digest for number in told}) == 1
    rows = raced.results[raced.honest[0].number].table
    assert {row.node for row in rows} == {each.identity.node_id for each in raced.honest}
    assert all(row.laps == 1 for row in rows), "on either side"
    first_ns = sorted(seen[0][0] for seen in told.values())
    assert first_ns[-1] - first_ns[0] > SECOND, "some were cut off while that was decided"
    assert len({frozenset(seen[-1][1].by) for seen in told.values()}) == 1, "all read by whom"


def teleports_while_apart(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, now_ms: int
) -> list[Command]:
    """Show the car here and there until shortly before the sides are one again."""
    return teleports(liar, race, commands, node, now_ms) if now_ms < 5000 else commands


def test_who_stops_lying_before_the_others_could_see_it_is_out_all_the_same() -> None:
    raced = race_with(teleports_while_apart, 7, lies=LIAR, apart=(LIAR, 3, 4))
    liar = raced.liar.identity.node_id
    for machine in raced.honest:
        _, last = raced.removals[machine.number][-1]
        assert (last.node, sorted(last.by)) == (liar, ["bot 3", "bot 4"])
        assert last.text.endswith("were, while the room was in two parts")
    assert len({raced.results[machine.number].digest for machine in raced.honest}) == 1
    rows = {row.node: row for row in raced.results[raced.honest[0].number].table}
    assert liar not in rows or rows[liar].laps == 0
