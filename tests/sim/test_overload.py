"""A coordinator whose machine is too slow hands over, once, and lives on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from net import CoordinatorChanged, NodeId, PeerChanged, PeerState
from net.limits import (
    MILLISECOND,
    OVERLOAD_REST_NS,
    OVERLOAD_WINDOW_NS,
    PAUSES_FORGIVEN_MAX,
    SECOND,
)
from net.sim import World
from net.sim.checks.inspection import coordinates, voter_of
from net.sim.contest import Contestant
from net.sim.faults import Slow

if TYPE_CHECKING:
    from net import Event
    from net.sim import Machine

pytestmark = pytest.mark.sim

NOTICED_NS = OVERLOAD_WINDOW_NS + 2 * SECOND


class Office:
    """A room of contestants that has settled; notes who came to coordinate since."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self.world = World(seed, lambda machine, what, now_ns: None)
        self.machines = [
            self.world.add(Contestant, number * 50 * MILLISECOND) for number in range(count)
        ]
        self.leaderships: list[int] = []
        self.downs = 0
        self.called_down: Counter[int] = Counter()  # machines, by anybody
        self.run(4 * SECOND)
        told = self.world._observe_event

        def note(machine: Machine, event: Event) -> None:
            told(machine, event)
            if isinstance(event, CoordinatorChanged) and event.node == machine.identity.node_id:
                self.leaderships.append(machine.number)
            if isinstance(event, PeerChanged) and event.state is PeerState.DOWN:
                self.downs += 1
                self.called_down[self.number_of[event.node]] += 1

        self.number_of = {m.identity.node_id: m.number for m in self.machines}
        for machine in self.machines:
            assert machine.host is not None
            machine.host.program._tell = note  # type: ignore[attr-defined]

    def run(self, for_ns: int) -> None:
        self.world.run(self.world.now_ns + for_ns)

    def slow(self, machine: int, for_ns: int, by_ns: int = 60 * MILLISECOND) -> None:
        self.world.inflict(Slow(machine, by_ns, for_ns))

    @property
    def president(self) -> int:
        (number,) = [m.number for m in self.machines if m.host and coordinates(m.host.node)]
        return number

    def seniors(self) -> list[int]:
        """Return the machines of the members, in order of seniority."""
        host = self.machines[0].host
        assert host is not None
        voter = voter_of(host.node)
        assert voter is not None
        return [self.number_of[member.node] for member in voter.log.members]


def test_a_slow_coordinator_hands_over_to_the_next_and_stays_a_member() -> None:
    office = Office(4)
    first, second, *_ = office.seniors()
    assert office.president == first
    office.slow(first, 20 * SECOND)
    office.run(NOTICED_NS)
    assert office.president == second
    assert office.seniors()[0] == first
    assert office.downs == 0


def test_one_that_pauses_again_and_again_hands_over_too() -> None:
    office = Office(3)
    first, second, _ = office.seniors()
    office.slow(first, 20 * SECOND, 150 * MILLISECOND)
    office.run(2 * SECOND)
    assert office.president == second


def test_it_takes_the_role_back_neither_while_slow_nor_when_it_is_well_again() -> None:
    office = Office(3)
    first = office.president
    office.slow(first, 8 * SECOND)
    office.run(8 * SECOND + 2 * OVERLOAD_REST_NS)
    assert len(office.leaderships) == 1
    assert office.president != first


def test_while_it_rests_the_next_vacancy_goes_to_another() -> None:
    office = Office(4)
    first, second, third, _ = office.seniors()
    office.slow(first, 4 * SECOND)
    office.run(NOTICED_NS)
    assert office.president == second
    office.world.bar(office.machines[second])
    office.run(2 * SECOND)
    assert office.president == third


def test_two_slow_ones_do_not_pass_the_role_to_and_fro() -> None:
    office = Office(3)
    first, second, third = office.seniors()
    office.slow(first, 60 * SECOND)
    office.slow(second, 60 * SECOND)
    office.run(40 * SECOND)
    assert office.president == third
    assert len(office.leaderships) <= 2


def test_where_all_are_slow_nobody_hands_over() -> None:
    office = Office(3)
    first = office.president
    for machine in range(3):
        office.slow(machine, 60 * SECOND)
    office.run(30 * SECOND)
    assert office.leaderships == []
    assert office.president == first


def test_a_passing_stall_changes_nothing() -> None:
    office = Office(3)
    office.slow(office.president, SECOND)
    office.run(10 * SECOND)
    assert office.leaderships == []


@pytest.mark.parametrize("by_ms", [400, 800])
def test_however_slow_all_others_are_a_dead_coordinator_is_missed_and_replaced(by_ms: int) -> None:
    office = Office(4)
    dead = office.machines[office.president]
    for machine in office.machines:
        if machine is not dead:
            office.slow(machine.number, 60 * SECOND, by_ms * MILLISECOND)
    office.run(2 * SECOND)
    office.world.bar(dead)
    office.run(8 * SECOND)
    survivors = [machine.host for machine in office.machines if machine.host is not None]
    assert len(survivors) == 3
    assert {host.node.state_of(dead.identity.node_id) for host in survivors} == {PeerState.DOWN}
    assert office.president != dead.number


@pytest.mark.parametrize("tail_ms", [0, 120])
def test_who_is_stopped_again_and_again_calls_nobody_down_who_runs(tail_ms: int) -> None:
    """Two of each two and a half seconds; the loop may come late once between them, too."""
    office = Office(4)
    stopped = office.machines[office.seniors()[-1]]
    for _ in range(20):
        office.world.pause(stopped, office.world.now_ns + 2 * SECOND)
        office.run(2 * SECOND + 200 * MILLISECOND)
        if tail_ms:
            office.world.pause(stopped, office.world.now_ns + tail_ms * MILLISECOND)
        office.run(300 * MILLISECOND)
    office.run(2 * SECOND)
    assert set(office.called_down) <= {stopped.number}


@pytest.mark.parametrize("unread", [True, False])
def test_who_has_not_read_all_yet_calls_nobody_down(*, unread: bool) -> None:
    """Nor does it in each of many such pauses in a row, which are forgiven only so often."""
    office = Office(3)
    host = office.machines[0].host
    assert host is not None
    now_ns, told = office.world.now_ns, set[NodeId]()
    for _ in range(3 * PAUSES_FORGIVEN_MAX):
        now_ns += 2 * SECOND
        for each in host.node.on_tick(now_ns, 0, unread=unread):
            if isinstance(each, PeerChanged) and each.state is PeerState.DOWN:
                told.add(each.node)
    assert bool(told) is not unread
