"""An event loop whose UDP sockets hand on only so many packets: the rest costs a read.

What a library does with each packet of a flood is not ours to make cheaper, and while it does it in
a thread of its own the race waits for Python's lock. It is a loop for that thread alone: it stands
still for moments.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final, final

from net.runtime.mdns_news import DiscoveryCounters
from net.runtime.udp.floods import GATHER_S, PacketPace

READ_S: Final = 0.01  # enough for what gathers meanwhile, at thousands a second


@final
class PacedLoop(asyncio.SelectorEventLoop):
    """A loop of which all sockets for datagrams together have one pace.

    Args:
        counters: `over_rate` of them counts what is dropped.
    """

    def __init__(self, counters: DiscoveryCounters) -> None:
        super().__init__()
        self._counters = counters
        self._pace = PacketPace(time.monotonic())
        self._rested_s = time.monotonic()

    async def create_datagram_endpoint(  # type: ignore[override]
        self, protocol_factory: Callable[[], asyncio.DatagramProtocol], *args: Any, **options: Any
    ) -> tuple[asyncio.DatagramTransport, asyncio.DatagramProtocol]:
        """Open one as any loop does; the protocol is the caller's, behind our gate."""
        gate = _Gate(protocol_factory(), self._take_packet)
        transport, _ = await super().create_datagram_endpoint(lambda: gate, *args, **options)
        return transport, gate.protocol

    def _take_packet(self, packet: bytes) -> bool:
        """Tell whether a packet is handed on; if not, let others gather behind it."""
        if self._pace.take(time.monotonic(), asks=_is_query(packet)):
            return True
        self._counters.over_rate += 1
        if time.monotonic() - self._rested_s >= READ_S:
            time.sleep(GATHER_S)
            self._rested_s = time.monotonic()
        return False


@final
class _Gate(asyncio.DatagramProtocol):
    def __init__(
        self, protocol: asyncio.DatagramProtocol, take_packet: Callable[[bytes], bool]
    ) -> None:
        self.protocol = protocol
        self._take_packet = take_packet

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.protocol.connection_made(transport)  # type: ignore[arg-type]

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if self._take_packet(data):
            self.protocol.datagram_received(data, addr)

    def error_received(self, exc: Exception) -> None:
        self.protocol.error_received(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self.protocol.connection_lost(exc)


def _is_query(packet: bytes) -> bool:
    """Whether a packet of DNS asks (RFC 1035, 4.1.1: QR is the first bit of the third byte)."""
    return len(packet) > 2 and packet[2] < 0x80
