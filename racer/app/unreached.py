"""Why somebody who is heard of is not reached, in words for a person."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, assert_never

from net import address_text
from net.discovery.beacon import BEACON_PORT
from net.runtime.disk.acquaintances import Acquaintances
from net.runtime.interfaces import list_interfaces
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Unreached
from racer.app.meeting_code import typed_place
from racer.play.reports import UnreachedSeen

if TYPE_CHECKING:
    from net.runtime.browse import NamedHosts

Silent: TypeAlias = Literal[
    WhyUnreached.SILENT,
    WhyUnreached.HANGING,
    WhyUnreached.MASKED,
    WhyUnreached.DIVERTED,
    WhyUnreached.GONE,
]
"""Why nothing comes from who is near us."""

Unended: TypeAlias = Literal[
    WhyUnreached.NARROW,
    WhyUnreached.UNANSWERED,
    WhyUnreached.UNCONFIRMED,
    WhyUnreached.MUTE,
    WhyUnreached.APART,
    WhyUnreached.FULL,
    WhyUnreached.TRIED,
    WhyUnreached.BUSY,
    WhyUnreached.CROWDED,
]
"""Why one comes into no room with somebody who answers."""

NAMES_GUESSED: Final = 2  # who was at an address, of more than these the latest


def unreached_seen(race: str, found: Unreached, met: Acquaintances) -> UnreachedSeen:
    """Return the report of somebody in our race, or whom a person named.

    Args:
        met: who was met so far, in other evenings too.
    """
    address = "" if found.address is None else address_text(found.address)
    if found.name == b"":
        return UnreachedSeen(address, found.why.value, _tell_alone(found))
    if found.why is WhyUnreached.ILLEGIBLE:
        return UnreachedSeen(address, found.why.value, card_words(found, met))
    host = "" if found.address is None else found.address[0]
    named = not isinstance(found.name, bytes)
    who = _describe(found, met)
    does = f"{'wants to join' if found.is_guest else 'is in'} {race}"
    words = f"{who} {'is named' if named else does}, but {reason(found.why)}"
    if named and found.why is WhyUnreached.SILENT:
        there = f"{host}{_guess(host, met)}".rstrip(",")
        words = f"nobody answers at {there}: a firewall, or another race or passphrase there"
    if named and found.why is WhyUnreached.HANGING:
        words = (
            f"nobody answers at {host}, on this very machine: another race or passphrase there, or"
            " its racer hangs"
        )
    return UnreachedSeen(address, found.why.value, words, name_of(found, met))


def _tell_alone(found: Unreached) -> str:
    """Return why nobody at all is heard of, and what to do."""
    if found.address is None or found.why is WhyUnreached.NO_NETWORK:
        return f"nobody else can be heard: {reason(found.why)}"
    if ip_address(found.address[0].partition("%")[0]).is_loopback:
        return reason(found.why)  # that address is good on this machine only
    return f"{reason(found.why)}; they can type {typed_place(found.address)} (--peer)"


def reason(why: WhyUnreached) -> str:
    """Return why, as the rest of a sentence about somebody."""
    match why:
        case (
            WhyUnreached.SILENT
            | WhyUnreached.HANGING
            | WhyUnreached.MASKED
            | WhyUnreached.DIVERTED
            | WhyUnreached.GONE
        ):
            return _silent_reason(why)
        case WhyUnreached.REFUSED:
            return (
                "refuses: its race has just ended, a firewall says no, or another machine has its"
                " address (racer doctor)"
            )
        case WhyUnreached.ISOLATED:
            return "cannot be reached: gone, or the access point keeps stations apart"
        case WhyUnreached.UNREACHABLE:
            return "this machine knows no way there: join one network"
        case WhyUnreached.LEFT_OUT:
            return "is on a network that --interface leaves out: start without it"
        case WhyUnreached.OFF_LINK:
            return "is on another network: join one, or give --peer HOST:PORT"
        case WhyUnreached.ILLEGIBLE:
            return "tells of a race what this racer cannot read: update both, or end that program"
        case WhyUnreached.NO_NETWORK:
            return "this machine has no network: plug in a cable or join a Wi-Fi"
        case WhyUnreached.UNHEARD:
            return "nobody else is heard of on this network (racer doctor)"
        case _:
            return _unended_reason(why)


def _silent_reason(why: Silent) -> str:
    """Return why a machine that is there says nothing, as `reason` does."""
    match why:
        case WhyUnreached.SILENT:
            return "does not answer: a firewall or VPN there? (racer doctor)"
        case WhyUnreached.HANGING:
            return (
                "does not answer, on this very machine: its racer hangs or has ended, or this"
                " machine is too busy. Start it anew, or fewer of them"
            )
        case WhyUnreached.MASKED:
            return (
                "does not answer: a firewall, or its netmask is narrower than ours: give both one"
                " netmask (racer doctor)"
            )
        case WhyUnreached.DIVERTED:
            return (
                "gets nothing from here: a VPN takes what is for this network. Have it leave the"
                " local network out, or end it (racer doctor)"
            )
        case WhyUnreached.GONE:
            return "has gone silent: its machine sleeps, is off, or has left the network"
        case _:
            assert_never(why)


def _unended_reason(why: Unended) -> str:
    """Return why no handshake ends with somebody who answers, as `reason` does."""
    match why:
        case WhyUnreached.NARROW:
            return (
                "gets only what is small from here, what is large is lost: go without the tunnel,"
                " VPN or firewall on the way (racer doctor)"
            )
        case WhyUnreached.UNANSWERED:
            return (
                "greets nobody: it answers questions, and what more it says is lost on its way"
                " here, or its racer hangs. Start racer anew there, and look on both (racer doctor)"
            )
        case WhyUnreached.UNCONFIRMED:
            return (
                "does not let us in, though it answers: what is large is lost on its way, or this"
                " machine's clock was set back. Look on both (racer doctor)"
            )
        case WhyUnreached.MUTE:
            return (
                "is not heard, though it has let us in: what it says is lost on its way here."
                " Look on both (racer doctor)"
            )
        case WhyUnreached.APART:
            return (
                "no one race comes of it: what is large is lost on its way here, in a tunnel, a"
                " VPN or a firewall. Look there (racer doctor)"
            )
        case WhyUnreached.FULL:
            return "speaks with as many as it can: somebody has to leave first"
        case WhyUnreached.TRIED:
            return (
                "waits with our passphrase, for too many have answered who may have another: ours"
                " is tried there within a minute"
            )
        case WhyUnreached.BUSY:
            return "is called by more than it hears: some machine floods the network"
        case WhyUnreached.CROWDED:
            return (
                "is one of more than are called at once: some machine makes them up?"
                " (--peer HOST:PORT names one that is there)"
            )
        case _:
            assert_never(why)


def card_words(found: Unreached, met: Acquaintances) -> str:
    """Return why nobody of a listed race is reached, for its card or its line."""
    host, name = "" if found.address is None else found.address[0], name_of(found, met)
    who = _describe(found, met) if name or not host else f"{host}{_guess(host, met)}"
    return f"{who} {reason(found.why)}"


def asked_words(asked: NamedHosts | None, met: Acquaintances) -> str:
    """Return how it goes with whom a person named last; empty: well."""
    if asked is None or asked.unknown:
        return "" if asked is None else asked.unknown
    if asked.is_waiting:
        return f"asking {', '.join(asked.hosts) or 'for its address'} …"
    by_words: dict[str, list[str]] = {}
    for host in asked.hosts:
        whys = {each.why for each in asked.found if each.address and each.address[0] == host}
        words = _asked_reason(host, whys, at_port=asked.at_ports)
        by_words.setdefault(words, []).append(f"{host}{_guess(host, met)}")
    return "; ".join(f"{', '.join(hosts)} {words}" for words, hosts in by_words.items())


def _asked_reason(host: str, whys: set[WhyUnreached], *, at_port: bool) -> str:
    """Return why a host that a person named does not answer, as the rest of a sentence.

    Args:
        whys: of the beacon's port there, and of the race's that was named.
        at_port: one was.
    """
    if WhyUnreached.ILLEGIBLE in whys:
        return reason(WhyUnreached.ILLEGIBLE)
    if whys == {WhyUnreached.REFUSED}:
        return "is there, and says that no racer listens: open a race there (or a firewall says so)"
    silent = {WhyUnreached.SILENT, WhyUnreached.HANGING}
    if whys and not whys & silent and WhyUnreached.REFUSED not in whys:
        return reason(next(each for each in WhyUnreached if each in whys))
    words = f"does not answer: is a race open there, and UDP {BEACON_PORT} let in?"
    if not any(each.reaches(host) for each in list_interfaces()):
        words += " It is on no network of this machine."
    # A race's own port answers nobody who does not know its name.
    return f"{words} Who opens a race of its name joins it." if at_port else words


def name_of(found: Unreached, met: Acquaintances) -> str:
    """Return the name of who is not reached; empty where it is not known."""
    return met.names().get(found.name, "") if isinstance(found.name, bytes) else ""


def guess_at(host: str, met: Acquaintances) -> str:
    """Return who was at an address before, as the rest of a sentence; empty: nobody we met."""
    there = met.names_at(host)
    if not there:
        return ""
    if len(there) > NAMES_GUESSED:
        return f"where {there[0]} and others were"
    return f"where {' and '.join(there)} {'was' if len(there) == 1 else 'were'}"


def _describe(found: Unreached, met: Acquaintances) -> str:
    """Return who it is and where, as the beginning of a sentence."""
    host, name = "" if found.address is None else found.address[0], name_of(found, met)
    if name:
        return f"{name}, {host}," if host else name
    return f"somebody at {host}{_guess(host, met)}" if host else "somebody near"


def _guess(host: str, met: Acquaintances) -> str:
    """Return who was at a host, set between commas."""
    guess = guess_at(host, met)
    return f", {guess}," if guess else ""
