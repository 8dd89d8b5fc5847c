"""All mutants but those of whole nodes, by name, and the test that misses each protection."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

from net.sim.mutants import Mutant
from racer.app.circuits.catalog import circuit, circuit_line
from tests.mutants.checkpoints import CHECKPOINTS
from tests.mutants.disks import DISKS
from tests.mutants.doors import DOORS
from tests.mutants.equivocating import EQUIVOCATING
from tests.mutants.facts import FACTS
from tests.mutants.finding import FINDING
from tests.mutants.juries import JURIES
from tests.mutants.leading import LEADING
from tests.mutants.lineages import LINEAGES
from tests.mutants.logs import LOGS
from tests.mutants.owing import OWING
from tests.mutants.racing import RACING
from tests.mutants.removing import REMOVING
from tests.mutants.resulting import RESULTING
from tests.mutants.reviewing import REVIEWING
from tests.mutants.sighting import SIGHTING
from tests.mutants.telling import TELLING
from tests.mutants.versions import VERSIONS
from tests.mutants.voting import VOTING
from tests.mutants.watching import WATCHING
from tests.mutants.wishing import WISHING
from tests.mutants.witnessing import WITNESSING
from tests.play.test_lease_guard import Garage

CATALOG: Final[Mapping[str, Mapping[str, Mutant]]] = {
    "votes": VOTING,
    "decrees": LEADING,
    "logs and members": LOGS,
    "lineages": LINEAGES,
    "operations": FACTS,
    "equivocation": EQUIVOCATING,
    "checkpoints": CHECKPOINTS,
    "liveness and clocks": WATCHING,
    "rooms and leases": RACING,
    "juries": JURIES,
    "reviews": REVIEWING,
    "wishes": WISHING,
    "results": RESULTING,
    "witnesses": WITNESSING,
    "debts": OWING,
    "removals": REMOVING,
    "sightings": SIGHTING,
    "disks": DISKS,
    "versions": VERSIONS,
    "doors": DOORS,
    "finding": FINDING,
    "telling": TELLING,
}
ALL: Final[dict[str, Mutant]] = {
    name: mutant for mutants in CATALOG.values() for name, mutant in mutants.items()
}

CAUGHT_BY: Final[dict[str, str]] = dict(
    line.split()
    for line in (Path(__file__).parent / "caught.txt").read_text(encoding="utf-8").splitlines()
)
"""Folder, module and name of the test that misses each."""


FIXTURES: Final[dict[str, Callable[[], object]]] = {
    "garage": lambda: Garage(circuit("dockyard"), circuit_line("dockyard")),
    "kart": lambda: circuit("dockyard"),
    "kart_line": lambda: circuit_line("dockyard"),
}
"""What tests of the catalog get from pytest."""


def is_missed(name: str) -> bool:
    """Run the test that misses a protection, in all its cases. Returns whether it fails."""
    module, _, function = CAUGHT_BY[name].partition("::")
    where = importlib.import_module(f"tests.{module.replace('/', '.')}")
    test: Callable[..., None] = getattr(where, function)
    fixtures = {
        name: FIXTURES[name]() for name in inspect.signature(test).parameters if name in FIXTURES
    }
    for arguments in cases_of(test):
        try:
            test(**arguments, **fixtures)
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001 - whatever a broken protection leads to, `Failed` of pytest too
            return True
    return False


def cases_of(test: Callable[..., None]) -> list[dict[str, Any]]:
    """Return with which arguments pytest would call a test that needs no fixtures."""
    found: list[list[dict[str, Any]]] = []
    for mark in getattr(test, "pytestmark", ()):
        if mark.name != "parametrize":
            continue
        names, values = mark.args
        names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
        rows = [value if len(names) > 1 else (value,) for value in values]
        found.append([dict(zip(names, row, strict=True)) for row in rows])
    return [{k: v for part in parts for k, v in part.items()} for parts in product(*found)]
