"""Two versions of the code in one room, and beside each other: in virtual time."""

from __future__ import annotations

import dataclasses
from functools import partial
from random import Random
from typing import TYPE_CHECKING, final

import pytest

from net.ids import NodeId
from net.limits import MILLISECOND, SECOND
from net.node.program import (
    Command,
    Committed,
    Event,
    HistoryTooNew,
    Leave,
    LineageEntered,
    NodeView,
    PeerUnreadable,
    Propose,
    SetIdle,
    VersionsDiffer,
)
from net.sim.checks.inspection import log_of, operations_of
from net.sim.contest import Contestant
from net.sim.faults import Blackout
from net.sim.machine import Machine
from net.sim.network import Conditions
from net.sim.swarm import draw_script
from net.sim.world import World
from net.wire.decrees import Decree, RemoveMember, Rule, SpeakVersion
from tests.net.dialects import (
    AFTER_NEXT_CODE,
    FROZEN,
    LYING_CODE,
    NEXT,
    NEXT_CODE,
    OLD_CODE,
)

if TYPE_CHECKING:
    from net.node.node import Node
    from net.wire.codec import Codec

pytestmark = pytest.mark.sim

REMARK = Rule(b"remark")  # a ruling that only the next version knows


@final
class Racer:
    """A contestant in a race, of some version: the next one makes remarks where the room does."""

    def __init__(self, newest: int, races: bool, me: NodeId, rng: Random) -> None:
        self.contestant = Contestant(me, rng)
        self.newest = newest
        self.version = FROZEN  # of the room
        self.remarks = 0
        self.races = races
        self.leaves = False
        self.told: list[VersionsDiffer | PeerUnreadable | HistoryTooNew] = []
        self._idle = True

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        match event:
            case VersionsDiffer() | PeerUnreadable() | HistoryTooNew():
                self.told.append(event)
            case LineageEntered():
                self.version, self.remarks = FROZEN, 0
            case Committed(decree=Decree(what=SpeakVersion(version=version))):
                self.version = version
                assert version <= self.newest or self.leaves, "the room speaks what we do not"
            case Committed(decree=Decree(what=Rule() as ruling)) if ruling == REMARK:
                assert self.newest >= NEXT, "older code would not know what that is"
                assert self.version >= NEXT, "nobody may say so yet"
                self.remarks += 1
                return []
            case _:
                pass
        return self.contestant.on_event(event, node, now_ns)

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        commands = self.contestant.on_tick(node, now_ns)
        if self._idle == self.races:
            self._idle = not self.races
            commands.append(SetIdle(self._idle))
        if node.decides and self.version >= NEXT and self.remarks == 0 and not commands:
            commands.append(Propose((REMARK,)))
        return commands


class Village:
    """Machines, each with some version of the code on it."""

    def __init__(
        self,
        seed: int,
        *codes: Codec,
        conditions: Conditions | None = None,
        races: bool = True,
    ) -> None:
        self.world = World(seed, lambda *_: None, conditions)
        self._races = races
        for number, code in enumerate(codes):
            self.join(code, number * 50 * MILLISECOND)

    def join(self, code: Codec, after_ns: int = 0) -> None:
        """Start one more machine."""
        self.world.add(self._make(code), self.world.now_ns + after_ns, codec=code)

    def _make(self, code: Codec) -> partial[Racer]:
        return partial(Racer, code.versions().highest, self._races)

    @property
    def machines(self) -> list[Machine]:
        return self.world.machines

    def racer(self, number: int) -> Racer:
        program = self.machines[number].program
        assert isinstance(program, Racer)
        return program

    def node(self, number: int) -> Node:
        host = self.machines[number].host
        assert host is not None
        return host.node

    def run(self, duration_ns: int) -> None:
        self.world.run(self.world.now_ns + duration_ns)

    def run_until(self, done: object, within_ns: int) -> None:
        assert callable(done)
        self.world.run(self.world.now_ns + within_ns, done)
        assert done()

    def replace(self, number: int, code: Codec, down_ns: int = SECOND // 2) -> None:
        """Kill a machine's process, install other code, and start that."""
        machine = self.machines[number]
        if machine.host is not None:
            self.world.crash(machine)
        machine.launch = dataclasses.replace(machine.launch, make=self._make(code), codec=code)
        self.world.at(self.world.now_ns + down_ns, lambda: self.world.start(machine))

    def all_synced(self) -> bool:
        return all(m.host is not None and m.host.node.synced for m in self.machines)

    def settle(self, within_ns: int = 15 * SECOND) -> None:
        """Let nobody speak any more, and wait until all hold the same: one digest."""
        racers = [self.racer(number) for number in range(len(self.machines))]
        for racer in racers:
            racer.contestant.talks = False
        self.run_until(self.is_settled, within_ns)
        first = racers[0].contestant
        assert len(first.order) > 10
        assert len(first.owners) > 3
        assert all(racer.contestant.order == first.order for racer in racers)
        assert all(racer.contestant.owners == first.owners for racer in racers)

    def is_settled(self) -> bool:
        if not self.all_synced():
            return False
        numbers = range(len(self.machines))
        contestants = [self.racer(number).contestant for number in numbers]
        if any(each.unanswered() or each.unordered() for each in contestants):
            return False
        logs = [log_of(self.node(number)) for number in numbers]
        heads = {(log.head_hash, log.commit, log.head) for log in logs if log is not None}
        digests = {operations_of(self.node(number)).vector_hash() for number in numbers}
        settled = all(commit == head for _, commit, head in heads)
        return len(heads) == len(digests) == 1 and settled

    def faults(self) -> set[str]:
        """Return what any node dropped that could not be read."""
        counts = [m.host.node.counters() for m in self.machines if m.host is not None]
        return {name for each in counts for name in each.faults if "malformed" in name}


def versions(village: Village) -> list[int]:
    """Return what each believes the room to speak."""
    return [village.racer(number).version for number in range(len(village.machines))]


# --- one room ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 6))]
)
def test_four_machines_change_one_by_one_to_the_next_version_during_a_race(seed: int) -> None:
    conditions = Conditions(loss=(0.0, 0.05, 0.2)[seed % 3], duplicate=0.05)
    village = Village(seed, *[OLD_CODE] * 4, conditions=conditions)
    village.run(4 * SECOND)
    for number in range(4):
        assert set(versions(village)) == {FROZEN}, "an old one is there still"
        village.replace((number + seed) % 4, NEXT_CODE)
        village.run(4 * SECOND)
    village.run_until(lambda: versions(village) == [NEXT] * 4, 10 * SECOND)
    village.run_until(lambda: all(village.racer(n).remarks for n in range(4)), 5 * SECOND)
    village.settle()
    assert village.faults() == set()
    assert all(village.racer(number).told == [] for number in range(4))


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(4, 8))]
)
def test_two_versions_under_faults_stay_one_room_and_go_up_together(seed: int) -> None:
    village = Village(100 + seed, *[OLD_CODE, NEXT_CODE] * 2)
    script = draw_script(Random(f"versions {seed}"), 4, SECOND, 10 * SECOND, 0.2, 8)
    village.world.play(script)
    village.run(5 * SECOND)
    for number in (0, 2):
        village.replace(number, NEXT_CODE)
        village.run(4 * SECOND)
    village.world.mend(range(4))
    village.run_until(village.all_synced, 20 * SECOND)
    village.run_until(lambda: versions(village) == [NEXT] * 4, 90 * SECOND)
    village.settle()


def test_between_races_the_room_stays_open_for_the_version_before() -> None:
    village = Village(1, NEXT_CODE, NEXT_CODE, races=False)
    village.run(5 * SECOND)
    assert village.all_synced()
    assert versions(village) == [FROZEN] * 2
    village.join(OLD_CODE)
    village.run(5 * SECOND)
    assert village.all_synced(), "one room of two versions"
    village.settle()
    assert village.faults() == set()


def test_a_room_goes_up_for_a_newcomer_that_needs_it_where_all_can() -> None:
    village = Village(2, NEXT_CODE, NEXT_CODE, races=False)
    village.run(3 * SECOND)
    assert versions(village) == [FROZEN] * 2
    village.join(AFTER_NEXT_CODE)
    village.run(5 * SECOND)
    assert village.all_synced()
    assert versions(village) == [NEXT] * 3
    assert village.faults() == set()


def test_an_old_one_that_comes_too_late_is_told_and_founds_nothing() -> None:
    village = Village(3, NEXT_CODE, NEXT_CODE)
    village.run_until(lambda: versions(village) == [NEXT] * 2, 5 * SECOND)
    village.join(OLD_CODE)
    village.run(5 * SECOND)
    (told, *_) = village.racer(2).told
    assert isinstance(told, VersionsDiffer)
    assert told.theirs.room == NEXT
    assert any(isinstance(each, VersionsDiffer) for each in village.racer(0).told)
    assert village.node(2).consensus is None
    village.replace(2, NEXT_CODE)
    village.run_until(village.all_synced, 5 * SECOND)


def test_whoever_was_away_when_the_room_went_up_has_a_minute_to_come_back() -> None:
    village = Village(4, NEXT_CODE, NEXT_CODE, OLD_CODE)
    village.run_until(village.all_synced, 5 * SECOND)
    village.world.crash(village.machines[2])
    village.run(50 * SECOND)
    village.replace(2, OLD_CODE)
    village.run_until(village.all_synced, 8 * SECOND)
    village.world.crash(village.machines[2])
    village.run(70 * SECOND)
    assert [village.racer(number).version for number in (0, 1)] == [NEXT] * 2


@pytest.mark.parametrize("races", [True, False])
def test_who_needs_more_than_all_can_speak_is_told_and_let_in_when_the_old_one_has_left(
    races: bool,
) -> None:
    village = Village(6, NEXT_CODE, OLD_CODE, races=races)
    village.run_until(village.all_synced, 5 * SECOND)
    village.join(AFTER_NEXT_CODE)
    village.run(5 * SECOND)
    assert not village.node(2).synced
    assert [type(each) for each in village.racer(2).told] == [VersionsDiffer]
    assert [type(each) for each in village.racer(1).told] == [VersionsDiffer]
    assert versions(village)[:2] == [FROZEN] * 2
    village.racer(1).leaves = True
    village.world.command(village.machines[1], [Leave()])
    village.run_until(lambda: village.node(2).synced, 5 * SECOND)
    assert village.racer(2).version == NEXT
    log = log_of(village.node(2))
    assert log is not None
    decrees = [decree.what for decree in log.entries(0, log.commit)]
    (out,) = (at for at, what in enumerate(decrees) if isinstance(what, RemoveMember))
    assert out < decrees.index(SpeakVersion(NEXT)), "the room waits for who leaves"


def test_after_a_blackout_those_who_start_first_wait_for_the_older_ones() -> None:
    village = Village(7, NEXT_CODE, NEXT_CODE, OLD_CODE)
    village.run_until(village.all_synced, 5 * SECOND)
    village.world.inflict(Blackout((SECOND, SECOND, 20 * SECOND)))
    village.run(18 * SECOND)
    assert [village.racer(number).version for number in (0, 1)] == [FROZEN] * 2
    village.run_until(village.all_synced, 10 * SECOND)
    village.settle()


def test_older_code_does_not_go_on_with_what_newer_code_kept() -> None:
    village = Village(8, NEXT_CODE, NEXT_CODE)
    village.run_until(lambda: versions(village) == [NEXT] * 2, 5 * SECOND)
    for number in (0, 1):
        village.world.crash(village.machines[number])
    for number in (0, 1):
        village.replace(number, OLD_CODE)
    village.run(5 * SECOND)
    assert village.all_synced()
    assert all(village.racer(number).told == [HistoryTooNew(NEXT)] for number in (0, 1))
    assert versions(village) == [FROZEN] * 2


# --- beside each other ------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("first", [0, 1])
def test_n_beside_n_plus_2_are_told_both_within_five_seconds(seed: int, first: int) -> None:
    codes = (OLD_CODE, AFTER_NEXT_CODE)
    village = Village(seed, codes[first], conditions=Conditions(loss=0.1))
    village.run(3 * SECOND)
    village.join(codes[1 - first])
    village.run(5 * SECOND)
    for number, code in ((0, codes[1 - first]), (1, codes[first])):
        (told,) = village.racer(number).told
        assert isinstance(told, VersionsDiffer)
        assert told.theirs.highest == code.versions().highest
        assert told.theirs.common(told.ours) is None
    village.run(25 * SECOND)
    assert all(2 <= len(village.racer(number).told) <= 4 for number in (0, 1)), "each ten seconds"
    assert village.node(0).synced
    assert village.node(1).consensus is None, "the room is there: it founds no other"


@pytest.mark.parametrize("seed", range(4))
def test_two_that_start_at_once_are_told_before_either_founds(seed: int) -> None:
    village = Village(seed, OLD_CODE, AFTER_NEXT_CODE)
    village.run_until(
        lambda: any(village.node(number).consensus is not None for number in (0, 1)), 5 * SECOND
    )
    assert all(village.racer(number).told for number in (0, 1))


def test_a_peer_that_changed_a_layout_without_the_version_is_told_as_such() -> None:
    village = Village(5, OLD_CODE, LYING_CODE, OLD_CODE)
    village.run(5 * SECOND)
    for number in (0, 1, 2):
        told = village.racer(number).told
        strangers = {1} if number != 1 else {0, 2}
        names = {f"machine {stranger}" for stranger in strangers}
        assert {each.name for each in told if isinstance(each, PeerUnreadable)} == names
        assert len(told) == len(names)
    assert village.faults() == {"node.malformed.fields"}
    assert village.node(0).synced
    assert village.node(2).synced
