"""Mutants of how machines find each other, and of what is told where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.runtime import routing_table
from net.runtime.reaching.solitude import Solitude
from net.sim.mutants import Edit, Mutant

FINDING: Final[Mapping[str, Mutant]] = {
    "own-bots-are-company": Mutant(
        "who has bots of its own is not told that nobody else is there",
        edits=(Edit(Solitude.on_company, "_without_scope(host) not in self._own_hosts", "True"),),
    ),
    "routed-is-near": Mutant(
        "a network behind a router, or to which no way leads, is taken for one of ours",
        edits=(
            Edit(
                routing_table.decode_routes,
                "what != _UNICAST or flags & _DEAD or not is_straight or ",
                "",
            ),
        ),
    ),
    "internet-is-near": Mutant(
        "all that a tunnel leads to is taken for a network of ours",
        edits=(Edit(routing_table._is_near, " and not outside", ""),),
    ),
}
