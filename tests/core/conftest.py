from pathlib import Path

import pytest

from racer.core.circuits.track import Track
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.line import RacingLine, racing_line

CIRCUITS = Path(__file__).parents[2] / "racer" / "circuits"


@pytest.fixture(scope="session")
def ring() -> Track:
    """The default circuit."""
    return parse_track((CIRCUITS / "harbour-ring.track").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def kart() -> Track:
    """The short circuit."""
    return parse_track((CIRCUITS / "dockyard.track").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def ring_line(ring: Track) -> RacingLine:
    return racing_line(ring)


@pytest.fixture(scope="session")
def kart_line(kart: Track) -> RacingLine:
    return racing_line(kart)
