"""Broadcasts a beacon and listens for those of others, in a thread of its own.

It does what `mdns` does, by other means: some networks lose multicast and carry broadcast, and on
some machines port 5353 is taken. Like there, what is heard is a hint. Over IPv6 it goes to the
group of all nodes (`udp.beacon_sockets`).
"""

from __future__ import annotations

import ipaddress
import select
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from threading import Event, Thread
from typing import Final, assert_never, final

from net.discovery.advert import SERVICE_TYPE, encode_advert, pad_texts
from net.discovery.beacon import (
    BEACON_BYTES_MAX,
    BEACON_PORT,
    HURRIED_NS,
    Asked,
    BeaconPace,
    Heard,
    Left,
    decode_beacon,
    encode_asked,
    encode_heard,
    encode_left,
    is_beacon,
)
from net.discovery.guest import Guest
from net.discovery.sightings import sight
from net.errors import WireError
from net.ids import Address
from net.limits import SECOND
from net.runtime.interfaces import Interface, greetable, list_interfaces, race_interfaces
from net.runtime.mdns_news import (
    FLOODED,
    Announcement,
    BeaconCounters,
    Deaf,
    Gone,
    GuestAnnouncement,
    GuestSeen,
    Illegible,
    News,
    Seen,
    Told,
)
from net.runtime.udp.beacon_sockets import BeaconSockets, one_of_each_link
from net.runtime.udp.floods import GATHER_S

STEP_NS: Final = SECOND // 4  # what changed, and that it is to end, is noticed so often
LOOK_NS: Final = SECOND  # and other interfaces so often
RETRY_NS: Final = 5 * SECOND  # while the port cannot be had
ANSWERS_MAX: Final = 64  # a second, each to another that asked
DATAGRAMS_PER_STEP_MAX: Final = 64  # of a flood; the rest waits in a socket, and is lost there
CLOSE_S: Final = 1.0
NAMED_MAX: Final = 16  # machines that a person has named, the last of them

_SUFFIX: Final = f".beacon.{SERVICE_TYPE}"  # an instance is heard of by both ways, and kept twice


@final
class BroadcastBeacon:
    """Announces and listens until it is closed. `sink` is called in this object's thread."""

    def __init__(
        self,
        chosen: str | None,
        sink: Callable[[News], None],
        now_ns: Callable[[], int],
        announcement: Told | None = None,
        hosts: Sequence[str] = (),
    ) -> None:
        """Begin.

        Args:
            chosen: the address of the only interface to use; None: all of a LAN.
            hosts: addresses to ask by themselves too, where neither broadcast nor multicast passes.
        """
        self.counters = BeaconCounters()
        self._chosen = chosen
        self._sink = sink
        self._now_ns = now_ns
        self._announcement = announcement
        self._told: Announcement | None = None
        self._hosts = tuple(hosts)
        self._named: tuple[str, ...] = ()  # by a person: they may be on other networks
        self._asks_named = False
        self._answered: dict[Address, int] = {}  # who asked, and when
        self._interfaces: tuple[Interface, ...] = ()
        self._looked_ns = now_ns() - LOOK_NS
        self._pace = BeaconPace(now_ns())
        self._closing = Event()
        self._thread = Thread(target=self._run_thread, name="beacon", daemon=True)
        self._thread.start()

    def announce(self, announcement: Told | None) -> None:
        """Announce something newer, or take back what was. Any thread may call."""
        self._announcement = announcement

    def ask(self, host: str) -> None:
        """Ask one machine more by itself, which a person names. Any thread may call."""
        self._named = tuple(dict.fromkeys((*self._named, host)))[-NAMED_MAX:]
        self._asks_named = True

    def close(self) -> None:
        """Say goodbye and stop; waits for CLOSE_S at most."""
        self._closing.set()
        self._thread.join(CLOSE_S)

    # --- this object's thread -----------------------------------------------------------------

    def _run_thread(self) -> None:
        retry_ns: int | None = self._now_ns()
        with closing(BeaconSockets(self._chosen)) as sockets:
            while not self._closing.is_set():
                if retry_ns is not None and self._now_ns() >= retry_ns:
                    retry_ns = None if self._open_port(sockets) else self._now_ns() + RETRY_NS
                try:
                    self._take_turn(sockets)
                except OSError:  # as while the system has no handle left to list interfaces with
                    self._note_failure()
                    self._closing.wait(STEP_NS / SECOND)
            if self._told is not None:
                self._tell_all(sockets, encode_left(self._told.instance))

    def _take_turn(self, sockets: BeaconSockets) -> None:
        """Wait until something is due, or came; do it."""
        self._look_for_interfaces()
        select.select(sockets.all, [], [], self._wait_s())
        for data, source in sockets.receive(DATAGRAMS_PER_STEP_MAX, BEACON_BYTES_MAX):
            if self._is_ours(source[0]) or not ipaddress.ip_address(source[0]).is_global:
                self._on_datagram(data, source, sockets)
            else:
                self.counters.malformed += 1  # whoever it is, it is on no network near us
        if sockets.shed > self.counters.over_rate:
            self.counters.over_rate = sockets.shed
            self._closing.wait(GATHER_S)
        if sockets.begins_to_be_flooded():
            self._sink(Deaf(FLOODED))
        self._tell_others(sockets)

    def _open_port(self, sockets: BeaconSockets) -> bool:
        try:
            sockets.hear(BEACON_PORT)
        except OSError as error:
            self._note_failure()
            self._sink(Deaf(f"the beacon's port {BEACON_PORT} cannot be used: {error.strerror}"))
            return False
        return True

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

    def _on_datagram(self, data: bytes, source: Address, sockets: BeaconSockets) -> None:
        host = source[0]
        try:
            match said := decode_beacon(data):
                case Heard():
                    self._on_heard(said, host, len(data))
                case Asked(guest=guest):
                    if self._is_ours(host):
                        self._pace.hurry(self._now_ns())
                    spent = self._answer_asker(sockets, source)  # a person may have typed it there
                    if guest is not None:
                        self._on_guest(guest, host, len(data) - spent)
                case Left(instance=instance):
                    self._sink(Gone(_kept_as(instance, host)))
                case never:
                    assert_never(never)
        except WireError:
            self.counters.malformed += 1
            if is_beacon(data):
                self._sink(Illegible(source))

    def _on_heard(self, said: Heard, host: str, size: int) -> None:
        """Post who is there; of one that is on none of our networks, only that it is heard."""
        if self._told is not None and said.instance == self._told.instance:
            return
        near, elsewhere = self._split_near((host, said.port))
        seen = sight(said.pairs, near, self._now_ns())
        self._sink(Seen(_kept_as(said.instance, host), seen, size, elsewhere))

    def _on_guest(self, guest: Guest, host: str, size: int) -> None:
        """Post who wants to enter the room that we advertise; of other rooms nothing is known."""
        if self._told is not None and self._told.advert.tag == guest.tag:
            near, elsewhere = self._split_near((host, guest.port))
            if near or elsewhere is not None:
                self._sink(GuestSeen(guest, near, size, elsewhere))

    def _split_near(self, at: Address) -> tuple[tuple[Address, ...], Address | None]:
        """Return where to greet whom a datagram told of; and where it is heard, if nowhere."""
        own_port = 0 if self._told is None else self._told.port
        near = (at,) if at[0] in self._named else greetable([at], self._interfaces, own_port)
        return near, None if near or self._is_ours(at[0]) else at

    def _is_ours(self, host: str) -> bool:
        """Tell whether a host is on a network that we use, or named by a person."""
        return host in self._named or any(each.reaches(host) for each in self._interfaces)

    def _answer_asker(self, sockets: BeaconSockets, asker: Address) -> int:
        """Tell one that asks, where it asked from: a broadcast may not reach it. Once a second.

        Returns how many bytes went.
        """
        now_ns, ours = self._now_ns(), self._told
        fresh = {at: when for at, when in self._answered.items() if now_ns - when < HURRIED_NS}
        self._answered = fresh
        if ours is None or asker in fresh or len(fresh) >= ANSWERS_MAX:
            return 0
        fresh[asker] = now_ns
        answer = _encode_announcement(ours, padded=False)  # what is left may greet a guest
        self._send_to(sockets, asker, answer)
        return len(answer)

    def _tell_others(self, sockets: BeaconSockets) -> None:
        """Send what is due: our advert; while we have none to tell, a question."""
        now_ns, told = self._now_ns(), self._announcement
        ours = told if isinstance(told, Announcement) else None
        if ours != self._told:
            if ours is None and self._told is not None:
                self._tell_all(sockets, encode_left(self._told.instance))
            self._told = ours
            self._pace.hurry(now_ns)
        if self._asks_named:
            self._asks_named = False
            self._ask_hosts(sockets, self._named)
        if now_ns < self._pace.due_ns:
            return
        self._pace.on_sent(now_ns)
        if ours is None or self._pace.is_beginning:
            self._tell_all(sockets, _encode_question(told))
        near = [host for host in self._hosts if self._is_near(host)]
        self._ask_hosts(sockets, (*near, *self._named))
        if ours is not None:
            self._tell_all(sockets, _encode_announcement(ours, padded=True))

    def _ask_hosts(self, sockets: BeaconSockets, hosts: Iterable[str]) -> None:
        for host in hosts:
            self._send_to(sockets, (host, BEACON_PORT), _encode_question(self._announcement))

    def _is_near(self, host: str) -> bool:
        """Tell whether a machine of another evening is on a network of ours now."""
        return any(each.reaches(host) and each.address != host for each in self._interfaces)

    def _tell_all(self, sockets: BeaconSockets, data: bytes) -> None:
        for interface in one_of_each_link(self._interfaces):
            try:
                sockets.send_to_all(data, interface, BEACON_PORT)
            except OSError:
                self._note_failure()

    def _send_to(self, sockets: BeaconSockets, address: Address, data: bytes) -> None:
        try:
            sockets.send(data, address)
        except OSError:
            self._note_failure()

    def _note_failure(self) -> None:
        self.counters.failures += 1


def _encode_question(told: Told | None) -> bytes:
    return encode_asked(told.guest if isinstance(told, GuestAnnouncement) else None)


def _encode_announcement(ours: Announcement, *, padded: bool) -> bytes:
    pairs = encode_advert(ours.advert)
    return encode_heard(ours.instance, ours.port, pad_texts(pairs) if padded else pairs)


def _kept_as(instance: str, host: str) -> str:
    """Return the name under which is kept what one host says: no other takes it back."""
    return f"{instance}@{host}{_SUFFIX}"
