from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.discovery.advert import (
    FIELD_VALUE_CHARS_MAX,
    FIELDS_MAX,
    Advert,
    decode_advert,
    encode_advert,
    instance_name,
)
from net.discovery.sightings import SIGHTING_NS, RaceNearby, Sighting, Sightings, sight
from net.errors import UsageError, WireError
from net.limits import ADDRESSES_PER_PEER_MAX, RACE_NAME_CHARS_MAX, SIGHTINGS_MAX
from net.security.clean_text import clean_text

N1, N2, N3 = (bytes([n]) * 16 for n in (1, 2, 3))
TAG = b"roomtag1"
NOW_NS = 10


def pairs_of(advert: Advert) -> dict[str, str | None]:
    return dict(encode_advert(advert))


def sighting(node: bytes, seen_ns: int, race: str = "Monza", **fields: str) -> Sighting:
    return Sighting(node, race, TAG, False, (("10.0.0.1", 5000),), fields, seen_ns)


def test_an_advert_comes_back_as_it_was_sent() -> None:
    advert = Advert(
        N1, "Friday night", TAG, True, {"phase": "lobby", "players": "3", "track": "Oval"}
    )
    assert decode_advert(pairs_of(advert)) == advert


def test_an_advert_of_full_fields_fits_a_txt_record_and_a_fuller_one_is_a_usage_error() -> None:
    fields = {f"key{n}": "x" * 20 for n in range(FIELDS_MAX)}
    assert (
        sum(
            len(k) + len(v) + 2
            for k, v in encode_advert(Advert(N1, "R", TAG, False, fields)).items()
        )
        < 400
    )
    with pytest.raises(UsageError):
        encode_advert(Advert(N1, "R", TAG, False, {**fields, "more": "x"}))
    with pytest.raises(UsageError):
        encode_advert(Advert(N1, "R", TAG, False, {f"k{n}": "ä" * 32 for n in range(FIELDS_MAX)}))


@pytest.mark.parametrize("key", ["node", "speaks", "room", "", "a=b", "long_long_long", "ключ"])
def test_a_program_may_not_advertise_a_taken_or_unfit_key(key: str) -> None:
    with pytest.raises(UsageError):
        encode_advert(Advert(N1, "R", TAG, False, {key: "x"}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("speaks", "4"),
        ("speaks", "4-3"),
        ("speaks", "0-3"),
        ("speaks", "3-256"),
        ("speaks", "3--4"),
        ("speaks", "³-4"),
        ("room", "x"),
        ("program", "-1"),
        ("program", str(2**32)),
        ("race", ""),
        ("race", "\u202e\u200b"),
        ("race", "🏁" * 20),
        ("node", "zz"),
        ("node", "01" * 15),
        ("node", None),
        ("tag", ""),
        ("tag", "00" * 17),
    ],
)
def test_an_advert_with_a_malformed_pair_is_refused(key: str, value: str | None) -> None:
    pairs = pairs_of(Advert(N1, "Monza", TAG, False)) | {key: value}
    with pytest.raises(WireError):
        decode_advert(pairs)


@given(st.dictionaries(st.text(max_size=12), st.none() | st.text(max_size=80), max_size=20))
def test_any_strangers_pairs_are_refused_or_come_out_clean_and_bounded(
    pairs: dict[str, str | None],
) -> None:
    basis = pairs_of(Advert(N1, "Monza", TAG, False))
    try:
        advert = decode_advert(basis | pairs)
    except WireError:
        return
    assert 0 < len(advert.race) <= RACE_NAME_CHARS_MAX
    assert len(advert.fields) <= FIELDS_MAX
    for value in (advert.race, *advert.fields.values()):
        assert clean_text(value, len(value)) == value
        assert len(value) <= FIELD_VALUE_CHARS_MAX


def test_a_restarted_node_advertises_another_instance_of_the_same_node() -> None:
    rng = Random(1)
    first, second = instance_name(N1, rng), instance_name(N1, rng)
    assert first != second
    assert first.startswith("racer-01010101-")
    assert second.startswith("racer-01010101-")


def test_a_sighting_keeps_a_bounded_number_of_addresses() -> None:
    addresses = [(f"10.0.0.{n}", 5000) for n in range(40)]
    seen = sight(pairs_of(Advert(N1, "Monza", TAG, False)), addresses, 7)
    assert seen.addresses == tuple(addresses[:ADDRESSES_PER_PEER_MAX])
    assert seen.seen_ns == 7


def test_nodes_of_one_room_are_one_race_nearby() -> None:
    table = Sightings()
    table.on_seen("b", sighting(N2, 2, phase="racing", players="5", track="Oval"))
    table.on_seen("a", sighting(N1, 1, phase="lobby"))
    table.on_seen("c", sighting(N3, 1, race="Spa"))
    assert table.races(NOW_NS) == (
        RaceNearby("Monza", TAG, False, 5, "racing", "Oval", (N1, N2)),
        RaceNearby("Spa", TAG, False, 1, "", "", (N3,)),
    )


def test_a_node_that_restarted_is_counted_once() -> None:
    table = Sightings()
    table.on_seen("racer-1-old", sighting(N1, 1))
    table.on_seen("racer-1-new", sighting(N1, 2))
    assert [race.players for race in table.races(NOW_NS)] == [1]


@pytest.mark.parametrize("players", ["-1", "9999", "1e9", "٣", "", "x"])
def test_a_nonsensical_number_of_players_is_replaced_by_what_we_see(players: str) -> None:
    table = Sightings()
    table.on_seen("a", sighting(N1, 1, players=players))
    assert table.races(NOW_NS)[0].players == 1


def test_an_advert_that_says_goodbye_or_is_never_seen_again_is_forgotten() -> None:
    table = Sightings()
    table.on_seen("a", sighting(N1, 0))
    table.on_seen("b", sighting(N2, SIGHTING_NS))
    table.on_tick(SIGHTING_NS)
    assert len(table) == 2
    table.on_tick(SIGHTING_NS + 1)
    assert [seen.node for seen in table.nodes()] == [N2]
    table.on_gone("b")
    table.on_gone("b")
    assert table.races(NOW_NS) == ()


def test_a_flood_of_adverts_drops_the_stalest_and_stays_bounded() -> None:
    table = Sightings()
    for n in range(2 * SIGHTINGS_MAX):
        table.on_seen(f"i{n}", sighting(n.to_bytes(16, "big"), n))
    assert len(table) == SIGHTINGS_MAX
    assert min(seen.seen_ns for seen in table.nodes()) == SIGHTINGS_MAX
