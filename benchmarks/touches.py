"""How wrong drivers see each other's cars at the moment they touch.

Whole stages of one race, each with its own picture of the others, 33 ms apart; states are lost or
not. Every second driver sees nobody, so that there are touches to look at.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from benchmarks.figures import line as figures
from racer.app.circuits.catalog import circuit
from racer.core.drivers.line import racing_line
from racer.core.tuning import TICK_HZ
from tests.play.field import Field, Touch

if TYPE_CHECKING:
    from collections.abc import Iterator

CIRCUITS: Final = ("harbour-ring", "dockyard", "lantern-bay")
SEEDS: Final = 2
SECONDS: Final = 30
DELAY_TICKS: Final = 2  # 33 ms
LOSSES: Final = (0.0, 0.2)
SKILLS: Final = (0.4, 0.5, 0.6, 0.7, 0.85, 1.0)  # who starts last is the fastest


def touches(name: str, seed: int, loss: float) -> list[Touch]:
    """Race, and return all that touched."""
    track = circuit(name)
    nodes = [bytes([number]) * 16 for number in range(1, len(SKILLS) + 1)]
    field = Field(
        track,
        racing_line(track),
        nodes,
        delay=DELAY_TICKS,
        loss=loss,
        seed=seed,
        skills=SKILLS,
        heedless=True,
    )
    found: list[Touch] = []
    for _ in range(SECONDS * TICK_HZ):
        field.step()
        found.extend(field.touches())
    return found


def report() -> Iterator[str]:
    """Yield two lines for each share of lost states: as touches begin, and all through them."""
    for loss in LOSSES:
        races = product(CIRCUITS, range(SEEDS))
        found = [touch for name, seed in races for touch in touches(name, seed, loss)]
        begun = [100.0 * touch.error_m for touch in found if touch.begins]
        yield figures(f"a car is seen wrong as a touch begins, {loss:.0%} loss", begun, "cm")
        pushed = [100.0 * touch.error_m for touch in found]
        yield figures(f"and in each tick of pushing, {loss:.0%} loss", pushed, "cm")
