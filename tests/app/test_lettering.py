"""What peers write may be anything; it is drawn, cut, or left out, and never ends the race."""

from __future__ import annotations

import ast
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.app.window.base.lettering import Lettering
from racer.app.window.base.letters.bidi import levels, reads_from_right, visual_order
from racer.app.window.base.letters.cleaning import SHOWN_CHARS_MAX, clean, graphemes
from racer.app.window.base.letters.system_fonts import SystemFonts
from racer.app.window.base.letters.typefaces import Typefaces, play_coverage
from racer.app.window.base.letters.typesetting import Type, Typesetter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.screen import Screen


@pytest.fixture(scope="session")
def letters(screen: Screen) -> Lettering:
    return Lettering()


WINDOW = ("racer/app/window", "racer/app/player", "racer/play/show")
ALPHABETS = ("letters", "letter_grid.py")  # hold letters of all scripts, for which there are fonts
UNDRAWN = {"✗", "✓", "\ufffd"}  # grades, for which the window has signs; no letter, in a file


def test_all_that_the_window_writes_is_in_the_font_that_comes_with_it() -> None:
    """Hold that no word of ours needs a font of the system: it would be a box with digits."""
    has = play_coverage()
    root = Path(__file__).parents[2]
    lacking = {
        (path.name, char)
        for path in (path for folder in WINDOW for path in (root / folder).rglob("*.py"))
        if not set(path.parts) & set(ALPHABETS)
        for text in _written_texts(path)
        for char in text
        if char.isprintable() and not char.isspace() and ord(char) not in has
    }
    assert {each for each in lacking if each[1] not in UNDRAWN} == set()


def _written_texts(path: Path) -> Iterator[str]:
    """Yield the texts of a module, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


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


def test_the_same_line_is_rendered_once(canvas: Canvas) -> None:
    letters = Lettering()
    first = letters.picture("Ada", 20, (255, 255, 255))
    assert letters.picture("Ada", 20, (255, 255, 255)) is first
    assert letters.picture("Ada", 20, (255, 0, 0)) is not first


def test_thousands_of_lines_do_not_pile_up(canvas: Canvas) -> None:
    letters = Lettering()
    first = letters.picture("line 0", 40, (255, 255, 255))
    for k in range(1, 700):
        letters.picture(f"line {k}", 40, (255, 255, 255))
    assert letters.picture("line 0", 40, (255, 255, 255)) is not first, "the oldest went"


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


# --- letters that Play has not ----------------------------------------------------------------

TAMIL, ARABIC, HEBREW, JAPANESE, RACER = "தமிழ்", "مرحبا", "שלום", "がんばれ", "🏎"
LISTING = "0\tFalse\tFalse\tNoto Sans CJK JP\tRegular\t{font}\t3000-30ff 4e00-9fff\n"


def setter_with(listing: str = "") -> Typesetter:
    return Typesetter(Typefaces(SystemFonts(lambda: listing)))


def ink(picture: pygame.Surface) -> int:
    return pygame.mask.from_surface(picture).count()


@pytest.mark.parametrize(
    "text", [TAMIL, ARABIC, HEBREW, "नमस्ते", "ภาษาไทย", "ქართული", "አማርኛ", "Nguyễn", "မြန်မာ"]
)
def test_scripts_of_most_people_are_drawn_with_what_we_ship(screen: Screen, text: str) -> None:
    faces = [Typefaces(SystemFonts(str)).face_of(part) for part in graphemes(text)]
    assert all(face is not None and face.ours for face in faces)


def test_letters_are_joined_as_their_script_asks(screen: Screen) -> None:
    setter, how = setter_with(), Type(40)
    apart = sum(setter.width(letter, how) for letter in ARABIC)
    assert setter.width(ARABIC, how) < 0.95 * apart
    assert setter.width("क्ष", how) < setter.width("क", how) + setter.width("ष", how)


def test_what_reads_from_the_right_is_drawn_so_and_numbers_in_it_are_not(screen: Screen) -> None:
    runs = [run.text for run in setter_with()._runs("שלום 12 go", Type(20, from_right=True))]
    assert runs == ["go", " ", "12", " ", "שלום"]
    assert reads_from_right(f"12 {HEBREW}")
    assert not reads_from_right(f"Ada {HEBREW}")


def test_a_sentence_of_ours_reads_from_the_left_whoever_is_named_first(letters: Lettering) -> None:
    line = f"{HEBREW} is here"
    ours = letters.picture(line, 20, (255, 255, 255))
    theirs = letters.picture(line, 20, (255, 255, 255), own_way=True)
    assert ours.get_width() == theirs.get_width()
    assert pygame.image.tobytes(ours, "RGBA") != pygame.image.tobytes(theirs, "RGBA")


def test_what_no_font_has_is_a_box_for_each_character_and_is_told(screen: Screen) -> None:
    setter, how = setter_with(), Type(20)
    boxes = setter.draw(JAPANESE, how, (255, 255, 255))
    assert boxes.get_width() == setter.width(JAPANESE, how) == 4 * setter.width("が", how)
    assert ink(boxes) > 4 * 40
    setter.faces.system.await_search()
    assert setter.faces.is_news()
    setter.draw(JAPANESE, how, (255, 255, 255))
    assert setter.lacking == {"Kana"}


def test_a_font_of_the_system_is_found_off_the_frame_and_boxes_become_letters(
    screen: Screen,
) -> None:
    # Any font will do as long as the listing says that it has these.
    font = files("racer") / "assets" / "noto" / "NotoSansTamil-Regular.ttf"
    setter = setter_with(LISTING.format(font=font))
    letters = Lettering(setter)
    before = letters.picture(JAPANESE, 20, (255, 255, 255))
    assert setter.faces.face_of("が") is None
    setter.faces.system.await_search()
    after = letters.picture(JAPANESE, 20, (255, 255, 255))
    assert after is not before
    face = setter.faces.face_of("が")
    assert face is not None
    assert face.file == str(font)


def test_a_system_without_fontconfig_has_boxes_and_one_with_a_strange_answer_too() -> None:
    for answer in ("", "\t\t\t", "0\tFalse\tFalse\tX\tRegular\t/nowhere\tzz-1 -\n" * 3):
        system = SystemFonts(partial(str, answer))
        assert system.find([0x4E00], coloured=False) is None
        system.await_search()
        assert system.find([0x4E00], coloured=False) is None


def test_a_font_that_is_gone_ends_nothing(screen: Screen) -> None:
    letters = Lettering(setter_with(LISTING.format(font="/nowhere/font.ttf")))
    letters.picture("東", 20, (255, 255, 255))
    letters._setter.faces.system.await_search()
    assert letters.picture("東京", 20, (255, 255, 255)).get_width() >= 1


@given(text=st.text(max_size=60) | st.text(st.sampled_from(f"{ARABIC}{HEBREW}{TAMIL} a1(),.%")))
def test_a_line_is_as_wide_as_it_was_measured_and_its_caret_stays_in_it(
    letters: Lettering, text: str
) -> None:
    line = clean(text)
    width = letters.width(line, 16)
    assert abs(letters.picture(line, 16, (9, 9, 9)).get_width() - max(width, 1)) <= 2 + width // 40
    wide = letters.picture(line, 16, (9, 9, 9), own_way=True).get_width() + 3
    assert all(0 <= letters.caret_x(line, at, 16) <= wide for at in range(len(line) + 1))


def test_the_caret_stands_left_of_what_was_typed_from_the_right(letters: Lettering) -> None:
    assert letters.caret_x(HEBREW, 0, 20) == letters.width(HEBREW, 20)
    assert letters.caret_x(HEBREW, 4, 20) == 0
    assert letters.caret_x("abc", 3, 20) == letters.width("abc", 20)


# --- order (UAX #9: lines of BidiCharacterTest.txt, without what is cleaned away) ---------------


@pytest.mark.parametrize(
    ("text", "from_right", "expected"),
    [
        ("a(b)c", True, "22222"),
        ("a(ב)c", False, "00100"),
        ("א(b)ג", True, "11211"),
        ("א (b) 12", True, "11121122"),
        ("a 12, 34 ב", False, "0000000001"),
        ("ב 12-34%", False, "11222222"),
        ("م 12-34", False, "1122122"),
        ("م 1,2", False, "11222"),
        ("!ב", False, "01"),
        ("ב!", True, "11"),
        ("ב a ", True, "1121"),
        ("ב\u05b0a", False, "110"),
    ],
)
def test_each_character_gets_the_level_that_the_standard_gives_it(
    text: str, from_right: bool, expected: str
) -> None:
    assert "".join(map(str, levels(text, from_right=from_right))) == expected


@given(st.text(max_size=40), st.booleans())
def test_a_line_is_reordered_and_nothing_of_it_lost(text: str, from_right: bool) -> None:
    assert sorted(visual_order(levels(text, from_right=from_right))) == list(range(len(text)))


def test_a_hostile_line_is_measured_a_few_times_to_be_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[str] = []

    def width(_: Typesetter, text: str, how: Type) -> int:
        measured.append(text)
        return 10 * len(text)

    monkeypatch.setattr(Typesetter, "width", width)
    letters = Lettering()
    assert letters.fitted("1٢" * 120, 155, 16) == "1٢" * 7 + "…"
    assert letters.fitted("1٢" * 120, 9, 16) == ""
    assert len(measured) < 30
