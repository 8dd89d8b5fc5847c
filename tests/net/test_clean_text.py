"""What of a text is shown: the same at every node, and never half a character."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net import clean_text, graphemes
from net.security.unicode_ranges import EXTENDING, SPACING

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
ASTRONAUT = "\U0001f469\U0001f3fd\u200d\U0001f680"
RAINBOW = "\U0001f3f3\ufe0f\u200d\U0001f308"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"

SAID = (
    *("Ada", "Łukasz Żółw", "Nguyễn", "Ольга", "競走馬", "शक्ति", "عمر", "José 🏎", "がんばって"),
    *("தமிழில் பேசு", "กำลังน้ำ", "שָׁלוֹם", "འབྲུག", "မြန်မာ", "한국어"),
    *("می\u200cخواهم", "ශ්\u200dරී", "ന്\u200d", "葛\U000e0100飾"),
    *(FAMILY, ASTRONAUT, RAINBOW, ENGLAND, "🇩🇪🇯🇵", "👍🏽", "1\ufe0f\u20e3", "❤\ufe0f"),
    "\U0001fae8 \U0001fabe",  # of Unicode 15 and 16: not known to every Python
)

# What tends to go wrong beside each other: letters, marks, joiners, halves of pictures, blanks.
TROUBLE = st.text(
    st.sampled_from(
        "ae é\u0301\u0300\u0345\u0344\u200d\u200c\ufe0f\u034f\u0e01\u0e47\u094d\u0915\u093f\u0958"
        "\U0001f468\U0001f3fd\U0001f3f4\U000e0067\U000e007f\u202e\u1100\u1161\u11a8\uac00\u0628"
        "#\u20e3\u3099\u304b\u05bc\u05c1\U0001f1e9\U0001f1ea\u0600\ud83d\x00\t\u3000"
    ),
    max_size=40,
)


@pytest.mark.parametrize("text", SAID)
def test_words_of_every_script_and_pictures_come_through_as_they_were_said(text: str) -> None:
    said = unicodedata.normalize("NFC", text)
    assert clean_text(said, 40) == said


@given(text=st.text(max_size=100) | TROUBLE, most=st.integers(1, 30))
def test_a_clean_text_is_short_visible_and_stays_as_it_is_when_cleaned_again(
    text: str, most: int
) -> None:
    cleaned = clean_text(text, most)
    assert len(cleaned) <= most
    assert cleaned == " ".join(cleaned.split())
    assert {unicodedata.category(char) for char in cleaned}.isdisjoint({"Cc", "Cs", "Co", "Zl"})
    assert not any("\u202a" <= char <= "\u202e" or char in "\u200e\u200f" for char in cleaned)
    assert clean_text(cleaned, most) == cleaned


@given(text=TROUBLE, most=st.integers(1, 30))
def test_a_text_is_cut_between_graphemes_only(text: str, most: int) -> None:
    whole = graphemes(clean_text(text, 200))
    cut = graphemes(clean_text(clean_text(text, 200), most))
    assert whole[: len(cut)] == cut


@pytest.mark.parametrize(
    "blank", ["\t", "\n", "\r\n", "\x0b", "\x85", "\u00a0", "\u2003", "\u3000"]
)
def test_a_blank_of_any_kind_is_one_space(blank: str) -> None:
    assert clean_text(f"{blank}go{blank}{blank}now{blank}", 40) == "go now"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202ereversed\u202c", "reversed"),
        ("\x1b[31mred", "[31mred"),
        ("A\u200dda\u200b", "Ada"),  # nobody is taken for another by what is not seen
        ("عمر\u200c", "عمر"),
        ("\u0301accent", "accent"),
        ("e" + "\u0301" * 50, "é\u0301\u0301"),
        ("ก" + "็" * 50, "ก" + "็" * 7),
        ("\U0001f3f4\U000e0067", "\U0001f3f4"),
        (f"{FAMILY}{FAMILY}", FAMILY),
        ("\ud83d\udc00", ""),
    ],
)
def test_what_is_not_seen_or_floods_goes(text: str, shown: str) -> None:
    assert clean_text(text, 9 if text.startswith(FAMILY) else 40) == shown


def test_a_person_counts_a_family_a_flag_and_a_syllable_as_one() -> None:
    parts = [FAMILY, "🇩🇪", "🇯🇵", "நி", "a\u0301", "각", "\r", "é"]
    assert graphemes("".join(parts)) == parts
    assert graphemes("") == []


@given(text=st.text(max_size=60) | TROUBLE)
def test_graphemes_joined_are_the_text(text: str) -> None:
    parts = graphemes(text)
    assert "".join(parts) == text
    assert all(parts)


def test_every_mark_that_this_python_knows_belongs_to_the_letter_before_it() -> None:
    """But those of Myanmar and Tai that UAX #29 sets apart, and those of a later Unicode."""
    every = map(chr, range(0x110000))
    marks = [char for char in every if unicodedata.category(char) in {"Mn", "Mc", "Me"}]
    lone = [char for char in marks if char not in EXTENDING and char not in SPACING]
    assert len(marks) > 2200
    assert len(lone) < 80
    assert all("\u102b" <= char <= "\u1a7f" or char > "\ua900" for char in lone)
