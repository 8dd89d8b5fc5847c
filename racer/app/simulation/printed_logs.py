"""What the nodes of a simulated race would have printed, a log a machine."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, cast, final

from racer.app.log_reading import LogRecord, parse_record
from racer.app.new_file import unwritable
from racer.app.output import to_object

if TYPE_CHECKING:
    from collections.abc import Set
    from pathlib import Path

    from net.sim import Machine
    from racer.play.reports import RaceReport

NS_PER_S: Final = 1_000_000_000
_OURS: Final = re.compile(r"machine-[0-9]+\.log")


@final
class PrintedLogs:
    """Takes reports as a node's output does: lines of JSON, in virtual time."""

    def __init__(self) -> None:
        self._lines: dict[int, list[str]] = {}

    def take(self, machine: Machine, what: object, now_ns: int) -> None:
        found = {"t": now_ns / NS_PER_S, **to_object(cast("RaceReport", what))}
        self._lines.setdefault(machine.number, []).append(json.dumps(found, ensure_ascii=False))

    def records(self) -> list[list[LogRecord]]:
        """Return the logs, read as those of real nodes are."""
        return [
            [
                parse_record(line.encode(), f"machine-{number}.log", at)
                for at, line in enumerate(self._lines[number], start=1)
            ]
            for number in sorted(self._lines)
        ]

    def write(self, folder: Path) -> None:
        """Write them into a folder, in place of those of a run before: of nodes that are none, too.

        Raises:
            UsageError, DiskError: that cannot be done.
        """
        make_folder(folder)
        _clear_folder(folder, {f"machine-{number}.log" for number in self._lines})
        for number, lines in self._lines.items():
            path = folder / f"machine-{number}.log"
            try:
                path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            except OSError as error:
                raise unwritable(path, error) from None


def _clear_folder(folder: Path, stay: Set[str]) -> None:
    """Remove the logs of other nodes, which would be taken for some of this run."""
    for path in folder.glob("machine-*.log"):
        if path.name not in stay and _OURS.fullmatch(path.name):
            try:
                path.unlink()
            except OSError as error:
                raise unwritable(path, error, "removed") from None


def make_folder(folder: Path) -> None:
    """Make a folder, where it is not there.

    Raises:
        UsageError, DiskError: that cannot be done.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error, "made") from None
