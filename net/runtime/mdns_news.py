"""What multicast DNS is told, and what it tells. Apart from `mdns`, which is slow to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

from net.discovery.advert import Advert
from net.discovery.sightings import Sighting


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
