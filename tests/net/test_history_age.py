"""What ends the history of a room: twelve hours by a clock that may be believed, and no other."""

from __future__ import annotations

from random import Random

import pytest

from net.cluster.log import DecreeLog
from net.cluster.snapshot import SnapshotCounters
from net.ids import NO_LINEAGE, LineageId, Member
from net.limits import RESUME_S
from net.node.lineage.approach import Approach, Entry
from net.node.lineage.history_age import CLOCK_SET_S, Clocks, is_aged
from net.node.lineage.joining import Joining
from net.node.lineage.revival import Revival
from net.node.peers import Peers
from net.node.program import Revived
from net.wire.decrees import FoundLineage

ME, OTHER = Member(bytes([1]) * 16, 2), Member(bytes([2]) * 16, 1)
NOON_S = 1_800_000_000
USED = Clocks(NOON_S, "boot 1", 5000)


@pytest.mark.parametrize("set_by_s", [-10 * RESUME_S, 0, RESUME_S + 1, 10 * RESUME_S])
def test_a_clock_that_ran_all_the_time_tells_the_age_whatever_is_on_the_wall(set_by_s: int) -> None:
    wall_s, ran_s = NOON_S + set_by_s, USED.ran_s
    assert not is_aged(USED, Clocks(wall_s, "boot 1", ran_s + RESUME_S))
    assert is_aged(USED, Clocks(wall_s, "boot 1", ran_s + RESUME_S + 1))


@pytest.mark.parametrize("boots", [("boot 1", "boot 2"), ("", "")])
def test_over_a_start_of_the_machine_the_wall_ages_nothing_within_twelve_hours(
    boots: tuple[str, str],
) -> None:
    used = USED._replace(boot=boots[0])
    for passed_s in (-10 * RESUME_S, 0, 901, RESUME_S):
        assert not is_aged(used, Clocks(NOON_S + passed_s, boots[1], 9 * RESUME_S)), passed_s
    assert is_aged(used, Clocks(NOON_S + RESUME_S + 1, boots[1], 5001))


def test_a_clock_that_was_never_set_tells_no_age() -> None:
    unset, now = Clocks(300, "boot 1", 300), Clocks(NOON_S, "boot 2", 10)
    assert not is_aged(unset, now)
    assert is_aged(unset._replace(wall_s=CLOCK_SET_S), now)


def test_a_boot_that_ran_for_less_than_before_is_no_evidence() -> None:
    assert not is_aged(USED, Clocks(NOON_S + 60, "boot 1", 10))
    assert is_aged(USED, Clocks(NOON_S + RESUME_S + 1, "boot 1", 10))


def log_of(lineage: int, member: Member) -> DecreeLog:
    log = DecreeLog()
    log.append(1, FoundLineage(LineageId(bytes([lineage]) * 8), NO_LINEAGE, 0, (member,)))
    return log


def joining(history: DecreeLog, *, aged: bool) -> Joining:
    revival = Revival(ME, history, Peers(), 0, aged=aged)
    approach, counters = Approach(Entry.EITHER), SnapshotCounters()
    return Joining(ME, None, history, approach, Peers(), Random(1), counters, 0, revival)


def test_who_holds_what_is_too_old_enters_a_room_that_was_begun_anew_and_says_so() -> None:
    ours, theirs = log_of(1, ME), log_of(2, OTHER)
    back = joining(ours, aged=True)
    assert not back._is_foreign_lineage(theirs)
    assert back.given_up(theirs) == [Revived(kept=False, sure=False, missing=())]


def test_nothing_is_given_up_where_the_history_counts_or_is_the_rooms() -> None:
    ours, theirs = log_of(1, ME), log_of(2, OTHER)
    assert joining(ours, aged=False)._is_foreign_lineage(theirs)
    assert joining(ours, aged=False).given_up(theirs) == []
    assert joining(ours, aged=True).given_up(ours) == []
    assert joining(DecreeLog(), aged=True).given_up(theirs) == []
