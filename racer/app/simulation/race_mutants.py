"""Mutants of the race, as `net.sim.mutants` has them of the substrate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from net.sim.mutants import Mutant
from racer.play.cars.local_race import LocalRace, read_state

if TYPE_CHECKING:
    from net import NodeId
    from racer.play.cars.local_race import StateSeen


def _accept_any_state(local_race: LocalRace, node: NodeId, state: StateSeen) -> bool:
    number = local_race.race.number_of(node)
    if number is None or number in local_race.leased_cars:
        return True
    frame = read_state(state.payload, state.payload)  # told under whatever it says
    if frame is not None:
        local_race.others.on_frame(number, frame, local_race.tick)
    return frame is not None


RACE_MUTANTS: Final[Mapping[str, Mutant]] = {
    "leases": Mutant(
        "a state of a car counts whoever wrote it, by whatever lease",
        ((LocalRace, "on_state", _accept_any_state),),
    ),
}
