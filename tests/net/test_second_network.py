"""Two machines with two cards each: where one network is cut, they go on over the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from net.limits import DOWN_PAIR_NS, MILLISECOND, PATH_SEEK_NS, SECOND, SUSPECT_NS
from net.transport.actions import Transmit
from net.transport.calls import Origin
from tests.net.wires import End, Wires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.ids import Address
    from net.transport.actions import TransportAction

FIRST, SECOND_NET = "10.0.0.", "192.168.0."


@dataclass
class TwoNetworks(Wires):
    """Wires of two networks. What goes to an address leaves by the card of its network."""

    def perform(self, end: End, actions: Sequence[TransportAction]) -> None:
        for action in actions:
            if isinstance(action, Transmit):
                network = action.address[0].rpartition(".")[0]
                card = next(
                    other
                    for other in self.ends
                    if other.transport is end.transport and other.address[0].startswith(network)
                )
                self.carry(action.data, card.address, action.address)
            else:
                super().perform(end, [action])


def two_machines() -> tuple[TwoNetworks, End, End, End, End]:
    """Return machines one and two that have met on the first network, and their second cards."""
    wires = TwoNetworks()
    one, two = wires.plug(1), wires.plug(2)
    cards = [
        End(end.transport, end.node, (f"{SECOND_NET}{number}", 4000), end.opened, end.received)
        for number, end in ((1, one), (2, two))
    ]
    wires.ends.extend(cards)
    wires.dial(one, two)
    assert wires.run_until(lambda: bool(one.opened and two.opened), 100 * MILLISECOND)
    wires.run(20 * MILLISECOND)
    return wires, one, two, cards[0], cards[1]


def cut_first(data: bytes, source: Address, destination: Address) -> Sequence[bytes]:
    return [] if destination[0].startswith(FIRST) else [data]


def beat(wires: Wires, one: End, two: End) -> None:
    wires.send(one, two, b"beat of one, as large as such things are")
    wires.send(two, one, b"beat of two, as large as such things are")


def test_a_second_network_takes_over_before_a_verdict_falls() -> None:
    wires, one, two, one_too, two_too = two_machines()
    wires.dial(one, two_too)  # as discovery does, for each address of an advert
    wires.run(SECOND, lambda: beat(wires, one, two))
    assert one.transport.address_of(two.node) == two.address, "no reason to move"
    wires.tap = cut_first
    heard = len(one.received), len(two.received)
    wires.run(DOWN_PAIR_NS - 100 * MILLISECOND, lambda: beat(wires, one, two))
    assert one.transport.address_of(two.node) == two_too.address
    assert two.transport.address_of(one.node) == one_too.address
    assert len(one.received) > heard[0]
    assert len(two.received) > heard[1]


def test_only_one_side_need_know_where_else_the_other_is() -> None:
    wires, one, two, one_too, _ = two_machines()
    two.transport.dial(one_too.address, one.node, Origin.OWN, wires.now)
    wires.tap = cut_first
    wires.run(SUSPECT_NS + 3 * PATH_SEEK_NS, lambda: beat(wires, one, two))
    assert two.transport.address_of(one.node) == one_too.address
    assert wires.run_until(lambda: one.transport.address_of(two.node) != two.address, SECOND)


def test_an_address_that_does_not_answer_moves_nobody_and_is_asked_at_its_pace() -> None:
    wires, one, two, _, two_too = two_machines()
    wires.dial(one, two_too)
    wires.run(SECOND, lambda: beat(wires, one, two))
    wires.tap = lambda data, source, destination: []
    before = wires.sent_to[two_too.address]
    wires.run(SECOND)
    asked = (wires.sent_to[two_too.address] - before) / 38
    assert 0 < asked <= (SECOND - SUSPECT_NS) // PATH_SEEK_NS + 1
    wires.run(10 * SECOND)
    seldom = (wires.sent_to[two_too.address] - before) / 38 - asked
    assert seldom <= 10 * SECOND // (10 * PATH_SEEK_NS) + 1
    assert one.transport.address_of(two.node) == two.address


def test_who_is_heard_is_sought_nowhere() -> None:
    wires, one, two, _, two_too = two_machines()
    wires.dial(one, two_too)
    before = wires.sent_to[two_too.address]
    wires.run(5 * SECOND, lambda: beat(wires, one, two))
    assert wires.sent_to[two_too.address] == before


def test_an_answer_counts_by_the_address_alone_at_which_it_was_asked_for() -> None:
    """Else a member that falls silent has us send all that it gets to somebody else."""
    wires, one, two, _, two_too = two_machines()
    victim = (f"{SECOND_NET}77", 4000)
    for address in (victim, two_too.address):
        assert one.transport.dial(address, two.node, Origin.OWN, wires.now) == []
    wires.run(2 * SECOND, lambda: beat(wires, one, two))
    asked: list[bytes] = []

    def listen(data: bytes, _source: Address, destination: Address) -> Sequence[bytes]:
        asked.extend([data] if destination == two_too.address else [])
        return []

    def answer_from(address: Address) -> None:
        told = two.transport.on_datagram(asked.pop(), one.address, wires.now)
        (response,) = [each.data for each in told if isinstance(each, Transmit)]
        one.transport.on_datagram(response, address, wires.now)

    wires.tap = listen
    wires.run(SUSPECT_NS + 2 * PATH_SEEK_NS)
    assert asked
    answer_from(victim)
    assert one.transport.address_of(two.node) == two.address
    wires.run(SUSPECT_NS + 2 * PATH_SEEK_NS)
    answer_from(two_too.address)
    assert one.transport.address_of(two.node) == two_too.address
