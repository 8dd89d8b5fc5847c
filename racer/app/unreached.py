"""Why somebody who is heard of is not reached, in words for a person."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final, assert_never

from net import address_text
from net.runtime.disk.acquaintances import Acquaintances
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Unreached
from racer.app.meeting_code import typed_place
from racer.play.reports import UnreachedSeen

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
    words = f"{who} is {'named' if named else f'in {race}'}, but {reason(found.why)}"
    if named and found.why is WhyUnreached.SILENT:
        there = f"{host}{_guess(host, met)}".rstrip(",")
        words = f"nobody answers at {there}: a firewall, or another race or passphrase there"
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
        case WhyUnreached.SILENT:
            return "does not answer: a firewall? (racer doctor)"
        case WhyUnreached.REFUSED:
            return "refuses: its race has just ended, or a firewall says no"
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
            assert_never(why)


def card_words(found: Unreached, met: Acquaintances) -> str:
    """Return why nobody of a listed race is reached, for its card or its line."""
    host, name = "" if found.address is None else found.address[0], name_of(found, met)
    who = _describe(found, met) if name or not host else f"{host}{_guess(host, met)}"
    return f"{who} {reason(found.why)}"


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
