"""Every lie in a race of its own: `python -m tests.lies [NODES]` prints what came of each."""

from __future__ import annotations

import sys

from tests.lies.liars_in_races import COORDINATORS, DRIVERS, SECOND, Raced, race_with


def main(count: int) -> int:
    """Race once without a lie, and once with each. Returns how many went wrong."""
    wrong = 0
    truth = _table(race_with(None, count))
    print(f"nobody lies: {truth}")
    for name, lie in {**DRIVERS, **COORDINATORS}.items():
        raced = race_with(lie, count, 0 if name in COORDINATORS else 1)
        fault = _fault_of(raced)
        wrong += bool(fault)
        print(f"{name}: {fault or 'harmless'}; {_told(raced)}; {_table(raced)}", flush=True)
    return wrong


def _fault_of(raced: Raced) -> str:
    """Return what went wrong for the honest, if anything did."""
    liar = raced.liar.identity.node_id
    if any(machine.number not in raced.results for machine in raced.honest):
        return "somebody has no results"
    if len({raced.results[machine.number].digest for machine in raced.honest}) != 1:
        return "results differ"
    named = [raced.disbelieved.get(machine.number, []) for machine in raced.honest]
    if any(each.node != liar for told in named for _, each in told):
        return "an honest one is disbelieved"
    return "" if all(named) else "somebody believes it"


def _told(raced: Raced) -> str:
    """Return why it is disbelieved, and how soon after the lie the last of the honest said so."""
    everybody = [raced.disbelieved.get(machine.number) for machine in raced.honest]
    first = [told[0] for told in everybody if told]
    if not first:
        return "nobody says anything"
    late_s = (max(at_ns for at_ns, _ in first) - raced.lied_ns) / SECOND
    reasons = sorted({f"{told.what} {told.why}" for _, told in first})
    return f"{', '.join(reasons)} after {late_s:.2f} s"


def _table(raced: Raced) -> str:
    results = raced.results.get(raced.honest[0].number)
    rows = () if results is None else results.table
    return ", ".join(f"{row.name} {row.laps} {row.ms}" for row in rows)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
