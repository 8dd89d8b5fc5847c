"""Looks which races are nearby, without taking part in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never, final

from net.discovery.beacon import BEACON_PORT
from net.discovery.sightings import RaceNearby
from net.ids import Address
from net.limits import NEVER, SECOND
from net.runtime.clock import now_ns
from net.runtime.discovery import Discovery
from net.runtime.host_lookup import look_up
from net.runtime.mdns_news import Deaf, Gone, GuestSeen, Illegible, News, RaceList, Seen
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Inquiry, Unreached

ANSWER_NS: Final = 5 * SECOND  # who was asked has answered by then, or it is known why not
NAMED_MAX: Final = 8
NAMED_BYTES: Final = 1024  # may be spent to find out about one place that a person names
ASKED_SHOWN_NS: Final = 20 * SECOND  # so long it is told how it went

_NO_ROOM: Final = bytes(8)  # what nobody's tag is: only errors come back


@final
@dataclass(frozen=True, slots=True)
class NamedHosts:
    """How it goes with the hosts that a person named last, of which none is heard yet.

    Args:
        hosts: in digits, sorted; none: their addresses are looked up.
        unknown: why one of them is no host, for a person; empty: all are.
        is_waiting: whether an answer may come yet.
        at_ports: whether ports of races were named too: such a port answers nobody who does not
            know the race's name.
        found: why their ports do not answer, as far as it is known; the beacon's too.
    """

    hosts: tuple[str, ...]
    unknown: str
    is_waiting: bool
    at_ports: bool
    found: tuple[Unreached, ...]


@final
class Browser:
    """Browses in a thread of its own until it is closed. Any thread may call it.

    The first answers come within a few hundredths of a second, where somebody answers.
    """

    def __init__(self, interface: str | None = None, hosts: Sequence[str] = ()) -> None:
        """Begin.

        Args:
            interface: the address of the only one to use; None: all of a LAN.
            hosts: machines to ask by themselves too.
        """
        self._list = RaceList()
        self._inquiry = Inquiry(now_ns)
        self._trouble: str | None = None
        self.named: tuple[Address, ...] = ()  # whom a person has asked for, the last of them
        self._asked: set[Address] = set()  # places that a person named last, in digits, by port
        self._found: dict[Address, Unreached] = {}  # why these do not answer
        self._asked_ns = NEVER
        self._unknown = ""  # why that is no host
        self._at_ports = False  # ports of races were named, too
        self._discovery = Discovery(interface, self._on_news, now_ns, None, hosts)

    def races(self) -> tuple[RaceNearby, ...]:
        """Return the races nearby, sorted by name; what they say of themselves is not proved."""
        return self._list.races(now_ns())

    @property
    def trouble(self) -> str | None:
        """Why nothing may be seen: one line for a person, None while discovery works."""
        return self._trouble

    def ask(self, *peers: Address) -> None:
        """Look for races at hosts that a person names, on whatever network; they may be names."""
        self.named = tuple(dict.fromkeys((*self.named, *peers)))[-NAMED_MAX:]
        self._asked, self._asked_ns, self._unknown = set(), now_ns(), ""
        self._found = {}
        self._at_ports = any(port for _, port in peers)
        look_up(peers, self._on_found, self._on_unknown)

    def asking(self) -> NamedHosts | None:
        """Return how it goes with whom a person named last; None: well, or it was told long."""
        waited_ns, places = now_ns() - self._asked_ns, sorted(self._asked)
        hosts = tuple(sorted({host for host, _ in places}))
        if waited_ns > ASKED_SHOWN_NS or self._list.hears(hosts):
            return None
        self._take_reasons(places)
        found = tuple(self._found[at] for at in places if at in self._found)
        is_known = bool(places) and len(found) == len(places)
        is_waiting = waited_ns < ANSWER_NS and not is_known
        return NamedHosts(hosts, self._unknown, is_waiting, self._at_ports, found)

    def _take_reasons(self, places: Sequence[Address]) -> None:
        """Keep why places do not answer: the inquiry forgets it sooner."""
        illegible = {
            each.address[0]: each
            for each in self._inquiry.found()
            if each.why is WhyUnreached.ILLEGIBLE and each.address is not None
        }
        for at in places:
            why = illegible.get(at[0]) or self._inquiry.why(at)
            if why is not None:
                self._found[at] = why

    def _on_found(self, address: Address) -> None:
        self._unknown = ""  # it may have taken long
        host, port = address
        self._discovery.ask(host)
        for at in dict.fromkeys(((host, BEACON_PORT), (host, port or BEACON_PORT))):
            self._asked = {*self._asked, at}  # other threads may be reading what it was
            self._inquiry.note(at, _NO_ROOM, (at,), NAMED_BYTES)

    def _on_unknown(self, text: str) -> None:
        self._unknown = text

    def unreached(self, race: RaceNearby) -> Unreached | None:
        """Return why nobody who advertises a race is reached; None: one is, or it is not known."""
        found = [self._inquiry.why(node) for node in race.nodes]
        known = [each for each in found if each is not None]
        return min(known, key=_first_to_tell) if len(known) == len(found) else None

    def is_open(self) -> bool:
        """Whether more may come soon: of whom a person named last, or why a race is unreached."""
        asked = self.asking()
        return (asked is not None and asked.is_waiting) or self._inquiry.is_open()

    def illegible(self) -> Unreached | None:
        """Return somebody whose advert cannot be read; such are in no list of races."""
        found = self._inquiry.found()
        return next((each for each in found if each.why is WhyUnreached.ILLEGIBLE), None)

    def close(self) -> None:
        """Stop; takes a moment."""
        self._inquiry.close()
        self._discovery.close()

    def _on_news(self, news: News) -> None:
        match news:
            case Seen(sighting=seen, size=size, elsewhere=elsewhere):
                self._list.on_seen(news)
                self._inquiry.note(seen.node, seen.tag, seen.addresses, size, elsewhere)
                for host in {host for host, _ in seen.addresses}:  # it answers there
                    for at in [at for at in self._asked if at[0] == host]:
                        self._inquiry.forget(at)
                self._trouble = None
            case Gone(instance=instance):
                self._list.on_gone(instance)
            case Illegible(address=address):
                self._inquiry.note_illegible(address)
            case Deaf(why=why):
                self._trouble = why
            case GuestSeen():
                pass  # whoever advertises no room has none
            case _:
                assert_never(news)


def _first_to_tell(found: Unreached) -> int:
    return list(WhyUnreached).index(found.why)
