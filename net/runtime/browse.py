"""Looks which races are nearby, without taking part in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, assert_never, final

from net.discovery.beacon import BEACON_PORT
from net.discovery.sightings import RaceNearby
from net.ids import Address
from net.limits import NEVER, SECOND
from net.runtime.clock import now_ns
from net.runtime.discovery import Discovery
from net.runtime.host_lookup import look_up
from net.runtime.mdns_news import Deaf, Gone, Illegible, News, RaceList, Seen
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Inquiry, Unreached

ANSWER_NS: Final = 3 * SECOND  # who was asked has answered by then
NAMED_MAX: Final = 8
ASKED_SHOWN_NS: Final = 20 * SECOND  # so long it is told how it went


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
        self._asked: set[str] = set()  # hosts that a person named last, in digits
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
        self._at_ports = any(port for _, port in peers)
        look_up(peers, self._on_found, self._on_unknown)

    def asking(self) -> str:
        """Return how it goes with whom a person named last: a line, empty where all is well."""
        waited_ns = now_ns() - self._asked_ns
        if waited_ns > ASKED_SHOWN_NS or self._list.hears(self._asked):
            return ""
        hosts = ", ".join(sorted(self._asked))
        if self._unknown or waited_ns < ANSWER_NS:
            return self._unknown or f"asking {hosts or 'for its address'} …"
        words = f"{hosts} does not answer: is a race open there, and UDP {BEACON_PORT} let in?"
        # A race's own port answers nobody who does not know its name.
        return f"{words} Who opens a race of its name joins it." if self._at_ports else words

    def _on_found(self, address: Address) -> None:
        self._unknown = ""  # it may have taken long
        self._asked.add(address[0])
        self._discovery.ask(address[0])

    def _on_unknown(self, text: str) -> None:
        self._unknown = text

    def unreached(self, race: RaceNearby) -> Unreached | None:
        """Return why nobody who advertises a race is reached; None: one is, or it is not known."""
        found = [self._inquiry.why(node) for node in race.nodes]
        known = [each for each in found if each is not None]
        return min(known, key=_first_to_tell) if len(known) == len(found) else None

    def is_open(self) -> bool:
        """Whether more may come soon: of whom a person named last, or why a race is unreached."""
        is_asking = now_ns() - self._asked_ns < ANSWER_NS and bool(self.asking())
        return is_asking or self._inquiry.is_open()

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
                self._trouble = None
            case Gone(instance=instance):
                self._list.on_gone(instance)
            case Illegible(address=address):
                self._inquiry.note_illegible(address)
            case Deaf(why=why):
                self._trouble = why
            case _:
                assert_never(news)


def _first_to_tell(found: Unreached) -> int:
    return list(WhyUnreached).index(found.why)
