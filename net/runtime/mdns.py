"""Multicast DNS in a thread of its own: says where we are, posts where others are.

Zeroconf's loop never waits for ours nor ours for it; news go to a sink that must not block. What is
seen is a hint, and nothing seen for long is no verdict: a killed node says no goodbye.
"""

from __future__ import annotations

import asyncio
import errno
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any, Final, assert_never, final

import zeroconf
from zeroconf import IPVersion, ServiceInfo, ServiceStateChange
from zeroconf._dns import DNSRecord
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from net.discovery.advert import SERVICE_TYPE, encode_advert, pad_texts
from net.discovery.guest import GUEST_TYPE, GUESTS_MAX, decode_guest, encode_guest
from net.discovery.instances import Instances
from net.discovery.sightings import sight
from net.errors import WireError
from net.limits import ADDRESSES_PER_PEER_MAX, ADVERTISED_MAX, SIGHTINGS_MAX
from net.runtime.interfaces import (
    LOOPBACK,
    Interface,
    greetable,
    list_interfaces,
    race_interfaces,
)
from net.runtime.mdns_news import (
    FLOODED,
    Announcement,
    Deaf,
    DiscoveryCounters,
    Gone,
    GuestAnnouncement,
    GuestSeen,
    Illegible,
    News,
    Seen,
    Told,
)
from net.runtime.udp.floods import LastingFlood
from net.runtime.udp.paced_loop import PacedLoop

MDNS_PORT: Final = 5353  # RFC 6762, 2
STEP_S: Final = 1.0  # changed fields and interfaces are noticed so often (RFC 6762, 8.4: no more)
RETRY_S: Final = 2.0  # while there is no interface, or after an error
SWEEP_S: Final = 5.0  # how often all that is known is posted again: a lost node is dialled anew
RESOLVE_MS: Final = 1500
TTL_S: Final = 30  # a killed node is off the lists after so long; the RFC's 75 minutes are no use
TTL_MAX_S: Final = 2 * TTL_S  # a stranger's claim to live longer is not believed
CLOSE_S: Final = 1.5  # for goodbyes, which take a quarter of a second

# RFC 1035, 3.2 and 4.1
_SRV, _TXT, _INTERNET = 33, 16, 1
_HEADER_BYTES: Final = 12
_RECORD_BYTES: Final = 12  # type, class, TTL, length, and a pointer to its name

_NO_MULTICAST: Final = "no network here has multicast: races are found by broadcast and --peer only"
_HEARS_BOTH: Final = sys.platform in {"linux", "win32"}

_ERRORS: Final = (OSError, RuntimeError, ValueError, TimeoutError, zeroconf.Error)


@final
class MulticastDns:
    """Announces and browses until it is closed, over whatever interfaces there are.

    `sink` is called in this object's thread.
    """

    def __init__(
        self,
        chosen: str | None,
        sink: Callable[[News], None],
        now_ns: Callable[[], int],
        announcement: Told | None = None,
    ) -> None:
        """Begin; `chosen` is the address of the only interface to use, None: all of a LAN."""
        self.counters = DiscoveryCounters()
        self._chosen = chosen
        self._sink = sink
        self._now_ns = now_ns
        self._announcement = announcement
        self._interfaces: tuple[Interface, ...] = ()
        self._announced: ServiceInfo | None = None
        self._broadcast: asyncio.Future[Any] | None = None  # announcing, for half a second
        self._adverts = Instances(SERVICE_TYPE, SIGHTINGS_MAX)
        self._guests = Instances(GUEST_TYPE, GUESTS_MAX)
        self._guest_browser: AsyncServiceBrowser | None = None  # while we advertise a room
        self._resolving: set[asyncio.Task[None]] = set()
        self._loop = PacedLoop(self.counters)
        self._closing = asyncio.Event()
        self._thread = Thread(target=self._run_thread, name="mdns", daemon=True)
        self._thread.start()

    def announce(self, announcement: Told | None) -> None:
        """Announce something newer, or take back what was, within STEP_S. Any thread may call."""
        self._announcement = announcement

    def close(self) -> None:
        """Say goodbye and stop; waits for CLOSE_S at most."""
        with suppress(RuntimeError):  # the loop may have ended
            self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(CLOSE_S)

    # --- this object's thread -----------------------------------------------------------------

    def _run_thread(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            self._loop.set_exception_handler(self._on_loop_error)
            runner.run(self._serve_until_closed())

    async def _serve_until_closed(self) -> None:
        while not self._closing.is_set():
            try:
                await self._announce_and_browse()
            except _ERRORS as error:
                self._report_failure(error)
            await self._wait_for_close(RETRY_S)

    async def _announce_and_browse(self) -> None:
        """Announce and browse while there are interfaces."""
        usable = self._usable_interfaces()
        if not usable:
            self._sink(Deaf(_NO_MULTICAST if self._interfaces else "no network interface is up"))
            return
        mdns = AsyncZeroconf(interfaces=_with_loopback(usable), ip_version=_stacks(usable))
        browser = self._start_browser(mdns, self._adverts)
        try:
            await self._follow_changes(mdns, usable)
        finally:
            self._announced = None
            if self._broadcast is not None:
                self._broadcast.cancel()  # or its last words come after the goodbye
            for task in self._resolving:
                task.cancel()
            await browser.async_cancel()
            await self._heed_guests(mdns, wanted=False)
            await mdns.async_close()

    async def _follow_changes(self, mdns: AsyncZeroconf, usable: tuple[Interface, ...]) -> None:
        """Announce what changes until we end, or have to begin anew over another stack."""
        swept_s = time.monotonic()
        flood = LastingFlood()
        while not self._closing.is_set():
            await self._announce_changes(mdns, _advertised(usable))
            await self._heed_guests(mdns, wanted=isinstance(self._announcement, Announcement))
            await self._wait_for_close(STEP_S)
            if flood.begins(self.counters.over_rate, time.monotonic()):
                self._sink(Deaf(FLOODED))
            found = self._usable_interfaces()
            if not found or _stacks(found) != _stacks(usable):
                return
            if found != usable:
                usable = found
                await mdns.async_update_interfaces(_with_loopback(usable))
            now_s = time.monotonic()
            if now_s - swept_s >= SWEEP_S:
                swept_s = now_s
                for kind in (self._adverts, self._guests):
                    for instance in kind:
                        self._schedule_lookup(mdns.zeroconf, kind, instance)

    async def _announce_changes(self, mdns: AsyncZeroconf, addresses: tuple[str, ...]) -> None:
        """Register at first, then tell what changed. Awaits no probing: our name is unique."""
        announcement = self._announcement
        info = None if announcement is None else _service_info(announcement, addresses)
        before = self._announced
        if before is not None and (info is None or info.type != before.type):
            self._announced = None
            self._broadcast = asyncio.ensure_future(await mdns.async_unregister_service(before))
            return  # what is told instead comes with the next step
        if info is None:
            return
        if self._announced is None:
            self._announced = info
            sending = await mdns.async_register_service(info, cooperating_responders=True)
            self._broadcast = asyncio.ensure_future(sending)
        elif _service_content(info) != _service_content(self._announced):
            self._announced = info
            self._broadcast = asyncio.ensure_future(await mdns.async_update_service(info))

    def _start_browser(self, mdns: AsyncZeroconf, kind: Instances) -> AsyncServiceBrowser:
        def on_change(  # zeroconf calls it with these keywords
            zeroconf: zeroconf.Zeroconf,
            service_type: str,
            name: str,
            state_change: ServiceStateChange,
        ) -> None:
            self._on_change(zeroconf, kind, name, state_change)

        return AsyncServiceBrowser(mdns.zeroconf, kind.service_type, handlers=[on_change])

    async def _heed_guests(self, mdns: AsyncZeroconf, *, wanted: bool) -> None:
        """Look for guests while there is a room that they may enter."""
        if wanted and self._guest_browser is None:
            self._guest_browser = self._start_browser(mdns, self._guests)
        elif not wanted and self._guest_browser is not None:
            browser, self._guest_browser = self._guest_browser, None
            await browser.async_cancel()

    def _on_change(
        self, mdns: zeroconf.Zeroconf, kind: Instances, name: str, change: ServiceStateChange
    ) -> None:
        """Take what a browser noticed."""
        if change is not ServiceStateChange.Removed:
            kind.on_seen(name)
            self._schedule_lookup(mdns, kind, name)
        elif kind.on_gone(name):
            self._tell_gone(kind, name)

    def _tell_gone(self, kind: Instances, name: str) -> None:
        """Tell that an advert is gone; of a guest nothing is kept."""
        if kind is self._adverts:
            self._sink(Gone(name))

    def _schedule_lookup(self, mdns: zeroconf.Zeroconf, kind: Instances, name: str) -> None:
        task = self._loop.create_task(self._look_up(mdns, kind, name))
        self._resolving.add(task)
        task.add_done_callback(self._resolving.discard)

    async def _look_up(self, mdns: zeroconf.Zeroconf, kind: Instances, name: str) -> None:
        """Post what an instance says, from the cache while that is fresh."""
        info = AsyncServiceInfo(kind.service_type, name)
        try:
            _drop_stale(mdns, name)
            answered = await info.async_request(mdns, RESOLVE_MS)
            if name not in kind:
                return
            if not answered:
                if kind.on_miss(name):
                    self._tell_gone(kind, name)
                return
            self._tell_instance(mdns, kind, info)
            kind.on_answer(name)
        except WireError:
            self.counters.malformed += 1
            kind.on_gone(name)
            if kind is self._adverts:
                for host in info.parsed_scoped_addresses(IPVersion.All)[:1]:
                    self._sink(Illegible((host, info.port or 0)))
        except _ERRORS as error:
            self._report_failure(error)

    def _tell_instance(
        self, mdns: zeroconf.Zeroconf, kind: Instances, info: AsyncServiceInfo
    ) -> None:
        """Post what an instance says; of a guest, if it wants to enter the room we advertise.

        Raises:
            WireError: it is nothing of ours.
        """
        ours = self._announcement
        own_port = 0 if ours is None else ours.port
        named = [(host, info.port or 0) for host in info.parsed_scoped_addresses(IPVersion.All)]
        addresses = greetable(named, self._interfaces, own_port)
        self.counters.off_link += len(named) - len(addresses)
        came_ms = max((each.created for each in _records(mdns, info.name)), default=0.0)
        size = _least_bytes(info) if kind.is_news(info.name, came_ms) else 0
        elsewhere = next((each for each in named if each not in addresses), None)
        nearest = kind.next_of(info.name, addresses, ADDRESSES_PER_PEER_MAX)
        if kind is self._adverts:
            sighting = sight(info.decoded_properties, nearest, self._now_ns())
            self._sink(Seen(info.name, sighting, size, elsewhere))
            return
        guest = decode_guest(info.decoded_properties, info.port or 0)
        if isinstance(ours, Announcement) and ours.advert.tag == guest.tag:
            self._sink(GuestSeen(guest, nearest, size, elsewhere))

    def _usable_interfaces(self) -> tuple[Interface, ...]:
        found = race_interfaces(self._chosen)
        self._interfaces = found
        return tuple(each for each in found if each.multicast or each.loopback)

    async def _wait_for_close(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    def _report_failure(self, error: BaseException) -> None:
        self.counters.failures += 1
        self._sink(Deaf(_in_words(error)))

    def _on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Count what zeroconf's own tasks raised; they go on."""
        self.counters.failures += 1


def _in_words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return (
            f"another program holds port {MDNS_PORT} for itself; races are found by broadcast"
            " and --peer only (end that program, or have it share the port)"
        )
    return str(error) or type(error).__name__


def _advertised(usable: tuple[Interface, ...]) -> tuple[str, ...]:
    """Return the addresses that we tell; those that mean nothing beyond a link without it."""
    lasting = [each.address.partition("%")[0] for each in usable if not each.temporary]
    return tuple(dict.fromkeys(lasting))[:ADVERTISED_MAX]


def _with_loopback(
    usable: tuple[Interface, ...],
) -> list[str | int | tuple[tuple[str, int, int], int]]:
    """Return where to speak, IPv6 by the number of the interface, once for all its addresses.

    Loopback is among them, so that nodes on one machine meet though a firewall closes its LAN.
    """
    hosts = [each.address for each in usable if not each.is_ipv6]
    links = dict.fromkeys(each.index for each in usable if each.is_ipv6 and not each.loopback)
    here = {each.address for each in list_interfaces()}
    return [*hosts, *links, *({LOOPBACK} & here - set(hosts))]


def _stacks(usable: tuple[Interface, ...]) -> IPVersion:
    """Return the stacks to speak by. Only Linux and Windows let one socket hear both groups."""
    has_ipv4 = any(not each.is_ipv6 for each in usable)
    if all(not each.is_ipv6 or each.loopback for each in usable):
        return IPVersion.V4Only
    if _HEARS_BOTH:
        return IPVersion.All
    return IPVersion.V4Only if has_ipv4 else IPVersion.V6Only


def _records(mdns: zeroconf.Zeroconf, name: str) -> list[DNSRecord]:
    """Return what is remembered of an instance itself: where it is, and what it says."""
    return [
        record
        for kind in (_SRV, _TXT)
        for record in mdns.cache.async_all_by_details(name, kind, _INTERNET)
    ]


def _drop_stale(mdns: zeroconf.Zeroconf, name: str) -> None:
    """Have an instance asked again of which nothing came for long, whatever life it claims."""
    records = _records(mdns, name)
    oldest_ms = zeroconf.current_time_millis() - TTL_MAX_S * 1000
    if records and max(record.created for record in records) < oldest_ms:
        mdns.cache.async_remove_records(records)


def _least_bytes(info: AsyncServiceInfo) -> int:
    """Return how many bytes a packet has at least that says all this of an instance."""
    label = len(info.name) - len(info.type)
    owner, server = len(info.type) + 1, len(info.server or "")
    texts = label + owner + server + len(info.text or b"")
    return _HEADER_BYTES + texts + 4 * _RECORD_BYTES


def _service_info(told: Told, addresses: tuple[str, ...]) -> ServiceInfo:
    service_type = GUEST_TYPE if isinstance(told, GuestAnnouncement) else SERVICE_TYPE
    return ServiceInfo(
        service_type,
        f"{told.instance}.{service_type}",
        port=told.port,
        properties=_pairs_of(told),
        server=f"{told.instance}.local.",
        parsed_addresses=list(addresses),
        host_ttl=TTL_S,
        other_ttl=TTL_S,
    )


def _pairs_of(told: Told) -> dict[str, str]:
    match told:
        case Announcement(advert=advert):
            return pad_texts(encode_advert(advert))
        case GuestAnnouncement(guest=guest):
            return encode_guest(guest)
        case _:
            assert_never(told)


def _service_content(info: ServiceInfo) -> tuple[bytes, list[str], int | None]:
    return info.text, info.parsed_addresses(), info.port
