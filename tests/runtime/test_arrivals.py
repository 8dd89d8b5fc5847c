"""What had come when the time was over counts, however late it is read."""

from __future__ import annotations

import socket

from net.runtime.interfaces import LOOPBACK
from net.runtime.udp.arrivals import LATE_MAX, await_arrivals


def heard(sent: int, wait_s: float, *, flooded: bool = False) -> int:
    """Return how many of those that have come are read; of a flood as many come again."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth,
    ):
        ear.bind((LOOPBACK, 0))
        for _ in range(sent):
            mouth.sendto(b"here", ear.getsockname())
        count = 0
        for _ in await_arrivals(ear, wait_s):
            ear.recv(16)
            count += 1
            if flooded:
                mouth.sendto(b"more", ear.getsockname())
    return count


def test_who_runs_again_only_after_the_time_finds_what_came_in_time() -> None:
    assert heard(3, -5.0) == 3
    assert heard(3, 0.0) == 3
    assert heard(0, 0.0) == 0
    assert heard(2, 0.05) == 2


def test_a_flood_keeps_nobody_beyond_the_time() -> None:
    assert heard(1, 0.0, flooded=True) == LATE_MAX
