"""One tick of a car with a bot at its wheel, in a race on the network and in a heat alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from racer.core.drivers.driver import Driver
    from racer.core.own_car import OwnCar, OwnCarEvent
    from racer.core.physics.car import CarState, Controls

COOLED_THROTTLE: Final = 0.35  # of who rolls on after the end


def drive_bot(
    own_car: OwnCar,
    driver: Driver,
    solid: Mapping[int, CarState],
    everyone: Sequence[CarState],
    cans: Collection[int],
    cap: float = 1.0,
) -> list[OwnCarEvent]:
    """Let a bot decide, put its car back if it is stuck, and drive one tick.

    Args:
        own_car: is also one whose race is over: it rolls on gently.
        driver: at its wheel.
        solid: the cars that it may touch, by number, as foreseen at the end of the tick.
        everyone: all other cars: it is put back beside them, also beside ghosts.
        cans: numbers of the pick-ups that are there.
        cap: the share of its own speed that it may drive at.
    """
    frame, others = own_car.frame, list(solid.values())
    controls = driver.decide(frame.car, frame.progress, others, own_car.tick, cap, cans)
    if own_car.finished:
        controls = _cooled(controls)
    if own_car.is_stuck:
        own_car.rescue(everyone)
    return own_car.step(controls, others, tuple(solid))


def _cooled(controls: Controls) -> Controls:
    """Return gentle controls, for a car whose race is over."""
    return replace(controls, throttle=min(controls.throttle, COOLED_THROTTLE), boost=False)
