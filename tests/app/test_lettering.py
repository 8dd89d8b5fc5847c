"""What peers write may be anything; it is drawn, cut, or left out, and never ends the race."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.app.window.base.lettering import SHOWN_CHARS_MAX, Lettering, clean

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.screen import Screen


@pytest.fixture(scope="session")
def letters(screen: Screen) -> Lettering:
    return Lettering()


HOSTILE = (
    "\x00",
    "a\x00b",
    "\u202e",
    "\u200b\u200b",
    "\ud800",
    "\ud83d lone \udc00",
    "\r\n\t",
    "\x1b[31mred",
    "e" + "\u0301" * 5000,
    "W" * 200_000,
    "競走 гонка سباق 🏎",
    "\ufdd0\uffff\U0010ffff",
    "",
)


@pytest.mark.parametrize("text", HOSTILE, ids=[f"hostile-{k}" for k in range(len(HOSTILE))])
def test_a_hostile_text_is_drawn_or_left_out_without_an_error(canvas: Canvas, text: str) -> None:
    width = canvas.text(text, 10.0, 10.0, 17)
    assert 0.0 <= width < 10_000.0
    assert canvas.text_width(text, 17) >= 0.0


@given(st.text(max_size=400))
def test_a_cleaned_text_is_one_short_line_and_cleaning_it_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= SHOWN_CHARS_MAX
    assert not any(char in cleaned for char in "\n\r\t\x00\x1b\u202e\u200b")
    assert clean(cleaned) == cleaned


def test_letters_of_all_scripts_stay() -> None:
    assert clean("  Žofie  гонка\u00a0競走 ") == "Žofie гонка 競走"


def test_piled_up_marks_are_cut_to_two() -> None:
    assert clean("e" + "\u0301" * 9) == "e\u0301\u0301"


def test_the_same_line_is_rendered_once(canvas: Canvas) -> None:
    letters = Lettering()
    first = letters.picture("Ada", 20, (255, 255, 255))
    assert letters.picture("Ada", 20, (255, 255, 255)) is first
    assert letters.picture("Ada", 20, (255, 0, 0)) is not first


def test_thousands_of_lines_do_not_pile_up(canvas: Canvas) -> None:
    letters = Lettering()
    first = letters.picture("line 0", 12, (255, 255, 255))
    for k in range(1, 700):
        letters.picture(f"line {k}", 12, (255, 255, 255))
    assert letters.picture("line 0", 12, (255, 255, 255)) is not first, "the oldest went"


@given(text=st.text(max_size=60), width=st.integers(0, 400), bold=st.booleans())
@settings(max_examples=200)
def test_a_fitted_text_is_never_wider_than_its_room_and_whole_where_it_fits(
    letters: Lettering, text: str, width: int, bold: bool
) -> None:
    fitted = letters.fitted(text, width, 16, bold=bold)
    assert letters.width(fitted, 16, bold=bold) <= width
    if letters.width(text, 16, bold=bold) <= width:
        assert fitted == text
    elif fitted:
        assert fitted[-1] == "…"
        assert clean(text).startswith(fitted[:-1])
