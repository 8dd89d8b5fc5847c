"""A race's setup is one value here, and flat on the wire, as what was kept of old has it."""

from __future__ import annotations

import msgspec
import pytest

from net import Dot, Submit
from net.limits import OPERATION_BODY_BYTES_MAX
from racer.core.rules.grid_order import GridOrder
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import CHAT_CHARS_MAX
from racer.play.room.messages import Choice, Said, Setup, decode_fact, decode_ruling, encode
from racer.play.room.own_facts import OwnFacts
from tests.play.rooms import ADA

LOBBY = b"thelobby"
CONTENT = b"c" * 16
WHOLE = RaceSetup("oval", 3, CONTENT, Mode.TRIAL, GridOrder.DRAW, rubber_band=True, sandbox=True)
DOT = Dot(ADA, 1, 5)


def packed(*parts: object) -> bytes:
    return msgspec.msgpack.encode(parts)


def test_a_choice_has_the_fields_of_its_setup_behind_its_lobby() -> None:
    body = packed("choice", LOBBY, "oval", 3, CONTENT, "trial", "draw", True, True)
    assert decode_fact(body) == Choice(LOBBY, WHOLE)
    about = ("track", "laps")
    body = packed("choice", LOBBY, "oval", 3, CONTENT, "trial", "draw", True, True, about)
    assert encode(Choice(LOBBY, WHOLE, about)) == body
    assert decode_fact(body) == Choice(LOBBY, WHOLE, about)


def test_a_setup_has_its_own_fields_among_those_of_the_race() -> None:
    body = packed("setup", "oval", 3, 2, DOT, CONTENT, "trial", "draw", True, True)
    assert encode(Setup(WHOLE, 2, DOT)) == body
    assert decode_ruling(body) == Setup(WHOLE, 2, DOT)


def test_what_was_kept_before_a_field_was_there_has_its_default() -> None:
    plain = RaceSetup("oval", 3)
    assert decode_fact(packed("choice", LOBBY, "oval", 3)) == Choice(LOBBY, plain)
    assert decode_ruling(packed("setup", "oval", 3, 2, None)) == Setup(plain, 2)


@pytest.mark.parametrize(
    "setup",
    [
        ("oval", 3, CONTENT, "pursuit", "turn", False),
        ("oval", 3, CONTENT, "race", "by weight", False),
        ("oval", 3, CONTENT, "race", "turn", 1),
        ("oval", 3, b"short", "race", "turn", False),
        ("oval", 0),
        ("Oval", 3),
        ("oval",),
        ("oval", 3, CONTENT, "race", "turn", False, False, "one more"),
    ],
)
def test_a_setup_that_no_race_can_have_is_nothing(setup: tuple[object, ...]) -> None:
    assert decode_fact(packed("choice", LOBBY, *setup)) is None
    assert decode_ruling(packed("setup", *setup[:2], 2, None, *setup[2:])) is None


@pytest.mark.parametrize(
    "text",
    [
        "வணக்கம் நண்பர்களே",
        "مرحبا، می\u200cخواهم",
        "こんにちは、競走です",
        "👍🏽 🇩🇪 👨\u200d👩\u200d👧 ❤\ufe0f \U0001fae8",
        "नमस्ते क्ष्म",
        "שָׁלוֹם",
        "競" * CHAT_CHARS_MAX,
        "🏎" * CHAT_CHARS_MAX,
    ],
)
def test_a_line_of_any_script_is_heard_as_it_was_said(text: str) -> None:
    said = OwnFacts("Ada", False, 0, ()).say(text, 0)
    assert isinstance(said, list)
    (command,) = said
    assert isinstance(command, Submit)
    assert decode_fact(command.body) == Said(text)
    assert len(command.body) <= OPERATION_BODY_BYTES_MAX
