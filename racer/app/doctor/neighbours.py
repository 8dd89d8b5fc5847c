"""Who else races on the network: who is heard, by which way, who answers, who goes with us."""

from __future__ import annotations

import ipaddress
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final, Literal, assert_never, final

from net import Address, Counts, address_text
from net.discovery.sightings import Sighting
from net.runtime.clock import now_ns
from net.runtime.discovery import Discovery
from net.runtime.disk.acquaintances import Acquaintances
from net.runtime.interfaces import card_towards, list_interfaces
from net.runtime.mdns_news import Deaf, Gone, GuestSeen, Illegible, News, Seen
from net.runtime.reaching.reachability import Reachability, WhyUnreached, ask_all
from net.runtime.reaching.unreached import Unreached, judge
from net.wire.versions import Versions
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.narrow_paths import Ways, examine_ways
from racer.app.doctor.networks import name_overlaps
from racer.app.doctor.shared_addresses import find_doubled
from racer.app.unreached import Unended, guess_at, name_of, reason
from racer.play.show.incompatibility import OURS, why_apart

START_S: Final = 20.0  # at most, until we listen by all ways: hardly one where nothing else runs
LISTEN_S: Final = 6.0  # longer than a quiet node waits between two beacons
ANSWER_S: Final = 3.3  # the system knows after three that a machine is not there


@final
@dataclass(frozen=True, slots=True)
class HeardNode:
    """A node that was heard: its newest advert, and by which ways it came.

    Args:
        elsewhere: where it says that it is, on none of the networks that we use.
    """

    sighting: Sighting
    ways: tuple[str, ...]
    elsewhere: Address | None = None

    @property
    def addresses(self) -> tuple[Address, ...]:
        return self.sighting.addresses


@final
class Listener:
    """Gathers what is heard. Its methods are called in other threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[str, Seen] = {}
        self.illegible: dict[str, Address] = {}  # by host: whose advert cannot be read

    def on_news(self, news: News) -> None:
        """Note who is there; why a way is deaf, the ports tell."""
        with self._lock:
            match news:
                case Seen(instance=instance):
                    self._seen[instance] = news
                case Gone(instance=instance):
                    self._seen.pop(instance, None)
                case Illegible(address=address):
                    self.illegible[address[0]] = address
                case Deaf() | GuestSeen():
                    pass

    def heard(self) -> list[HeardNode]:
        """Return who is there, sorted by race and node."""
        with self._lock:
            found: dict[bytes, dict[str, Seen]] = {}
            for instance, seen in self._seen.items():
                way = "broadcast" if ".beacon." in instance else "multicast"
                ways = found.setdefault(seen.sighting.node, {})
                if way not in ways or seen.sighting.addresses:
                    ways[way] = seen
        nodes = [_join_ways(ways) for ways in found.values()]
        return sorted(nodes, key=lambda one: (one.sighting.race, one.sighting.node))


def _join_ways(ways: dict[str, Seen]) -> HeardNode:
    """Return a node as all ways together tell of it."""
    best = max(ways.values(), key=lambda seen: len(seen.sighting.addresses))
    elsewhere = next((seen.elsewhere for seen in ways.values() if seen.elsewhere), None)
    return HeardNode(best.sighting, tuple(sorted(ways)), elsewhere)


def examine_neighbours(
    chosen: str | None, met: Acquaintances
) -> tuple[tuple[Finding, ...], Counts]:
    """Listen for a few seconds, then ask who was heard whether they hear us.

    Args:
        met: who was met so far, who are told by name.

    Returns:
        What is found, and what was passed over as it listened.
    """
    listener = Listener()
    discovery = Discovery(chosen, listener.on_news, now_ns)
    discovery.await_start(START_S)
    time.sleep(LISTEN_S)
    discovery.close()
    heard = listener.heard()
    ours = {each.address for each in list_interfaces()}
    others = [each for each in heard if not _is_here(each, ours)]
    calls = [Reachability(at, one.sighting.tag) for one in heard for at in one.addresses]
    answers = ask_all(calls, ANSWER_S) if calls else {}
    ways = examine_ways(calls, answers)
    findings = [
        _judge_neighbour(one, answers, ways, met, is_here=one not in others) for one in heard
    ]
    if not others:
        found = f"nobody {'else ' if heard else ''}was heard in {LISTEN_S:.0f} s"
        remedy = "open a race there; if it is open, type its code here (A in the menu, or --peer)"
        findings.append(Finding("racers nearby", Grade.DOUBT, found, remedy))
    doubtful = list(_doubtful_hosts(others, answers, ways))
    findings += _tell_doubled(find_doubled(doubtful))
    if doubtful or not others:
        findings += name_overlaps()
    for host, address in sorted(listener.illegible.items()):
        why, remedy = name_reason(Unreached((host, 0), address, WhyUnreached.ILLEGIBLE))
        findings.append(Finding(host, Grade.DOUBT, why, remedy))
    return (*findings, *_compare_passphrases(heard)), discovery.counters


def _doubtful_hosts(
    others: Iterable[HeardNode], answers: Mapping[Address, Versions | WhyUnreached], ways: Ways
) -> Iterator[str]:
    """Yield where something is wrong that another machine of that address would explain."""
    named = Counter(at for one in others for at in set(one.addresses))
    for at, count in named.items():
        if count > 1 or at in ways or not isinstance(answers[at], Versions):
            yield at[0]


def _tell_doubled(doubled: Mapping[str, Iterable[str]]) -> list[Finding]:
    remedy = "give one of them another address: racer doctor says how, on each"
    return [
        Finding(
            host,
            Grade.DOUBT,
            f"two cards have this address ({' and '.join(cards)}): two machines, of which what is"
            " sent there gets to either; or one with both cards in this network",
            remedy,
        )
        for host, cards in doubled.items()
    ]


def _is_here(heard: HeardNode, ours: set[str]) -> bool:
    """Tell whether a node is one of this machine."""
    return bool(heard.addresses) and {host for host, _ in heard.addresses} <= ours


def _judge_neighbour(
    heard: HeardNode,
    answers: dict[Address, Versions | WhyUnreached],
    ways: Ways,
    met: Acquaintances,
    *,
    is_here: bool,
) -> Finding:
    sighting, heard_by = heard.sighting, f"heard by {' and '.join(heard.ways)}"
    told = {at: answers[at] for at in heard.addresses}
    title = f"a racer in {sighting.race!r}{' of this machine' if is_here else ''}"
    name = met.names().get(sighting.node)
    title += f" ({name})" if name else ""
    unreached = judge(sighting.node, told, heard.elsewhere)
    if unreached is not None:
        return _tell_unreached(title, heard_by, unreached, met)
    answering = [at for at in heard.addresses if isinstance(told[at], Versions)]
    found = f"{heard_by}, answers at {' or '.join(map(address_text, answering))}"
    if sighting.versions.common(OURS) is None:
        found += f"; {why_apart('it', sighting.versions, OURS)}"
        return Finding(title, Grade.DOUBT, found, "bring both to one version")
    if (fault := ways.name_fault(answering)) is not None:
        why, remedy = fault
        return Finding(title, Grade.DOUBT, f"{found}, but {why}", remedy)
    return Finding(title, Grade.FINE, found)


def _tell_unreached(title: str, heard: str, found: Unreached, met: Acquaintances) -> Finding:
    where = ""
    if found.address is not None:
        where = f" at {address_text(found.address)}"
        guess = "" if name_of(found, met) else guess_at(found.address[0], met)
        where += f", {guess}" if guess else ""
    why, remedy = name_reason(found)
    return Finding(title, Grade.DOUBT, f"{heard}, but {why}{where}", remedy)


def name_reason(found: Unreached) -> tuple[str, str]:
    """Return why somebody is not reached, and the remedy."""
    match found.why:
        case WhyUnreached.DIVERTED:
            return _name_diversion(found.address)
        case WhyUnreached.REFUSED:
            return "no racer listens", "start the race there, and look which port it tells"
        case WhyUnreached.ISOLATED:
            remedy = (
                "use a cable or a hotspot, or have somebody join whom both hear: that is enough"
            )
            return "the machine is gone, or an access point keeps its stations apart", remedy
        case WhyUnreached.UNREACHABLE:
            return "this machine knows no way there", name_networks()
        case WhyUnreached.LEFT_OUT:
            return "it is on a network that --interface leaves out", "start without --interface"
        case WhyUnreached.OFF_LINK:
            return "it has an address of another network", _move_here(found.address)
        case WhyUnreached.ILLEGIBLE:
            remedy = "update racer on both; if it is another program, end it there"
            return "it tells of a race what this racer cannot read", remedy
        case WhyUnreached.NO_NETWORK | WhyUnreached.UNHEARD:  # of nobody in particular
            return "nobody was heard", "open a race there"
        case (
            WhyUnreached.SILENT | WhyUnreached.HANGING | WhyUnreached.MASKED | WhyUnreached.GONE
        ) as why:
            return _name_silence(why)
        case why:
            return _name_unended(why)


def _name_silence(
    why: Literal[WhyUnreached.SILENT, WhyUnreached.HANGING, WhyUnreached.MASKED, WhyUnreached.GONE],
) -> tuple[str, str]:
    """Return why a machine that is there says nothing, and the remedy."""
    match why:
        case WhyUnreached.SILENT:
            return "does not answer", "a firewall, there or here: run racer doctor on both"
        case WhyUnreached.HANGING:
            remedy = "its racer hangs, or this machine is too busy: start it anew, or fewer"
            return "does not answer, on this very machine", remedy
        case WhyUnreached.MASKED:
            remedy = f"give both one netmask; {name_networks()}. Or a firewall: racer doctor there"
            return "does not answer; its netmask may be narrower than this machine's", remedy
        case WhyUnreached.GONE:
            return "it has gone silent", "wake it, or bring it back to this network"
        case _:
            assert_never(why)


def _name_unended(why: Unended) -> tuple[str, str]:
    """Return why no handshake ends with who answers, and the remedy: a race tells of it."""
    return f"it {reason(why)}", "run racer doctor on both"


def _name_diversion(theirs: Address | None) -> tuple[str, str]:
    """Return which card takes what is for a machine of our network, and how it gets there again.

    A VPN has rules of its own before the main routes, or finer ones among them.
    """
    cards, remedy = list_interfaces(), "have it leave the local network out, or end it"
    if theirs is None:
        return "a VPN takes what this machine sends to it", remedy
    host = ipaddress.ip_address(theirs[0])
    near = next((each for each in cards if each.has_in_network(host)), None)
    if near is not None:
        stack = "ip -6" if near.is_ipv6 else "ip"
        network = ipaddress.ip_network((near.address, near.prefix), strict=False)
        remedy += f"; for now: {stack} rule add to {network} lookup main"
        remedy += f"; {stack} route replace {host} dev {near.name}"
    taker = card_towards(theirs[0], cards)
    return f"a VPN ({taker}) takes what this machine sends to it", remedy


def name_networks() -> str:
    """Return what to do about a machine that is on no network of ours."""
    ours = ", ".join(f"{each.address}/{each.prefix}" for each in list_interfaces())
    return f"join one network with it; this machine is in {ours}"


def _move_here(theirs: Address | None) -> str:
    """Return how this machine gets an address beside another's: who is heard is on our wire."""
    cards = [each.name for each in list_interfaces() if not each.loopback]
    if theirs is None or ":" in theirs[0] or not cards:
        return name_networks()
    network, _, number = theirs[0].rpartition(".")
    free = 253 if number != "253" else 252
    return f"give this machine one of it too, as: ip addr add {network}.{free}/24 dev {cards[0]}"


def _compare_passphrases(heard: list[HeardNode]) -> list[Finding]:
    """Tell of races of one name that are not one."""
    tags: dict[str, set[bytes]] = {}
    for each in heard:
        tags.setdefault(each.sighting.race, set()).add(each.sighting.tag)
    remedy = "give all of them the same passphrase (--passphrase-file), or none"
    return [
        Finding(f"races named {race!r}", Grade.DOUBT, "one with a passphrase, one without", remedy)
        for race, its in sorted(tags.items())
        if len(its) > 1
    ]
