"""Mutants of what is told of a disk, and of what of it counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.runtime.reports import Reports
from net.sim.mutants import Edit, Mutant

DISKS: Final[Mapping[str, Mutant]] = {
    "one-trouble-hides-all": Mutant(
        "the first trouble of a part hides whatever else of it does not work",
        edits=(Edit(Reports.tell_trouble, "(trouble.part, trouble.kind)", '(trouble.part, "")'),),
    ),
    "disk-ill-for-ever": Mutant(
        "that a disk works again is not told",
        edits=(Edit(Reports.tell_disk, "self._disk is not None", "False"),),
    ),
    "disk-told-each-time": Mutant(
        "a disk that fails now and then is told of each time",
        edits=(Edit(Reports.tell_disk, "now_ns - told_ns < AGAIN_NS", "False"),),
    ),
}
