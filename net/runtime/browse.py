"""Looks which races are nearby, without taking part in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never, final

from net.discovery.sightings import RaceNearby
from net.runtime.clock import now_ns
from net.runtime.discovery import Discovery
from net.runtime.mdns_news import Deaf, Gone, News, RaceList, Seen
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Inquiry, Unreached


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
        self._discovery = Discovery(interface, self._on_news, now_ns, None, hosts)

    def races(self) -> tuple[RaceNearby, ...]:
        """Return the races nearby, sorted by name; what they say of themselves is not proved."""
        return self._list.races(now_ns())

    @property
    def trouble(self) -> str | None:
        """Why nothing may be seen: one line for a person, None while discovery works."""
        return self._trouble

    def unreached(self, race: RaceNearby) -> Unreached | None:
        """Return why nobody who advertises a race is reached; None: one is, or it is not known."""
        found = [self._inquiry.why(node) for node in race.nodes]
        known = [each for each in found if each is not None]
        return min(known, key=_first_to_tell) if len(known) == len(found) else None

    def close(self) -> None:
        """Stop; takes a moment."""
        self._inquiry.close()
        self._discovery.close()

    def _on_news(self, news: News) -> None:
        match news:
            case Seen(instance=instance, sighting=seen, size=size, elsewhere=elsewhere):
                self._list.on_seen(instance, seen)
                self._inquiry.note(seen.node, seen.tag, seen.addresses, size, elsewhere)
                self._trouble = None
            case Gone(instance=instance):
                self._list.on_gone(instance)
            case Deaf(why=why):
                self._trouble = why
            case _:
                assert_never(news)


def _first_to_tell(found: Unreached) -> int:
    return list(WhyUnreached).index(found.why)
