"""A race's setup is one value here, and flat on the wire, as what was kept of old has it."""

from __future__ import annotations

import msgspec
import pytest

from net import Dot
from racer.core.rules.grid_order import GridOrder
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.messages import Choice, Setup, decode_fact, decode_ruling, encode
from tests.play.rooms import ADA

LOBBY = b"thelobby"
CONTENT = b"c" * 16
WHOLE = RaceSetup("oval", 3, CONTENT, Mode.TRIAL, GridOrder.DRAW, rubber_band=True, sandbox=True)
DOT = Dot(ADA, 1, 5)


def packed(*parts: object) -> bytes:
    return msgspec.msgpack.encode(parts)


def test_a_choice_has_the_fields_of_its_setup_behind_its_lobby() -> None:
    body = packed("choice", LOBBY, "oval", 3, CONTENT, "trial", "draw", True, True)
    assert encode(Choice(LOBBY, WHOLE)) == body
    assert decode_fact(body) == Choice(LOBBY, WHOLE)


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
