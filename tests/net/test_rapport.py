"""How far a call has come that leads nowhere, on networks that lose what is large or what is late.

In virtual time: whoever is called hears it, and the datagrams that are lost are told for each row.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from net.ids import Address
from net.limits import SECOND, SIGHTINGS_MAX
from net.node.lineage.rapport import FRESH_NS, Rapport, Rapports
from net.transport.actions import UnconfirmedReason
from net.transport.calls import Origin
from net.transport.datagram import HELLO_BYTES, DatagramKind
from tests.net.wires import Wires

AT: Address = ("10.0.0.2", 4000)
TOLD_NS = 4 * SECOND  # beside what the inquiry waits, that is within eight seconds


def larger_than(size: int) -> Callable[[bytes], bool]:
    return lambda data: len(data) > size


def of_kind(*kinds: DatagramKind) -> Callable[[bytes], bool]:
    return lambda data: data[0] in kinds


@pytest.mark.parametrize(
    ("lost", "why"),
    [
        (larger_than(HELLO_BYTES - 1), UnconfirmedReason.UNANSWERED),
        (of_kind(DatagramKind.REPLY), UnconfirmedReason.UNANSWERED),
        (larger_than(HELLO_BYTES), UnconfirmedReason.UNSAID),
        (of_kind(DatagramKind.FINISH), UnconfirmedReason.UNSAID),
        (of_kind(DatagramKind.CONTROL, DatagramKind.FRAME), UnconfirmedReason.UNSAID),
    ],
    ids=["hello", "reply", "large", "finish", "confirm"],
)
@pytest.mark.parametrize("origin", [Origin.ADVERT, Origin.OWN])
def test_how_far_a_handshake_comes_that_never_ends_is_told_within_seconds(
    lost: Callable[[bytes], bool], why: UnconfirmedReason, origin: Origin
) -> None:
    wires = Wires(tap=lambda data, _source, _target: [] if lost(data) else [data])
    one, two = wires.plug(1), wires.plug(2)
    for _ in range(4):  # each advert pays, and has it called again
        one.transport.note_advert(two.node, (two.address,), 512)
        wires.perform(one, one.transport.dial(two.address, two.node, origin, wires.now))
        wires.run(TOLD_NS // 4)
    assert {each.why for each in one.unconfirmed} == {why}
    rapports = Rapports()
    rapports.on_unconfirmed(one.unconfirmed[-1].address, why, wires.now)
    assert rapports.at([two.address], wires.now) is not Rapport.UNCALLED


def test_whom_nothing_hinders_is_told_of_in_no_way() -> None:
    wires = Wires(loss=0.1, seed=3)
    one, two = wires.plug(1), wires.plug(2)
    wires.dial(one, two)
    wires.run(TOLD_NS)
    assert one.opened
    assert one.unconfirmed == []


def test_of_many_addresses_the_one_counts_with_which_we_came_furthest_and_not_for_ever() -> None:
    rapports = Rapports()
    other: Address = ("fd00::2", 4000)
    rapports.on_unconfirmed(AT, UnconfirmedReason.UNANSWERED, 0)
    rapports.on_unconfirmed(other, UnconfirmedReason.UNSAID, SECOND)
    assert rapports.at([AT, other], SECOND) is Rapport.UNCONFIRMED
    rapports.on_explained(AT, SECOND)
    assert rapports.at([AT, other], SECOND) is Rapport.EXPLAINED
    rapports.on_full(AT, SECOND)
    assert rapports.at([AT], SECOND) is Rapport.FULL
    assert rapports.at([AT, other], SECOND + FRESH_NS) is Rapport.UNCALLED


def test_what_is_kept_of_calls_is_bounded() -> None:
    rapports = Rapports()
    for number in range(2 * SIGHTINGS_MAX):
        rapports.on_unconfirmed(("10.0.0.2", number + 1), UnconfirmedReason.UNANSWERED, 0)
    known = [
        number
        for number in range(2 * SIGHTINGS_MAX)
        if rapports.at([("10.0.0.2", number + 1)], 0) is not Rapport.UNCALLED
    ]
    assert known == list(range(SIGHTINGS_MAX, 2 * SIGHTINGS_MAX)), "the oldest gave way"
