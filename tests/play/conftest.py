from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.line import RacingLine, racing_line
from tests.play.company import Company

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from tests.play.company import Meet

CIRCUITS = Path(__file__).parents[2] / "racer" / "circuits"


@pytest.fixture(scope="session")
def kart() -> Track:
    """The short circuit."""
    return parse_track((CIRCUITS / "dockyard.track").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def ring() -> Track:
    """The default circuit."""
    return parse_track((CIRCUITS / "harbour-ring.track").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def kart_line(kart: Track) -> RacingLine:
    return racing_line(kart)


@pytest.fixture
def meet(kart: Track, kart_line: RacingLine) -> Meet:
    return lambda players: Company({"dockyard": kart}, {"dockyard": kart_line}, players)
