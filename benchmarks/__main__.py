"""Run all benchmarks, or those named."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks import balance, crowd, failover, field, frame, laps, load, records, restart, step
from benchmarks.lan import rows


def main() -> int:
    """Print the figures of each part."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, shorter spans")
    parser.add_argument("parts", nargs="*", metavar="PART")
    asked = parser.parse_args()
    parts: dict[str, Callable[[], Iterator[str]]] = {
        "step": step.report,
        "laps": laps.report,
        "field": field.report,
        "records": records.report,
        "balance": balance.report,
        "frame": frame.report,
        "load": load.report,
        "failover": failover.report,
        "restart": restart.report,
        "crowd": partial(crowd.report, quick=asked.quick),
        "lan": partial(rows.report, quick=asked.quick),
    }
    for name in asked.parts or list(parts):
        if name not in parts:
            print(f"benchmarks: no part {name!r}; there are {', '.join(parts)}", file=sys.stderr)
            return 2
        for line in parts[name]():
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
