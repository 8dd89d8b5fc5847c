"""What of leases a room refuses, and whose word counts for whose car: one guard a test."""

from __future__ import annotations

from racer.play.room.facts import Facts
from racer.play.room.messages import Claim, LapTime, Lease, ResultRow, Results
from tests.play.rooms import ADA, BEN, CLEO, DAN, Log, operation, racing


def lease(log: Log, number: int, driver: bytes, *, car: int = 2, race: bytes | None = None) -> bool:
    """Decree a lease. Returns whether it counted."""
    return log.append(Lease(race or log.race_id, car, number, driver)) is not None


def test_leases_of_a_car_of_this_race_count_up_by_one_until_the_results() -> None:
    log = racing(ADA, BEN, CLEO)
    assert not lease(log, 2, ADA)
    assert lease(log, 1, ADA)
    assert not lease(log, 1, CLEO)
    assert not lease(log, 2, CLEO, race=b"no race!")
    assert not lease(log, 1, CLEO, car=7)
    assert log.room.race is not None
    assert log.room.race.driver_of(2) == ADA
    rows = (ResultRow(ADA, 1, 2, 60_000, 30_000),)
    assert log.append(Results(log.race_id, rows)) is not None
    assert not lease(log, 2, CLEO)
    assert log.room.race.driver_of(2) == ADA


def test_who_drove_by_one_lease_may_not_speak_by_another() -> None:
    log = racing(ADA, BEN, CLEO)
    assert lease(log, 1, ADA)
    assert lease(log, 2, CLEO)
    race = log.room.race
    assert race is not None
    spoke = {(node, n): race.may_drive(node, BEN, n) for node in (ADA, BEN, CLEO) for n in range(4)}
    assert sorted(key for key, may in spoke.items() if may) == [(ADA, 1), (BEN, 0), (CLEO, 2)]
    assert not race.may_drive(ADA, DAN, 1)


def test_laps_and_claims_count_from_the_owner_and_from_who_drives_for_it_alone() -> None:
    log = racing(ADA, BEN, CLEO)
    lease(log, 1, ADA)
    facts = Facts()
    facts.cars.follow(log.room.race)
    race = log.race_id
    for n, author in enumerate((CLEO, ADA), start=1):
        facts.add(operation(author, 1, LapTime(race, 1, 30_000 + n, 30_000 + n, BEN, 1)))
        facts.add(operation(author, 2, Claim(race, n, 0, 5_000, BEN, 1)))
    assert [each.race_ms for each in facts.cars.laps_of(race, BEN)] == [30_002]
    assert [(each.node, each.author) for each in facts.cars.claims(race)] == [(BEN, ADA)]
