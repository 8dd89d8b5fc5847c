"""How a node is found and finds others: what it advertises, and whom it dials."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never, final

from net.counters import Counts
from net.discovery.advert import Advert, encode_advert, instance_name
from net.discovery.guest import Guest
from net.discovery.islands import OwnIsland
from net.ids import NO_LINEAGE, Address, LineageId, NodeId, address_text
from net.limits import SECOND
from net.node.lineage.rapport import Rapport
from net.runtime.clock import now_ns
from net.runtime.discovery import Discovery
from net.runtime.host_lookup import look_up
from net.runtime.inbox import FindingsCounters, Inbox
from net.runtime.interfaces import is_this_machine
from net.runtime.mdns_news import (
    Announcement,
    Deaf,
    Gone,
    GuestAnnouncement,
    GuestPace,
    GuestSeen,
    Illegible,
    News,
    RaceList,
    Seen,
    Told,
)
from net.runtime.reaching.solitude import Solitude
from net.runtime.reaching.unreached import Inquiry, Unreached
from net.runtime.service_options import Fields, ServiceOptions, Trouble
from net.wire.versions import Versions

if TYPE_CHECKING:
    from net.discovery.sightings import RaceNearby, Sighting
    from net.security.room_secret import RoomSecret

REDIAL_NS: Final = 5 * SECOND  # peers named by the user are dialled so often: they may start later
_SHOWN_OF_LOCKED: Final = ("players", "cars")
FINDINGS_MAX: Final = 256  # of strangers, between two turns of the loop
NAMED_BYTES: Final = 1024  # may be spent each time to find out about whom a person names


@final
@dataclass(frozen=True, slots=True)
class Dial:
    """The user says that somebody of our room is at this address."""

    address: Address


@final
@dataclass(frozen=True, slots=True)
class Listed:
    """A node advertises our room, at these addresses; `size` and `elsewhere` as in `Seen`."""

    node: NodeId
    addresses: tuple[Address, ...]
    size: int
    elsewhere: Address | None
    is_guest: bool = False  # it wants to enter our room

    @property
    def greeting_size(self) -> int:
        """How many bytes may go to greet it."""
        return self.size // 2

    @property
    def asking_size(self) -> int:
        """How many bytes may go to ask why it is not reached: the rest."""
        return self.size - self.greeting_size


@final
@dataclass(frozen=True, slots=True)
class OtherDoor:
    """A node advertises a room of our name that is locked where ours is not, or the other way."""

    node: NodeId
    address: Address
    locked: bool


Finding: TypeAlias = Dial | Trouble


@final
class Presence:
    """Tells the network of a node, and posts where others of its room are.

    Args:
        shown: what lists show of us now; None: we are in no room, and tell so as guests. Asked
            about each second.
        post: takes what a person must not miss. Called in other threads too; must not block.

    What strangers say waits in `findings`, so that it is never before a person's commands.
    """

    def __init__(
        self,
        alias: NodeId,
        room: RoomSecret,
        port: int,
        options: ServiceOptions,
        shown: Callable[[], Fields | None],
        versions: Versions,
        post: Callable[[Finding], None],
    ) -> None:
        self._room = room
        self._port = port
        self._shown = shown
        self._post = post
        self.findings: Inbox[Listed | OtherDoor] = Inbox(FINDINGS_MAX, FindingsCounters())
        self._list = RaceList()
        self._inquiry = Inquiry(now_ns)
        self._solitude = Solitude(options.interface, port, now_ns())
        self._advert = Advert(alias, room.name, room.tag, room.locked, versions=versions)
        self._island = OwnIsland(room.tag)
        self._instance = instance_name(alias, SystemRandom())
        self._named: list[Address] = []
        self._dialled_ns = now_ns()
        self._guests = GuestPace(now_ns())
        self._discovery = Discovery(
            options.interface, self._on_news, now_ns, self._make_announcement(), options.hosts
        )
        look_up(options.peers, self._on_found, self._on_unknown)

    @property
    def counters(self) -> Counts:
        """What of finding others came to nothing."""
        return self._discovery.counters | Counts.of(self.findings.counters, self._guests.counters)

    def races(self) -> tuple[RaceNearby, ...]:
        """Return the races that were seen nearby, ours too."""
        return self._list.races(now_ns())

    def on_second(self, versions: Versions, lineage: LineageId | None, now_ns: int) -> None:
        """Announce what changed; dial again whom the user named. About each second.

        Args:
            versions: what our node speaks by now.
            lineage: in which it is; None: in none.
        """
        mark = self._island.mark(lineage or NO_LINEAGE, now_ns)
        self._advert = replace(self._advert, versions=versions, island=mark)
        self._discovery.announce(self._make_announcement())
        if now_ns - self._dialled_ns >= REDIAL_NS:
            self._dialled_ns = now_ns
            for address in list(self._named):
                self._post(Dial(address))

    def on_listed(self, listed: Listed, *, is_reached: bool) -> None:
        """Take whether we talk to a node that is advertised in our room."""
        if is_reached:
            self._inquiry.forget(listed.node)
        else:
            at, size, tag = listed.addresses, listed.asking_size, self._room.tag
            self._inquiry.note(
                listed.node, tag, at, size, listed.elsewhere, is_guest=listed.is_guest
            )

    def on_dialled(self, address: Address, *, is_reached: bool) -> None:
        """Take whether we talk to somebody at an address that a person named."""
        if is_reached:
            self._inquiry.forget(address)
        else:
            self._inquiry.note(address, self._room.tag, (address,), NAMED_BYTES)

    def on_apart(self, apart: Iterable[tuple[NodeId, Address]]) -> None:
        """Take whom we talk to, and are in no room with, and where. About each second."""
        for node, address in apart:
            self._inquiry.note(node, self._room.tag, (address,), NAMED_BYTES)

    def review(
        self,
        rapport_of: Callable[[bytes | Address, Sequence[Address]], Rapport],
        ours: Versions,
    ) -> None:
        """Ask how far we have come with those who are not reached. About each second.

        Args:
            ours: what our node speaks by now.
        """
        self._inquiry.review(rapport_of, ours)

    def on_company(self, hosts: Collection[str], now_ns: int) -> None:
        """Take where those are whom we talk to; "" for whom that is not known."""
        self._solitude.on_company(hosts, now_ns)

    def unreached(self, now_ns: int) -> Unreached | None:
        """Return who is not reached, where it is time to tell: somebody heard of, or anybody."""
        return self._solitude.take(now_ns) or self._inquiry.take_news(now_ns)

    def close(self) -> None:
        """Say goodbye; takes about a quarter of a second."""
        self._inquiry.close()
        self._discovery.close()
        self.findings.close()

    def _make_announcement(self) -> Told:
        fields = self._shown()
        if fields is None:
            guest = Guest(self._advert.node, self._room.tag, self._port)
            return GuestAnnouncement(f"{self._instance}-guest", guest)
        if self._room.locked:  # strangers learn how full it is, and no more
            fields = {key: fields[key] for key in _SHOWN_OF_LOCKED if key in fields}
        advert = replace(self._advert, fields=fields)
        encode_advert(advert)  # so that the program's mistake shows here, not in another thread
        return Announcement(self._instance, self._port, advert)

    # --- in other threads ---------------------------------------------------------------------

    def _on_news(self, news: News) -> None:
        match news:
            case Seen(sighting=seen, size=size, elsewhere=elsewhere):
                self._list.on_seen(news)
                if seen.node != self._advert.node:
                    told = seen.addresses if elsewhere is None else (*seen.addresses, elsewhere)
                    self._solitude.on_seen([host for host, _ in told], now_ns())
                if seen.tag == self._room.tag and seen.node != self._advert.node:
                    self.findings.put(Listed(seen.node, seen.addresses, size, elsewhere))
                elif self._is_other_door(seen):
                    self.findings.put(OtherDoor(seen.node, seen.addresses[0], seen.locked))
            case GuestSeen():
                self._on_guest(news)
            case Gone(instance=instance):
                self._list.on_gone(instance)  # a hint at most: its heartbeats tell whether it lives
            case Illegible(address=address):
                self._inquiry.note_illegible(address)
            case Deaf(why=why):
                self._post(Trouble("discovery", why, why))
            case _:
                assert_never(news)

    def _on_guest(self, seen: GuestSeen) -> None:
        """Take who wants to enter our room, as often as we may; it is on no list."""
        guest, at = seen.guest, seen.addresses
        told = at if seen.elsewhere is None else (*at, seen.elsewhere)
        if guest.tag != self._room.tag or guest.node == self._advert.node or not told:
            return
        self._solitude.on_seen([host for host, _ in told], now_ns())
        if self._guests.take(told[0][0], now_ns()):
            self.findings.put(Listed(guest.node, at, seen.size, seen.elsewhere, is_guest=True))

    def _is_other_door(self, seen: Sighting) -> bool:
        """Who waits for a room as we do, and is in none, has no door."""
        room, is_inside = self._room, seen.versions.room > 0 and bool(seen.addresses)
        return is_inside and seen.race == room.name and seen.locked != room.locked

    def _on_found(self, address: Address) -> None:
        host, port = address
        if port == self._port and is_this_machine(host):
            own = f"{address_text(address)} is this racer itself: name another machine's"
            self._on_unknown(own)
        elif port > 0:
            self._named.append(address)
            self._post(Dial(address))
        else:
            self._discovery.ask(host)

    def _on_unknown(self, text: str) -> None:
        self._post(Trouble("peer", text, text))
