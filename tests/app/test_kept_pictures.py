"""Pictures are kept as far as their bytes go."""

from __future__ import annotations

import pygame

from racer.app.window.base.kept_pictures import BESIDES, KeptPictures
from racer.app.window.world.tiles.tyre_marks import TyreMarks


def _picture(side: int) -> pygame.Surface:
    return pygame.Surface((side, side), 0, 32)


def test_the_picture_unseen_longest_goes_when_their_bytes_are_too_many() -> None:
    kept: KeptPictures[str] = KeptPictures(3 * (10 * 10 * 4 + BESIDES))
    for name in ("a", "b", "c"):
        kept.keep(name, _picture(10))
    assert kept.get("a") is not None
    kept.keep("d", _picture(10))
    assert "b" not in kept
    assert all(name in kept for name in ("a", "c", "d"))
    assert kept.bytes == kept.bytes_max


def test_a_picture_larger_than_all_that_may_be_kept_is_kept_alone() -> None:
    kept: KeptPictures[str] = KeptPictures(1000)
    kept.keep("small", _picture(8))
    kept.keep("large", _picture(100))
    assert len(kept) == 1
    assert kept.get("large") is not None
    kept.keep("small", _picture(8))
    assert (len(kept), kept.bytes) == (1, 8 * 8 * 4 + BESIDES)


def test_tyre_marks_are_found_again_by_place_until_there_are_too_many() -> None:
    marks = TyreMarks()
    marks.leave(0.5, -1.25)
    assert marks.near((-2.0, -2.0, 2.0, 2.0)) == [(0.5, -1.25)]
    for _ in range(60_000):
        marks.leave(100.0, 100.0)
    assert marks.near((-2.0, -2.0, 2.0, 2.0)) == []
    assert len(marks.near((99.0, 99.0, 101.0, 101.0))) == 60_000
