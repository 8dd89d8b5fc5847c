"""What a race is: one value, carried whole from who chooses it to who drives it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from racer.core.rules.grid_order import GridOrder
from racer.core.rules.modes import QUALIFYING_LAPS, Mode


@dataclass(frozen=True, slots=True)
class RaceSetup:
    """Which circuit is raced on, and by which rules.

    Facts and rulings carry the fields in this order (`racer.play.room.messages`): a new one goes
    last and has a default, so that what was kept before it can be read.
    """

    track: str  # name of the circuit
    laps: int  # as chosen; in a race that is on: to drive
    content: bytes | None = None  # id of the circuit's text; None: each has its own of that name
    mode: Mode = Mode.RACE
    grid: GridOrder = GridOrder.TURN
    rubber_band: bool = False  # bots that run away from all people ease off
    sandbox: bool = False  # each may break the own node, to see what becomes of it

    @property
    def circuit(self) -> str:
        """What the circuit is found by, where circuits are looked up."""
        return circuit_key(self.track, self.content)

    def for_race(self, cars: int) -> RaceSetup:
        """Return what so many cars drive, of what was chosen."""
        return replace(self, laps=self.mode.rules.laps(self.laps, cars))

    def for_qualifying(self) -> RaceSetup:
        """Return what is driven for the grid of this race."""
        return replace(self, mode=Mode.TRIAL, laps=QUALIFYING_LAPS)


def circuit_key(track: str, content: bytes | None) -> str:
    """Return what a circuit is found by: its content, where it is told; no name looks like it."""
    return track if content is None else f"#{content.hex()}"
