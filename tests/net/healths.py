"""Loops that keep time, or run so late as a test says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class FixedHealth:
    score: float = 0.0
    timeout_scale: float = 1.0
    is_overloaded: bool = False


ON_TIME: Final = FixedHealth()
