"""Leases as this node holds them: numbers only grow, and no car has two drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net import InvariantError
from racer.play.cars.lease_guard import LeaseGuard
from racer.play.room.messages import Lease
from tests.play.field import local_race_of, tick_ns
from tests.play.rooms import ADA, BEN, CLEO, racing

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.play.cars.local_race import LocalRace

BENS = 2  # number of his car


class Garage:
    """Ada's node. She drives her own car, and by its first lease Ben's."""

    def __init__(self, track: Track, line: RacingLine) -> None:
        self.log = racing(ADA, BEN, CLEO)
        self.decree(1, ADA)
        assert self.log.room.race is not None
        self.race = self.log.room.race
        self.local_race: LocalRace = local_race_of(self.race, track, line, ADA)
        self.local_race.take_car(None, (), tick_ns(0))
        self.local_race.take_leased_car(BENS, (), tick_ns(0))
        self.guard = LeaseGuard(ADA)
        self.guard.check(self.local_race, settled=True)

    def decree(self, lease: int, driver: bytes) -> bool:
        return self.log.append(Lease(self.log.race_id, BENS, lease, driver)) is not None


@pytest.fixture
def garage(kart: Track, kart_line: RacingLine) -> Garage:
    return Garage(kart, kart_line)


def test_a_lease_that_is_forgotten_is_noticed_at_the_next_tick(garage: Garage) -> None:
    garage.decree(2, CLEO)
    garage.guard.check(garage.local_race, settled=False)
    garage.race.leases[BENS].pop()
    with pytest.raises(InvariantError, match="car 2 would go by lease 1 after lease 2"):
        garage.guard.check(garage.local_race, settled=False)


def test_in_another_lineage_leases_begin_anew(garage: Garage) -> None:
    other = racing(ADA, BEN, CLEO).room.race
    assert other is not None
    garage.local_race.leased_cars.clear()
    garage.local_race.follow(other)
    garage.guard.check(garage.local_race, settled=True)


def test_nobody_drives_a_car_by_a_lease_that_is_over(garage: Garage) -> None:
    garage.decree(2, CLEO)
    garage.guard.check(garage.local_race, settled=False)  # it has had no time yet to let go
    with pytest.raises(InvariantError, match="car 2 would be driven here by lease 1, now over"):
        garage.guard.check(garage.local_race, settled=True)
    garage.local_race.wanted_leases()
    garage.guard.check(garage.local_race, settled=True)


def test_nobody_drives_its_own_car_while_it_is_anothers(garage: Garage) -> None:
    garage.log.append(Lease(garage.log.race_id, 1, 1, CLEO))
    with pytest.raises(InvariantError, match="car 1 would be driven here"):
        garage.guard.check(garage.local_race, settled=False)
    garage.local_race.let_go()
    garage.guard.check(garage.local_race, settled=False)


def test_nobody_drives_its_own_car_twice(garage: Garage) -> None:
    garage.local_race.take_leased_car(1, (), tick_ns(0))
    with pytest.raises(InvariantError, match="car 1 would have two drivers"):
        garage.guard.check(garage.local_race, settled=False)


def test_a_room_whose_leases_are_not_those_that_were_decreed_takes_no_other(garage: Garage) -> None:
    garage.race.leases[BENS].append(CLEO)
    with pytest.raises(InvariantError, match="leases of car 2"):
        garage.decree(3, CLEO)
