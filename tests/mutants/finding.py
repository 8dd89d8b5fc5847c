"""Mutants of how machines find each other, and of what is told where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.runtime.reaching.solitude import Solitude
from net.sim.mutants import Edit, Mutant

FINDING: Final[Mapping[str, Mutant]] = {
    "own-bots-are-company": Mutant(
        "who has bots of its own is not told that nobody else is there",
        edits=(Edit(Solitude.on_company, "_without_scope(host) not in self._own_hosts", "True"),),
    ),
}
