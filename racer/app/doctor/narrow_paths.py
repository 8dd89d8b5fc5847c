"""Ways to others that carry small datagrams and lose large ones: a tunnel, a VPN, a card there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from net import Address, address_text
from net.limits import DATAGRAM_BYTES_MAX
from net.runtime.reaching.reachability import Reachability, WhyUnreached, ask_all
from net.wire.versions import Versions
from racer.app.doctor.networks import HEADER_BYTES

ROUNDS: Final = 2  # six tries in all: on a network that loses a fifth, one in 500 is slandered
ROUND_S: Final = 1.5  # who has answered once answers at once


def find_narrow(
    calls: Iterable[Reachability], answers: Mapping[Address, Versions | WhyUnreached]
) -> frozenset[Address]:
    """Ask once more who answers, by datagrams as large as any of a race; return where none comes.

    As the race does, it leaves to the system whether such a datagram goes in pieces. What comes
    back is small: of the way hither that machine's own doctor tells.

    Args:
        answers: what came to small ones.
    """
    left = {
        call.address: replace(call, size=DATAGRAM_BYTES_MAX)
        for call in calls
        if isinstance(answers[call.address], Versions)
    }
    for _ in range(ROUNDS if left else 0):
        for address, told in ask_all(list(left.values()), ROUND_S).items():
            if isinstance(told, Versions):
                del left[address]
        if not left:
            break
    return frozenset(left)


def name_narrow(addresses: Iterable[Address]) -> tuple[str, str]:
    """Return what is wrong with the ways to these addresses, and the remedy."""
    where = " and ".join(map(address_text, addresses))
    found = f"what is as large as a race sends ({DATAGRAM_BYTES_MAX} bytes) is lost on its way"
    least = DATAGRAM_BYTES_MAX + HEADER_BYTES
    remedy = (
        f"a card there, or a tunnel or VPN on the way, carries less than {least} bytes at once:"
        " on that machine ip link set CARD mtu 1500, or go without the tunnel"
    )
    return f"{found} to {where}", remedy
