"""The air that machines share: what it costs, what it loses, and when it delivers."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Final, final

import pytest

from net import Command, Event, NodeId, NodeView
from net.limits import MILLISECOND, SECOND
from net.node.lineage.approach import Entry
from net.node.program import PeerState
from net.sim import Conditions, World
from net.sim.air.airtime import BEACON_NS, MICROSECOND, Air, exchange_ns, group_ns
from net.sim.air.medium import AirFrame, Medium
from net.sim.contest import Contestant
from net.sim.contest_run import draw_plan
from net.sim.faults import AccessPointRestart, Isolation
from net.sim.machine import Machine

GOOD: Final = Air(loss=0.0)
BYTES: Final = 100


class Stations:
    """Machines on one air, and what each of them got, when."""

    def __init__(self, air: Air) -> None:
        self.medium = Medium(air, Random(1))
        self.got: list[tuple[int, int]] = []  # (when, who)
        self.lost = 0
        self._now_ns = 0

    def send(self, sender: int, receiver: int | None, now_ns: int) -> None:
        self.run(now_ns)
        frame = AirFrame(sender, receiver, BYTES, lambda who: None, tuple(range(6)))
        self._note(self.medium.offer(frame, now_ns))

    def run(self, until_ns: int) -> None:
        while (due_ns := self.medium.next_ns) is not None and due_ns <= until_ns:
            self._now_ns = due_ns
            self._note(self.medium.advance(due_ns))
        self._now_ns = until_ns

    def _note(self, fates: list[tuple[AirFrame, int | None]]) -> None:
        for _, who in fates:
            if who is None:
                self.lost += 1
            else:
                self.got.append((self._now_ns, who))


# --- airtime ----------------------------------------------------------------------------------


def test_a_small_datagram_costs_little_less_than_a_large_one() -> None:
    small, large = exchange_ns(GOOD, [50]), exchange_ns(GOOD, [1200])
    assert 100 * MICROSECOND < small < 120 * MICROSECOND
    assert large < 4 * small


def test_what_goes_to_all_is_slow_and_what_goes_together_is_quick() -> None:
    assert group_ns(GOOD, 1200) > 4 * exchange_ns(GOOD, [1200])
    assert exchange_ns(GOOD, [100] * 15) < 8 * exchange_ns(GOOD, [100])


def test_a_datagram_between_two_stations_costs_the_air_twice_and_by_cable_once() -> None:
    both = Stations(GOOD)
    both.send(0, 1, 0)
    both.run(SECOND)
    assert both.medium.use.busy_ns == 2 * exchange_ns(GOOD, [BYTES])
    assert [who for _, who in both.got] == [1]
    one = Stations(replace(GOOD, wired=(1,)))
    one.send(0, 1, 0)
    one.send(1, 0, MILLISECOND)
    one.run(SECOND)
    assert one.medium.use.busy_ns == 2 * exchange_ns(GOOD, [BYTES])
    assert [who for _, who in one.got] == [1, 0]


# --- contention -------------------------------------------------------------------------------


def test_one_sends_at_a_time_and_nothing_is_lost_where_there_is_room() -> None:
    room = Stations(GOOD)
    for sender in range(5):
        for receiver in range(5):
            if sender != receiver:
                room.send(sender, receiver, 0)
    room.run(SECOND)
    assert (len(room.got), room.lost) == (20, 0)
    times = sorted(at for at, _ in room.got)
    assert all(b - a >= exchange_ns(GOOD, [BYTES]) for a, b in pairwise(times))
    assert room.medium.use.collisions > 0, "five that begin at once draw the same slot at times"


def test_a_full_air_loses_at_the_queue_of_the_access_point() -> None:
    room = Stations(replace(GOOD, queue=20))
    for at_ns in range(0, SECOND // 2, MILLISECOND // 8):
        room.send(8 * at_ns // MILLISECOND % 5, 5, at_ns)
    room.run(2 * SECOND)
    use = room.medium.use
    assert use.overflown > 0
    assert use.overflown + use.unsent + use.given_up == room.lost
    assert len(room.got) + room.lost == 4000


def test_noise_costs_air_and_hardly_a_datagram() -> None:
    room = Stations(replace(GOOD, loss=0.2))
    for at_ns in range(0, SECOND, 4 * MILLISECOND):
        room.send(0, 1, at_ns)
    room.run(2 * SECOND)
    assert (len(room.got), room.lost) == (250, 0)
    assert room.medium.use.exchanges > 580


def test_datagrams_that_wait_for_one_receiver_go_together() -> None:
    alone, together = Stations(GOOD), Stations(replace(GOOD, aggregation=16))
    for room in (alone, together):
        for receiver in range(1, 6):
            room.send(0, receiver, 0)
        room.run(SECOND)
        assert len(room.got) == 5
    assert alone.medium.use.exchanges == 10
    assert together.medium.use.exchanges < 8, "up in at most two; down to each by itself"


# --- groups, power save, isolation, restart -----------------------------------------------------


def test_what_goes_to_all_is_not_said_again_where_it_is_lost() -> None:
    room = Stations(Air(loss=0.5))
    for at_ns in range(0, SECOND, 10 * MILLISECOND):
        room.send(0, None, at_ns)
    room.run(2 * SECOND)
    got = Counter(who for _, who in room.got)
    assert 0 not in got
    assert all(25 < got[who] < 75 for who in range(1, 6)), got


def test_a_station_that_dozes_hears_at_its_beacons_unless_it_spoke_lately() -> None:
    room = Stations(replace(GOOD, dozing=((1, 2),)))
    room.send(0, 1, 10 * MILLISECOND)
    room.run(SECOND)
    ((first_ns, _),) = room.got
    assert 2 * BEACON_NS < first_ns < 2 * BEACON_NS + 2 * MILLISECOND
    room.send(1, 0, SECOND)
    room.send(0, 1, SECOND + 50 * MILLISECOND)
    room.run(2 * SECOND)
    assert room.got[-1][0] < SECOND + 52 * MILLISECOND


def test_isolated_stations_reach_only_who_hangs_on_a_cable() -> None:
    room = Stations(replace(GOOD, wired=(5,)))
    room.medium.isolating = 1
    for sender, receiver in ((0, 1), (0, 5), (5, 1)):
        room.send(sender, receiver, 0)
    room.send(0, None, 0)
    room.run(SECOND)
    assert sorted(who for _, who in room.got) == [1, 5, 5]
    assert room.medium.parts(0, 1)
    assert not room.medium.parts(0, 5)


def test_an_access_point_that_restarts_forgets_what_it_held_and_who_was_there() -> None:
    room = Stations(replace(GOOD, dozing=((1, 3),), awake_ns=0))
    room.send(0, 1, 0)
    room.run(10 * MILLISECOND)
    room.medium.restart(range(6))
    room.send(0, 2, 20 * MILLISECOND)
    room.run(SECOND)
    assert room.got == []
    room.medium.associate(0)
    room.medium.associate(2)
    room.send(0, 2, SECOND)
    room.run(2 * SECOND)
    assert [who for _, who in room.got] == [2]
    assert room.medium.parts(0, 1), "it is not back yet"


# --- rooms ------------------------------------------------------------------------------------


@final
class Listener:
    """Is there, and says nothing."""

    def __init__(self, me: NodeId, rng: Random) -> None:
        self.me = me

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        return []

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        return []


def room_on(air: Air, count: int = 3) -> tuple[World, list[Machine]]:
    world = World(1, lambda *_: None, Conditions(air=air))
    return world, [world.add(Contestant, n * SECOND // 20, Entry.EITHER) for n in range(count)]


def in_one_room(machines: list[Machine]) -> bool:
    return all(
        each.host is not None
        and each.host.node.synced
        and all(
            each.host.node.state_of(other.identity.node_id) is PeerState.ALIVE
            for other in machines
            if other is not each
        )
        for each in machines
    )


@pytest.mark.sim
def test_a_room_on_an_access_point_that_restarts_is_one_room_again() -> None:
    world, machines = room_on(Air())
    world.run(5 * SECOND, lambda: in_one_room(machines))
    assert in_one_room(machines)
    medium = world.network.medium
    assert medium is not None
    carried = medium.use.carried
    assert carried > 0
    world.inflict(AccessPointRestart((SECOND, 2 * SECOND, SECOND)))
    world.run(world.now_ns + SECOND // 2)
    assert world.network.is_cut(0, 1)
    world.run(world.now_ns + 10 * SECOND, lambda: in_one_room(machines))
    assert in_one_room(machines)


@pytest.mark.sim
def test_so_many_that_begin_at_once_that_the_air_is_full_are_one_room_soon() -> None:
    world = World(1, lambda *_: None, Conditions(air=Air()))
    machines = [world.add(Listener, n * SECOND // 50) for n in range(12)]
    world.run(6 * SECOND, lambda: in_one_room(machines))
    assert in_one_room(machines)
    medium = world.network.medium
    assert medium is not None
    assert medium.use.overflown > 0, "the air was full"
    world.run(world.now_ns + SECOND)
    before = replace(medium.use)
    world.run(world.now_ns + SECOND // 2)
    use = medium.use - before
    assert use.busy_ns < 0.6 * SECOND // 2
    assert use.overflown == 0


@pytest.mark.sim
def test_isolated_stations_are_one_room_by_way_of_who_hangs_on_a_cable() -> None:
    world, machines = room_on(Air(wired=(0,)))
    world.inflict(Isolation(60 * SECOND))
    world.run(10 * SECOND, lambda: in_one_room(machines))
    assert in_one_room(machines)
    assert world.network.is_cut(1, 2)


@pytest.mark.sim
def test_the_same_seed_gives_the_same_trace_on_the_air() -> None:
    traces = set()
    for _ in range(2):
        world, _ = room_on(Air(loss=0.1, dozing=((1, 2),)))
        world.run(SECOND)
        traces.add(world.trace)
    assert len(traces) == 1


def test_a_seed_without_air_is_what_it_was_and_few_have_any() -> None:
    plans = [draw_plan(seed) for seed in range(200)]
    aired = [plan for plan in plans if plan.script.conditions.air is not None]
    assert 2 <= len(aired) <= 16
    forced = draw_plan(1, air=True)
    assert forced.script.conditions.air is not None
    faults = [
        f for f in forced.script.faults if not isinstance(f[1], AccessPointRestart | Isolation)
    ]
    assert tuple(faults) == plans[1].script.faults
    assert replace(forced.script.conditions, air=None) == plans[1].script.conditions
