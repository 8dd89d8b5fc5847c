"""Rooms in which some do not hear each other: whoever hears both passes on what they seal."""

from __future__ import annotations

from itertools import combinations, pairwise
from random import Random
from typing import TYPE_CHECKING, final

import pytest

from net import (
    Command,
    Delivered,
    Event,
    NodeId,
    NodeView,
    Pace,
    PeerChanged,
    PeerState,
    Publish,
    Report,
    StateReceived,
    Submit,
    Synced,
)
from net.limits import MILLISECOND, SECOND
from net.sim import World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from net.sim import Machine
    from net.sim.network import Link

pytestmark = pytest.mark.sim


@final
class Driver:
    """Publishes a state a tick, says a word when it is in, and reports what it is told."""

    def __init__(self, me: NodeId, rng: Random) -> None:
        self._tick = 0
        self._synced = False

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        match event:
            case StateReceived(node=owner):
                return [Report(("state", owner))]
            case Delivered(operation=operation):
                return [Report(("word", operation.dot.node))]
            case PeerChanged(node=peer, state=state):
                return [Report((state, peer))]
            case Synced():
                self._synced = True
                return [Submit(b"hello")]
            case _:
                return []

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        self._tick += 1
        if not self._synced:
            return []
        return [Publish(self._tick, b"state", others=Pace.BEAT)]


class Room:
    """Drivers of whom some do not hear each other, and when each was told what."""

    def __init__(self, count: int, deaf: Iterable[tuple[int, int]], seed: int = 1) -> None:
        self.told: dict[tuple[int, object, int], list[int]] = {}
        self.numbers: dict[NodeId, int] = {}
        self.world = World(seed, self._note)
        self.machines = [self.world.add(Driver, n * SECOND // 10) for n in range(count)]
        self.numbers = {each.identity.node_id: each.number for each in self.machines}
        self.world.network.cut(link for a, b in deaf for link in ((a, b), (b, a)))

    def _note(self, machine: Machine, what: object, now_ns: int) -> None:
        assert isinstance(what, tuple)
        key = machine.number, what[0], self.numbers[what[1]]
        self.told.setdefault(key, []).append(now_ns)

    def run(self, seconds: float) -> None:
        self.world.run(self.world.now_ns + int(seconds * SECOND))

    def times(self, machine: int, what: object, of: int, since_ns: int) -> list[int]:
        return [each for each in self.told.get((machine, what, of), []) if each >= since_ns]

    def pairs(self) -> list[Link]:
        running = [each.number for each in self.machines if each.host is not None]
        return [(a, b) for a in running for b in running if a != b]

    def assert_all_hear_all(self, since_ns: int, gap_ns: int) -> None:
        """Hold that everybody had everybody's states at 15 Hz at least, with no longer gap."""
        span_ns = self.world.now_ns - since_ns
        for a, b in self.pairs():
            times = [since_ns, *self.times(a, "state", b, since_ns), self.world.now_ns]
            assert len(times) - 2 >= 15 * span_ns // SECOND, f"{b}'s states at {a}: {len(times)}"
            longest = max(later - earlier for earlier, later in pairwise(times))
            assert longest <= gap_ns, f"{a} had nothing of {b} for {longest / MILLISECOND:.0f} ms"

    def downs(self, since_ns: int) -> set[Link]:
        return {(a, b) for a, b in self.pairs() if self.times(a, PeerState.DOWN, b, since_ns)}


def test_six_of_whom_no_two_hear_each_other_race_by_way_of_two_and_one_of_these_may_die() -> None:
    room = Room(8, combinations(range(6), 2))
    room.run(8)
    since_ns = room.world.now_ns
    room.run(2)
    room.assert_all_hear_all(since_ns, 200 * MILLISECOND)
    assert {b for a, b in room.pairs() if room.times(a, "word", b, 0)} == set(range(8))
    killed_ns = room.world.now_ns
    room.world.bar(room.machines[6])
    room.run(2)
    room.assert_all_hear_all(killed_ns, 500 * MILLISECOND)
    assert not room.downs(since_ns), "nobody is down but the one that died"
    assert all(room.times(n, PeerState.DOWN, 6, killed_ns) for n in (0, 1, 2, 3, 4, 5, 7))


def test_five_in_a_row_of_whom_each_hears_its_neighbours_only_all_race_together() -> None:
    room = Room(5, [(a, b) for a, b in combinations(range(5), 2) if b - a > 1])
    room.run(10)
    since_ns = room.world.now_ns
    room.run(2)
    room.assert_all_hear_all(since_ns, 200 * MILLISECOND)
    assert not room.downs(since_ns)
