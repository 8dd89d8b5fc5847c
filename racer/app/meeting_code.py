"""Where a node is, as a person says it: a host and its port, or a short code to be read aloud.

A code is an IPv4 address and a port in letters of which none sounds or looks like another's, and a
last one by which a mistake shows: one wrong letter, or two that changed places.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Final

from net import Address, UsageError, address_text
from net.runtime.interfaces import WITHIN, Interface

PORT_MAX: Final = 2**16 - 1
PLACES_MAX: Final = 2  # a LAN, and an overlay of friends

_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"  # 23, a prime: no I, O, Q
_QUOTED_MAX: Final = 60  # letters of what is refused
_ENDS_IN_NUMBER: Final = re.compile(r"(?:^|\.)(?:\d+|0[xX][0-9a-fA-F]*)\.?$", re.ASCII)
_GROUP: Final = 4  # letters that are read in one breath
_IN_GROUPS: Final = re.compile(r"[a-zA-Z]{4}([- ][a-zA-Z]{4})+[- ][a-zA-Z]{1,4}")
# What a LAN's addresses begin with, the commonest first (RFC 1918, RFC 3927): it is a digit of the
# code, and the rest of the address is the shorter.
_NETWORKS: Final = tuple(
    map(
        ipaddress.IPv4Network,
        ("192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "169.254.0.0/16", "0.0.0.0/0"),
    )
)


def code_of(address: Address) -> str:
    """Return the code of an address, in groups; empty for an IPv6 one: it would be no short one."""
    host, port = address
    if ":" in host:
        return ""
    number = ipaddress.IPv4Address(host)
    kind = next(kind for kind, network in enumerate(_NETWORKS) if number in network)
    within = int(number) & int(_NETWORKS[kind].hostmask)
    letters = _spell((within << 16 | port) * len(_NETWORKS) + kind, _length(kind))
    letters += _check_letter(letters)
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def typed_place(address: Address) -> str:
    """Return what somebody else types to get to an address: its code, or the address itself.

    Without the number of its link, which is this machine's own: theirs has another one.
    """
    host, port = address[0].partition("%")[0], address[1]
    return code_of((host, port)) or address_text((host, port))


def typed_places(used: Iterable[Interface], port: int) -> tuple[tuple[str, str], ...]:
    """Return what friends type, each with the network that leads there: PLACES_MAX, the best first.

    One for each network. None is of this machine alone, and of those within it there is one only
    where nothing else is.
    """
    outer = [each for each in used if not each.loopback]
    leading = [each for each in outer if not each.name.startswith(WITHIN)] or outer[:1]
    places: dict[str, str] = {}
    for each in leading:
        places.setdefault(each.name, typed_place((each.address, port)))
    return tuple(places.items())[:PLACES_MAX]


def read_code(text: str) -> Address | None:
    """Return the address of a code, however it is cut into groups; None: it is none."""
    letters = "".join(text.upper().replace("-", " ").split())
    if not 0 < len(letters) <= _length(len(_NETWORKS) - 1) + 1 or set(letters) - set(_LETTERS):
        return None
    if _check_letter(letters[:-1]) != letters[-1]:
        return None
    number = 0
    for letter in letters[:-1]:
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    rest, kind = divmod(number, len(_NETWORKS))
    within, port = rest >> 16, rest & PORT_MAX
    network = _NETWORKS[kind]
    if len(letters) != _length(kind) + 1 or within > int(network.hostmask) or port == 0:
        return None
    return str(network.network_address + within), port


def read_peer(text: str) -> Address:
    """Return whom a person means by a code, `HOST:PORT`, `[IPV6]:PORT`, or a host alone.

    The port is 0 where none is given: the host is asked for it.

    Raises:
        UsageError: it is none of these, or a code that was misheard.
    """
    words = text.strip()
    if (address := read_code(words)) is not None:
        return address
    if _IN_GROUPS.fullmatch(words):
        raise UsageError(f"{words.upper()} is no code: a letter is wrong, or two changed places")
    if words.startswith("["):
        host, bracket, port = words[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            raise UsageError(f"{text!r} is not [IPV6]:PORT")
        return _host(host, text), _port(port[1:], text) if port else 0
    if words.count(":") > 1:
        return _host(words, text), 0
    host, colon, port = words.partition(":")
    return _host(host, text), _port(port, text) if colon else 0


def _host(host: str, text: str) -> str:
    """Hold that a host is not empty, and no group's address: a race is with one machine."""
    if not host:
        raise UsageError(f"{text!r} is not HOST:PORT")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _host_name(host, text)
    if address.is_multicast or address.is_unspecified or host == "255.255.255.255":
        raise UsageError(f"{host} is not the address of one machine")
    return host


def _host_name(host: str, text: str) -> str:
    """Hold that a host can be looked up: it has no empty part, and none that is too long.

    What ends in a number is no name, and to some systems an address with parts left out.
    """
    if _ENDS_IN_NUMBER.search(host):
        whole = "write all four numbers of an address"
        raise UsageError(f"{text[:_QUOTED_MAX]!r} is no name of a machine: {whole}")
    try:
        host.encode("idna")
    except UnicodeError:
        raise UsageError(f"{text[:_QUOTED_MAX]!r} is no name of a machine") from None
    return host


def _port(port: str, text: str) -> int:
    if not (port.isascii() and port.isdigit()) or not 1 <= int(port) <= PORT_MAX:
        raise UsageError(f"{text!r}: {port!r} is no port; ports go from 1 to {PORT_MAX}")
    return int(port)


def _length(kind: int) -> int:
    """Return how many letters spell any address of a kind, without the last."""
    largest = (int(_NETWORKS[kind].hostmask) << 16 | PORT_MAX) * len(_NETWORKS) + kind
    length = 1
    while len(_LETTERS) ** length <= largest:
        length += 1
    return length


def _spell(number: int, length: int) -> str:
    letters = ""
    for _ in range(length):
        number, digit = divmod(number, len(_LETTERS))
        letters = _LETTERS[digit] + letters
    return letters


def _check_letter(letters: str) -> str:
    """Return the letter that makes the weighted sum of all a multiple of 23 (after ISBN's)."""
    total = sum(weight * _LETTERS.index(each) for weight, each in enumerate(letters, start=2))
    return _LETTERS[-total % len(_LETTERS)]
