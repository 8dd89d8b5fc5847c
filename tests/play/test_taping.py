"""Each race is taped while it goes on; who comes back into one goes on with its tape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from racer.core.recordings.race_tape import Tape, read_tape
from racer.play.show.taping import SaveTape
from racer.play.view import Phase
from tests.play.company import Company, phase_is, player, run, view_of
from tests.play.rooms import ADA, BEN

if TYPE_CHECKING:
    from tests.play.company import Meet


def tape_of(company: Company, node: bytes = ADA) -> Tape:
    parts = [part for part in company.seats[node].told(SaveTape) if isinstance(part, SaveTape)]
    assert len({part.race for part in parts}) == 1
    tape = read_tape(b"".join(part.data for part in parts))
    assert tape is not None
    return tape


@pytest.fixture
def company(meet: Meet) -> Company:
    company = meet({ADA: player(tapes=True), BEN: player(name="ben")})
    run(company, phase_is(company, Phase.RACING))
    return company


def test_a_race_is_taped_from_the_light_to_the_table(company: Company) -> None:
    run(company, phase_is(company, Phase.FINISHED), 90.0)
    company.tick(5)
    tape = tape_of(company)
    assert [car.name for car in tape.head.cars] == ["ada", "ben"]
    assert [car.mine for car in tape.head.cars] == [True, False]
    assert tape.table is not None
    assert [row.name for row in tape.table.rows] == [r.name for r in view_of(company).results]
    assert {event.kind for event in tape.events} >= {"lap", "finish"}
    assert all(set(moment) == {1, 2} for moment in tape.moments)
    assert max(b - a for a, b in zip(tape.times, tape.times[1:], strict=False)) < 100
    assert company.seats[BEN].told(SaveTape) == [], "only who is asked to tapes"


def test_a_tape_shows_each_car_where_it_was_seen(company: Company) -> None:
    seen = {}
    for _ in range(300):
        company.tick()
        view = view_of(company)
        green_ns = view.green_ns or 0
        seen[(view.now_ns - green_ns) // 1_000_000] = {c.number: c.pose for c in view.cars}
    tape = tape_of(company)
    for ms, poses in seen.items():
        if 500 < ms < tape.length_ms:
            for number, car in tape.at(ms).items():
                assert car.x == pytest.approx(poses[number].x, abs=1.2)
                assert car.y == pytest.approx(poses[number].y, abs=1.2)


def test_a_second_of_a_race_is_on_its_way_to_the_disk_a_second_later(company: Company) -> None:
    company.tick(150)
    assert tape_of(company).length_ms > 1000
