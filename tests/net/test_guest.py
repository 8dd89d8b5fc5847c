"""Who wants to enter a room tells so, in few bytes, and is taken at a pace."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.discovery.advert import (
    SERVICE_TYPE,
    TEXT_BYTES_MAX,
    Advert,
    decode_advert,
    encode_advert,
    pad_texts,
)
from net.discovery.beacon import BEACON_BYTES_MAX, Asked, decode_beacon, encode_asked, encode_heard
from net.discovery.guest import (
    GUEST_TYPE,
    GUESTS_MAX,
    GUESTS_PER_HOST,
    GUESTS_PER_S,
    Guest,
    decode_guest,
    encode_guest,
)
from net.discovery.instances import MISSES_MAX, Instances
from net.errors import WireError
from net.limits import HINT_HELLO_RATE, SECOND
from net.runtime.mdns_news import GuestPace
from net.runtime.presence import Listed
from net.runtime.reaching.reachability import HELLO_BYTES as ASKING_BYTES
from net.runtime.reaching.reachability import TRIES
from net.transport.datagram import HELLO_BYTES
from net.wire.versions import OURS

GUEST = Guest(bytes(range(16)), b"roomtag1", 40_000)
PAIRS = st.dictionaries(
    st.sampled_from(["tag", "node", "pad", "race"]), st.none() | st.text(max_size=80)
)


def test_a_guest_comes_back_by_both_ways_and_tells_no_more_than_an_advert() -> None:
    pairs = encode_guest(GUEST)
    assert decode_guest(pairs, 40_000) == GUEST
    assert decode_beacon(encode_asked(GUEST)) == Asked(GUEST)
    advert = encode_advert(Advert(GUEST.node, "Friday", GUEST.tag, False))
    told = {key: value for key, value in pairs.items() if value.strip("0")}
    assert told.items() <= advert.items()


def test_its_question_is_one_for_who_knows_no_guests() -> None:
    """What was frozen before guests: the beginning, the kind, the length; the rest was not read."""
    plain, data = encode_asked(), encode_asked(GUEST)
    assert (data[:5], len(data)) == (plain[:5], len(plain))
    words = "9c40" + "000102030405060708090a0b0c0d0e0f" + b"roomtag1".hex()
    assert data[5:].rstrip(b"\0").hex() == words
    assert decode_beacon(plain) == Asked()


def test_its_service_is_on_no_list_of_races() -> None:
    assert not GUEST_TYPE.startswith(SERVICE_TYPE.partition(".")[0] + ".")
    name = GUEST_TYPE.partition(".")[0].removeprefix("_")
    assert len(name) <= 15, "RFC 6335, 5.1"


@given(st.binary(max_size=BEACON_BYTES_MAX - 5))
def test_any_question_is_one_and_names_a_whole_guest_or_none(words: bytes) -> None:
    asked = decode_beacon((encode_asked()[:5] + words).ljust(BEACON_BYTES_MAX, b"\0"))
    assert isinstance(asked, Asked)
    if asked.guest is not None:
        assert 0 < asked.guest.port < 2**16
        assert (len(asked.guest.node), len(asked.guest.tag)) == (16, 8)


@given(PAIRS)
def test_any_strangers_pairs_are_a_guest_or_refused(pairs: dict[str, str | None]) -> None:
    with contextlib.suppress(WireError):
        guest = decode_guest(pairs, 1)
        assert len(guest.node) == 16
        assert 0 < len(guest.tag) <= 16


@pytest.mark.parametrize("key", ["node", "tag"])
@pytest.mark.parametrize("value", [None, "", "zz", "00" * 17, "0" * 9999])
def test_a_guest_with_a_malformed_pair_is_refused(key: str, value: str | None) -> None:
    with pytest.raises(WireError):
        decode_guest({**encode_guest(GUEST), key: value}, 1)


LEAST = encode_advert(Advert(GUEST.node, "x", GUEST.tag, True))
MOST = encode_advert(
    Advert(GUEST.node, "x" * 20, GUEST.tag, True, dict.fromkeys("abcde", "y" * 32), OURS, b"no")
)


@pytest.mark.parametrize("pairs", [{}, LEAST, MOST])
def test_texts_are_padded_to_one_length_by_keys_that_nobody_reads(pairs: dict[str, str]) -> None:
    padded = pad_texts(pairs)
    texts = [f"{key}={value}" for key, value in padded.items()]
    assert TEXT_BYTES_MAX - 4 <= sum(1 + len(text) for text in texts) <= TEXT_BYTES_MAX
    assert max(map(len, texts)) <= 255, "RFC 6763, 6.1"
    if pairs:
        assert decode_advert(padded) == decode_advert(pairs)


def test_what_is_heard_of_somebody_pays_for_a_greeting_and_for_asking_why_nobody_answers() -> None:
    texts = [
        sum(1 + len(f"{key}={value}") for key, value in pairs.items())
        for pairs in (encode_guest(GUEST), pad_texts(LEAST))
    ]
    answer = encode_heard("r" * 21, 1, encode_advert(Advert(GUEST.node, "x" * 20, bytes(8), True)))
    of_two_questions = 2 * (BEACON_BYTES_MAX - len(answer))
    for size in (*texts, of_two_questions):
        found = Listed(GUEST.node, (("10.7.0.2", 1),), size, None)
        assert found.greeting_size + found.asking_size == size, "and no byte pays twice"
        assert found.greeting_size >= HELLO_BYTES
    both = Listed(GUEST.node, (), texts[0] + of_two_questions, None, is_guest=True)
    assert both.asking_size >= TRIES * ASKING_BYTES


def test_a_few_guests_a_second_are_taken_of_a_host_and_of_all() -> None:
    pace, now_ns = GuestPace(0), 0
    assert [pace.take("10.7.0.2", now_ns) for _ in range(9)].count(True) == GUESTS_PER_HOST
    assert pace.take("10.7.0.3", now_ns), "another host has its own"
    taken = sum(pace.take(f"10.7.1.{number}", now_ns) for number in range(200))
    assert GUESTS_PER_HOST + 1 + taken == GUESTS_PER_S <= HINT_HELLO_RATE // 2
    assert pace.counters.crowded == 9 + 1 + 200 - GUESTS_PER_S
    assert pace.take("10.7.0.2", SECOND), "what was too much comes again"


def test_a_flood_of_one_kind_of_service_has_none_of_another_forgotten() -> None:
    adverts, guests = Instances(SERVICE_TYPE, 8), Instances(GUEST_TYPE, GUESTS_MAX)
    for name in "abc":
        adverts.on_seen(name)
    guests.on_seen("real")
    guests.on_answer("real")
    for number in range(1000):
        guests.on_seen(f"made up {number}")
    assert len(guests) == GUESTS_MAX
    assert "real" in guests, "who answers nothing goes first"
    assert list(adverts) == ["a", "b", "c"]


def test_who_does_not_answer_is_gone_at_once_and_forgotten_much_later() -> None:
    found = Instances(SERVICE_TYPE, 8)
    found.on_seen("sam")
    found.on_answer("sam")
    assert [found.on_miss("sam") for _ in range(3)] == [True, False, False]
    for _ in range(MISSES_MAX):
        if "sam" in found:
            found.on_miss("sam")
    assert not found.on_gone("sam")


def test_what_was_read_is_no_news_until_more_comes() -> None:
    found = Instances(SERVICE_TYPE, 8)
    assert [found.is_news("sam", at) for at in (1.0, 1.0, 2.0, 2.0)] == [True, False, True, False]


def test_of_an_instance_with_many_addresses_each_has_its_turn() -> None:
    found = Instances(SERVICE_TYPE, 8)
    assert found.next_of("sam", range(8), 8) == tuple(range(8)), "all of them, in order"
    told = [found.next_of("sam", range(13), 8) for _ in range(13)]
    assert told[0] == tuple(range(8))
    assert {*told[0], *told[1]} == set(range(13))
    assert all(len(set(each)) == 8 for each in told)
    assert len(set(told)) == 13
    for number in range(100):
        assert found.next_of(f"made up {number}", range(9), 8) == tuple(range(8))
