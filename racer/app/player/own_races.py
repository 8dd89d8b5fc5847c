"""What races of ours are called that nobody named."""

from __future__ import annotations

from typing import Final

from net import NAME_CHARS_MAX, RACE_NAME_CHARS_MAX, clean_text

PRACTICE: Final = "race"
TRIAL: Final = "trial"


def own_race(driver: str, what: str) -> str:
    """Return the name of a driver's practice or trial."""
    name = clean_text(driver, NAME_CHARS_MAX - 2)
    return clean_text(f"{name}'s {what}", RACE_NAME_CHARS_MAX)
