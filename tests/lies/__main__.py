"""Every lie in a race of its own: `python -m tests.lies [NODES [LIE …]]` tells what came of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.lies.idlers import IDLE
from tests.lies.liars_in_company import TO_ONE, laps_and_slander
from tests.lies.liars_in_folds import IN_FOLDS, PASSED_OVER
from tests.lies.liars_in_races import SECOND, Raced, race_with
from tests.lies.liars_on_the_way import ON_THE_WAY, ONCE
from tests.lies.lies_of_coordinators import COORDINATORS
from tests.lies.lies_of_drivers import DRIVERS, UNPROVED
from tests.lies.lies_of_omission import OMISSIONS
from tests.lies.verdicts import fault_of, out_ns, seen_ns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lies.liars_in_races import Lying


COLLUDING_MIN = 7  # of these two are less than a third


@dataclass(frozen=True, slots=True)
class Trial:
    """A lie, and which of the room tells it."""

    name: str
    lying: Lying
    teller: int | tuple[int, ...]
    proved: bool = True
    away_ns: int = 0


def leader_of(raced: Raced) -> int:
    """Return which of a room leads it, as who came last was told first."""
    last = raced.world.machines[-1]
    nodes = [machine.identity.node_id for machine in raced.world.machines]
    return nodes.index(raced.coordinators[last.number][0])


def trials(leader: int, count: int) -> Iterator[Trial]:
    """Return all: what drivers tell is told by who leads, too."""
    follower = 1 if leader == 0 else 0
    for name, lying in DRIVERS.items():
        yield Trial(name, lying, follower)
        yield Trial(f"{name}, leading", lying, leader)
    for name, lying in ON_THE_WAY.items():
        yield Trial(name, lying, follower, proved=name not in ONCE)
    for name, lying in COORDINATORS.items():
        yield Trial(name, lying, leader)
    for name, lying in IN_FOLDS.items():
        yield Trial(name, lying, leader, proved=name not in PASSED_OVER)
    for name, lying in IDLE.items():
        yield Trial(name, lying, leader, proved=False)
    for name, lying in OMISSIONS.items():
        yield Trial(name, lying, leader, proved=False)
    for name, lying in {**UNPROVED, **TO_ONE}.items():
        yield Trial(name, lying, follower, proved=False)
    late = DRIVERS["shortened laps"]
    yield Trial("shortened laps, after coming back", late, follower, away_ns=2 * SECOND)
    if count >= COLLUDING_MIN:
        yield Trial("laps and slander, two", laps_and_slander, (leader, follower))


def main(count: int, wanted: list[str]) -> int:
    """Race once without a lie, and once with each. Returns how many went wrong."""
    wrong = 0
    truth = race_with(None, count)
    print(f"nobody lies: {_table(truth)}", flush=True)
    for trial in trials(leader_of(truth), count):
        if wanted and trial.name not in wanted:
            continue
        raced = race_with(trial.lying, count, trial.teller, away_ns=trial.away_ns)
        fault = fault_of(raced, proved=trial.proved)
        wrong += bool(fault)
        print(f"{trial.name}: {fault or 'harmless'}; {_told(raced)}; {_table(raced)}", flush=True)
    return wrong


def _told(raced: Raced) -> str:
    """Return why it is disbelieved, and how soon it was out."""
    first = [told[0] for told in raced.disbelieved.values() if told]
    reasons = sorted({f"{told.what} {told.why}" for _, told in first})
    if not first:
        return "nobody says anything"
    seen_s = (seen_ns(raced) - raced.lied_ns) / SECOND
    out_s = (out_ns(raced) - raced.lied_ns) / SECOND
    texts = {each.text for told in raced.removals.values() for _, each in told if not each.ours}
    by_all = f"seen after {seen_s:.2f} s, out for all after {out_s:.2f} s"
    return f"{', '.join(reasons)}, {by_all}: {', '.join(sorted(texts))}"


def _table(raced: Raced) -> str:
    results = raced.results.get(raced.honest[0].number)
    rows = () if results is None else results.table
    return ", ".join(f"{row.name} {row.laps} {row.ms}" for row in rows)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2:]))
