"""What members do in one go, step by step: what a walk is made of, so that it comes far.

Each is a generator: it yields a step, which is taken before it goes on, so it sees what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Final, TypeAlias

from net.limits import (
    DECREE_BODY_BYTES_MAX,
    LEASE_NS,
    MAJORITY_LOST_NS,
    MILLISECOND,
    STAGGER_NS,
    STEP_DOWN_NS,
    TICK_NS,
)
from net.sim.explorer.ensemble import Ensemble
from net.sim.explorer.steps import (
    AskHeir,
    Beat,
    Decide,
    Deliver,
    Judge,
    Kill,
    Learn,
    Restart,
    Step,
    Tick,
)

SMALL: Final = 1
LARGE: Final = DECREE_BODY_BYTES_MAX  # bytes of a decree: nothing else fits the same append
LATER: Final = 50 * MILLISECOND
"""More than a timer, so that it is over."""
LEAPS: Final = (TICK_NS, LEASE_NS + LATER, STEP_DOWN_NS + LATER, MAJORITY_LOST_NS + LATER)
EXCHANGED_MAX: Final = 40

Deed: TypeAlias = Callable[[Ensemble, Random], Iterator[Step]]


def draw_group(ensemble: Ensemble, rng: Random) -> list[int]:
    """Return machines that hear each other for a while: mostly as few as a majority."""
    count = len(ensemble.lives)
    size = rng.choice((count // 2 + 1, count // 2 + 1, count, rng.randint(1, count)))
    return sorted(rng.sample(range(count), size))


def exchange(ensemble: Ensemble, rng: Random, group: list[int]) -> Iterator[Step]:
    """Let some of what is on its way within a group arrive, mostly in order, mostly all."""
    limit = rng.choice((1, 2, 3, 4, 6, EXCHANGED_MAX, EXCHANGED_MAX))
    in_order = rng.random() < 0.7
    for _ in range(limit):
        waiting = [e for e in ensemble.fresh if e.sender in group and e.to in group]
        if not waiting:
            return
        yield Deliver(waiting[0] if in_order else rng.choice(waiting))


def stand(ensemble: Ensemble, rng: Random) -> Iterator[Step]:
    """Let a machine find that nobody coordinates, and a group answer it, or begin to."""
    group = draw_group(ensemble, rng)
    machine = rng.choice(group)
    yield from miss_leader(ensemble, machine, revive=rng.random() < 0.8)
    if rng.random() < 0.9:
        yield from end_leases(ensemble, group, machine)
    yield from exchange(ensemble, rng, group)


def win(ensemble: Ensemble, rng: Random) -> Iterator[Step]:
    """Let a machine come to coordinate by just a majority, and nobody hear what it says then."""
    count = len(ensemble.lives)
    group = rng.sample(range(count), count // 2 + 1)
    machine = group[0]
    for _ in range(3):
        yield from miss_leader(ensemble, machine, revive=True)
        yield from end_leases(ensemble, group, machine)
        for _ in range(EXCHANGED_MAX):
            if machine in ensemble.leaders:
                return
            waiting = [e for e in ensemble.fresh if e.sender in group and e.to in group]
            if not waiting:
                break
            yield Deliver(waiting[-1])


def end_leases(ensemble: Ensemble, group: list[int], machine: int) -> Iterator[Step]:
    """Let who heard its coordinator lately not have heard it for long, so that it may promise."""
    for other in group:
        life = ensemble.lives[other]
        if other == machine or life.consensus is None:
            continue
        voter = life.consensus.voter
        if voter.coordinator is not None and life.now_ns - voter.heard_ns < LEASE_NS:
            yield Tick(other, LEASE_NS)


def miss_leader(ensemble: Ensemble, machine: int, *, revive: bool) -> Iterator[Step]:
    """Let a machine take whoever coordinates for dead until it stands.

    Args:
        revive: then it hears it again; else it will want it out of the list of members.
    """
    leaders = [leader for leader in ensemble.leaders if leader != machine]
    for leader in leaders:
        yield Judge(machine, leader)
    yield Tick(machine, STEP_DOWN_NS + LATER)
    yield Tick(machine, (len(ensemble.lives) - 1) * STAGGER_NS + MILLISECOND)  # its turn, at last
    if revive:
        for leader in leaders:
            yield Beat(leader, machine)


def lead(ensemble: Ensemble, rng: Random) -> Iterator[Step]:
    """Let whoever coordinates decide something, and some hear of it, or nobody."""
    if not ensemble.leaders:
        return
    leader = rng.choice(ensemble.leaders)
    if rng.random() < 0.8:
        yield Decide(leader, LARGE if rng.random() < 0.5 else SMALL)
    else:
        yield Tick(leader, 3 * TICK_NS)
    if rng.random() < 0.6:
        yield from exchange(ensemble, rng, sorted({leader, *draw_group(ensemble, rng)}))


def reach_one(ensemble: Ensemble, rng: Random) -> Iterator[Step]:
    """Let whoever coordinates and one other hear some of what they last told each other."""
    if not ensemble.leaders:
        return
    leader = rng.choice(ensemble.leaders)
    other = rng.choice([n for n in range(len(ensemble.lives)) if n != leader])
    if rng.random() < 0.3:
        yield Tick(leader, 3 * TICK_NS)
    for _ in range(rng.randint(1, 6)):
        waiting = [*ensemble.between(leader, other), *ensemble.between(other, leader)]
        if not waiting:
            return
        yield Deliver(waiting[-1])


def beat(ensemble: Ensemble, rng: Random) -> Iterator[Step]:
    """Let heartbeats pass in a group."""
    group = draw_group(ensemble, rng)
    pairs = [(a, b) for a in group for b in group if a != b]
    rng.shuffle(pairs)
    for sender, to in pairs[: rng.randint(1, max(len(pairs), 1))]:
        yield Beat(sender, to)
        if rng.random() < 0.3:
            yield Tick(to, TICK_NS)


def repeat(ensemble: Ensemble, rng: Random) -> Iterator[Step]:
    """Let something old arrive, late or again."""
    if ensemble.sent:
        yield Deliver(rng.choice(list(ensemble.sent)))


def linger(ensemble: Ensemble, rng: Random) -> Iterator[Step]:
    """Let time pass for one."""
    yield Tick(rng.randrange(len(ensemble.lives)), rng.choice(LEAPS))


def hand_over(ensemble: Ensemble, rng: Random) -> Iterator[Step]:
    """Let whoever coordinates ask another to."""
    if ensemble.leaders:
        leader = rng.choice(ensemble.leaders)
        yield AskHeir(leader)
        yield from exchange(ensemble, rng, sorted({leader, *draw_group(ensemble, rng)}))


def restart(ensemble: Ensemble, rng: Random) -> Iterator[Step]:
    """Let one die, or begin anew; it learns what a member holds, and follows."""
    machine = rng.randrange(len(ensemble.lives))
    life = ensemble.lives[machine]
    if life.runs and life.consensus is not None:
        if rng.random() < 0.5:
            yield Kill(machine)
        return
    yield Restart(machine)
    others = [n for n, other in enumerate(ensemble.lives) if other.consensus and n != machine]
    if not others:
        return
    source = rng.choice(ensemble.leaders or others)
    for sender, to in ((source, machine), (machine, source)):
        yield Beat(sender, to)
    yield Learn(machine, source)
    for sender, to in ((source, machine), (machine, source)):
        yield Beat(sender, to)
    yield Tick(source, TICK_NS)
    yield from exchange(ensemble, rng, sorted({source, machine, *draw_group(ensemble, rng)}))


def replace_member(ensemble: Ensemble, rng: Random) -> Iterator[Step]:
    """Let whoever coordinates find one dead, or alive again: who is a member changes."""
    if not ensemble.leaders:
        return
    leader = rng.choice(ensemble.leaders)
    for of in rng.sample(range(len(ensemble.lives)), rng.randint(1, 2)):
        yield Judge(leader, of) if rng.random() < 0.7 else Beat(of, leader)
    for _ in range(rng.randint(1, 3)):
        yield Tick(leader, TICK_NS)
        yield from exchange(ensemble, rng, sorted({leader, *draw_group(ensemble, rng)}))


def desert(ensemble: Ensemble, rng: Random) -> Iterator[Step]:
    """Let a minority find itself alone, and go on by itself."""
    count = len(ensemble.lives)
    group = sorted(rng.sample(range(count), rng.randint(1, count // 2)))
    for machine in group:
        for of in range(count):
            if of not in group:
                yield Judge(machine, of)
    for _ in range(rng.randint(2, 4)):
        for machine in group:
            yield Tick(machine, rng.choice(LEAPS))
        yield from exchange(ensemble, rng, group)


OVERTAKING: Final[tuple[Deed, ...]] = (win, win, lead, reach_one)
"""One coordinator after the other, each of which little is heard."""

BALLOTS: Final[tuple[Deed, ...]] = (
    *(stand,) * 3,
    *(win,) * 3,
    *(lead,) * 4,
    *(beat,) * 2,
    repeat,
    linger,
    hand_over,
)
"""Elections and decrees alone."""

ALL: Final[tuple[Deed, ...]] = (*BALLOTS, *(restart,) * 2, *(replace_member,) * 2, desert)
"""Members come and go as well, and lineages fork and merge."""
