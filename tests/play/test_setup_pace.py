"""Who toggles a setting for ever has the room decree no more than a change a second."""

from __future__ import annotations

from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import SECOND, SETUP_NS, SETUPS_BURST
from racer.play.room.messages import Setup
from racer.play.room.setup_pace import SetupPace


def setup(laps: int) -> Setup:
    return Setup(RaceSetup("dockyard", laps), 0)


def test_changes_come_in_a_burst_and_then_one_a_period() -> None:
    pace, room, changes = SetupPace(), setup(0), 0
    for k in range(60 * 20):
        wanted = setup(1 + k % 2)
        if wanted != room and pace.may_become(wanted, k * SETUP_NS // 60):
            room, changes = wanted, changes + 1
        if k == SETUPS_BURST - 1:
            assert changes == SETUPS_BURST
    assert changes <= SETUPS_BURST + 20


def test_what_is_proposed_may_be_so_until_it_counts() -> None:
    pace = SetupPace()
    assert all(pace.may_become(setup(3), now_ns) for now_ns in range(100))
    assert pace.may_become(setup(4), 101)


def test_a_race_clock_that_is_set_back_holds_up_no_choice() -> None:
    pace = SetupPace()
    for k in range(SETUPS_BURST + 1):
        pace.may_become(setup(k + 1), 3600 * SECOND)
    assert not pace.may_become(setup(20), 5 * SECOND)
    assert pace.may_become(setup(20), 6 * SECOND)
