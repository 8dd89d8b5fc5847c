"""A flood of packets costs a read each, and what a library does with them is bounded."""

from __future__ import annotations

import asyncio
import socket

import pytest

from net.runtime.interfaces import LOOPBACK
from net.runtime.mdns_news import DiscoveryCounters
from net.runtime.udp import floods
from net.runtime.udp.paced_loop import PacedLoop
from tests.waiting import until


class Hearer(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard.append(data)


ANSWER = b"\0\0\x84\0"  # how an answer of multicast DNS begins, and QUERY a question
QUERY = b"\0\0\0\0"


async def flood(counters: DiscoveryCounters, packets: int) -> list[bytes]:
    """Return what a protocol hears of so many, sent to two sockets of one loop."""
    loop, hearer = asyncio.get_running_loop(), Hearer()
    opened = [
        await loop.create_datagram_endpoint(lambda: hearer, local_addr=(LOOPBACK, 0))
        for _ in range(2)
    ]
    assert [protocol for _, protocol in opened] == [hearer, hearer], "it is the caller's own"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
        for number in range(packets):
            transport = opened[number % 2][0]
            mouth.sendto(ANSWER + b"%d" % number, transport.get_extra_info("sockname"))
        mouth.sendto(QUERY, opened[0][0].get_extra_info("sockname"))

    def is_read() -> bool:
        return len(hearer.heard) + counters.over_rate == packets + 1

    await asyncio.to_thread(until, is_read, "all are read")
    for transport, _ in opened:
        transport.close()
    return hearer.heard


def test_what_is_beyond_is_dropped_and_counted_over_all_sockets_of_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(floods, "PACKETS_AT_ONCE", 10.0)
    monkeypatch.setattr(floods, "PACKETS_PER_S", 0.0)
    counters = DiscoveryCounters()
    with asyncio.Runner(loop_factory=lambda: PacedLoop(counters)) as runner:
        heard = runner.run(flood(counters, 40))
    assert len(heard) == 11, "who asks does not compete with who tells"
    assert QUERY in heard
    assert counters.over_rate == 30
