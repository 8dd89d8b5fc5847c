"""Why a race does not let us in."""

from __future__ import annotations

from enum import Enum


class ShutOut(Enum):
    """What its members have said to us."""

    PASSPHRASE = "it has another passphrase"
    REMOVED = "we were voted out"
    IDENTITY = "its members have no faith in our key, or another machine has it"
