"""A car that a node drives for its absent owner, by a lease, with the autopilot."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import final

from net import NodeId
from racer.core.drivers.driver import Driver
from racer.core.physics.car import CarState
from racer.core.recordings.car_codec import CarFrame
from racer.play.cars.own_car import OwnCar, OwnCarEvent, cooled


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
    granted: set[tuple[int, int]] = field(default_factory=set)
    claimed: set[tuple[int, int]] = field(default_factory=set)

    @property
    def frame(self) -> CarFrame:
        """The car as all others get it."""
        return replace(self.own_car.frame, away=True)

    def step(self, solid: Mapping[int, CarState], cans: Collection[int] = ()) -> list[OwnCarEvent]:
        """Drive one tick.

        Args:
            solid: the cars that may be touched, by number.
            cans: numbers of the pick-ups that are there.
        """
        own_car = self.own_car
        if own_car.is_stuck:
            own_car.rescue()
        frame = own_car.frame
        others = list(solid.values())
        controls = self.driver.decide(frame.car, frame.progress, others, own_car.tick, cans=cans)
        if own_car.finished:
            controls = cooled(controls)
        return own_car.step(controls, others, tuple(solid))
