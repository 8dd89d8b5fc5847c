"""The table of what discovery has seen, and the list of races that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, final

from net.discovery.advert import decode_advert
from net.ids import Address, NodeId
from net.limits import (
    ADDRESSES_PER_PEER_MAX,
    ISLAND_HEARD_NS,
    NEVER,
    PEERS_MAX,
    SIGHTINGS_MAX,
)
from net.recent import Recent
from net.wire.versions import OURS, Versions

SIGHTING_NS: Final = 60_000_000_000  # an advert that was not seen again for so long is stale


@final
@dataclass(frozen=True, slots=True)
class Sighting:
    """One advert of one node, as it was last seen. A hint: nothing in it is proved."""

    node: NodeId
    race: str
    tag: bytes
    locked: bool
    addresses: tuple[Address, ...]
    fields: Mapping[str, str]
    seen_ns: int
    versions: Versions = OURS
    island: bytes = b""  # the mark that it tells, if it does
    heard_ns: int = NEVER  # when it was heard itself; `seen_ns` counts what was remembered too


@final
@dataclass(frozen=True, slots=True)
class RaceNearby:
    """A race that somebody near takes part in."""

    race: str
    tag: bytes
    locked: bool
    players: int
    phase: str
    track: str
    nodes: tuple[NodeId, ...]  # who advertises it, sorted
    versions: tuple[Versions, ...] = (OURS,)  # what these speak, each once, the newest first
    addresses: tuple[Address, ...] = field(default=(), compare=False)  # one of each of them
    fields: Mapping[str, str] = field(default_factory=dict, compare=False)  # of the newest advert
    nth: int = 1  # of the islands of this room, the largest first
    mark: str = ""  # of this island, in hex, where there are several …
    unheard: tuple[Address, ...] = ()  # … with some of those of the others
    tellers: Mapping[Address, NodeId] = field(default_factory=dict, compare=False)
    """Whose advert tells each of these addresses, of others too."""

    def incompatible(self, ours: Versions) -> Versions | None:
        """Return what it speaks, where a node that speaks `ours` can speak with nobody in it."""
        if any(theirs.common(ours) is not None for theirs in self.versions):
            return None
        return self.versions[0]


def sight(pairs: Mapping[str, str | None], addresses: Iterable[Address], now_ns: int) -> Sighting:
    """Return what a stranger's advert says, at the addresses it was seen with.

    Raises:
        WireError: the advert means nothing to us.
    """
    advert = decode_advert(pairs)
    nearest = tuple(addresses)[:ADDRESSES_PER_PEER_MAX]
    return Sighting(
        advert.node,
        advert.race,
        advert.tag,
        advert.locked,
        nearest,
        advert.fields,
        now_ns,
        advert.versions,
        advert.island,
        now_ns,
    )


@final
class Sightings:
    """What is advertised now, by instance name: at most SIGHTINGS_MAX, the stalest goes first."""

    def __init__(self) -> None:
        self._seen: Recent[str, Sighting] = Recent(SIGHTINGS_MAX)

    def __len__(self) -> int:
        return len(self._seen)

    def on_seen(self, instance: str, sighting: Sighting, *, is_heard: bool = True) -> None:
        """Note an advert, or that it was seen again.

        Args:
            is_heard: it came off the network now; else it was remembered.
        """
        if not is_heard:
            before = self._seen.get(instance)
            heard_ns = NEVER if before is None else before.heard_ns
            sighting = replace(sighting, heard_ns=heard_ns)
        self._seen.note(instance, sighting)

    def on_gone(self, instance: str) -> None:
        """Forget an advert that was taken back or answers no more."""
        self._seen.pop(instance, None)

    def on_tick(self, now_ns: int) -> None:
        """Forget what was not seen again for SIGHTING_NS: a killed node says no goodbye."""
        stale = [name for name, seen in self._seen.items() if now_ns - seen.seen_ns > SIGHTING_NS]
        for name in stale:
            del self._seen[name]

    def nodes(self) -> tuple[Sighting, ...]:
        """Return the newest sighting of every node in every room, sorted by node and room."""
        newest: dict[tuple[NodeId, bytes], Sighting] = {}
        for sighting in self._seen.values():
            key = (sighting.node, sighting.tag)
            if key not in newest or newest[key].seen_ns < sighting.seen_ns:
                newest[key] = sighting
        return tuple(newest[key] for key in sorted(newest))

    def races(self, now_ns: int) -> tuple[RaceNearby, ...]:
        """Return the races nearby, sorted by name and tag; each island of a room is one."""
        rooms: dict[tuple[str, bytes], list[Sighting]] = {}
        for sighting in self.nodes():
            rooms.setdefault((sighting.race, sighting.tag), []).append(sighting)
        return tuple(
            race
            for key in sorted(rooms)
            for race in _races_of_room(_part_by_island(rooms[key], now_ns))
        )


def _part_by_island(sightings: Sequence[Sighting], now_ns: int) -> list[list[Sighting]]:
    """Return the sightings of a room by island, the largest first; mostly all of them are one.

    Only who was heard lately makes an island. Who tells no mark, or an old one, is in the first.
    """
    by_mark: dict[bytes, list[Sighting]] = {}
    for seen in sightings:
        if seen.island and now_ns - seen.heard_ns <= ISLAND_HEARD_NS:
            by_mark.setdefault(seen.island, []).append(seen)
    if len(by_mark) < 2:
        return [list(sightings)]
    marks = sorted(by_mark, key=lambda mark: (-len(by_mark[mark]), mark))
    told = {id(seen) for group in by_mark.values() for seen in group}
    rest = [seen for seen in sightings if id(seen) not in told]
    return [by_mark[marks[0]] + rest, *(by_mark[mark] for mark in marks[1:])]


def _races_of_room(islands: list[list[Sighting]]) -> list[RaceNearby]:
    """Return a room as one race, or each of its islands with whom it does not hear."""
    races = [_race_summary(island) for island in islands]
    if len(races) == 1:
        return races
    tellers = {at: node for race in races for at, node in race.tellers.items()}
    return [
        replace(
            race,
            nth=nth,
            mark=island[0].island.hex(),
            unheard=tuple(
                at for other in (races[1:] if nth == 1 else races[:1]) for at in other.addresses
            ),
            tellers=tellers,
        )
        for nth, (race, island) in enumerate(zip(races, islands, strict=True), start=1)
    ]


def _race_summary(sightings: list[Sighting]) -> RaceNearby:
    """Sum up a room: its nodes may disagree for a moment, the newest word is shown."""
    newest = max(sightings, key=lambda sighting: (sighting.seen_ns, sighting.node))
    plainest = [(_plainest_address(each.addresses), each) for each in sightings if each.addresses]
    return RaceNearby(
        race=newest.race,
        tag=newest.tag,
        locked=newest.locked,
        players=_player_count(newest.fields.get("players"), len(sightings)),
        phase=newest.fields.get("phase", ""),
        track=newest.fields.get("track", ""),
        nodes=tuple(sighting.node for sighting in sightings),
        versions=tuple(
            sorted({sighting.versions for sighting in sightings}, key=_order_newest_first)
        ),
        addresses=tuple(at for at, _ in plainest),
        fields=newest.fields,
        tellers={at: sighting.node for at, sighting in plainest},
    )


def _plainest_address(addresses: Sequence[Address]) -> Address:
    """Return the address that a person reads best: the first of IPv4, if one is."""
    return next((at for at in addresses if ":" not in at[0]), addresses[0])


def _player_count(text: str | None, nodes: int) -> int:
    """Return the advertised number of players where it is one, else the nodes we see."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 3:
        return nodes
    return min(int(text), PEERS_MAX)


def _order_newest_first(versions: Versions) -> tuple[int, ...]:
    return -versions.room, -versions.highest, -versions.lowest, -versions.program
