"""What a member passes on: once, for members only, within a quota, and never round in circles."""

from __future__ import annotations

from net.limits import (
    DATAGRAM_BYTES_MAX,
    FRAME_BYTES_MAX,
    RELAY_BYTES_BURST,
    RELAY_BYTES_PER_S,
    RELAY_DATAGRAM_BYTES,
    RELAY_HOPS_MAX,
    SECOND,
)
from net.node.counters import NodeCounters
from net.node.outgoing.outbox import Outbox
from net.node.outgoing.relaying import Onward, Relaying
from net.node.peers import Peers
from net.security.seal import SEALING_BYTES
from net.transport.actions import PassOn
from net.transport.routes import Via
from net.wire.codec import CODEC, decode_frame
from net.wire.messages import Probe, Relayed
from net.wire.versions import OURS

ADA, BEN, CEM, DAN, EVE = (bytes([n]) * 16 for n in range(1, 6))
HOPS = {ADA: ADA, CEM: CEM, DAN: CEM, EVE: None}
"""Ben hears Ada and Cem, and reaches Dan by way of Cem."""


def ben() -> Relaying:
    return Relaying(BEN, HOPS.get, NodeCounters())


def test_what_is_for_another_goes_on_to_it_or_along_the_way_to_it() -> None:
    straight, further = Relayed(ADA, CEM, 0, b"sealed"), Relayed(ADA, DAN, 0, b"sealed")
    assert ben().on_relayed(ADA, straight, 0) == Onward(CEM, Relayed(ADA, CEM, 1, b"sealed"))
    assert ben().on_relayed(ADA, further, 0) == Onward(CEM, Relayed(ADA, DAN, 1, b"sealed"))
    assert ben().on_relayed(CEM, Relayed(DAN, BEN, 1, b"sealed"), 0) == Via(CEM, DAN)


def test_nothing_is_passed_back_nor_round_in_circles_nor_to_whom_we_do_not_reach() -> None:
    relaying = ben()
    for by, message in (
        (CEM, Relayed(ADA, DAN, 1, b"x")),  # our way to Dan is the one it came by
        (ADA, Relayed(CEM, CEM, 1, b"x")),
        (ADA, Relayed(ADA, EVE, 0, b"x")),
        (CEM, Relayed(DAN, ADA, RELAY_HOPS_MAX, b"x")),
    ):
        assert relaying.on_relayed(by, message, 0) is None
    assert relaying._counters.no_way == 4


def test_nobody_has_something_passed_on_in_the_name_of_another_as_its_first() -> None:
    relaying = ben()
    for by, message in (
        (ADA, Relayed(CEM, BEN, 0, b"x")),
        (ADA, Relayed(ADA, BEN, 0, b"x")),
        (ADA, Relayed(ADA, BEN, 1, b"x")),
        (ADA, Relayed(BEN, CEM, 1, b"x")),
    ):
        assert relaying.on_relayed(by, message, 0) is None
    assert relaying._counters.out_of_place == 4


def test_a_peer_has_us_pass_on_no_more_than_its_quota_and_others_have_theirs() -> None:
    relaying, got, now_ns = ben(), 0, 0
    for turn in range(4):
        now_ns = turn * SECOND
        for _ in range(20_000):
            if relaying.on_relayed(ADA, Relayed(ADA, CEM, 0, bytes(100)), now_ns) is not None:
                got += 100 + RELAY_DATAGRAM_BYTES
        assert relaying.on_relayed(CEM, Relayed(CEM, ADA, 0, bytes(100)), now_ns) is not None
    assert RELAY_BYTES_BURST <= got <= RELAY_BYTES_BURST + 3 * RELAY_BYTES_PER_S
    assert relaying._counters.overasked > 0


def test_what_takes_a_detour_goes_in_one_frame_with_what_its_relay_gets_and_fits() -> None:
    counters = NodeCounters()
    outbox = Outbox(CODEC, Peers(OURS), counters, Relaying(ADA, HOPS.get, counters))
    outbox.put(CEM, Probe())
    outbox.put(DAN, Probe())
    (detour,) = outbox.take()
    assert detour[0] == DAN, "first what takes a detour, for it comes back"
    outbox.pass_on(PassOn(Via(CEM, DAN), b"sealed"))
    ((node, frame),) = outbox.take()
    assert (node, decode_frame(frame)) == (CEM, [Probe(), Relayed(ADA, DAN, 0, b"sealed")])
    outbox.pass_on(PassOn(Via(CEM, DAN), bytes(FRAME_BYTES_MAX + SEALING_BYTES)))
    ((_, largest),) = outbox.take()
    assert len(largest) + SEALING_BYTES <= DATAGRAM_BYTES_MAX
