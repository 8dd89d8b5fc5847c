"""Figures as people of a country write them: a decimal comma, miles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MILE_M: Final = 1609.344
SHOWN_MAX: Final = 999
FINE_M: Final = 10_000.0  # a shorter way is told more exactly


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
        unit_m, unit = (MILE_M, "mi") if self.miles else (1000.0, "km")
        return self.written(f"{way_m / unit_m:.{2 if way_m < FINE_M else 1}f} {unit}")
