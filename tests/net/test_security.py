"""Identity, room, cookies, replay window, seal, text: each by itself."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from net.errors import SecurityError
from net.ids import NODE_ID_BYTES
from net.limits import COOKIE_SECRET_NS, REPLAY_WINDOW
from net.security.cookie import COOKIE_BYTES, NO_COOKIE, CookieJar
from net.security.identity import Identity, is_bound, node_id_of
from net.security.primitives import SODIUM
from net.security.replay_window import ReplayWindow
from net.security.room_secret import RoomSecret
from net.security.seal import SEALING_BYTES, ReplayError, Seal
from net.sim.crypto import StandInCrypto

SEED = bytes(range(32))
KEYS = (b"k" * 32, b"l" * 32)
ADDRESS = ("192.168.1.7", 40_000)


# --- identity and room ------------------------------------------------------------------------


def test_a_seed_always_makes_the_same_identity_and_another_seed_another() -> None:
    one, same, other = (Identity.from_seed(seed, SODIUM) for seed in (SEED, SEED, SEED[::-1]))
    assert one == same
    assert one.node_id == node_id_of(one.signing_public)
    assert len(one.node_id) == NODE_ID_BYTES
    assert len({one.node_id, other.node_id}) == 2
    assert SEED.hex() not in repr(one)
    assert one.static_private.hex() not in repr(one)
    assert repr(one.static_private) not in repr(one)


def test_a_signature_verifies_for_its_key_and_its_data_only() -> None:
    one, other = Identity.from_seed(SEED, SODIUM), Identity.from_seed(SEED[::-1], SODIUM)
    signature = one.sign(b"lap 3", SODIUM)
    assert SODIUM.verify(one.signing_public, b"lap 3", signature)
    assert not SODIUM.verify(one.signing_public, b"lap 4", signature)
    assert not SODIUM.verify(other.signing_public, b"lap 3", signature)


@given(key=st.binary(max_size=40), data=st.binary(max_size=40), signature=st.binary(max_size=70))
def test_verifying_nonsense_is_false_and_never_raises(
    key: bytes, data: bytes, signature: bytes
) -> None:
    assert SODIUM.verify(key, data, signature) is False
    assert SODIUM.verify(key.ljust(32)[:32], data, signature.ljust(64)[:64]) is False


def test_a_session_key_is_bound_to_one_signing_key() -> None:
    one, other = Identity.from_seed(SEED, SODIUM), Identity.from_seed(SEED[::-1], SODIUM)
    assert is_bound(one.static_public, one.signing_public, one.binding, SODIUM)
    assert not is_bound(other.static_public, one.signing_public, one.binding, SODIUM)
    assert not is_bound(one.static_public, other.signing_public, one.binding, SODIUM)


@pytest.mark.parametrize("public", [bytes(32), (1).to_bytes(32, "little"), b"", b"short"])
def test_a_key_that_makes_no_secret_is_refused(public: bytes) -> None:
    with pytest.raises(SecurityError):
        SODIUM.dh(SEED, public)


def test_rooms_differ_by_name_and_passphrase_and_their_tags_do_not_tell_the_passphrase() -> None:
    garage, shed = RoomSecret("cup", "garage"), RoomSecret("cup", "shed")
    open_room, other = RoomSecret("cup"), RoomSecret("plate")
    assert garage.word == RoomSecret("cup", "garage").word
    assert len({garage.word, shed.word, open_room.word, other.word}) == 4
    assert garage.tag == shed.tag
    assert len({garage.tag, open_room.tag, other.tag}) == 3
    assert RoomSecret("plate", "garage").word != garage.word
    assert garage.locked
    assert not open_room.locked


# --- cookies ----------------------------------------------------------------------------------


def test_a_cookie_counts_for_its_address_only_and_for_a_while() -> None:
    jar = CookieJar(SODIUM, 0)
    cookie = jar.bake(ADDRESS, 0)
    assert len(cookie) == COOKIE_BYTES
    assert jar.accepts(cookie, ADDRESS, 1)
    assert not jar.accepts(cookie, ("192.168.1.8", 40_000), 1)
    assert not jar.accepts(cookie, ("192.168.1.7", 40_001), 1)
    assert not jar.accepts(NO_COOKIE, ADDRESS, 1)
    assert jar.accepts(cookie, ADDRESS, COOKIE_SECRET_NS + 1)
    assert not jar.accepts(cookie, ADDRESS, 2 * COOKIE_SECRET_NS + 1)


def test_a_cookie_that_slept_long_is_stale_at_once() -> None:
    jar = CookieJar(SODIUM, 0)
    cookie = jar.bake(ADDRESS, 0)
    assert not jar.accepts(cookie, ADDRESS, 10 * COOKIE_SECRET_NS)


# --- replay window ----------------------------------------------------------------------------


@settings(max_examples=200)
@given(
    counters=st.lists(
        st.one_of(
            st.integers(0, 3000), st.integers(10**6, 10**6 + 2000), st.integers(0, 2**64 - 1)
        ),
        max_size=60,
    )
)
def test_the_window_accepts_each_counter_once_and_none_behind_it(counters: list[int]) -> None:
    window = ReplayWindow()
    seen: set[int] = set()
    for counter in [*counters, *counters]:
        newest = max(seen, default=-1)
        expected = counter not in seen and counter > newest - REPLAY_WINDOW
        assert window.is_fresh(counter) is expected
        if expected:
            window.mark(counter)
            seen.add(counter)
            assert window.newest == max(seen)


def test_reordering_within_the_window_loses_nothing() -> None:
    window = ReplayWindow()
    order = list(range(REPLAY_WINDOW))
    Random(1).shuffle(order)
    for counter in order:
        assert window.is_fresh(counter)
        window.mark(counter)
    assert not any(window.is_fresh(counter) for counter in order)


def test_a_fence_refuses_what_was_sent_before_it() -> None:
    window = ReplayWindow()
    window.mark(10)
    window.fence(10)
    assert not window.is_fresh(9)
    assert window.is_fresh(11)


# --- seal -------------------------------------------------------------------------------------


def pair() -> tuple[Seal, Seal]:
    return Seal(KEYS[0], KEYS[1], 7, SODIUM), Seal(KEYS[1], KEYS[0], 8, SODIUM)


def test_what_is_sealed_opens_once_in_any_order() -> None:
    one, two = pair()
    datagrams = [one.seal(4, b"%d" % number) for number in range(20)]
    assert {len(datagram) for datagram in datagrams[:10]} == {1 + SEALING_BYTES}
    assert [two.open(datagram) for datagram in datagrams[::-1]] == [
        b"%d" % number for number in range(19, -1, -1)
    ]
    for datagram in datagrams:
        with pytest.raises(ReplayError):
            two.open(datagram)


def test_header_and_body_are_both_authentic_and_a_forgery_moves_no_window() -> None:
    one, two = pair()
    datagram = one.seal(4, b"body")
    for position in range(len(datagram)):
        forged = bytearray(datagram)
        forged[position] ^= 0x80
        with pytest.raises(SecurityError):
            two.open(bytes(forged))
    assert two.window.newest == -1
    with pytest.raises(SecurityError):
        one.open(datagram)  # reflected
    assert two.open(datagram) == b"body"


def test_no_nonce_is_used_twice() -> None:
    one, _ = pair()
    assert len({one.seal(4, b"same")[5:13] for _ in range(1000)}) == 1000


def test_the_simulator_notices_a_nonce_that_encrypts_two_things() -> None:
    noticed: list[bool] = []
    crypto = StandInCrypto(Random(1), lambda: noticed.append(True))
    key, other, nonce = bytes(32), bytes([1] * 32), bytes(12)
    for _ in range(2):
        crypto.encrypt(key, nonce, b"head", b"body")  # said again, as a lost datagram is
    crypto.encrypt(other, nonce, b"head", b"another body")
    assert not noticed
    crypto.encrypt(key, nonce, b"head", b"another body")
    assert noticed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Caf\u00e9 au lait", "Cafe\u0301 au lait"),
        ("two words", "two\u00a0words"),
        ("\uac00", "\u1100\u1161"),
    ],
    ids=["accent", "space", "syllable"],
)
def test_one_passphrase_is_one_word_however_keyboards_write_it(one: str, other: str) -> None:
    """RFC 8265, 4.2: as one system and another give it, where people type the same."""
    assert one != other
    assert RoomSecret("cup", one).word == RoomSecret("cup", other).word
    assert RoomSecret("cup", one.upper()).word != RoomSecret("cup", one).word or one == one.upper()
