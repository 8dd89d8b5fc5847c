from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.play.company import Company

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from tests.play.company import Meet


@pytest.fixture
def meet(kart: Track, kart_line: RacingLine) -> Meet:
    return lambda players: Company({"dockyard": kart}, {"dockyard": kart_line}, players)
