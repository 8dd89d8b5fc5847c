"""The search for a schedule that breaks what must hold, and for the least one that does."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

from net.sim.checks.invariants import Violation
from net.sim.explorer.deeds import Deed
from net.sim.explorer.ensemble import Ensemble
from net.sim.explorer.fingerprint import copy, fingerprint
from net.sim.explorer.steps import Deliver, Step

Steps: TypeAlias = tuple[Step, ...]

DEEDS: Final = 16  # of a walk


@dataclass(frozen=True, slots=True)
class Found:
    """A violation, and the steps that lead to it from the start."""

    violation: str
    members: int
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return "\n".join((*(f"  {step}" for step in self.steps), f"! {self.violation}"))


@dataclass(frozen=True, slots=True)
class Exhausted:
    """How many states were looked at, what was found, and whether those were all there are."""

    states: int
    found: Found | None
    whole: bool = False


def walk(members: int, seed: int, deeds: Sequence[Deed]) -> Found | None:
    """Take drawn steps. The same seed takes the same ones, as long as the code is the same."""
    rng = Random(f"walk {members} {seed}")
    taken: list[Step] = []
    try:
        ensemble = Ensemble(members)
        for _ in range(DEEDS):
            for step in rng.choice(deeds)(ensemble, rng):
                taken.append(step)
                if not ensemble.apply(step):
                    taken.pop()
    except Violation as violation:
        return Found(str(violation), members, tuple(taken))
    return None


def first_found(
    members: int, seeds: Iterable[int], deeds: Sequence[Deed]
) -> tuple[int, Found] | None:
    """Return the first seed whose walk breaks something, and what; None: none does."""
    for seed in seeds:
        found = walk(members, seed, deeds)
        if found is not None:
            return seed, found
    return None


def exhaust(start: Ensemble, members: int, once: Sequence[Step], states_max: int) -> Exhausted:
    """Take every order in which what is on its way may arrive, breadth first.

    So the first violation found is one of the fewest steps. What was sent may be lost, for no order
    needs to go on; equal states are gone on from once.

    Args:
        start: where to begin.
        members: of it, to replay what is found.
        once: steps that may come in between at any moment, each once.
        states_max: to look at, at most.
    """
    queue: deque[tuple[Ensemble, tuple[Step, ...], tuple[Step, ...]]] = deque(
        [(start, (), tuple(once))]
    )
    seen = {(fingerprint(start), tuple(once))}
    while queue and len(seen) < states_max:
        ensemble, taken, left = queue.popleft()
        for step in (*map(Deliver, ensemble.fresh), *left):
            after, rest = copy(ensemble), tuple(each for each in left if each != step)
            path = (*taken, step)
            try:
                if not after.apply(step):
                    continue
            except Violation as violation:
                return Exhausted(len(seen), Found(str(violation), members, path))
            name = fingerprint(after), rest
            if name not in seen:
                seen.add(name)
                queue.append((after, path, rest))
    return Exhausted(len(seen), None, whole=not queue)


def replay(members: int, steps: Iterable[Step]) -> str:
    """Return what is violated when these steps are taken; empty: nothing."""
    try:
        ensemble = Ensemble(members)
        for step in steps:
            ensemble.apply(step)
    except Violation as violation:
        return str(violation)
    return ""


def least(found: Found) -> Found:
    """Return a schedule of which no step can be left out, with whatever it violates.

    Zeller's delta debugging: halves first, then quarters, down to single steps.
    """
    steps, violation = list(found.steps), found.violation
    size = len(steps)
    while size:
        at, before = 0, len(steps)
        while at < len(steps):
            fewer = steps[:at] + steps[at + size :]
            broken = replay(found.members, fewer)
            if broken:
                steps, violation = fewer, broken
            else:
                at += size
        if size > 1 or len(steps) == before:  # what went may have been what another was needed for
            size //= 2
    return Found(violation, found.members, tuple(steps))
