"""Asks whether a node that was heard of answers, without being let in anywhere.

A Hello that offers no version in use is answered by a Negotiation, by nodes of any version
(docs/PROTOCOL.md, 1.1). So what comes back proves that datagrams pass both ways.
"""

from __future__ import annotations

import secrets
import select
import socket
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, final

from net.errors import WireError
from net.ids import Address
from net.limits import DATAGRAM_BYTES_MAX
from net.runtime.udp.lanes import open_socket
from net.runtime.udp.system_addresses import to_system
from net.transport.datagram import Hello, Negotiation, decode_handshake
from net.wire.versions import VERSION_MAX, Versions

TRIES: Final = 3  # a datagram may be lost
_NO_VERSION: Final = Versions(VERSION_MAX, VERSION_MAX, 0, 0)
_BODY: Final = bytes(64)


@final
@dataclass(frozen=True, slots=True)
class Reachability:
    """A node to ask: where it is, and the tag of the room that it advertises."""

    address: Address
    tag: bytes


def who_answers(calls: Collection[Reachability], wait_s: float) -> dict[Address, Versions]:
    """Ask all at once, a few times; return what those speak that answered within the time."""
    with open_socket(None)[0] as asking:
        asking.setblocking(False)
        answers: dict[Address, Versions] = {}
        senders: dict[int, Address] = {}
        for _ in range(TRIES):
            left = [call for call in calls if call.address not in answers]
            senders |= {_ask_node(asking, call): call.address for call in left}
            _take_answers(asking, wait_s / TRIES, len(calls), senders, answers)
        return answers


def _ask_node(asking: socket.socket, call: Reachability) -> int:
    number = secrets.randbits(32)
    hello = Hello(VERSION_MAX, number, call.tag, _NO_VERSION, _BODY)
    target = to_system(call.address, asking.family)
    with suppress(OSError):  # no route, or a refusal told late: it does not answer
        if target is not None:
            asking.sendto(hello.encode(), target)
    return number


def _take_answers(
    asking: socket.socket,
    wait_s: float,
    count: int,
    senders: dict[int, Address],
    answers: dict[Address, Versions],
) -> None:
    """Take answers until all are there, or the time is over."""
    until_s = time.monotonic() + wait_s
    while len(answers) < count and (left_s := until_s - time.monotonic()) > 0:
        if not select.select([asking], [], [], left_s)[0]:
            return
        with suppress(OSError, WireError):
            told = decode_handshake(asking.recv(DATAGRAM_BYTES_MAX))
            if isinstance(told, Negotiation) and told.receiver in senders:
                answers[senders[told.receiver]] = told.versions
