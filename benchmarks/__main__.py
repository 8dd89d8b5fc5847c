"""Run all benchmarks, or those named."""

from __future__ import annotations

import sys

from benchmarks import failover, frame, load, restart

PARTS = {
    "frame": frame.report,
    "load": load.report,
    "failover": failover.report,
    "restart": restart.report,
}


def main() -> int:
    """Print the figures of each part."""
    wanted = sys.argv[1:] or list(PARTS)
    for name in wanted:
        if name not in PARTS:
            print(f"benchmarks: no part {name!r}; there are {', '.join(PARTS)}", file=sys.stderr)
            return 2
        for line in PARTS[name]():
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
