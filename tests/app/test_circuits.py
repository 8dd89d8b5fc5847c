"""Circuits are read when they are asked for, and nobody waits for one."""

from __future__ import annotations

from racer.app.circuits.catalog import circuit, circuit_line, circuits
from racer.app.circuits.library import circuit_names
from racer.app.circuits.on_demand import CircuitsOnDemand
from tests.waiting import until


def test_the_name_of_a_circuit_is_that_of_its_file() -> None:
    assert [track.name for track in circuits().values()] == list(circuit_names())


def test_a_circuit_that_is_asked_for_is_there_soon_with_its_line_and_no_other() -> None:
    found = CircuitsOnDemand()
    until(lambda: "dockyard" in found, "the circuit")
    assert found["dockyard"] == circuit("dockyard")
    assert found.lines == {"dockyard": circuit_line("dockyard")}
    assert list(found) == ["dockyard"]


def test_a_circuit_that_nobody_has_never_comes() -> None:
    found = CircuitsOnDemand()
    assert found.get("../dockyard") is None
    assert found.get("moon") is None
    assert len(found) == 0
