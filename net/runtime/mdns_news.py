"""What multicast DNS is told, and what it tells. Apart from `mdns`, which is slow to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias, final

from net.counters import Counters, loss
from net.discovery.advert import Advert
from net.discovery.sightings import Sighting


@dataclass(slots=True)
class DiscoveryCounters(Counters):
    """What came to nothing: what is seen is a hint, so it costs no more than time."""

    part: ClassVar[str] = "discovery"
    malformed: int = loss()  # adverts that are none of ours
    failures: int = loss()  # what multicast DNS could not do; the first is told as trouble


@final
@dataclass(frozen=True, slots=True)
class Announcement:
    """What we tell: our instance's name (unique), our port, our advert."""

    instance: str
    port: int
    advert: Advert


@final
@dataclass(frozen=True, slots=True)
class Seen:
    """An instance is there, or still there."""

    instance: str
    sighting: Sighting


@final
@dataclass(frozen=True, slots=True)
class Gone:
    """An instance said goodbye, or answers no more."""

    instance: str


@final
@dataclass(frozen=True, slots=True)
class Deaf:
    """Multicast DNS does not work now; it is tried again."""

    why: str


News: TypeAlias = Seen | Gone | Deaf
