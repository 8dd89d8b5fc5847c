"""Interleavings of three real members, walked and exhausted: nothing breaks but what is broken."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from net.limits import MILLISECOND, STAGGER_NS, STEP_DOWN_NS
from net.sim.checks.invariants import Violation
from net.sim.explorer.deeds import (
    ALL,
    BALLOTS,
    LARGE,
    LATER,
    OVERTAKING,
    Deed,
    end_leases,
    miss_leader,
)
from net.sim.explorer.ensemble import Ensemble
from net.sim.explorer.fingerprint import copy, fingerprint
from net.sim.explorer.search import exhaust, first_found, least, replay, walk
from net.sim.explorer.steps import Beat, Decide, Deliver, Judge, Kill, Restart, Tick
from net.sim.mutants import broken
from tests.mutants.catalog import ALL as MUTANTS

pytestmark = pytest.mark.sim


# --- nothing breaks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "deeds"),
    [(2, ALL), (3, ALL), (3, BALLOTS), (3, OVERTAKING), (4, ALL), (5, BALLOTS)],
    ids=["two", "three", "three's ballots", "three in turn", "four", "five's ballots"],
)
def test_no_walk_breaks_what_must_hold(members: int, deeds: Sequence[Deed]) -> None:
    found = first_found(members, range(150), deeds)
    assert found is None, f"seed {found[0]}:\n{found[1]}"


def rivals() -> Ensemble:
    """Return three, of whom two stand for the place of the first at the same time."""
    ensemble = Ensemble(3)
    for machine in (1, 2):
        for step in (
            Judge(machine, 0),
            Tick(machine, STEP_DOWN_NS + LATER),
            Tick(machine, 2 * STAGGER_NS + MILLISECOND),
        ):
            assert ensemble.apply(step)
    return ensemble


def test_no_order_in_which_the_words_of_two_candidates_arrive_makes_both_win() -> None:
    looked = exhaust(rivals(), 3, (), 1000)
    assert looked.found is None
    assert looked.whole
    assert looked.states > 50


def test_nor_where_one_dies_in_between_and_one_stands_again() -> None:
    again = (Tick(1, STEP_DOWN_NS + LATER), Kill(0))
    looked = exhaust(rivals(), 3, again, 400)
    assert looked.found is None


# --- what is broken is found -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mutant", "members", "deeds", "invariant"),
    [
        ("one-promise", 3, BALLOTS, 20),
        ("promise-falls", 3, OVERTAKING, 20),
        ("promise-of-any-epoch", 3, BALLOTS, 20),
        ("half-elects", 2, ALL, 20),
        ("half-commits", 3, OVERTAKING, 25),
        ("adoption", 3, OVERTAKING, 22),
        ("longest-log", 3, BALLOTS, 22),
    ],
)
def test_walks_find_a_protection_taken_away_and_the_least_schedule_that_shows_it(
    mutant: str, members: int, deeds: Sequence[Deed], invariant: int
) -> None:
    with broken(MUTANTS[mutant]):
        found = first_found(members, range(60), deeds)
        assert found is not None
        shortest = least(found[1])
        assert replay(members, shortest.steps) == shortest.violation
        for at in range(len(shortest.steps)):
            fewer = (*shortest.steps[:at], *shortest.steps[at + 1 :])
            assert not replay(members, fewer), "each step of it is needed"
    assert found[1].violation.startswith(f"invariant {invariant}: ")
    assert replay(members, found[1].steps) == "", "with the protection it does no harm"


def test_exhausting_finds_the_shortest_way_to_two_coordinators_of_an_epoch() -> None:
    with broken(MUTANTS["one-promise"]):
        looked = exhaust(rivals(), 3, (), 1000)
    assert looked.found is not None
    assert looked.found.violation == "invariant 20: two coordinators of epoch 3"
    assert len(looked.found.steps) == 4
    *told, broke = str(looked.found).splitlines()
    assert sum("Prepare(3)" in line for line in told) == 2
    assert sum("Promise(3, log 2/2)" in line for line in told) == 2
    assert broke == "! invariant 20: two coordinators of epoch 3"


def elect(ensemble: Ensemble, machine: int, voter: int) -> None:
    """Let a machine come to coordinate by the promise of one other; nobody hears of it."""
    for _ in range(3):
        for step in (
            *miss_leader(ensemble, machine, revive=True),
            *end_leases(ensemble, [voter], machine),
        ):
            ensemble.apply(step)
        while machine not in ensemble.leaders:
            waiting = [*ensemble.between(machine, voter), *ensemble.between(voter, machine)]
            if not waiting:
                break
            ensemble.apply(Deliver(waiting[-1]))
        if machine in ensemble.leaders:
            return
    raise AssertionError(f"{machine} was not elected")


def figure_eight() -> None:
    """What is shown in figure 8 of Ongaro and Ousterhout 2014, with three members."""
    ensemble = Ensemble(3)
    ensemble.apply(Decide(0, LARGE))  # nobody hears of it
    elect(ensemble, 2, voter=1)
    elect(ensemble, 0, voter=1)
    for _ in range(4):  # machine 1 gets the old decree, and not yet the opening
        waiting = [*ensemble.between(0, 1), *ensemble.between(1, 0)]
        ensemble.apply(Deliver(waiting[-1]))
    elect(ensemble, 2, voter=1)
    assert ensemble.leaders[-1] == 2


def test_a_decree_of_an_earlier_epoch_does_not_count_before_the_opening_does() -> None:
    figure_eight()
    with (
        broken(MUTANTS["own-epoch"]),
        pytest.raises(Violation, match="coordinates without decree 2"),
    ):
        figure_eight()


# --- the explorer itself -----------------------------------------------------------------------


def test_the_same_seed_walks_the_same_way() -> None:
    with broken(MUTANTS["longest-log"]):
        seed, one = first_found(3, range(60), BALLOTS) or (0, None)
        assert one == walk(3, seed, BALLOTS)
        assert one is not None


def test_equal_ways_have_equal_fingerprints_and_a_copy_goes_its_own() -> None:
    one = rivals()
    other = copy(one)
    assert fingerprint(one) == fingerprint(other) == fingerprint(rivals())
    first = next(iter(one.fresh))
    assert other.apply(Deliver(first))
    assert fingerprint(one) != fingerprint(other)
    assert first in one.fresh
    assert first not in other.fresh


def test_a_step_that_cannot_be_taken_is_passed_over() -> None:
    ensemble = Ensemble(3)
    assert not ensemble.apply(Restart(1))
    assert ensemble.apply(Kill(1))
    assert not ensemble.apply(Kill(1))
    assert not ensemble.apply(Tick(1, 1))
    assert not ensemble.apply(Beat(1, 0))
    assert ensemble.apply(Restart(1))
    assert ensemble.apply(Beat(1, 0))
    assert not ensemble.apply(Decide(1, 1))
