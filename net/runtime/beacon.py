"""Broadcasts a beacon and listens for those of others, in a thread of its own.

It does what `mdns` does, by other means: some networks lose multicast and carry broadcast, and on
some machines port 5353 is taken. Like there, what is heard is a hint.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Final, assert_never, final

from net.discovery.advert import SERVICE_TYPE, encode_advert
from net.discovery.beacon import (
    BEACON_BYTES_MAX,
    BEACON_PORT,
    Asked,
    BeaconPace,
    Heard,
    Left,
    decode_beacon,
    encode_asked,
    encode_heard,
    encode_left,
)
from net.discovery.sightings import sight
from net.errors import WireError
from net.limits import SECOND
from net.runtime.interfaces import Interface, greetable, list_interfaces, race_interfaces
from net.runtime.mdns_news import Announcement, BeaconCounters, Deaf, Gone, News, Seen

STEP_NS: Final = SECOND // 4  # what changed, and that it is to end, is noticed so often
LOOK_NS: Final = SECOND  # and other interfaces so often
RETRY_NS: Final = 5 * SECOND  # while the port cannot be had
DATAGRAMS_PER_STEP_MAX: Final = 64  # of a flood; the rest waits in the socket, and is lost there
CLOSE_S: Final = 1.0

_SUFFIX: Final = f".beacon.{SERVICE_TYPE}"  # an instance is heard of by both ways, and kept twice


@final
class BroadcastBeacon:
    """Announces and listens until it is closed. `sink` is called in this object's thread."""

    def __init__(
        self,
        chosen: str | None,
        sink: Callable[[News], None],
        now_ns: Callable[[], int],
        announcement: Announcement | None = None,
    ) -> None:
        """Begin; `chosen` is the address of the only interface to use, None: all of a LAN."""
        self.counters = BeaconCounters()
        self._chosen = chosen
        self._sink = sink
        self._now_ns = now_ns
        self._announcement = announcement
        self._told: Announcement | None = None
        self._interfaces: tuple[Interface, ...] = ()
        self._looked_ns = now_ns() - LOOK_NS
        self._pace = BeaconPace(now_ns())
        self._closing = Event()
        self._thread = Thread(target=self._run_thread, name="beacon", daemon=True)
        self._thread.start()

    def announce(self, announcement: Announcement | None) -> None:
        """Announce something newer, or take back what was. Any thread may call."""
        self._announcement = announcement

    def close(self) -> None:
        """Say goodbye and stop; waits for CLOSE_S at most."""
        self._closing.set()
        self._thread.join(CLOSE_S)

    # --- this object's thread -----------------------------------------------------------------

    def _run_thread(self) -> None:
        retry_ns = self._now_ns()
        ear: socket.socket | None = None
        while not self._closing.is_set():
            if ear is None and self._now_ns() >= retry_ns:
                retry_ns = self._now_ns() + RETRY_NS
                ear = self._open_port()
            self._take_turn(ear)
        if ear is not None:
            if self._told is not None:
                self._broadcast(ear, encode_left(self._told.instance))
            ear.close()

    def _take_turn(self, ear: socket.socket | None) -> None:
        """Wait until something is due, or came; do it."""
        self._look_for_interfaces()
        if ear is None:
            self._closing.wait(STEP_NS / SECOND)
            return
        select.select([ear], [], [], self._wait_s())
        self._hear_others(ear)
        self._tell_others(ear)

    def _open_port(self) -> socket.socket | None:
        try:
            return _bind_socket()
        except OSError as error:
            self._note_failure()
            self._sink(Deaf(f"the beacon's port {BEACON_PORT} cannot be used: {error.strerror}"))
            return None

    def _wait_s(self) -> float:
        left_ns = min(STEP_NS, self._pace.due_ns - self._now_ns())
        return max(0, left_ns) / SECOND

    def _look_for_interfaces(self) -> None:
        now_ns = self._now_ns()
        if now_ns - self._looked_ns >= LOOK_NS:
            self._looked_ns = now_ns
            here = [each for each in list_interfaces() if each.loopback and self._chosen is None]
            used = (*race_interfaces(self._chosen), *here)
            if used != self._interfaces:
                self._interfaces = used
                self._pace.hurry(now_ns)

    def _hear_others(self, ear: socket.socket) -> None:
        for _ in range(DATAGRAMS_PER_STEP_MAX):
            try:
                data, (host, _) = ear.recvfrom(BEACON_BYTES_MAX + 1)
            except OSError:
                return
            if any(each.reaches(host) for each in self._interfaces):
                self._on_datagram(data, host)
            else:
                self.counters.malformed += 1  # whoever it is, it is not on our networks

    def _on_datagram(self, data: bytes, host: str) -> None:
        try:
            match decode_beacon(data):
                case Heard(instance=instance, port=port, pairs=pairs):
                    if self._told is None or instance != self._told.instance:
                        own_port = 0 if self._told is None else self._told.port
                        at = greetable([(host, port)], self._interfaces, own_port)
                        seen = sight(pairs, at, self._now_ns())
                        self._sink(Seen(f"{instance}{_SUFFIX}", seen, len(data)))
                case Asked():
                    self._pace.hurry(self._now_ns())
                case Left(instance=instance):
                    self._sink(Gone(f"{instance}{_SUFFIX}"))
                case never:
                    assert_never(never)
        except WireError:
            self.counters.malformed += 1

    def _tell_others(self, ear: socket.socket) -> None:
        """Send what is due: our advert; while we have none to tell, a question."""
        now_ns, ours = self._now_ns(), self._announcement
        if ours != self._told:
            if ours is None and self._told is not None:
                self._broadcast(ear, encode_left(self._told.instance))
            self._told = ours
            self._pace.hurry(now_ns)
        if now_ns < self._pace.due_ns:
            return
        self._pace.on_sent(now_ns)
        if ours is None or self._pace.is_beginning:
            self._broadcast(ear, encode_asked())
        if ours is not None:
            self._broadcast(ear, encode_heard(ours.instance, ours.port, encode_advert(ours.advert)))

    def _broadcast(self, ear: socket.socket, data: bytes) -> None:
        for interface in self._interfaces:
            if interface.broadcast is not None:
                try:
                    ear.sendto(data, (interface.broadcast, BEACON_PORT))
                except OSError:
                    self._note_failure()

    def _note_failure(self) -> None:
        self.counters.failures += 1


def _bind_socket() -> socket.socket:
    """Bind the beacon's port, which all racers of a machine share: each gets each broadcast."""
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        ear.setblocking(False)
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(AttributeError, OSError):  # the BSDs ask for both
            if not hasattr(socket, "SO_BINDTODEVICE"):
                ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        ear.bind(("", BEACON_PORT))
    except OSError:
        ear.close()
        raise
    return ear
