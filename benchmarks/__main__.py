"""Run all benchmarks, or those named."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks import (
    air,
    balance,
    crowd,
    failover,
    field,
    frame,
    laps,
    load,
    records,
    restart,
    sight,
    step,
    touches,
    window,
)
from benchmarks.lan import rows
from racer.app.commands.parser import INTERRUPTED
from racer.app.terminal import ProgressLine, complain


def main() -> int:
    """Print the figures of each part."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="crowd and lan: fewer rounds, shorter spans"
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="one of them (default: all)")
    asked = parser.parse_args()
    parts: dict[str, Callable[[], Iterator[str]]] = {
        "step": step.report,
        "laps": laps.report,
        "field": field.report,
        "records": records.report,
        "sight": sight.report,
        "balance": balance.report,
        "frame": frame.report,
        "touches": touches.report,
        "window": window.report,
        "load": load.report,
        "air": air.report,
        "failover": failover.report,
        "restart": restart.report,
        "crowd": partial(crowd.report, quick=asked.quick),
        "lan": partial(rows.report, quick=asked.quick),
    }
    wanted = asked.parts or list(parts)
    for name in wanted:
        if name not in parts:
            parser.error(f"no part {name!r}; there are {', '.join(parts)}")
    if asked.quick and not {"crowd", "lan"} & set(wanted):
        parser.error("--quick has no effect on these parts: only crowd and lan have fewer rounds")
    done: list[str] = []
    progress = ProgressLine()
    try:
        for name in wanted:
            progress.stage(f"{name}, part {len(done) + 1} of {len(wanted)}")
            for line in parts[name]():
                progress.print(line)
                progress.stage(f"{name}, part {len(done) + 1} of {len(wanted)}")
            done.append(name)
    except KeyboardInterrupt:
        progress.clear()
        complain(f"broken off in {wanted[len(done)]}; done: {', '.join(done) or 'nothing'}")
        return INTERRUPTED
    progress.clear()
    return 0


if __name__ == "__main__":
    sys.exit(main())
