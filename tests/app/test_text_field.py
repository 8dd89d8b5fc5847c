"""A line is typed, composed, pasted and corrected by what a person takes for one character."""

from __future__ import annotations

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer.app.window.base.canvas import Canvas
from racer.app.window.base.letters.cleaning import clean, graphemes
from racer.app.window.base.palette import ACCENT
from racer.app.window.base.screen import Screen
from racer.app.window.input.text_field import CHAT_CHARS_MAX, Entered, TextField

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
PERSIAN = "می\u200cخواهم"
SINHALA = "ශ්\u200dරී"


def key(code: int, mod: int = 0, place: int = 0) -> pygame.Event:
    return pygame.Event(pygame.KEYDOWN, key=code, mod=mod, unicode="", scancode=place)


def text(words: str) -> pygame.Event:
    return pygame.Event(pygame.TEXTINPUT, text=words)


@pytest.fixture
def field(screen: Screen) -> TextField:
    entry = TextField(CHAT_CHARS_MAX)
    entry.begin()
    return entry


@pytest.mark.parametrize(
    "words", ["தமிழ் நிறைய", PERSIAN, SINHALA, "ភាសាខ្មែរ", "न्त्र", "नमस्ते", "e\u0301!"]
)
def test_what_is_typed_character_by_character_is_the_whole(field: TextField, words: str) -> None:
    for char in words:
        field.on_event(text(char))
    assert field.on_event(key(pygame.K_RETURN)) == Entered(clean(words))


def test_backspace_takes_a_grapheme(field: TextField) -> None:
    field.on_event(text(f"a{FAMILY}நி"))
    field.on_event(key(pygame.K_BACKSPACE))
    assert field.text == f"a{FAMILY}"
    field.on_event(key(pygame.K_BACKSPACE))
    assert field.text == "a"


def test_arrows_and_delete_go_by_graphemes(field: TextField) -> None:
    field.on_event(text(f"{FAMILY}நிz"))
    field.on_event(key(pygame.K_LEFT))
    field.on_event(key(pygame.K_LEFT))
    assert field.before_caret == FAMILY
    field.on_event(key(pygame.K_DELETE))
    assert field.text == f"{FAMILY}z"


def test_in_a_line_from_the_right_the_arrows_go_where_they_point(field: TextField) -> None:
    field.on_event(text("שלום"))
    field.on_event(key(pygame.K_LEFT))
    assert field.before_caret == "שלום", "it stands at the left end already"
    field.on_event(key(pygame.K_RIGHT))
    assert field.before_caret == "שלו"
    field.on_event(text("x"))
    assert field.text == "שלוxם"


def test_pasted_blanks_of_any_kind_are_single_spaces(
    field: TextField, monkeypatch: pytest.MonkeyPatch
) -> None:
    pasted = "\u3000東京\u3000\u00a0まで\r\n\tgo\u2003now\u202e "
    monkeypatch.setattr(pygame.scrap, "get_text", lambda: pasted)
    field.on_event(key(pygame.K_v, pygame.KMOD_LCTRL))
    assert field.text == "東京 まで go now "
    assert field.on_event(key(pygame.K_RETURN)) == Entered("東京 まで go now")


@pytest.mark.parametrize(
    ("code", "mod", "place", "pastes"),
    [
        (pygame.K_v, pygame.KMOD_LCTRL, pygame.KSCAN_V, True),
        (pygame.K_v, pygame.KMOD_LCTRL, pygame.KSCAN_PERIOD, True),  # Dvorak
        (pygame.K_k, pygame.KMOD_LCTRL, pygame.KSCAN_V, False),  # Dvorak: that is Ctrl and K
        (ord("м"), pygame.KMOD_RCTRL, pygame.KSCAN_V, True),
        (ord("ω"), pygame.KMOD_LCTRL, pygame.KSCAN_V, True),
        (ord("ה"), pygame.KMOD_LCTRL, pygame.KSCAN_V, True),
        (ord("м"), 0, pygame.KSCAN_V, False),
        (pygame.K_INSERT, pygame.KMOD_LSHIFT, pygame.KSCAN_INSERT, True),
        (pygame.K_INSERT, 0, pygame.KSCAN_INSERT, False),
    ],
)
def test_one_pastes_on_every_layout(
    field: TextField,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    mod: int,
    place: int,
    pastes: bool,
) -> None:
    monkeypatch.setattr(pygame.scrap, "get_text", lambda: "2K7-QX")
    field.on_event(key(code, mod, place))
    assert field.text == ("2K7-QX" if pastes else "")


@pytest.mark.parametrize(
    ("mod", "written"),
    [
        (pygame.KMOD_LCTRL, ""),
        (pygame.KMOD_LMETA, ""),
        (pygame.KMOD_RALT, "м"),  # AltGr …
        (pygame.KMOD_LCTRL | pygame.KMOD_RALT, "м"),  # … which comes as both from some systems
    ],
)
def test_a_command_writes_nothing_on_layouts_that_give_its_letter_all_the_same(
    field: TextField, canvas: Canvas, mod: int, written: str
) -> None:
    field.on_event(key(ord("м"), mod, pygame.KSCAN_C))
    field.on_event(text("м"))
    assert field.text == written
    field.draw(canvas, 0.0, 0.0, 500.0, 20, 0.0)
    field.on_event(text("語"))
    assert field.text == f"{written}語", "an input method gives text without a key"


def test_a_full_line_takes_no_more_and_loses_nothing_behind_the_caret(field: TextField) -> None:
    field.on_event(text("a" * (CHAT_CHARS_MAX - 4)))
    field.on_event(key(pygame.K_HOME))
    field.on_event(text(f"{FAMILY}b"))
    assert field.text == "a" * (CHAT_CHARS_MAX - 4), "a family has five characters, and four fit"
    field.on_event(text("bcdef"))
    assert field.text == "bcde" + "a" * (CHAT_CHARS_MAX - 4)
    assert field.before_caret == "bcde"


def test_a_composition_ends_with_the_focus_and_keys_are_keys_again(field: TextField) -> None:
    field.on_event(text("a"))
    field.on_event(pygame.Event(pygame.TEXTEDITING, text="きょ", start=2, length=0))
    assert field.on_event(key(pygame.K_RETURN)) is None, "it belongs to the input method"
    field.on_event(pygame.Event(pygame.WINDOWFOCUSLOST))
    field.on_event(pygame.Event(pygame.WINDOWFOCUSGAINED))
    assert field.on_event(key(pygame.K_RETURN)) == Entered("a")


def test_candidates_stand_at_the_caret_wherever_it_goes(
    field: TextField, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[pygame.Rect] = []
    monkeypatch.setattr(pygame.key, "set_text_input_rect", told.append)
    for words in ("go ", "go ", "שלום"):
        field.begin(words)
        field.draw(canvas, 100.0, 100.0, 300.0, 20.0, blink_s=0.0)
        field.draw(canvas, 100.0, 100.0, 300.0, 20.0, blink_s=0.9)
    xs = [rect.x for rect in told]
    assert len(xs) == 3, "it is told when it moves"
    assert xs[0] == xs[1] > canvas.px(110.0)
    assert xs[2] == canvas.px(100.0), "behind the last letter is at its left"


def test_what_is_composed_is_underlined_where_the_caret_is(
    field: TextField, canvas: Canvas
) -> None:
    field.on_event(text("ab"))
    field.on_event(key(pygame.K_LEFT))
    field.draw(canvas, 100.0, 100.0, 300.0, 20.0, blink_s=0.9)
    plain = canvas.surface.copy()
    field.on_event(pygame.Event(pygame.TEXTEDITING, text="xyz", start=3, length=0))
    canvas.surface.fill((0, 0, 0))
    field.draw(canvas, 100.0, 100.0, 300.0, 20.0, blink_s=0.0)
    (caret,) = pygame.mask.from_threshold(
        canvas.surface, ACCENT, (1, 1, 1, 255)
    ).get_bounding_rects()
    assert caret.x >= canvas.px(100.0 + canvas.text_width("axyz", 20.0))
    assert pygame.image.tobytes(plain, "RGB") != pygame.image.tobytes(canvas.surface, "RGB")


@given(
    st.lists(
        st.sampled_from([text(char) for char in (*"ab שת\u200c\u0301நி", FAMILY, "🇩", "\u200d")])
        | st.sampled_from(
            [key(k) for k in (pygame.K_BACKSPACE, pygame.K_DELETE, pygame.K_LEFT, pygame.K_RIGHT)]
        ),
        max_size=30,
    )
)
def test_the_caret_is_never_within_a_grapheme_and_what_is_entered_is_clean(
    screen: Screen, events: list[pygame.Event]
) -> None:
    entry = TextField(12)
    for event in events:
        entry.on_event(event)
        parts = graphemes(entry.text)
        assert graphemes(entry.before_caret) == parts[: len(graphemes(entry.before_caret))]
        assert len(entry.text) <= 12
    done = entry.on_event(key(pygame.K_RETURN))
    assert isinstance(done, Entered)
    assert clean(done.text) == done.text
