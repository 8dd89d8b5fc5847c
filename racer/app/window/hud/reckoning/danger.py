"""In an elimination: who goes out next, by how they run now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from racer.core.rules.modes import Mode

if TYPE_CHECKING:
    from racer.play.view import RaceView


@dataclass(frozen=True, slots=True)
class Danger:
    """What an elimination is about to do."""

    numbers: frozenset[int]  # of the cars that would go out if they came to the line like this
    mine: bool
    words: str


def danger_of(view: RaceView) -> Danger | None:
    """Return who is in danger; None where nobody is."""
    if view.setup.mode is not Mode.ELIMINATION:
        return None
    out = {row.number for row in view.results if row.out_lap is not None}
    staying = sorted(
        (car for car in view.cars if car.number not in out),
        key=lambda car: (car.place, car.number),
    )
    if len(staying) < 2:
        return None
    last = staying[-1]
    left = f"{len(staying)} of {len(view.cars)} still in"
    words = f"YOU GO OUT NEXT · {left}" if last.mine else left
    return Danger(frozenset({last.number}), last.mine, words)
