"""Ways to others that carry only a part: small datagrams and no large ones, or some of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, final

from net import Address, address_text
from net.limits import DATAGRAM_BYTES_MAX
from net.runtime.reaching.reachability import (
    Reachability,
    WhyUnreached,
    ask_all,
    count_answers,
)
from net.wire.versions import Versions
from racer.app.doctor.networks import HEADER_BYTES

ROUNDS: Final = 2  # six tries in all: on a network that loses a fifth, one in 500 is slandered
ROUND_S: Final = 1.5  # who has answered once answers at once

PROBES: Final = 16  # of each way, there and back
PROBE_APART_S: Final = 0.1
PROBE_S: Final = 1.0  # for the last of them
LOST_MIN: Final = PROBES // 2  # that is told: at 10 % loss each way of one in two hundred


@final
@dataclass(frozen=True, slots=True)
class Ways:
    """What was found of the ways to those that answer.

    Args:
        narrow: to which what is as large as a race sends is lost.
        lossy: to which much is lost: how many of PROBES, there and back.
    """

    narrow: frozenset[Address] = frozenset()
    lossy: Mapping[Address, int] = field(default_factory=dict)

    def __contains__(self, address: Address) -> bool:
        return address in self.narrow or address in self.lossy

    def name_fault(self, addresses: Iterable[Address]) -> tuple[str, str] | None:
        """Return what is wrong with the ways to these addresses, and the remedy; None: nothing."""
        addresses = tuple(addresses)
        if lossy := [at for at in addresses if at in self.lossy]:
            return _name_lossy(lossy, max(self.lossy[at] for at in lossy))
        if narrow := [at for at in addresses if at in self.narrow]:
            return name_narrow(narrow)
        return None


def examine_ways(
    calls: Sequence[Reachability], answers: Mapping[Address, Versions | WhyUnreached]
) -> Ways:
    """Ask those that have answered again: often, then by large datagrams. Takes some seconds."""
    heard = [call for call in calls if isinstance(answers[call.address], Versions)]
    if not heard:
        return Ways()
    came = count_answers(heard, PROBES, PROBE_APART_S, PROBE_S)
    lossy = {at: PROBES - count for at, count in came.items() if PROBES - count >= LOST_MIN}
    return Ways(find_narrow((call for call in heard if call.address not in lossy), answers), lossy)


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
        f"a card there, or a tunnel or VPN on the way, carries less than {least} bytes at once,"
        " or a firewall lets only less pass: on that machine ip link set CARD mtu 1500, or go"
        " without the tunnel or the firewall's rule"
    )
    return f"{found} to {where}", remedy


def _name_lossy(addresses: Iterable[Address], lost: int) -> tuple[str, str]:
    where = " and ".join(map(address_text, addresses))
    found = f"of {PROBES} datagrams there and back {lost} are lost on the way to {where}"
    remedy = (
        "go nearer to the access point, or use a cable; or something on the way lets only so many"
        " datagrams a second pass: take that off"
    )
    return found, remedy
