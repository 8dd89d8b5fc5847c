"""Which lines of ours an input reaches that none before it did, at hardly any cost (PEP 669).

Each line tells of itself once and is then silent, so what was reached already costs nothing. Before
Python 3.12 nothing is told, and inputs are led by their outcomes alone.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final, Self, final

ROOT: Final = Path(__file__).parents[2]
_OURS: Final = (f"{ROOT / 'net'}/", f"{ROOT / 'racer'}/")


@final
class NewLines:
    """Counts lines of `net` and `racer` that run for the first time while it is entered."""

    def __init__(self) -> None:
        self.total = 0
        self._told = 0

    def __enter__(self) -> Self:
        if sys.version_info >= (3, 12):
            monitoring, tool = sys.monitoring, sys.monitoring.COVERAGE_ID

            def on_line(code, _line):  # type: ignore[no-untyped-def]
                self.total += code.co_filename.startswith(_OURS)
                return monitoring.DISABLE

            monitoring.use_tool_id(tool, "racer fuzz")
            monitoring.restart_events()
            monitoring.register_callback(tool, monitoring.events.LINE, on_line)
            monitoring.set_events(tool, monitoring.events.LINE)
        return self

    def __exit__(self, *_raised: object) -> None:
        if sys.version_info >= (3, 12):
            sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, 0)
            sys.monitoring.free_tool_id(sys.monitoring.COVERAGE_ID)

    def take(self) -> int:
        """Return how many there were since the last time."""
        new = self.total - self._told
        self._told = self.total
        return new
