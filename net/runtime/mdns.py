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
from typing import Any, Final, final

import zeroconf
from zeroconf import IPVersion, ServiceInfo, ServiceStateChange
from zeroconf._dns import DNSRecord
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from net.discovery.advert import SERVICE_TYPE, encode_advert
from net.discovery.sightings import sight
from net.errors import WireError
from net.limits import ADVERTISED_MAX, SIGHTINGS_MAX
from net.runtime.interfaces import (
    LOOPBACK,
    Interface,
    greetable,
    list_interfaces,
    race_interfaces,
)
from net.runtime.mdns_news import Announcement, Deaf, DiscoveryCounters, Gone, Illegible, News, Seen

MDNS_PORT: Final = 5353  # RFC 6762, 2
STEP_S: Final = 1.0  # changed fields and interfaces are noticed so often (RFC 6762, 8.4: no more)
RETRY_S: Final = 2.0  # while there is no interface, or after an error
SWEEP_S: Final = 5.0  # how often all that is known is posted again: a lost node is dialled anew
RESOLVE_MS: Final = 1500
MISSES_MAX: Final = 360  # half an hour of them, longer than any network is away during a race
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
        announcement: Announcement | None = None,
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
        self._known: dict[str, int] = {}  # instances there are: how often they did not answer
        self._read_ms: dict[str, float] = {}  # of each: when what we last read of it had come
        self._resolving: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        self._thread = Thread(target=self._run_thread, name="mdns", daemon=True)
        self._thread.start()

    def announce(self, announcement: Announcement | None) -> None:
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
        browser = AsyncServiceBrowser(
            mdns.zeroconf, SERVICE_TYPE, handlers=[self._on_service_state_change]
        )
        try:
            await self._follow_changes(mdns, usable)
        finally:
            self._announced = None
            if self._broadcast is not None:
                self._broadcast.cancel()  # or its last words come after the goodbye
            for task in self._resolving:
                task.cancel()
            await browser.async_cancel()
            await mdns.async_close()

    async def _follow_changes(self, mdns: AsyncZeroconf, usable: tuple[Interface, ...]) -> None:
        """Announce what changes until we end, or have to begin anew over another stack."""
        swept_s = time.monotonic()
        while not self._closing.is_set():
            await self._announce_changes(mdns, _advertised(usable))
            await self._wait_for_close(STEP_S)
            found = self._usable_interfaces()
            if not found or _stacks(found) != _stacks(usable):
                return
            if found != usable:
                usable = found
                await mdns.async_update_interfaces(_with_loopback(usable))
            now_s = time.monotonic()
            if now_s - swept_s >= SWEEP_S:
                swept_s = now_s
                for instance in list(self._known):
                    self._schedule_lookup(mdns.zeroconf, instance)

    async def _announce_changes(self, mdns: AsyncZeroconf, addresses: tuple[str, ...]) -> None:
        """Register at first, then tell what changed. Awaits no probing: our name is unique."""
        announcement = self._announcement
        if announcement is None:
            if self._announced is not None:
                self._broadcast = asyncio.ensure_future(
                    await mdns.async_unregister_service(self._announced)
                )
                self._announced = None
            return
        info = _service_info(announcement, addresses)
        if self._announced is None:
            self._announced = info
            sending = await mdns.async_register_service(info, cooperating_responders=True)
            self._broadcast = asyncio.ensure_future(sending)
        elif _service_content(info) != _service_content(self._announced):
            self._announced = info
            self._broadcast = asyncio.ensure_future(await mdns.async_update_service(info))

    def _on_service_state_change(
        self,
        zeroconf: zeroconf.Zeroconf,
        service_type: str,
        name: str,
        state_change: ServiceStateChange,
    ) -> None:
        """Take what the browser noticed. Zeroconf calls it with these keywords."""
        if state_change is ServiceStateChange.Removed:
            if self._known.pop(name, None) is not None:
                self._sink(Gone(name))
        else:
            if name not in self._known and len(self._known) >= SIGHTINGS_MAX:
                self._known.pop(max(self._known, key=lambda known: self._known[known]))
            self._known.setdefault(name, 1)
            self._schedule_lookup(zeroconf, name)

    def _schedule_lookup(self, mdns: zeroconf.Zeroconf, name: str) -> None:
        task = self._loop.create_task(self._look_up(mdns, name))
        self._resolving.add(task)
        task.add_done_callback(self._resolving.discard)

    async def _look_up(self, mdns: zeroconf.Zeroconf, name: str) -> None:
        """Post what an instance says, from the cache while that is fresh."""
        info = AsyncServiceInfo(SERVICE_TYPE, name)
        try:
            _drop_stale(mdns, name)
            answered = await info.async_request(mdns, RESOLVE_MS)
            if name not in self._known:
                return
            if not answered:
                self._note_miss(name)
                return
            self._sink(self._read_instance(mdns, info))
            self._known[name] = 0
        except WireError:
            self.counters.malformed += 1
            self._known.pop(name, None)
            for host in info.parsed_scoped_addresses(IPVersion.All)[:1]:
                self._sink(Illegible((host, info.port or 0)))
        except _ERRORS as error:
            self._report_failure(error)

    def _read_instance(self, mdns: zeroconf.Zeroconf, info: AsyncServiceInfo) -> Seen:
        """Return what an instance says.

        Raises:
            WireError: it is nothing of ours.
        """
        own_port = 0 if self._announcement is None else self._announcement.port
        named = [(host, info.port or 0) for host in info.parsed_scoped_addresses(IPVersion.All)]
        addresses = greetable(named, self._interfaces, own_port)
        self.counters.off_link += len(named) - len(addresses)
        sighting = sight(info.decoded_properties, addresses, self._now_ns())
        came_ms = max((each.created for each in _records(mdns, info.name)), default=0.0)
        size = _least_bytes(info) if came_ms > self._read_ms.get(info.name, 0.0) else 0
        if info.name not in self._read_ms and len(self._read_ms) >= 2 * SIGHTINGS_MAX:
            self._read_ms.clear()
        self._read_ms[info.name] = came_ms
        elsewhere = next((each for each in named if each not in addresses), None)
        return Seen(info.name, sighting, size, elsewhere)

    def _note_miss(self, name: str) -> None:
        """Note that an instance did not answer. It stays known for long: it may be the network."""
        misses = self._known[name]
        if misses == 0:
            self._sink(Gone(name))
        if misses < MISSES_MAX:
            self._known[name] = misses + 1
        else:
            del self._known[name]

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
    label = len(info.name) - len(SERVICE_TYPE)
    owner, server = len(SERVICE_TYPE) + 1, len(info.server or "")
    texts = label + owner + server + len(info.text or b"")
    return _HEADER_BYTES + texts + 4 * _RECORD_BYTES


def _service_info(announcement: Announcement, addresses: tuple[str, ...]) -> ServiceInfo:
    return ServiceInfo(
        SERVICE_TYPE,
        f"{announcement.instance}.{SERVICE_TYPE}",
        port=announcement.port,
        properties=encode_advert(announcement.advert),
        server=f"{announcement.instance}.local.",
        parsed_addresses=list(addresses),
        host_ttl=TTL_S,
        other_ttl=TTL_S,
    )


def _service_content(info: ServiceInfo) -> tuple[bytes, list[str], int | None]:
    return info.text, info.parsed_addresses(), info.port
