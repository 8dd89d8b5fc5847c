"""What of a disk does not work, by kind, in words for a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import final


@final
class DiskTroubleKind(StrEnum):
    """What does not work. One of them stands at a time, and ends when the disk works again."""

    CLOSED = "closed"  # it took nothing at the start, and is not asked again
    STOPPED = "stopped"  # a write was given up: none is taken from there on
    FAILING = "failing"  # the last commit failed, and is tried again
    LIVES = "lives"  # the number of the next life could not be reserved


@final
@dataclass(frozen=True, slots=True)
class DiskTrouble:
    """What of the disk does not work now, in a line."""

    kind: DiskTroubleKind
    text: str


def forgetful(kind: DiskTroubleKind, error: OSError, where: Path) -> DiskTrouble:
    """Return that the disk takes nothing, in the system's words."""
    return DiskTrouble(kind, f"this machine will not remember: {error.strerror}: {where}")
