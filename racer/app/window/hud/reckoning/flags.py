"""Which flag is shown to us, and why: green, yellow, blue, chequered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from racer.app.window.world.marshals.duty import STANDS_MS, Flag
from racer.core.rules.modes import Mode
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.play.view import CarView, RaceView

GREEN_NS: Final = 3_000_000_000  # after the start
BEGUN_NS: Final = 8_000_000_000  # after which who stands is in the way: all have got away
AHEAD_M: Final = 260.0  # so far before us it is told: a stop from top speed takes 100 m
LAPPED_M: Final = 45.0  # so near behind us who laps us is told


@dataclass(frozen=True, slots=True)
class ShownFlag:
    """A flag that is shown to our car, and what it says."""

    flag: Flag
    words: str


def flag_for(view: RaceView, length_m: float) -> ShownFlag | None:
    """Return the flag that our car is shown; of several what it must act on first.

    Args:
        length_m: of a lap.
    """
    car = view.my_car
    if view.phase is not Phase.RACING or car is None or car.finished_ms is not None:
        return None
    raced_ns = 0 if view.green_ns is None else view.now_ns - view.green_ns
    if not view.setup.mode.rules.alone:
        stranded = _stranded_car(view, car, length_m) if raced_ns > BEGUN_NS else None
        if stranded is not None:
            return ShownFlag(Flag.YELLOW, f"{stranded[0].name} stands {stranded[1]:.0f} m ahead")
        passing = _passing_car(view, car, length_m)
        if passing is not None:
            return ShownFlag(Flag.BLUE, f"{passing.name} laps you: leave room")
    winner = next((each for each in view.cars if each.finished_ms is not None), None)
    if winner is not None and view.setup.mode is Mode.RACE:
        first = min((c for c in view.cars if c.finished_ms is not None), key=lambda c: c.place)
        return ShownFlag(Flag.CHEQUERED, f"{first.name} has won: you finish as you cross the line")
    return ShownFlag(Flag.GREEN, "go") if raced_ns < GREEN_NS else None


def _stranded_car(view: RaceView, car: CarView, length_m: float) -> tuple[CarView, float] | None:
    """Return the nearest car that stands on the road before us, and how far that is [m]."""
    found = [
        ((other.way_m - car.way_m) % length_m, other)
        for other in view.cars
        if other.number != car.number
        and other.speed_ms < STANDS_MS
        and not other.ghost
        and other.finished_ms is None
    ]
    near = sorted((gap, other.number) for gap, other in found if 0.0 < gap < AHEAD_M)
    if not near:
        return None
    gap_m, number = near[0]
    return next(other for _, other in found if other.number == number), gap_m


def _passing_car(view: RaceView, car: CarView, length_m: float) -> CarView | None:
    """Return a car close behind that is a lap before us."""
    here_m = _raced_m(car, length_m)
    for other in view.cars:
        if other.number == car.number or other.ghost or other.finished_ms is not None:
            continue
        laps = (_raced_m(other, length_m) - here_m) / length_m
        behind_m = (car.way_m - other.way_m) % length_m
        if laps > 0.5 and behind_m < LAPPED_M:
            return other
    return None


def _raced_m(car: CarView, length_m: float) -> float:
    return (car.lap - 1) * length_m + car.way_m
