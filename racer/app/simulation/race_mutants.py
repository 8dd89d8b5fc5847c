"""Canaries of the race, as `net.sim.mutants` has them of the substrate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from net.sim.mutants import Canary
from racer.play.cars.local_race import Stage, read_state

if TYPE_CHECKING:
    from net import NodeId
    from racer.play.cars.local_race import StateSeen


def _take_any_state(stage: Stage, node: NodeId, state: StateSeen) -> None:
    number = stage.race.number_of(node)
    if number is None or number in stage.wards:
        return
    frame = read_state(state.payload, state.payload)  # told under whatever it says
    if frame is not None:
        stage.others.on_frame(number, frame, stage.tick)


RACE_CANARIES: Final[Mapping[str, Canary]] = {
    "leases": Canary(
        "a state of a car counts whoever wrote it, by whatever lease",
        ((Stage, "on_state", _take_any_state),),
    ),
}
