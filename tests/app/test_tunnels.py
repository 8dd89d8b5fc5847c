"""What the doctor says of a card that leads to nobody."""

from __future__ import annotations

import pytest

from net.runtime.interfaces import Interface
from racer.app.doctor import networks

POINT_TO_POINT = 0x10D1
BROADCAST = 0x1043


@pytest.mark.parametrize(
    ("flags", "remedy"),
    [
        (POINT_TO_POINT, "connect its program (a VPN), then give --peer HOST:PORT"),
        (BROADCAST, "ip route add 100.101.102.0/24 dev tailscale0"),
    ],
)
def test_who_leads_to_nobody_is_given_a_route_but_at_the_end_of_a_tunnel(
    flags: int, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = (("100.101.102.3", 32), ("fd7a:115c:a1e0::3", 128))
    card = tuple(
        Interface("tailscale0", host, loopback=False, multicast=True, prefix=bits)
        for host, bits in addresses
    )
    monkeypatch.setattr(networks, "race_interfaces", lambda chosen: card)
    monkeypatch.setattr(networks, "list_interfaces", lambda: card)
    monkeypatch.setattr(networks, "_names_without_address", list)
    monkeypatch.setattr(
        networks, "_ask_card", lambda what, *_: flags if what == networks._SIOCGIFFLAGS else 1500
    )
    (found,) = networks.examine_networks(None)
    assert found.found == "has an address for itself alone, and no route to anybody else"
    assert found.remedy.startswith(remedy)
