from __future__ import annotations

from racer.play.reports import LapSeen, PhaseEntered
from racer.play.show.kept_reports import KeptReports
from tests.play.rooms import ADA

LAP, PHASE = LapSeen(bytes(8), ADA, 1, 30_000, 30_000), PhaseEntered("finished")


def test_a_lap_is_told_when_it_is_on_disk_and_what_comes_behind_it_not_before() -> None:
    reports = KeptReports()
    assert reports.pass_on([LAP], given=5, kept=4) == []
    assert reports.pass_on([PHASE], given=6, kept=4) == []
    assert reports.pass_on([], given=6, kept=5) == [LAP, PHASE]


def test_what_a_decree_tells_waits_for_nothing() -> None:
    assert KeptReports().pass_on([PHASE], given=6, kept=0) == [PHASE]
