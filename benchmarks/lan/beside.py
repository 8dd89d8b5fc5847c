"""serf's figures, and ours over them, from one run on one machine."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from benchmarks.figures import line, percentile
from benchmarks.lan import serf
from benchmarks.lan.rounds import LOSS

LINES: Final = 60
LINES_APART_S: Final = 0.1
KILLS_APART_S: Final = 1.0


def report(
    size: int, kills: int, seconds: float, ours: dict[str, Sequence[float]], rng: Random
) -> Iterator[str]:
    """Yield what serf's agents make of the same work.

    Args:
        seconds: of loss, and of pauses.
        ours: measured values of ours to compare, by "kill" and "chat".
    """
    version = serf.installed()
    if version is None:
        yield "serf: SKIPPED: not installed (Debian's package is serf)"
        return
    with serf.joined(size, "lan") as agents:
        if agents is None:
            yield f"serf {version}: {size} agents did not join in time"
            return
        yield f"serf {version}, {size} agents, its profile lan"
        since = time.time()
        shown, lost = serf.chat(agents, LINES, LINES_APART_S)
        quiet = serf.failures(agents.heard, since, range(size))
        yield f"  no fault, {time.time() - since:.0f} s: {quiet} false failed"
        yield line("  no fault: event told by all", shown, "ms", missing=lost)
        yield from ratio("chat shown by all", shown, ours.get("chat", ()))
        at_loss = serf.failures_at_loss(agents, LOSS, seconds)
        yield f"  20 % loss each way, {seconds:.0f} s: {at_loss} false failed"
        at_pauses = serf.failures_at_pauses(agents, seconds, rng)
        yield f"  a quarter paused 2 of 2.5 s, {seconds:.0f} s: {at_pauses} false failed"
        time.sleep(serf.EVENT_S)
        victims = rng.sample(range(size), kills)
        known, missing = serf.kill(agents, victims, KILLS_APART_S)
        yield line("  an agent killed: another knows", known, "ms", missing=missing)
        yield from ratio("another knows", known, ours.get("kill", ()))


def ratio(what: str, theirs: Sequence[float], ours: Sequence[float]) -> Iterator[str]:
    """Yield how often our time goes into serf's."""
    if theirs and ours:
        shares = [percentile(theirs, share) / percentile(ours, share) for share in (0.5, 0.99)]
        yield f"  {what}: serf takes {shares[0]:.1f} times ours at p50, {shares[1]:.1f} at p99"
