"""Whether each epoch had one coordinator, and each lease of a car one driver."""

from __future__ import annotations

from collections.abc import Sequence

from racer.app.verify.lives import Life, PrintedLine
from racer.app.verify.verdict import Verdict


def check_coordinators(lives: Sequence[Life]) -> Verdict:
    """Judge who coordinated: one node an epoch of a lineage.

    A node may tell of an earlier epoch later: where it lost its place it begins anew.

    Raises:
        LogError: a line lacks what it should say.
    """
    verdict = Verdict("an epoch has one coordinator")
    who: dict[tuple[str, int], PrintedLine] = {}
    for life in lives:
        for line in life.told("coordinator"):
            verdict.judged += 1
            lineage, epoch = line.word("lineage"), line.number("epoch")
            first = who.setdefault((lineage, epoch), line)
            if first.word("node") != line.word("node"):
                verdict.broken(
                    f"epoch {epoch} of lineage {lineage} has two coordinators", first, line
                )
    return verdict


def check_leases(lives: Sequence[Life]) -> Verdict:
    """Judge who drove absent drivers' cars: one driver a lease, leases without a gap.

    Raises:
        LogError: a line lacks what it should say.
    """
    verdict = Verdict("a lease of a car is one driver's")
    who: dict[tuple[str, str, str, int], PrintedLine] = {}
    for life in lives:
        told: set[tuple[str, str, int]] = set()
        for line in life.told("control"):
            verdict.judged += 1
            race, car, lease = line.word("race"), line.word("car"), line.number("lease")
            first = who.setdefault((line.lineage, race, car, lease), line)
            if first.word("driver") != line.word("driver"):
                verdict.broken(f"lease {lease} of a car is two drivers'", first, line)
            if lease > 1 and (race, car, lease - 1) not in told:
                verdict.broken(f"lease {lease} of a car is told, and none before it", line)
            told.add((race, car, lease))
    return verdict
