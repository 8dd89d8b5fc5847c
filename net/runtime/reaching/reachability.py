"""Asks whether a node that was heard of answers, without being let in anywhere.

A Hello that offers no version in use is answered by a Negotiation, by nodes of any version
(docs/PROTOCOL.md, 1.1). So what comes back proves that datagrams pass both ways.
"""

from __future__ import annotations

import errno
import secrets
import socket
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, final

from net.errors import WireError
from net.ids import Address
from net.limits import DATAGRAM_BYTES_MAX
from net.runtime.udp.arrivals import await_arrivals
from net.runtime.udp.error_queue import take_errors
from net.runtime.udp.lanes import TELLS, ask_for_errors, open_socket
from net.runtime.udp.system_addresses import to_system
from net.transport.datagram import Hello, Negotiation, decode_handshake
from net.wire.versions import VERSION_MAX, Versions

TRIES: Final = 3  # a datagram may be lost
SENDS: Final = 4  # of one datagram, behind errors that are told late
HELLO_BYTES: Final = 85  # of each that asks, unless more are wanted
GREETING_BYTES: Final = 256  # as the largest of a handshake, between drivers of common names
_HEAD_BYTES: Final = 21  # of a first message of any version
_NO_VERSION: Final = Versions(VERSION_MAX, VERSION_MAX, 0, 0)
_AT_ONCE: Final = frozenset({errno.ENETUNREACH, errno.EADDRNOTAVAIL})


@final
@dataclass(frozen=True, slots=True)
class Reachability:
    """A node to ask: where it is, and the tag of the room that it advertises.

    `size`: bytes of the datagrams that ask, HELLO_BYTES to DATAGRAM_BYTES_MAX.
    """

    address: Address
    tag: bytes
    size: int = HELLO_BYTES


class WhyUnreached(StrEnum):
    """Why a node that was heard of is not reached."""

    SILENT = "silent"  # its machine is there, and nothing comes back: a firewall
    HANGING = "hangs"  # so, and its machine is this one: no network lies between
    MASKED = "netmask"  # so, and only by our wide netmask is it on our network
    DIVERTED = "diverted"  # this machine sends what is for it by a card of another network: a VPN
    GONE = "gone"  # it was heard until then, has gone silent, and tells of itself no more
    REFUSED = "refused"  # its machine says that nobody listens
    ISOLATED = "isolated"  # on our network, and not even its hardware address is told
    UNREACHABLE = "unreachable"  # we know no way there
    LEFT_OUT = "left out"  # on a network of this machine that it was told not to use
    OFF_LINK = "other network"  # heard here, with addresses of no network of ours
    ILLEGIBLE = "illegible"  # heard here, and what it advertises means nothing to us
    NO_NETWORK = "no network"  # of this machine is up
    UNHEARD = "nobody heard"  # at all, by any way
    # of who answers a question, and with whom we come into no room all the same:
    NARROW = "narrow"  # what is large is lost on the way to it
    UNANSWERED = "greeting unanswered"  # our greeting has gone, and its answer does not come
    UNCONFIRMED = "unconfirmed"  # it has answered that, and does not end what it began
    MUTE = "mute"  # it has ended that, and nothing is heard of it then
    APART = "apart"  # it is heard, and neither comes into the other's room
    FULL = "full"  # it speaks with as many as it can
    TRIED = "tried"  # too many answered who may have had us try a passphrase
    BUSY = "busy"  # it is called by more than it hears
    CROWDED = "crowded"  # it is called no more, for others


_ERRORS: Final = {
    errno.ECONNREFUSED: WhyUnreached.REFUSED,
    errno.EHOSTUNREACH: WhyUnreached.ISOLATED,
    errno.ENETUNREACH: WhyUnreached.UNREACHABLE,
    errno.EADDRNOTAVAIL: WhyUnreached.UNREACHABLE,
}


def who_answers(calls: Collection[Reachability], wait_s: float) -> dict[Address, Versions]:
    """Ask all at once, a few times; return what those speak that answered within the time."""
    answers = ask_all(calls, wait_s)
    return {at: told for at, told in answers.items() if isinstance(told, Versions)}


def ask_all(
    calls: Collection[Reachability], wait_s: float, tries: int = TRIES
) -> dict[Address, Versions | WhyUnreached]:
    """Ask all at once, `tries` times; return what each speaks, or why it is not reached.

    Ends as soon as that is known of all. That a machine of our network is not there the system
    knows after three seconds.
    """
    with open_socket(None)[0] as asking:
        asking.setblocking(False)
        if TELLS:
            ask_for_errors(asking)
        answers: dict[Address, Versions] = {}
        faults: dict[Address, WhyUnreached] = {}
        senders: dict[int, Address] = {}
        for _ in range(tries):
            for call in calls:
                if call.address not in answers and call.address not in faults:
                    senders[_ask_node(asking, call, faults)] = call.address
            _take_answers(asking, wait_s / tries, len(calls), senders, answers, faults)
        silent = dict.fromkeys((call.address for call in calls), WhyUnreached.SILENT)
        return {**silent, **faults, **answers}


def count_answers(
    calls: Collection[Reachability], times: int, apart_s: float, wait_s: float
) -> dict[Address, int]:
    """Ask all so many times, whoever answers; return how often each has answered.

    Not oftener than a node answers in a second (NEGOTIATION_RATE), or it drops what we miss.
    """
    heard = dict.fromkeys((call.address for call in calls), 0)
    with open_socket(None)[0] as asking:
        asking.setblocking(False)
        senders: dict[int, Address] = {}
        for turn in range(times):
            for call in calls:
                senders[_ask_node(asking, call, {})] = call.address
            for _ in await_arrivals(asking, apart_s if turn < times - 1 else wait_s):
                with suppress(OSError, WireError):
                    told = decode_handshake(asking.recv(DATAGRAM_BYTES_MAX))
                    at = senders.pop(told.receiver, None) if isinstance(told, Negotiation) else None
                    if at is not None:
                        heard[at] += 1
                if not senders:
                    break
    return heard


def _ask_node(
    asking: socket.socket, call: Reachability, faults: dict[Address, WhyUnreached]
) -> int:
    number = secrets.randbits(32)
    hello = Hello(VERSION_MAX, number, call.tag, _NO_VERSION, bytes(call.size - _HEAD_BYTES))
    target = to_system(call.address, asking.family)
    for _ in range(SENDS):  # an error of a datagram before is told by the next one, which stays
        try:
            if target is not None:
                asking.sendto(hello.encode(), target)
            break
        except OSError as error:
            if error.errno in _AT_ONCE:
                faults[call.address] = _ERRORS[error.errno]
                break
            _note_errors(asking, faults)
    return number


def _take_answers(
    asking: socket.socket,
    wait_s: float,
    count: int,
    senders: dict[int, Address],
    answers: dict[Address, Versions],
    faults: dict[Address, WhyUnreached],
) -> None:
    """Take answers until all are there, or the time is over."""
    if len(answers.keys() | faults.keys()) >= count:
        return
    for _ in await_arrivals(asking, wait_s):
        _note_errors(asking, faults)
        with suppress(OSError, WireError):
            told = decode_handshake(asking.recv(DATAGRAM_BYTES_MAX))
            if isinstance(told, Negotiation) and told.receiver in senders:
                answers[senders[told.receiver]] = told.versions
        if len(answers.keys() | faults.keys()) >= count:
            break


def _note_errors(asking: socket.socket, faults: dict[Address, WhyUnreached]) -> None:
    for address, number in take_errors(asking):
        if number in _ERRORS:
            faults[address] = _ERRORS[number]
