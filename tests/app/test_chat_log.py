"""Which lines of chat are shown, how they are broken, and what one can do about them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer.app.window.base.canvas import Canvas
from racer.app.window.base.letters.cleaning import clean, graphemes
from racer.app.window.base.letters.wrapping import NEVER_FIRST, ROWS_MAX, wrapped
from racer.app.window.scenes.chat.commands import (
    HELP,
    Misunderstood,
    Mute,
    Remove,
    ToggleAutopilot,
    read_order,
)
from racer.app.window.scenes.chat.completion import complete
from racer.app.window.scenes.chat.font_advice import advice
from racer.app.window.scenes.chat.log import LINES_KEPT, MUTED_MAX, SHOWN_S, ChatLog
from racer.play.view import ChatView, DriverView

ADA, KIM, TWIN = b"\xaa" * 16, b"\xbb" * 16, b"\xcc" * 16


def line(number: int, node: bytes = ADA, *, mine: bool = False) -> ChatView:
    return ChatView(number, f"key {number}", node, "Ada", f"line {number}", mine)


def driver(name: str, node: bytes, *, mine: bool = False) -> DriverView:
    return DriverView(node, name, 1, False, mine, True, "alive", False, None)


# --- what is kept -----------------------------------------------------------------------------


def test_the_newest_64_lines_are_kept() -> None:
    log = ChatLog()
    log.on_view(tuple(line(k) for k in range(100)), 0.1, reading=True)
    assert [each.index for each in log.lines] == list(range(100 - LINES_KEPT, 100))


def test_lines_of_others_are_unread_until_one_looks() -> None:
    log = ChatLog()
    chat: tuple[ChatView, ...] = (line(1), line(2), line(3, mine=True))
    log.on_view(chat, 0.1, reading=False)
    assert log.unread == 2
    log.on_view((*chat, line(4)), 0.1, reading=False)
    assert log.unread == 3
    log.on_view((*chat, line(4)), 0.1, reading=True)
    assert log.unread == 0


def test_a_closed_line_is_seen_for_a_while_and_fades() -> None:
    log = ChatLog()
    log.on_view((line(1),), 0.1, reading=False)
    assert log.brightness(line(1)) == 1.0
    log.on_view((line(1),), SHOWN_S - 1.0, reading=False)
    assert 0.0 < log.brightness(line(1)) < 1.0
    log.on_view((line(1),), 2.0, reading=False)
    assert log.brightness(line(1)) == 0.0


def test_of_who_is_muted_nothing_is_shown_nor_counted_until_it_is_heard_again() -> None:
    log = ChatLog()
    log.mute(ADA)
    chat = (line(1), line(2, KIM))
    log.on_view(chat, 0.1, reading=False)
    assert [each.node for each in log.lines] == [KIM]
    assert log.unread == 1
    assert ChatLog(log.muted).muted == (ADA.hex(),)
    log.unmute(ADA)
    log.on_view(chat, 0.1, reading=False)
    assert len(log.lines) == 2


def test_what_the_window_tells_stands_behind_what_was_said_before() -> None:
    log = ChatLog()
    log.on_view((line(1),), 0.1, reading=True)
    log.tell("told")
    log.on_view((line(1), line(2)), 0.1, reading=True)
    assert [each.text for each in log.lines] == ["line 1", "told", "line 2"]


# --- orders and names -------------------------------------------------------------------------


def test_a_line_with_a_slash_is_for_the_window() -> None:
    here = [driver("Ada", ADA, mine=True), driver("Kim Ž", KIM)]
    assert read_order("hello /mute", here) is None
    assert read_order("/mute kim ž", here) == Mute(KIM, "Kim Ž", on=True)
    assert read_order("/unmute Kim Ž: ", here) == Mute(KIM, "Kim Ž", on=False)
    assert isinstance(read_order("/mute Ada", here), Misunderstood), "nobody mutes itself"
    assert read_order("/auto", here) == ToggleAutopilot()
    assert read_order("/dance", here) == Misunderstood(HELP)


@pytest.mark.parametrize("order", ["mute", "unmute", "remove", "keep"])
def test_of_several_with_one_name_it_is_asked_which_is_meant(order: str) -> None:
    kim, twin = driver("Kim", KIM), replace(driver("KIM", TWIN), number=7)
    third = replace(driver("Kim", ADA), number=None, watching=True)
    asked = read_order(f"/{order} kim", [kim, twin, third])
    assert asked == Misunderstood(
        f"Several here are called “kim”: /{order} Kim #1, or /{order} KIM #7,"
        " or press the one that you mean."
    )
    meant = read_order(f"/{order} kim #7", [kim, twin, third])
    assert isinstance(meant, Mute | Remove)
    assert meant.node == TWIN
    sham = replace(driver("Kim #7", ADA), number=3)
    assert isinstance(read_order(f"/{order} kim #7", [kim, twin, sham]), Misunderstood)
    sure = read_order(f"/{order} Kim #7 #3", [kim, twin, sham])
    assert isinstance(sure, Mute | Remove)
    assert sure.node == ADA


def test_who_is_heard_again_for_another_is_told_of() -> None:
    log = ChatLog()
    for number in range(MUTED_MAX):
        log.mute(bytes([number]) * 16)
    log.mute(bytes(16))
    log.on_view((), 0.1, reading=True)
    assert not log.lines, "it was muted already"
    log.mute(bytes([MUTED_MAX]) * 16)
    log.on_view((), 0.1, reading=True)
    assert [each.text for each in log.lines] == [
        "64 at most are muted: whom you muted first, you hear again."
    ]
    assert bytes([1] * 16).hex() not in log.muted


def test_tab_goes_through_the_names_that_begin_so() -> None:
    names = ["Kim", "Kira", "Ada", "தமிழ்"]
    first = complete("k", names, None)
    assert first is not None
    assert first.text == "Kim: "
    second = complete(first.text, names, first)
    assert second is not None
    assert second.text == "Kira: "
    third = complete(second.text, names, second)
    assert third is not None
    assert third.text == "Kim: "
    inside = complete("thanks த", names, None)
    assert inside is not None
    assert inside.text == "thanks தமிழ் "
    assert complete("x", names, None) is None


def test_which_font_helps_is_told_for_each_kind_of_letters() -> None:
    assert advice(frozenset()) == []
    lines = advice({"Hani", "Kana", "Zsye", "Tibt"})
    assert len(lines) == 3
    assert "fonts-noto-cjk" in lines[0]
    assert "fonts-noto-color-emoji" in lines[1]


# --- rows -------------------------------------------------------------------------------------


def wide(text: str) -> float:
    return 10.0 * len(graphemes(text))


def test_a_long_line_is_wrapped_at_blanks_and_nothing_of_it_is_lost() -> None:
    words = " ".join(f"word{k}" for k in range(20))
    rows = wrapped(wide, words, 500.0, 90.0)
    assert 1 < len(rows) <= ROWS_MAX
    assert " ".join(rows) == words
    assert wide(rows[0]) <= 410.0
    assert all(wide(row) <= 500.0 for row in rows)


def test_a_line_without_blanks_is_broken_anywhere_but_before_its_full_stop() -> None:
    text = "東京まで行きますかそれとも帰りますか。" * 3
    rows = wrapped(wide, text, 190.0)
    assert "".join(rows) == text
    assert all(row[0] not in NEVER_FIRST for row in rows)


def test_mixed_words_stay_together_where_they_can() -> None:
    assert wrapped(wide, "東京 tower 東京", 90.0) == ["東京 tower", "東京"]


def test_a_word_without_end_is_cut_and_stops_after_a_few_rows() -> None:
    rows = wrapped(wide, "i" * 90 + "W" * 5000, 500.0, 90.0)
    assert len(rows) == ROWS_MAX
    assert rows[-1].endswith("…")
    assert all(wide(row) <= 500.0 for row in rows)


def test_what_is_behind_the_last_row_is_not_measured() -> None:
    measured: list[str] = []

    def noted(text: str) -> float:
        measured.append(text)
        return wide(text)

    assert len(wrapped(noted, "﷽" * 1000, 30.0)) == ROWS_MAX
    assert len(wrapped(noted, "W " * 1000, 30.0)) == ROWS_MAX
    assert len(measured) < 20 * ROWS_MAX


def test_the_longest_line_of_wide_letters_is_shown_whole(canvas: Canvas) -> None:
    for letter in "W競ណ":
        rows = wrapped(lambda text: canvas.text_width(text, 17), letter * 160, 540.0, 100.0)
        assert "".join(rows) == letter * 160


@given(
    text=st.text(max_size=120)
    | st.text(st.sampled_from("ab 東、\U0001f468\u200d\U0001f469த\u0bbf")),
    room=st.integers(40, 300),
)
def test_rows_fit_and_hold_the_line_in_whole_graphemes(text: str, room: int) -> None:
    said = clean(text)
    rows = wrapped(wide, said, float(room), 10.0)
    assert all(wide(row) <= room for row in rows)
    shown = "".join(rows).replace(" ", "")
    if not rows[-1].endswith("…"):
        assert shown == said.replace(" ", "")


@pytest.mark.parametrize("text", ["", "a"])
def test_a_short_line_is_one_row(text: str) -> None:
    assert wrapped(wide, text, 100.0) == [text]
