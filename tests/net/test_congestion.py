from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from net.cluster.failure_detector import Health
from net.cluster.loop_monitor import LoopMonitor
from net.limits import (
    CONGESTION_LOOK_NS,
    CONGESTION_LOOKS,
    MILLISECOND,
    QUEUE_BUSY_NS,
    QUEUE_FULL_NS,
    SECOND,
    SPARE_FIRST,
    SPARE_MAX,
    SPARE_MIN,
    STARVED_DELAY_NS,
    STARVED_TICKS,
    TICK_NS,
    TIMEOUT_SCALE_MAX,
    WARY_NS,
)
from net.node.outgoing.congestion import Congestion
from net.node.peers import Peer, Peers
from net.node.readings import NodeReadings
from net.readout import Lag

if TYPE_CHECKING:
    from net.node.outgoing.outbox import Outbox

QUICK: Final = MILLISECOND
FULL: Final = QUICK + QUEUE_FULL_NS + MILLISECOND


class Nodes:
    """A node among others, and how long its round trips with each of them take."""

    def __init__(self, count: int = 8) -> None:
        self.peers = Peers()
        for number in range(count):
            self.peers.put(Peer(bytes([number]) * 16, 1, "peer", Health.ALIVE))
        self.congestion = Congestion(self.peers)
        self.now_ns = SECOND

    def look(self, *trips_ns: int, times: int = CONGESTION_LOOKS) -> None:
        """Let so many looks pass, in each of which these round trips are heard of."""
        for _ in range(times):
            for peer, trip_ns in zip(self.peers, trips_ns, strict=False):
                peer.beats.trip_ns = trip_ns
            self.now_ns += CONGESTION_LOOK_NS
            self.congestion.on_tick(self.now_ns)

    def is_full(self) -> bool:
        return self.congestion.is_full

    @property
    def scale(self) -> float:
        return self.congestion.timeout_scale(self.now_ns)


class Read(NodeReadings):
    """What is read of a node, as far as its network and its loop go."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._outbox = cast("Outbox", SimpleNamespace(congestion=nodes.congestion))
        self._loop = LoopMonitor(nodes.now_ns)

    def tick(self, count: int, delay_ns: int) -> Lag | None:
        """Let the loop wait for the processor in so many ticks; return why things come late."""
        for _ in range(count):
            self._nodes.now_ns += TICK_NS
            self._loop.on_tick(self._nodes.now_ns, delay_ns)
        return self.lag(self._nodes.now_ns)


def test_late_answers_are_laid_to_the_machine_where_our_own_loop_is_kept_waiting() -> None:
    nodes = Nodes()
    read = Read(nodes)
    nodes.look(*[QUICK] * 8)
    assert read.tick(1, 0) is None
    assert read.tick(4 * STARVED_TICKS, 2 * STARVED_DELAY_NS) is None, "nothing comes late yet"
    nodes.look(*[FULL] * 8)
    assert read.tick(1, 2 * STARVED_DELAY_NS) is Lag.MACHINE
    read.tick(2 * WARY_NS // TICK_NS, 0)
    nodes.look(*[FULL] * 8)
    assert read.tick(1, 0) is Lag.NETWORK


def test_a_network_that_was_never_heard_of_makes_wary_and_a_quick_one_does_not() -> None:
    nodes = Nodes()
    assert nodes.congestion.is_wary(nodes.now_ns)
    assert nodes.scale == 1.0
    nodes.look(*[QUICK] * 8)
    assert not nodes.congestion.is_wary(nodes.now_ns)


def test_where_all_are_slow_the_network_is_full_and_then_one_is_wary_for_a_while() -> None:
    nodes = Nodes()
    nodes.look(*[QUICK] * 8)
    nodes.look(*[FULL] * 8)
    assert nodes.is_full()
    assert nodes.scale == TIMEOUT_SCALE_MAX
    nodes.look(*[QUICK] * 8)
    assert not nodes.is_full()
    assert nodes.congestion.is_wary(nodes.now_ns)
    nodes.look(*[QUICK] * 8, times=WARY_NS // CONGESTION_LOOK_NS)
    assert not nodes.congestion.is_wary(nodes.now_ns)
    assert nodes.scale == 1.0


def test_silence_is_no_sign_of_a_full_network() -> None:
    nodes = Nodes()
    nodes.look(*[QUICK] * 8)
    nodes.look(QUICK, times=10)  # all but one are silent: stations are isolated, say
    assert not nodes.congestion.is_wary(nodes.now_ns)
    nodes.look(times=10)
    assert not nodes.congestion.is_wary(nodes.now_ns)


def test_one_late_datagram_is_no_sign_and_nor_are_slow_peers_or_one_that_lies() -> None:
    nodes = Nodes(1)
    nodes.look(QUICK)
    nodes.look(FULL, times=1)
    assert not nodes.is_full()
    nodes = Nodes()
    nodes.look(*[QUICK] * 3, *[FULL] * 5)
    nodes.look(*[FULL] * 5, *[QUICK] * 3)
    assert not nodes.is_full()
    nodes.look(0, *[FULL] * 7)
    assert nodes.is_full(), "one that says it was quick does not hide it"


def test_a_network_that_is_slow_at_rest_is_not_full() -> None:
    nodes = Nodes(1)
    nodes.look(80 * MILLISECOND, times=20)
    assert not nodes.congestion.is_wary(nodes.now_ns)
    assert nodes.congestion.rate > SPARE_FIRST


def test_the_rate_grows_by_steps_and_is_halved_within_bounds() -> None:
    nodes = Nodes()
    nodes.look(*[QUICK] * 8, times=200)
    assert nodes.congestion.rate == SPARE_MAX
    nodes.look(*[QUICK + QUEUE_BUSY_NS + MILLISECOND] * 8)
    assert SPARE_MIN < nodes.congestion.rate <= SPARE_MAX / 2
    nodes.look(*[FULL] * 8, times=20)
    assert nodes.congestion.rate == SPARE_MIN


def test_in_a_small_room_on_a_quick_network_nobody_counts() -> None:
    small, large = Nodes(7), Nodes(8)
    for nodes in (small, large):
        nodes.look(*[QUICK] * 8, times=50)
    assert all(small.congestion.may_send(small.now_ns) for _ in range(2 * SPARE_MAX))
    assert not all(large.congestion.may_send(large.now_ns) for _ in range(2 * SPARE_MAX))


def test_no_more_goes_alone_than_the_rate_says() -> None:
    nodes = Nodes()
    nodes.look(*[QUICK] * 8)
    nodes.look(*[FULL] * 8, times=20)
    while nodes.congestion.may_send(nodes.now_ns):
        pass
    ticks = range(nodes.now_ns, nodes.now_ns + 2 * SECOND, SECOND // 60)
    assert sum(nodes.congestion.may_send(now_ns) for now_ns in ticks) in {
        2 * SPARE_MIN - 1,
        2 * SPARE_MIN,
    }
