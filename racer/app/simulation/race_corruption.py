"""Corruptions of the race, as `net.sim.corruption` has them of the substrate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from net.sim.corruption import Corruption
from racer.play.session import Session

if TYPE_CHECKING:
    from net.sim import Machine


def _lower_lease(machine: Machine) -> bool:
    """Forget the newest lease of a car."""
    session = machine.program
    local_race = session.local_race if isinstance(session, Session) else None
    leased = [] if local_race is None else sorted(local_race.race.leases)
    if local_race is None or not leased:
        return False
    local_race.race.leases[leased[0]].pop()
    local_race.race.terms[leased[0]].pop()
    return True


RACE_CORRUPTIONS: Final[Mapping[str, Corruption]] = {
    "lowered lease": Corruption(
        "the newest lease of a car is forgotten", _lower_lease, "would go by lease"
    ),
}
