"""By whose clock a driver told something, where two groups have come together."""

from __future__ import annotations

import pytest

from net import Member
from racer.core.circuits.track import Track
from racer.core.judging.verdict import CLOCK_MS, Contradiction
from racer.play.cars.witness import Witness
from racer.play.limits import CLOCK_SHARED_MS
from racer.play.room.messages import Claim, LapTime
from tests.play.rooms import BEN

NOW_MS = 60_000
AHEAD_MS = NOW_MS + CLOCK_MS + 1
FACTS = (LapTime(bytes(8), 1, AHEAD_MS, AHEAD_MS), Claim(bytes(8), 0, 1, AHEAD_MS))


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("here_for_ms", [None, 0, CLOCK_SHARED_MS - 1, CLOCK_SHARED_MS])
def test_what_lies_ahead_is_held_against_who_has_long_gone_by_our_clock_alone(
    kart: Track, fact: LapTime | Claim, here_for_ms: int | None
) -> None:
    witness = Witness(kart)
    here = {} if here_for_ms is None else {BEN: NOW_MS - here_for_ms}
    witness.hear(Member(BEN, 1), 1, fact)
    refused = witness.judge(here, NOW_MS)
    assert [each.why for each in refused] == [Contradiction.FUTURE] * (
        here_for_ms == CLOCK_SHARED_MS
    )
    assert witness.judge({BEN: NOW_MS - 2 * CLOCK_SHARED_MS}, NOW_MS + 100) == []
