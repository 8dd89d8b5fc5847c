"""One room in two lineages that do not hear each other is listed as two, and as one once it is."""

from __future__ import annotations

from net.discovery.advert import Advert, decode_advert, encode_advert
from net.discovery.islands import MARK_BYTES, OwnIsland, island_mark
from net.discovery.sightings import Sighting, Sightings
from net.ids import NO_LINEAGE
from net.limits import ISLAND_HEARD_NS, ISLAND_SETTLED_NS, SECOND

TAG = b"roomtag1"
HERE, THERE = (island_mark(lineage, TAG) for lineage in (b"lineage1", b"lineage2"))
NOW_NS = 100 * SECOND


def seen(node: int, mark: bytes, heard_ns: int = NOW_NS) -> Sighting:
    at = ((f"10.0.0.{node}", 5000),)
    name = bytes([node]) * 16
    return Sighting(name, "friday", TAG, False, at, {}, NOW_NS, island=mark, heard_ns=heard_ns)


def listed(*sightings: Sighting) -> list[tuple[int, list[int], list[str]]]:
    """Return of each race of the list its number, its nodes, and whom they do not hear."""
    table = Sightings()
    for each in sightings:
        table.on_seen(each.node.hex(), each)
    return [
        (race.nth, [node[0] for node in race.nodes], [host for host, _ in race.unheard])
        for race in table.races(NOW_NS)
    ]


def test_two_islands_are_two_races_each_of_which_knows_whom_it_does_not_hear() -> None:
    found = listed(seen(1, THERE), seen(2, HERE), seen(3, HERE))
    assert found == [(1, [2, 3], ["10.0.0.1"]), (2, [1], ["10.0.0.2", "10.0.0.3"])]


def test_each_island_knows_by_whose_advert_every_address_of_the_room_is_told() -> None:
    table = Sightings()
    for each in (seen(1, THERE), seen(2, HERE), seen(3, HERE)):
        table.on_seen(each.node.hex(), each)
    told = {(f"10.0.0.{node}", 5000): bytes([node]) * 16 for node in (1, 2, 3)}
    assert [race.tellers for race in table.races(NOW_NS)] == [told, told]


def test_once_they_are_one_they_are_one_race() -> None:
    assert listed(seen(1, HERE), seen(2, HERE)) == [(1, [1, 2], [])]


def test_who_tells_no_mark_makes_no_island() -> None:
    assert listed(seen(1, b""), seen(2, HERE)) == [(1, [1, 2], [])]
    first, second = listed(seen(1, b""), seen(2, HERE), seen(3, HERE), seen(4, THERE))
    assert (sorted(first[1]), second[1]) == ([1, 2, 3], [4])


def test_who_died_is_no_island_however_long_its_advert_is_remembered() -> None:
    dead = seen(1, THERE, NOW_NS - ISLAND_HEARD_NS - 1)
    assert listed(dead, seen(2, HERE)) == [(1, [1, 2], [])]


def test_what_was_only_remembered_was_not_heard() -> None:
    table = Sightings()
    table.on_seen("dead", seen(1, THERE, heard_ns=0))
    table.on_seen("dead", seen(1, THERE), is_heard=False)
    table.on_seen("here", seen(2, HERE))
    assert len(table.races(NOW_NS)) == 1
    table.on_seen("dead", seen(1, THERE))
    assert len(table.races(NOW_NS)) == 2


def test_a_first_lineage_is_told_at_once_and_a_later_one_when_the_dead_are_forgotten() -> None:
    own = OwnIsland(TAG)
    assert own.mark(NO_LINEAGE, 0) == b""
    assert own.mark(b"lineage1", SECOND) == HERE
    assert own.mark(b"lineage2", 5 * SECOND) == b""
    assert own.mark(b"lineage2", 5 * SECOND + ISLAND_SETTLED_NS - 1) == b""
    assert own.mark(b"lineage2", 5 * SECOND + ISLAND_SETTLED_NS) == THERE
    assert own.mark(NO_LINEAGE, 50 * SECOND) == b""
    assert ISLAND_SETTLED_NS > ISLAND_HEARD_NS


def test_a_mark_is_of_one_lineage_in_one_room_and_says_no_more() -> None:
    assert len({HERE, THERE, island_mark(b"lineage1", b"roomtag2")}) == 3
    assert len(HERE) == MARK_BYTES


def test_a_mark_comes_back_as_it_was_sent_and_nonsense_is_none() -> None:
    advert = Advert(bytes(16), "friday", TAG, False, {}, island=HERE)
    pairs = encode_advert(advert)
    assert decode_advert(pairs) == advert
    for nonsense in ("", "xy", HERE.hex()[:2], HERE.hex() * 2, "é"):
        assert decode_advert(pairs | {"island": nonsense}).island == b""
    assert "island" not in encode_advert(Advert(bytes(16), "friday", TAG, False))
