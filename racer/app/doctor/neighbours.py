"""Who else races on the network: who is heard, by which way, who answers, who goes with us."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import Final, final

from net import Address, address_text
from net.discovery.sightings import Sighting
from net.runtime.clock import now_ns
from net.runtime.discovery import Discovery
from net.runtime.mdns_news import Deaf, Gone, News, Seen
from net.runtime.reaching.reachability import Reachability, who_answers
from racer.app.doctor.finding import Finding, Grade
from racer.play.show.incompatibility import OURS, why_apart

LISTEN_S: Final = 6.0  # longer than a quiet node waits between two beacons
ANSWER_S: Final = 1.5


@final
@dataclass(frozen=True, slots=True)
class HeardNode:
    """A node that was heard: its newest advert, and by which ways it came."""

    sighting: Sighting
    ways: tuple[str, ...]


@final
class Listener:
    """Gathers what is heard. Its methods are called in other threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[str, Sighting] = {}

    def on_news(self, news: News) -> None:
        """Note who is there; why a way is deaf, the ports tell."""
        with self._lock:
            match news:
                case Seen(instance=instance, sighting=sighting):
                    self._seen[instance] = sighting
                case Gone(instance=instance):
                    self._seen.pop(instance, None)
                case Deaf():
                    pass

    def heard(self) -> list[HeardNode]:
        """Return who is there, sorted by race and node."""
        with self._lock:
            ways: dict[bytes, set[str]] = {}
            newest: dict[bytes, Sighting] = {}
            for instance, sighting in self._seen.items():
                way = "broadcast" if ".beacon." in instance else "multicast"
                ways.setdefault(sighting.node, set()).add(way)
                newest[sighting.node] = sighting
        nodes = sorted(newest, key=lambda node: (newest[node].race, node))
        return [HeardNode(newest[node], tuple(sorted(ways[node]))) for node in nodes]


def examine_neighbours(chosen: str | None) -> list[Finding]:
    """Listen for a few seconds, then ask who was heard whether they hear us."""
    listener = Listener()
    discovery = Discovery(chosen, listener.on_news, now_ns)
    time.sleep(LISTEN_S)
    discovery.close()
    heard = listener.heard()
    if not heard:
        found = f"nobody was heard in {LISTEN_S:.0f} s"
        remedy = "open a race there; if it is open, type its code here (A in the menu, or --peer)"
        return [Finding("racers nearby", Grade.DOUBT, found, remedy)]
    calls = [
        Reachability(address, one.sighting.tag)
        for one in heard
        for address in one.sighting.addresses
    ]
    answers = who_answers(calls, ANSWER_S)
    return [
        _judge_neighbour(one, [each for each in one.sighting.addresses if each in answers])
        for one in heard
    ]


def _judge_neighbour(heard: HeardNode, answering: list[Address]) -> Finding:
    sighting, ways = heard.sighting, " and ".join(heard.ways)
    where = " or ".join(map(address_text, answering or sighting.addresses))
    title = f"a racer in {sighting.race!r}"
    if not answering:
        found = f"heard by {ways}, but does not answer at {where}: a firewall there or here,"
        found += " or an access point that keeps its stations apart"
        return Finding(title, Grade.DOUBT, found, "let UDP in on both, or use a cable or a hotspot")
    if sighting.versions.common(OURS) is None:
        found = f"heard by {ways}, answers at {where}; {why_apart('it', sighting.versions, OURS)}"
        return Finding(title, Grade.DOUBT, found, "bring both to one version")
    return Finding(title, Grade.FINE, f"heard by {ways}, answers at {where}")
