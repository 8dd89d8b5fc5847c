from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net import UsageError
from net.runtime.interfaces import Interface
from racer.app.meeting_code import (
    _LETTERS,
    code_of,
    read_code,
    read_peer,
    typed_place,
    typed_places,
)

ADDRESSES = st.tuples(st.ip_addresses(v=4).map(str), st.integers(1, 2**16 - 1))


@given(address=ADDRESSES, at=st.integers(0, 99), to=st.sampled_from(_LETTERS))
def test_a_code_is_its_address_and_one_wrong_letter_or_two_swapped_ones_are_noticed(
    address: tuple[str, int], at: int, to: str
) -> None:
    code = code_of(address)
    assert read_code(code) == read_code(code.lower().replace("-", " ")) == address
    letters = list(code.replace("-", ""))
    at %= len(letters) - 1
    assert to == letters[at] or read_code("".join([*letters[:at], to, *letters[at + 1 :]])) is None
    one, other = letters[at : at + 2]
    swapped = [*letters[:at], other, one, *letters[at + 2 :]]
    assert one == other or read_code("".join(swapped)) is None


def test_a_code_of_a_home_is_short_and_no_address_of_ipv6_has_one() -> None:
    assert len(code_of(("192.168.1.7", 40000)).replace("-", "")) == 9
    assert len(code_of(("10.1.2.3", 65535)).replace("-", "")) == 11
    assert code_of(("fe80::1%3", 40000)) == ""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("192.168.1.7:40000", ("192.168.1.7", 40000)),
        (code_of(("192.168.1.7", 40000)), ("192.168.1.7", 40000)),
        ("sams-laptop.local:40000", ("sams-laptop.local", 40000)),
        ("[fd00::2]:40000", ("fd00::2", 40000)),
        ("[fe80::1%eth0]:40000", ("fe80::1%eth0", 40000)),
        ("fe80::1%eth0", ("fe80::1%eth0", 0)),
        ("192.168.1.7", ("192.168.1.7", 0)),
        ("[fd00::2]", ("fd00::2", 0)),
    ],
)
def test_whom_a_person_means_is_read_however_it_is_said(text: str, meant: tuple[str, int]) -> None:
    assert read_peer(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":4000",
        "AYCS-AJMY-ZMK",
        "[fd00::2",
        "[fd00::2]4000",
        "host:",
        "host:0",
        "host:65536",
        "host:x",
        "224.0.0.251:5353",
        "255.255.255.255:1",
        "0.0.0.0:1",
        "[ff02::1]:4000",
        "[::]:4000",
        "sams..local:40000",
        ".local",
        "s" * 64,
        "0",
        "10.1",
        "0x7f.1:5000",
        "192.168.0.256",
        "1.2.3.4.5",
    ],
)
def test_what_names_no_one_machine_is_refused_at_once(text: str) -> None:
    with pytest.raises(UsageError):
        read_peer(text)


def network(name: str, address: str) -> Interface:
    return Interface(name, address, loopback=name == "lo", multicast=True, prefix=24)


@pytest.mark.parametrize(
    ("used", "networks"),
    [
        ((), []),
        ((network("lo", "127.0.0.1"),), []),
        ((network("eth0", "192.168.1.7"), network("eth0", "fd00::7")), ["eth0"]),
        ((network("eth0", "192.168.1.7"), network("docker0", "172.17.0.1")), ["eth0"]),
        ((network("docker0", "172.17.0.1"),), ["docker0"]),
        ((network("eth0", "10.0.0.7"), network("tailscale0", "100.1.2.3")), ["eth0", "tailscale0"]),
        (tuple(network(f"eth{k}", f"10.0.{k}.7") for k in range(5)), ["eth0", "eth1"]),
    ],
)
def test_friends_are_told_one_place_for_each_network_that_leads_to_them(
    used: tuple[Interface, ...], networks: list[str]
) -> None:
    places = typed_places(used, 40000)
    assert [name for name, _ in places] == networks
    for name, place in places:
        first = next(each for each in used if each.name == name)
        assert read_peer(place) == (first.address, 40000)


def test_nobody_is_told_the_number_of_a_link_of_ours() -> None:
    assert typed_place(("fe80::1%3", 40000)) == "[fe80::1]:40000"
    assert read_peer(typed_place(("fe80::1%3", 40000))) == ("fe80::1", 40000)
