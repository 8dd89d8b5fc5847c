"""A car that a node drives for its absent owner, by a lease, with the autopilot."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import final

from net import NodeId
from racer.core.drivers.driver import Driver
from racer.core.own_car import OwnCar
from racer.core.recordings.car_codec import CarFrame


@dataclass(slots=True)
class PickupLog:
    """Which appearances of pick-ups, by (pick-up, generation), a car has had: each counts once."""

    granted: set[tuple[int, int]] = field(default_factory=set)
    claimed: set[tuple[int, int]] = field(default_factory=set)


@final
@dataclass(slots=True)
class LeasedCar:
    """Begins where the replica had the car, and touches nobody for a moment."""

    number: int
    owner: NodeId
    lease: int
    term: bytes  # see `Race.term_of`
    own_car: OwnCar
    driver: Driver
    pickups: PickupLog = field(default_factory=PickupLog)

    @property
    def frame(self) -> CarFrame:
        """The car as all others get it."""
        return replace(self.own_car.frame, away=True)
