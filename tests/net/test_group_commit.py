"""Writes reach the disk in order, in groups, or not at all."""

from __future__ import annotations

from net.limits import MILLISECOND
from net.node.group_commit import (
    GATHER_NS,
    LATE_NS,
    RETRY_NS,
    STUCK_NS,
    DiskState,
    GroupCommit,
)


def queue_of(*writes: int) -> GroupCommit[int]:
    queue: GroupCommit[int] = GroupCommit(waiting_max=4)
    for write in writes:
        queue.put(write, 0, urgent=True)
    return queue


def test_while_one_batch_is_committed_the_next_one_gathers() -> None:
    queue = queue_of(1, 2)
    assert queue.begin(0) == [1, 2]
    queue.put(3, 0, urgent=True)
    assert queue.begin(0) == []
    queue.succeed(MILLISECOND)
    assert queue.kept == 2
    assert queue.begin(MILLISECOND) == [3]


def test_what_nobody_waits_for_goes_with_what_somebody_does() -> None:
    queue = queue_of()
    queue.put(1, 0, urgent=False)
    assert queue.begin(GATHER_NS - 1) == []
    assert queue.due_ns == GATHER_NS
    queue.put(2, 5, urgent=True)
    assert queue.begin(5) == [1, 2]
    queue.succeed(6)
    queue.put(3, 6, urgent=False)
    assert queue.begin(6 + GATHER_NS) == [3], "alone, after a moment"


def test_a_commit_that_failed_is_tried_again_before_all_that_came_since() -> None:
    queue = queue_of(1, 2)
    queue.begin(0)
    queue.put(3, 0, urgent=True)
    queue.fail(0)
    assert queue.state(0) == DiskState(keeps=False, prompt=False)
    assert queue.begin(RETRY_NS - 1) == []
    assert queue.begin(RETRY_NS) == [1, 2, 3]
    queue.succeed(RETRY_NS)
    assert queue.state(RETRY_NS) == DiskState()


def test_after_a_write_that_found_no_room_none_is_taken() -> None:
    queue = queue_of(1, 2, 3, 4)
    assert not queue.put(5, 0, urgent=True)
    assert queue.begin(0) == [1, 2, 3, 4]
    queue.succeed(0)
    assert not queue.put(6, 0, urgent=True), "5 is missing: 6 would be behind a hole"
    assert not queue.state(0).keeps
    assert len(queue) == 0


def test_a_slow_disk_is_late_and_one_that_does_not_answer_keeps_nothing() -> None:
    queue = queue_of(1)
    queue.begin(0)
    assert queue.state(LATE_NS - 1) == DiskState()
    assert queue.state(LATE_NS) == DiskState(keeps=True, prompt=False)
    assert queue.state(STUCK_NS) == DiskState(keeps=False, prompt=False)
    queue.succeed(STUCK_NS)
    assert queue.state(STUCK_NS) == DiskState(keeps=True, prompt=False)
    queue.put(2, STUCK_NS, urgent=True)
    queue.begin(STUCK_NS)
    queue.succeed(STUCK_NS + MILLISECOND)
    assert queue.state(STUCK_NS + MILLISECOND) == DiskState()
