"""Why somebody who is heard of is not reached, in words for a person."""

from __future__ import annotations

from typing import assert_never

from net import address_text
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Unreached
from racer.app.meeting_code import code_of
from racer.play.reports import UnreachedSeen


def unreached_seen(race: str, found: Unreached) -> UnreachedSeen:
    """Return the report of somebody in our race, or whom a person named."""
    address = "" if found.address is None else address_text(found.address)
    if found.name == b"":
        return UnreachedSeen(address, found.why.value, _tell_alone(found))
    host = "" if found.address is None else found.address[0]
    named = not isinstance(found.name, bytes)
    words = f"{_who(host)} is {'named' if named else f'in {race}'}, but {reason(found.why)}"
    if named and found.why is WhyUnreached.SILENT:
        words = f"nobody answers at {host}: a firewall, or another race or passphrase there"
    return UnreachedSeen(address, found.why.value, words)


def _tell_alone(found: Unreached) -> str:
    """Return why nobody at all is heard of, and what to do."""
    if found.address is None or found.why is WhyUnreached.NO_NETWORK:
        return f"nobody else can be heard: {reason(found.why)}"
    typed = code_of(found.address) or address_text(found.address)
    return f"{reason(found.why)}; they can type {typed} (--peer)"


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
        case WhyUnreached.NO_NETWORK:
            return "this machine has no network: plug in a cable or join a Wi-Fi"
        case WhyUnreached.UNHEARD:
            return "nobody else is heard of on this network (racer doctor)"
        case _:
            assert_never(why)


def card_words(found: Unreached) -> str:
    """Return why nobody of a listed race is reached, for its card."""
    host = "" if found.address is None else found.address[0]
    return f"{host or 'somebody near'} {reason(found.why)}"


def _who(host: str) -> str:
    return f"somebody at {host}" if host else "somebody near"
