"""Figures as people of a country write them: a decimal comma, miles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MILE_M: Final = 1609.344
SHOWN_MAX: Final = 999


@dataclass(frozen=True, slots=True)
class Figures:
    """How figures are written."""

    comma: bool = False
    miles: bool = False

    def written(self, figures: str) -> str:
        """Return a text of figures with its decimal sign."""
        return figures.replace(".", ",") if self.comma else figures

    def speed(self, speed_ms: float) -> tuple[str, str]:
        """Return a speed, and its unit."""
        each, unit = (3600.0 / MILE_M, "mph") if self.miles else (3.6, "km/h")
        return str(min(SHOWN_MAX, max(0, round(min(1e6, speed_ms) * each)))), unit

    def way(self, way_m: float) -> str:
        """Return a way of some kilometres, with its unit."""
        if self.miles:
            return self.written(f"{way_m / MILE_M:.1f} mi")
        return self.written(f"{way_m / 1000.0:.1f} km")
