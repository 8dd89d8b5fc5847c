"""One lies about its car and says two things in one place too: it is out once, and all agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net import Command, Dot, Submit
from net.cluster.actions import Send
from net.node.node import Node
from net.wire.messages import Operations
from racer.play.room.messages import Said, encode
from tests.lies.liars_in_races import LAPS, Liar, Lying, race_with
from tests.lies.lies_of_drivers import future_laps

if TYPE_CHECKING:
    from net import NodeView
    from racer.play.room.room import Race

pytestmark = pytest.mark.sim


def both_lies(after: int) -> Lying:
    """Return a lie of laps to come, and so many ticks later of what was said first."""

    def lie(
        liar: Liar, race: Race, commands: list[Command], node: NodeView, now_ms: int
    ) -> list[Command]:
        lied = future_laps(liar, race, commands, node, now_ms)
        if liar.count != after + 1:
            return lied
        assert isinstance(node, Node)
        body = encode(Said("it was otherwise"))
        other = node.operations._signing.write(Dot(node.me, node.incarnation, 1), 1, (), body)
        some = next(owner for owner in race.cars.values() if owner != node.me)
        node._queue_sends([Send(some, Operations((other,)))])
        return [*lied, Submit(body)]

    return lie


def test_who_lies_and_says_two_things_is_out_once_and_the_honest_keep_their_race() -> None:
    """Both in one tick; whichever is decreed first, the other changes nothing."""
    raced = race_with(both_lies(after=0), 3, lies=1)
    liar = raced.liar.identity.node_id
    tables = [raced.results[machine.number] for machine in raced.honest]
    assert len({table.digest for table in tables}) == 1
    assert [each.node for each in tables[0].disqualified] == [liar]
    assert len({table.disqualified for table in tables}) == 1
    assert [(row.place, row.laps) for row in tables[0].table] == [(k, LAPS) for k in (1, 2)]
    assert all(row.ms is not None and row.ms > 5000 for row in tables[0].table)
    told = [told for each in raced.disbelieved.values() for _, told in each]
    assert {each.node for each in told} <= {liar}, "nobody honest is disbelieved"
