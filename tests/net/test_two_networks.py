"""Two machines that see each other on two networks, and how they agree by which to speak."""

from __future__ import annotations

import pytest

from net.ids import Address
from net.limits import HEARTBEAT_NS, MILLISECOND, PATH_CHALLENGE_NS, SECOND
from tests.net.wires import End, Wires

ASKED_MAX = 2 * 2 * (3 * SECOND // PATH_CHALLENGE_NS)  # a challenge and an answer of each


class TwoNetworks(Wires):
    """Each end is on both, at an address of either: what it sends comes from there."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sent = 0

    def carry(self, data: bytes, source: Address, destination: Address) -> None:
        self.sent += 1
        super().carry(data, _beside(source, destination), destination)

    def is_at(self, end: End, address: Address) -> bool:
        return address in {end.address, _other(end.address)}


def _other(address: Address) -> Address:
    """Return where the machine at an address is on the other network."""
    host, port = address
    return host.replace("10.0.0.", "10.9.9."), port


def _beside(source: Address, destination: Address) -> Address:
    """Return from where a machine sends to an address."""
    return source if destination[0].startswith("10.0.0.") else _other(source)


def _network(address: Address) -> str:
    return address[0].rpartition(".")[0]


@pytest.mark.parametrize("most_ns", [MILLISECOND, 2 * MILLISECOND, 50 * MILLISECOND])
@pytest.mark.parametrize("seed", range(3))
def test_who_speak_by_two_networks_come_to_one_and_ask_each_other_a_few_times(
    seed: int, most_ns: int
) -> None:
    """After a suspicion each spoke by another, and each answer was a reason to ask again.

    So two machines in a calm lobby said a thousand datagrams a second, for as long as each takes as
    long as the one before.
    """
    wires = TwoNetworks(seed)
    one, two = wires.plug(1), wires.plug(2)
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(one.opened and two.opened), SECOND)
    wires.delay_ns = MILLISECOND, most_ns
    one.transport._sessions.remotes[two.node].move(_other(two.address), wires.now)
    before, said = wires.sent, 0
    for _ in range(3 * SECOND // HEARTBEAT_NS):
        for end, other in ((one, two), (two, one)):
            wires.perform(end, end.transport.send(other.node, bytes(40), wires.now))
            said += 1
        wires.run(HEARTBEAT_NS)
    assert wires.sent - before - said <= ASKED_MAX
    hosts = {end.transport.address_of(other.node) for end, other in ((one, two), (two, one))}
    assert len({_network(address) for address in hosts if address is not None}) == 1
