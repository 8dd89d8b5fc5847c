"""Nobody holds, shows or passes on a lap record that nobody drove; true ones get through beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net import node_id_of
from racer.play.room.lap_record import RECORDS_MAX
from tests.lies.liars_in_races import SECOND
from tests.lies.liars_in_records import (
    FIRST_SIGNER,
    LIARS_KEY,
    Recorded,
    edited,
    in_another_car,
    made_up_signer,
    never_drove,
    of_another,
    of_no_lap,
    sooner,
    telling,
    telling_board,
)
from tests.play.laps import signer

if TYPE_CHECKING:
    from net import Command

pytestmark = [pytest.mark.sim, pytest.mark.long]

PEOPLE = 3
RACED_NS = 45 * SECOND  # both laps, and the results
DRIVERS = {signer(FIRST_SIGNER + number).key for number in range(PEOPLE)}
HONEST = DRIVERS - {signer(LIARS_KEY).key}


def false_records() -> list[Command]:
    """Tell of laps that nobody drove, of each kind, by a key of its own, and a board of all."""
    kinds = (sooner, edited, in_another_car, of_no_lap)
    told = [kind(made_up_signer(n)) for n, kind in enumerate(kinds)]
    told += [of_another("bot 1"), of_another("bot 2"), sooner(signer(LIARS_KEY), skill=0.5)]
    in_a_board = [kind(made_up_signer(n))[0] for n, kind in enumerate(kinds, start=9)]
    return [*telling(*told), *telling_board(*in_a_board)]


def test_no_board_holds_a_lap_that_nobody_drove() -> None:
    raced = Recorded(PEOPLE, false_records())
    raced.run(RACED_NS)
    assert set(raced.results) == set(range(PEOPLE))
    for number in (1, 2):
        keys = {record.key for record in raced.board(number)}
        assert signer(FIRST_SIGNER + number).key in keys <= HONEST, "the liar was caught"
        told = raced.disbelieved[number]
        assert {each.what for each in told} == {"record"}, "nobody is disbelieved in its race"
        assert node_id_of(signer(LIARS_KEY).key) in {each.node for each in told}
        assert not {each.node for each in told} & {node_id_of(key) for key in HONEST}


def made_up_boards() -> list[Command]:
    """Tell of more drivers than claims have room for, none of whom there is."""
    parts = [never_drove(RECORDS_MAX, first=1000 + n * RECORDS_MAX) for n in range(3)]
    return [command for part in parts for command in telling_board(*part)]


def test_records_that_nobody_has_keep_no_true_one_out() -> None:
    raced = Recorded(PEOPLE, made_up_boards(), races=False)
    raced.run(30 * SECOND)
    for number in (1, 2):
        assert {record.key for record in raced.board(number)} == HONEST
