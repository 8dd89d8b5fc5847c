"""What must hold of leases at every tick of a race, here: else this node would drive into others.

Leases are decreed, so all go by the same ones; a node that is wrong about them tells states of a
car that is not its to drive, and if it coordinates, it decrees the next lease by a wrong number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net import InvariantError, NodeId

if TYPE_CHECKING:
    from racer.play.cars.local_race import LocalRace
    from racer.play.room.room import Race


@final
class LeaseGuard:
    """Holds that the lease numbers of a race only grow, and that no car has two drivers here."""

    def __init__(self, me: NodeId) -> None:
        self._me = me
        self._race: Race | None = None  # whose leases were seen: each lineage has one of its own
        self._leases: dict[int, int] = {}  # newest number of each car

    def check(self, local_race: LocalRace, *, settled: bool) -> None:
        """Look at all cars of a race, before a state of any is told.

        Args:
            settled: our cars were chosen by the leases as they stand, at this tick.

        Raises:
            InvariantError: a lease number fell, or we drive what we must not.
        """
        self._check_numbers(local_race.race)
        self._check_own(local_race)
        if settled:
            self._check_leased(local_race)

    def _check_numbers(self, race: Race) -> None:
        if race is not self._race:
            self._race, self._leases = race, {}
        for car in race.leases:
            before, lease = self._leases.get(car, 0), race.lease_of(car)
            if lease < before:
                raise InvariantError(f"car {car} would go by lease {lease} after lease {before}")
            self._leases[car] = lease

    def _check_own(self, local_race: LocalRace) -> None:
        own = local_race.number
        if own in local_race.leased_cars:
            raise InvariantError(f"car {own} would have two drivers on this node")
        if local_race.own_car is not None and not local_race.drives_own:
            raise InvariantError(f"car {own} would be driven here, and is another's to drive")

    def _check_leased(self, local_race: LocalRace) -> None:
        race = local_race.race
        for car, leased_car in local_race.leased_cars.items():
            if race.driver_of(car) != self._me or leased_car.lease != race.lease_of(car):
                lease = leased_car.lease
                raise InvariantError(f"car {car} would be driven here by lease {lease}, now over")
