"""The PAKE against the vectors of its draft."""

from __future__ import annotations

import json

import pytest

from net.errors import SecurityError
from net.security.cpace import Exchange, generator_bytes
from net.security.primitives import SODIUM
from tests.vectors.files import path_of

VECTORS = json.loads(path_of("cpace").read_text(encoding="utf-8"))
G: dict[str, bytes] = {key: bytes.fromhex(text) for key, text in VECTORS["G_25519"].items()}
POINTS = {key: bytes.fromhex(text) for key, text in VECTORS["X25519_points"].items()}
WHOLE = {f"Invalid Y{number}" for number in (6, 8, 9, 10, 11)}
"""Non-canonical, with the highest bit set, which X25519 masks: points like any other."""


def test_shares_and_the_secret_come_out_as_the_draft_has_them() -> None:
    uniform = generator_bytes(G["PRS"], G["CI"], G["sid"])
    assert SODIUM.mapped_public(uniform, G["ya"]) == G["Ya"]
    assert SODIUM.mapped_public(uniform, G["yb"]) == G["Yb"]
    assert SODIUM.dh(G["ya"], G["Yb"]) == SODIUM.dh(G["yb"], G["Ya"]) == G["K"]
    first = Exchange(G["Ya"], G["ya"], G["sid"], G["ADa"])
    second = Exchange(G["Yb"], G["yb"], G["sid"], G["ADb"])
    assert first.initiator_secret(G["Yb"], G["ADb"], SODIUM) == G["ISK_IR"]
    assert second.responder_secret(G["Ya"], G["ADa"], SODIUM) == G["ISK_IR"]


@pytest.mark.parametrize("name", sorted(set(POINTS) - WHOLE))
def test_a_share_of_low_order_ends_the_exchange(name: str) -> None:
    uniform = generator_bytes(b"word", b"channel", b"session")
    exchange = Exchange.begin(uniform, b"session", SODIUM)
    with pytest.raises(SecurityError):
        exchange.initiator_secret(POINTS[name], b"", SODIUM)


def test_one_word_makes_one_secret_and_another_word_channel_or_session_makes_another() -> None:
    def secret(ours: tuple[bytes, ...], theirs: tuple[bytes, ...]) -> bool:
        one = Exchange.begin(generator_bytes(*ours), ours[2], SODIUM)
        two = Exchange.begin(generator_bytes(*theirs), theirs[2], SODIUM)
        first = one.initiator_secret(two.public, b"", SODIUM)
        return first == two.responder_secret(one.public, b"", SODIUM)

    same = (b"banana", b"room", b"session 1")
    assert secret(same, same)
    for other in (
        (b"bananas", b"room", b"session 1"),
        (b"banana", b"rooms", b"session 1"),
        (b"banana", b"room", b"session 2"),
    ):
        assert not secret(same, other)


def test_a_long_word_is_taken_whole() -> None:
    assert generator_bytes(b"x" * 300, b"", b"") != generator_bytes(b"x" * 299, b"", b"")


SCALAR = "af46e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449aff"
PRODUCTS = {  # of the draft's appendix, with that scalar
    6: "d8e2c776bbacd510d09fd9278b7edcd25fc5ae9adfba3b6e040e8d3b71b21806",
    8: "c85c655ebe8be44ba9c0ffde69f2fe10194458d137f09bbff725ce58803cdb38",
    9: "db64dafa9b8fdd136914e61461935fe92aa372cb056314e1231bc4ec12417456",
    10: "e062dcd5376d58297be2618c7498f55baa07d7e03184e8aada20bca28888bf7a",
    11: "993c6ad11c4c29da9a56f7691fd0ff8d732e49de6250b6c2e80003ff4629a175",
}


@pytest.mark.parametrize("number", PRODUCTS)
def test_a_share_that_is_not_written_canonically_is_the_point_that_it_means(number: int) -> None:
    point = POINTS[f"Invalid Y{number}"]
    assert SODIUM.dh(bytes.fromhex(SCALAR), point).hex() == PRODUCTS[number]
