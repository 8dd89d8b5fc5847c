"""An address that two machines have is found by asking who else has it."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.runtime.interfaces import Interface
from racer.app.doctor import networks, shared_addresses
from racer.app.doctor.finding import Grade
from racer.app.doctor.networks import examine_networks
from racer.app.doctor.shared_addresses import (
    DOUBTED_MAX,
    claimant,
    encode_probe,
    find_doubled,
    find_sharer,
)

OURS, THEIRS = bytes.fromhex("027700000000"), bytes.fromhex("027700000001")
ADDRESS = "10.77.0.1"
CABLE = Interface("eth0", ADDRESS, loopback=False, multicast=True, prefix=24)
LINK = Interface("eth0", "fe80::7%2", loopback=False, multicast=True, prefix=64, index=2)


def says(card: bytes, host: str, operation: int = 2) -> bytes:
    """Return the frame by which a card says that it has an address."""
    head = b"\xff" * 6 + card + bytes.fromhex("0806 0001 0800 06 04") + operation.to_bytes(2)
    return head + card + socket.inet_aton(host) + OURS + bytes(4)


def test_the_probe_is_as_the_standard_has_it() -> None:
    probe = encode_probe(OURS, ADDRESS)
    assert probe.hex() == (
        "ffffffffffff0277000000000806"  # to all, from our card: ARP
        "00010800060400010277000000000000"  # a request of our card, in nobody's name: 0.0 …
        "00000000000000000a4d0001"  # … .0.0; who has 10.77.0.1?
    )


def test_another_card_that_says_it_has_our_address_is_told() -> None:
    assert claimant(says(THEIRS, ADDRESS), ADDRESS, {OURS}) == THEIRS
    assert claimant(says(THEIRS, ADDRESS, 1), ADDRESS, {OURS}) == THEIRS, "it asks in that name"
    assert claimant(says(THEIRS, ADDRESS) + bytes(18), ADDRESS, {OURS}) == THEIRS, "padded"


@pytest.mark.parametrize(
    "frame",
    [
        says(OURS, ADDRESS),
        says(THEIRS, "10.77.0.2"),
        encode_probe(THEIRS, ADDRESS),
        says(THEIRS, ADDRESS)[:-1],
        says(THEIRS, ADDRESS).replace(b"\x08\x06", b"\x08\x00", 1),
    ],
    ids=["ourselves", "its own", "it looks for one too", "cut short", "no ARP"],
)
def test_nothing_else_is_taken_for_such_a_claim(frame: bytes) -> None:
    assert claimant(frame, ADDRESS, {OURS}) is None


@given(frame=st.binary(max_size=80))
def test_any_frame_is_read_or_passed_over(frame: bytes) -> None:
    assert claimant(frame, ADDRESS, {OURS}) in {None, frame[22:28]}


@pytest.mark.parametrize("card", [(CABLE,), (CABLE, LINK)])
def test_a_shared_address_is_told_with_another_to_take_though_a_third_machine_may_be_met(
    card: tuple[Interface, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    sharers = {ADDRESS: "02:77:00:00:00:01"}
    monkeypatch.setattr(networks, "race_interfaces", lambda chosen: card)
    monkeypatch.setattr(networks, "list_interfaces", lambda: card)
    monkeypatch.setattr(networks, "_read_mtu", lambda name: 1500)
    monkeypatch.setattr(networks, "find_sharer", lambda each: sharers.get(each.address))
    finding = examine_networks(None)[0]
    assert finding.mark is Grade.DOUBT
    assert "another machine (02:77:00:00:00:01) has 10.77.0.1 too" in finding.found
    assert "ip addr del 10.77.0.1/24 dev eth0; ip addr add 10.77.0.253/24" in finding.remedy


def test_who_may_not_ask_and_what_needs_no_asking_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def refuse(family: int, kind: int, number: int) -> socket.socket:
        asked.append(family)
        raise PermissionError

    monkeypatch.setattr(socket, "socket", refuse)
    assert find_sharer(LINK) is None
    assert asked == []
    assert find_sharer(CABLE) is None
    assert len(asked) == hasattr(socket, "AF_PACKET")


def test_of_others_addresses_those_that_two_cards_have_are_told_and_few_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def ask(interface: Interface, host: str, most: int) -> tuple[str, ...]:
        asked.append(host)
        assert interface == CABLE
        return ("card 1", "card 2")[: 2 if host == "10.77.0.5" else 1]

    monkeypatch.setattr(shared_addresses, "list_interfaces", lambda: (CABLE, LINK))
    monkeypatch.setattr(shared_addresses, "_find_holders", ask)
    assert find_doubled(["10.99.0.1"]) == {}
    assert asked == [], "it is on no network of ours"
    hosts = [f"10.77.0.{number}" for number in range(5, 15)]
    assert find_doubled([*hosts, *hosts]) == {"10.77.0.5": ("card 1", "card 2")}
    assert asked == hosts[:DOUBTED_MAX]


def test_two_cards_in_one_network_are_told_with_the_one_that_the_system_sends_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inner = Interface("lo", "127.0.0.1", loopback=False, multicast=True, prefix=8)
    other = Interface("wlan0", "127.0.0.7", loopback=False, multicast=True, prefix=8)
    monkeypatch.setattr(networks, "list_interfaces", lambda: (CABLE, inner, other, LINK))
    (finding,) = networks.name_overlaps()
    assert finding.what == "127.0.0.0/8"
    assert finding.found == "lo and wlan0 are in it, and what goes there leaves by lo alone"
    assert finding.remedy == "if lo leads nowhere: ip link set lo down"
    monkeypatch.setattr(networks, "list_interfaces", lambda: (CABLE, inner, LINK))
    assert networks.name_overlaps() == []
