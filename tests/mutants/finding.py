"""Mutants of how machines find each other, and of what is told where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.runtime import routing_table
from net.runtime.reaching.solitude import Solitude
from net.sim.mutants import Edit, Mutant
from racer.app.doctor.port_trials import OthersPorts, OwnPorts

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
    "trial-aimed": Mutant(
        "a doctor sends to a machine in whose name another one asks",
        edits=(Edit(OthersPorts.on_datagram, " or said.token != self.cookie(host)", ""),),
    ),
    "trials-unbounded": Mutant(
        "a doctor sends to a machine as often as that asks",
        edits=(Edit(OthersPorts.on_datagram, "sent >= TRIALS_MAX or ", ""),),
    ),
    "trial-of-services": Mutant(
        "a doctor sends to services of a machine's system",
        edits=(Edit(OthersPorts.on_datagram, "said.port < LEAST_PORT", "False"),),
    ),
    "trial-unproved": Mutant(
        "what anybody sends to a port passes for the try that was asked for",
        edits=(Edit(OwnPorts.on_datagram, " and said.token == trier.cookie", ""),),
    ),
    "trial-of-who-has-gone": Mutant(
        "a firewall is blamed for what nobody stayed to send",
        edits=(Edit(OwnPorts.tried, "trier.heard_ns - trier.since_ns >= STAYED_NS", "True"),),
    ),
}
