"""Counts by reason, as they are handed on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from net.counters import Counters, Counts, done, loss


@dataclass(slots=True)
class Postal(Counters):
    part: ClassVar[str] = "post"
    torn: int = 0
    late: int = loss()
    carried: int = done()
    returned: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Door(Counters):
    part: ClassVar[str] = "door"
    forced: int = 0


def test_what_is_zero_is_left_out() -> None:
    assert Counts.of(Postal(), Door()) == Counts()


def test_each_figure_comes_out_under_its_reason_and_by_its_kind() -> None:
    counts = Counts.of(Postal(torn=1, late=2, carried=3), Door(forced=4))
    assert counts.faults == {"post.torn": 1, "door.forced": 4}
    assert counts.losses == {"post.late": 2}
    assert counts.done == {"post.carried": 3}


def test_a_figure_by_some_word_comes_out_word_by_word() -> None:
    counts = Counts.of(Postal(returned=Counter(unknown=2, refused=1)))
    assert counts.faults == {"post.returned.refused": 1, "post.returned.unknown": 2}


def test_what_was_dropped_is_losses_and_faults_of_all_parts_in_order() -> None:
    counts = Counts.of(Postal(torn=1, late=2, carried=3)) | Counts.of(Door(forced=4))
    assert list(counts.dropped.items()) == [("door.forced", 4), ("post.late", 2), ("post.torn", 1)]


def test_counts_of_a_moment_do_not_grow() -> None:
    door = Door(forced=1)
    counts = Counts.of(door)
    door.forced += 1
    assert counts.faults == {"door.forced": 1}
