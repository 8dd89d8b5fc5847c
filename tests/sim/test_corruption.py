"""A node that breaks an invariant of its own stops at once; the others go on, and agree."""

from __future__ import annotations

from typing import Final

import pytest

from net.limits import MILLISECOND, SECOND
from net.sim import Conditions, Machine, Script, Violation, World
from net.sim.checks.inspection import coordinates, log_of, operations_of
from net.sim.contest import Contestant
from net.sim.corruption import CORRUPTIONS, Corruption
from net.sim.faults import Crash
from net.sim.world import BROKEN
from racer.app.simulation.race_corruption import RACE_CORRUPTIONS
from racer.app.simulation.simulate import RacePlan, SweepSpec, simulate
from racer.play.reports import ResultsSeen

pytestmark = pytest.mark.sim

NODES: Final = 4


class Ring:
    """A room of nodes that talk and grant; what each sends is noted."""

    def __init__(self, seed: int = 3, blind: frozenset[int] = frozenset({BROKEN})) -> None:
        self.world = World(seed, lambda *_: None, blind=blind)
        self.machines = [
            self.world.add(Contestant, number * 50 * MILLISECOND) for number in range(NODES)
        ]
        self.last_sent_ns = dict.fromkeys(range(NODES), 0)
        self.world.carriage.on_transmit = self._note_transmit
        self.world.run(8 * SECOND, lambda: all(map(_is_synced, self.machines)))

    def _note_transmit(
        self, sender: int, receiver: int, data: bytes, sent_ns: int, delays: list[int]
    ) -> None:
        self.last_sent_ns[sender] = sent_ns

    def leader(self) -> Machine:
        return next(m for m in self.machines if m.host and coordinates(m.host.node))

    def spoil(self, machine: Machine, corruption: Corruption) -> None:
        """Corrupt a node as soon as there is something to corrupt."""
        self.world.run(self.world.now_ns + 5 * SECOND, lambda: corruption.spoil(machine))

    def agree(self, machines: list[Machine]) -> bool:
        """Tell whether these hold the same, and all that was said has its place in it."""
        programs = [m.program for m in machines if isinstance(m.program, Contestant)]
        if any(program.unordered() or program.unanswered() for program in programs):
            return False
        nodes = [m.host.node for m in machines if m.host is not None]
        logs = {(log.head_hash, log.commit) for node in nodes if (log := log_of(node)) is not None}
        clocks = {operations_of(node).vector_hash() for node in nodes}
        return len(programs) == len(nodes) == len(machines) and len(logs) == len(clocks) == 1


def _is_synced(machine: Machine) -> bool:
    return isinstance(machine.program, Contestant) and machine.program.synced


@pytest.mark.parametrize("role", ["coordinator", "follower"])
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_node_that_breaks_an_invariant_stops_and_the_others_go_on_and_agree(
    name: str, role: str
) -> None:
    ring, corruption = Ring(), CORRUPTIONS[name]
    leads = ring.leader()
    victim = leads if role == "coordinator" else next(m for m in ring.machines if m is not leads)
    others = [machine for machine in ring.machines if machine is not victim]

    ring.spoil(victim, corruption)
    ring.world.run(ring.world.now_ns + 5 * SECOND, lambda: victim.stopped)
    assert victim.host is None
    assert corruption.finds in victim.fault
    stopped_ns = ring.world.now_ns

    programs = [m.program for m in others if isinstance(m.program, Contestant)]
    heard = len(programs[0].operations)
    ring.world.run(stopped_ns + 3 * SECOND)
    for program in programs:
        program.talks = False
    ring.world.run(ring.world.now_ns + 5 * SECOND, lambda: ring.agree(others))
    assert ring.agree(others)
    assert len(programs[0].operations) > heard, "they went on"
    assert [machine.fault for machine in others] == [""] * len(others)
    assert ring.last_sent_ns[victim.number] <= stopped_ns, "nothing more was sent"


def test_a_node_that_stops_so_in_a_room_that_nobody_corrupted_fails_the_run() -> None:
    ring = Ring(blind=frozenset())
    ring.spoil(ring.leader(), CORRUPTIONS["lowered promise"])
    with pytest.raises(Violation, match=r"invariant 41: .* found its own state broken: promised"):
        ring.world.run(ring.world.now_ns + SECOND)


# --- races ------------------------------------------------------------------------------------


class Saboteur:
    """Corrupts one machine of a race as soon as it can be, and keeps what all report."""

    def __init__(self, number: int, corruption: Corruption) -> None:
        self.number = number
        self.corruption = corruption
        self.world: World | None = None
        self.digests: dict[int, set[str]] = {}

    def attach(self, world: World, script: Script) -> None:
        self.world = world
        self._try(world)

    def _try(self, world: World) -> None:
        machines = world.machines
        if len(machines) <= self.number or not self.corruption.spoil(machines[self.number]):
            world.at(world.now_ns + SECOND // 10, lambda: self._try(world))

    def sink(self, machine: Machine, what: object, now_ns: int) -> None:
        if isinstance(what, ResultsSeen) and what.official:
            self.digests.setdefault(machine.number, set()).add(what.digest)


@pytest.mark.parametrize("victim", [0, 1])
@pytest.mark.parametrize("name", RACE_CORRUPTIONS)
def test_who_forgets_a_lease_stops_and_the_others_race_on_to_one_result(
    name: str, victim: int
) -> None:
    saboteur = Saboteur(victim, RACE_CORRUPTIONS[name])
    plan = RacePlan(3, 1, Script(Conditions(), ((8 * SECOND, Crash(2, 4 * SECOND)),)))
    simulate(1, SweepSpec(), saboteur, blind=frozenset({BROKEN}), plan=plan)
    assert saboteur.world is not None
    faults = [machine.fault for machine in saboteur.world.machines]
    assert saboteur.corruption.finds in faults[victim]
    assert [n for n, fault in enumerate(faults) if fault] == [victim]
    others = {n for n in range(3) if n != victim}
    assert set(saboteur.digests) == others
    assert len(set.union(*saboteur.digests.values())) == 1
