"""What an examination finds: a line each, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import final


class Grade(Enum):
    """How good it is; FAULT: nobody can race here with others as long as it is so, by any way."""

    FINE = "✓"
    DOUBT = "!"
    FAULT = "✗"


@final
@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    mark: Grade
    found: str
    remedy: str = ""

    @property
    def line(self) -> str:
        """The whole in a line for a person."""
        remedy = f" → {self.remedy}" if self.remedy else ""
        return f"{self.mark.value} {self.what}: {self.found}{remedy}"
