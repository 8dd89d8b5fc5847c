"""What those who find others are told, and what they tell. Apart from `mdns`, slow to import."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar, Final, TypeAlias, final

from net.counters import Counters, loss
from net.discovery.advert import Advert
from net.discovery.guest import GUESTS_PER_HOST, GUESTS_PER_S, Guest
from net.discovery.sightings import RaceNearby, Sighting, Sightings
from net.ids import Address
from net.limits import SECOND

FLOODED: Final = (
    "more comes from who tells of races than is read, as if somebody floods the network: races"
    " nearby may be missing; --peer finds them"
)


@dataclass(slots=True)
class DiscoveryCounters(Counters):
    """What came to nothing: what is seen is a hint, so it costs no more than time."""

    part: ClassVar[str] = "discovery"
    malformed: int = loss()  # adverts and guests that are none of ours
    off_link: int = loss()  # addresses in adverts that are on no network of ours, or our own
    over_rate: int = loss()  # packets of multicast DNS beyond what is read; told as trouble
    failures: int = loss()  # what multicast DNS could not do; the first is told as trouble


@dataclass(slots=True)
class BeaconCounters(Counters):
    """The same of the beacon."""

    part: ClassVar[str] = "beacon"
    malformed: int = loss()  # that are none of ours, or from none of our networks
    over_rate: int = loss()  # beyond what is read; told as trouble
    failures: int = loss()  # that could not be sent, and a port that could not be had


@dataclass(slots=True)
class GuestCounters(Counters):
    """What was heard of guests and not heeded."""

    part: ClassVar[str] = "guests"
    crowded: int = loss()  # more than are taken in a second, of one host or of all


@final
@dataclass(frozen=True, slots=True)
class Announcement:
    """What we tell: our instance's name (unique), our port, our advert."""

    instance: str
    port: int
    advert: Advert


@final
@dataclass(frozen=True, slots=True)
class GuestAnnouncement:
    """What we tell while we want to enter a room and may open none."""

    instance: str
    guest: Guest

    @property
    def port(self) -> int:
        return self.guest.port


Told: TypeAlias = Announcement | GuestAnnouncement


@final
@dataclass(frozen=True, slots=True)
class GuestSeen:
    """Somebody wants to enter the room that we advertise."""

    guest: Guest
    addresses: tuple[Address, ...]
    size: int  # as in `Seen`, without what we have sent for it
    elsewhere: Address | None  # as there


@final
@dataclass(frozen=True, slots=True)
class Seen:
    """An instance is there, or still there."""

    instance: str
    sighting: Sighting
    size: int  # bytes of it that came off the network since it was seen last; 0: it is known
    elsewhere: Address | None = None  # where it says it is too, on none of our networks


@final
@dataclass(frozen=True, slots=True)
class Gone:
    """An instance said goodbye, or answers no more."""

    instance: str


@final
@dataclass(frozen=True, slots=True)
class Deaf:
    """A way to find others does not work now; it is tried again."""

    why: str


@final
@dataclass(frozen=True, slots=True)
class Illegible:
    """Somebody advertises a race, in words that mean nothing here."""

    address: Address


News: TypeAlias = Seen | GuestSeen | Gone | Illegible | Deaf


@final
class RaceList:
    """Keeps what is advertised now. Any thread may call it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sightings = Sightings()

    def on_seen(self, seen: Seen) -> None:
        """Note an advert, or that it was seen again."""
        with self._lock:
            self._sightings.on_seen(seen.instance, seen.sighting, is_heard=seen.size > 0)

    def on_gone(self, instance: str) -> None:
        """Forget an advert that was taken back or answers no more."""
        with self._lock:
            self._sightings.on_gone(instance)

    def hears(self, hosts: Collection[str]) -> bool:
        """Tell whether somebody at one of these hosts advertises anything."""
        with self._lock:
            seen = self._sightings.nodes()
        return any(host in hosts for each in seen for host, _ in each.addresses)

    def races(self, now_ns: int) -> tuple[RaceNearby, ...]:
        """Return the races nearby, sorted by name; what they say of themselves is not proved."""
        with self._lock:
            self._sightings.on_tick(now_ns)
            return self._sightings.races(now_ns)


@final
class GuestPace:
    """How many guests a second are taken, in all and of one host. The rest comes again.

    Any thread may call it.
    """

    def __init__(self, now_ns: int) -> None:
        self.counters = GuestCounters()
        self._lock = Lock()
        self._since_ns = now_ns
        self._taken: dict[str, int] = {}

    def take(self, host: str, now_ns: int) -> bool:
        """Tell whether a guest of a host may be taken now; if so, it counts."""
        with self._lock:
            if now_ns - self._since_ns >= SECOND:
                self._since_ns, self._taken = now_ns, {}
            count = self._taken.get(host, 0)
            is_taken = count < GUESTS_PER_HOST and sum(self._taken.values()) < GUESTS_PER_S
            if is_taken:
                self._taken[host] = count + 1
            else:
                self.counters.crowded += 1
            return is_taken
