"""`make fuzz`: feeds every parser for a while, keeps what led somewhere new, tells what escapes.

With --stranger or --member it feeds nodes of a live race so many datagrams instead, and tells what
any of them did that it must not.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Final

from tests.fuzz.live import feed_as_member, feed_as_stranger
from tests.fuzz.loop import Run, fuzz, keep
from tests.fuzz.targets import TARGETS

_FOR_EVER: Final = 10**12  # inputs: the clock ends a run


def main() -> int:
    """Feed them. Returns 1 where something escaped: the input is told in hex."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    names = [target.name for target in TARGETS]
    parser.add_argument("--seconds", type=float, default=10.0, help="for each parser")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", choices=names, help="only this one")
    parser.add_argument("--keep", action="store_true", help="add what was found to the corpus")
    parser.add_argument(
        "--stranger", type=int, metavar="N", help="so many at a race, of a stranger"
    )
    parser.add_argument("--member", type=int, metavar="N", help="so many at a race, of a member")
    asked = parser.parse_args()
    if asked.stranger or asked.member:
        return _feed_races(asked.stranger or 0, asked.member or 0, asked.seed)
    escaped = False
    for target in TARGETS:
        if asked.target in {None, target.name}:
            began_s = time.monotonic()
            run = fuzz(target, asked.seed, _FOR_EVER, began_s + asked.seconds)
            print(_told(run, time.monotonic() - began_s), flush=True)
            escaped = escaped or run.escape is not None
            if asked.keep:
                keep(target.name, run.found)
    return int(escaped)


def _feed_races(stranger: int, member: int, seed: int) -> int:
    """Feed live races; what any datagram did that it must not ends it."""
    for line in feed_as_stranger(stranger, seed):
        print(line, flush=True)
    for line in feed_as_member(member, seed):
        print(line, flush=True)
    return 0


def _told(run: Run, took_s: float) -> str:
    lines = f"{run.lines} lines" if sys.version_info >= (3, 12) else "lines not counted"
    found = f"{len(run.found)} kept of {run.inputs:,} ({run.inputs / took_s:,.0f} a second)"
    words = f"{run.target.name:<12} {found}, {run.taken:,} taken, {lines}"
    if run.escape is None:
        return words
    data, error = run.escape
    return f"{words}\n  ESCAPED {error!r}\n  input {data.hex()}"


if __name__ == "__main__":
    sys.exit(main())
