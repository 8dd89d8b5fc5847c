"""One shows its car where it may be from state to state, and can never have come in all of them."""

from __future__ import annotations

import pytest

from tests.lies.liars_in_races import SECOND, Raced, race_with
from tests.lies.liars_on_the_way import LAP_MS, ON_THE_WAY, ONCE
from tests.lies.verdicts import fault_of

pytestmark = [pytest.mark.sim, pytest.mark.long]


def rows_of(raced: Raced) -> dict[str, tuple[int, int | None]]:
    return {row.name: (row.laps, row.ms) for row in raced.results[raced.honest[0].number].table}


@pytest.mark.parametrize("lie", ON_THE_WAY)
def test_nobody_wins_by_a_way_that_no_car_goes(lie: str) -> None:
    raced = race_with(ON_THE_WAY[lie], count=4, lies=1)
    assert raced.lied_ns > 3 * SECOND, "it lied"
    rows = rows_of(raced)
    honest = [rows[f"bot {number}"] for number in (0, 2, 3)]
    assert all(laps == 1 and ms is not None and ms > LAP_MS for laps, ms in honest)
    assert rows.get("bot 1", (0, None))[0] == 0, "it has no lap"
    assert fault_of(raced, proved=lie not in ONCE) == ""
