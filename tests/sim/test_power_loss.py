"""A room whose machines all lose power goes on where it was, from what their journals kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from unittest.mock import ANY

import pytest

from net.limits import MILLISECOND, RESUME_S, SECOND
from net.sim import Conditions, Machine, Script, World
from net.sim.faults import Blackout, Crash, Fault
from racer.app.simulation.simulate import RacePlan, SweepSpec, simulate
from racer.play.reports import HistoryResumed, LapSeen, Resumed

pytestmark = pytest.mark.sim

DARK_NS = 22 * SECOND  # everybody has done a lap


@dataclass
class Witness:
    """Notes what the machines report, and when."""

    told: list[tuple[int, Machine, object]] = field(default_factory=list)

    def attach(self, world: World, script: Script) -> None:
        pass

    def sink(self, machine: Machine, what: object, now_ns: int) -> None:
        self.told.append((now_ns, machine, what))

    def resumed(self) -> dict[int, int]:
        """Return by machine the lap on which it was back last."""
        return {m.number: what.lap for _, m, what in self.told if isinstance(what, Resumed)}

    def laps_before(self, at_ns: int) -> dict[int, int]:
        laps: dict[int, int] = {}
        for now_ns, machine, what in self.told:
            mine = isinstance(what, LapSeen) and what.node == machine.identity.node_id
            if now_ns < at_ns and mine:
                laps[machine.number] = laps.get(machine.number, 0) + 1
        return laps


@cache
def race(nodes: int, *faults: tuple[int, Fault], loss: float = 0.0) -> tuple[Witness, float]:
    """Race over two laps; return what was told, and how long it took [s]."""
    witness = Witness()
    plan = RacePlan(nodes, 2, Script(Conditions(loss=loss), faults))
    outcome = simulate(5, SweepSpec(), witness, plan=plan)
    assert outcome.failures == ()
    return witness, outcome.virtual_s


def blackout(*down_ms: int, ahead_s: tuple[int, ...] = ()) -> Blackout:
    return Blackout(tuple(each * MILLISECOND for each in down_ms), ahead_s)


@pytest.mark.parametrize("loss", [pytest.param(0.0, marks=pytest.mark.long), 0.2])
def test_all_killed_at_once_go_on_with_their_race_on_the_lap_they_had(loss: float) -> None:
    _, undisturbed_s = race(3)
    witness, took_s = race(3, (DARK_NS, blackout(2500, 300, 1800)), loss=loss)
    before = witness.laps_before(DARK_NS)
    assert set(before.values()) == {1}, "the lights went out in the second lap of all"
    assert witness.resumed() == dict.fromkeys(range(3), 2)
    assert took_s < undisturbed_s + 10, "it did not begin anew"


def test_who_was_down_before_the_others_and_is_up_first_waits_for_who_knows_more() -> None:
    """Its history is the shorter one."""
    early = (11 * SECOND, Crash(0, 11_200 * MILLISECOND))
    witness, _ = race(3, early, (DARK_NS, Blackout((0, 1200 * MILLISECOND, 1300 * MILLISECOND))))
    assert witness.resumed() == {0: 2, 1: 2, 2: 2}


def test_a_newcomer_that_opened_the_room_meanwhile_does_not_undo_the_race() -> None:
    """Machine 3 has nothing on its disk, and is up long before the others."""
    lost = (5 * SECOND, Crash(3, 17_100 * MILLISECOND, journal_lost=True))
    witness, _ = race(4, lost, (DARK_NS, blackout(3000, 2500, 2800, 100)))
    assert {number: witness.resumed()[number] for number in range(3)} == {0: 2, 1: 2, 2: 2}


def test_a_disk_that_lost_all_gets_the_race_from_the_others() -> None:
    lost = (DARK_NS, Crash(1, 900 * MILLISECOND, journal_lost=True))
    witness, _ = race(3, lost, (DARK_NS, blackout(1000, 900, 1000)))
    assert witness.resumed() == {0: 2, 1: 2, 2: 2}


ONE_BY_ONE_MS = (100, 9000, 18_000)  # each up well after the one before has given up waiting


def test_clocks_that_are_wrong_lose_no_race_though_machines_come_back_one_by_one() -> None:
    ahead_s = (1200, 3600, RESUME_S - 60)
    witness, _ = race(3, (DARK_NS, blackout(*ONE_BY_ONE_MS, ahead_s=ahead_s)))
    assert witness.resumed() == {0: 2, 1: 2, 2: 2}


def test_a_history_that_is_too_old_by_the_clock_is_given_up_by_word() -> None:
    ahead_s = (RESUME_S + 3600,) * 3
    witness, _ = race(3, (DARK_NS, blackout(*ONE_BY_ONE_MS, ahead_s=ahead_s)))
    told = {m.number for _, m, what in witness.told if what == HistoryResumed(False, False, ANY)}
    assert told == {0, 1, 2}
