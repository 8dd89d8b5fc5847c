"""Two that call each other, of whom each throws away the keys that the other keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from net.limits import SECOND
from net.transport.calls import Origin
from net.transport.datagram import DatagramKind
from tests.net.wires import End, Wires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.ids import Address

HANDSHAKE = {DatagramKind.HELLO, DatagramKind.COOKIE, DatagramKind.REPLY, DatagramKind.FINISH}
CALLED_NS = 11 * SECOND  # longer than any call lasts


def deaf() -> tuple[Wires, End, End]:
    """Return two of whom each has a session of the other's call, and neither its own."""
    wires = Wires()
    one, two = wires.plug(1), wires.plug(2)

    def lose_what_is_sealed(data: bytes, _source: Address, _to: Address) -> Sequence[bytes]:
        return [data] if data[0] in HANDSHAKE else []

    wires.tap = lose_what_is_sealed
    for caller, called in ((one, two), (two, one)):
        wires.perform(
            caller, caller.transport.dial(called.address, called.node, Origin.MEMBER, wires.now)
        )
    return wires, one, two


def test_who_never_shows_that_it_holds_our_keys_is_called_anew() -> None:
    """Race seed 701 at 40 % loss: two members were deaf to each other for seventeen seconds.

    Others heard both, so neither was down, and nothing else would have had them call.
    """
    wires, one, two = deaf()
    wires.run(CALLED_NS)
    assert all((one.opened, two.opened)), "each has keys of the other's call"
    wires.tap = None
    for end, other in ((one, two), (two, one)):
        assert wires.send(end, other, b"on keys that nobody holds")
    wires.run(2 * SECOND)
    for end, other in ((one, two), (two, one)):
        wires.send(end, other, b"heard")
    wires.run(SECOND)
    assert one.frames[-1:] == two.frames[-1:] == [b"heard"]


def test_who_has_shown_it_is_not_called_though_it_is_silent() -> None:
    wires, one, two = deaf()
    wires.tap = None
    wires.run(SECOND)
    before = one.transport.counters.dials, two.transport.counters.dials
    wires.unplug(two)
    wires.run(5 * SECOND)
    assert (one.transport.counters.dials, two.transport.counters.dials) == before
