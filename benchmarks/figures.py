"""Percentiles, and how a line of figures looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from racer.app.commands.parser import INTERRUPTED
from racer.app.terminal import complain


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of all lie."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def line(what: str, values: Sequence[float], unit: str, *, missing: int = 0) -> str:
    """Return a line: how many, median, 99th percentile, largest; and how many never came."""
    never = f"  and {missing} never" if missing else ""
    if not values:
        return f"{what:<58} n=0{never}"
    p50, p99, most = percentile(values, 0.5), percentile(values, 0.99), max(values)
    figures = f"p50 {p50:7.1f}  p99 {p99:7.1f}  max {most:7.1f} {unit}"
    return f"{what:<58} n={len(values):<4} {figures}{never}"


def print_lines(lines: Iterable[str]) -> int:
    """Print figures as they come. Returns the exit status: that of Ctrl-C, if it broke them off."""
    try:
        for text in lines:
            print(text, flush=True)
    except KeyboardInterrupt:
        complain("broken off; what is printed is whole")
        return INTERRUPTED
    return 0
