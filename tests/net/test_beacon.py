from __future__ import annotations

import contextlib
import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.discovery.advert import Advert, decode_advert, encode_advert
from net.discovery.beacon import (
    BEACON_BYTES_MAX,
    BEACON_NS,
    HURRIED_NS,
    Asked,
    BeaconPace,
    Heard,
    Left,
    decode_beacon,
    encode_asked,
    encode_heard,
    encode_left,
)
from net.errors import WireError
from net.limits import SECOND

ADVERT = Advert(bytes(range(16)), "Friday 東京", b"roomtag1", True, {"phase": "lobby"})


def test_what_a_beacon_says_is_what_multicast_dns_says() -> None:
    data = encode_heard("racer-1234-abcd", 40_000, encode_advert(ADVERT))
    heard = decode_beacon(data)
    assert isinstance(heard, Heard)
    assert (heard.instance, heard.port) == ("racer-1234-abcd", 40_000)
    assert decode_advert(heard.pairs) == ADVERT


def test_its_bytes_are_frozen_for_ever() -> None:
    pairs = {"race": "x", "locked": "0"}
    assert encode_heard("racer-1", 0x1234, pairs).hex() == (
        "52435201" + "00" + "1234" + "07" + b"racer-1".hex() + "06" + b"race=x".hex()
        + "08" + b"locked=0".hex()
    )  # fmt: skip
    assert encode_left("racer-1").hex() == "5243520102" + "07" + b"racer-1".hex()
    assert encode_asked().rstrip(b"\0").hex() == "5243520101"


def test_a_question_costs_who_asks_as_much_as_any_answer() -> None:
    longest = encode_heard("r" * 63, 1, {"race": "x" * 115, "more": "y" * 115, "last": "z" * 115})
    assert len(encode_asked()) == BEACON_BYTES_MAX >= len(longest)
    assert decode_beacon(encode_asked()) == Asked()
    with pytest.raises(WireError):
        decode_beacon(encode_asked()[:-1])


def test_a_goodbye_names_who_leaves() -> None:
    assert decode_beacon(encode_left("racer-1234-abcd")) == Left("racer-1234-abcd")


@given(st.binary(max_size=600))
def test_any_bytes_are_a_beacon_or_refused(data: bytes) -> None:
    for beginning in (b"", b"RCR\x01\0", b"RCR\x01\1", b"RCR\x01\2"):
        with contextlib.suppress(WireError):
            decode_beacon(beginning + data)


@given(st.integers(0, 2**32))
def test_whoever_asks_and_however_often_gets_one_beacon_a_second(seed: int) -> None:
    rng, now_ns = Random(seed), 7 * SECOND
    pace, sent = BeaconPace(now_ns), []
    for _ in range(2000):
        now_ns += rng.randrange(20_000_000)
        if rng.random() < 0.5:
            pace.hurry(now_ns)
        if now_ns >= pace.due_ns:
            pace.on_sent(now_ns)
            sent.append(now_ns)
    assert len(sent) >= 3
    assert all(later - earlier >= HURRIED_NS for earlier, later in itertools.pairwise(sent))


def test_a_quiet_node_is_heard_three_times_at_once_and_then_seldom() -> None:
    pace, sent = BeaconPace(0), []
    for now_ns in range(0, 20 * SECOND, SECOND // 10):
        if now_ns >= pace.due_ns:
            pace.on_sent(now_ns)
            sent.append(now_ns)
    assert sent[:4] == [0, HURRIED_NS, 2 * HURRIED_NS, 2 * HURRIED_NS + BEACON_NS]
