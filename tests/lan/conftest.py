"""What races on the LAN share: labs that end with their test, and the circuit of short races."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from racer.app.circuits.library import place_for
from racer.app.new_file import NewFile
from racer.app.simulation.bullring import NAME, TEXT
from tests.lan.lab import Lan


@pytest.fixture(scope="module")
def bullring() -> Iterator[None]:
    """On every machine is the circuit of simulated races: faults want races, not long laps."""
    file = place_for(NAME)
    with NewFile(file, force=True, folders=True) as made:
        made.write(TEXT)
    yield
    file.unlink()


@pytest.fixture
def make_lan() -> Iterator[Callable[..., Lan]]:
    """Makes labs of so many boxes."""
    made: list[Lan] = []

    def make(boxes: int, *, ipv6: bool = False) -> Lan:
        made.append(Lan(boxes, ipv6=ipv6))
        return made[-1]

    yield make
    for each in made:
        each.close()
