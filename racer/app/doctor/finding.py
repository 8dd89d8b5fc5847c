"""What an examination finds: a line each, and what to do about it; and what it passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, final

from net.counters import Counts


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
    dropped: Mapping[str, int] = field(default_factory=dict)
    """What was passed over, by reason (docs/COUNTERS.md), where the finding is about that."""

    @property
    def line(self) -> str:
        """The whole in a line for a person."""
        remedy = f" → {self.remedy}" if self.remedy else ""
        return f"{self.mark.value} {self.what}: {self.found}{remedy}"


DROPPED: Final = {
    "beacon.failures": "beacons that could not be sent or heard",
    "beacon.malformed": "datagrams at the beacon's port that are no beacons of our networks",
    "beacon.over_rate": "datagrams at the beacon's port beyond what is read of a flood",
    "discovery.failures": "what multicast DNS could not do",
    "discovery.malformed": "adverts by multicast that are no racer's, or cannot be read",
    "discovery.off_link": "addresses in adverts that are on no network of ours, or our own",
    "discovery.over_rate": "packets of multicast DNS beyond what is read of a flood",
    "doctors.crowded": "words of more doctors than are heeded",
    "doctors.far": "words of doctors on no network of ours, whom nobody named",
    "doctors.late": "answers of doctors to what was not asked, or long ago",
    "doctors.malformed": "datagrams at the doctors' port that are no doctor's",
    "doctors.over_rate": "datagrams at the doctors' port beyond what is read of a flood",
    "doctors.untried": "ports that others wanted tried, in another's name or too often",
}


def tell_dropped(counts: Counts) -> Finding:
    """Return what came, or was to go, while others were listened for, and was passed over.

    It is fine: networks are full of what is none of ours. What a person could act on is a finding
    of its own.
    """
    told = [f"{DROPPED[reason]}: {count}" for reason, count in counts.dropped.items()]
    found = "; ".join(told) or "nothing, while others were listened for"
    return Finding("refused or dropped", Grade.FINE, found, dropped=counts.dropped)
