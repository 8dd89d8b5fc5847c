"""The land of one circuit as it is being laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import mixed
from racer.app.window.world.land.character import Country

if TYPE_CHECKING:
    from racer.app.window.base.lettering import Colour
    from racer.app.window.base.palette import Land
    from racer.app.window.world.land.character import Character
    from racer.app.window.world.land.plots import Plots
    from racer.app.window.world.land.relief import Relief
    from racer.app.window.world.land.sun import Sun
    from racer.core.circuits.track import Track

WATER: Final[Colour] = (58, 108, 130)
PEAT: Final[Colour] = (66, 84, 78)


@dataclass(frozen=True, slots=True)
class Site:
    """What all that is placed asks for."""

    track: Track
    land: Land
    character: Character
    sun: Sun
    plots: Plots
    relief: Relief | None = None

    def grows(self, x: float, y: float, radius: float) -> bool:
        """Whether there is room for a tree, on ground that feeds one."""
        if not self.plots.free(x, y, radius):
            return False
        return self.relief is None or not self.relief.is_bare(x, y)

    @property
    def water(self) -> Colour:
        """What still water looks like here."""
        if self.land.water is not None:
            return self.land.water
        return mixed(WATER, PEAT, 0.6 if self.character.country is Country.MARSH else 0.15)
