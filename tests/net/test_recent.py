"""A table of what was noted last."""

from __future__ import annotations

from net.recent import Recent


def test_no_more_is_kept_than_may_be_and_the_stalest_goes_first() -> None:
    recent: Recent[str, int] = Recent(2)
    for name, value in (("a", 1), ("b", 2), ("c", 3)):
        recent.note(name, value)
    assert list(recent.items()) == [("b", 2), ("c", 3)]


def test_what_is_noted_again_is_the_last_and_pushes_nobody_out() -> None:
    recent: Recent[str, int] = Recent(2)
    for name, value in (("a", 1), ("b", 2), ("a", 3)):
        recent.note(name, value)
    assert list(recent.items()) == [("b", 2), ("a", 3)]


def test_what_is_taken_out_makes_room() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.note("a", 1)
    recent.note("b", 2)
    del recent["a"]
    recent.note("c", 3)
    assert list(recent) == ["b", "c"]
