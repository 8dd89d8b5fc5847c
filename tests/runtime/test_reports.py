"""What does not work of this machine is told once a kind, and taken back when it works again."""

from __future__ import annotations

from pathlib import Path

from net.limits import SECOND
from net.node.group_commit import DiskState
from net.runtime.disk.disk_trouble import LATE_MAX, DiskHealth, DiskTrouble, DiskTroubleKind
from net.runtime.reports import AGAIN_NS, Reports
from net.runtime.service_options import Trouble

FULL = DiskTrouble(DiskTroubleKind.FAILING, "full")
STOPPED = DiskTrouble(DiskTroubleKind.STOPPED, "stopped")


class Told:
    """What reports told since it was asked last."""

    def __init__(self) -> None:
        self._told: list[object] = []
        self.reports = Reports(self._told.append)

    def take(self) -> list[str]:
        told = [each.text for each in self._told if isinstance(each, Trouble)]
        self._told.clear()
        return told


def test_what_was_left_out_hides_neither_a_full_disk_nor_what_else_is_left_out() -> None:
    told = Told()
    for _ in range(2):
        told.reports.tell_trouble(Trouble("journal", "one entry", "left out operation"))
        told.reports.tell_trouble(Trouble("journal", "its history", "left out history"))
        told.reports.tell_disk(FULL, 0)
    assert told.take() == ["one entry", "its history", "full"]


def test_a_trouble_of_the_disk_is_told_once_and_so_is_what_follows_it() -> None:
    told = Told()
    for second in range(5):
        told.reports.tell_disk(FULL, second * SECOND)
    told.reports.tell_disk(STOPPED, 5 * SECOND)
    told.reports.tell_disk(STOPPED, 6 * SECOND)
    assert told.take() == ["full", "stopped"]


def test_a_disk_that_works_again_is_told_once_and_only_where_it_did_not() -> None:
    told = Told()
    told.reports.tell_disk(None, 0)
    assert told.take() == []
    told.reports.tell_disk(FULL, 0)
    for second in range(3):
        told.reports.tell_disk(None, second * SECOND)
    assert told.take() == ["full", "the disk works again: this machine remembers"]


def test_a_disk_that_fails_now_and_then_is_told_of_once_a_minute() -> None:
    told = Told()
    for second in range(0, 2 * AGAIN_NS // SECOND, 2):
        told.reports.tell_disk(FULL, second * SECOND)
        told.reports.tell_disk(None, (second + 1) * SECOND)
    assert told.take() == ["full", "the disk works again: this machine remembers"] * 2


HANGS, LATE = DiskState(keeps=False, prompt=False), DiskState(keeps=True, prompt=False)


def kind(health: DiskHealth, state: DiskState) -> DiskTroubleKind | None:
    trouble = health.trouble(state)
    return None if trouble is None else trouble.kind


def test_a_disk_that_hangs_or_is_slow_is_told_until_a_commit_is_prompt() -> None:
    health = DiskHealth(Path("journal"))
    assert kind(health, HANGS) is DiskTroubleKind.HANGING
    for late in range(1, LATE_MAX + 1):
        health.succeed(LATE)
        assert kind(health, LATE) is (DiskTroubleKind.SLOW if late == LATE_MAX else None)
    health.succeed(DiskState())
    assert kind(health, DiskState()) is None


def test_what_was_given_up_is_told_whatever_is_written_after() -> None:
    health = DiskHealth(Path("journal"))
    health.fail(OSError(28, "No space left on device"))
    assert kind(health, HANGS) is DiskTroubleKind.FAILING
    health.stop("64 writes wait for the disk")
    health.fail(OSError(28, "No space left on device"))
    health.succeed(DiskState())
    assert kind(health, HANGS) is DiskTroubleKind.STOPPED
