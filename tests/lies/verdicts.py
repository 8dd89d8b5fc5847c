"""What came of a race in which somebody lied, for the honest and for the liar."""

from __future__ import annotations

from tests.lies.liars_in_races import SECOND, Raced

OUT_NS = 2 * SECOND  # from when a lie is seen to when its author is out for all
SOON_NS = SECOND // 5  # of who is out so soon others see no more whether it lies


def fault_of(raced: Raced, *, proved: bool = True) -> str:
    """Return what went wrong for the honest, if anything did.

    Args:
        proved: it can be seen to be a lie.
    """
    liars = {machine.identity.node_id for machine in raced.liars}
    if any(machine.number not in raced.results for machine in raced.honest):
        return "somebody has no results"
    if len({raced.results[machine.number].digest for machine in raced.honest}) != 1:
        return "results differ"
    named = [raced.disbelieved.get(machine.number, []) for machine in raced.honest]
    if any(each.node not in liars for told in named for _, each in told):
        return "an honest one is disbelieved"
    out = [raced.removals.get(machine.number, []) for machine in raced.honest]
    if any(sorted(each.node for _, each in told) != sorted(liars) * proved for told in out):
        return f"{sorted({each.text for told in out for _, each in told})} out"
    since_ns = seen_ns(raced)
    believes = [
        not seen and any(at_ns - since_ns > SOON_NS for at_ns, _ in gone)
        for seen, gone in zip(named, out, strict=True)
    ]
    if proved and (any(believes) or not any(named)):
        return "somebody believes it"
    late_ns = out_ns(raced) - since_ns
    return f"out {late_ns / SECOND:.2f} s late" if proved and late_ns > OUT_NS else ""


def seen_ns(raced: Raced) -> int:
    """Return when the first of the honest saw what proves a lie: one leap does not."""
    told = [each for told in raced.disbelieved.values() for each in told]
    proofs = [at_ns for at_ns, each in told if each.why != "leapt"]
    return min(proofs or [at_ns for at_ns, _ in told], default=0)


def out_ns(raced: Raced) -> int:
    """Return when the last of the honest had it that the liar is out."""
    gone = [raced.removals.get(machine.number, []) for machine in raced.honest]
    return max((at_ns for told in gone for at_ns, _ in told), default=0)
