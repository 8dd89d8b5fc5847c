"""Three machines: where two of them do not hear each other, the third is gone by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from net.limits import (
    MILLISECOND,
    RELAY_AFTER_NS,
    RELAY_SILENT_NS,
    SECOND,
    STRAIGHT_SEEK_NS,
    SUSPECT_NS,
)
from net.transport.actions import PassOn, Transmit
from net.transport.calls import Origin
from net.transport.routes import Via
from tests.net.wires import End, Wires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.ids import Address
    from net.transport.actions import TransportAction

FRAME = b"a frame as large as such things are"


@dataclass
class Triangle(Wires):
    """Wires of which some are cut. Whoever is not dead passes on at once, as nodes do."""

    deaf: set[tuple[Address, Address]] = field(default_factory=set)
    dead: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tap = self.cut

    def cut(self, data: bytes, source: Address, destination: Address) -> Sequence[bytes]:
        return [] if (source, destination) in self.deaf else [data]

    def perform(self, end: End, actions: Sequence[TransportAction]) -> None:
        for action in actions:
            if not isinstance(action, PassOn):
                super().perform(end, [action])
            elif action.via.relay not in self.dead:
                (target,) = (each for each in self.ends if each.node == action.via.target)
                way = Via(action.via.relay, end.node)
                taken = target.transport.on_datagram(action.data, way, self.now)
                self.perform(target, taken)

    def talk(self) -> None:
        """Have everybody send everybody a frame."""
        for end in self.ends:
            for other in self.ends:
                if end is not other and end.node not in self.dead:
                    self.send(end, other, FRAME)


def three(deaf: Sequence[tuple[int, int]] = ()) -> tuple[Triangle, list[End]]:
    """Return three machines, the last of which has met the others."""
    wires = Triangle()
    ends = [wires.plug(number) for number in (1, 2, 3)]
    wires.deaf = {(ends[a].address, ends[b].address) for a, b in deaf}
    for end in ends[:2]:
        wires.dial(end, ends[2])
    wires.run(100 * MILLISECOND)
    return wires, ends


def detours(end: End, ends: Sequence[End]) -> set[bytes]:
    hops = {each.node: end.transport.next_hop(each.node) for each in ends if each is not end}
    return {node for node, hop in hops.items() if hop not in {node, None}}


def test_whom_one_never_met_is_called_by_way_of_who_introduced_it_once_it_had_time_to_answer() -> (
    None
):
    wires, (one, two, third) = three(deaf=[(0, 1), (1, 0)])
    call = Via(third.node, two.node)
    wires.dial(one, two)
    assert one.transport.dial(call, two.node, Origin.MEMBER, wires.now) == []
    wires.run(RELAY_AFTER_NS, wires.talk)
    wires.perform(one, one.transport.dial(call, two.node, Origin.MEMBER, wires.now))
    wires.run(100 * MILLISECOND, wires.talk)
    assert [each.node for each in one.opened] == [third.node, two.node]
    assert [each.address for each in two.opened] == [third.address, None]
    assert FRAME in [each.frame for each in one.received if each.node == two.node]
    assert detours(one, wires.ends) == {two.node}
    assert one.transport.address_of(two.node) == two.address, "where it was said to be"


def test_nobody_is_reached_by_way_of_itself_nor_two_by_way_of_each_other() -> None:
    wires, (one, two, third) = three()
    wires.dial(one, two)
    wires.run(SECOND, wires.talk)
    wires.deaf = {(two.address, third.address), (third.address, two.address)}
    wires.run(SECOND, wires.talk)
    assert detours(third, wires.ends) == {two.node}
    ways = [Via(one.node, one.node), Via(one.node, two.node), Via(two.node, one.node)]
    for life, way in enumerate(ways, start=2):
        again = wires.plug(1, incarnation=life).transport
        wires.ends.pop()
        (hello,) = again.dial(third.address, None, Origin.OWN, wires.now)
        (reply,) = third.transport.on_datagram(hello.data, way, wires.now)
        assert isinstance(reply, PassOn)
        (finish,) = again.on_datagram(reply.data, third.address, wires.now)
        assert isinstance(finish, Transmit)
        assert third.transport.on_datagram(finish.data, way, wires.now) == []
    assert third.transport.next_hop(one.node) == one.node
    assert third.transport.counters.detoured == len(ways)


def test_a_link_that_goes_deaf_one_way_is_gone_round_and_taken_again_when_it_heals() -> None:
    wires, (one, two, _) = three()
    wires.dial(one, two)
    wires.dial(two, one)
    wires.run(SECOND, wires.talk)
    wires.deaf = {(one.address, two.address)}
    wires.run(SUSPECT_NS + RELAY_SILENT_NS + 100 * MILLISECOND, wires.talk)
    assert detours(one, wires.ends) == {two.node}
    assert detours(two, wires.ends) == {one.node}
    wires.run(3 * SECOND, wires.talk)
    assert detours(one, wires.ends) == {two.node}, "what works stays"
    wires.deaf.clear()
    wires.run(STRAIGHT_SEEK_NS + 100 * MILLISECOND, wires.talk)
    assert detours(one, wires.ends) == detours(two, wires.ends) == set()


@pytest.mark.parametrize("wary", [False, True])
def test_a_relay_that_dies_is_replaced_within_half_a_second_on_a_full_network_too(
    wary: bool,
) -> None:
    wires = Triangle()
    one, two, *relays = ends = [wires.plug(number) for number in (1, 2, 3, 4)]
    wires.deaf = {(one.address, two.address), (two.address, one.address)}
    for relay in relays:
        wires.dial(one, relay)
        wires.dial(two, relay)
    wires.dial(*relays)
    wires.run(100 * MILLISECOND)
    wires.dial(one, two)
    wires.run(RELAY_AFTER_NS, wires.talk)
    call = Via(relays[0].node, two.node)
    wires.perform(one, one.transport.dial(call, two.node, Origin.MEMBER, wires.now))
    wires.run(SECOND, wires.talk)
    used = one.transport.next_hop(two.node)
    (dead, other) = relays if used == relays[0].node else reversed(relays)
    wires.wary = wary
    wires.run(SECOND, wires.talk)
    assert one.transport.next_hop(two.node) == dead.node, "a full network alone changes nothing"
    wires.dead.add(dead.node)
    wires.deaf |= {(dead.address, each.address) for each in ends}
    wires.deaf |= {(each.address, dead.address) for each in ends}
    wires.run(450 * MILLISECOND, wires.talk)
    assert one.transport.next_hop(two.node) == other.node
    assert two.transport.next_hop(one.node) == other.node


def test_while_two_hear_each_other_nothing_goes_round_and_a_dead_third_is_not_asked() -> None:
    wires, (one, two, third) = three()
    wires.dial(one, two)
    wires.run(SECOND, wires.talk)
    assert not detours(one, wires.ends) | detours(two, wires.ends)
    wires.dead.add(third.node)
    wires.run(SECOND, wires.talk)
    wires.deaf = {(one.address, two.address), (two.address, one.address)}
    wires.run(SECOND, wires.talk)
    assert not detours(one, wires.ends) | detours(two, wires.ends)
