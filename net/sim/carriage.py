"""How what a machine sends gets to another: by a wire of its own, or over an air that all share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, final

from net.sim.air.medium import AirFrame

if TYPE_CHECKING:
    from net.sim.air.medium import Fate, Medium
    from net.sim.event_queue import EventQueue
    from net.sim.network import Network

OnTransmit: TypeAlias = Callable[[int, int, bytes, int, list[int]], None]
"""Is shown each datagram, once its fate is known: sender, receiver, bytes, when it was sent, after
how long its copies arrive."""

Receive: TypeAlias = Callable[[int, bytes, int], None]
"""Has a machine, the first, get a datagram of another."""


@final
class Carriage:
    """Carries datagrams over a network.

    Args:
        events: tells the time, and does something at a time.
    """

    def __init__(self, network: Network, events: EventQueue, receive: Receive) -> None:
        self.on_transmit: OnTransmit | None = None
        self._network = network
        self._events = events
        self._receive = receive
        self._due_ns: int | None = None  # when the air is looked after next

    def send(self, sender: int, receiver: int, data: bytes) -> None:
        """Carry a datagram."""
        network, sent_ns = self._network, self._events.now_ns
        network.sent += 1
        network.sent_bytes += len(data)
        medium = network.medium_between(sender, receiver)
        if medium is None:
            self._send_on(sender, receiver, data, sent_ns)
            return

        def land(at: int | None) -> None:
            if at is not None:
                self._send_on(sender, receiver, data, sent_ns)
            elif self.on_transmit is not None:
                self.on_transmit(sender, receiver, data, sent_ns, [])

        self._offer_frame(medium, AirFrame(sender, receiver, len(data), land))

    def multicast(
        self, sender: int, listeners: tuple[int, ...], size: int, hear: Callable[[int], None]
    ) -> bool:
        """Say something to all over the air; False: there is none that all share.

        Args:
            hear: is called with each of the listeners that gets it.
        """
        medium = self._network.medium
        if medium is None:
            return False

        def land(at: int | None) -> None:
            if at is not None and not self._network.is_cut(sender, at):
                hear(at)

        self._offer_frame(medium, AirFrame(sender, None, size, land, listeners))
        return True

    def _send_on(self, sender: int, receiver: int, data: bytes, sent_ns: int) -> None:
        """Let the links' own ills befall a datagram, and what is left of it arrive."""
        network, now_ns = self._network, self._events.now_ns
        delays_ns = network.arrivals(sender, receiver, now_ns)
        if self.on_transmit is not None:
            flown_ns = [now_ns - sent_ns + delay_ns for delay_ns in delays_ns]
            self.on_transmit(sender, receiver, data, sent_ns, flown_ns)
        for delay_ns in delays_ns:
            arrived = network.spoil(sender, receiver, data)
            self._events.at(
                now_ns + delay_ns,
                lambda arrived=arrived: self._receive(receiver, arrived, sender),  # type: ignore[misc]
            )

    def _offer_frame(self, medium: Medium, frame: AirFrame) -> None:
        self._tell_fates(medium, medium.offer(frame, self._events.now_ns))

    def _tell_fates(self, medium: Medium, fates: list[Fate]) -> None:
        """Tell frames what became of them, and look after the air again when it is time."""
        for frame, at in fates:
            frame.land(at)
        due_ns = medium.next_ns
        if due_ns is not None and (self._due_ns is None or due_ns < self._due_ns):
            self._due_ns = due_ns
            self._events.at(due_ns, lambda: self._advance_medium(medium, due_ns))

    def _advance_medium(self, medium: Medium, due_ns: int) -> None:
        if self._due_ns != due_ns:
            return  # it was looked after since
        self._due_ns = None
        if medium is self._network.medium:
            self._tell_fates(medium, medium.advance(self._events.now_ns))
